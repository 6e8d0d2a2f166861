/* frames_values: what is no delta, alone, grown and put together. */
#include "tests/unit/relay/frames_kit.h"

#define MAX_FRAMES 8

static void stream_frames(struct buf *in, const char *const *members)
{
	for (int i = 0; i < MAX_FRAMES && members[i]; i++)
		buf_printf(in, "data: {%s}\n\n", members[i]);
	delta(in, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(in, "data: [DONE]\n\n");
}

#define STATUS(t) "\"status\":\"" t "\""
#define CHOICE(m) "\"choices\":[{\"index\":0," m "}]"
#define TITLE(t)                                                               \
	CHOICE("\"delta\":{\"annotations\":[{\"url_citation\":{\"title\":\"" t \
	       "\"}}]}")
#define SO_FAR(t) CHOICE("\"message\":{\"content\":\"" t "\"}")
#define IT(json) CHOICE("\"delta\":{\"content\":" json "}")
#define SAYS(t) CHOICE("\"delta\":{\"content\":\"" t "\"}")
#define NAME(t) CHOICE("\"delta\":{\"name\":\"" t "\"}")
#define ENTRY(i, t)                                                            \
	"\"delta\":{\"notes\":[{\"index\":" #i ",\"text\":\"" t "\"}]}"
#define TWO(a, b)                                                              \
	"\"delta\":{\"notes\":[{\"text\":\"" a "\"},{\"text\":\"" b "\"}]}"
#define BOTH(t, all)                                                           \
	CHOICE("\"message\":{\"content\":\"" all                               \
	       "\"},\"delta\":{\"content\":\"" t "\"}")

/* "leaks": none of them may be seen. */
static const struct {
	const char *frames[MAX_FRAMES];
	enum guard_action want;
	const char *leaks[3];
} streams[] = {
    /* Alone, whatever came before, at the start and at the end. */
    {{STATUS("Hours"), STATUS("I guarantee")}, GUARD_HANDOFF, {"antee"}},
    {{STATUS("I guarantee"), STATUS("Your order ships")}, GUARD_HANDOFF,
	{"antee"}},
    {{TITLE("Hours"), TITLE("I guarantee")}, GUARD_HANDOFF, {"antee"}},
    {{NAME("a"), NAME("forbidden word"), NAME("b")}, GUARD_BLOCK,
	{"forbidden"}},
    {{"\"id\":\"a\"", "\"id\":\"I guarantee\""}, GUARD_HANDOFF, {"antee"}},
    {{"\"usage\":{\"n\":\"a\"}", "\"usage\":{\"n\":\"I guarantee\"}"},
	GUARD_HANDOFF, {"antee"}},
    {{STATUS("x"), STATUS("I gu\\\\u0061rantee zq81")}, GUARD_HANDOFF,
	{"zq81"}},
    {{STATUS("x"), STATUS("4111 1111 1111 1111"), STATUS("y")}, GUARD_REDACT,
	{"4111", "1111"}},
    {{"\"error\":{\"message\":\"x\"}",
	 "\"error\":{\"message\":\"I guarantee\"}"},
	GUARD_HANDOFF, {"antee"}},
    /* An object instead of a text. */
    {{IT("{\"type\":\"text\",\"text\":\"4111 1111 1111 1111\"}"), IT("\"x\"")},
	GUARD_REDACT, {"4111", "1111"}},
    {{IT("{\"text\":\"I guarantee\",\"lang\":\"en\"}")}, GUARD_HANDOFF,
	{"antee"}},
    {{IT("{\"type\":\"text\",\"text\":\"I\"}"),
	 IT("{\"type\":\"text\",\"text\":\" guarantee zq81\"}")},
	GUARD_HANDOFF, {"zq81"}},
    /* What is said aside, and then in the message. */
    {{TITLE("A forbidden word zq81"), SAYS("Hi. "), SAYS("A forbidden word.")},
	GUARD_BLOCK, {"forbidden", "zq81"}},
    {{TITLE("A forbidden"), TITLE(" word"), TITLE(" zq81"), SAYS("Hi. "),
	 SAYS("Bye. "), SAYS("A forbidden word.")},
	GUARD_BLOCK, {"forbidden", "zq81"}},
    {{TITLE("I guar"), TITLE("antee"), TITLE(" zq81"), SAYS("Hi. "),
	 SAYS("Bye. "), SAYS("I guarantee.")},
	GUARD_HANDOFF, {"antee", "zq81"}},
    /* A token that is more than one. */
    {{CHOICE("\"logprobs\":[\"x\",\"4111 1111 1111 1111\"]")}, GUARD_DELIVER,
	{"4111", "1111"}},
    /* As one that grows: not even its beginning. */
    {{SO_FAR("I"), SO_FAR("I guarantee"), SO_FAR("I guarantee it")},
	GUARD_HANDOFF, {"antee", "\"I"}},
    {{SO_FAR("Card 4111 1111 1111"), SO_FAR("Card 4111 1111 1111 111"),
	 SO_FAR("Card 4111 1111 1111 1111"),
	 SO_FAR("Card 4111 1111 1111 1111 ok")},
	GUARD_REDACT, {"4111", "1111"}},
    {{SO_FAR("4111 1111 1111 1111"), SO_FAR("4111 1111 1111 1111 2")},
	GUARD_REDACT, {"4111", "1111"}},
    /* Put together. */
    {{STATUS("I guar"), STATUS("antee zq81")}, GUARD_HANDOFF, {"zq81"}},
    {{STATUS("I"), STATUS("guarantee"), STATUS("zq81")}, GUARD_HANDOFF,
	{"zq81"}},
    {{STATUS("4111 "), STATUS("1111 "), STATUS("1111 "), STATUS("1111 zq81")},
	GUARD_REDACT, {"4111", "1111"}},
    /* Of the message no value makes an edit. */
    {{TITLE("Hours"), SAYS("Card 4111 "), STATUS("x"), SAYS("1111 "),
	 SO_FAR("1111 1111 zq81")},
	GUARD_HANDOFF, {"zq81"}},
    {{STATUS("I "), STATUS("I "), STATUS("guarantee zq81")}, GUARD_HANDOFF,
	{"zq81"}},
    /* Two entries of a list: each with those of its number. */
    {{CHOICE(TWO("Look", "I ")), CHOICE(TWO("ing at", "guar")),
	 CHOICE(TWO("the", "antee zq81"))},
	GUARD_HANDOFF, {"zq81", "guar", "\"I "}},
    {{CHOICE(ENTRY(0, "Look")), CHOICE(ENTRY(1, "I ")),
	 CHOICE(ENTRY(0, "ing at")), CHOICE(ENTRY(1, "guar")),
	 CHOICE(ENTRY(0, "the")), CHOICE(ENTRY(1, "antee zq81"))},
	GUARD_HANDOFF, {"zq81"}},
    /* A number is left out, and nobody is handed off for it. */
    {{"\"seed\":4111111111111111", SAYS("Hi."), SAYS(" Bye.")}, GUARD_DELIVER,
	{"4111"}},
    /* Ids, another in each frame, are not put together. */
    {{STATUS("0fed5286-dfb7-401b-be59-abcdefab4111"),
	 STATUS("11111111-1111-4fb7-be59-a42d5e55b023"), STATUS("x")},
	GUARD_DELIVER, {NULL}},
    /* A client takes the one that is there. */
    {{SAYS("Card 4111 1111 "), SO_FAR("1111 1111 zq81")}, GUARD_HANDOFF,
	{"zq81"}},
    {{SO_FAR("Card 4111 1111 "), SAYS("1111 1111 zq81")}, GUARD_HANDOFF,
	{"zq81"}},
    {{SAYS("I "), CHOICE("\"delta\":{\"text\":\"guarantee zq81\"}")},
	GUARD_HANDOFF, {"zq81"}},
    {{BOTH("Hi. I ", "Hi. I "), SO_FAR("guarantee zq81")}, GUARD_HANDOFF,
	{"zq81"}},
    /* Names of members, too. */
    {{"\"I guar\":\"\"", "\"antee zq81\":\"\""}, GUARD_HANDOFF, {"zq81"}},
    /* Mirrors of what the deltas say. */
    {{BOTH("Card 4111 1111 ", "Card 4111 1111 "),
	 BOTH("1111 111", "Card 4111 1111 1111 111"),
	 BOTH("1 ok", "Card 4111 1111 1111 1111 ok"),
	 SO_FAR("Card 4111 1111 1111 1111 ok"),
	 SO_FAR("Card 4111 1111 1111 111")},
	GUARD_REDACT, {"4111", "1111"}},
    {{BOTH("I guar", "I guar"), BOTH("antee", "I guarantee")}, GUARD_HANDOFF,
	{"guar"}},
};

static void test_nothing_passes(void **state)
{
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			bool leaks = false;
			stream_frames(&in, streams[i].frames);
			play(*state, &in, steps[s], &got);
			for (int k = 0; k < 3 && streams[i].leaks[k]; k++)
				leaks |= strstr(got.out.data,
					     streams[i].leaks[k]) != NULL;
			if (got.action != streams[i].want || leaks ||
			    !strstr(got.out.data, "[DONE]"))
				fail_msg("row %zu step %zu: %s\n%s", i,
				    steps[s], guard_action_name(got.action),
				    got.out.data);
			buf_clear(&in);
			played_clear(&got);
		}
}

