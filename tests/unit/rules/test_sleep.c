/*
 * sleep: a rule wakes when both its words are there, once, and a sleeping match
 * holds a stream for as long as the rule that can wait longest.
 */
#include "rules/check.h"
#include "rules/index.h"
#include "tests/support/policy_kit.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint32_t money(struct policy_kit *kit, int64_t above)
{
	const struct detector d = {.kind = DETECTOR_NUMBER,
	    .number = {NUMBER_MONEY, true, false, above * 100, 0, ""}};
	return policy_kit_detector(kit, &d);
}

static struct rule *near(struct policy_kit *kit, const char *id,
    uint32_t detector, uint32_t words, unsigned within)
{
	struct rule *r = policy_kit_rule(kit, id, GUARD_HANDOFF, detector);
	policy_kit_clauses(kit, r, 1)[0] = (struct clause){
	    .what = policy_kit_any(kit, detector),
	    .near = {policy_kit_any(kit, words), within},
	    .at_least = 1,
	};
	return r;
}

static size_t hits(const struct guard_policy *p, const char *text)
{
	struct guard_scanner *scanner = guard_scanner_new();
	const struct guard_message m = {GUARD_AI, text, strlen(text)};
	struct guard_verdict v;
	guard_check(scanner, p, NULL, &m, &v);
	size_t n = v.n_hits;
	guard_scanner_free(scanner);
	return n;
}

/* What has been released of a text that has come so far. */
static const char *released(struct guard_policy *p, const char *text)
{
	static char out[256];
	struct guard_progress progress;
	struct guard_stream *s = guard_stream_new(p, NULL, GUARD_AI);
	for (size_t i = 0; i < strlen(text); i++)
		guard_stream_feed(s, text + i, 1, &progress);
	memcpy(out, text, progress.safe_len);
	out[progress.safe_len] = '\0';
	guard_stream_free(s);
	return out;
}

/* The same, byte for byte. */
static size_t stream_hits(struct guard_policy *p, const char *text)
{
	struct guard_progress progress;
	struct guard_verdict v;
	struct guard_stream *s = guard_stream_new(p, NULL, GUARD_AI);
	for (size_t i = 0; i < strlen(text); i++)
		guard_stream_feed(s, text + i, 1, &progress);
	guard_stream_end(s, &v);
	size_t n = v.n_hits;
	guard_stream_free(s);
	return n;
}

static void wakes_in_either_order_and_once(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t words = policy_kit_phrases(&kit, "refund", "back", NULL);
	near(&kit, "over", money(&kit, 50), words, 6);
	near(&kit, "far over", money(&kit, 500), words, 6);
	struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(hits(p, "a refund of $75"), 1);
	assert_int_equal(hits(p, "take $75 as a refund"), 1);
	assert_int_equal(hits(p, "back comes $75 as a refund"), 1);
	assert_int_equal(hits(p, "$75 back as a refund"), 1);
	assert_int_equal(hits(p, "$750 back as a refund"), 2);
	assert_int_equal(hits(p, "a refund of $75 or $80"), 2);
	assert_int_equal(hits(p, "a refund of $5"), 0);
	assert_int_equal(hits(p, "a refund. It was $75"), 0);
	assert_int_equal(hits(p, "It was $75. A refund"), 0);
	assert_int_equal(hits(p, "refund by us at no up so on $75"), 0);
	assert_int_equal(hits(p, "no price, a refund"), 0);
	policy_kit_clear(&kit);
}

/* Its second word comes when the sentence that wakes it is over. */
static void wakes_what_reaches_over_the_end_of_a_sentence(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t off = policy_kit_phrases(&kit, "write off", NULL);
	uint32_t words = policy_kit_phrases(&kit, "please", "write", NULL);
	near(&kit, "off", off, words, 6);
	struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(hits(p, "Please write ... off it goes"), 1);
	assert_int_equal(stream_hits(p, "Please write ... off it goes"), 1);
	assert_int_equal(stream_hits(p, "write ... off"), 1);
	assert_int_equal(stream_hits(p, "Please. Off it goes"), 0);
	policy_kit_clear(&kit);
}

