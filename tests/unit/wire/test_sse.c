/* Event streams: frames in every cutting, raw bytes kept, the public cases. */
#include "proxy/wire/sse.h"
#include "tests/support/shared.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct run {
	const char *whole;
	size_t len;
	const char *expect;
	struct buf trace;
	bool tells_id, tells_retry;
};

static void trace_frame(struct buf *b, const struct sse_frame *f)
{
	buf_printf(b, f->dispatched ? "<%.*s|%.*s" : "<", (int)f->event.len,
	    f->event.len ? f->event.p : "", (int)f->data.len,
	    f->data.len ? f->data.p : "");
	if (f->has_id)
		buf_printf(
		    b, "#%.*s", (int)f->id.len, f->id.len ? f->id.p : "");
	if (f->has_retry)
		buf_printf(b, "~%d", (int)f->retry_ms);
	if (f->extra.len > 0)
		buf_printf(b, "+%.*s", (int)f->extra.len, f->extra.p);
	buf_adds(b, ">");
}

static void run_split(const struct split *s, void *arg)
{
	struct run *r = arg;
	struct sse_decoder d;
	struct sse_frame f;
	struct buf raw = {0};

	sse_init(&d, NULL);
	buf_reset(&r->trace);
	buf_adds(&r->trace, "");
	for (size_t i = 0; i < s->n; i++) {
		sse_feed(&d, s->pieces[i].data, s->pieces[i].len);
		int n = 0;
		while ((n = sse_next(&d, &f)) == 1) {
			trace_frame(&r->trace, &f);
			buf_add(&raw, f.raw.p, f.raw.len);
		}
		assert_int_equal(n, 0);
	}
	struct span rest = sse_rest(&d);
	buf_add(&raw, rest.p, rest.len);
	assert_int_equal(raw.len, r->len);
	assert_memory_equal(raw.data, r->whole, r->len);
	if (r->expect != NULL && strcmp(r->trace.data, r->expect) != 0)
		fail_msg(
		    "%s\n got %s\nwant %s", s->how, r->trace.data, r->expect);
	buf_clear(&raw);
	sse_clear(&d);
}

static void check(const char *wire, const char *expect)
{
	struct run r = {.whole = wire, .len = strlen(wire), .expect = expect};

	split_all(wire, r.len, run_split, &r);
	buf_clear(&r.trace);
}

/* However it is cut, a frame has all of its empty line where lines end with
 * CR and LF; nobody waits for what does not come. */
static void test_line_ends(void **state)
{
	static const char wire[] = "data: a\r\n\r\ndata: b\r\n\r\n";
	struct sse_decoder d;
	struct sse_frame f;
	struct buf raws = {0};

	sse_init(&d, NULL);
	for (size_t i = 0; i < sizeof wire - 1; i++) {
		sse_feed(&d, wire + i, 1);
		if (sse_next(&d, &f) == 1)
			buf_printf(&raws, "%.*s|", (int)f.raw.len, f.raw.p);
	}
	assert_string_equal(raws.data, "data: a\r\n\r\n|data: b\r\n\r\n|");
	buf_clear(&raws);
	sse_feed(&d, wire, 10);
	assert_int_equal(sse_next(&d, &f), 0);
	sse_end(&d);
	assert_int_equal(sse_next(&d, &f), 1);
	assert_true(span_is(f.raw, "data: a\r\n\r"));
	sse_clear(&d);
	/* CR alone says it all. */
	sse_init(&d, NULL);
	sse_feed(&d, "data: a\r\r", 9);
	assert_int_equal(sse_next(&d, &f), 1);
	sse_clear(&d);
}

static void test_frames(void **state)
{
	check("data: a\n\n", "<|a>");
	/* The last of several counts; the others are received. */
	check("event: x\nid: 1\nevent: y\nid: 2\nid: 2\ndata: a\n\n",
	    "<y|a#2+x\n1>");
	check("data: a\r\n\r\n", "<|a>");
	check("data:a\r\rdata:b\r\r", "<|a><|b>");
	check("data: a\r\n\rdata: b\n\r\n", "<|a><|b>");
	check("event: x\nid: 7\nretry: 10\ndata: a\ndata\ndata:  b\n\n",
	    "<x|a\n\n b#7~10>");
	check(": hold\n\ndata: a\n\n", "<+: hold><|a>");
	check("id: 1\n\ndata: a\n\n", "<#1><|a>");
	check("foo: bar\ndata:a\n\n", "<|a+foo: bar>");
	check("retry: 1x\nid: a\n\n", "<#a+retry: 1x>");
	check("data: unfinished", "");
	check("data: a\n\ndata: unfinished\n", "<|a>");
	check("\n\n\n", "<><><>");
	check("", "");
	check("\xef\xbb\xbf"
	      "data: a\n\n\xef\xbb\xbf"
	      "data: b\n\n",
	    "<|a><+\xef\xbb\xbf"
	    "data: b>");
	check("\xef\xbb", "");
}

/* Asking before the first byte settles nothing about the BOM. */
static void test_asked_too_early(void **state)
{
	struct sse_decoder d;
	struct sse_frame f;

	sse_init(&d, NULL);
	sse_feed(&d, "", 0);
	assert_int_equal(sse_next(&d, &f), 0);
	sse_feed(&d, "\xef\xbb\xbf", 3);
	assert_int_equal(sse_next(&d, &f), 0);
	sse_feed(&d, "data: a\n\n", 9);
	assert_int_equal(sse_next(&d, &f), 1);
	assert_true(span_is(f.data, "a"));
	assert_int_equal(f.raw.len, 12);
	sse_clear(&d);
}

