/* Whole messages: how matches become hits, and hits one verdict. */
#include "rules/check.h"
#include "rules/index.h"
#include "tests/support/bench.h"
#include "tests/support/failmalloc.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "handoff: r0[3-9] r1[4-8]shadow", a * at the deciding one. */
static const char *describe(
    const struct guard_verdict *v, const struct guard_policy *p)
{
	static char out[1024];
	int n =
	    snprintf(out, sizeof(out), "%s%s%s:", guard_action_name(v->action),
		v->undecided ? " undecided " : "",
		v->undecided ? guard_undecided_name(v->undecided) : "");
	for (size_t i = 0; i < v->n_hits && n < 900; i++) {
		struct guard_rule_info info;
		guard_policy_rule(p, v->hits[i].rule, &info);
		n += snprintf(out + n, sizeof(out) - (size_t)n,
		    " %s%s[%zu-%zu]%s", i == v->deciding ? "*" : "", info.id,
		    v->hits[i].start, v->hits[i].end,
		    v->hits[i].mode == GUARD_SHADOW ? "shadow" : "");
	}
	return out;
}

#define CHECK(b, text, expected)                                               \
	do {                                                                   \
		const struct guard_verdict *verdict_ = bench_judge(b, text);   \
		const char *is_ = describe(verdict_, (b)->policy);             \
		if (strcmp(is_, expected))                                     \
			fail_msg("\"%s\": %s, not %s", text, is_, expected);   \
	} while (0)

static const char *edited(struct bench *b, const char *text)
{
	static char out[512];
	const struct guard_verdict *v = bench_judge(b, text);
	size_t len;
	char *s =
	    guard_apply_edits(text, strlen(text), v->edits, v->n_edits, &len);
	snprintf(out, sizeof(out), "%s", s);
	free(s);
	return out;
}

static void the_strongest_action_decides(void **state)
{
	struct bench *b = *state;
	static const struct {
		const char *id;
		enum guard_action action;
	} rules[] = {{"hand", GUARD_HANDOFF}, {"block", GUARD_BLOCK},
	    {"swap", GUARD_REPLACE}, {"flag", GUARD_FLAG}, {"log", GUARD_LOG}};
	for (size_t i = 0; i < 5; i++) {
		char phrase[8];
		snprintf(phrase, sizeof(phrase), "%cc", 'a' + (char)i);
		struct rule *r = policy_kit_rule(&b->kit, rules[i].id,
		    rules[i].action, policy_kit_phrases(&b->kit, phrase, NULL));
		r->text = rules[i].id;
	}
	CHECK(b, "nothing here", "deliver:");
	CHECK(b, "ec", "log: *log[0-2]");
	CHECK(b, "ec dc", "flag: log[0-2] *flag[3-5]");
	CHECK(b, "ec dc cc", "replace: log[0-2] flag[3-5] *swap[6-8]");
	assert_string_equal(b->verdict.say, "swap");
	CHECK(b, "cc bc", "block: swap[0-2] *block[3-5]");
	assert_string_equal(b->verdict.say, "block");
	CHECK(b, "bc ac bc", "handoff: block[0-2] *hand[3-5] block[6-8]");
	assert_string_equal(b->verdict.say, "hand");
	assert_string_equal(b->verdict.queue, "desk");
	assert_string_equal(b->verdict.priority, "normal");
	CHECK(b, "ac ac", "handoff: *hand[0-2] hand[3-5]");
}

static void shadow_and_off_change_nothing(void **state)
{
	struct bench *b = *state;
	uint32_t words = policy_kit_phrases(&b->kit, "refund*", NULL);
	policy_kit_rule(&b->kit, "shadow", GUARD_HANDOFF, words)->info.mode =
	    GUARD_SHADOW;
	policy_kit_rule(&b->kit, "off", GUARD_HANDOFF, words)->info.mode =
	    GUARD_OFF;
	policy_kit_rule(&b->kit, "theirs", GUARD_HANDOFF, words)->info.speaker =
	    GUARD_CUSTOMER;
	policy_kit_rule(&b->kit, "flag", GUARD_FLAG, words);
	CHECK(b, "a refund", "flag: shadow[2-8]shadow *flag[2-8]");
	const unsigned char paused[4] = {0, 0, 0, 1};
	b->session.paused = paused;
	CHECK(b, "a refund", "deliver: shadow[2-8]shadow flag[2-8]shadow");
}

