/* Scores of weak signals that add up to a hit. */
#include "tests/unit/rules/chat.h"

#include "tests/support/failmalloc.h"

#define SIGNAL(id, score, phrase, more)                                        \
	"  - id: " id "\n    title: " id "\n    score: " score "\n"            \
	"    find: {phrases: [" phrase "]}\n" more                             \
	"    examples:\n      matches:\n        - " phrase                     \
	"\n      passes:\n        - Nothing.\n"
#define LOG "    then: log\n"
#define REFUND                                                                 \
	SIGNAL("other", "1", "refund",                                         \
	    "    then: {handoff: {say: One moment.}}\n")
#define PUSHY                                                                  \
	"rules:\n" SIGNAL("pressure", "2", "last chance", LOG)                 \
	    SIGNAL("sweet", "2", "something special", LOG)                     \
		SIGNAL("hint", "1", "between us", LOG)
#define TOTAL(over, at_least, then)                                            \
	"totals:\n  - name: pushy selling\n"                                   \
	"    adds: [pressure, sweet, p/hint]\n    over: " over "\n"            \
	"    at_least: " at_least "\n    then: " then "\n"

static void two_weak_signals_bring_a_human(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, PUSHY TOTAL("conversation", "4", "handoff"));
	CHAT(&c, "It's your last chance to get this.",
	    "log: *p/pressure[10-21]");
	CHAT(&c, "Good morning.", "deliver:");
	CHAT(&c, "I can do something special for you.",
	    "handoff: *p/pushy selling[9-26] score 4 of 4 p/sweet[9-26]");
	/* Withheld: the conversation still stands at 2. */
	CHAT(&c, "Just between us.", "log: *p/hint[5-15]");
	CHAT(&c, "Just between us.",
	    "handoff: p/hint[5-15] *p/pushy selling[5-15] score 4 of 4");
	chat_close(&c);
}

static void a_rule_counts_once_in_a_message(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, PUSHY TOTAL("message", "4", "handoff"));
	CHAT(&c, "Last chance! Last chance! Last chance!",
	    "log: *p/pressure[0-11] p/pressure[13-24] p/pressure[26-37]");
	CHAT(&c, "Something special.", "log: *p/sweet[0-17]");
	CHAT(&c, "Something special, last chance, last chance.",
	    "handoff: p/sweet[0-17] p/pressure[19-30] *p/pushy selling[19-30] "
	    "score 4 of 4 p/pressure[32-43]");
	chat_close(&c);
}

static void only_what_is_delivered_counts(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "rules:\n" SIGNAL("pressure", "2", "last chance", LOG) SIGNAL(
		"sweet", "2", "something special", "    then: {redact: {}}\n")
		SIGNAL("hint", "2", "between us", "    then: block\n")
		    TOTAL("conversation", "5", "handoff"));
	CHAT(&c, "Something special!", "redact: *p/sweet[0-17]");
	CHAT(&c, "Between us!", "block: *p/hint[0-10]");
	CHAT(&c, "Last chance!", "log: *p/pressure[0-11]");
	CHAT(&c, "Last chance!", "log: *p/pressure[0-11]");
	CHAT(&c, "Last chance!",
	    "handoff: p/pressure[0-11] *p/pushy selling[0-11] score 6 of 5");
	chat_close(&c);
}

static void a_signal_of_its_own_is_needed(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, PUSHY TOTAL("conversation", "2", "flag"));
	CHAT(&c, "Last chance!",
	    "flag: p/pressure[0-11] *p/pushy selling[0-11] score 2 of 2");
	CHAT(&c, "Good morning.", "deliver:");
	CHAT(&c, "Last chance!",
	    "flag: p/pressure[0-11] *p/pushy selling[0-11] score 4 of 2");
	chat_close(&c);
}

