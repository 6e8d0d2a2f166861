/* score: JSON numbers as millionths, exactly. */
#include "proxy/classifier/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	const char *raw;
	int64_t is; /* -1: refused */
} cases[] = {
    {"0", 0},
    {"1", 1000000},
    {"0.93", 930000},
    {"1.0", 1000000},
    {"1.000000000", 1000000},
    {"0.8", 800000},
    {"0.8000000000000000", 800000},
    {"0.8000001", 800001}, /* what is finer is rounded up */
    {"0.80000010000000000000000000000000000001", 800001},
    {"0.9999999999", 1000000},
    {"1.2e-05", 12},
    {"1.2E-5", 12},
    {"9.3e-1", 930000},
    {"9.3e-01", 930000},
    {"93e-2", 930000},
    {"0.0093e2", 930000},
    {"0.00000093e+6", 930000},
    {"1e-6", 1},
    {"1e-7", 1},
    {"1e-400", 1},
    {"1e-99999999999999999999", 1},
    {"0e99999999999999999999", 0},
    {"0.000000", 0},
    {"-0", 0},
    {"-0.0e5", 0},
    {"1.0000001", -1},
    {"1.000001", -1},
    {"1.5", -1},
    {"2", -1},
    {"10", -1},
    {"93", -1},
    {"1e1", -1},
    {"1e99999999999999999999", -1},
    {"9e999", -1},
    {"123456789012345678901234567890", -1},
    {"-1", -1},
    {"-0.000000001", -1},
    {"-1e-400", -1},
};

static void every_number_is_exact(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t out = 0;
		bool good = score_read(span_str(cases[i].raw), &out);
		if (good != (cases[i].is >= 0) ||
		    (good && out != (uint32_t)cases[i].is))
			fail_msg("%s is %s %u", cases[i].raw,
			    good ? "read as" : "refused", out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_number_is_exact),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
