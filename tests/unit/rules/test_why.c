/* why: which condition keeps a rule from firing. */
#include "rules/guard_author.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char pack[] =
    "format: 1\nkind: pack\npack: p\ntopics:\n"
    "  t: {says: [red, green], at_least: 2}\nrules:\n"
    "  - id: a\n    title: A\n    mode: shadow\n    then: log\n"
    "    find: {phrases: [foo], near: [bar], within: 2 words}\n"
    "    ignore_negated: yes\n    unless: [{phrases: [maybe]}]\n"
    "    when: {channel: [chat]}\n"
    "  - {id: b, title: B, mode: off, then: log, find: {topic: t}}\n"
    "  - {id: c, title: C, mode: off, then: log, find: {phrases: foo},\n"
    "     must_also_say: [{phrases: [terms]}]}\n"
    "  - {id: d, title: D, mode: off, then: log, find: {phrases: foo,\n"
    "     entities: [email]}}\n"
    "  - {id: e, title: E, mode: off, then: log, speaker: customer,\n"
    "     find: {phrases: foo}, effective: {to: 2026-01-01}}\n"
    "  - {id: f, title: F, mode: off, then: log, find: {money: {above: 50,\n"
    "     over: conversation, near: [credit]}}}\n"
    "  - {id: g, title: G, mode: off, then: log, score: 2,\n"
    "     find: {phrases: quick}}\n"
    "  - {id: h, title: H, mode: off, then: log, score: 1,\n"
    "     find: {phrases: cheap}}\n"
    "totals:\n"
    "  - {name: t, adds: [g, h], at_least: 3, mode: off, then: log,\n"
    "     when: {channel: chat}}\n";

static struct guard_policy *policy(void)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    "format: 1\nkind: policy\nname: t\ntimezone: UTC\npacks: p\n");
	source_add(&s, "packs/p.yaml", pack);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	return p;
}

struct ask {
	size_t rule;
	const char *channel, *text;
	enum guard_why reasons[3]; /* 0: none further, or fires */
};

static const struct ask asks[] = {
    {0, "chat", "A foo bar.", {GUARD_WHY_FIRES}},
    {0, "mail", "A foo bar.", {GUARD_WHY_WHEN}},
    {0, "chat", "We can't foo bar.", {GUARD_WHY_NEGATED}},
    {0, "chat", "Maybe a foo bar.", {GUARD_WHY_EXCUSED}},
    {0, "chat", "A foo one two three bar.", {GUARD_WHY_NEAR}},
    {0, "mail", "We can't foo.",
	{GUARD_WHY_WHEN, GUARD_WHY_NEGATED, GUARD_WHY_NEAR}},
    {0, "chat", "Nothing.", {GUARD_WHY_NOT_FOUND}},
    {1, "chat", "A red one.", {GUARD_WHY_TOO_FEW}},
    {1, "chat", "A red and a green one.", {GUARD_WHY_FIRES}},
    {2, "chat", "A foo on terms.", {GUARD_WHY_WORDING}},
    {3, "chat", "A foo. Not a@b.test.", {GUARD_WHY_TOGETHER}},
    {4, "chat", "A foo.", {GUARD_WHY_SPEAKER, GUARD_WHY_DATES}},
    {5, "chat", "A credit of $40.", {GUARD_WHY_ALLOWED}},
    {5, "chat", "A credit of $40 and a credit of $20.", {GUARD_WHY_FIRES}},
    {5, "chat", "It is $60.", {GUARD_WHY_NEAR}},
    {8, "chat", "Quick!", {GUARD_WHY_TOTAL}},
    {8, "chat", "Quick and cheap!", {GUARD_WHY_FIRES}},
    {8, "mail", "Quick and cheap!", {GUARD_WHY_WHEN}},
    {8, "chat", "Nothing.", {GUARD_WHY_NOT_FOUND}},
};

static bool listed(const struct ask *a, enum guard_why why)
{
	if (why == GUARD_WHY_FIRES)
		return a->reasons[0] == GUARD_WHY_FIRES;
	for (size_t i = 0; i < 3; i++)
		if (a->reasons[i] == why)
			return true;
	return false;
}

static void test_reasons(void **state)
{
	struct guard_policy *p = policy();
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		const struct ask *a = &asks[i];
		struct guard_session session = {.channel = a->channel,
		    .time_us = INT64_C(1793512800000000)};
		struct guard_message m = {GUARD_AI, a->text, strlen(a->text)};
		struct guard_why_answer w;
		assert_int_equal(
		    guard_why_not(p, a->rule, &session, &m, &w), 0);
		for (enum guard_why k = GUARD_WHY_FIRES; k < GUARD_WHY_KINDS;
		     k++)
			if (k != GUARD_WHY_SEVERAL &&
			    w.reasons[k] != listed(a, k))
				fail_msg("%s: %s: %d", a->text,
				    guard_why_text(k), w.reasons[k]);
	}
	guard_policy_unref(p);
}

static const char several[] =
    "format: 1\nkind: pack\npack: p\nrules:\n"
    "  - id: a\n    title: A\n    mode: off\n    then: log\n"
    "    find: {phrases: [foo]}\n    when: {channel: [chat], ai_turn: 2,\n"
    "      segment_not: [x], repeat_contact: yes, language: [en]}\n"
    "    unless:\n      - phrases: [maybe]\n      - approval: x\n"
    "      - phrases: [perhaps]\n";

static void test_the_exception_and_the_key_are_named(void **state)
{
	struct policy_source s = {0};
	source_add(
	    &s, "policy.yaml", "format: 1\nkind: policy\nname: t\npacks: p\n");
	source_add(&s, "packs/p.yaml", several);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	struct guard_session session = {.channel = "chat",
	    .ai_turn = 2,
	    .language = "en-GB",
	    .repeat_contact = GUARD_YES};
	struct guard_message m = {GUARD_AI, "Perhaps a foo.", 14};
	struct guard_why_answer w;
	assert_int_equal(guard_why_not(p, 0, &session, &m, &w), 0);
	assert_true(w.reasons[GUARD_WHY_EXCUSED]);
	assert_string_equal(w.exception_file, "packs/p.yaml");
	assert_int_equal(w.exception_line, 15);
	assert_null(w.unmet);
	m = (struct guard_message){GUARD_AI, "A foo.", 6};
	static const char *const keys[] = {
	    "segment_not", "language", "ai_turn", "repeat_contact"};
	for (size_t i = 0; i < 4; i++) {
		struct guard_session other = session;
		other.segment = i == 0 ? "x" : NULL;
		other.language = i == 1 ? "de" : "en";
		other.ai_turn = i == 2 ? 1 : 2;
		other.repeat_contact = i == 3 ? GUARD_NO : GUARD_YES;
		assert_int_equal(guard_why_not(p, 0, &other, &m, &w), 0);
		assert_true(w.reasons[GUARD_WHY_WHEN]);
		assert_string_equal(w.unmet, keys[i]);
		assert_null(w.exception_file);
	}
	guard_policy_unref(p);
}

static int ask_once(void *arg)
{
	struct guard_session session = {0};
	struct guard_message m = {GUARD_AI, "A foo bar.", 10};
	struct guard_why_answer w;
	int rc = guard_why_not(arg, 0, &session, &m, &w);
	return rc ? rc : w.reasons[GUARD_WHY_UNDECIDED];
}

static void test_memory(void **state)
{
	struct guard_policy *p = policy();
	assert_true(failmalloc_each(ask_once, p) > 2);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_reasons),
	    cmocka_unit_test(test_the_exception_and_the_key_are_named),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
