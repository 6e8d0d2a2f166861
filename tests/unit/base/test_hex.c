/* hex: both ways, and what is no hexadecimal. */
#include "proxy/base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_both_ways(void **state)
{
	unsigned char all[256], back[256];
	char text[513];
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	hex_encode(text, all, sizeof(all));
	assert_int_equal(strlen(text), 512);
	assert_memory_equal(text, "000102", 6);
	assert_string_equal(text + 508, "feff");
	assert_int_equal(hex_decode(back, text, 512), 0);
	assert_memory_equal(all, back, 256);
	assert_int_equal(hex_decode(back, "aBFf", 4), 0);
	assert_memory_equal(back, "\xab\xff", 2);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
	    "0", "0g", " 0", "0x", "a\xff", "00 "};
	unsigned char out[4];
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (hex_decode(out, bad[i], strlen(bad[i])) == 0)
			fail_msg("accepted: %s", bad[i]);
	assert_int_equal(hex_decode(out, "", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_ways),
	    cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
