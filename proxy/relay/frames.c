/* frames - see frames.h. */
#include "proxy/relay/frames.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <stdlib.h>

struct series {
	struct guard_stream *stream; /* NULL: a held series */
	enum channel_kind kind;
	size_t safe; /* bytes that may leave */
	size_t sent; /* bytes that have left */
	bool ended;
	struct guard_edit *edits; /* settled, copied from the stream */
	size_t n_edits;
};

struct part {
	enum channel_part_mode mode;
	uint32_t series;
	size_t start, end;
	struct span behind; /* approved text to go behind it (append) */
};

struct queued {
	struct queued *next;
	struct buf raw;
	struct part *parts; /* STREAM and HELD ones, as the renderer counts */
	size_t n_parts;
	char *texts;                /* of the parts, one behind the other */
	struct channel_frame frame; /* for channel_stream_sent; no pointers */
	bool last;                  /* ends a message or the stream */
};

struct frames {
	struct frames_options o;
	struct guard_session
	    aside; /* the session for texts beside the message */
	struct sse_decoder sse;
	struct channel_stream *stream;
	struct series *series;
	size_t n_series;
	struct queued *head, **tail;
	enum frames_state state;
	bool withheld; /* a replace or block is settled */
	bool ending;   /* a frame that ends a message is in the queue */
	bool released;
	bool has_media;
	size_t edits, edits_recorded;
	struct verdicts verdicts;
	struct buf append; /* approved text no frame is left to carry */
	char **owned;      /* texts of edits that the policy does not own */
	size_t n_owned;
};

struct frames *frames_new(const struct frames_options *o)
{
	const struct channel_limits *limits = channel_limits(o->channel);
	struct frames *f = mem_zero(sizeof(*f));
	f->o = *o;
	f->aside = *o->session;
	f->aside.aside = true;
	f->tail = &f->head;
	sse_init(&f->sse,
	    &(struct sse_limits){limits->max_event_bytes, limits->max_frames});
	f->stream = channel_stream_new(o->channel);
	verdicts_init(&f->verdicts);
	return f;
}

static void queued_free(struct queued *q)
{
	buf_clear(&q->raw);
	free(q->parts);
	free(q->texts);
	free(q);
}

static void drop_queue(struct frames *f)
{
	while (f->head) {
		struct queued *q = f->head;
		f->head = q->next;
		queued_free(q);
	}
	f->tail = &f->head;
}

void frames_free(struct frames *f)
{
	if (!f)
		return;
	drop_queue(f);
	for (size_t i = 0; i < f->n_series; i++) {
		guard_stream_free(f->series[i].stream);
		free(f->series[i].edits);
	}
	free(f->series);
	channel_stream_free(f->stream);
	sse_clear(&f->sse);
	verdicts_clear(&f->verdicts);
	buf_clear(&f->append);
	for (size_t i = 0; i < f->n_owned; i++)
		free(f->owned[i]);
	free(f->owned);
	free(f);
}

static struct series *series_at(struct frames *f, const struct channel_part *p)
{
	while (f->n_series <= p->series) {
		f->series = mem_realloc(
		    f->series, (f->n_series + 1) * sizeof(*f->series));
		f->series[f->n_series++] = (struct series){0};
	}
	struct series *s = &f->series[p->series];
	s->kind = p->kind;
	return s;
}

/* The engine could not even begin: that is a verdict too. */
static void undecided(struct frames *f)
{
	verdicts_fall_back(&f->verdicts, f->o.policy, GUARD_CANNOT_DECIDE,
	    GUARD_UNDECIDED_MEMORY);
	if (f->verdicts.action == GUARD_HANDOFF)
		f->state = FRAMES_CUT;
	else
		f->withheld = true;
}

static void take_progress(
    struct frames *f, struct series *s, const struct guard_progress *p)
{
	s->safe = p->safe_len;
	if (p->n_edits > s->n_edits) {
		f->edits += p->n_edits - s->n_edits;
		s->edits =
		    mem_realloc(s->edits, p->n_edits * sizeof(*s->edits));
		memcpy(s->edits, p->edits, p->n_edits * sizeof(*s->edits));
		s->n_edits = p->n_edits;
	}
	if (p->withheld)
		f->withheld = true;
	if (p->cut)
		f->state = FRAMES_CUT;
}

static void feed_part(struct frames *f, const struct channel_part *p)
{
	struct series *s = series_at(f, p);
	if (!s->stream)
		s->stream = guard_stream_new(f->o.policy,
		    p->kind == CHANNEL_SAID ? f->o.session : &f->aside,
		    GUARD_AI);
	if (!s->stream) {
		undecided(f);
		return;
	}
	struct guard_progress progress;
	int64_t start = clock_mono_us();
	guard_stream_feed(s->stream, p->text.p, p->text.len, &progress);
	f->verdicts.judged_us += clock_mono_us() - start;
	take_progress(f, s, &progress);
}

