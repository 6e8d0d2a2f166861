/* Amounts that add up over a conversation, and offers that are allowed. */
#include "tests/unit/rules/sums_pack.h"

#include "tests/support/failmalloc.h"

/* ---- over: conversation ---- */

static void two_amounts_break_a_limit(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("currency: USD, above: 50", HAND_OFF));
	CHAT(&c, "I credit $40.", "deliver:");
	CHAT(&c, "Your plan costs $80.", "deliver:");
	CHAT(&c, "I credit $10.", "deliver:");
	CHAT(&c, "And a credit of $0.01.",
	    "handoff: *p/credits[16-21] money 0.01 USD, 50.01 in this "
	    "conversation > 50.00");
	/* It was withheld, so it counts for nothing. */
	CHAT(&c, "Your credits are $0 more.", "deliver:");
	CHAT(&c, "I credit $40.",
	    "handoff: *p/credits[9-12] money 40.00 USD, 90.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

static void the_hit_is_at_the_number_that_breaks_it(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("currency: USD, above: 50", HAND_OFF));
	CHAT(&c, "A credit of $20, one of $30. Then a credit of $1, of $2.",
	    "handoff: *p/credits[46-48] money 1.00 USD, 51.00 in this "
	    "conversation > 50.00 p/credits[53-55] money 2.00 USD, 53.00 in "
	    "this conversation > 50.00");
	/* What came before it has left: 46 bytes of it in one piece a byte. */
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	static const char text[] = "A credit of $20 to you, then $30, then $1!";
	struct guard_progress p = {0};
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		guard_stream_feed(s, text + i, 1, &p);
	assert_true(p.cut);
	assert_int_equal(p.safe_len, strstr(text, "$1!") - text);
	guard_stream_free(s);
	chat_close(&c);
}

static void what_cannot_break_the_limit_is_not_held(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("currency: USD, above: 50", HAND_OFF));
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	struct guard_progress p = {0};
	/* A refund word may come to the end of the sentence; with $20 and $30
	 * nothing would follow from it, with $1 more it would. */
	static const char text[] = "It is $20 and $30 and so on and on ";
	guard_stream_feed(s, text, sizeof(text) - 1, &p);
	assert_int_equal(p.safe_len, sizeof(text) - 1);
	guard_stream_feed(s, "and $1 and so on", 16, &p);
	assert_int_equal(p.safe_len, sizeof(text) - 1 + 4);
	guard_stream_free(s);
	chat_close(&c);
}

