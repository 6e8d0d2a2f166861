/* diff: each part of a rule, looser and stricter. */
#include "rules/guard_diff.h"

#include "rules/guard_author.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct told {
	char lines[4000];
};

static void tell(const struct guard_difference *d, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	assert_string_equal(d->file, "packs/p.yaml");
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s:%u %s\n",
	    guard_direction_name(d->direction), d->rule, d->line, d->what);
}

static struct guard_policy *load(const char *rules)
{
	char pack[4000];
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	snprintf(pack, sizeof(pack), "%srules:\n%s", PACK_HEAD, rules);
	source_add(
	    &s, "policy.yaml", POLICY "timezone: UTC\nqueues: {q: , r: }\n");
	source_add(&s, "packs/p.yaml", pack);
	struct guard_source source = {.own = s.own, .n_own = s.n_own};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	return p;
}

static void check(const char *older, const char *newer, const char *expected)
{
	struct guard_policy *a = load(older), *b = load(newer);
	struct told t = {""};
	assert_int_equal(guard_diff(a, b, tell, &t), 0);
	assert_string_equal(t.lines, expected);
	t.lines[0] = '\0';
	assert_int_equal(guard_diff(b, b, tell, &t), 0);
	assert_string_equal(t.lines, "");
	guard_policy_unref(a);
	guard_policy_unref(b);
}

static void tell_policy(const struct guard_difference *d, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s %s:%u %s\n",
	    guard_direction_name(d->direction), d->rule, d->file, d->line,
	    d->what);
}

static struct guard_policy *load_head(const char *head, const char *environment)
{
	char text[1000];
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	snprintf(text, sizeof(text), "%s%s", POLICY, head);
	source_add(&s, "policy.yaml", text);
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	struct guard_source source = {
	    .own = s.own, .n_own = s.n_own, .environment = environment};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	return p;
}

static void check_heads(const char *older, const char *newer,
    const char *environment, const char *expected)
{
	struct guard_policy *a = load_head(older, environment);
	struct guard_policy *b = load_head(newer, environment);
	struct told t = {""};
	assert_int_equal(guard_diff(a, b, tell_policy, &t), 0);
	assert_string_equal(t.lines, expected);
	guard_policy_unref(a);
	guard_policy_unref(b);
}

static void test_fallbacks(void **state)
{
	check_heads("if_a_message_has_media: flag\nif_the_bot_fails: handoff\n",
	    "if_a_message_has_media: deliver\n"
	    "if_the_engine_cannot_decide: block\n"
	    "if_the_bot_fails: handoff after 3\n"
	    "if_a_message_cannot_be_read: {handoff: {say: Wait.}}\n",
	    NULL,
	    "looser if_the_engine_cannot_decide policy.yaml:6 "
	    "handoff -> block\n"
	    "wording if_the_engine_cannot_decide policy.yaml:6 "
	    "customer text changed\n"
	    "wording if_a_message_cannot_be_read policy.yaml:8 "
	    "customer text changed\n"
	    "looser if_the_bot_fails policy.yaml:7 "
	    "handoff after 0 -> after 3\n"
	    "looser if_a_message_has_media policy.yaml:5 flag -> deliver\n");
}

static void test_who_gives_a_conversation_back(void **state)
{
	(void)state;
	const char *const no = "handoff_defaults: {ai_may_speak_again: no}\n";
	const char *const yes = "handoff_defaults: {ai_may_speak_again: yes}\n";
	check_heads(no, yes, NULL,
	    "looser handoff_defaults policy.yaml:1 a person's answer gives the "
	    "conversation back\n");
	check_heads(yes, no, NULL,
	    "stricter handoff_defaults policy.yaml:1 only a person gives the "
	    "conversation back\n");
}

