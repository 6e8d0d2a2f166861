/* Frames written anew, and the endings of streams. */
#include "proxy/channel/render.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;
static const struct channel_emit emit = {
    .text = {"Wait.", 5}, .time_s = 77, .id = "made-up"};

static void test_frame(void **state)
{
	static const char raw[] =
	    ": note\r\nevent: e\r\nid: 4\r\ndata: {\"choices\":[{\"index\":0,"
	    "\"delta\":{\"content\":\"a\\u0041\",\"new\":\"n\"},"
	    "\"logprobs\":{\"content\":[]}}] }\r\n\r\n";
	const struct span keep[] = {{NULL, 0}, {NULL, 0}};
	const struct span edit[] = {{"\"x", 2}, {"", 0}};
	struct channel_stream *s = channel_stream_new(channel);
	struct buf out = {0};

	channel_render_frame(s, span_str(raw), edit, 2, true, &out);
	assert_string_equal(out.data,
	    "event: e\nid: 4\ndata: {\"choices\":[{\"index\":0,\"delta\":{"
	    "\"content\":\"\\\"x\",\"new\":\"\"}}] }\n\n");
	buf_reset(&out);
	channel_render_frame(s, span_str(raw), keep, 2, false, &out);
	assert_string_equal(out.data,
	    "event: e\nid: 4\ndata: {\"choices\":[{\"index\":0,\"delta\":{"
	    "\"content\":\"a\\u0041\",\"new\":\"n\"},"
	    "\"logprobs\":{\"content\":[]}}] }\n\n");
	channel_stream_free(s);
	buf_clear(&out);
}

/* Feed the frames of wire; the last one, rendered, to out. */
static void render_last(
    struct channel_stream *s, const char *wire, struct buf *out)
{
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	const struct span keep[] = {{NULL, 0}};
	struct buf raw = {0};

	sse_init(&d, NULL);
	sse_feed(&d, wire, strlen(wire));
	while (sse_next(&d, &sse) == 1) {
		channel_stream_frame(s, &sse, &f);
		buf_reset(&raw);
		buf_add(&raw, sse.raw.p, sse.raw.len);
	}
	buf_adds(out, "");
	channel_render_frame(
	    s, (struct span){raw.data, raw.len}, keep, 1, false, out);
	buf_clear(&raw);
	sse_clear(&d);
}

/* What is dropped is left out from then on, and only that. */
static void test_dropped_labels(void **state)
{
#define LABELLED(event, id, model)                                             \
	"event: " event "\nid: 7\ndata: {\"id\":\"" id "\",\"model\":\"" model \
	"\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"
	struct channel_stream *s = channel_stream_new(channel);
	struct buf out = {0};
	struct channel_emit end = emit;

	render_last(s, LABELLED("e", "i", "m"), &out);
	assert_string_equal(out.data, LABELLED("e", "i", "m"));
	assert_false(channel_stream_drops(s));
	/* The id changes: its series can be dropped. */
	buf_reset(&out);
	render_last(s, LABELLED("e", "j", "m"), &out);
	assert_string_equal(out.data, LABELLED("e", "j", "m"));
	assert_int_equal(channel_stream_n_series(s), 2);
	channel_stream_drop(s, 1);
	assert_true(channel_stream_drops(s));
	buf_reset(&out);
	render_last(s, LABELLED("e", "k", "m"), &out);
	assert_string_equal(out.data,
	    "event: e\nid: 7\ndata: {\"model\":\"m\",\"choices\":[{\"index\":0,"
	    "\"delta\":{\"content\":\"a\"}}]}\n\n");
	/* Nothing of it in an ending. */
	buf_reset(&out);
	channel_render_cut(s, &end, &out);
	assert_null(strstr(out.data, "\"m\""));
	assert_non_null(strstr(out.data, "\"id\":\"made-up\""));
	channel_stream_free(s);
	/* All that is new in one frame. */
	s = channel_stream_new(channel);
	buf_reset(&out);
	render_last(s, LABELLED("e", "i", "m"), &out);
	channel_stream_drop(s, CHANNEL_NO_SERIES);
	buf_reset(&out);
	render_last(s, LABELLED("f", "j", "n"), &out);
	assert_string_equal(out.data,
	    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}"
	    "\n\n");
	buf_reset(&out);
	render_last(s, ": only words\nid: 8\n\n", &out);
	assert_string_equal(out.data, "");
	channel_stream_free(s);
	buf_clear(&out);
}