static void currencies_do_not_mix(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", HAND_OFF));
	CHAT(&c, "I credit $40.", "deliver:");
	CHAT(&c, "I credit 40 euros.", "deliver:");
	CHAT(&c, "I credit EUR 11.",
	    "handoff: *p/credits[9-15] money 11.00 EUR, 51.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

static void an_amount_without_a_currency_counts_as_the_limits(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "rules:\n  - id: a\n    title: A\n    find:\n      money: "
	    "{currency: USD, above: 5000, over: conversation}\n" HAND_OFF
		EXAMPLES_OF("Take $5,001.", "Take $5,000."));
	CHAT(&c, "Take two grand.", "deliver:");
	CHAT(&c, "Take $3,000.50.",
	    "handoff: *p/a[5-14] money 3000.50 USD, 5000.50 in this "
	    "conversation > 5000.00");
	CHAT(&c, "Take 4000 euros.", "deliver:");
	chat_close(&c);
}

static void an_amount_said_again_counts_once(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", HAND_OFF));
	CHAT(&c, "As I said, a credit of $30.", "deliver:"); /* the first */
	CHAT(&c, "As I said, a credit of $30.", "deliver:");
	CHAT(&c, "The credit of $30 is on its way, that same $30.", "deliver:");
	CHAT(&c, "As I said. A credit of $30.",
	    "handoff: *p/credits[23-26] money 30.00 USD, 60.00 in this "
	    "conversation > 50.00");
	CHAT(&c, "As I said, a credit of 30 euros.", "deliver:");
	CHAT(&c, "As I said, a credit of $40.",
	    "handoff: *p/credits[23-26] money 40.00 USD, 70.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
	/* and in one message */
	chat_open(&c, CREDITS("above: 50", HAND_OFF));
	CHAT(&c, "A credit of $30. To repeat: a credit of $30.", "deliver:");
	CHAT(&c, "A credit of $20.", "deliver:");
	chat_close(&c);
}

static void a_list_of_the_packs_says_what_repeats(void **state)
{
	(void)state;
	struct policy_source s = {.n_own = 0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "lists/words.yaml",
	    "format: 1\nkind: lists\nlists:\n  refund words: [credit*]\n"
	    "  repeat words: [once more]\n");
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD "use_lists: [words]\n" CREDITS("above: 50", HAND_OFF));
	struct chat c = {.policy = source_load(&s)};
	assert_non_null(c.policy);
	c.scanner = guard_scanner_new();
	CHAT(&c, "A credit of $30.", "deliver:");
	CHAT(&c, "Once more, a credit of $30.", "deliver:");
	CHAT(&c, "As I said, a credit of $30.",
	    "handoff: *p/credits[23-26] money 30.00 USD, 60.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

static void what_is_excused_does_not_count(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    CREDITS("above: 50",
		"    ignore_negated: yes\n    unless:\n"
		"      - phrases: [our policy]\n" HAND_OFF));
	CHAT(&c, "We can't credit $45.", "deliver:");
	CHAT(&c, "By our policy a credit is up to $45.", "deliver:");
	CHAT(&c, "I credit $45.", "deliver:");
	CHAT(&c, "A credit of $6, but not by our policy.", "deliver:");
	CHAT(&c, "A credit of $6.",
	    "handoff: *p/credits[12-14] money 6.00 USD, 51.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

static void an_approval_covers_what_breaks_the_limit(void **state)
{
	(void)state;
	struct chat c;
	struct guard_approval approval = {.name = "credit",
	    .id = "A1",
	    .up_to_minor = 6000,
	    .currency = "USD",
	    .uses = 1};
	chat_open(&c,
	    CREDITS("above: 50",
		"    unless:\n      - approval: credit\n" HAND_OFF));
	c.session.approvals = &approval;
	CHAT(&c, "I credit $40.", "deliver:"); /* within: none is needed */
	c.session.n_approvals = 1;
	CHAT(&c, "I credit $60.", "deliver:");
	CHAT(&c, "I credit $40 and credit $21.",
	    "handoff: *p/credits[24-27] money 21.00 USD, 61.00 in this "
	    "conversation > 50.00");
	c.session.n_approvals = 0;
	CHAT(&c, "I credit $10.", "deliver:"); /* 40 of it were not approved */
	CHAT(&c, "I credit $1.",
	    "handoff: *p/credits[9-11] money 1.00 USD, 51.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

/* The time for one more amount does not grow with those before it. */
static void many_amounts_add_up_at_once(void **state)
{
	(void)state;
	struct chat c;
	static char text[48 * 1024];
	size_t len = 0;
	chat_open(&c,
	    "rules:\n  - id: a\n    title: A\n    find:\n      money: "
	    "{currency: USD, above: 30000, over: conversation}\n" HAND_OFF
		EXAMPLES_OF("Take $30,001.", "Take $30,000."));
	while (len < sizeof(text) - 8)
		len += (size_t)snprintf(text + len, 8, "$5 $3. ");
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	struct guard_progress p = {0};
	for (size_t i = 0; i < len && !p.cut; i += 7)
		guard_stream_feed(s, text + i, 7, &p);
	/* 3,750 pairs of 8 and the next $5. */
	assert_true(p.cut);
	assert_int_equal(p.safe_len, 3750 * 7);
	guard_stream_free(s);
	chat_close(&c);
}

#define KIND(id, find, matches, passes)                                        \
	"  - id: " id "\n    title: A\n    find: {" find                       \
	", over: conversation}}\n" HAND_OFF                                    \
	EXAMPLES_OF(matches, passes)

static void other_kinds_of_numbers_add_up_too(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "rules:\n" KIND("percent",
		"phrases: [\"off\"], percent: {above: 10", "It is 11% off.",
		"It is 10% off.")
		KIND("months", "duration: {above: 2 months, near: [free]",
		    "You get 3 months free.", "You get 2 months free.")
		    KIND("gifts", "phrases: [gift*], count: {above: 2",
			"You get 3 gifts.", "You get 2 gifts."));
	CHAT(&c, "Take 6% off, 1 month free and 2 gifts.", "deliver:");
	CHAT(&c, "Take 4.5% off.",
	    "handoff: *p/percent[5-9] percent 4.50, 10.50 in this "
	    "conversation > 10");
	CHAT(&c, "Another month free, 1 month more of free.", "deliver:");
	CHAT(&c, "And 1 day free.",
	    "handoff: *p/months[4-9] duration 86400 s, 5270400 s in this "
	    "conversation > 5184000 s");
	CHAT(&c, "And one gift.",
	    "handoff: *p/gifts[4-7] count 1, 3 in this conversation > 2");
	chat_close(&c);
}

static void a_flag_counts_and_is_delivered(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", "    then: flag\n"));
	CHAT(&c, "I credit $60.",
	    "flag: *p/credits[9-12] money 60.00 USD, 60.00 in this "
	    "conversation > 50.00");
	CHAT(&c, "I credit $1.",
	    "flag: *p/credits[9-11] money 1.00 USD, 61.00 in this "
	    "conversation > 50.00");
	chat_close(&c);
}

static void what_is_redacted_was_not_promised(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", "    then: {redact: {}}\n"));
	CHAT(&c, "I credit $40.", "deliver:");
	for (int i = 0; i < 2; i++)
		CHAT(&c, "I credit $40.",
		    "redact: *p/credits[9-12] money 40.00 USD, 80.00 in this "
		    "conversation > 50.00");
	CHAT(&c, "I credit $10.", "deliver:");
	chat_close(&c);
}

static void saturated_sums_stay_over_the_limit(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", "    then: flag\n"));
	static const char most[] = "I credit $99999999999999999999999.";
	chat_say(&c, most);
	chat_say(&c, most);
	assert_int_equal(c.verdict.n_hits, 1);
	CHAT(&c, "I credit $1.",
	    "flag: *p/credits[9-11] money 1.00 USD, 92233720368547758.07 in "
	    "this conversation > 50.00");
	chat_close(&c);
}

static void an_example_knows_what_the_ai_said(void **state)
{
	(void)state;
	struct policy_source s;
	static const char text[] =
	    "rules:\n  - id: a\n    title: A\n    find:\n      money: "
	    "{above: 50, over: conversation}\n" HAND_OFF
	    "    examples:\n      matches:\n        - text: Take $40.\n"
	    "          given: {ai_said: [Take $%s.]}\n      passes:\n"
	    "        - text: Take $40.\n          given: {ai_said: [Take $%s.]}"
	    "\n";
	char blocks[1024];
	snprintf(blocks, sizeof(blocks), text, "11", "10");
	struct guard_policy *p = chat_load(&s, blocks);
	assert_non_null(p);
	guard_policy_unref(p);
	snprintf(blocks, sizeof(blocks), text, "10", "10");
	assert_null(chat_load(&s, blocks));
	assert_string_equal(s.code, "P070");
	snprintf(blocks, sizeof(blocks), text, "11", "11");
	assert_null(chat_load(&s, blocks));
	assert_string_equal(s.code, "P071");
	assert_non_null(strstr(s.message, "51.00 in this conversation"));
}

/* ---- offers ---- */

#define OFFERS                                                                 \
	"offers:\n"                                                            \
	"  detect: {phrases: [<offer words>], with: [percent, money, "         \
	"count]}\n"                                                            \
	"  allowed:\n"                                                         \
	"    - {name: goodwill credit, money: {currency: USD, up_to: 25, "     \
	"over: conversation}, near: [credit]}\n"                               \
	"    - {name: loyalty discount, percent: {up_to: 10}, "                \
	"when: {segment: [loyal]}}\n"                                          \
	"  otherwise: {handoff: {priority: high}}\n"

static void what_is_not_allowed_is_a_hit(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, OFFERS);
	CHAT(&c, "Your bill is $80, with 10% VAT.", "deliver:");
	CHAT(&c, "I can offer you a credit of $20.", "deliver:");
	CHAT(&c, "I can offer you $20.",
	    "handoff: *p/offers[16-19] money 20.00 USD, no allowed offer");
	CHAT(&c, "I can offer you a credit of 20 euros.",
	    "handoff: *p/offers[28-36] money 20.00 EUR, no allowed offer");
	CHAT(&c, "I can offer you a credit of $6.",
	    "handoff: *p/offers[28-30] money 6.00 USD, 26.00 in this "
	    "conversation > 25.00 of goodwill credit");
	CHAT(&c, "I can offer you a credit of $5.", "deliver:");
	CHAT(&c, "As I said, I offer you a credit of $20.", "deliver:");
	CHAT(&c, "I can do 10% for you.",
	    "handoff: *p/offers[9-12] percent 10, no allowed offer");
	c.session.segment = "loyal";
	CHAT(&c, "I can do 10% for you.", "deliver:");
	CHAT(&c, "I can do 10% for you, I can do it.", "deliver:");
	CHAT(&c, "I can do 11% for you.",
	    "handoff: *p/offers[9-12] percent 11 > 10 of loyalty discount");
	CHAT(&c, "I can do two of them.",
	    "handoff: *p/offers[9-12] count 2, no allowed offer");
	CHAT(&c, "I can't offer you 20% off.", "deliver:");
	CHAT(&c, "That is 20% off. I can't do more.",
	    "handoff: *p/offers[8-11] percent 20 > 10 of loyalty discount");
	chat_close(&c);
}

static void offers_are_charged_to_the_first_entry_with_room(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "offers:\n"
	    "  detect: {phrases: [<offer words>], with: money, within: 3 words}"
	    "\n"
	    "  allowed:\n"
	    "    - {name: small, money: {up_to: 5}}\n"
	    "    - {name: one, money: {up_to: 20, over: conversation}}\n"
	    "    - {name: two, money: {up_to: 10, over: conversation}, "
	    "near: [card], within: 2 words}\n"
	    "  otherwise: {block: {say: No.}}\n");
	CHAT(&c, "I offer $5, or offer $5.", "deliver:");
	CHAT(&c, "I offer you one two three $500.", "deliver:");
	CHAT(&c, "I offer $15.", "deliver:");
	CHAT(&c, "I offer $10.",
	    "block: *p/offers[8-11] money 10.00 USD, 25.00 in this "
	    "conversation > 20.00 of one");
	CHAT(&c, "I offer $10 on a card.", "deliver:");
	CHAT(&c, "I offer $6 on a card.",
	    "block: *p/offers[8-10] money 6.00 USD, 21.00 in this "
	    "conversation > 20.00 of one");
	CHAT(&c, "I offer $5 and then offer another $6 a card.",
	    "block: *p/offers[34-36] money 6.00 USD, 21.00 in this "
	    "conversation > 20.00 of one");
	chat_close(&c);
}

static void offers_may_be_words_alone(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "offers:\n  detect: {phrases: [free upgrade, free delivery]}\n"
	    "  ignore_negated: no\n"
	    "  allowed:\n    - {name: delivery, near: [sorry, delayed]}\n"
	    "  unless:\n    - approval: free\n  otherwise: handoff\n"
	    "  examples:\n"
	    "    matches:\n      - You get a free upgrade.\n"
	    "    passes:\n      - Sorry, here is free delivery.\n");
	CHAT(&c, "There is free delivery.",
	    "handoff: *p/offers[9-22] no allowed offer");
	CHAT(&c, "Free delivery, as it was delayed.", "deliver:");
	CHAT(&c, "I can't do a free upgrade.",
	    "handoff: *p/offers[13-25] no allowed offer");
	const struct guard_approval approval = {
	    .name = "free", .id = "1", .up_to_minor = -1, .uses = 1};
	c.session.approvals = &approval;
	c.session.n_approvals = 1;
	CHAT(&c, "There is free delivery.", "deliver:");
	chat_close(&c);
}

static void offers_are_tested_by_their_examples(void **state)
{
	(void)state;
	struct policy_source s;
	struct guard_policy *p = chat_load(&s, OFFERS);
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 1); /* without examples */
	guard_policy_unref(p);
	p = chat_load(&s,
	    OFFERS "  examples:\n    matches:\n"
		   "      - text: I offer a credit of $6.\n"
		   "        given: {ai_said: [I offer a credit of $20.]}\n"
		   "    passes:\n      - I offer a credit of $6.\n"
		   "      - text: I can do 10% for you.\n"
		   "        given: {segment: loyal}\n");
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 0);
	guard_policy_unref(p);
	assert_null(chat_load(&s,
	    OFFERS "  examples:\n    matches:\n"
		   "      - I offer a credit of $6.\n    passes:\n"
		   "      - Hello.\n"));
	assert_string_equal(s.code, "P070");
}

