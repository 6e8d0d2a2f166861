/*
 * Streams: for every cutting the verdict and hits of the whole text, nothing
 * released that a hit could still touch, and nothing held without need.
 */
#include "rules/check.h"
#include "tests/support/bench.h"
#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a policy with one of everything ---- */

static void add_everything(struct bench *b)
{
	struct policy_kit *k = &b->kit;
	struct rule *r;
	uint32_t gap =
	    policy_kit_phrases(k, "waive ... fee*", "give ... a credit", NULL);
	r = policy_kit_rule(k, "gap", GUARD_BLOCK, gap);
	r->ignore_negated = true;
	r->text = "I cannot promise that.";
	uint32_t settle = policy_kit_phrases(k, "settle*", NULL);
	r = policy_kit_rule(k, "near", GUARD_HANDOFF, settle);
	struct clause *c = policy_kit_clauses(k, r, 1);
	c->what = policy_kit_any(k, settle);
	c->near.what =
	    policy_kit_any(k, policy_kit_phrases(k, "claim*", "fee", NULL));
	c->near.within = 3;
	uint32_t refund = policy_kit_phrases(k, "refund*", "money back", NULL);
	r = policy_kit_rule(k, "excused", GUARD_HANDOFF, refund);
	r->queue = "billing";
	policy_kit_excuse(k, r)->beside = policy_kit_any(
	    k, policy_kit_phrases(k, "refund policy", "apr", NULL));
	struct excuse *clause = policy_kit_excuse(k,
	    policy_kit_rule(
		k, "clause", GUARD_FLAG, policy_kit_phrases(k, "money", NULL)));
	clause->beside =
	    policy_kit_any(k, policy_kit_phrases(k, "credit", NULL));
	clause->in_clause = true;
	uint32_t globex = policy_kit_phrases(
	    k, "globex", "initech mobile", "mobile phone", NULL);
	policy_kit_rule(k, "red", GUARD_REDACT, globex)->text = "[other]";
	r = policy_kit_rule(k, "both", GUARD_REPLACE, gap);
	c = policy_kit_clauses(k, r, 2);
	c[0].what = policy_kit_any(k, policy_kit_phrases(k, "deal", NULL));
	c[1].what = policy_kit_any(k, policy_kit_phrases(k, "today", NULL));
	r->text = "Let me check.";
	policy_kit_rule(k, "shadow", GUARD_HANDOFF,
	    policy_kit_phrases(k, "the ... the", NULL))
	    ->info.mode = GUARD_SHADOW;
	policy_kit_rule(k, "flag", GUARD_FLAG,
	    policy_kit_phrases(k, "fee ... refund*", NULL));
	policy_kit_rule(
	    k, "post", GUARD_APPEND, policy_kit_phrases(k, "month*", NULL))
	    ->text = " Terms apply.";
	policy_kit_rule(k, "again", GUARD_BLOCK,
	    policy_kit_phrases(k, "other] phone", NULL));
	static const uint32_t named[] = {0};
	r = policy_kit_rule(k, "allow", GUARD_ALLOW,
	    policy_kit_texts(k, "We waive the fee.", NULL));
	r->allows = named;
	r->n_allows = 1;
}

