/* index_bundle: what many conditions ask about is found once, and every rule
 * still finds what it would if it were alone. */
#include "rules/check.h"
#include "rules/index.h"
#include "tests/support/policy_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WITHIN 6u

static void near(
    struct policy_kit *kit, const char *id, uint32_t find, uint32_t words)
{
	struct rule *r = policy_kit_rule(kit, id, GUARD_FLAG, find);
	policy_kit_clauses(kit, r, 1)[0] = (struct clause){
	    .what = policy_kit_any(kit, find),
	    .near = {policy_kit_any(kit, words), WITHIN},
	    .at_least = 1,
	};
}

/* The rules that fire, by their ids. */
static const char *fired(const struct guard_policy *p, const char *text)
{
	static char out[256];
	struct guard_scanner *scanner = guard_scanner_new();
	const struct guard_message m = {GUARD_AI, text, strlen(text)};
	struct guard_verdict v;
	size_t len = 0;
	guard_check(scanner, p, NULL, &m, &v);
	for (size_t i = 0; i < v.n_hits; i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%s",
		    i ? " " : "", p->rules[v.hits[i].rule].info.id);
	out[len] = '\0';
	guard_scanner_free(scanner);
	return out;
}

/* How often a text is found in: matches of phrases. */
static size_t found(const struct guard_policy *p, const char *text)
{
	struct text t = {0};
	struct phrase_scan scan;
	struct matches matches = {0};
	size_t alive;
	phrase_scan_init(&scan);
	assert_int_equal(text_init(&t, 1000), 0);
	assert_int_equal(text_feed(&t, text, strlen(text)), 0);
	assert_int_equal(text_end(&t), 0);
	assert_int_equal(phrase_scan(&scan, &t, p, &matches, &alive), 0);
	size_t n = matches.n;
	matches_clear(&matches);
	phrase_scan_clear(&scan);
	text_clear(&t);
	return n;
}

static void many_ask_one_is_found(void **state)
{
	(void)state;
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t refund = policy_kit_phrases(&kit, "refund", NULL);
	near(&kit, "a", refund, policy_kit_phrases(&kit, "fee", NULL));
	near(&kit, "b", refund, policy_kit_phrases(&kit, "fee", "bill", NULL));
	near(&kit, "c", refund, policy_kit_phrases(&kit, "bill", "tax", NULL));
	const struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(found(p, "fee"), 1);
	assert_int_equal(found(p, "fee bill tax"), 3);
	assert_string_equal(fired(p, "We refund the fee."), "a b");
	assert_string_equal(fired(p, "The fee we refund."), "a b");
	assert_string_equal(fired(p, "We refund the bill."), "b c");
	assert_string_equal(fired(p, "The tax, a refund, the fee."), "a b c");
	assert_string_equal(fired(p, "We refund it. The fee."), "");
	assert_string_equal(fired(p, "The fee and the bill."), "");
	policy_kit_clear(&kit);
}

static void what_is_looked_for_stays_alone(void **state)
{
	(void)state;
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t refund = policy_kit_phrases(&kit, "refund", NULL);
	uint32_t fee = policy_kit_phrases(&kit, "fee", NULL);
	near(&kit, "a", refund, fee);
	near(&kit, "b", refund, policy_kit_phrases(&kit, "fee", NULL));
	near(&kit, "c", refund, policy_kit_phrases(&kit, "fee", NULL));
	policy_kit_rule(&kit, "d", GUARD_FLAG, fee);
	struct rule *must = policy_kit_rule(&kit, "e", GUARD_FLAG, refund);
	static struct any_of words;
	words = policy_kit_any(&kit, policy_kit_phrases(&kit, "fee", NULL));
	must->must_also_say = (struct must){&words, 1, MUST_SAME_MESSAGE};
	near(&kit, "f", refund, words.detectors[0]);
	const struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(found(p, "fee"), 3); /* d's, e's, and b's and c's */
	assert_string_equal(fired(p, "We refund the fee."), "a b c f d");
	assert_string_equal(fired(p, "The fee."), "d");
	assert_string_equal(fired(p, "We refund it."), "e");
	policy_kit_clear(&kit);
}