static void test_limits(void **state)
{
	const struct sse_limits limits = {
	    .max_event_bytes = 8, .max_frames = 2};
	struct sse_decoder d;
	struct sse_frame f;

	sse_init(&d, &limits);
	sse_feed(&d, "data:ab\n\ndata:cd\n\n:\n\n", 21);
	assert_int_equal(sse_next(&d, &f), 1);
	assert_int_equal(sse_next(&d, &f), 1);
	assert_int_equal(sse_next(&d, &f), SSE_ERR_FRAMES_LIMIT);
	assert_int_equal(sse_next(&d, &f), SSE_ERR_FRAMES_LIMIT);
	sse_clear(&d);
	sse_init(&d, &limits);
	sse_feed(&d, "data:abcd", 9);
	assert_int_equal(sse_next(&d, &f), SSE_ERR_FRAME_LIMIT);
	sse_clear(&d);
}

static void test_write(void **state)
{
	struct buf b = {0};

	sse_write(&b, span_str("e"), span_str("7"), span_str("a\nb\r\nc"));
	sse_write(&b, span_str(""), span_str(""), span_str(""));
	sse_write_comment(&b, "hold");
	assert_string_equal(b.data,
	    "event: e\nid: 7\ndata: a\ndata: b\ndata: c\n\n"
	    "data: \n\n: hold\n\n");
	check(b.data, "<e|a\nb\nc#7><|><+: hold>");
	buf_clear(&b);
}

/* ---- public cases ---- */

static void expect_events(const json_t *row, struct buf *out)
{
	size_t i = 0;
	const json_t *ev = NULL;

	buf_adds(out, "");
	json_array_foreach(json_object_get(row, "events"), i, ev)
	{
		const char *event = shared_text(ev, "event", NULL);
		if (strcmp(event, "message") == 0)
			event = "";
		buf_printf(
		    out, "<%s|%s>", event, shared_text(ev, "data", NULL));
	}
}

static void public_split(const struct split *s, void *arg)
{
	struct run *r = arg;
	struct sse_decoder d;
	struct sse_frame f;
	char id[256] = "";
	int retry = 0;

	sse_init(&d, NULL);
	buf_reset(&r->trace);
	buf_adds(&r->trace, "");
	for (size_t i = 0; i < s->n; i++) {
		sse_feed(&d, s->pieces[i].data, s->pieces[i].len);
		while (sse_next(&d, &f) == 1) {
			if (f.has_retry)
				retry = (int)f.retry_ms;
			snprintf(id, sizeof id, "%.*s", (int)f.id.len,
			    f.id.len ? f.id.p : "");
			if (!f.dispatched)
				continue;
			buf_printf(&r->trace, "<%.*s|%.*s>",
			    span_is(f.event, "message") ? 0 : (int)f.event.len,
			    f.event.len ? f.event.p : "", (int)f.data.len,
			    f.data.len ? f.data.p : "");
		}
	}
	if (r->tells_id)
		buf_printf(&r->trace, "#%s", id);
	if (r->tells_retry)
		buf_printf(&r->trace, "~%d", retry);
	if (strcmp(r->trace.data, r->expect) != 0)
		fail_msg("%s of %.*s\n got %s\nwant %s", s->how, (int)r->len,
		    r->whole, r->trace.data, r->expect);
	sse_clear(&d);
}

static void test_public(void **state)
{
	struct shared_rows *rows = shared_open("proto_sse_cases.jsonl");
	const json_t *row = NULL;
	size_t n = 0;

	if (rows == NULL)
		skip();
	for (; (row = shared_next(rows)) != NULL; n++) {
		struct run r = {0};
		struct buf want = {0};
		char *wire = shared_bytes(row, "wire_b64", &r.len);
		r.whole = wire;
		expect_events(row, &want);
		const json_t *id = json_object_get(row, "last_event_id");
		const json_t *retry = json_object_get(row, "retry");
		r.tells_id = id != NULL;
		r.tells_retry = retry != NULL;
		if (r.tells_id)
			buf_printf(&want, "#%s", json_string_value(id));
		if (r.tells_retry)
			buf_printf(
			    &want, "~%d", (int)json_integer_value(retry));
		r.expect = want.data;
		split_all(wire, r.len, public_split, &r);
		buf_clear(&want);
		buf_clear(&r.trace);
		free(wire);
	}
	shared_close(rows);
	assert_true(n > 30);
}

static bool has_begun(const char *text)
{
	struct sse_decoder d;
	struct sse_frame f;

	sse_init(&d, NULL);
	sse_feed(&d, text, strlen(text));
	while (sse_next(&d, &f) == 1)
		;
	bool begun = sse_has_begun(&d);
	sse_clear(&d);
	return begun;
}

static void test_has_begun(void **state)
{
	assert_false(has_begun(""));
	assert_false(has_begun("data: a\n\n"));
	assert_false(has_begun("data: a\r\n\r\n"));
	assert_false(has_begun("data: a\n\n: still here\n: and here"));
	assert_true(has_begun("data: a\n\ndat"));
	assert_true(has_begun("data: a\n"));
	assert_true(has_begun("data: a\n: a comment in it\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_frames),
	    cmocka_unit_test(test_line_ends),
	    cmocka_unit_test(test_asked_too_early),
	    cmocka_unit_test(test_has_begun),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_write),
	    cmocka_unit_test(test_public),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
