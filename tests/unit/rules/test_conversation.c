/* conversation: what is remembered from turn to turn, and what is told. */
#include "rules/guard_tests.h"
#include "rules/sha256.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char policy_text[] =
    POLICY_HEAD "timezone: UTC\npacks: [p]\n"
		"environments:\n  staging:\n    mode: shadow\n"
		"    rollout: [{rule: p/money, percent: 0}]\n";
static const char pack[] = PACK_HEAD
    "rules:\n"
    "  - id: money\n    title: Money\n    then: handoff\n"
    "    find: {money: {above: 50}}\n"
    "    unless: [{approval: refund}, {said_by_customer: yes}]\n"
    "    examples:\n      matches:\n        - $60 for you.\n"
    "      passes:\n        - $40 for you.\n"
    "  - id: word\n    title: Word\n    then: {redact: {with: x}}\n"
    "    find: {phrases: [globex]}\n"
    "    examples:\n      matches:\n        - Ask Globex.\n"
    "      passes:\n        - Ask us.\n"
    "  - id: turns\n    title: Turns\n    then: log\n    mode: shadow\n"
    "    when: {ai_turn: more than 2}\n"
    "  - id: third\n    title: Third\n    then: flag\n"
    "    when: {ai_turn: 3}\n"
    "    examples:\n      matches:\n"
    "        - {text: x, given: {ai_turn: 3}}\n"
    "      passes:\n        - x\n"
    "  - id: robot\n    title: Robot\n    then: {append: I am a robot.}\n"
    "    when: {segment: new}\n"
    "    must_say: {all: [{phrases: [robot]}], where: conversation so far}\n"
    "    examples:\n      matches:\n        - x\n"
    "      passes:\n        - A robot.\n"
    "  - id: angry\n    title: Angry\n    speaker: customer\n"
    "    then: handoff\n    find: {phrases: [furious]}\n"
    "    examples:\n      matches:\n        - I am furious.\n"
    "      passes:\n        - I am fine.\n";

#define TESTS "format: 1\nkind: conversation tests\ntests:\n"

struct told {
	const struct guard_policy *policy;
	char lines[2000];
};

static void tell(const struct guard_step *s, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	char why[300] = "";
	if (!s->good)
		guard_step_why(t->policy, s, why, sizeof(why));
	snprintf(t->lines + n, sizeof(t->lines) - n, "%u:%u %s %s%s%s\n",
	    s->line, s->col, guard_action_name(s->verdict->action),
	    s->good ? "good" : "bad", *why ? ": " : "", why);
}

static void make_source(struct policy_source *s, const char *tests)
{
	*s = (struct policy_source){0};
	source_add(s, "policy.yaml", policy_text);
	source_add(s, "packs/p.yaml", pack);
	source_add(s, "tests/t.yaml", tests);
}

static struct guard_policy *load(const char *tests, const char *environment)
{
	struct policy_source s;
	struct guard_policy *p = NULL;
	make_source(&s, tests);
	struct guard_source source = {
	    .own = s.own, .n_own = s.n_own, .environment = environment};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg(
		    "%s %s:%u:%u %s", s.code, s.file, s.line, s.col, s.message);
	return p;
}

static void check(const char *tests, const char *expected)
{
	static const char *const environments[] = {NULL, "staging"};
	for (size_t i = 0; i < 2; i++) {
		struct guard_policy *p = load(tests, environments[i]);
		struct told t = {.policy = p};
		assert_int_equal(guard_conversations(p, tell, &t), 0);
		assert_string_equal(t.lines, expected);
		guard_policy_unref(p);
	}
}

static void test_an_approval_is_spent_with_its_message(void **state)
{
	check(TESTS "  - name: t\n    turns:\n"
		    "      - {ai: You get $60., expect: handoff}\n"
		    "      - given: {approvals: {refund: A-1}}\n"
		    "      - {ai: Hello., expect: deliver}\n"
		    "      - {ai: You get $60., expect: deliver}\n"
		    "      - {ai: You get $60., expect: handoff,\n"
		    "         because: p/money}\n"
		    "      - given: {approvals: {refund: {id: A-2, uses: 2}}}\n"
		    "      - {ai: You get $60., expect: flag}\n"
		    "      - {ai: You get $60., expect: deliver}\n"
		    "      - {ai: You get $60., expect: handoff}\n",
	    "6:14 handoff good\n8:14 deliver good\n9:14 deliver good\n"
	    "10:14 handoff good\n"
	    "13:14 flag good\n14:14 deliver good\n15:14 handoff good\n");
}

