/*
 * What a stream holds, to the byte: cases the property of tests/exact does not
 * name. test_stream.c has the simple ones.
 */
#include "rules/guard_author.h"
#include "rules/hold.h"
#include "tests/support/every_cut.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct guard_session *given; /* or NULL */

static struct guard_policy *load(const char *rules)
{
	char pack[2048];
	snprintf(pack, sizeof(pack), PACK_HEAD "%s", rules);
	const struct guard_file files[] = {
	    {"policy.yaml", POLICY, sizeof(POLICY) - 1},
	    {"packs/p.yaml", pack, strlen(pack)}};
	const struct guard_source source = {.own = files, .n_own = 2};
	struct policy_source seen = {0};
	struct guard_policy *policy = NULL;
	if (guard_policy_load_untested(&policy, &source, source_see, &seen))
		fail_msg("%s: %s", seen.code, seen.message);
	return policy;
}

/* After the text so many bytes are safe, under rules in YAML. */
static void check(const char *rules, const char *text, size_t safe)
{
	struct guard_policy *policy = load(rules);
	struct guard_stream *s = guard_stream_new(policy, given, GUARD_AI);
	struct guard_progress p = {0};
	assert_non_null(s);
	guard_stream_feed(s, text, strlen(text), &p);
	if (p.safe_len != safe)
		fail_msg("\"%s\": %zu bytes are safe, not %zu", text,
		    p.safe_len, safe);
	guard_stream_free(s);
	guard_policy_unref(policy);
}

#define RULE(id, find, then)                                                   \
	"  - id: " id "\n    title: T\n    find: {" find "}\n    then: " then  \
	"\n" EXAMPLES

/* A phrase that has begun at the end of a sentence does not keep it open. */
static void a_closed_sentence_is_over(void **state)
{
	static const char near[] = "rules:\n" RULE(
	    "a", "phrases: [refund], near: [late ... fee, off]", "handoff");
	check(near, "So refund late. ", 16);
	check(near, "So refund late ", 3);
	static const char number[] =
	    "rules:\n" RULE("a", "money: {above: 10, near: [off]}", "handoff");
	check(number, "So $20 more, 5 dollars.\nOr", 24);
}

/* A window is over behind the last word that could begin what is near, and
 * only what is near keeps it open. */
static void a_window_is_over_behind_its_last_word(void **state)
{
	static const char rules[] = "rules:\n" RULE("a",
	    "percent: {above: 10, near: [off, take two], within: 1 words}",
	    "handoff") RULE("b", "phrases: [plan b]", "flag");
	check(rules, "So 15% on ", 3);
	check(rules, "So 15% on it ", 13);
	check(rules, "So 15% on take ", 3);
	check(rules, "So 15% on take it ", 18);
	check(rules, "So 15% on plan ", 15);
}

/* A number holds for the kinds it may still become. */
static void a_number_holds_for_its_kinds(void **state)
{
	static const char percent[] =
	    "rules:\n" RULE("a", "percent: {above: 10}", "handoff");
	check(percent, "So 5 ", 3);
	check(percent, "So 5 dollars ", 13);
	check(percent, "So $5 ", 6);
	check(percent, "So 5 months ", 12);
	check(percent, "So $5 and 50 ", 3); /* 50 percent? */
	check(percent, "So USD 5 percent ", 17);
	static const char money[] =
	    "rules:\n" RULE("a", "money: {above: 10}", "handoff");
	check(money, "So USD 50 percent ", 3); /* is money, as "$50%" is */
	check(money, "So USD 50 business ", 3);
	check(money, "So two grand free ", 3);
	check(money, "So two grand per ", 3);
	static const char time[] =
	    "rules:\n" RULE("a", "duration: {above: 2 days}", "handoff");
	check(time, "So 90 minutes ", 14);
	check(time, "So 48 hours ", 3); /* and a half */
	check(time, "So 5 business ", 3);
}

