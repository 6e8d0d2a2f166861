/* A value is excused by itself, never by something it is only a part of. */
#include "tests/support/bench.h"
#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void find(struct bench *b, const char *id, const struct detector *what)
{
	struct rule *r = policy_kit_rule(
	    &b->kit, id, GUARD_BLOCK, policy_kit_detector(&b->kit, what));
	policy_kit_excuse(&b->kit, r)->said_by_customer = true;
}

static int setup(void **state)
{
	static const enum entity_kind kinds[] = {ENTITY_PAYMENT_CARD,
	    ENTITY_IBAN, ENTITY_US_SSN, ENTITY_UK_NINO, ENTITY_EMAIL,
	    ENTITY_PHONE, ENTITY_POSTAL_ADDRESS};
	static const char *const own[] = {"*.acme.example", NULL};
	int failed = bench_setup(state);
	struct bench *b = *state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		find(b, "entity",
		    &(struct detector){
			.kind = DETECTOR_ENTITY, .entity = kinds[i]});
	find(b, "link",
	    &(struct detector){.kind = DETECTOR_LINKS, .hosts = own});
	struct rule *r = policy_kit_rule(&b->kit, "phrase", GUARD_BLOCK,
	    policy_kit_phrases(&b->kit, "rose garden", NULL));
	policy_kit_excuse(&b->kit, r)->said_by_customer = true;
	bench_policy(b);
	return failed;
}

static bool delivers(struct bench *b, const char *said, const char *text)
{
	struct guard_span_text turn = {said, strlen(said)};
	const struct guard_session session = {
	    .customer_said = &turn, .n_customer_said = said ? 1 : 0};
	const struct every_cut in = {b->policy, b->scanner, &session};
	struct guard_verdict v;
	every_cut(&in, text);
	guard_check(b->scanner, b->policy, &session,
	    &(struct guard_message){GUARD_AI, text, strlen(text)}, &v);
	return v.action == GUARD_DELIVER;
}

/* What the customer said, and what the AI says. */
struct pair {
	const char *said, *text;
};

static void check_all(
    struct bench *b, const struct pair *pairs, size_t n, bool excused)
{
	for (size_t i = 0; i < n; i++) {
		/* Nothing is excused that was no hit. */
		assert_false(delivers(b, "nothing", pairs[i].text));
		if (delivers(b, pairs[i].said, pairs[i].text) != excused)
			fail_msg("said \"%s\": \"%s\" is %s", pairs[i].said,
			    pairs[i].text, excused ? "not excused" : "excused");
	}
}

static void the_same_value_is_excused(void **state)
{
	static const struct pair same[] = {
	    {"my mail is jo@acme.com", "Write to jo@acme.com"},
	    {"<JO@Acme.com>", "Write to jo@acme.com."},
	    {"jo@acme.com.", "jo@acme.com"},
	    {"jo@acme.com's the one", "jo@acme.com"},
	    {"mailto:jo@acme.com?subject=x", "jo@acme.com"},
	    {"e-mail:jo@acme.com", "jo@acme.com"},
	    {"x.jo@acme.com or jo@acme.com", "jo@acme.com"},
	    {"\"jo@acme.com\"", "jo@acme.com"},
	    {"(415) 555-2671", "call 415.555.2671"},
	    {"4155552671", "call (415) 555-2671"},
	    {"it is +1 415-555-2671, thanks", "call 1 415 555 2671"},
	    {"+44 20 7946 0958", "+442079460958"},
	    {"tel:415 555 2671", "call 415 555 2671"},
	    {"4111111111111111", "4111 1111 1111 1111"},
	    {"4111-1111-1111-1111 ok?", "4111 1111 1111 1111"},
	    {"078 05 1123", "SSN 078-05-1123"},
	    {"de89370400440532013000!", "DE89 3704 0044 0532 0130 00"},
	    {"DE89-3704-0044-0532-0130-00", "DE89370400440532013000"},
	    {"AB 12 34 56 C", "ab123456c"},
	    {"I am at 12 rose street, ok", "It goes to 12 Rose Street."},
	    {"look at http://shop.example/x.", "See http://shop.example/x"},
	    {"the ROSE  Garden's gate", "a rose garden"},
	};
	check_all(*state, same, sizeof(same) / sizeof(same[0]), true);
}