/* An edit that spans parts: its text goes to the first. */
static void test_part(void **state)
{
	static const char text[] = "card 4111 1111 ok";
	static const size_t cuts[] = {0, 2, 5, 9, 10, 14, 16, 17};
	/* parts:                       ca rd_ 4111 _ 1111 _o k */
	const struct channel_edit edits[] = {
	    {0, 5, 14, {"[", 1}},
	    {0, 16, 16, {"", 0}},
	};
	struct buf all = {0};

	for (size_t i = 0; i + 1 < sizeof cuts / sizeof cuts[0]; i++)
		channel_render_part(
		    (struct span){text + cuts[i], cuts[i + 1] - cuts[i]},
		    cuts[i], edits, 2, &all);
	assert_string_equal(all.data, "card [ ok");
	buf_clear(&all);
}

/* Every cutting of a text in three gives the same edited text. */
static void test_part_cuts(void **state)
{
	static const char text[] = "0123456789";
	const struct channel_edit edits[] = {
	    {0, 0, 0, {"<", 1}},
	    {0, 2, 5, {"abc!", 4}},
	    {0, 5, 5, {"+", 1}},
	    {0, 7, 8, {NULL, 0}},
	};

	for (size_t a = 1; a < 9; a++)
		for (size_t b = a + 1; b < 10; b++) {
			struct buf out = {0};
			channel_render_part(
			    (struct span){text, a}, 0, edits, 4, &out);
			channel_render_part(
			    (struct span){text + a, b - a}, a, edits, 4, &out);
			channel_render_part(
			    (struct span){text + b, 10 - b}, b, edits, 4, &out);
			if (strcmp(out.data, "<01abc!+5689") != 0)
				fail_msg("%zu %zu: %s", a, b, out.data);
			buf_clear(&out);
		}
}

/* ---- endings ---- */

#define CHUNK(i, d)                                                            \
	"data: "                                                               \
	"{\"id\":\"up-1\",\"created\":5,\"model\":\"m\",\"choices\":[{"        \
	"\"index\":" #i ",\"delta\":{" d "}}]}\n\n"
#define FINISH(i)                                                              \
	"data: {\"id\":\"up-1\",\"choices\":[{\"index\":" #i                   \
	",\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define OUT(id, created, model, i, rest)                                       \
	"data: {\"id\":\"" id                                                  \
	"\",\"object\":\"chat.completion.chunk\",\"created\":" created         \
	",\"model\":\"" model "\",\"choices\":[{\"index\":" #i "," rest        \
	"}]}\n\n"
#define BRIDGE(i, t)                                                           \
	OUT("up-1", "5", "m", i,                                               \
	    "\"delta\":{\"role\":\"assistant\",\"content\":\"" t               \
	    "\"},\"finish_reason\":null")
#define END(i)                                                                 \
	OUT("up-1", "5", "m", i, "\"delta\":{},\"finish_reason\":\"stop\"")
#define DONE "data: [DONE]\n\n"

/* The cut after `sent` frames of wire have left. */
static void cut(const char *wire, size_t sent, const char *expect)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	struct buf out = {0};

	sse_init(&d, NULL);
	sse_feed(&d, wire, strlen(wire));
	for (size_t i = 0; sse_next(&d, &sse) == 1; i++) {
		channel_stream_frame(s, &sse, &f);
		if (i < sent)
			channel_stream_sent(s, &f);
	}
	buf_adds(&out, "");
	channel_render_cut(s, &emit, &out);
	if (strcmp(out.data, expect) != 0)
		fail_msg("%s after %zu\n got %s\nwant %s", wire, sent, out.data,
		    expect);
	buf_clear(&out);
	sse_clear(&d);
	channel_stream_free(s);
}