/* ---- with everything ---- */

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void say_at_random(const char *blocks, uint32_t seed)
{
	static const char *const words[] = {"credit", "a credit of", "$10",
	    "$20", "$30", "$30", "15%", "5%", "offer", "as I said", "that same",
	    "can't", "our policy", "$5-15", "plan", "the", "20 euros",
	    "half off", "card", "$"};
	static const char *const ends[] = {
	    " ", " ", " ", " ", " ", ", ", ". ", "! ", "\n"};
	struct chat c;
	size_t released = 0, hits = 0;
	chat_open(&c, blocks);
	c.session.segment = "loyal";
	for (size_t run = 0; run < 100; run++) {
		char text[160] = "";
		size_t len = 0, n = 1 + next_random(&seed) % 14;
		if (run % 20 == 0)
			guard_memory_clear(&c.memory);
		for (size_t i = 0; i < n && len < sizeof(text) - 16; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s", words[next_random(&seed) % 20],
			    ends[next_random(&seed) % 9]);
		chat_say(&c, text);
		released += c.released;
		hits += c.verdict.n_hits;
	}
	assert_true(released > 10000);
	if (hits <= 10)
		fail_msg("only %zu hits", hits);
	chat_close(&c);
}

static void random_conversations_in_every_cutting(void **state)
{
	(void)state;
	say_at_random(CREDITS("above: 50", HAND_OFF), 2463534242u);
	say_at_random(CREDITS("above: 50",
			  "    ignore_negated: yes\n    unless:\n"
			  "      - phrases: [our policy]\n" HAND_OFF) OFFERS,
	    88172645u);
}

