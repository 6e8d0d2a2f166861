/* frames_rest: what is said beside the message does not keep it back. */
#include "tests/unit/relay/frames_kit.h"

#define MAX_FRAMES 12
#define CHOICE(m) "\"choices\":[{\"index\":0," m "}]"
#define SAYS(t) CHOICE("\"delta\":{\"content\":\"" t "\"}")
#define THINKS(t) CHOICE("\"delta\":{\"reasoning_content\":\"" t "\"}")
#define DETAILS(t)                                                             \
	CHOICE("\"delta\":{\"details\":[{\"type\":\"text\",\"text\":\"" t      \
	       "\"}]}")
#define CALLS(t) CALL(0, t)
#define CALLS_1(t) CALL(1, t)
#define CALL(i, t)                                                             \
	CHOICE("\"delta\":{\"tool_calls\":[{\"index\":" #i ",\"function\":{"   \
	       "\"arguments\":\"" t "\"}}]}")
#define NAMES(i, n)                                                            \
	CHOICE("\"delta\":{\"tool_calls\":[{\"index\":" #i ",\"id\":\"c" #i    \
	       "\",\"type\":\"function\",\"function\":{\"name\":\"" n          \
	       "\",\"arguments\":\"\"}}]}")
#define EVENT(id)                                                              \
	"\"event\":\"" id "da39a3ee5e6b4b0d3255bfef95601890afd80709" id "\""
#define WITH(m, t) m "," SAYS(t)
#define TALK                                                                   \
	SAYS("Your "), SAYS("parcel "), SAYS("left "), SAYS("on "),            \
	    SAYS("Monday. ")

static size_t count_frames(const struct buf *out)
{
	size_t n = 0;
	const char *at = out->data;
	while (at && (at = strstr(at, "data: ")) != NULL) {
		at++;
		n++;
	}
	return n;
}

/* The most frames that ever wait; what has left before the last one is fed. */
static size_t most_waiting(
    struct fixture *x, const char *const *members, struct buf *out)
{
	struct frames *f = begin(x);
	size_t most = 0;
	for (size_t i = 0; i < MAX_FRAMES && members[i]; i++) {
		struct buf in = {0};
		buf_printf(&in, "data: {%s}\n\n", members[i]);
		frames_feed(f, in.data, in.len);
		frames_edits_recorded(f, frames_edits(f));
		frames_take(f, out);
		buf_adds(out, "");
		size_t waiting = i + 1 - count_frames(out);
		most = waiting > most ? waiting : most;
		buf_clear(&in);
	}
	frames_free(f);
	return most;
}

