/* sha256: the vectors of FIPS 180-4 and its examples, in every cutting. */
#include "rules/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text, *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
     "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
	"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void test_vectors_in_every_cutting(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		size_t len = strlen(vectors[i].text);
		for (size_t cut = 0; cut <= len; cut++) {
			struct sha256 s;
			char hex[SHA256_HEX_LEN + 1];
			sha256_init(&s);
			sha256_add(&s, vectors[i].text, cut);
			sha256_add(&s, vectors[i].text + cut, len - cut);
			sha256_end(&s, hex);
			assert_string_equal(hex, vectors[i].hex);
		}
	}
}

static void test_a_million_letters(void **state)
{
	char *a = malloc(1000000);
	assert_non_null(a);
	memset(a, 'a', 1000000);
	struct sha256 s;
	char hex[SHA256_HEX_LEN + 1];
	sha256_init(&s);
	sha256_add(&s, a, 1000000);
	sha256_end(&s, hex);
	assert_string_equal(hex,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a4"
	    "97200e046d39ccc7112cd0");
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors_in_every_cutting),
	    cmocka_unit_test(test_a_million_letters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