static void test_environments(void **state)
{
	const char *const older = "environments:\n  live: {mode: enforce}\n"
				  "  gone: {mode: shadow}\n";
	const char *const newer =
	    "environments:\n"
	    "  live: {mode: shadow, rollout: [{rule: p/a, percent: 5}]}\n"
	    "  new: {mode: off}\n";
	check_heads(older, newer, NULL,
	    "looser live policy.yaml:6 mode enforce -> shadow\n"
	    "looser live policy.yaml:6 p/a rolled out to 100% -> 5%\n"
	    "other new policy.yaml:7 environment added, mode off\n"
	    "other gone policy.yaml:7 environment removed\n");
	check_heads(older, newer, "live",
	    "looser p/a packs/p.yaml:5 mode enforce -> shadow\n"
	    "looser p/a packs/p.yaml:5 rolled out to 100% -> 5%\n"
	    "other new policy.yaml:7 environment added, mode off\n"
	    "other gone policy.yaml:7 environment removed\n");
	check_heads(newer, older, NULL,
	    "stricter live policy.yaml:6 mode shadow -> enforce\n"
	    "stricter live policy.yaml:6 p/a rolled out to 5% -> 100%\n"
	    "other gone policy.yaml:7 environment added, mode shadow\n"
	    "other new policy.yaml:7 environment removed\n");
}

/* One rule in shadow with these lines. */
#define RULE(lines) "  - id: a\n    title: A\n    mode: shadow\n" lines
#define FIND "    find: {phrases: [foo]}\n"
#define LOG "    then: log\n"

static void test_rules_come_and_go(void **state)
{
	check("  - {id: a, title: A, mode: shadow, then: log,\n"
	      "     find: {phrases: x}}\n"
	      "  - {id: b, title: B, mode: shadow, then: log,\n"
	      "     find: {phrases: x}}\n",
	    "  - {id: b, title: B, mode: off, then: log,\n"
	    "     find: {phrases: x}}\n"
	    "  - {id: c, title: C, mode: shadow, then: log,\n"
	    "     find: {phrases: x}}\n"
	    "  - id: d\n    title: D\n    then: log\n" FIND EXAMPLES,
	    "looser p/a:5 rule removed: A\n"
	    "looser p/b:5 mode shadow -> off\n"
	    "other p/c:7 rule added, mode shadow\n"
	    "stricter p/d:9 rule added, enforced without time in shadow: D\n");
}

static void test_what_is_found(void **state)
{
	check(RULE("    find: {phrases: [foo, bar*], entities: [email]}\n" LOG),
	    RULE("    find: {phrases: [bar*, baz], entities: [iban]}\n" LOG),
	    "looser p/a:5 find: removed email\n"
	    "stricter p/a:5 find: added iban\n"
	    "stricter p/a:5 find: added \"baz\"\n"
	    "looser p/a:5 find: removed \"foo\"\n");
	check(RULE("    find: {phrases: [foo]}\n" LOG),
	    RULE("    find: {phrases: [foo], pattern: 'a+'}\n" LOG),
	    "looser p/a:5 find: has to meet pattern, too\n");
	check(RULE("    find: {phrases: [foo], near: [x], within: 3 words}\n"
		   "    ignore_negated: yes\n" LOG),
	    RULE("    find: {phrases: [foo], near: [y], within: 9 words}\n"
		 "    ignore_negated: no\n" LOG),
	    "looser p/a:5 near: removed \"x\"\n"
	    "stricter p/a:5 near: added \"y\"\n"
	    "stricter p/a:5 within 3 -> 9 words\n"
	    "stricter p/a:5 ignore_negated yes -> no\n");
}

static void test_limits(void **state)
{
	check(RULE("    find: {money: {above: 50}}\n" LOG),
	    RULE("    find: {money: {above: 75, below: 1000}}\n" LOG),
	    "looser p/a:5 limit 50 -> 75\n"
	    "looser p/a:5 below any -> 1000\n");
	check(RULE("    find: {duration: {above: 2 weeks}}\n" LOG),
	    RULE("    find: {duration: {above: 10 days}}\n" LOG),
	    "stricter p/a:5 limit 2 weeks -> 10 days\n");
	check(RULE("    find: {money: {currency: USD}}\n" LOG),
	    RULE("    find: {money: {currency: EUR}}\n" LOG),
	    "other p/a:5 currency USD -> EUR\n");
}