static void signals_in_shadow_make_a_total_in_shadow(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "rules:\n" SIGNAL("pressure", "2", "last chance", LOG) SIGNAL(
		"sweet", "2", "something special", "    mode: shadow\n" LOG)
		SIGNAL("hint", "2", "between us", LOG)
		    TOTAL("conversation", "4", "handoff"));
	CHAT(&c, "Last chance!", "log: *p/pressure[0-11]");
	CHAT(&c, "Something special!",
	    "deliver: p/pushy selling[0-17]shadow score 4 of 4 "
	    "p/sweet[0-17]shadow");
	CHAT(&c, "Between us!",
	    "handoff: p/hint[0-10] *p/pushy selling[0-10] score 4 of 4");
	chat_close(&c);
	chat_open(&c, PUSHY TOTAL("message", "4", "handoff\n    mode: shadow"));
	CHAT(&c, "Something special, last chance.",
	    "log: *p/sweet[0-17] p/pressure[19-30] p/pushy "
	    "selling[19-30]shadow score 4 of 4");
	chat_close(&c);
}

static void what_an_exception_excuses_scores_nothing(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "rules:\n" SIGNAL("pressure", "2", "last chance",
		"    unless:\n      - phrases: [no pressure]\n" LOG)
		SIGNAL("sweet", "2", "something special", LOG)
		    SIGNAL("hint", "2", "between us", LOG)
			REFUND TOTAL("message", "4", "handoff"));
	CHAT(&c, "Last chance, no pressure. Something special.",
	    "log: *p/sweet[26-43]");
	/* The first is settled at the end of its sentence, behind the other
	 * two: the total is still reached where the text reaches it. */
	CHAT(&c, "Last chance and something special and between us, ok.",
	    "handoff: p/pressure[0-11] *p/pushy selling[16-33] score 4 of 4 "
	    "p/sweet[16-33] p/hint[38-48]");
	/* A handoff that is known first does not decide for one that is not,
	 * but stands before it: every_cut compares what is said. */
	CHAT(&c, "Last chance and something special and a refund, ok.",
	    "handoff: p/pressure[0-11] *p/pushy selling[16-33] score 4 of 4 "
	    "p/sweet[16-33] p/other[40-46]");
	chat_close(&c);
}

static void the_total_is_reached_in_the_order_of_the_text(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c,
	    "rules:\n" SIGNAL("pressure", "2", "last chance, last ... chance",
		LOG) SIGNAL("sweet", "2", "something special", LOG)
		SIGNAL("hint", "1", "between us", LOG)
		    TOTAL("message", "3", "handoff"));
	/* What begins first ends last. */
	CHAT(&c, "The last something special between us chance.",
	    "handoff: p/pressure[4-44] *p/pushy selling[9-26] score 4 of 3 "
	    "p/sweet[9-26] p/hint[27-37]");
	chat_close(&c);
}

static void nothing_is_held_that_cannot_reach_the_total(void **state)
{
	(void)state;
	struct chat c;
	struct guard_progress p = {0};
	chat_open(&c, PUSHY TOTAL("conversation", "4", "handoff"));
	struct guard_stream *s =
	    guard_stream_new(c.policy, &c.session, GUARD_AI);
	guard_stream_feed(s, "It is something special and your last ", 38, &p);
	/* "last chance" would bring it to 4, so "last" waits. */
	assert_int_equal(p.safe_len, 33);
	guard_stream_feed(s, "day and ", 8, &p);
	assert_int_equal(p.safe_len, 46);
	guard_stream_free(s);
	s = guard_stream_new(c.policy, &c.session, GUARD_AI);
	/* Alone it would not. */
	guard_stream_feed(s, "It is your last ", 16, &p);
	assert_int_equal(p.safe_len, 16);
	guard_stream_free(s);
	chat_close(&c);
}

static void a_total_has_examples(void **state)
{
	(void)state;
	struct policy_source s;
	static const char text[] = PUSHY TOTAL("conversation", "4",
	    "handoff") "    examples:\n      matches:\n"
		       "        - text: Something special.\n"
		       "          given: {ai_said: [%s]}\n"
		       "      passes:\n        - Something special.\n";
	char blocks[2048];
	snprintf(blocks, sizeof(blocks), text, "Last chance!");
	struct guard_policy *p = chat_load(&s, blocks);
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 0);
	guard_policy_unref(p);
	snprintf(blocks, sizeof(blocks), text, "Nothing!");
	assert_null(chat_load(&s, blocks));
	assert_string_equal(s.code, "P070");
}