/* What comes first of a topic is no hit while there is too little of it. */
static void a_topic_holds_when_there_may_be_enough(void **state)
{
	static const char rules[] =
	    "topics:\n  t:\n    says: [buy shares, good time, crypto]\n"
	    "    at_least: 2\nrules:\n" RULE("a", "topic: t", "handoff");
	check(rules, "So buy ", 7);
	check(rules, "So crypto, buy ", 11);
}

/* A total puts something in front where rules that do not withhold reach it;
 * what the others add comes with a block. */
static void a_total_that_is_outdone_holds_nothing(void **state)
{
	(void)state;
#define OF(then, more, mode)                                                   \
	"rules:\n" RULE("a", "phrases: [waive ... fee]",                       \
	    then "\n    score: 3" mode) RULE("b", "phrases: [the cat]",        \
	    "flag\n    score: 1") "totals:\n  - {name: t, adds: [a" more       \
				  "], over: "                                  \
				  "conversation,\n     at_least: 2, then: "    \
				  "{prepend: Well.}}\n"
	check(OF("block", "", ""), "So fine, waive ", 9);
	check(OF("flag", "", "\n    mode: shadow"), "So fine, waive ", 15);
	check(OF("flag", "", ""), "So fine, waive ", 0);
	/* b alone does not reach it. */
	check(OF("block", ", b", ""), "So fine, waive ", 9);
	check(OF("flag", ", b", ""), "So fine, waive ", 0);
#undef OF
}

/* Its words come too late and are not made: the verdict is that of the whole
 * text. */
static void what_is_outdone_is_no_edit(void **state)
{
	(void)state;
	static const char rules[] = "rules:\n" RULE(
	    "a", "phrases: [waive ... fee]", "block\n    score: 3")
	    RULE("b", "phrases: [the card]",
		"redact") "totals:\n  - {name: t, adds: [a], over: "
			  "conversation,\n     at_least: 2, then: "
			  "{prepend: Well.}}\n";
	struct guard_policy *policy = load(rules);
	struct guard_scanner *scanner = guard_scanner_new();
	const struct guard_session none = {0};
	const struct every_cut in = {policy, scanner, &none};
	every_cut(&in, "So fine. Of the card we waive the fee. The card");
	every_cut(&in, "So we waive the fee.");
	guard_scanner_free(scanner);
	guard_policy_unref(policy);
}

/* Wording is put in front once, whatever the edited text holds. */
static void what_has_been_put_in_front_is_let_go(void **state)
{
	static const char rules[] =
	    "rules:\n" RULE("a", "phrases: [apr ... fee]", "{prepend: Hi.}")
		RULE("b", "phrases: [fee credit]", "handoff");
	check(rules, "The apr and fee ", 12);
}

/* An approval covers the largest amount of the sentence, so that is waited for.
 */
static void an_approval_waits_for_all_amounts(void **state)
{
	static const char rules[] =
	    "rules:\n" RULE("a", "percent: {above: 5}, money: {above: 1}",
		"handoff\n    unless:\n      - approval: boss");
	static const struct guard_approval boss = {
	    .name = "boss", .id = "1", .up_to_minor = 6000, .uses = 1};
	static const struct guard_session approved = {
	    .approvals = &boss, .n_approvals = 1};
	given = &approved;
	check(rules, "So 15% and $5, ", 3);
	check(rules, "So 15% and $5, or $75. ", 3);
	check(rules, "So 15% and $5. Or $75 ", 22);
	given = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_closed_sentence_is_over),
	    cmocka_unit_test(a_window_is_over_behind_its_last_word),
	    cmocka_unit_test(a_number_holds_for_its_kinds),
	    cmocka_unit_test(a_topic_holds_when_there_may_be_enough),
	    cmocka_unit_test(a_total_that_is_outdone_holds_nothing),
	    cmocka_unit_test(what_is_outdone_is_no_edit),
	    cmocka_unit_test(what_has_been_put_in_front_is_let_go),
	    cmocka_unit_test(an_approval_waits_for_all_amounts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
