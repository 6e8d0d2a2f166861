/* b64: the vectors of RFC 4648, both ways, and what is refused. */
#include "proxy/base/b64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_rfc_vectors(void **state)
{
	static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="},
	    {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
	    {"\xff\xff\xbe", "//++"}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct buf text = {0}, back = {0};
		buf_adds(&text, "");
		buf_adds(&back, "");
		b64_encode(&text, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(text.data, pairs[i][1]);
		assert_int_equal(b64_decode(&back, text.data, text.len), 0);
		assert_string_equal(back.data, pairs[i][0]);
		buf_clear(&text);
		buf_clear(&back);
	}
}

static void test_every_length(void **state)
{
	unsigned char data[64];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 37);
	for (size_t n = 0; n <= sizeof(data); n++) {
		struct buf text = {0}, back = {0};
		b64_encode(&text, data, n);
		assert_int_equal(b64_decode(&back, text.data, text.len), 0);
		assert_int_equal(back.len, n);
		if (n > 0)
			assert_memory_equal(back.data, data, n);
		buf_clear(&text);
		buf_clear(&back);
	}
}

static void test_refused(void **state)
{
	static const char *const bad[] = {"Z", "Zg",
	    "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "=Zg=", "====", "Zm 9", "Zm9v\n",
	    "Z-9v", "Zg=a", "Zm9vZg"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buf out = {0};
		buf_adds(&out, "kept");
		if (b64_decode(&out, bad[i], strlen(bad[i])) == 0)
			fail_msg("accepted: %s", bad[i]);
		assert_string_equal(out.data, "kept");
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc_vectors),
	    cmocka_unit_test(test_every_length),
	    cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