static void fixed_texts_in_every_cutting(void **state)
{
	struct bench *b = *state;
	add_everything(b);
	static const char *const texts[] = {
	    "",
	    "Hello, how are you today?",
	    "We waive the fee.",
	    "We waive the fee. Today.",
	    "I can't waive the fee, but I can settle one two three claim.",
	    "Settle. Claim. Deal! A deal today.",
	    "You get a refund by our refund policy. The refund is late.",
	    "A credit and we money; money so credit, I money.",
	    "Globex and Initech Mobile phone, my Globex phone, Globex.",
	    "Globex phone for a month. A deal.",
	    "Globex: waive every single fee, settle the claim",
	    "money back, the APR is the APR, money\nback",
	    "**R e f u n d** for r\xc3\xa9"
	    "fund\xe2\x80\x8b, re<b>fund</b>s",
	    "the fee the refund the month the mobile phone",
	    "waive waive waive a b c d e fee fee fee",
	    "settle settle claim settle settle settle settle fee.",
	    "a\xff refund",
	    "initech initech mobile mobile phone",
	};
	size_t released = 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		released += bench_every_cut(b, texts[i]);
	assert_true(released > 1000);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void random_texts_in_every_cutting(void **state)
{
	struct bench *b = *state;
	add_everything(b);
	static const char *const words[] = {"waive", "fee", "give", "a",
	    "credit", "settle", "claim", "refund", "policy", "apr", "globex",
	    "initech", "mobile", "phone", "deal", "today", "the", "not",
	    "money", "back", "month", "and", "so", "we"};
	static const char *const ends[] = {" ", " ", " ", " ", " ", " ", ", ",
	    ". ", "! ", "\n", "\n", "\r\n", "\n\n", "\n<b>", "\nX ", "  ",
	    "<br>", "</p><p>X ", "</td>\n<td>X ", "<p>",
	    "<td href='http://x.y'>"};
	uint32_t seed = 2463534242u;
	for (size_t run = 0; run < 150; run++) {
		char text[160] = "";
		size_t len = 0, n = 1 + next_random(&seed) % 16;
		for (size_t i = 0; i < n && len < sizeof(text) - 16; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s", words[next_random(&seed) % 24],
			    ends[next_random(&seed) % 21]);
		bench_every_cut(b, text);
	}
}

static void required_wording_in_every_cutting(void **state)
{
	struct bench *b = *state;
	struct policy_kit *k = &b->kit;
	struct any_of robot =
	    policy_kit_any(k, policy_kit_phrases(k, "virtual assistant", NULL));
	struct any_of apr =
	    policy_kit_any(k, policy_kit_phrases(k, "apr", NULL));
	struct rule *r =
	    policy_kit_rule(k, "say", GUARD_PREPEND, DETECTOR_NONE);
	r->must_say = (struct must){&robot, 1, MUST_SAME_MESSAGE};
	r->text = "I am a robot. ";
	r = policy_kit_rule(
	    k, "terms", GUARD_BLOCK, policy_kit_phrases(k, "per month", NULL));
	r->must_also_say = (struct must){&apr, 1, MUST_SAME_MESSAGE};
	policy_kit_rule(
	    k, "hi", GUARD_PREPEND, policy_kit_phrases(k, "hello", NULL))
	    ->text = "Hi. ";
	policy_kit_rule(
	    k, "red", GUARD_REDACT, policy_kit_phrases(k, "globex", NULL))
	    ->text = "[x]";
	bench_every_cut(
	    b, "Hello, I am your virtual assistant for Globex, so.");
	bench_every_cut(b, "Good day, Globex here.");
	bench_every_cut(b, "Hello, a virtual assistant: 9 per month. APR 3.");
	bench_every_cut(b, "Hello, a virtual assistant: 9 per month. Globex");
	bench_every_cut(b, "9 per month.");
}

/* A listed text is found at its end, and what excuses it stands before. */
static void a_listed_text_is_excused_in_every_cutting(void **state)
{
	struct bench *b = *state;
	struct policy_kit *k = &b->kit;
	static char texts[6][600];
	uint32_t x = policy_kit_phrases(k, "x", NULL);
	struct any_of museum =
	    policy_kit_any(k, policy_kit_phrases(k, "museum", NULL));
	for (size_t many = 0; many < 6; many++) {
		size_t n = (size_t)snprintf(texts[many], 600, "museum ");
		for (size_t i = 0; i < many + 253; i++, n += 2)
			memcpy(texts[many] + n, "x ", 2);
		snprintf(texts[many] + n, 600 - n, "end.");
		struct rule *r = policy_kit_rule(k, "listed", GUARD_BLOCK,
		    policy_kit_texts(k, texts[many], NULL));
		policy_kit_excuse(k, r)->beside = museum;
	}
	uint32_t zzz = policy_kit_phrases(k, "zzz", NULL);
	struct rule *r = policy_kit_rule(k, "near", GUARD_BLOCK, zzz);
	struct clause *c = policy_kit_clauses(k, r, 1);
	c->what = policy_kit_any(k, zzz);
	c->near = (struct near){policy_kit_any(k, x), 3};
	for (size_t many = 0; many < 6; many++) {
		char text[700];
		snprintf(text, sizeof(text), "%s ", texts[many]);
		bench_every_cut(b, text);
	}
}

/* The words of a phrase around a line break still ask about the sentence that
 * the break has ended, whatever else has been found in it. */
static void a_sentence_is_remembered_in_every_cutting(void **state)
{
	struct bench *b = *state;
	struct policy_kit *k = &b->kit;
	char text[700];
	struct rule *r = policy_kit_rule(
	    k, "fee", GUARD_BLOCK, policy_kit_phrases(k, "late fee", NULL));
	policy_kit_excuse(k, r)->beside =
	    policy_kit_any(k, policy_kit_phrases(k, "museum", NULL));
	uint32_t zzz = policy_kit_phrases(k, "zzz", NULL);
	r = policy_kit_rule(k, "near", GUARD_BLOCK, zzz);
	struct clause *c = policy_kit_clauses(k, r, 1);
	c->what = policy_kit_any(k, zzz);
	c->near.what =
	    policy_kit_any(k, policy_kit_phrases(k, "x", "late", NULL));
	c->near.within = 3;
	for (int many = 250; many < 258; many++) {
		size_t n = (size_t)snprintf(text, sizeof(text), "museum ");
		for (int i = 0; i < many; i++, n += 2)
			memcpy(text + n, "x ", 2);
		snprintf(text + n, sizeof(text) - n, "late\nfee.");
		assert_int_not_equal(bench_every_cut(b, text), 0);
	}
}

static void an_allow_of_a_rule_that_finds_nothing_in_every_cutting(void **state)
{
	struct bench *b = *state;
	struct policy_kit *k = &b->kit;
	static const uint32_t named[] = {0, 1};
	policy_kit_rule(k, "turns", GUARD_HANDOFF, DETECTOR_NONE)->when.set =
	    true;
	struct any_of robot =
	    policy_kit_any(k, policy_kit_phrases(k, "assistant", NULL));
	policy_kit_rule(k, "must", GUARD_BLOCK, DETECTOR_NONE)->must_say =
	    (struct must){&robot, 1, MUST_SAME_MESSAGE};
	policy_kit_rule(
	    k, "again", GUARD_HANDOFF, policy_kit_phrases(k, "again", NULL));
	struct rule *allow = policy_kit_rule(k, "allow", GUARD_ALLOW,
	    policy_kit_texts(
		k, "Hello there, my friend.", "Hello again. You", NULL));
	allow->allows = named;
	allow->n_allows = 2;
	bench_every_cut(b, "Hello there, my friend.");
	assert_int_equal(bench_every_cut(b, "Hello there, my friends."), 0);
	bench_every_cut(b, "Hello again. You");
	bench_every_cut(b, "Hello again. He");
	bench_every_cut(b, "Hello");
	bench_every_cut(b, "");
}

/* Without a time it is in force, as any rule. */
static void a_text_allowed_for_a_time(void **state)
{
	struct bench *b = *state;
	static const char text[] = "We guarantee it.";
	static const uint32_t named[] = {0};
	static const struct {
		int64_t now;
		enum guard_action action;
	} cases[] = {{0, GUARD_DELIVER}, {1999, GUARD_BLOCK},
	    {2000, GUARD_DELIVER}, {2999, GUARD_DELIVER}, {3000, GUARD_BLOCK}};
	policy_kit_rule(&b->kit, "promise", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "guarantee", NULL));
	struct rule *allow = policy_kit_rule(&b->kit, "allow", GUARD_ALLOW,
	    policy_kit_texts(&b->kit, text, NULL));
	allow->allows = named;
	allow->n_allows = 1;
	allow->from_us = 2000;
	allow->to_us = 3000;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guard_message m = {GUARD_AI, text, strlen(text)};
		struct guard_verdict v;
		b->session.time_us = cases[i].now;
		bench_every_cut(b, text);
		guard_check(b->scanner, b->policy, &b->session, &m, &v);
		assert_int_equal(v.action, cases[i].action);
	}
}

