/* expiry: what has ended by a day, and what will soon. */
#include "rules/guard_author.h"

#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct told {
	char lines[1000];
};

static void tell(const struct diag *d, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s:%u %s\n", d->code,
	    d->file, d->line, d->message);
}

static struct guard_policy *load(void)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    POLICY_HEAD "timezone: UTC\npacks: [p]\nchanges:\n  - rule: p/a\n"
			"    written_for: 1\n    reason: r\n    ticket: t\n"
			"    until: 2027-01-31\n    set: {mode: shadow}\n"
			"    add_to: {unless: [{phrases: [bar]}]}\n");
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD
	    "rules:\n  - id: a\n    title: A\n    find: {phrases: [foo]}\n"
	    "    then: flag\n" EXAMPLES
	    "  - id: b\n    title: B\n    find: {phrases: [foo]}\n"
	    "    mode: shadow\n    shadow_until: 2027-02-10\n"
	    "    effective: {from: 2026-01-01, to: 2027-03-31}\n"
	    "    then: flag\n    unless:\n"
	    "      - {phrases: [bar], until: 2027-06-30}\n"
	    "      - {phrases: [baz]}\n");
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	return p;
}

static void check(const struct guard_policy *p, unsigned month, unsigned day,
    const char *expected)
{
	struct told t = {""};
	guard_policy_expiries(
	    p, guard_policy_time(NULL, 2027, month, day, 12 * 60), tell, &t);
	assert_string_equal(t.lines, expected);
}

static void test_ends_are_told_before_and_after(void **state)
{
	struct guard_policy *p = load();
	check(p, 1, 1, "");
	check(p, 1, 31,
	    "P045 policy.yaml:7 the change to p/a ends today\n"
	    "P045 policy.yaml:13 an exception to p/a ends today\n"
	    "P045 packs/p.yaml:14 the time in shadow of p/b ends in 10 days\n");
	check(p, 4, 1,
	    "P044 policy.yaml:7 the change to p/a ended 59 days ago: what it "
	    "loosened is as strict as in its pack\n"
	    "P041 policy.yaml:13 an exception to p/a ended 59 days ago: it "
	    "excuses nothing any more\n"
	    "P042 packs/p.yaml:14 the rule p/b ended less than a day ago: it "
	    "is not in "
	    "force any more\n"
	    "P043 packs/p.yaml:14 the time in shadow of p/b ended 49 days "
	    "ago: nobody has decided yet\n");
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ends_are_told_before_and_after),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