static void test_the_message_goes_on(void **state)
{
	static const struct {
		const char *frames[MAX_FRAMES];
		size_t most;
	} rows[] = {
	    {{TALK, NULL}, 1},
	    /* Said once. */
	    {{WITH("\"route\":\"eu-west\"", ""), TALK, NULL}, 2},
	    {{WITH("\"note\":\"All good.\"", "Hi. "), TALK, NULL}, 2},
	    {{WITH("\"x\":{\"id\":\"req_01jb\"}", ""), TALK, NULL}, 2},
	    /* Thought before it speaks, without an end. */
	    {{THINKS("Be "), THINKS("polite."), TALK, NULL}, 2},
	    {{DETAILS("Be "), DETAILS("polite."), TALK, NULL}, 4},
	    /* Called, and then it speaks. */
	    {{CALLS("{\\\"n\\\": 1"), CALLS("}"), TALK, NULL}, 2},
	    {{CALLS("[\\\"a\\\"]"), TALK, CALLS(""), NULL}, 1},
	    {{NAMES(0, "send"), CALLS("{"), CALLS("}"), TALK, NULL}, 4},
	    {{NAMES(0, "send"), CALLS("{}"), NAMES(1, "look"),
		 CALLS_1("{\\\"a\\\": true}"), TALK, NULL},
		5},
	    /* In each frame, the same or another. */
	    {{WITH("\"web\":[\"shop.example/a\"]", "Your "),
		 WITH("\"web\":[\"shop.example/a\"]", "parcel "),
		 WITH("\"web\":[\"shop.example/a\"]", "left "),
		 WITH("\"web\":[\"shop.example/a\"]", "on "),
		 WITH("\"web\":[\"shop.example/a\"]", "Monday. "), TALK, NULL},
		4},
	    {{WITH(EVENT("e7a"), "Your "), WITH(EVENT("e8b"), "parcel "),
		 WITH(EVENT("e9c"), "left "), WITH(EVENT("eab"), "on "),
		 WITH(EVENT("ebc"), "Monday. "), TALK, NULL},
		4},
	    /* Redacted: its words are not the message's. */
	    {{WITH("\"note\":\"4111 1111 1111 1111\"", "Hi. "), TALK, NULL}, 2},
	    {{WITH("\"web\":[\"4111 1111 1111 1111\"]", "Hi. "),
		 WITH("\"web\":[\"4111 1111 1111 1111\"]", "We "),
		 WITH("\"web\":[\"4111 1111 1111 1111\"]", "are "), TALK, NULL},
		5},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};
		size_t most = most_waiting(*state, rows[i].frames, &out);
		if (most > rows[i].most)
			fail_msg("row %zu: %zu frames wait", i, most);
		buf_clear(&out);
	}
}

/* What the message itself has begun to say waits, whatever comes beside it; so
 * does what goes on, or would be withheld if it ended there. */
