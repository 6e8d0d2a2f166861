/* sums: both ends of a range are one amount, and so is one said twice. */
#include "tests/unit/rules/sums_pack.h"

static void both_ends_of_a_range_are_one_amount(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", HAND_OFF));
	CHAT(&c, "A credit of $20-30.", "deliver:");
	CHAT(&c, "A credit of $20.", "deliver:");
	CHAT(&c, "A credit of $1.",
	    "handoff: *p/credits[12-14] money 1.00 USD, 51.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
	chat_open(&c, CREDITS("above: 50", HAND_OFF));
	CHAT(&c, "A credit of $40-60.",
	    "handoff: *p/credits[16-18] money 60.00 USD, 60.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

/* Both with their currency, or the second in words of its own. */
static void ranges_of_two_whole_amounts_are_one(void **state)
{
	(void)state;
	static const char *const one[] = {
	    "A credit of $20 to $40.",
	    "A credit between $20 and $40.",
	    "A credit of $20-$40.",
	    "A credit of $40 \u2013 $20.",
	    "A credit of $40 (forty dollars).",
	    "A credit of forty dollars ($40).",
	    "A credit of $40 (USD 40).",
	};
	static const char *const two[] = {
	    "A credit of $20 and $40.",
	    "A credit of $20, $40.",
	    "A credit of $40 (and $20).",
	    "A credit of $40 ($20 for the box).",
	    "A credit of $20-$30-$30.",
	};
	struct chat c;
	for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++) {
		chat_open(&c, CREDITS("above: 50", HAND_OFF));
		CHAT(&c, one[i], "deliver:");
		CHAT(&c, "A credit of $11.",
		    "handoff: *p/credits[12-15] money 11.00 USD, 51.00 in "
		    "this conversation > 50.00");
		chat_close(&c);
	}
	for (size_t i = 0; i < sizeof(two) / sizeof(*two); i++) {
		chat_open(&c, CREDITS("above: 50", HAND_OFF));
		chat_say(&c, two[i]);
		if (strncmp(c.said, "handoff:", 8) != 0)
			fail_msg("%s: %s", two[i], c.said);
		chat_close(&c);
	}
}

static void ranges_are_one_amount_at_the_top_of_all_sums(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", "    then: flag\n"));
	/* Only what the range itself adds is taken back. */
	chat_say(&c,
	    "A credit of $92233720368547758, a credit of $20-30, a credit of "
	    "$1-9, a credit of $1.");
	assert_non_null(strstr(c.said, "1.00 USD, 92233720368547758.07"));
	chat_close(&c);
	chat_open(&c, CREDITS("above: 50", "    then: flag\n"));
	CHAT(&c, "A credit of $10, a credit of $20-30, a credit of $11.",
	    "flag: *p/credits[49-52] money 11.00 USD, 51.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_ends_of_a_range_are_one_amount),
	    cmocka_unit_test(ranges_of_two_whole_amounts_are_one),
	    cmocka_unit_test(ranges_are_one_amount_at_the_top_of_all_sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
