/* Tool calls in pieces: number and place have to lead to the same call. */
#include "proxy/channel/stream.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MAX_FRAMES 8

static struct channel *channel;

static bool frame_is_read(struct channel_stream *s, const char *calls)
{
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	char wire[1000];

	snprintf(wire, sizeof wire,
	    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":%s}}]}"
	    "\n\n",
	    calls);
	sse_init(&d, NULL);
	sse_feed(&d, wire, strlen(wire));
	assert_int_equal(sse_next(&d, &sse), 1);
	channel_stream_frame(s, &sse, &f);
	sse_clear(&d);
	return f.role != CHANNEL_FRAME_UNREADABLE;
}

/* The number of frames that are read until one is not. */
static size_t frames_read(const char *const *frames)
{
	struct channel_stream *s = channel_stream_new(channel);
	size_t n = 0;

	while (frames[n] != NULL && frame_is_read(s, frames[n]))
		n++;
	channel_stream_free(s);
	return n;
}

#define CALL(i, more) "{\"index\":" #i more "}"
#define ARGS(i, t) CALL(i, ",\"function\":{\"arguments\":\"" t "\"}")
#define NAMED(i, t) CALL(i, ",\"id\":\"c\",\"function\":{\"name\":\"" t "\"}")

static void the_usual_is_read(void **state)
{
	static const char *const rows[][MAX_FRAMES] = {
	    {"[" NAMED(0, "f") "]", "[" ARGS(0, "a") "]", "[" ARGS(0, "b") "]",
		"[" NAMED(1, "g") "]", "[" ARGS(1, "a") "]",
		"[" ARGS(0, "c") "]"},
	    {"[" NAMED(0, "f") "," NAMED(1, "g") "]",
		"[" ARGS(1, "a") "," ARGS(0, "a") "]"},
	    {"null", "[]", "[" NAMED(0, "f") "]", "[" ARGS(0, "a") "]"},
	    /* Servers that count their blocks of text, too. */
	    {"[" NAMED(1, "f") "]", "[" ARGS(1, "a") "]", "[" ARGS(1, "b") "]",
		"[" NAMED(2, "g") "]", "[" ARGS(2, "a") "]",
		"[" ARGS(2, "b") "]"},
	    {"[{\"function\":{\"name\":\"f\"}}]",
		"[{\"function\":{\"arguments\":\"a\"}}]"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = frames_read(rows[i]);
		if (rows[i][n] != NULL)
			fail_msg("row %zu: %s", i, rows[i][n]);
	}
}

static void another_call_by_its_place_is_not(void **state)
{
	static const char *const rows[][MAX_FRAMES] = {
	    {"[" ARGS(1, "a") "]", "[" ARGS(0, "b") "]"},
	    {"[" NAMED(1, "a") "," NAMED(0, "b") "]", "[" ARGS(0, "b") "]"},
	    {"[" ARGS(2, "a") "]", "[" ARGS(0, "b") "]"},
	    {"[" CALL(1, "") "]", "[" ARGS(0, "b") "]"},
	    {"[]", "[" ARGS(3, "a") "]", "[" CALL(0, "") "]"},
	    {"[" ARGS(2, "a") "]", "[" ARGS(3, "b") "]", "[" ARGS(1, "c") "]"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = frames_read(rows[i]);
		if (rows[i][n] == NULL || rows[i][n + 1] != NULL)
			fail_msg("row %zu: %zu frames are read", i, n);
	}
}

/* Of another choice, and with more places than anybody has. */
static void lists_are_apart_and_bounded(void **state)
{
	struct channel_stream *s = channel_stream_new(channel);
	static const char two[] =
	    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":["
	    "{\"index\":1}]}},{\"index\":1,\"delta\":{\"tool_calls\":["
	    "{\"index\":0}]}}]}\n\n";
	struct buf many = {0};
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;

	sse_init(&d, NULL);
	sse_feed(&d, two, strlen(two));
	assert_int_equal(sse_next(&d, &sse), 1);
	channel_stream_frame(s, &sse, &f);
	assert_int_not_equal(f.role, CHANNEL_FRAME_UNREADABLE);
	buf_adds(&many, "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{}");
	for (int i = 0; i < 1100; i++)
		buf_adds(&many, ",{}");
	buf_adds(&many, "]}}]}\n\n");
	sse_feed(&d, many.data, many.len);
	assert_int_equal(sse_next(&d, &sse), 1);
	channel_stream_frame(s, &sse, &f);
	assert_int_equal(f.role, CHANNEL_FRAME_UNREADABLE);
	buf_clear(&many);
	sse_clear(&d);
	channel_stream_free(s);
}

static int setup(void **state)
{
	channel = openai_channel("");
	return 0;
}

static int teardown(void **state)
{
	channel_free(channel);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_usual_is_read),
	    cmocka_unit_test(another_call_by_its_place_is_not),
	    cmocka_unit_test(lists_are_apart_and_bounded),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