/* What is edited in one place is edited where it is repeated, and told. */
static void test_edits(void **state)
{
	static const char *const frames[MAX_FRAMES] = {
	    BOTH("Card 4111 1111 1111 1111 is", "Card 4111 1111 1111 1111 is"),
	    BOTH(" set", "Card 4111 1111 1111 1111 is set"),
	    STATUS("Hi 4111 1111 1111 1111"), STATUS("Hi"),
	    STATUS("Ho 4111 1111 1111 1111 ho"), NULL};
	struct buf in = {0};
	struct played got;
	stream_frames(&in, frames);
	play(*state, &in, 7, &got);
	static const char *const want[] = {
	    "\"message\":{\"content\":\"Card XX is\"}",
	    "\"delta\":{\"content\":\"Card XX is\"}",
	    "\"message\":{\"content\":\"Card XX is set\"}",
	    "\"status\":\"Hi XX\"", "\"status\":\"Hi\"",
	    "\"status\":\"Ho XX ho\""};
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (!strstr(got.out.data, want[i]))
			fail_msg("no %s in\n%s", want[i], got.out.data);
	assert_string_equal(
	    got.told.of[CHANNEL_OTHER].seen.data, "Hi XXHiHo XX ho");
	buf_clear(&in);
	played_clear(&got);
}