/* ---- how much is held ---- */

/* After each of the pieces (NULL at the end) exactly so many are safe. */
struct step {
	const char *piece;
	size_t safe;
};

static void check_steps(struct bench *b, const struct step *steps)
{
	bench_policy(b);
	struct guard_stream *s =
	    guard_stream_new(b->policy, &b->session, GUARD_AI);
	assert_non_null(s);
	for (; steps->piece; steps++) {
		struct guard_progress p;
		guard_stream_feed(s, steps->piece, strlen(steps->piece), &p);
		struct guard_span_text text = guard_stream_text(s);
		if (p.safe_len != steps->safe)
			fail_msg("\"%.*s|%s\": safe %zu, not %zu",
			    (int)(text.len - strlen(steps->piece)), text.text,
			    steps->piece, p.safe_len, steps->safe);
	}
	guard_stream_free(s);
}

static void only_what_may_be_hit_is_held(void **state)
{
	struct bench *b = *state;
	add_everything(b);
	/* The last word. */
	check_steps(b,
	    (const struct step[]){{"Good", 0}, {" mor", 5}, {"ning, ", 14},
		{"and ", 18}, {NULL, 0}});
	/* A phrase until it dies. */
	check_steps(
	    b, (const struct step[]){{"So money ", 3}, {"is ", 12}, {NULL, 0}});
	/* A gap until it closes, or the sentence does. */
	check_steps(b,
	    (const struct step[]){{"So waive ", 3},
		{"one two three four five six ", 3}, {"seven ", 43},
		{NULL, 0}});
	check_steps(b,
	    (const struct step[]){
		{"So waive ", 3}, {"it. ", 13}, {"Then ", 18}, {NULL, 0}});
	/* The window of a near-word. */
	check_steps(b,
	    (const struct step[]){{"So settle ", 3}, {"one two three ", 3},
		{"four ", 29}, {NULL, 0}});
	/* A hit whose exception may still come, until the sentence ends. */
	check_steps(b,
	    (const struct step[]){
		{"So refund it ", 3}, {"apr ", 17}, {NULL, 0}});
	/* A near-word or an exception that came first holds nothing. */
	check_steps(b,
	    (const struct step[]){
		{"Your claim is ", 14}, {"The apr and ", 26}, {NULL, 0}});
	/* Shadow and flag hold nothing. */
	check_steps(b,
	    (const struct step[]){
		{"So the big ", 11}, {"the fee ", 19}, {NULL, 0}});
}