static void test_turns_count_what_reached_the_customer(void **state)
{
	check(TESTS "  - name: t\n    turns:\n"
		    "      - {ai: One., expect: deliver}\n"
		    "      - {customer: I am furious., expect: handoff}\n"
		    "      - {ai: You get $60., expect: handoff}\n"
		    "      - {ai: Two., expect: deliver}\n"
		    "      - {human: A person of ours., expect: deliver}\n"
		    "      - {ai: Three., expect: flag, because: p/third}\n"
		    "      - {ai: Four., expect: deliver}\n"
		    "      - {given: {ai_turn: 3}, ai: Three., expect: flag}\n"
		    "  - name: fresh\n    given: {ai_turn: 2}\n    turns:\n"
		    "      - {ai: Two., expect: deliver}\n"
		    "      - {ai: Three., expect: flag}\n",
	    "6:14 deliver good\n7:20 handoff good\n8:14 handoff good\n"
	    "9:14 deliver good\n10:17 deliver good\n11:14 flag good\n"
	    "12:14 deliver good\n13:35 flag good\n"
	    "17:14 deliver good\n18:14 flag good\n");
}

static void test_what_was_said_is_remembered(void **state)
{
	check(TESTS "  - name: t\n    given: {segment: new}\n    turns:\n"
		    "      - {ai: Hello Globex., expect: append}\n"
		    "      - {ai: Hello., expect: deliver}\n"
		    "      - {customer: I paid $60 already.}\n"
		    "      - {given: {ai_turn: 1}, ai: You paid $60.,\n"
		    "         expect: deliver}\n"
		    "  - name: without\n    turns:\n"
		    "      - {ai: You paid $60., expect: handoff}\n",
	    "7:14 append good\n8:14 deliver good\n10:35 deliver good\n"
	    "14:14 handoff good\n");
}

static void test_a_turn_that_goes_otherwise_says_why(void **state)
{
	check(TESTS "  - name: t\n    turns:\n"
		    "      - {ai: You get $60., expect: block}\n"
		    "      - {ai: Hello., expect: log}\n"
		    "      - {ai: You get $60., because: p/word}\n",
	    "6:14 handoff bad: p/money (packs/p.yaml:5) finds \"$60\": money "
	    "60.00 USD > 50.00\n"
	    "7:14 deliver bad: no rule fired\n"
	    "8:14 handoff bad: p/money (packs/p.yaml:5) finds \"$60\": money "
	    "60.00 USD > 50.00\n");
}

static void test_a_failing_test_refuses_the_policy(void **state)
{
	struct policy_source s;
	make_source(&s,
	    TESTS "  - name: t\n    turns:\n"
		  "      - {ai: Hello., expect: log}\n");
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P074");
	assert_string_equal(s.file, "tests/t.yaml");
	assert_string_equal(
	    s.message, "expected log, but got deliver: no rule fired");
	make_source(&s,
	    TESTS "  - name: t\n    turns:\n"
		  "      - {ai: Hello., expect: deliver}\n");
	s.environment = "staging";
	struct guard_policy *p = source_load(&s);
	assert_non_null(p);
	guard_policy_unref(p);
}

static int run_once(void *arg)
{
	struct told t = {.policy = arg};
	int err = guard_conversations(arg, tell, &t);
	/* Memory that runs out inside a judgement is a verdict. */
	return err || strstr(t.lines, "memory") ? -1 : 0;
}

static void test_memory(void **state)
{
	struct guard_policy *p = load(TESTS
	    "  - name: t\n    given: {segment: new}\n    turns:\n"
	    "      - {ai: Hello Globex., expect: append}\n"
	    "      - {given: {approvals: {refund: A}}, ai: $60 back.,\n"
	    "         expect: deliver}\n",
	    NULL);
	assert_true(failmalloc_each(run_once, p) > 10);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_approval_is_spent_with_its_message),
	    cmocka_unit_test(test_turns_count_what_reached_the_customer),
	    cmocka_unit_test(test_what_was_said_is_remembered),
	    cmocka_unit_test(test_a_turn_that_goes_otherwise_says_why),
	    cmocka_unit_test(test_a_failing_test_refuses_the_policy),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
