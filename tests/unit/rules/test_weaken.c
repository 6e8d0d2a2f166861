/* weaken: which changes of a rule its examples would notice. */
#include "rules/guard_tests.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RULE "rules:\n  - id: a\n    title: A\n    then: flag\n"

struct told {
	char lines[4000];
};

static void tell(const struct guard_weakening *w, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s%s%s\n", w->what,
	    w->noticed ? "noticed" : "unnoticed", w->advice ? ": " : "",
	    w->advice ? w->advice : "");
}

static struct guard_policy *load(const char *rules)
{
	char pack[4000];
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	snprintf(pack, sizeof(pack), "%s%s", PACK_HEAD, rules);
	source_add(&s, "policy.yaml", POLICY "timezone: UTC\n");
	source_add(&s, "packs/p.yaml", pack);
	struct guard_source source = {.own = s.own, .n_own = s.n_own};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	return p;
}

static void check(const char *rules, const char *expected)
{
	struct guard_policy *p = load(rules);
	struct told t = {""};
	assert_int_equal(guard_weaken(p, tell, &t), 0);
	assert_string_equal(t.lines, expected);
	guard_policy_unref(p);
}

static void test_limits_and_a_value_that_would_tell(void **state)
{
	check(RULE "    find: {money: {above: 50, below: 1000}}\n"
		   "    examples:\n      matches:\n"
		   "        - I refunded $75.00 to your card.\n"
		   "      passes:\n        - I refunded $50.00.\n",
	    "limit 50 -> 70 unnoticed: add a matches: example between 50 and "
	    "70, e.g. \"I refunded $51 to your card.\"\n"
	    "below 1000 -> 600 unnoticed: add a matches: example between 600 "
	    "and 1000, e.g. \"I refunded $999 to your card.\"\n");
	check(RULE "    find: {money: {above: 50}}\n"
		   "    examples:\n      matches:\n        - $60 it is.\n"
		   "      passes:\n        - $50 it is.\n",
	    "limit 50 -> 70 noticed\n");
	check(RULE "    find: {duration: {above: 2 weeks}, phrases: [wait]}\n"
		   "    examples:\n      matches:\n"
		   "        - Please wait 9 weeks.\n"
		   "        - Please wait a whole year.\n"
		   "      passes:\n        - Please wait. 9 weeks.\n",
	    "limit 2 weeks -> 4 weeks unnoticed: add a matches: example "
	    "between 2 weeks and 4 weeks, e.g. \"Please wait 3 weeks.\"\n"
	    "dropping part 2 of find noticed\n");
}

static void test_exceptions(void **state)
{
	check(RULE "    find: {phrases: [waive*]}\n    unless:\n"
		   "      - approval: fee\n      - phrases: [policy]\n"
		   "      - {money: {below: 5}}\n"
		   "      - said_by_customer: yes\n"
		   "      - text_is:\n          - waived\n"
		   "    examples:\n      matches:\n        - I waive it.\n"
		   "      passes:\n        - I waive it by our policy.\n"
		   "        - text: I waive it.\n"
		   "          given: {approvals: {other: A, fee: A}}\n",
	    "dropping \"approval: fee\" noticed\n"
	    "dropping the exception \"policy\" noticed\n"
	    "dropping the exception \"money below 5\" unnoticed: add a "
	    "passes: example with \"money below 5\" in the sentence that "
	    "would be found\n"
	    "dropping \"said_by_customer: yes\" unnoticed: add a passes: "
	    "example with given: {customer_said: [...]}\n"
	    "dropping \"text_is: waived\" unnoticed: add a passes: example "
	    "with \"waived\"\n");
}