static void excuses_by_what_is_in_it(void **state)
{
	(void)state;
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t refund = policy_kit_phrases(&kit, "refund", NULL);
	struct rule *a = policy_kit_rule(&kit, "a", GUARD_FLAG, refund);
	struct rule *b = policy_kit_rule(&kit, "b", GUARD_FLAG, refund);
	policy_kit_excuse(&kit, a)->beside =
	    policy_kit_any(&kit, policy_kit_phrases(&kit, "fee", NULL));
	policy_kit_excuse(&kit, b)->beside =
	    policy_kit_any(&kit, policy_kit_phrases(&kit, "fee", "tax", NULL));
	const struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(found(p, "fee"), 1);
	assert_string_equal(fired(p, "We refund it."), "a b");
	assert_string_equal(fired(p, "We refund the tax."), "a");
	assert_string_equal(fired(p, "We refund the fee."), "");
	policy_kit_clear(&kit);
}

/* One word is two of a set when two of its detectors say it. */
static void counts_each_detector(void **state)
{
	(void)state;
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t refund = policy_kit_phrases(&kit, "refund", NULL);
	static uint32_t two[2];
	two[0] = policy_kit_phrases(&kit, "fee", "bill", NULL);
	two[1] = policy_kit_phrases(&kit, "fee", "tax", NULL);
	struct rule *r = policy_kit_rule(&kit, "a", GUARD_FLAG, refund);
	struct clause *c = policy_kit_clauses(&kit, r, 2);
	c[0] = (struct clause){
	    .what = policy_kit_any(&kit, refund), .at_least = 1};
	c[1] = (struct clause){.what = {two, 2}, .at_least = 2};
	const struct guard_policy *p = policy_kit_policy(&kit);
	assert_int_equal(found(p, "fee"), 1);
	assert_string_equal(fired(p, "We refund the fee."), "a");
	assert_string_equal(fired(p, "We refund the bill."), "");
	assert_string_equal(fired(p, "We refund the bill and the tax."), "a");
	policy_kit_clear(&kit);
}

/* A word of one set is near the same word of another, but not near itself. */
static void a_clause_with_near_tells_them_apart(void **state)
{
	(void)state;
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t refund = policy_kit_phrases(&kit, "refund", NULL);
	uint32_t fee = policy_kit_phrases(&kit, "fee", NULL);
	uint32_t also = policy_kit_phrases(&kit, "fee", "tax", NULL);
	const struct near near_itself = {policy_kit_any(&kit, fee), WITHIN};
	const struct near near_other = {policy_kit_any(&kit, also), WITHIN};
	for (unsigned i = 0; i < 2; i++) {
		struct rule *r = policy_kit_rule(
		    &kit, i ? "other" : "itself", GUARD_FLAG, refund);
		struct clause *c = policy_kit_clauses(&kit, r, 2);
		c[0] = (struct clause){
		    .what = policy_kit_any(&kit, refund), .at_least = 1};
		c[1] = (struct clause){.what = policy_kit_any(&kit, fee),
		    .near = i ? near_other : near_itself,
		    .at_least = 1};
	}
	const struct guard_policy *p = policy_kit_policy(&kit);
	assert_string_equal(fired(p, "We refund the fee."), "other");
	assert_string_equal(
	    fired(p, "We refund the fee, a fee."), "itself other");
	policy_kit_clear(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_ask_one_is_found),
	    cmocka_unit_test(what_is_looked_for_stays_alone),
	    cmocka_unit_test(excuses_by_what_is_in_it),
	    cmocka_unit_test(counts_each_detector),
	    cmocka_unit_test(a_clause_with_near_tells_them_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
