/*
 * The public face, as a stranger would use it: only guard.h, a policy of
 * files, and every kind of scanner in every cutting.
 */
#include "fuzz/one_policy.h"
#include "rules/guard.h"
#include "tests/support/split.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What the README of a user would show. */
static void ten_lines_judge_a_message(void **state)
{
	static const char text[] = "I refunded $75.00 to your card.";
	struct guard_policy *policy = one_policy_load();
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_session session = {.ai_turn = 3, .channel = "chat"};
	struct guard_message message = {GUARD_AI, text, strlen(text)};
	struct guard_verdict verdict;
	guard_check(scanner, policy, &session, &message, &verdict);
	assert_int_equal(verdict.action, GUARD_HANDOFF);
	assert_string_equal(verdict.hits[0].what, "money 75.00 USD > 50.00");
	struct guard_rule_info rule;
	guard_policy_rule(policy, verdict.hits[0].rule, &rule);
	assert_string_equal(rule.id, "all/refund");
	assert_string_equal(rule.file, "packs/all.yaml");
	guard_scanner_free(scanner);
	guard_policy_unref(policy);
}

static void ten_lines_judge_a_stream(void **state)
{
	static const char *const tokens[] = {"My ", "card ", "is ", "4111",
	    " 1111", " 1111", " 1111", ", ", "thanks", "."};
	struct guard_policy *policy = one_policy_load();
	struct guard_stream *s = guard_stream_new(policy, NULL, GUARD_AI);
	struct guard_progress p;
	size_t safe[10];
	for (size_t i = 0; i < 10; i++) {
		guard_stream_feed(s, tokens[i], strlen(tokens[i]), &p);
		safe[i] = p.safe_len;
	}
	assert_int_equal(safe[2], 11); /* up to the digits */
	assert_int_equal(safe[6], 11);
	assert_int_equal(safe[8], 32); /* behind the redacted number */
	struct guard_verdict v;
	guard_stream_end(s, &v);
	assert_int_equal(v.action, GUARD_REDACT);
	assert_int_equal(v.n_edits, 1);
	assert_int_equal(v.edits[0].start, 11);
	assert_int_equal(v.edits[0].end, 30);
	guard_stream_free(s);
	guard_policy_unref(policy);
}

/* ---- every scanner in every cutting ---- */

struct whole {
	struct guard_policy *policy;
	const char *text;
	struct guard_verdict verdict;
	size_t withheld_from;
};

static void run_split(const struct split *split, void *arg)
{
	struct whole *w = arg;
	const struct guard_verdict *v = &w->verdict;
	struct guard_stream *s = guard_stream_new(w->policy, NULL, GUARD_AI);
	struct guard_progress p = {0};
	struct guard_verdict is;
	size_t safe = 0;
	bool good = s != NULL;
	guard_stream_read_on(s);
	for (size_t i = 0; i < split->n; i++) {
		guard_stream_feed(
		    s, split->pieces[i].data, split->pieces[i].len, &p);
		good &= p.safe_len >= safe && p.safe_len <= w->withheld_from;
		safe = p.safe_len;
	}
	guard_stream_end(s, &is);
	good &= is.action == v->action && is.undecided == v->undecided &&
	    is.n_hits == v->n_hits && is.deciding == v->deciding &&
	    is.n_edits == v->n_edits;
	for (size_t i = 0; good && i < v->n_hits; i++)
		good = is.hits[i].start == v->hits[i].start &&
		    is.hits[i].end == v->hits[i].end &&
		    is.hits[i].rule == v->hits[i].rule;
	if (!good)
		fail_msg("\"%s\" (%s): %s with %zu hits, not %s with %zu",
		    w->text, split->how, guard_action_name(is.action),
		    is.n_hits, guard_action_name(v->action), v->n_hits);
	guard_stream_free(s);
}