static const char *own(struct frames *f, char *text)
{
	f->owned = mem_realloc(f->owned, (f->n_owned + 1) * sizeof(*f->owned));
	f->owned[f->n_owned++] = text;
	return text;
}

/* An edit inside a held series becomes an edit of that series' own text. */
static void edit_held(struct frames *f, size_t part,
    const struct channel_part *p, const struct guard_verdict *v)
{
	struct series *s = &f->series[p->held_by];
	s->edits = mem_realloc(
	    s->edits, (s->n_edits + v->n_edits) * sizeof(*s->edits));
	for (size_t i = 0; i < v->n_edits; i++) {
		struct guard_edit *e = &s->edits[s->n_edits++];
		struct buf text = {0};
		*e = v->edits[i];
		channel_stream_map(f->stream, part, &e->start, &e->end,
		    (struct span){e->text, e->len}, &text);
		e->len = text.len;
		e->text = own(f, buf_steal(&text));
		f->edits++;
	}
}

static void judge_whole(
    struct frames *f, size_t part, const struct channel_part *p)
{
	struct guard_verdict v;
	struct guard_message m = {GUARD_AI, p->text.p, p->text.len};
	int64_t start = clock_mono_us();
	guard_check(f->o.scanner, f->o.policy,
	    p->kind == CHANNEL_SAID ? f->o.session : &f->aside, &m, &v);
	f->verdicts.judged_us += clock_mono_us() - start;
	bool can_edit =
	    p->held_by != CHANNEL_NO_SERIES && p->held_by < f->n_series;
	if (v.n_edits && can_edit)
		edit_held(f, part, p, &v);
	v.n_edits = v.n_edits && !can_edit ? v.n_edits : 0;
	bool stuck = v.n_edits > 0;
	v.n_edits = 0;
	verdicts_add(&f->verdicts, p->series, &v);
	if (stuck)
		verdicts_fall_back(&f->verdicts, f->o.policy,
		    GUARD_CANNOT_DECIDE, GUARD_UNDECIDED_EDIT);
	if (f->verdicts.action == GUARD_HANDOFF)
		f->state = FRAMES_CUT;
	else if (verdicts_withhold(&f->verdicts))
		f->withheld = true;
}

static void end_series(struct frames *f, uint32_t i)
{
	if (i >= f->n_series || f->series[i].ended)
		return;
	struct series *s = &f->series[i];
	s->ended = true;
	if (!s->stream)
		return;
	struct guard_verdict v;
	int64_t start = clock_mono_us();
	guard_stream_end(s->stream, &v);
	f->verdicts.judged_us += clock_mono_us() - start;
	verdicts_add(&f->verdicts, i, &v);
	if (v.action == GUARD_HANDOFF)
		f->state = FRAMES_CUT;
	else if (v.action >= GUARD_REPLACE)
		f->withheld = true;
	else
		take_progress(f, s,
		    &(struct guard_progress){
			.safe_len = guard_stream_text(s->stream).len,
			.edits = v.edits,
			.n_edits = v.n_edits});
}

static void keep_parts(struct queued *q, const struct channel_frame *frame)
{
	struct buf texts = {0};
	q->parts = mem_array(frame->n_parts + 1, sizeof(*q->parts));
	for (size_t i = 0; i < frame->n_parts; i++) {
		const struct channel_part *p = &frame->parts[i];
		if (p->mode == CHANNEL_PART_WHOLE)
			continue;
		q->parts[q->n_parts++] =
		    (struct part){p->mode, p->series, p->start, p->end, {0}};
		buf_add(&texts, p->text.p, p->text.len);
	}
	q->texts = buf_steal(&texts);
}

/* Judge what a frame says and what it ends. */
static void judge_frame(struct frames *f, const struct channel_frame *frame)
{
	f->has_media |= frame->has_media;
	for (size_t i = 0; i < frame->n_parts; i++) {
		const struct channel_part *p = &frame->parts[i];
		switch (p->mode) {
		case CHANNEL_PART_STREAM:
			feed_part(f, p);
			break;
		case CHANNEL_PART_HELD:
			series_at(f, p);
			break;
		case CHANNEL_PART_WHOLE:
			judge_whole(f, i, p);
			break;
		}
	}
	for (size_t i = 0; i < frame->n_ends; i++)
		end_series(f, frame->ends[i]);
}