static void test_what_has_begun_waits(void **state)
{
	static const struct {
		const char *frames[MAX_FRAMES];
		const char *waits;
	} rows[] = {
	    {{SAYS("Well, I"), "\"a\":\"x. \"", "\"b\":\"x. \"",
		 "\"c\":\"x. \"", "\"d\":\"x. \"", "\"e\":\"x. \"", NULL},
		"Well"},
	    {{THINKS("I"), SAYS("Hi. "), THINKS(" guarantee"), SAYS("it. "),
		 SAYS("it. "), SAYS("it. "), SAYS("it. "), NULL},
		"guar"},
	    {{THINKS("Card 4111 1111 1111 1111"), SAYS("a. "), SAYS("b. "),
		 SAYS("c. "), SAYS("d. "), NULL},
		"4111"},
	    /* A call that is not whole, or has not come. */
	    {{CALLS("{}"), NAMES(1, "look"), SAYS("Hi. "), SAYS("Hi. "),
		 SAYS("Hi. "), SAYS("Hi. "), SAYS("Hi. "), NULL},
		"call"},
	    {{CALLS("{"), SAYS("I "), CALLS("}"), SAYS("guarantee it. "),
		 SAYS("Hi. "), SAYS("Hi. "), SAYS("Hi. "), SAYS("Hi. "), NULL},
		"call"},
	    {{CALLS("{\\\"n\\\": "), SAYS("Hi. "), SAYS("Hi. "), SAYS("Hi. "),
		 SAYS("Hi. "), SAYS("Hi. "), NULL},
		"Hi"},
	    {{CALLS("{\\\"n\\\": \\\"I guarantee it.\\\"}"), SAYS("Hi. "),
		 SAYS("Hi. "), SAYS("Hi. "), SAYS("Hi. "), NULL},
		"guarantee"},
	    {{"\"a\":\"I\"", SAYS("Hi. "), "\"a\":\"guarantee\"", SAYS("it. "),
		 SAYS("it. "), SAYS("it. "), SAYS("it. "), NULL},
		"guar"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = {0};
		most_waiting(*state, rows[i].frames, &out);
		if (out.data && strstr(out.data, rows[i].waits))
			fail_msg("row %zu: %s", i, out.data);
		buf_clear(&out);
	}
}

/* ---- a text that goes on ---- */

/* Ways to say a piece (@) where no rule of the dialect lists it: alone, beside
 * a listed text that says the same, and twice. */
static const char *const ways[] = {
    CHOICE("\"delta\":{\"content\":\"\",\"aside\":\"@\"}"),
    CHOICE("\"delta\":{\"aside\":\"@\"}"),
    "\"aside\":\"@\"," CHOICE("\"delta\":{}"),
    CHOICE("\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{"
	   "\"type\":\"text\",\"aside\":\"@\"}]}]}"),
    CHOICE("\"delta\":{\"content\":\"@\",\"aside\":\"@\"}"),
    "\"aside\":\"@\"," CHOICE("\"delta\":{\"content\":\"@\"}"),
    CHOICE("\"delta\":{\"content\":\"\",\"reasoning\":\"@\",\"more\":[{"
	   "\"aside\":\"@\",\"again\":\"@\"}]}"),
};
#define N_WAYS (sizeof(ways) / sizeof(ways[0]))

#define BEFORE "Well, see here. "
static const char *const hits[] = {
    BEFORE "I guarantee you that. ",
    BEFORE "forbidden word and so on. ",
    BEFORE "4111 1111 1111 1111 is it. ",
};

/* What left of the asides, piece by piece, one behind the other. */
static void put_asides(const struct buf *out, struct buf *asides)
{
	static const char member[] = "\"aside\":\"";
	const char *at = out->data;
	while (at && (at = strstr(at, member)) != NULL) {
		at += sizeof(member) - 1;
		buf_add(asides, at, strcspn(at, "\""));
	}
	buf_adds(asides, "");
}

/* The first piece has cut bytes, the others so many. */
static void put_stream(
    struct buf *in, const char *way, const char *text, size_t cut, size_t n)
{
	static const char end[] = CHOICE("\"delta\":{\"content\":\"Bye. \"}");
	for (size_t at = 0; text[at]; at += cut, cut = n) {
		if (cut > strlen(text + at))
			cut = strlen(text + at);
		buf_adds(in, "data: {");
		for (const char *w = way; *w; w++)
			if (*w == '@')
				buf_add(in, text + at, cut);
			else
				buf_addc(in, *w);
		buf_adds(in, "}\n\n");
	}
	for (int i = 0; i < 3; i++)
		buf_printf(in, "data: {%s}\n\n", end);
	buf_adds(in, "data: [DONE]\n\n");
}

static void check_way(
    struct fixture *x, const char *way, const char *text, size_t cut, size_t n)
{
	struct buf in = {0}, asides = {0};
	struct played got;
	put_stream(&in, way, text, cut, n);
	play(x, &in, 16, &got);
	put_asides(&got.out, &asides);
	bool exact = asides.len <= strlen(BEFORE) &&
	    strncmp(asides.data, text, asides.len) == 0;
	if (got.action < GUARD_REDACT ||
	    (got.action > GUARD_REDACT && !exact) ||
	    strstr(asides.data, "4111") || strstr(asides.data, "1111"))
		fail_msg("%s, cut at %zu, then each %zu: %s\n%s", way, cut, n,
		    asides.data, got.out.data);
	buf_clear(&in);
	buf_clear(&asides);
	played_clear(&got);
}

/* Nothing of the hit leaves, however it is cut. */
static void test_what_goes_on_is_held_as_the_message_is(void **state)
{
	static const size_t each[] = {1, 3, 5, 100};
	for (size_t i = 0; i < N_WAYS; i++)
		for (size_t h = 0; h < sizeof(hits) / sizeof(hits[0]); h++)
			for (size_t k = 0; k < 4; k++)
				for (size_t cut = 1; hits[h][cut]; cut++)
					check_way(*state, ways[i], hits[h], cut,
					    each[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_the_message_goes_on, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_what_has_begun_waits, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_what_goes_on_is_held_as_the_message_is, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