static void redactions_are_let_go(void **state)
{
	struct bench *b = *state;
	add_everything(b);
	check_steps(b,
	    (const struct step[]){
		{"A globex ", 2}, {"and so on ", 19}, {NULL, 0}});
}

static void a_settled_handoff_cuts(void **state)
{
	struct bench *b = *state;
	struct guard_progress p;
	struct guard_verdict v;
	add_everything(b);
	bench_policy(b);
	struct guard_stream *s = guard_stream_new(b->policy, NULL, GUARD_AI);
	guard_stream_feed(s, "We settle a claim ", 18, &p);
	assert_true(p.cut);
	assert_true(p.withheld);
	assert_int_equal(p.safe_len, 3);
	/* What comes after is not read. */
	guard_stream_feed(s, "and refund", 10, &p);
	assert_true(p.cut);
	assert_int_equal(guard_stream_text(s).len, 18);
	guard_stream_end(s, &v);
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(v.n_hits, 1);
	assert_int_equal(v.hits[0].start, 3);
	guard_stream_free(s);
	/* One whose exception may still come does not. */
	s = guard_stream_new(b->policy, NULL, GUARD_AI);
	guard_stream_feed(s, "We refund a claim ", 18, &p);
	assert_false(p.cut);
	guard_stream_feed(s, "now. So ", 8, &p);
	assert_true(p.cut);
	guard_stream_free(s);
	/* A block stops the release and reads on. */
	s = guard_stream_new(b->policy, NULL, GUARD_AI);
	guard_stream_feed(s, "We waive the fee ", 17, &p);
	assert_false(p.cut);
	assert_true(p.withheld);
	guard_stream_feed(s, "and settle a claim ", 19, &p);
	assert_true(p.cut);
	assert_int_equal(p.safe_len, 3);
	guard_stream_free(s);
}