static void a_part_of_what_was_said_is_not(void **state)
{
	static const struct pair parts[] = {
	    {"my mail is x.jo@acme.com", "Write to jo@acme.com"},
	    {"x-jo@acme.com", "jo@acme.com"},
	    {"x+jo@acme.com", "jo@acme.com"},
	    {"mary_jo@acme.com", "jo@acme.com"},
	    {"o'jo@acme.com", "jo@acme.com"},
	    {"xjo@acme.com", "jo@acme.com"},
	    {"x..jo@acme.com", "jo@acme.com"},
	    {"jo@acme.com.br", "jo@acme.com"},
	    {"jo@acme.com-x.test", "jo@acme.com"},
	    {"jo@acme.community", "jo@acme.com"},
	    {"jo at acme.com", "jo@acme.com"},
	    {"4111 1111 1111 1111 1", "4111 1111 1111 1111"},
	    {"1 4111 1111 1111 1111", "4111 1111 1111 1111"},
	    {"4111-1111-1111-1111-1", "4111 1111 1111 1111"},
	    {"it ends in 1111", "4111 1111 1111 1111"},
	    {"+1 415 555 26712", "call +1 415 555 2671"},
	    {"2-078-05-1123", "SSN 078-05-1123"},
	    {"078-05-1123-4", "SSN 078-05-1123"},
	    {"XDE89370400440532013000", "DE89 3704 0044 0532 0130 00"},
	    {"DE893704004405320130001", "DE89 3704 0044 0532 0130 00"},
	    {"112 Rose Street", "It goes to 12 Rose Street."},
	    {"3-12 Rose Street", "It goes to 12 Rose Street."},
	    {"12 Rose Street-North", "It goes to 12 Rose Street."},
	    {"http://shop.example/x", "See http://shop.example"},
	    {"http://shop.example.org", "See http://shop.example"},
	    {"http://shop.example:8", "See http://shop.example"},
	    {"the rose gardener", "a rose garden"},
	};
	check_all(*state, parts, sizeof(parts) / sizeof(parts[0]), false);
}

/* Whose number "415 555 2671" is depends on the country it is dialled from. */
static void a_country_is_not_guessed(void **state)
{
	static const struct pair other[] = {
	    {"415 555 2671", "call +1 415 555 2671"},
	    {"+1 415 555 2671", "call 415 555 2671"},
	    {"+4155552671", "call 415 555 2671"},
	    {"(+41) 5555 2671", "call 415 555 2671"},
	};
	check_all(*state, other, sizeof(other) / sizeof(other[0]), false);
}

static int judge_once(void *arg)
{
	struct bench *b = arg;
	struct guard_span_text turn = {"jo@acme.com, x", 14};
	const struct guard_session session = {
	    .customer_said = &turn, .n_customer_said = 1};
	struct guard_verdict v;
	struct guard_scanner *s = guard_scanner_new();
	if (!s)
		return -1;
	guard_check(s, b->policy, &session,
	    &(struct guard_message){GUARD_AI, "jo@acme.com", 11}, &v);
	int err = v.undecided ? -1 : 0;
	if (!err)
		assert_int_equal(v.action, GUARD_DELIVER);
	guard_scanner_free(s);
	return err;
}

static void no_memory_excuses_nothing(void **state)
{
	assert_true(failmalloc_each(judge_once, *state) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		the_same_value_is_excused, setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		a_part_of_what_was_said_is_not, setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		a_country_is_not_guessed, setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		no_memory_excuses_nothing, setup, bench_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