static void test_cut(void **state)
{
	static const char one[] = CHUNK(0, "\"role\":\"assistant\"")
	    CHUNK(0, "\"content\":\"Your refund\"") FINISH(0) DONE;

	cut(one, 0, BRIDGE(0, "Wait.") END(0) DONE);
	cut(one, 1, BRIDGE(0, "Wait.") END(0) DONE);
	cut(one, 2, BRIDGE(0, "\\n\\nWait.") END(0) DONE);
	cut(one, 3, DONE);
	cut(one, 4, "");
	/* Every choice that was seen is ended. */
	cut(CHUNK(1, "\"content\":\"a\"") CHUNK(0, "\"content\":\"b\"")
		FINISH(1),
	    3, BRIDGE(0, "\\n\\nWait.") END(0) DONE);
	cut(CHUNK(1, "\"content\":\"a\"") CHUNK(0, "\"content\":\"b\""), 1,
	    BRIDGE(1, "\\n\\nWait.") END(1) BRIDGE(0, "Wait.") END(0) DONE);
	/* Azure's first chunk has no id worth copying. */
	cut("data: {\"id\":\"\",\"choices\":[],\"prompt_filter_results\":[]}"
	    "\n\n" CHUNK(0, "\"content\":\"a\""),
	    0, BRIDGE(0, "Wait.") END(0) DONE);
}

static void test_whole(void **state)
{
	struct buf out = {0};

	channel_render_stream(channel, &emit, &out);
	assert_string_equal(out.data,
	    OUT("made-up", "77", "handrail", 0,
		"\"delta\":{\"role\":\"assistant\",\"content\":\"Wait.\"},"
		"\"finish_reason\":null") OUT("made-up", "77", "handrail", 0,
		"\"delta\":{},\"finish_reason\":\"stop\"") DONE);
	buf_reset(&out);
	/* Nothing to say is still an answer. */
	const struct channel_emit silent = {
	    .text = {NULL, 0}, .time_s = 77, .id = "made-up"};
	channel_render_stream(channel, &silent, &out);
	assert_non_null(strstr(out.data, "\"content\":\"\""));
	assert_non_null(strstr(out.data, "\"finish_reason\":\"stop\""));
	buf_clear(&out);
}

/* An id that hides words is not copied. */
static void test_up_is_no_way_out(void **state)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	struct buf out = {0};
	static const char wire[] =
	    "data: {\"id\":\"SECRET words\",\"model\":\"SECRET!\",\"created\":"
	    "\"SECRET \",\"choices\":[{\"index\":0,\"delta\":{}}]}\n\n";

	sse_init(&d, NULL);
	sse_feed(&d, wire, sizeof wire - 1);
	assert_int_equal(sse_next(&d, &sse), 1);
	channel_stream_frame(s, &sse, &f);
	channel_render_cut(s, &emit, &out);
	assert_null(strstr(out.data, "SECRET"));
	buf_clear(&out);
	sse_clear(&d);
	channel_stream_free(s);
}

/* An edit of a text inside held arguments, written into their own letters. */
static void test_held_edit(void **state)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	struct buf out = {0}, held = {0}, arguments = {0};
	static const char wire[] =
	    "data: {\"choices\":[{\"index\":0,\"delta\":{"
	    "\"function_call\":{\"arguments\":\"{\\\"a\\\":\\\"x\\\\ny\\\"}\"}}"
	    ",\"finish_reason\":\"stop\"}]}\n\n";

	sse_init(&d, NULL);
	sse_feed(&d, wire, sizeof wire - 1);
	assert_int_equal(sse_next(&d, &sse), 1);
	channel_stream_frame(s, &sse, &f);
	assert_int_equal(f.n_parts, 1);
	buf_add(&arguments, f.parts[0].text.p, f.parts[0].text.len);
	channel_stream_end(s, &f);
	assert_int_equal(f.n_parts, 4); /* two are readings */
	assert_true(span_is(f.parts[1].text, "x\ny"));
	size_t start = 1, end = 2; /* the line end: two letters in JSON */
	channel_stream_map(s, 1, &start, &end, span_str("\""), &out);
	assert_int_equal(start, 7);
	assert_int_equal(end, 9);
	const struct channel_edit edit = {0, start, end, {out.data, out.len}};
	channel_render_part(
	    (struct span){arguments.data, arguments.len}, 0, &edit, 1, &held);
	assert_string_equal(held.data, "{\"a\":\"x\\\"y\"}");
	buf_clear(&out);
	buf_clear(&arguments);
	buf_clear(&held);
	sse_clear(&d);
	channel_stream_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_frame),
	    cmocka_unit_test(test_dropped_labels),
	    cmocka_unit_test(test_part),
	    cmocka_unit_test(test_part_cuts),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_up_is_no_way_out),
	    cmocka_unit_test(test_held_edit),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