static void nothing_moves_after_undecided(void **state)
{
	struct bench *b = *state;
	struct guard_progress p;
	struct guard_verdict v;
	add_everything(b);
	bench_policy(b);
	struct guard_stream *s = guard_stream_new(b->policy, NULL, GUARD_AI);
	guard_stream_feed(s, "Good morning ", 13, &p);
	assert_int_equal(p.safe_len, 13);
	guard_stream_feed(s, "\xff to you", 8, &p);
	assert_int_equal(p.safe_len, 13);
	assert_true(p.withheld);
	guard_stream_feed(s, " and you and you ", 17, &p);
	assert_int_equal(p.safe_len, 13);
	guard_stream_end(s, &v);
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(v.undecided, GUARD_UNDECIDED_NOT_UTF8);
	guard_stream_free(s);
}

static void hits_before_a_fault_are_told(void **state)
{
	struct bench *b = *state;
	struct guard_verdict v;
	add_everything(b);
	bench_policy(b);
	guard_check(b->scanner, b->policy, NULL,
	    &(struct guard_message){GUARD_AI, "Refund it. Refunds. \xff", 21},
	    &v);
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(v.n_hits, 2);
}

static void a_stream_keeps_what_it_needs(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "rose street", NULL));
	r->when.set = true;
	const char *chat = "chat";
	r->when.channel = (struct words){&chat, 1};
	policy_kit_excuse(&b->kit, r)->said_by_customer = true;
	bench_policy(b);
	char channel[] = "chat", said[] = "rose street", id[] = "c1";
	struct guard_span_text turn = {said, strlen(said)};
	struct guard_session session = {.channel = channel,
	    .conversation = id,
	    .customer_said = &turn,
	    .n_customer_said = 1};
	for (int with = 0; with < 2; with++) {
		struct guard_progress p;
		struct guard_verdict v;
		session.n_customer_said = (size_t)with;
		struct guard_stream *s =
		    guard_stream_new(b->policy, &session, GUARD_AI);
		memset(channel, 'x', 4);
		memset(said, 'x', 4);
		guard_stream_feed(s, "in rose street", 14, &p);
		guard_stream_end(s, &v);
		assert_int_equal(v.action, with ? GUARD_DELIVER : GUARD_BLOCK);
		guard_stream_free(s);
		memcpy(channel, "chat", 4);
		memcpy(said, "rose", 4);
	}
}

/* Memory may run out anywhere: never a weaker verdict, nothing let slip. */
static int stream_without_memory(void *arg)
{
	struct bench *b = arg;
	static const char text[] =
	    "A globex here, the month, we waive your fee and more of it.";
	struct guard_progress p;
	struct guard_verdict v;
	struct guard_stream *s = guard_stream_new(b->policy, NULL, GUARD_AI);
	if (!s)
		return -1;
	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		guard_stream_feed(s, text + i, 1, &p);
		if (p.safe_len > 29 || (p.safe_len > 2 && !p.n_edits))
			abort();
	}
	guard_stream_end(s, &v);
	bool starved = v.undecided == GUARD_UNDECIDED_MEMORY;
	if (starved ? v.action != GUARD_HANDOFF : v.action != GUARD_BLOCK)
		abort();
	guard_stream_free(s);
	return starved ? -1 : 0;
}

static void memory_may_run_out(void **state)
{
	struct bench *b = *state;
	add_everything(b);
	bench_policy(b);
	assert_true(failmalloc_each(stream_without_memory, b) > 10);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(fixed_texts_in_every_cutting),
	    TEST(random_texts_in_every_cutting),
	    TEST(required_wording_in_every_cutting),
	    TEST(a_listed_text_is_excused_in_every_cutting),
	    TEST(a_sentence_is_remembered_in_every_cutting),
	    TEST(an_allow_of_a_rule_that_finds_nothing_in_every_cutting),
	    TEST(a_text_allowed_for_a_time),
	    TEST(only_what_may_be_hit_is_held),
	    TEST(redactions_are_let_go),
	    TEST(a_settled_handoff_cuts),
	    TEST(nothing_moves_after_undecided),
	    TEST(hits_before_a_fault_are_told),
	    TEST(a_stream_keeps_what_it_needs),
	    TEST(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