static void test_what_adds_up(void **state)
{
	check(RULE "    find: {money: {above: 50, over: conversation}}\n"
		   "    examples:\n      matches:\n        - $60 it is.\n"
		   "      passes:\n        - $50 it is.\n",
	    "limit of all 50 -> 70 noticed\n"
	    "dropping \"over: conversation\" of all unnoticed: add a matches: "
	    "example with given: {ai_said: [...]} whose amounts are allowed "
	    "alone\n");
	check("offers:\n  detect: {phrases: [offer], with: [money]}\n"
	      "  allowed:\n    - {name: gift, money: {up_to: 20}, near: card,\n"
	      "       when: {segment: new}}\n"
	      "  ignore_negated: no\n  otherwise: flag\n"
	      "  examples:\n    matches:\n      - I offer $5.\n"
	      "    passes:\n      - text: I offer a card of $20.\n"
	      "        given: {segment: new}\n",
	    "dropping near \"offer\" unnoticed: add a passes: example that "
	    "says "
	    "the rest, without \"offer\" or its like close by\n"
	    "limit of gift 20 -> 28 unnoticed: add a matches: example between "
	    "20 and 28\n"
	    "dropping near of gift unnoticed: add a matches: example without "
	    "these words close by\n"
	    "dropping when of gift unnoticed: add a matches: example with a "
	    "given: in which it does not hold\n");
	check("rules:\n"
	      "  - {id: a, title: A, score: 2, find: {phrases: x}, then: log,\n"
	      "     mode: shadow}\n"
	      "totals:\n  - name: t\n    adds: a\n    over: conversation\n"
	      "    at_least: 4\n    then: flag\n    examples:\n"
	      "      matches:\n        - text: x\n"
	      "          given: {ai_said: [x]}\n"
	      "      passes:\n        - x\n",
	    "at_least 4 -> 5 noticed\n"
	    "dropping \"over: conversation\" noticed\n");
}

static void test_conditions(void **state)
{
	check(RULE "    ignore_negated: yes\n    when: {segment: new}\n"
		   "    find: {entities: [email, iban], phrases: [to]}\n"
		   "    must_also_say: [{phrases: [please]}, {phrases: x}]\n"
		   "    examples:\n      matches:\n        - To a@b.test.\n"
		   "        - To a@b.test, please.\n"
		   "      passes:\n        - To a@b.test, please, x.\n"
		   "        - text: To a@b.test.\n"
		   "          given: {segment: old}\n",
	    "dropping part 2 of find unnoticed: add a passes: example that "
	    "lacks only that part (\"to\")\n"
	    "dropping email noticed\n"
	    "dropping iban unnoticed: add a matches: example with only iban\n"
	    "dropping the required \"please\" unnoticed: add a matches: "
	    "example that lacks only \"please\" or its like\n"
	    "dropping the required \"x\" noticed\n"
	    "dropping ignore_negated unnoticed: add a passes: example that "
	    "refuses, such as \"I'm sorry, I can't ...\"\n"
	    "dropping when noticed\n");
	check("topics:\n  t:\n    says: [red, green]\n    at_least: 2\n"
	      "    like:\n      - Red and green.\n"
	      "rules:\n  - {id: o, title: O, mode: off, find: {topic: t}, "
	      "then: log}\n",
	    "at_least 2 -> 1 unnoticed: add a passes: (of a topic unlike:) "
	    "example with exactly 1 of its phrases\n");
	check(RULE "    find: {phrases: [a], near: [b, c]}\n"
		   "    examples:\n      matches:\n        - A b.\n"
		   "      passes:\n        - A d.\n",
	    "dropping near \"b\" noticed\n");
}

static int run_once(void *arg)
{
	struct told t = {""};
	int err = guard_weaken(arg, tell, &t);
	/* Memory that runs out inside a judgement looks like a hit. */
	return err || strstr(t.lines, "50 -> 70 noticed") ? -1 : 0;
}

static void test_memory(void **state)
{
	struct guard_policy *p =
	    load(RULE "    find: {money: {above: 50}}\n"
		      "    unless: [{approval: x}, {phrases: [y]}]\n"
		      "    examples:\n      matches:\n        - Here is $80.\n"
		      "      passes:\n        - Nothing.\n");
	assert_true(failmalloc_each(run_once, p) > 10);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_limits_and_a_value_that_would_tell),
	    cmocka_unit_test(test_exceptions),
	    cmocka_unit_test(test_what_adds_up),
	    cmocka_unit_test(test_conditions),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