static void near_is_within_words_and_sentence(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "settle*", NULL));
	struct clause *c = policy_kit_clauses(&b->kit, r, 1);
	c->what = policy_kit_any(&b->kit, 1);
	c->near.what = policy_kit_any(
	    &b->kit, policy_kit_phrases(&b->kit, "claim*", NULL));
	c->near.within = 2;
	CHECK(b, "settle claim", "block: *r[0-6]");
	CHECK(b, "settle one two claim", "block: *r[0-6]");
	CHECK(b, "settle one two three claim", "deliver:");
	CHECK(b, "claim one two settle", "block: *r[14-20]");
	CHECK(b, "claim one two three settle", "deliver:");
	CHECK(b, "Settle. Claim", "deliver:");
	CHECK(b, "claim $ $ $ one two settle", "block: *r[20-26]");
	c->near.within = UINT_MAX;
	CHECK(b, "claim one two three settle", "block: *r[20-26]");
	CHECK(b, "Settle! Claim", "deliver:");
}

static void negation_and_exceptions(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	r->ignore_negated = true;
	policy_kit_excuse(&b->kit, r)->beside = policy_kit_any(
	    &b->kit, policy_kit_phrases(&b->kit, "refund policy", "apr", NULL));
	CHECK(b, "I can't do a refund", "deliver:");
	CHECK(b, "I am not able to do one two three four refund.", "deliver:");
	CHECK(b, "Not in my car or at my inn refund.", "block: *r[27-33]");
	CHECK(b, "I can't. A refund it is.", "block: *r[11-17]");
	CHECK(b, "I can't mend it, but a refund it is.", "block: *r[23-29]");
	CHECK(b, "A refund, not a credit", "block: *r[2-8]");
	CHECK(b, "A refund by our refund policy", "deliver:");
	CHECK(b, "The APR for a refund", "deliver:");
	CHECK(b, "A refund. The APR is 3.", "block: *r[2-8]");
}

static void several_keys_must_all_hold(void **state)
{
	struct bench *b = *state;
	uint32_t one = policy_kit_phrases(&b->kit, "give*", NULL);
	uint32_t two = policy_kit_phrases(&b->kit, "credit*", NULL);
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK, one);
	struct clause *c = policy_kit_clauses(&b->kit, r, 2);
	c[0].what = policy_kit_any(&b->kit, one);
	c[1].what = policy_kit_any(&b->kit, two);
	CHECK(b, "I give you a credit", "block: *r[2-6]");
	CHECK(b, "A credit I give", "block: *r[11-15]");
	CHECK(b, "I give. A credit.", "deliver:");
	CHECK(b, "I give", "deliver:");
}

static void at_least_counts_distinct_matches(void **state)
{
	struct bench *b = *state;
	uint32_t says =
	    policy_kit_phrases(&b->kit, "stock*", "crypto*", "bond", NULL);
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK, says);
	struct clause *c = policy_kit_clauses(&b->kit, r, 1);
	c->what = policy_kit_any(&b->kit, says);
	c->at_least = 2;
	CHECK(b, "stocks", "deliver:");
	CHECK(b, "stocks, stocks, stocks", "deliver:");
	CHECK(b, "Stocks are up. Crypto too.", "block: *r[15-21]");
	CHECK(b, "Stocks. Stocks. Bond. Stocks.", "block: *r[16-20] r[22-28]");
}

