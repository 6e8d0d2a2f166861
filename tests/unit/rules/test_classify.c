/* What classifiers are asked, and what their answers find. */
#include "tests/unit/rules/chat.h"

#include "tests/support/failmalloc.h"

#define ANSWERS 8

struct told { /* answers by text, added one by one */
	struct guard_answers given;
	struct guard_answer items[ANSWERS];
	struct guard_score scores[ANSWERS];
};

static void tell(struct told *t, const char *text, uint32_t insult)
{
	size_t i = t->given.n++;
	assert_true(i < ANSWERS);
	t->scores[i] = (struct guard_score){"insult", insult};
	t->items[i] =
	    (struct guard_answer){"tone", text, strlen(text), &t->scores[i], 1};
	t->given.items = t->items;
}

static void tell_nothing(struct told *t, const char *text)
{
	tell(t, text, 0);
	t->items[t->given.n - 1].n_scores = 0;
}

#define RULE(id, find, more)                                                   \
	"  - id: " id "\n    title: " id "\n    find: {" find "}\n" more       \
	"    mode: " /* mode */
#define TONE "classifier: {name: tone, label: insult, score_above: 0.8}"
#define ENFORCED                                                               \
	"enforce\n    examples:\n      matches:\n"                             \
	"        - {text: You fool., given: {scores: {tone/insult: 0.81}}}\n"  \
	"      passes:\n"                                                      \
	"        - {text: You are kind., given: {scores: {tone: 0.8}}}\n"
#define SHADOW "shadow\n"

static void open_with(struct chat *c, struct told *t, const char *rules)
{
	*t = (struct told){.given.n = 0};
	chat_open(c, rules);
	c->session.answers = &t->given;
}

/* What is missing: "0-9 You fool.|10-14 ..." */
static const char *asked(struct chat *c, const char *text)
{
	static char out[512];
	const struct guard_message m = {GUARD_AI, text, strlen(text)};
	size_t n, used = 0;
	guard_check(c->scanner, c->policy, &c->session, &m, &c->verdict);
	const struct guard_ask *asks = guard_scanner_asks(c->scanner, &n);
	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		used += (size_t)snprintf(out + used, sizeof(out) - used,
		    "%s%zu-%zu %.*s", i ? "|" : "", asks[i].start, asks[i].end,
		    (int)asks[i].len, asks[i].text);
	return out;
}

static void every_sentence_is_asked_about(void **state)
{
	struct chat c;
	struct told t;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED);
	assert_string_equal(
	    asked(&c, "You fool. Good bye"), "0-9 You fool.|10-18 Good bye");
	assert_int_equal(c.verdict.undecided, GUARD_UNDECIDED_CLASSIFIER);
	assert_int_equal(c.verdict.action, GUARD_HANDOFF);
	tell(&t, "Good bye", 0);
	assert_string_equal(asked(&c, "You fool. Good bye"), "0-9 You fool.");
	assert_int_equal(c.verdict.undecided, GUARD_UNDECIDED_CLASSIFIER);
	tell(&t, "You fool.", 930000);
	CHAT(&c, "You fool. Good bye",
	    "block: *p/a[0-9] tone insult 0.93 > 0.8");
	assert_string_equal(asked(&c, "You fool. Good bye"), "");
	CHAT(&c, "Good bye", "deliver:");
	chat_close(&c);
}

/* 0.8 is not above 0.8; one millionth more is. */
static void the_limit_is_exact(void **state)
{
	struct chat c;
	struct told t;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED);
	tell(&t, "At.", 800000);
	tell(&t, "Over.", 800001);
	CHAT(&c, "At. At.", "deliver:");
	CHAT(&c, "At. Over.", "block: *p/a[4-9] tone insult 0.800001 > 0.8");
	chat_close(&c);
}

static void no_answer_is_no_decision(void **state)
{
	struct chat c;
	struct told t;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: flag\n") ENFORCED);
	tell_nothing(&t, "Hello.");
	CHAT(&c, "Hello.", "handoff undecided classifier:");
	assert_string_equal(
	    asked(&c, "Hello."), ""); /* it is not asked again */
	/* Nor is an answer that does not name the label. */
	t.scores[0].label = "threat";
	t.items[0].n_scores = 1;
	CHAT(&c, "Hello.", "handoff undecided classifier:");
	t.scores[0].label = "insult";
	CHAT(&c, "Hello.", "deliver:");
	chat_close(&c);
}

static void shadow_decides_nothing(void **state)
{
	struct chat c;
	struct told t;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") SHADOW);
	assert_string_equal(asked(&c, "You fool."), "0-9 You fool.");
	CHAT(&c, "You fool.", "deliver:");
	tell(&t, "You fool.", 930000);
	CHAT(&c, "You fool.", "deliver: p/a[0-9]shadow tone insult 0.93 > 0.8");
	chat_close(&c);
}

