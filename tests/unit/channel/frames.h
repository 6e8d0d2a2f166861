/* What a channel says of each frame, as one line, for tests of this folder. */
#ifndef HANDRAIL_TESTS_CHANNEL_FRAMES_H
#define HANDRAIL_TESTS_CHANNEL_FRAMES_H

#include "proxy/channel/stream.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel; /* of the test */

static const char *const roles[] = {
    [CHANNEL_FRAME_TEXT] = "text",
    [CHANNEL_FRAME_PASS] = "pass",
    [CHANNEL_FRAME_DONE] = "done",
    [CHANNEL_FRAME_ERROR] = "error",
    [CHANNEL_FRAME_UNREADABLE] = "unreadable",
};

static inline void trace_frame(const struct channel_stream *s,
    const struct channel_frame *f, struct buf *out)
{
	buf_printf(out, "%s", roles[f->role]);
	for (size_t i = 0; i < f->n_parts; i++) {
		const struct channel_part *p = &f->parts[i];
		enum channel_kind kind = CHANNEL_OTHER;
		uint32_t message = 0;
		const char *name = p->seams != NULL ? "~" : "*";
		if (p->mode == CHANNEL_PART_BESIDE || p->label)
			continue;
		assert_int_equal(p->text.len, p->end - p->start);
		if (p->series != CHANNEL_NO_SERIES) {
			name = channel_stream_series(
			    s, p->series, &kind, &message);
			assert_int_equal(kind, p->kind);
			assert_int_equal(message, p->message);
		}
		buf_printf(out, " %s%c%zu", name, "SHWVM"[p->mode], p -> start);
		if (p->held_by != CHANNEL_NO_SERIES)
			buf_printf(out, "@%u", p->held_by);
		buf_printf(out, "=%.*s", (int)p->text.len,
		    p->text.len ? p->text.p : "");
	}
	for (size_t i = 0; i < f->n_ends; i++) {
		enum channel_kind kind;
		uint32_t message;
		const char *name =
		    channel_stream_series(s, f->ends[i], &kind, &message);
		if (channel_stream_seams(s, f->ends[i]) == NULL &&
		    strcmp(name, "label") != 0 && strcmp(name, "tokens") != 0)
			buf_printf(out, " end%u", f->ends[i]);
	}
	if (f->drop_mirrors)
		buf_adds(out, " drop");
	if (f->has_media)
		buf_adds(out, " media");
	buf_adds(out, "|");
}

/* Every frame of the wire bytes, and the end of the stream. */
static inline void trace(const char *wire, struct buf *out)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;

	sse_init(&d, NULL);
	sse_feed(&d, wire, strlen(wire));
	buf_adds(out, "");
	while (sse_next(&d, &sse) == 1) {
		channel_stream_frame(s, &sse, &f);
		trace_frame(s, &f, out);
	}
	channel_stream_end(s, &f);
	trace_frame(s, &f, out);
	channel_stream_end(s, &f);
	assert_int_equal(f.n_ends + f.n_parts, 0);
	sse_clear(&d);
	channel_stream_free(s);
}

static inline void check(const char *wire, const char *expect)
{
	struct buf got = {0};

	trace(wire, &got);
	if (strcmp(got.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", wire, got.data, expect);
	buf_clear(&got);
}

#define DELTA(i, d)                                                            \
	"data: {\"id\":\"c\",\"choices\":[{\"index\":" #i ",\"delta\":{" d     \
	"}}]}\n\n"
#define FINISH(i)                                                              \
	"data: {\"choices\":[{\"index\":" #i                                   \
	",\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define ENDED(reason, t)                                                       \
	"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" t         \
	"\"},\"finish_reason\":" reason "}]}\n\n"
#define DONE "data: [DONE]\n\n"
#define SAY(i, t) DELTA(i, "\"content\":\"" t "\"")

#endif