static void edits_put_in_front_wait_for_the_total(void **state)
{
	(void)state;
	struct chat c;
	chat_open(
	    &c, PUSHY TOTAL("message", "3", "{prepend: \"Take your time. \"}"));
	CHAT(&c, "Something special.", "log: *p/sweet[0-17]");
	CHAT(&c, "Something special between us.",
	    "prepend: p/sweet[0-17] p/hint[18-28] *p/pushy selling[18-28] "
	    "score 3 of 3");
	chat_close(&c);
}

static void a_score_without_a_total_is_a_warning(void **state)
{
	(void)state;
	struct policy_source s;
	struct guard_policy *p = chat_load(&s, PUSHY);
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 3);
	guard_policy_unref(p);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void random_conversations_in_every_cutting(void **state)
{
	(void)state;
	static const char *const words[] = {"last", "chance", "something",
	    "special", "between", "us", "refund", "week", "the", "and",
	    "no pressure", "last chance", "something special"};
	static const char *const ends[] = {
	    " ", " ", " ", " ", " ", ", ", ". ", "! ", "\n"};
	struct chat c;
	uint32_t seed = 88172645u;
	size_t released = 0, handoffs = 0;
	chat_open(&c,
	    "rules:\n" SIGNAL("pressure", "2", "last chance, last ... chance",
		"    unless:\n      - phrases: [no pressure]\n" LOG)
		SIGNAL("sweet", "2", "something special",
		    "    then: {redact: {}}\n")
		    SIGNAL("hint", "1", "between us", LOG) TOTAL("conversation",
			"4", "handoff") "  - name: close\n    adds: [hint, "
					"sweet]\n    at_least: 3\n"
					"    then: {block: {say: No.}}\n");
	for (size_t run = 0; run < 150; run++) {
		char text[160] = "";
		size_t len = 0, n = 1 + next_random(&seed) % 12;
		if (run % 6 == 0)
			guard_memory_clear(&c.memory);
		for (size_t i = 0; i < n && len < sizeof(text) - 24; i++)
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "%s%s", words[next_random(&seed) % 13],
			    ends[next_random(&seed) % 9]);
		chat_say(&c, text);
		released += c.released;
		handoffs += c.verdict.action == GUARD_HANDOFF;
	}
	assert_true(released > 10000);
	assert_true(handoffs > 10);
	chat_close(&c);
}

static int judge_signals(void *arg)
{
	struct chat *c = arg;
	static const char text[] = "Something special, last chance!";
	const struct guard_message m = {GUARD_AI, text, sizeof(text) - 1};
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
	else if (memory.n != 2)
		abort();
	guard_memory_clear(&memory);
	guard_scanner_free(scanner);
	return err;
}

static void no_memory_is_a_handoff(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, PUSHY TOTAL("conversation", "4", "handoff"));
	assert_true(failmalloc_each(judge_signals, &c) > 10);
	chat_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_weak_signals_bring_a_human),
	    cmocka_unit_test(a_rule_counts_once_in_a_message),
	    cmocka_unit_test(only_what_is_delivered_counts),
	    cmocka_unit_test(a_signal_of_its_own_is_needed),
	    cmocka_unit_test(signals_in_shadow_make_a_total_in_shadow),
	    cmocka_unit_test(what_an_exception_excuses_scores_nothing),
	    cmocka_unit_test(the_total_is_reached_in_the_order_of_the_text),
	    cmocka_unit_test(nothing_is_held_that_cannot_reach_the_total),
	    cmocka_unit_test(a_total_has_examples),
	    cmocka_unit_test(edits_put_in_front_wait_for_the_total),
	    cmocka_unit_test(a_score_without_a_total_is_a_warning),
	    cmocka_unit_test(random_conversations_in_every_cutting),
	    cmocka_unit_test(no_memory_is_a_handoff),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
