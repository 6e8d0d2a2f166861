/* raise: only upwards, and among urgent ones for a graver rule. */
#include "proxy/handoff/raise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct row {
	const char *queue, *priority, *severity; /* open */
	const char *to, *with;                   /* by a rule */
	enum guard_severity rule;
	bool raised;
} rows[] = {
    {"billing", "normal", "high", "crisis", "urgent", GUARD_SEVERITY_LOW, true},
    {"billing", "low", "", "billing", "normal", GUARD_SEVERITY_LOW, true},
    {"billing", "normal", "low", "care", "normal", GUARD_SEVERITY_CRITICAL,
	false},
    {"crisis", "urgent", "low", "care", "high", GUARD_SEVERITY_CRITICAL, false},
    {"security", "urgent", "high", "crisis", "urgent", GUARD_SEVERITY_CRITICAL,
	true},
    {"crisis", "urgent", "critical", "security", "urgent", GUARD_SEVERITY_HIGH,
	false},
    {"crisis", "urgent", "high", "crisis", "urgent", GUARD_SEVERITY_CRITICAL,
	false},
    {"desk", "urgent", "", "crisis", "urgent", GUARD_SEVERITY_LOW, true},
};

static void test_is_raised_by(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		struct guard_rule_info rule = {.severity = r->rule};
		struct store_handoff open = {.queue = (char *)r->queue,
		    .priority = (char *)r->priority,
		    .severity = (char *)r->severity};
		struct handoff_raise raise = {
		    .rule = &rule, .queue = r->to, .priority = r->with};

		if (handoff_is_raised_by(&open, &raise) != r->raised)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_is_raised_by),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