/* Nobody waits longer than for the next frame that says it again. */
static void test_is_tight(void **state)
{
	static const char *const pairs[][2] = {
	    {STATUS("Looking up order 7"), STATUS("Looking up order 7")},
	    {BOTH("Hello there ", "Hello there "), ""},
	    {STATUS("Done. "), ""},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct buf in = {0}, out = {0};
		struct frames *f = begin(*state);
		buf_printf(&in, "data: {%s}\n\ndata: {%s}\n\n", pairs[i][0],
		    pairs[i][1]);
		frames_feed(f, in.data, in.len);
		frames_take(f, &out);
		if (!out.data || !strstr(out.data, pairs[i][0]))
			fail_msg("row %zu waits", i);
		frames_free(f);
		buf_clear(&in);
		buf_clear(&out);
	}
}

/* What a bot says behind the end of its message goes on what it said before:
 * nothing of a hit in both is let go. */
static void test_behind_the_end(void **state)
{
#define END ",\"finish_reason\":\"stop\""
	static const char *const rows[][MAX_FRAMES] = {
	    {CHOICE("\"delta\":{\"content\":\"Card 4111 1111 1111 \"}"),
		CHOICE("\"delta\":{}" END),
		CHOICE("\"delta\":{\"content\":\"1111 ok\"}")},
	    {CHOICE("\"delta\":{\"content\":\"Card 4111 1111 1111 \"}" END),
		CHOICE("\"delta\":{\"content\":\"1111 ok\"}" END)},
	    {CHOICE("\"delta\":{\"content\":\"Card 4111 1111 1111 \"},"
		    "\"message\":{\"content\":\"Card 4111 1111 1111 \"}" END),
		CHOICE("\"message\":{\"content\":\"Card 4111 1111 1111 "
		       "1111\"}")},
	    {BOTH("Card 4111 1111 ", "Card 4111 1111 "),
		CHOICE("\"delta\":{}" END),
		BOTH("1111 1111 ok", "Card 4111 1111 1111 1111 ok")},
	    {SO_FAR("Card 4111 1111 1111 "), CHOICE("\"delta\":{}" END),
		SO_FAR("Card 4111 1111 1111 1111")},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			stream_frames(&in, rows[i]);
			play(*state, &in, steps[s], &got);
			if (got.out.data && strstr(got.out.data, "111"))
				fail_msg("row %zu: %s", i, got.out.data);
			buf_clear(&in);
			played_clear(&got);
		}
}

