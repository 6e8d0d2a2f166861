/* Conditions that do not read the text, and what is absent. */
#include "rules/when.h"
#include "rules/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const two[] = {"chat", "sms"};
static const char *const english[] = {"en"};

static void no_condition_always_holds(void **state)
{
	const struct when w = {0};
	const struct guard_session s = {0};
	assert_true(when_holds(&w, &s));
}

static void a_word_is_one_of_those_listed(void **state)
{
	struct when w = {.set = true, .channel = {two, 2}};
	struct guard_session s = {0};
	assert_false(when_holds(&w, &s)); /* absent */
	s.channel = "sms";
	assert_true(when_holds(&w, &s));
	s.channel = "voice";
	assert_false(when_holds(&w, &s));
	w = (struct when){.set = true, .customer_is = {two, 2}};
	s.customer = "chat";
	assert_true(when_holds(&w, &s));
	s.customer = NULL;
	assert_false(when_holds(&w, &s));
}

static void not_holds_without_the_fact(void **state)
{
	const struct when w = {.set = true, .segment_not = {two, 2}};
	struct guard_session s = {0};
	assert_true(when_holds(&w, &s));
	s.segment = "chat";
	assert_false(when_holds(&w, &s));
	s.segment = "other";
	assert_true(when_holds(&w, &s));
}

static void a_language_covers_its_regions(void **state)
{
	const struct when w = {.set = true, .language = {english, 1}};
	static const struct {
		const char *language;
		bool holds;
	} cases[] = {{"en", true}, {"en-GB", true}, {"enm", false},
	    {"de", false}, {NULL, false}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guard_session s = {.language = cases[i].language};
		if (when_holds(&w, &s) != cases[i].holds)
			fail_msg("language %s",
			    cases[i].language ? cases[i].language : "absent");
	}
}

static void turns_count_from_one(void **state)
{
	struct when w = {.set = true, .ai_turn = {1, 1}};
	struct guard_session s = {0};
	assert_true(when_holds(&w, &s)); /* unknown means 1 */
	s.ai_turn = 2;
	assert_false(when_holds(&w, &s));
	w.ai_turn = (struct ai_turn_range){11, UINT32_MAX};
	s.ai_turn = 10;
	assert_false(when_holds(&w, &s));
	s.ai_turn = 11;
	assert_true(when_holds(&w, &s));
}

static void states_must_be_known(void **state)
{
	struct when w = {.set = true, .resolved = GUARD_NO};
	struct guard_session s = {0};
	assert_false(when_holds(&w, &s));
	s.resolved = GUARD_YES;
	assert_false(when_holds(&w, &s));
	s.resolved = GUARD_NO;
	assert_true(when_holds(&w, &s));
	w.repeat_contact = GUARD_YES; /* all must hold */
	assert_false(when_holds(&w, &s));
	s.repeat_contact = GUARD_YES;
	assert_true(when_holds(&w, &s));
}

static bool at(const struct hours *h, unsigned minute)
{
	const struct when w = {
	    .set = true, .hours = *h, .zone_rules = zone_utc()};
	const struct zone_civil c = {2026, 11, 3, minute};
	const struct guard_session s = {
	    .time_us = zone_unix_us(zone_utc(), &c)};
	return when_holds(&w, &s);
}

static void hours_are_half_open_and_may_pass_midnight(void **state)
{
	struct hours h = {true, false, 8 * 60, 20 * 60};
	assert_false(at(&h, 8 * 60 - 1));
	assert_true(at(&h, 8 * 60));
	assert_true(at(&h, 20 * 60 - 1));
	assert_false(at(&h, 20 * 60));
	h.outside = true;
	assert_true(at(&h, 8 * 60 - 1));
	assert_false(at(&h, 8 * 60));
	h = (struct hours){true, false, 22 * 60, 6 * 60};
	assert_true(at(&h, 23 * 60));
	assert_true(at(&h, 0));
	assert_false(at(&h, 6 * 60));
	assert_false(at(&h, 21 * 60));
	const struct when w = {.set = true, .hours = h};
	const struct guard_session unknown = {0};
	assert_false(when_holds(&w, &unknown));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_condition_always_holds),
	    cmocka_unit_test(a_word_is_one_of_those_listed),
	    cmocka_unit_test(not_holds_without_the_fact),
	    cmocka_unit_test(a_language_covers_its_regions),
	    cmocka_unit_test(turns_count_from_one),
	    cmocka_unit_test(states_must_be_known),
	    cmocka_unit_test(hours_are_half_open_and_may_pass_midnight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