/* Only where all the rest is: two of four sentences. */
static void phrases_choose_what_is_asked(void **state)
{
	struct chat c;
	struct told t;
	open_with(&c, &t,
	    "rules:\n" RULE("a", "phrases: [refund*], " TONE,
		"    unless: [{phrases: [policy]}]\n    then: handoff\n") SHADOW
	    "    examples:\n      matches:\n        - {text: Refund that., "
	    "given: {scores: {tone: 0.9}}}\n");
	assert_string_equal(
	    asked(&c, "Hello. A refund? Our refund policy. Refunded"),
	    "7-16 A refund?|36-44 Refunded");
	assert_string_equal(asked(&c, "Nothing of it."), "");
	chat_close(&c);
	open_with(&c, &t,
	    "rules:\n" RULE("a", "phrases: [refund*], " TONE,
		"    then: block\n") "enforce\n"
				     "    examples:\n      matches:\n        - "
				     "{text: Refund that., "
				     "given: {scores: {tone: 0.9}}}\n      "
				     "passes:\n        - Bye.\n");
	CHAT(&c, "Nothing.", "deliver:");
	tell(&t, "A refund?", 900000);
	tell(&t, "No refund!", 100000);
	CHAT(&c, "Well. A refund?", "block: *p/a[8-14]");
	CHAT(&c, "Well. No refund!", "deliver:");
	tell_nothing(&t, "Refunded.");
	CHAT(&c, "Refunded. Bye.", "handoff undecided classifier:");
	chat_close(&c);
}

/* A handoff that is found is one, whatever nobody knows. */
static void a_handoff_outranks_a_missing_answer(void **state)
{
	struct chat c;
	struct told t;
	open_with(&c, &t,
	    "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED
	    "  - id: b\n    title: b\n    find: {phrases: [lawyer]}\n"
	    "    then: handoff\n    examples:\n      matches:\n"
	    "        - Your lawyer.\n      passes:\n        - Bye.\n");
	tell_nothing(&t, "Bye.");
	tell_nothing(&t, "Your lawyer.");
	CHAT(&c, "Bye. Your lawyer.", "handoff: *p/b[10-16]");
	chat_close(&c);
}

/* Invisible characters hide nothing from it. */
static void it_reads_what_is_visible(void **state)
{
	struct chat c;
	struct told t;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED);
	assert_string_equal(
	    asked(&c, "You f\u200bo\u200dol."), "0-15 You fool.");
	chat_close(&c);
}

static void ids_and_own_texts_are_not_asked_about(void **state)
{
	struct chat c;
	struct told t;
	open_with(&c, &t,
	    "rules:\n" RULE("a", TONE, "    then: {block: {say: Well well.}}\n")
		ENFORCED);
	c.session.label = true;
	assert_string_equal(asked(&c, "chatcmpl-1"), "");
	assert_int_equal(c.verdict.action, GUARD_DELIVER);
	chat_close(&c);
}

/* ---- as it arrives ---- */

static size_t feed(struct guard_stream *s, const char *text)
{
	struct guard_progress p;
	guard_stream_feed(s, text, strlen(text), &p);
	return p.safe_len;
}

static void a_sentence_is_held_until_it_is_answered(void **state)
{
	struct chat c;
	struct told t;
	struct guard_progress p;
	struct guard_verdict v;
	size_t n;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED);
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	assert_int_equal(feed(s, "Good day. How are"), 0);
	const struct guard_ask *asks = guard_stream_asks(s, &n);
	assert_int_equal(n, 1);
	assert_memory_equal(asks[0].text, "Good day.", asks[0].len);
	guard_stream_asks(s, &n); /* told once */
	assert_int_equal(n, 0);
	tell(&t, "Good day.", 1000);
	guard_stream_look(s, &p);
	assert_int_equal(p.safe_len, 10);
	assert_int_equal(feed(s, " you?"), 10);
	assert_false(guard_stream_waits(s));
	guard_stream_close(s, &p);
	assert_true(guard_stream_waits(s));
	asks = guard_stream_asks(s, &n);
	assert_int_equal(n, 1);
	assert_int_equal(asks[0].start, 10);
	tell(&t, "How are you?", 999999);
	guard_stream_look(s, &p);
	assert_false(guard_stream_waits(s));
	assert_true(p.withheld);
	assert_int_equal(p.safe_len, 10);
	guard_stream_end(s, &v);
	assert_int_equal(v.action, GUARD_BLOCK);
	assert_int_equal(v.undecided, GUARD_DECIDED);
	guard_stream_free(s);
	chat_close(&c);
}