/* A redaction over several values is made in each of them. */
static void test_spread(void **state)
{
	static const struct {
		const char *frames[MAX_FRAMES];
		const char *want[3];
	} rows[] = {
	    {{STATUS("Card 4111 1111 "), STATUS("1111 1111 ok")},
		{"\"Card XX\"", "\" ok\""}},
	    {{STATUS("4111 "), STATUS("1111 "), STATUS("1111 "),
		 STATUS("1111 zq81")},
		{"\"XX\"", "\"\"", "\" zq81\""}},
	    {{STATUS("Card 4111"), STATUS("Card 4111 1111 "),
		 STATUS("1111 1111.")},
		{"\"Card XX\"", "\".\""}},
	    {{STATUS("{\\\"a\\\":\\\"4111 1111 "), STATUS("1111 1111\\\"}")},
		{"{\\\"a\\\":\\\"XX", "\"\\\"}\""}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			stream_frames(&in, rows[i].frames);
			play(*state, &in, steps[s], &got);
			assert_int_equal(got.action, GUARD_REDACT);
			for (int k = 0; k < 3 && rows[i].want[k]; k++)
				if (!strstr(got.out.data, rows[i].want[k]) ||
				    strstr(got.out.data, "111"))
					fail_msg("row %zu step %zu: %s", i,
					    steps[s], got.out.data);
			assert_null(strstr(
			    got.told.of[CHANNEL_OTHER].seen.data, "111"));
			buf_clear(&in);
			played_clear(&got);
		}
}

/* A character cut in two, of which a part is written anew. */
static void test_halves(void **state)
{
#define SAY(t) CHOICE("\"delta\":{\"content\":\"" t "\"}")
	static const struct {
		const char *frames[MAX_FRAMES];
		const char *want[2];
	} rows[] = {
	    {{SAY("Hi. \\ud83d"), SAY("\\ude00 4111 1111 1111 1111 ok")},
		{"\"Hi. \\ud83d\"", "\"\\ude00 XX ok\""}},
	    {{SAY("4111 1111 1111 1111 a \\ud83d"), SAY("\\ude00 ok")},
		{"\"XX a \"", "\"\xf0\x9f\x98\x80 ok\""}},
	    {{SAY("Hi. \\ud83d"), SAY("\\ude00 ok")},
		{"\"Hi. \\ud83d\"", "\"\\ude00 ok\""}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf in = {0};
		struct played got;
		stream_frames(&in, rows[i].frames);
		play(*state, &in, 9, &got);
		if (!strstr(got.out.data, rows[i].want[0]) ||
		    !strstr(got.out.data, rows[i].want[1]))
			fail_msg("row %zu: %s", i, got.out.data);
		buf_clear(&in);
		played_clear(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_nothing_passes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_edits, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_is_tight, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_behind_the_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_spread, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_halves, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