static void take_frame(struct frames *f, const struct sse_frame *sse)
{
	struct channel_frame frame;
	channel_stream_frame(f->stream, sse, &frame);
	if (frame.role == CHANNEL_FRAME_UNREADABLE) {
		f->state = FRAMES_UNREADABLE;
		return;
	}
	struct queued *q = mem_zero(sizeof(*q));
	buf_add(&q->raw, sse->raw.p, sse->raw.len);
	keep_parts(q, &frame);
	q->frame = frame;
	q->frame.parts = NULL;
	q->frame.ends = NULL;
	q->last = frame.n_ends > 0 || frame.finishes != 0 ||
	    frame.role == CHANNEL_FRAME_DONE;
	*f->tail = q;
	f->tail = &q->next;
	judge_frame(f, &frame);
	if (frame.role == CHANNEL_FRAME_DONE && f->state == FRAMES_OPEN)
		frames_end(f);
}

enum frames_state frames_feed(struct frames *f, const char *bytes, size_t len)
{
	if (f->state != FRAMES_OPEN)
		return f->state;
	sse_feed(&f->sse, bytes, len);
	while (f->state == FRAMES_OPEN) {
		struct sse_frame frame;
		int got = sse_next(&f->sse, &frame);
		if (got == 0)
			break;
		if (got < 0)
			f->state = FRAMES_UNREADABLE;
		else
			take_frame(f, &frame);
	}
	return f->state;
}

enum frames_state frames_end(struct frames *f)
{
	if (f->state != FRAMES_OPEN)
		return f->state;
	struct channel_frame frame;
	channel_stream_end(f->stream, &frame);
	judge_frame(f, &frame);
	for (uint32_t i = 0; i < f->n_series; i++)
		end_series(f, i);
	if (f->state == FRAMES_OPEN)
		f->state = FRAMES_OVER;
	return f->state;
}

enum frames_state frames_state(const struct frames *f)
{
	return f->state;
}

static bool edited(const struct frames *f, const struct part *p)
{
	const struct series *s = &f->series[p->series];
	for (size_t i = 0; i < s->n_edits; i++) {
		const struct guard_edit *e = &s->edits[i];
		if (e->start < p->end &&
		    (e->end > p->start || e->start == p->start))
			return true;
	}
	return p->behind.len > 0;
}

static bool part_is_safe(const struct frames *f, const struct part *p)
{
	const struct series *s = &f->series[p->series];
	if (p->mode == CHANNEL_PART_HELD ? !s->ended : s->safe < p->end)
		return false;
	return f->edits_recorded >= f->edits || !edited(f, p);
}

static bool may_leave(const struct frames *f, const struct queued *q)
{
	if (f->withheld || f->state == FRAMES_CUT ||
	    f->state == FRAMES_UNREADABLE)
		return false;
	if (q->last && !f->released)
		return false;
	for (size_t i = 0; i < q->n_parts; i++)
		if (!part_is_safe(f, &q->parts[i]))
			return false;
	return true;
}

/* The edits of a series as the renderer wants them. */
static void render_text(const struct frames *f, const struct queued *q,
    size_t i, struct span text, struct buf *out)
{
	const struct part *p = &q->parts[i];
	const struct series *s = &f->series[p->series];
	struct channel_edit *edits = mem_array(s->n_edits + 1, sizeof(*edits));
	for (size_t k = 0; k < s->n_edits; k++)
		edits[k] = (struct channel_edit){p->series, s->edits[k].start,
		    s->edits[k].end, {s->edits[k].text, s->edits[k].len}};
	channel_render_part(text, p->start, edits, s->n_edits, out);
	buf_add(out, p->behind.p, p->behind.len);
	free(edits);
}

static void render_queued(struct frames *f, struct queued *q, struct buf *out)
{
	bool change = false;
	struct span *texts = mem_array(q->n_parts + 1, sizeof(*texts));
	struct buf *bufs = mem_zero((q->n_parts + 1) * sizeof(*bufs));
	size_t at = 0;
	for (size_t i = 0; i < q->n_parts; i++) {
		const struct part *p = &q->parts[i];
		struct span text = {q->texts + at, p->end - p->start};
		at += text.len;
		texts[i] = (struct span){NULL, 0};
		if (!edited(f, p))
			continue;
		change = true;
		buf_adds(&bufs[i], "");
		render_text(f, q, i, text, &bufs[i]);
		texts[i] = (struct span){bufs[i].data, bufs[i].len};
	}
	if (change || q->frame.drop_mirrors)
		channel_render_frame(f->o.channel,
		    (struct span){q->raw.data, q->raw.len}, texts, q->n_parts,
		    true, out);
	else
		buf_add(out, q->raw.data, q->raw.len);
	for (size_t i = 0; i < q->n_parts; i++)
		buf_clear(&bufs[i]);
	free(bufs);
	free(texts);
}

