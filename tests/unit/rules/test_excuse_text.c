/* excuse_text: why an exception did not excuse. */
#include "rules/guard_author.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct guard_policy *load(void)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD
	    "timezone: UTC\nrules:\n"
	    "  - id: a\n    title: A\n    mode: shadow\n    then: log\n"
	    "    find: {money: {above: 5}}\n    unless:\n"
	    "      - approval: refund\n"
	    "      - phrases: [policy, APR]\n"
	    "      - said_by_customer: yes\n"
	    "      - text_is:\n          - $6\n"
	    "      - {phrases: [may], until: 2026-11-30}\n"
	    "      - {phrases: [high], within: clause}\n");
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	assert_int_equal(guard_exceptions(p, 0), 6);
	return p;
}

static void check(const struct guard_policy *p, size_t index,
    const struct guard_session *session, const char *expected)
{
	char out[GUARD_MISS_BYTES];
	const char *text = "You get $7. The APR is high.";
	struct guard_message m = {GUARD_AI, text, strlen(text)};
	const struct guard_exception of = {0, index};
	assert_int_equal(guard_not_excused(p, &of, session, &m, out), 0);
	assert_string_equal(out, expected);
}

static void test_each_exception_says_why(void **state)
{
	struct guard_policy *p = load();
	check(p, 0, NULL, "approval \"refund\" not present");
	struct guard_approval a = {
	    .name = "refund", .id = "A", .up_to_minor = 600, .uses = 1};
	struct guard_session s = {.approvals = &a, .n_approvals = 1};
	check(p, 0, &s, "approval \"refund\" does not cover it");
	a.expires_us = 1000;
	check(p, 0, &s,
	    "approval \"refund\" has expired, for all we know: no time is "
	    "given");
	s.time_us = 1000;
	check(p, 0, &s, "approval \"refund\" has expired");
	a.uses = 0;
	check(p, 0, &s, "approval \"refund\" is used up");
	check(p, 1, &s,
	    "\"APR\" is in another sentence; an exception covers only its own");
	check(p, 5, &s,
	    "\"high\" is in another clause or sentence; an exception covers "
	    "only its own");
	check(p, 2, &s, "the customer has not said the value");
	check(p, 3, &s, "the value is none of the listed texts");
	check(p, 4, NULL,
	    "the exception in line 17 ends on a day, and no time is given");
	check(
	    p, 4, &s, "nothing of the exception in line 17 is in the sentence");
	s.time_us = guard_policy_time(NULL, 2026, 12, 1, 0);
	check(p, 4, &s, "the exception in line 17 has ended");
	guard_policy_unref(p);
}

static int run_once(void *arg)
{
	char out[GUARD_MISS_BYTES] = "";
	struct guard_message m = {GUARD_AI, "$7. APR.", 8};
	const struct guard_exception of = {0, 1};
	int err = guard_not_excused(arg, &of, NULL, &m, out);
	/* Memory that runs out inside the judgement is nothing found. */
	return err || !strstr(out, "\"APR\"") ? -1 : 0;
}

static void test_memory(void **state)
{
	struct guard_policy *p = load();
	assert_true(failmalloc_each(run_once, p) > 3);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_exception_says_why),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
