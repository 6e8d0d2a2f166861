/* clock: moments whose text is known. */
#include "proxy/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_rfc3339(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} cases[] = {
	    {0, "1970-01-01T00:00:00.000000Z"},
	    {-1, "1969-12-31T23:59:59.999999Z"},
	    {INT64_C(1793714539907551), "2026-11-03T14:02:19.907551Z"},
	    {INT64_C(951782400000001), "2000-02-29T00:00:00.000001Z"},
	    {INT64_MAX, "9999-12-31T23:59:59.999999Z"},
	    {INT64_MIN, "0000-01-01T00:00:00.000000Z"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[32];
		clock_rfc3339(text, cases[i].us);
		assert_string_equal(text, cases[i].text);
	}
}

static void test_clocks_go_on(void **state)
{
	int64_t before = clock_mono_us();
	assert_true(clock_mono_us() >= before);
	/* After 2026 began, and before this code is an antique. */
	assert_true(clock_now_us() > INT64_C(1767225600000000));
	assert_true(clock_now_us() < INT64_C(7258118400000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rfc3339),
	    cmocka_unit_test(test_clocks_go_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