static void keys_beside_each_other_wake(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t over = money(&kit, 50);
	uint32_t words = policy_kit_phrases(&kit, "refund", NULL);
	struct rule *r = policy_kit_rule(&kit, "both", GUARD_HANDOFF, over);
	struct clause *c = policy_kit_clauses(&kit, r, 2);
	c[0] =
	    (struct clause){.what = policy_kit_any(&kit, over), .at_least = 1};
	c[1] =
	    (struct clause){.what = policy_kit_any(&kit, words), .at_least = 1};
	struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(
	    hits(p, "a refund of by us at no up so on to do $75"), 1);
	assert_int_equal(
	    hits(p, "$75 is by us at no up so on to do refund"), 1);
	assert_int_equal(hits(p, "a refund. $75"), 0);
	policy_kit_clear(&kit);
}

static void holds_for_the_widest_window(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t words = policy_kit_phrases(&kit, "refund", NULL);
	near(&kit, "narrow", money(&kit, 10), words, 1);
	near(&kit, "wide", money(&kit, 50), words, 3);
	struct guard_policy *p = policy_kit_policy(&kit);
	assert_string_equal(released(p, "Pay $75 by us at "), "Pay ");
	assert_string_equal(
	    released(p, "Pay $75 by us at no up "), "Pay $75 by us at no up ");
	/* in the range of the narrow one only */
	assert_string_equal(released(p, "Pay $20 by "), "Pay ");
	assert_string_equal(
	    released(p, "Pay $20 by us at "), "Pay $20 by us at ");
	assert_string_equal(released(p, "Pay $5 by "), "Pay $5 by ");
	assert_string_equal(released(p, "Pay $75. "), "Pay $75. ");
	policy_kit_clear(&kit);
}

static void does_not_hold_for_what_is_excused(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t words = policy_kit_phrases(&kit, "refund", NULL);
	uint32_t usual = policy_kit_phrases(&kit, "monthly", NULL);
	struct rule *wide = near(&kit, "wide", money(&kit, 50), words, 5);
	policy_kit_excuse(&kit, wide)->beside = policy_kit_any(&kit, usual);
	near(&kit, "narrow", money(&kit, 10), words, 2);
	near(&kit, "shadow", money(&kit, 10), words, UINT_MAX)->info.mode =
	    GUARD_SHADOW;
	struct guard_policy *p = policy_kit_policy(&kit);
	assert_string_equal(released(p, "Pay $75 by us at "), "Pay ");
	assert_string_equal(released(p, "Pay $75 monthly us at no "),
	    "Pay $75 monthly us at no ");
	assert_string_equal(released(p, "Pay $75 monthly us "), "Pay ");
	policy_kit_clear(&kit);
}

static void lists_by_kind_and_window(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t words = policy_kit_phrases(&kit, "refund", NULL);
	uint32_t asks = policy_kit_phrases(&kit, "give", NULL);
	near(&kit, "a", money(&kit, 10), words, 2);
	near(&kit, "b", money(&kit, 20), words, 9);
	near(&kit, "c", asks, words, 4);
	policy_kit_rule(&kit, "d", GUARD_FLAG, asks);
	const struct index *x = policy_kit_policy(&kit)->index;
	assert_int_equal(x->values[NUMBER_MONEY].n, 2);
	assert_int_equal(x->values[NUMBER_MONEY].rules[0], 1);
	assert_int_equal(x->values[NUMBER_MONEY].rules[1], 0);
	assert_int_equal(x->asleep[asks].n, 1);
	assert_int_equal(x->awake[asks].n, 1);
	assert_int_equal(x->wakes[words].n, 3);
	assert_int_equal(x->numbers[NUMBER_MONEY].n, 0);
	policy_kit_clear(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wakes_in_either_order_and_once),
	    cmocka_unit_test(wakes_what_reaches_over_the_end_of_a_sentence),
	    cmocka_unit_test(keys_beside_each_other_wake),
	    cmocka_unit_test(holds_for_the_widest_window),
	    cmocka_unit_test(does_not_hold_for_what_is_excused),
	    cmocka_unit_test(lists_by_kind_and_window),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