static void edits_apply_together(void **state)
{
	struct bench *b = *state;
	struct rule *red = policy_kit_rule(&b->kit, "red", GUARD_REDACT,
	    policy_kit_phrases(&b->kit, "secret word", "word two", NULL));
	red->text = "[x]";
	policy_kit_rule(&b->kit, "pre", GUARD_PREPEND,
	    policy_kit_phrases(&b->kit, "hello", NULL))
	    ->text = "Note. ";
	policy_kit_rule(&b->kit, "post", GUARD_APPEND,
	    policy_kit_phrases(&b->kit, "month*", NULL))
	    ->text = " Terms apply.";
	assert_string_equal(edited(b, "plain"), "plain");
	assert_string_equal(edited(b, "a secret word b"), "a [x] b");
	assert_string_equal(edited(b, "a secret word two b"), "a [x] b");
	assert_string_equal(edited(b, "hello secret word, month month"),
	    "Note. hello [x], month month Terms apply.");
	CHECK(b, "hello secret word, month",
	    "append: pre[0-5] red[6-17] *post[19-24]");
	assert_int_equal(b->verdict.n_edits, 3);
}

static void edited_text_is_judged_again(void **state)
{
	struct bench *b = *state;
	struct rule *red = policy_kit_rule(&b->kit, "red", GUARD_REDACT,
	    policy_kit_phrases(&b->kit, "inner", NULL));
	red->text = "";
	policy_kit_rule(&b->kit, "end", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "kill yourself", NULL));
	CHECK(b, "ki inner ll", "redact: *red[3-8]");
	CHECK(b, "kill inner yourself", "handoff undecided edit: red[5-10]");
	assert_int_equal(b->verdict.n_edits, 0);
	assert_int_equal(b->verdict.deciding, b->verdict.n_hits);
	assert_string_equal(b->verdict.say, "One moment, please.");
}

static void required_wording(void **state)
{
	struct bench *b = *state;
	struct any_of *any = calloc(1, sizeof(*any));
	struct rule *say =
	    policy_kit_rule(&b->kit, "say", GUARD_PREPEND, DETECTOR_NONE);
	*any = policy_kit_any(
	    &b->kit, policy_kit_phrases(&b->kit, "virtual assistant", NULL));
	say->must_say = (struct must){any, 1, MUST_SAME_MESSAGE};
	say->text = "I am a robot. ";
	say->when.set = true;
	say->when.ai_turn = (struct ai_turn_range){1, 1};
	struct rule *also = policy_kit_rule(&b->kit, "also", GUARD_APPEND,
	    policy_kit_phrases(&b->kit, "per month", NULL));
	also->text = " 24.9% APR.";
	struct any_of *apr = calloc(1, sizeof(*apr));
	*apr =
	    policy_kit_any(&b->kit, policy_kit_phrases(&b->kit, "apr", NULL));
	also->must_also_say = (struct must){apr, 1, MUST_CONVERSATION};
	CHECK(b, "Hi.", "prepend: *say[0-0]");
	CHECK(b, "Your virtual assistant.", "deliver:");
	b->session.ai_turn = 2;
	CHECK(b, "Hi.", "deliver:");
	assert_string_equal(
	    edited(b, "9 per month."), "9 per month. 24.9% APR.");
	CHECK(b, "9 per month, the APR is 3.", "deliver:");
	const struct guard_span_text before = {"The APR is 3.", 13};
	b->session.ai_said = &before;
	b->session.n_ai_said = 1;
	CHECK(b, "9 per month.", "deliver:");
	b->session.n_ai_said = 0;
	b->session.aside = true;
	CHECK(b, "9 per month.", "deliver:");
	free(any);
	free(apr);
}

static void a_rule_with_only_when_hits_the_message(void **state)
{
	struct bench *b = *state;
	struct rule *r =
	    policy_kit_rule(&b->kit, "r", GUARD_HANDOFF, DETECTOR_NONE);
	r->when.set = true;
	r->when.ai_turn = (struct ai_turn_range){11, UINT32_MAX};
	r->when.resolved = GUARD_NO;
	b->session.ai_turn = 11;
	CHECK(b, "again", "deliver:");
	b->session.resolved = GUARD_NO;
	CHECK(b, "again", "handoff: *r[0-0]");
	b->session.ai_turn = 10;
	CHECK(b, "again", "deliver:");
}