static void scanners_agree_in_every_cutting(void **state)
{
	static const struct {
		const char *text;
		enum guard_action action;
	} cases[] = {
	    {"Hello, how can I help?", GUARD_DELIVER},
	    {"I refunded seventy five dollars.", GUARD_HANDOFF},
	    {"I can't refund $75.00, but 15% off is yours.", GUARD_BLOCK},
	    {"A $75 refund under our refund policy.", GUARD_DELIVER},
	    {"I waive the late fee, the 5% off is gone.", GUARD_REPLACE},
	    {"Card 4111-1111-1111-1111 and 4111 1111 1111 1112.", GUARD_REDACT},
	    {"Write to someone@mail.example. Call (212) 555-0147!",
		GUARD_REDACT},
	    {"See http://bit.ly/3xYz, https://acme.example/x, INC-0042917.",
		GUARD_REDACT},
	    {"The password: Hunter2!horse is yours", GUARD_HANDOFF},
	    {"It is 9 per month for a year. Globex asks 10.", GUARD_APPEND},
	    {"It is 9 per month for a year, APR 3.", GUARD_DELIVER},
	    {"Globex.", GUARD_FLAG},
	    {"**W a i v e** the f\xe2\x80\x8b"
	     "ee",
		GUARD_REPLACE},
	    {"cut \xe2\x80", GUARD_HANDOFF},
	};
	struct guard_policy *policy = one_policy_load();
	struct guard_scanner *scanner = guard_scanner_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].text);
		struct whole w = {.policy = policy,
		    .text = cases[i].text,
		    .withheld_from = SIZE_MAX};
		guard_check(scanner, policy, NULL,
		    &(struct guard_message){GUARD_AI, w.text, len}, &w.verdict);
		if (w.verdict.action != cases[i].action)
			fail_msg("\"%s\": %s, not %s", w.text,
			    guard_action_name(w.verdict.action),
			    guard_action_name(cases[i].action));
		for (size_t k = 0; k < w.verdict.n_hits; k++) {
			const struct guard_hit *h = &w.verdict.hits[k];
			if (h->action >= GUARD_REPLACE &&
			    h->start < w.withheld_from)
				w.withheld_from = h->start;
		}
		split_all(w.text, len, run_split, &w);
	}
	guard_scanner_free(scanner);
	guard_policy_unref(policy);
}

static void every_value_has_a_name(void **state)
{
	for (int i = GUARD_DECIDED; i <= GUARD_UNDECIDED_EDIT; i++)
		assert_string_not_equal(
		    guard_undecided_name((enum guard_undecided)i), "unknown");
	for (int i = GUARD_DELIVER; i <= GUARD_HANDOFF; i++)
		assert_string_not_equal(
		    guard_action_name((enum guard_action)i), "unknown");
	for (int i = GUARD_OFF; i <= GUARD_ENFORCE; i++)
		assert_string_not_equal(
		    guard_mode_name((enum guard_mode)i), "unknown");
	for (int i = GUARD_SEVERITY_LOW; i <= GUARD_SEVERITY_CRITICAL; i++)
		assert_string_not_equal(
		    guard_severity_name((enum guard_severity)i), "unknown");
	assert_string_equal(
	    guard_undecided_name(GUARD_UNDECIDED_TOO_LONG), "too_long");
	assert_string_equal(guard_action_name(GUARD_HANDOFF), "handoff");
}

static void times_are_the_policys(void **state)
{
	/* Without a policy, UTC. */
	assert_true(guard_policy_time(NULL, 1970, 1, 2, 61) ==
	    (INT64_C(86400) + 61 * 60) * 1000000);
}

static void edits_are_applied_in_order(void **state)
{
	const struct guard_edit edits[] = {{0, 0, "A ", 2, 0}, {2, 4, "", 0, 0},
	    {4, 5, "xyz", 3, 0}, {6, 6, "!", 1, 0}};
	size_t len;
	char *s = guard_apply_edits("012345", 6, edits, 4, &len);
	assert_string_equal(s, "A 01xyz5!");
	assert_int_equal(len, 9);
	free(s);
	s = guard_apply_edits("", 0, NULL, 0, &len);
	assert_string_equal(s, "");
	free(s);
}