/* A second sentence whose answer comes first waits for the first. */
static void answers_come_in_any_order(void **state)
{
	struct chat c;
	struct told t;
	struct guard_progress p;
	struct guard_verdict v;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: handoff\n") ENFORCED);
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	assert_int_equal(feed(s, "One. Two. Three"), 0);
	tell(&t, "Two.", 990000);
	guard_stream_look(s, &p);
	assert_false(p.cut);
	assert_int_equal(p.safe_len, 0);
	tell(&t, "One.", 0);
	guard_stream_look(s, &p);
	assert_true(p.cut);
	assert_int_equal(p.safe_len, 5);
	guard_stream_end(s, &v);
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(v.hits[v.deciding].start, 5);
	guard_stream_free(s);
	chat_close(&c);
}

/* A text that is no UTF-8 behind a sentence: its answer counts when it comes
 * late, as it does for the whole text. */
static void what_was_asked_before_a_fault_counts(void **state)
{
	static const char text[] = "You fool. Day \xd1";
	struct chat c;
	struct told t;
	struct guard_progress p;
	struct guard_verdict v;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: handoff\n") ENFORCED);
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	assert_int_equal(feed(s, text), 0);
	guard_stream_close(s, &p);
	assert_true(guard_stream_waits(s));
	tell(&t, "You fool.", 990000);
	guard_stream_look(s, &p);
	assert_false(guard_stream_waits(s));
	guard_stream_end(s, &v);
	asked(&c, text);
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(v.n_hits, 1);
	assert_int_equal(v.n_hits, c.verdict.n_hits);
	assert_int_equal(v.undecided, c.verdict.undecided);
	guard_stream_free(s);
	chat_close(&c);
}

/* Text no rule in force waits for goes out; the end still asks. */
static void shadow_holds_nothing(void **state)
{
	struct chat c;
	struct told t;
	struct guard_progress p;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") SHADOW);
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	assert_int_equal(feed(s, "Good day. How are you? "), 23);
	guard_stream_close(s, &p);
	assert_true(guard_stream_waits(s));
	guard_stream_free(s);
	chat_close(&c);
}

static void memory_may_run_out(void **state)
{
	struct chat c;
	struct told t;
	open_with(
	    &c, &t, "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED);
	const char text[] = "One. Two. Three. Four. Five. Six. Seven. Eight. "
			    "Nine. Ten.";
	const struct guard_message m = {GUARD_AI, text, sizeof(text) - 1};
	for (unsigned long n = 1;; n++) {
		struct guard_scanner *s = guard_scanner_new();
		failmalloc_arm(n);
		guard_check(s, c.policy, &c.session, &m, &c.verdict);
		bool failed = failmalloc_disarm();
		assert_int_equal(c.verdict.action, GUARD_HANDOFF);
		assert_int_equal(c.verdict.undecided,
		    failed ? GUARD_UNDECIDED_MEMORY
			   : GUARD_UNDECIDED_CLASSIFIER);
		guard_scanner_free(s);
		if (!failed)
			break;
	}
	chat_close(&c);
}

static void a_policy_says_what_it_asks(void **state)
{
	struct chat c;
	struct told t;
	open_with(&c, &t,
	    "rules:\n" RULE("a", TONE, "    then: block\n") ENFORCED RULE("b",
		"classifier: {name: spam, score_above: 0}", "    then: log\n")
		SHADOW);
	assert_int_equal(guard_policy_classifiers(c.policy), 2);
	assert_string_equal(guard_policy_classifier(c.policy, 0), "tone");
	assert_string_equal(guard_policy_classifier(c.policy, 1), "spam");
	struct guard_place at = guard_policy_classifier_place(c.policy, 1);
	assert_string_equal(at.file, "packs/p.yaml");
	assert_int_equal(at.line, 19);
	assert_true(guard_policy_wants_label(c.policy, 0, "insult"));
	assert_false(guard_policy_wants_label(c.policy, 0, "threat"));
	assert_false(guard_policy_wants_label(c.policy, 1, "insult"));
	chat_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_sentence_is_asked_about),
	    cmocka_unit_test(the_limit_is_exact),
	    cmocka_unit_test(no_answer_is_no_decision),
	    cmocka_unit_test(shadow_decides_nothing),
	    cmocka_unit_test(phrases_choose_what_is_asked),
	    cmocka_unit_test(a_handoff_outranks_a_missing_answer),
	    cmocka_unit_test(it_reads_what_is_visible),
	    cmocka_unit_test(ids_and_own_texts_are_not_asked_about),
	    cmocka_unit_test(a_sentence_is_held_until_it_is_answered),
	    cmocka_unit_test(answers_come_in_any_order),
	    cmocka_unit_test(what_was_asked_before_a_fault_counts),
	    cmocka_unit_test(shadow_holds_nothing),
	    cmocka_unit_test(memory_may_run_out),
	    cmocka_unit_test(a_policy_says_what_it_asks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
