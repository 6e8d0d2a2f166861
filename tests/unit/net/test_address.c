/*
 * Addresses as text and back.
 */
#include "bench.h"

static void good_ones_come_back(void **state)
{
	static const char *const good[] = {
	    "127.0.0.1:8443", "[::1]:0", "0.0.0.0:65535", "[2001:db8::5]:443"};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct address a;
		char text[ADDRESS_TEXT_BYTES];
		if (address_parse(&a, good[i]))
			fail_msg("refused: %s", good[i]);
		address_format(&a, text);
		assert_string_equal(text, good[i]);
	}
}

static void bad_ones_are_refused(void **state)
{
	static const char *const bad[] = {"", ":", "127.0.0.1", "::1:80",
	    "[::1]", "[::1]80", "[127.0.0.1]:80", "localhost:80",
	    "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 80",
	    "127.0.0.1:8x", "127.0.0.1:99999999999", "[::1:80", "256.0.0.1:1"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct address a;
		if (!address_parse(&a, bad[i]))
			fail_msg("taken: %s", bad[i]);
	}
}

static void parts_and_loopback(void **state)
{
	struct address a;
	char text[ADDRESS_TEXT_BYTES];
	assert_int_equal(address_parse(&a, "[::1]:81"), 0);
	address_format_host(&a, text);
	assert_string_equal(text, "::1");
	assert_int_equal(address_port(&a), 81);
	assert_true(address_is_loopback(&a));
	assert_int_equal(address_parse(&a, "127.9.9.9:1"), 0);
	assert_true(address_is_loopback(&a));
	assert_int_equal(address_parse(&a, "10.0.0.1:1"), 0);
	assert_false(address_is_loopback(&a));
	a = (struct address){0};
	address_format(&a, text);
	assert_string_equal(text, "?");
	assert_false(address_is_loopback(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_ones_come_back),
	    cmocka_unit_test(bad_ones_are_refused),
	    cmocka_unit_test(parts_and_loopback),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