static void an_approved_text_excuses_named_rules(void **state)
{
	struct bench *b = *state;
	policy_kit_rule(&b->kit, "promise", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "we guarantee", NULL));
	policy_kit_rule(&b->kit, "other", GUARD_FLAG,
	    policy_kit_phrases(&b->kit, "march", NULL));
	struct rule *allow = policy_kit_rule(&b->kit, "allow", GUARD_ALLOW,
	    policy_kit_texts(&b->kit, "We guarantee it until March.", NULL));
	static const uint32_t named[] = {0};
	allow->allows = named;
	allow->n_allows = 1;
	CHECK(b, " We guarantee it until MARCH. ",
	    "flag: allow[0-30] *other[23-28]");
	CHECK(b, "We guarantee it until March. Really.",
	    "block: *promise[0-12] other[22-27]");
	CHECK(b, "We guarantee it until", "block: *promise[0-12]");
}

static void an_approved_text_excuses_rules_that_find_nothing(void **state)
{
	struct bench *b = *state;
	struct rule *turns =
	    policy_kit_rule(&b->kit, "turns", GUARD_HANDOFF, DETECTOR_NONE);
	turns->when.set = true;
	turns->when.ai_turn = (struct ai_turn_range){2, 9};
	struct rule *must =
	    policy_kit_rule(&b->kit, "must", GUARD_FLAG, DETECTOR_NONE);
	struct any_of wording = policy_kit_any(
	    &b->kit, policy_kit_phrases(&b->kit, "assistant", NULL));
	must->must_say = (struct must){.all = &wording, .n = 1};
	struct rule *allow = policy_kit_rule(&b->kit, "allow", GUARD_ALLOW,
	    policy_kit_texts(&b->kit, "Hello again.", NULL));
	static const uint32_t named[] = {0, 1};
	allow->allows = named;
	allow->n_allows = 2;
	b->session.ai_turn = 2;
	CHECK(b, "Hello again.", "deliver: allow[0-12]");
	CHECK(b, "Hello again. Bye.", "handoff: *turns[0-0] must[0-0]");
	CHECK(b, "Hello", "handoff: *turns[0-0] must[0-0]");
	b->session.ai_turn = 1;
	CHECK(b, "Hello", "flag: *must[0-0]");
}

static void approvals_cover_and_end(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	policy_kit_excuse(&b->kit, r)->approval = "refund";
	struct guard_approval a = {.name = "refund", .up_to_minor = -1};
	b->session.approvals = &a;
	b->session.n_approvals = 1;
	b->session.time_us = 1000;
	CHECK(b, "refund", "block: *r[0-6]"); /* no use is left */
	a.uses = 1;
	CHECK(b, "refund", "deliver:");
	a.expires_us = 1000;
	CHECK(b, "refund", "block: *r[0-6]");
	a.expires_us = 1001;
	CHECK(b, "refund", "deliver:");
	b->session.time_us = 0;
	CHECK(b, "refund", "block: *r[0-6]"); /* who knows */
	a.expires_us = 0;
	CHECK(b, "refund", "deliver:");
	a.name = "discount";
	CHECK(b, "refund", "block: *r[0-6]");
}

static void approvals_cover_amounts(void **state)
{
	struct bench *b = *state;
	const struct detector money = {.kind = DETECTOR_NUMBER,
	    .number = {.kind = NUMBER_MONEY, .has_above = true, .above = 5000}};
	struct rule *r = policy_kit_rule(
	    &b->kit, "r", GUARD_BLOCK, policy_kit_detector(&b->kit, &money));
	policy_kit_excuse(&b->kit, r)->approval = "refund";
	struct guard_approval a = {
	    .name = "refund", .up_to_minor = 7500, .uses = 1};
	b->session.approvals = &a;
	b->session.n_approvals = 1;
	CHECK(b, "Refund $50.00", "deliver:");
	CHECK(b, "Refund $75.00", "deliver:");
	CHECK(b, "Refund $75.01", "block: *r[7-13]");
	assert_string_equal(b->verdict.hits[0].what, "money 75.01 USD > 50.00");
	a.currency = "EUR";
	CHECK(b, "Refund $75.00", "block: *r[7-13]");
	a.currency = "USD";
	CHECK(b, "Refund $75.00", "deliver:");
}