static const char many[] = "I credit $40. As I said, a credit of $40. "
			   "I offer a credit of $20, and $20 more.";

/* Whatever fails, the verdict is a handoff and the sum is never less. */
static int judge_many(void *arg)
{
	struct chat *c = arg;
	const struct guard_message m = {GUARD_AI, many, sizeof(many) - 1};
	struct guard_memory memory = {0};
	struct guard_scanner *scanner = guard_scanner_new();
	if (!scanner)
		return -1;
	guard_check(scanner, c->policy, NULL, &m, &c->verdict);
	if (c->verdict.action != GUARD_HANDOFF)
		abort();
	int err = c->verdict.undecided != GUARD_DECIDED;
	if (guard_remember(scanner, c->policy, NULL, &m, &memory))
		err = -1;
	else if (memory.n != 3)
		abort();
	guard_memory_clear(&memory);
	guard_scanner_free(scanner);
	return err;
}

static void no_memory_is_never_a_smaller_sum(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, CREDITS("above: 50", HAND_OFF) OFFERS);
	assert_true(failmalloc_each(judge_many, &c) > 20);
	chat_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_amounts_break_a_limit),
	    cmocka_unit_test(the_hit_is_at_the_number_that_breaks_it),
	    cmocka_unit_test(what_cannot_break_the_limit_is_not_held),
	    cmocka_unit_test(currencies_do_not_mix),
	    cmocka_unit_test(an_amount_without_a_currency_counts_as_the_limits),
	    cmocka_unit_test(an_amount_said_again_counts_once),
	    cmocka_unit_test(a_list_of_the_packs_says_what_repeats),
	    cmocka_unit_test(what_is_excused_does_not_count),
	    cmocka_unit_test(an_approval_covers_what_breaks_the_limit),
	    cmocka_unit_test(many_amounts_add_up_at_once),
	    cmocka_unit_test(other_kinds_of_numbers_add_up_too),
	    cmocka_unit_test(a_flag_counts_and_is_delivered),
	    cmocka_unit_test(what_is_redacted_was_not_promised),
	    cmocka_unit_test(saturated_sums_stay_over_the_limit),
	    cmocka_unit_test(an_example_knows_what_the_ai_said),
	    cmocka_unit_test(what_is_not_allowed_is_a_hit),
	    cmocka_unit_test(offers_are_charged_to_the_first_entry_with_room),
	    cmocka_unit_test(offers_may_be_words_alone),
	    cmocka_unit_test(offers_are_tested_by_their_examples),
	    cmocka_unit_test(random_conversations_in_every_cutting),
	    cmocka_unit_test(no_memory_is_never_a_smaller_sum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
