/* hash: published vectors, whole and in every two pieces. */
#include "proxy/base/hash.h"
#include "proxy/base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* FIPS 180-2, appendix B.1 and B.2. */
static void test_sha256(void **state)
{
	static const char *const pairs[][2] = {
	    {"abc",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"
		"0015ad"},
	    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06"
		"c1"}};
	for (size_t i = 0; i < 2; i++) {
		const char *in = pairs[i][0];
		for (size_t cut = 0; cut <= strlen(in); cut++) {
			struct hash_part parts[] = {
			    {in, cut}, {in + cut, strlen(in) - cut}};
			unsigned char out[HASH_BYTES];
			char text[2 * HASH_BYTES + 1];
			hash_sha256(out, parts, 2);
			hex_encode(text, out, sizeof(out));
			assert_string_equal(text, pairs[i][1]);
		}
	}
}

static void expect_hmac(
    const char *key, size_t key_len, const char *data, const char *expected)
{
	struct hash_part k = {key, key_len};
	for (size_t cut = 0; cut <= strlen(data); cut++) {
		struct hash_part parts[] = {
		    {data, cut}, {data + cut, strlen(data) - cut}};
		unsigned char out[HASH_BYTES];
		char text[2 * HASH_BYTES + 1];
		hash_hmac(out, &k, parts, 2);
		hex_encode(text, out, sizeof(out));
		assert_string_equal(text, expected);
	}
}

/* RFC 4231, cases 1, 2 and 6 (a key longer than the block). */
static void test_hmac(void **state)
{
	char key[131];
	memset(key, 0x0b, 20);
	expect_hmac(key, 20, "Hi There",
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	expect_hmac("Jefe", 4, "what do ya want for nothing?",
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	expect_hmac(key, sizeof(key),
	    "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void test_equal(void **state)
{
	assert_true(hash_equal("abc", "abd", 2));
	assert_false(hash_equal("abc", "abd", 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sha256),
	    cmocka_unit_test(test_hmac),
	    cmocka_unit_test(test_equal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
