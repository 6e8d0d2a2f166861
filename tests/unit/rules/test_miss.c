/* miss: what was there of a rule that did not fire. */
#include "rules/guard_author.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct guard_policy *load(void)
{
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD
	    "use_lists: l\nentities:\n"
	    "  member: {pattern: '[0-9]{9}', check: luhn,\n"
	    "    context: [member]}\nrules:\n"
	    "  - {id: a, title: A, mode: shadow, then: log,\n"
	    "     find: {percent: {above: 10, near: [discount*],\n"
	    "       within: 3 words}}}\n"
	    "  - {id: b, title: B, mode: shadow, then: log,\n"
	    "     find: {money: {currency: USD, above: 50},\n"
	    "       phrases: [refund*]}}\n"
	    "  - {id: c, title: C, mode: shadow, then: log,\n"
	    "     find: {duration: {below: 2 days}}}\n"
	    "  - {id: d, title: D, mode: shadow, then: log,\n"
	    "     find: {entities: [email], pattern: 'x+'}}\n"
	    "  - {id: e, title: E, mode: shadow, then: log,\n"
	    "     when: {ai_turn: 2}}\n"
	    "  - {id: f, title: F, mode: shadow, then: log,\n"
	    "     find: {phrases: [remove* ... late fee*, won't "
	    "charge you, <us> ... give]}}\n"
	    "  - {id: g, title: G, mode: shadow, then: log,\n"
	    "     find: {percent: {above: 10, near: [off]}},\n"
	    "     ignore_negated: yes,\n"
	    "     unless: [{phrases: [APR, off peak]}]}\n"
	    "  - {id: h, title: H, mode: shadow, then: log,\n"
	    "     find: {phrases: [tonight]}, when: {channel: chat}}\n"
	    "  - {id: i, title: I, mode: shadow, then: log,\n"
	    "     find: {phrases: [a month]},\n"
	    "     must_also_say: [{phrases: [terms]}]}\n"
	    "  - {id: j, title: J, mode: shadow, then: log,\n"
	    "     find: {entities: [member]}}\n"
	    "  - {id: k, title: K, mode: shadow, then: log,\n"
	    "     find: {entities: [payment_card]}}\n");
	source_add(
	    &s, "lists/l.yaml", "format: 1\nkind: lists\nlists:\n  us: [we]\n");
	struct guard_source source = {.own = s.own, .n_own = s.n_own};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	return p;
}

static void check(const struct guard_policy *p, size_t rule, const char *text,
    const char *expected)
{
	char out[GUARD_MISS_BYTES];
	static const struct guard_session session = {
	    .channel = "mail", .ai_turn = 2};
	struct guard_message m = {GUARD_AI, text, strlen(text)};
	assert_int_equal(guard_why_in_words(p, rule, &session, &m, out), 0);
	assert_string_equal(out, expected);
}

static const struct guard_why_answer not_found = {
    .reasons = {[GUARD_WHY_NOT_FOUND] = true}};

static void test_each_part_is_told(void **state)
{
	struct guard_policy *p = load();
	check(p, 0, "A discount of course.",
	    "\"discount\" found, but no percent above 10");
	check(p, 0, "A discount of 8%.",
	    "\"discount\" found, but \"8%\" is not a percent above 10");
	check(p, 0, "A discount of twenty today.",
	    "\"discount\" found, but \"twenty\" is a number but has no % or "
	    "word for it behind it");
	check(p, 0, "20% is a number far away from a discount.",
	    "\"20%\" and \"discount\" found, but not as they have to stand");
	check(p, 0, "Nothing.", "no percent above 10 and nothing of near");
	check(p, 1, "Your refund, all seventy five of it.",
	    "\"refund\" found, but \"seventy five\" is a number but has no "
	    "currency; money needs a sign, code or word");
	check(p, 1, "A refund of 60 euros.",
	    "\"refund\" found, but \"60 euros\" is not money above 50 USD");
	check(p, 2, "In 3 days.", "\"3 days\" is not a duration below 2 days");
	check(p, 3, "a@b.test",
	    "\"a@b.test\" found, but nothing its pattern matches");
	check(p, 4, "x", "");
	check(p, 5, "We removed a FEE.",
	    "none of its phrases (\"remove* ... late fee*\" lacks \"late\")");
	check(p, 5, "You won't charge it.",
	    "none of its phrases (the words of \"won't charge you\" are there, "
	    "but not as they have to stand)");
	check(p, 5, "They give.",
	    "none of its phrases (the words of \"<us> ... give\" are there, "
	    "but not as they have to stand)");
	check(p, 5, "A charge.", "none of its phrases");
	guard_policy_unref(p);
}

/* What is found as it has to stand is not said to stand wrongly. */
static void test_what_else_keeps_it_is_told(void **state)
{
	struct guard_policy *p = load();
	check(p, 6, "I can't give you 15% off.",
	    "the rule takes the sentence as a refusal (ignore_negated)");
	check(p, 6, "I can give you 15% off, APR 5%.",
	    "the rule is excused: something under unless holds "
	    "(line 26 of packs/p.yaml)");
	check(p, 6, "I can give you 15% off peak.",
	    "the rule is excused: something under unless holds "
	    "(line 26 of packs/p.yaml)");
	check(p, 6, "15% for you.", "\"15%\" found, but nothing of near");
	check(p, 7, "Somebody calls tonight.",
	    "the rule does not apply here: its when does not hold (channel)");
	check(p, 7, "Somebody calls.", "none of its phrases");
	check(p, 8, "Only 5 a month, terms apply.",
	    "the rule finds the required wording");
	check(p, 9, "Your member number is 123456789.",
	    "its pattern matches \"123456789\", but the digits of it do not "
	    "add up (check)");
	check(p, 9, "It is 123456782.",
	    "its pattern matches \"123456782\", but none of its context "
	    "stands near");
	check(p, 9, "It is 12.", "nothing its pattern matches");
	check(p, 10, "It is 4111 1111 1111 1112.",
	    "no data of its kinds, whose digits add up");
	guard_policy_unref(p);
}

static void test_long_finds_are_cut_between_characters(void **state)
{
	struct guard_policy *p = load();
	char text[200] = "a", expected[300];
	memset(text + 1, 'x', 80);
	snprintf(expected, sizeof(expected),
	    "\"%.60s...\" found, but no data of its kinds", text + 1);
	char out[GUARD_MISS_BYTES];
	struct guard_message m = {GUARD_AI, text, strlen(text)};
	assert_int_equal(guard_near_miss(p, 3, &m, &not_found, out), 0);
	assert_string_equal(out, expected);
	guard_policy_unref(p);
}

static int run_once(void *arg)
{
	char out[GUARD_MISS_BYTES];
	struct guard_message m = {GUARD_AI, "A discount of 8%.", 17};
	int err = guard_near_miss(arg, 0, &m, &not_found, out);
	/* Memory that runs out inside a judgement is a part not found. */
	return err || !strstr(out, "is not a percent above 10") ? -1 : 0;
}

static void test_memory(void **state)
{
	struct guard_policy *p = load();
	assert_true(failmalloc_each(run_once, p) > 5);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_part_is_told),
	    cmocka_unit_test(test_what_else_keeps_it_is_told),
	    cmocka_unit_test(test_long_finds_are_cut_between_characters),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