static void values_the_customer_gave_are_excused(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "555 0100", "rose street", NULL));
	struct excuse *e = policy_kit_excuse(&b->kit, r);
	e->said_by_customer = true;
	CHECK(b, "call 555 0100", "block: *r[5-13]");
	struct guard_span_text said[] = {
	    {"I live in ROSE  Street now", 26}, {"it is 555-0100", 14}};
	b->session.customer_said = said;
	b->session.n_customer_said = 2;
	CHECK(b, "call 555 0100 in Rose Street", "deliver:");
	said[1] = (struct guard_span_text){"it is 1555-01001", 16};
	CHECK(b, "call 555 0100", "block: *r[5-13]");
	static const char *const listed[] = {"5550100", NULL};
	e->texts = listed;
	CHECK(b, "call 555 0100", "deliver:");
}

static void what_cannot_be_decided_falls_back(void **state)
{
	struct bench *b = *state;
	policy_kit_rule(&b->kit, "r", GUARD_HANDOFF,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	policy_kit_rule(
	    &b->kit, "x", GUARD_FLAG, policy_kit_phrases(&b->kit, "zap", NULL));
	b->kit.policy->limits.max_text_bytes = 60;
	b->kit.policy->limits.max_hits = 3;
	CHECK(b, "zap\xff", "handoff undecided not_utf8:");
	CHECK(b, "zap zap zap", "flag: *x[0-3] x[4-7] x[8-11]");
	CHECK(b, "zap zap zap zap", "handoff undecided hits:");
	CHECK(b, "zap zap zap zap refund", "handoff: *r[16-22]");
	b->kit.policy->fallback[GUARD_CANNOT_DECIDE].action = GUARD_BLOCK;
	CHECK(b, "zap zap zap zap", "block undecided hits:");
	assert_string_equal(b->verdict.say, "One moment, please.");
	char text[62];
	memset(text, 'y', sizeof(text));
	text[60] = '\0';
	CHECK(b, text, "deliver:");
	text[60] = 'y';
	text[61] = '\0';
	CHECK(b, text, "block undecided too_long:");
	memcpy(text, "refund ", 7);
	CHECK(b, text, "handoff: *r[0-6]");
}

static void rollouts_are_sticky(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	r->info.rollout_percent = 25;
	CHECK(b, "refund", "block: *r[0-6]"); /* nobody to tell apart */
	size_t in = 0;
	for (size_t i = 0; i < 2000; i++) {
		char id[16];
		snprintf(id, sizeof(id), "c%zu", i);
		b->session.conversation = id;
		bool first = bench_judge(b, "refund")->action == GUARD_BLOCK;
		bool again = bench_judge(b, "refund")->action == GUARD_BLOCK;
		assert_int_equal(first, again);
		assert_int_equal(b->verdict.n_hits, 1);
		in += first;
	}
	if (in < 400 || in > 600)
		fail_msg("%zu of 2000 are in a rollout of 25 %%", in);
	r->rollout_by_customer = true;
	CHECK(b, "refund", "block: *r[0-6]");
}

static void dates_bound_a_rule(void **state)
{
	struct bench *b = *state;
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	r->from_us = 1000;
	r->to_us = 2000;
	CHECK(b, "refund", "block: *r[0-6]");
	b->session.time_us = 999;
	CHECK(b, "refund", "deliver:");
	b->session.time_us = 1000;
	CHECK(b, "refund", "block: *r[0-6]");
	b->session.time_us = 2000;
	CHECK(b, "refund", "deliver:");
}

static void one_rule_is_judged_alone(void **state)
{
	struct bench *b = *state;
	uint32_t words = policy_kit_phrases(&b->kit, "refund*", NULL);
	policy_kit_rule(&b->kit, "a", GUARD_HANDOFF, words);
	struct rule *r = policy_kit_rule(&b->kit, "b", GUARD_REDACT, words);
	r->info.mode = GUARD_OFF;
	r->info.rollout_percent = 0;
	bench_policy(b);
	guard_check_rule(b->scanner, b->policy, 1, &b->session,
	    &(struct guard_message){GUARD_AI, "a refund", 8}, &b->verdict);
	assert_string_equal(
	    describe(&b->verdict, b->policy), "redact: *b[2-8]");
	guard_check_rule(b->scanner, b->policy, 1, NULL,
	    &(struct guard_message){GUARD_AI, "a credit", 8}, &b->verdict);
	assert_int_equal(b->verdict.n_hits, 0);
}

static void own_texts_must_pass(void **state)
{
	struct bench *b = *state;
	enum guard_undecided undecided;
	policy_kit_rule(&b->kit, "flag", GUARD_FLAG,
	    policy_kit_phrases(&b->kit, "colleague", NULL));
	struct rule *r = policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	r->when.set = true;
	r->when.ai_turn = (struct ai_turn_range){5, 6};
	policy_kit_rule(&b->kit, "always", GUARD_HANDOFF, DETECTOR_NONE);
	bench_policy(b);
	assert_int_equal(guard_check_own_text(b->scanner, b->policy,
			     "A colleague.", 12, &undecided),
	    3);
	assert_int_equal(undecided, GUARD_DECIDED);
	assert_int_equal(guard_check_own_text(
			     b->scanner, b->policy, "A refund.", 9, &undecided),
	    1);
	assert_int_equal(
	    guard_check_own_text(b->scanner, b->policy, "\xff", 1, &undecided),
	    3);
	assert_int_equal(undecided, GUARD_UNDECIDED_NOT_UTF8);
}

/* No verdict is ever weaker for want of memory. */
static int judge_without_memory(void *arg)
{
	struct bench *b = arg;
	const char *text = "refund inner x refund, month x x x inner";
	struct guard_scanner *s = guard_scanner_new();
	if (!s)
		return -1;
	struct guard_verdict v;
	guard_check(s, b->policy, &b->session,
	    &(struct guard_message){GUARD_AI, text, strlen(text)}, &v);
	bool starved = v.undecided == GUARD_UNDECIDED_MEMORY;
	if (starved && v.action != GUARD_HANDOFF)
		abort();
	if (!starved && (v.undecided || v.action != GUARD_BLOCK))
		abort();
	guard_scanner_free(s);
	return starved ? -1 : 0;
}

static int edit_without_memory(void *arg)
{
	struct bench *b = arg;
	const char *text = "inner x x x inner";
	struct guard_scanner *s = guard_scanner_new();
	if (!s)
		return -1;
	struct guard_verdict v;
	guard_check(s, b->policy, &b->session,
	    &(struct guard_message){GUARD_AI, text, strlen(text)}, &v);
	bool starved = v.undecided == GUARD_UNDECIDED_MEMORY;
	if (starved ? v.action != GUARD_HANDOFF || v.n_edits
		    : v.action != GUARD_REDACT || v.n_edits != 2)
		abort();
	guard_scanner_free(s);
	return starved ? -1 : 0;
}

static void memory_may_run_out(void **state)
{
	struct bench *b = *state;
	policy_kit_rule(&b->kit, "r", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "refund*", NULL));
	policy_kit_rule(&b->kit, "red", GUARD_REDACT,
	    policy_kit_phrases(&b->kit, "inner", NULL));
	policy_kit_rule(&b->kit, "f", GUARD_FLAG,
	    policy_kit_phrases(&b->kit, "x", "month*", NULL));
	bench_policy(b);
	assert_true(failmalloc_each(judge_without_memory, b) > 8);
	assert_true(failmalloc_each(edit_without_memory, b) > 8);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_strongest_action_decides),
	    TEST(shadow_and_off_change_nothing),
	    TEST(near_is_within_words_and_sentence),
	    TEST(negation_and_exceptions),
	    TEST(several_keys_must_all_hold),
	    TEST(at_least_counts_distinct_matches),
	    TEST(edits_apply_together),
	    TEST(edited_text_is_judged_again),
	    TEST(required_wording),
	    TEST(a_rule_with_only_when_hits_the_message),
	    TEST(an_approved_text_excuses_named_rules),
	    TEST(an_approved_text_excuses_rules_that_find_nothing),
	    TEST(approvals_cover_and_end),
	    TEST(approvals_cover_amounts),
	    TEST(values_the_customer_gave_are_excused),
	    TEST(what_cannot_be_decided_falls_back),
	    TEST(rollouts_are_sticky),
	    TEST(dates_bound_a_rule),
	    TEST(one_rule_is_judged_alone),
	    TEST(own_texts_must_pass),
	    TEST(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