static void test_conditions(void **state)
{
	check(RULE(FIND "    unless: [{approval: x}, {phrases: [y]}]\n"
			"    when: {segment: [s], ai_turn: 2}\n" LOG),
	    RULE(FIND "    unless: [{phrases: [y, z], until: 2027-01-31}]\n"
		      "    when: {segment: [s, t], channel: [c]}\n"
		      "    effective: {to: 2027-06-30}\n" LOG),
	    "stricter p/a:5 exception removed: \"y\"\n"
	    "looser p/a:5 exception added: \"y\" until 2027-01-31\n"
	    "looser p/a:5 exception added: \"z\" until 2027-01-31\n"
	    "stricter p/a:5 exception removed: approval \"x\"\n"
	    "looser p/a:5 when: channel now has to be one of a list\n"
	    "stricter p/a:5 when: segment, added: t\n"
	    "other p/a:5 when: ai_turn changed\n"
	    "looser p/a:5 in force for a shorter time\n");
	check(RULE(FIND "    unless: [{phrases: [y]}]\n" LOG),
	    RULE(FIND "    unless: [{phrases: [y], within: clause}]\n" LOG),
	    "stricter p/a:5 exception removed: \"y\"\n"
	    "looser p/a:5 exception added: \"y\" within its clause\n");
	check(RULE("    must_say: [{phrases: [x]}]\n" LOG),
	    RULE("    must_say: [{phrases: [x, y]}]\n" LOG),
	    "looser p/a:5 wording that will do, added: \"y\"\n");
}

static void test_what_happens(void **state)
{
	check(RULE(FIND "    then: {handoff: {queue: q}}\n"),
	    RULE(FIND "    then: flag\n"),
	    "looser p/a:5 action handoff -> flag\n");
	check(RULE(FIND "    then: {handoff: {queue: q}}\n"),
	    RULE(FIND "    then: {handoff: {queue: r, say: Wait.}}\n"
		      "    severity: high\n"),
	    "wording p/a:5 customer text changed (no effect on what is "
	    "caught)\n"
	    "other p/a:5 queue q -> r\n"
	    "wording p/a:5 severity medium -> high\n");
}

static void test_many_of_a_set_are_counted(void **state)
{
	check(RULE(FIND LOG),
	    RULE("    find: {phrases: [foo, a, b, c, d, e, f, g, h, i, "
		 "j]}\n" LOG),
	    "stricter p/a:5 find: added \"a\"\n"
	    "stricter p/a:5 find: added \"b\"\n"
	    "stricter p/a:5 find: added \"c\"\n"
	    "stricter p/a:5 find: added \"d\"\n"
	    "stricter p/a:5 find: added \"e\"\n"
	    "stricter p/a:5 find: added \"f\"\n"
	    "stricter p/a:5 find: added \"g\"\n"
	    "stricter p/a:5 find: added \"h\"\n"
	    "stricter p/a:5 find: added 2 more\n");
}

struct pair {
	struct guard_policy *a, *b;
};

static int run_once(void *arg)
{
	struct pair *p = arg;
	struct told t = {""};
	return guard_diff(p->a, p->b, tell, &t);
}

static void test_memory(void **state)
{
	struct pair p = {
	    load(RULE(FIND LOG)), load(RULE("    find: {phrases: [x]}\n" LOG))};
	assert_true(failmalloc_each(run_once, &p) > 0);
	guard_policy_unref(p.a);
	guard_policy_unref(p.b);
}

static void test_limits_over_the_conversation(void **state)
{
	static const char *const message =
	    RULE("    find: {money: {above: 50}}\n" LOG);
	static const char *const sum =
	    RULE("    find: {money: {above: 50, over: conversation}}\n" LOG);
	static const char *const more =
	    RULE("    find: {money: {above: 75, over: conversation}}\n" LOG);
	check(message, sum,
	    "stricter p/a:5 limit counts over the "
	    "conversation\n");
	check(sum, message,
	    "looser p/a:5 limit counts over one message "
	    "only\n");
	check(sum, more, "looser p/a:5 limit 50 -> 75\n");
}

static void test_speaker(void **state)
{
	check(RULE(FIND LOG), RULE("    speaker: customer\n" FIND LOG),
	    "looser p/a:5 it no longer judges what the ai says\n"
	    "stricter p/a:5 it judges what the customer says\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules_come_and_go),
	    cmocka_unit_test(test_what_is_found),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_limits_over_the_conversation),
	    cmocka_unit_test(test_speaker),
	    cmocka_unit_test(test_fallbacks),
	    cmocka_unit_test(test_who_gives_a_conversation_back),
	    cmocka_unit_test(test_environments),
	    cmocka_unit_test(test_conditions),
	    cmocka_unit_test(test_what_happens),
	    cmocka_unit_test(test_many_of_a_set_are_counted),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