static struct queued *pop(struct frames *f)
{
	struct queued *q = f->head;
	f->head = q->next;
	if (!f->head)
		f->tail = &f->head;
	return q;
}

/* The ending will be written anew, with approved text before it. */
static bool is_replaced_ending(const struct frames *f, const struct queued *q)
{
	return f->append.len && q->last && q->n_parts == 0;
}

void frames_take(struct frames *f, struct buf *out)
{
	while (f->head) {
		if (is_replaced_ending(f, f->head)) {
			queued_free(pop(f));
			continue;
		}
		if (!may_leave(f, f->head))
			return;
		struct queued *q = pop(f);
		render_queued(f, q, out);
		channel_stream_sent(f->stream, &q->frame);
		for (size_t i = 0; i < q->n_parts; i++)
			f->series[q->parts[i].series].sent = q->parts[i].end;
		queued_free(q);
	}
}

bool frames_holding(const struct frames *f)
{
	return f->head != NULL;
}

size_t frames_edits(const struct frames *f)
{
	return f->edits;
}

void frames_edits_recorded(struct frames *f, size_t n)
{
	f->edits_recorded = n;
}

/* Append edits stand at the end of their text: give each to the last frame
 * that still carries the text, or to the ending when all have left. */
static void place_append(struct frames *f, struct series *s, uint32_t i)
{
	if (!s->stream || s->n_edits == 0)
		return;
	size_t len = guard_stream_text(s->stream).len;
	const struct guard_edit *e = &s->edits[s->n_edits - 1];
	if (e->start != len || e->end != len || len == 0)
		return;
	for (struct queued *q = f->head; q; q = q->next)
		for (size_t k = 0; k < q->n_parts; k++) {
			struct part *p = &q->parts[k];
			if (p->series == i && p->end == len && p->start < len) {
				p->behind = (struct span){e->text, e->len};
				return;
			}
		}
	buf_add(&f->append, e->text, e->len);
}

void frames_release(struct frames *f)
{
	assert(f->state == FRAMES_OVER);
	for (uint32_t i = 0; i < f->n_series; i++)
		place_append(f, &f->series[i], i);
	f->edits_recorded = f->edits;
	f->released = true;
}

struct span frames_behind(const struct frames *f)
{
	return (struct span){f->append.data, f->append.len};
}

void frames_close(struct frames *f)
{
	enum frames_state state = f->state;
	for (uint32_t i = 0; i < f->n_series; i++)
		end_series(f, i);
	if (state != FRAMES_OPEN)
		f->state = state;
}

void frames_cut(
    struct frames *f, const struct channel_emit *emit, struct buf *out)
{
	drop_queue(f);
	channel_render_cut(f->stream, emit, out);
}

struct verdicts *frames_verdicts(struct frames *f)
{
	return &f->verdicts;
}

const char *frames_series(const struct frames *f, uint32_t series)
{
	enum channel_kind kind;
	uint32_t message;
	if (series >= channel_stream_n_series(f->stream))
		return "";
	return channel_stream_series(f->stream, series, &kind, &message);
}

static void add_line(struct buf *out, const char *text, size_t len)
{
	if (out->len && len)
		buf_addc(out, '\n');
	buf_add(out, text, len);
}

void frames_said(const struct frames *f, struct buf *all, struct buf *seen)
{
	for (size_t i = 0; i < f->n_series; i++) {
		const struct series *s = &f->series[i];
		if (!s->stream || s->kind != CHANNEL_SAID)
			continue;
		struct guard_span_text text = guard_stream_text(s->stream);
		add_line(all, text.text, text.len);
		bool whole = f->state == FRAMES_OVER && !f->withheld;
		size_t sent = whole ? text.len : s->sent;
		size_t n = 0, len = 0;
		while (n < s->n_edits && (whole || s->edits[n].start < sent))
			n++;
		char *left =
		    guard_apply_edits(text.text, sent, s->edits, n, &len);
		if (left)
			add_line(seen, left, len);
		free(left);
	}
}

size_t frames_released(const struct frames *f)
{
	size_t total = 0;
	for (size_t i = 0; i < f->n_series; i++)
		total += f->series[i].sent;
	return total;
}

bool frames_withheld(const struct frames *f)
{
	return f->withheld;
}

bool frames_has_media(const struct frames *f)
{
	return f->has_media;
}