/* Of the beginning of a text: an edit over its end, and one behind it. */
static void edits_end_with_the_text(void **state)
{
	const struct guard_edit over[] = {{1, 5, "-", 1, 0}};
	const struct guard_edit behind[] = {{5, 9, "-", 1, 0}};
	const struct guard_edit crossed[] = {
	    {1, 3, "-", 1, 0}, {2, 3, "+", 1, 0}};
	size_t len;
	char *s = guard_apply_edits("012", 3, over, 1, &len);
	assert_string_equal(s, "0-");
	free(s);
	s = guard_apply_edits("012", 3, behind, 1, &len);
	assert_string_equal(s, "012-");
	free(s);
	s = guard_apply_edits("0123", 4, crossed, 2, &len);
	assert_string_equal(s, "0-+3");
	assert_int_equal(len, 4);
	free(s);
}

/* ---- who speaks ---- */

static const struct {
	const char *find, *text; /* of a rule, and what it finds */
} finds[] = {
    {"{phrases: [blue moon]}", "See the blue moon."},
    {"{phrases: [sold]}\n    ignore_negated: yes", "It was sold."},
    {"{phrases: [pay*], near: ['12 weeks'], within: 4 words}",
	"You pay in 12 weeks."},
    {"{percent: {above: 10}}", "Take 20% now."},
    {"{money: {above: 5}}", "Take $9.00 now."},
    {"{entities: [email]}", "Ask ann@example.com for it."},
    {"{secrets: [password]}", "The password is Xk3!fooBar9."},
    {"{links: {outside: [example.com]}}", "See https://evil.test/x here."},
    {"{pattern: 'AB-[0-9]{4}'}", "Quote AB-1234 to us."},
};
#define FINDS (sizeof(finds) / sizeof(finds[0]))

static size_t hits_of(const struct guard_policy *policy,
    enum guard_speaker speaker, const char *text)
{
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_message message = {speaker, text, strlen(text)};
	struct guard_verdict v;
	guard_check(scanner, policy, NULL, &message, &v);
	size_t n = v.undecided ? SIZE_MAX : v.n_hits;
	guard_scanner_free(scanner);
	return n;
}

static void add_rule(char *pack, size_t size, const char *id, size_t find)
{
	size_t n = strlen(pack);
	snprintf(pack + n, size - n,
	    "  - id: %s\n    title: T\n    speaker: %s\n    find: %s\n"
	    "    then: flag\n    examples:\n      matches:\n        - %s\n"
	    "      passes:\n        - Nothing.\n",
	    id, id, finds[find].find, finds[find].text);
}

/* Whatever is looked for in what the one says: what is looked for in what the
 * other says is found, and only there. */
static void each_speaker_has_its_own_rules(void **state)
{
	for (size_t i = 0; i < FINDS * FINDS; i++) {
		size_t ai = i / FINDS, customer = i % FINDS;
		char pack[2048] = PACK_HEAD "rules:\n";
		struct policy_source s = {0};
		add_rule(pack, sizeof(pack), "ai", ai);
		add_rule(pack, sizeof(pack), "customer", customer);
		source_add(&s, "policy.yaml", POLICY);
		source_add(&s, "packs/p.yaml", pack);
		struct guard_policy *policy = source_load(&s);
		if (!policy)
			fail_msg("%s\n%s %s", pack, s.code, s.message);
		for (size_t k = 0; k < FINDS; k++) {
			const char *text = finds[k].text;
			assert_int_equal(
			    hits_of(policy, GUARD_AI, text), k == ai);
			assert_int_equal(hits_of(policy, GUARD_CUSTOMER, text),
			    k == customer);
			assert_int_equal(hits_of(policy, GUARD_HUMAN, text), 0);
		}
		guard_policy_unref(policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ten_lines_judge_a_message),
	    cmocka_unit_test(ten_lines_judge_a_stream),
	    cmocka_unit_test(scanners_agree_in_every_cutting),
	    cmocka_unit_test(every_value_has_a_name),
	    cmocka_unit_test(times_are_the_policys),
	    cmocka_unit_test(edits_are_applied_in_order),
	    cmocka_unit_test(edits_end_with_the_text),
	    cmocka_unit_test(each_speaker_has_its_own_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
