/* frames - see frames.h: bytes to frames to verdicts. */
#include "proxy/relay/frames_state.h"
#include "proxy/relay/frames_values.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/relay/counting.h"

#include <assert.h>
#include <stdlib.h>

struct frames *frames_new(const struct frames_options *o)
{
	const struct channel_limits *limits = channel_limits(o->channel);
	struct frames *f = mem_zero(sizeof(*f));
	f->o = *o;
	f->aside = *o->session;
	f->aside.aside = true;
	f->label = f->aside;
	f->label.label = true;
	f->tail = &f->head;
	sse_init(&f->sse,
	    &(struct sse_limits){limits->max_event_bytes, limits->max_frames});
	f->stream = channel_stream_new(o->channel);
	channel_stream_expect(f->stream, o->messages);
	verdicts_init(&f->verdicts);
	return f;
}

void frames_free(struct frames *f)
{
	if (!f)
		return;
	frames_drop_queue(f);
	for (size_t i = 0; i < f->n_series; i++) {
		guard_stream_free(f->series[i].stream);
		buf_clear(&f->series[i].said);
		free(f->series[i].edits);
	}
	free(f->series);
	free(f->own_edits);
	channel_stream_free(f->stream);
	sse_clear(&f->sse);
	verdicts_clear(&f->verdicts);
	buf_clear(&f->unreadable);
	buf_clear(&f->ahead);
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
		f->series[f->n_series++] = (struct series){.held_at = SIZE_MAX};
	}
	struct series *s = &f->series[p->series];
	s->kind = p->kind;
	s->repeats |= p->repeats;
	return s;
}

void frames_cannot_decide(struct frames *f, enum guard_undecided why)
{
	verdicts_fall_back(&f->verdicts, f->o.policy, GUARD_CANNOT_DECIDE, why);
	if (f->verdicts.action == GUARD_HANDOFF)
		f->state = FRAMES_CUT;
	else
		f->withheld = true;
}

/* One that would break a text that is JSON: nothing from it on leaves. */
void frames_cannot_edit(struct frames *f, struct series *s, size_t start)
{
	s->held_at = start < s->held_at ? start : s->held_at;
	frames_cannot_decide(f, GUARD_UNDECIDED_EDIT);
}

/* What the texts before it say counts for one that begins now. */
static struct guard_stream *begin_said(struct frames *f)
{
	struct counting c;
	counting_begin(&c, f->o.scanner, f->o.policy, f->o.session);
	for (size_t i = 0; c.on && i < f->n_series; i++) {
		const struct series *s = &f->series[i];
		if (!s->stream || s->beside || s->kind != CHANNEL_SAID)
			continue;
		struct guard_span_text said = guard_stream_text(s->stream);
		size_t len;
		char *text = guard_apply_edits(
		    said.text, said.len, s->edits, s->n_edits, &len);
		if (!text)
			mem_exhausted();
		const struct guard_message m = {GUARD_AI, text, len};
		counting_add(&c, &m, NULL);
		free(text);
	}
	struct guard_stream *stream =
	    guard_stream_new(f->o.policy, &c.session, GUARD_AI);
	counting_clear(&c);
	return stream;
}

static void feed_part(struct frames *f, const struct channel_part *p)
{
	struct series *s = series_at(f, p);
	if (!s->stream)
		s->stream = p->kind == CHANNEL_SAID
		    ? begin_said(f)
		    : guard_stream_new(f->o.policy, &f->aside, GUARD_AI);
	if (!s->stream) {
		frames_cannot_decide(f, GUARD_UNDECIDED_MEMORY);
		return;
	}
	struct guard_progress progress;
	int64_t start = clock_mono_us();
	guard_stream_feed(s->stream, p->text.p, p->text.len, &progress);
	f->verdicts.judged_us += clock_mono_us() - start;
	frames_ask(f, s->stream);
	frames_take_progress(f, s, &progress);
}

/* ---- judging ---- */

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
		e->text = frames_own(f, buf_steal(&text));
		f->edits++;
	}
}

/* ---- readings of whole texts ---- */

struct reread { /* of which frame */
	const struct frames *f;
	const struct channel_frame *frame;
};

static bool edited_part(void *arg, uint32_t part, size_t start, size_t end)
{
	const struct reread *r = arg;
	const struct channel_seams *seams = r->frame->parts[part].seams;
	if (seams)
		return channel_seams_edited(
		    seams, start, end, edited_part, arg);
	for (size_t i = 0; i < r->f->n_own_edits && start < end; i++) {
		const struct own_edit *own = &r->f->own_edits[i];
		if (own->part == part && own->edit.start <= start &&
		    own->edit.end > start)
			start = own->edit.end;
	}
	return start >= end;
}

/* What is redacted, or would be if nothing in it were stronger. */
static void keep_own(
    struct frames *f, size_t part, const struct guard_verdict *v)
{
	size_t most = f->n_own_edits + v->n_edits + v->n_hits;
	f->own_edits =
	    mem_realloc(f->own_edits, (most + 1) * sizeof(*f->own_edits));
	for (size_t i = 0; i < v->n_edits; i++)
		f->own_edits[f->n_own_edits++] =
		    (struct own_edit){part, v->edits[i]};
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		if (h->action == GUARD_REDACT && h->mode == GUARD_ENFORCE)
			f->own_edits[f->n_own_edits++] = (struct own_edit){
			    part, {.start = h->start, .end = h->end}};
	}
}

static bool settle_whole(
    struct frames *f, const struct channel_part *p, bool withheld)
{
	if (withheld && p->held_by < f->n_series)
		f->series[p->held_by].stuck = true;
	if (f->verdicts.action == GUARD_HANDOFF)
		f->state = FRAMES_CUT;
	else if (verdicts_withhold(&f->verdicts))
		f->withheld = true;
	return withheld;
}

static bool judge_reread(struct frames *f, const struct channel_frame *frame,
    const struct channel_part *p)
{
	struct guard_verdict v;
	struct guard_message m = {GUARD_AI, p->text.p, p->text.len};
	struct reread r = {f, frame};
	struct beside b = {p->seams, 0, edited_part, &r};
	enum guard_action before = f->verdicts.action;
	int64_t start = clock_mono_us();
	guard_check(f->o.scanner, f->o.policy, &f->aside, &m, &v);
	f->verdicts.judged_us += clock_mono_us() - start;
	beside_add(&f->verdicts, p->series, f->o.policy, &b, &v);
	return settle_whole(f, p,
	    f->verdicts.action > before && verdicts_withhold(&f->verdicts));
}

/* Returns whether the text is withheld, or an edit of it cannot be made. */
static bool judge_whole(
    struct frames *f, size_t part, const struct channel_part *p)
{
	struct guard_verdict v;
	struct guard_message m = {GUARD_AI, p->text.p, p->text.len};
	int64_t start = clock_mono_us();
	guard_check(f->o.scanner, f->o.policy, frames_session(f, p), &m, &v);
	f->verdicts.judged_us += clock_mono_us() - start;
	if (p->label) {
		frames_take_label(f, p->series, &v);
		return false;
	}
	keep_own(f, part, &v);
	if (p->value_of != CHANNEL_NO_SERIES) {
		frames_take_value(f, p, &v);
		return settle_whole(f, p, v.action >= GUARD_REPLACE);
	}
	bool can_edit =
	    p->held_by != CHANNEL_NO_SERIES && p->held_by < f->n_series;
	if (v.n_edits && can_edit)
		edit_held(f, part, p, &v);
	v.n_edits = v.n_edits && !can_edit ? v.n_edits : 0;
	bool stuck = v.n_edits > 0;
	v.n_edits = 0;
	verdicts_add(&f->verdicts,
	    p->held_by != CHANNEL_NO_SERIES ? p->held_by : p->series, &v);
	if (stuck)
		verdicts_fall_back(&f->verdicts, f->o.policy,
		    GUARD_CANNOT_DECIDE, GUARD_UNDECIDED_EDIT);
	return settle_whole(f, p, stuck || v.action >= GUARD_REPLACE);
}

void frames_end_series(struct frames *f, uint32_t i)
{
	if (i >= f->n_series || f->series[i].ended)
		return;
	struct series *s = &f->series[i];
	if (s->stream && !s->value && frames_closes_later(f, s))
		return; /* frames_answered comes back to it */
	s->ended = true;
	if (s->value)
		s->safe = s->held_at;
	if (!s->stream || s->value)
		return;
	if (s->beside) {
		frames_end_beside(f, i);
		return;
	}
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
		frames_take_progress(f, s,
		    &(struct guard_progress){
			.safe_len = guard_stream_text(s->stream).len,
			.edits = v.edits,
			.n_edits = v.n_edits});
}

void frames_end_all(struct frames *f)
{
	for (uint32_t i = 0; i < f->n_series; i++)
		if (!f->series[i].beside)
			frames_end_series(f, i);
	for (uint32_t i = 0; i < f->n_series; i++)
		frames_end_series(f, i);
}

static void keep_parts(struct queued *q, const struct channel_frame *frame)
{
	struct buf texts = {0};
	q->parts = mem_array(frame->n_parts + 1, sizeof(*q->parts));
	for (size_t i = 0; i < frame->n_parts; i++) {
		const struct channel_part *p = &frame->parts[i];
		size_t n = q->n_parts + q->n_beside;
		if (p->mode == CHANNEL_PART_WHOLE)
			continue;
		q->parts[n] = (struct part){.mode = p->mode,
		    .series = p->series,
		    .start = p->start,
		    .end = p->end,
		    .of = p->of,
		    .joined = p->joined,
		    .half = p->half};
		if (p->mode == CHANNEL_PART_BESIDE) {
			q->n_beside++;
			continue;
		}
		assert(q->n_beside == 0);
		q->n_parts++;
		buf_add(&texts, p->text.p, p->text.len);
	}
	q->texts = buf_steal(&texts);
}

bool frames_judge(struct frames *f, const struct channel_frame *frame)
{
	bool stuck = false;
	f->has_media |= frame->has_media;
	f->n_own_edits = 0;
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
			stuck |= p->seams ? judge_reread(f, frame, p)
					  : judge_whole(f, i, p);
			break;
		case CHANNEL_PART_VALUE:
			frames_feed_value(f, series_at(f, p), p);
			break;
		case CHANNEL_PART_MIRROR:
			series_at(f, p);
			break;
		case CHANNEL_PART_BESIDE:
			frames_feed_beside(f, series_at(f, p), p);
			break;
		}
	}
	for (size_t i = 0; i < frame->n_ends; i++)
		frames_end_series(f, frame->ends[i]);
	return stuck;
}

static void push(struct frames *f, struct queued *q)
{
	size_t texts = 0; /* bytes */
	for (size_t i = 0; i < q->n_parts; i++)
		texts += q->parts[i].end - q->parts[i].start;
	q->bytes = sizeof(*q) + q->raw.cap + texts + OVERHEAD_BYTES +
	    (q->n_parts + q->n_beside) * sizeof(*q->parts);
	f->held += q->bytes;
	*f->tail = q;
	f->tail = &q->next;
}

static bool is_last(const struct queued *q)
{
	return q->frame.finishes != 0 || q->frame.role == CHANNEL_FRAME_DONE;
}

/* The messages that a frame says more of, bit each. */
static uint64_t more_of(const struct channel_frame *frame)
{
	uint64_t more = 0;
	for (size_t i = 0; i < frame->n_parts; i++) {
		const struct channel_part *p = &frame->parts[i];
		bool text = p->mode == CHANNEL_PART_STREAM ||
		    p->mode == CHANNEL_PART_HELD;
		if (text && p->kind != CHANNEL_OTHER && p->end > p->start &&
		    p->message < 64)
			more |= 1ull << p->message;
	}
	return more;
}

/* Some bots say in each frame that the message ends. More of it has come: what
 * waits did not end it, and what this one ends waits from now on. */
static void end_later(struct frames *f, struct queued *now, uint64_t more)
{
	uint64_t any = more | now->frame.finishes;
	for (; any; any &= any - 1) {
		int i = __builtin_ctzll(any);
		struct queued *q = more >> i & 1 ? f->ends[i] : NULL;
		if (q)
			f->ends[i] = NULL;
		for (; q; q = q->next) {
			q->frame.finishes &= ~(1ull << i);
			q->last = is_last(q);
		}
		if (!f->ends[i] && (now->frame.finishes >> i & 1))
			f->ends[i] = now;
	}
}

static struct queued *keep_frame(struct frames *f, const struct sse_frame *sse,
    const struct channel_frame *frame)
{
	struct queued *q = mem_zero(sizeof(*q));
	q->since_us = clock_mono_us();
	buf_add(&q->raw, sse->raw.p, sse->raw.len);
	keep_parts(q, frame);
	q->frame = *frame;
	q->frame.parts = NULL;
	q->frame.ends = NULL;
	q->last = is_last(q);
	end_later(f, q, more_of(frame));
	push(f, q);
	return q;
}

/* The calls of these messages are whole: they need not wait for the end. */
static void end_calls(struct frames *f, uint64_t messages)
{
	const struct queued *last = NULL;
	for (const struct queued *q = f->head; messages && q; q = q->next)
		if (q->frame.holds & messages)
			last = q;
	for (struct queued *q = last ? f->head : NULL; q; q = q->next) {
		if (q->frame.holds & messages && !q->upto)
			q->upto = last;
		q->frame.holds &= ~messages;
		if (q == last)
			break;
	}
}

void frames_settle_frame(struct frames *f)
{
	bool stuck = frames_judge(f, &f->frame);
	if (f->last_queued)
		f->last_queued->stuck = stuck;
	end_calls(f, f->frame.over);
	if (f->state == FRAMES_OPEN && f->held > f->o.max_held_bytes)
		f->state = FRAMES_TOO_LARGE;
	if (f->frame.role == CHANNEL_FRAME_DONE && f->state == FRAMES_OPEN) {
		f->ending = true;
		frames_finish(f);
	}
}

static void take_frame(struct frames *f, const struct sse_frame *sse)
{
	struct channel_frame frame;
	channel_stream_frame(f->stream, sse, &frame);
	if (frame.role == CHANNEL_FRAME_UNREADABLE) {
		f->state = FRAMES_UNREADABLE;
		buf_add(&f->unreadable, sse->raw.p, sse->raw.len);
		return;
	}
	/* Once something is withheld nothing leaves that comes behind it. */
	f->last_queued = f->withheld ? NULL : keep_frame(f, sse, &frame);
	f->frame = frame;
	f->stalled = frames_lacks_answers(f, &frame);
	if (!f->stalled)
		frames_settle_frame(f);
	else if (f->last_queued)
		f->last_queued->stuck = true;
}

/* The frames that are whole. Returns an enum sse_err, or 0. */
static int take_frames(struct frames *f)
{
	struct sse_frame frame;
	int got = 1;
	while (f->state == FRAMES_OPEN && !f->stalled && got == 1) {
		got = sse_next(&f->sse, &frame);
		if (got == 1) {
			take_frame(f, &frame);
			f->begun_us = 0;
		}
	}
	return got < 0 ? got : 0;
}

void frames_read(struct frames *f, const char *bytes, size_t len)
{
	sse_feed(&f->sse, bytes, len);
	if (take_frames(f) < 0) {
		f->state = FRAMES_UNREADABLE;
		buf_add(&f->unreadable, bytes, len);
	}
	if (!sse_has_begun(&f->sse))
		f->begun_us = 0;
	else if (f->begun_us == 0)
		f->begun_us = clock_mono_us();
}

enum frames_state frames_feed(struct frames *f, const char *bytes, size_t len)
{
	if (f->state != FRAMES_OPEN)
		return f->state;
	if (f->stalled) { /* the frame stands on the decoder's bytes */
		buf_add(&f->ahead, bytes, len);
		if (frames_held(f) > f->o.max_held_bytes)
			f->state = FRAMES_TOO_LARGE;
	} else {
		frames_read(f, bytes, len);
	}
	return f->state;
}

/* What is whole but for the line end the upstream left out. */
void frames_read_last(struct frames *f)
{
	sse_end(&f->sse);
	if (f->state == FRAMES_OPEN && take_frames(f) < 0)
		f->state = FRAMES_UNREADABLE;
	if (f->state == FRAMES_OPEN && !f->stalled)
		frames_finish(f);
}

enum frames_state frames_end(struct frames *f)
{
	if (f->state != FRAMES_OPEN || f->ending)
		return f->state;
	f->ending = true;
	if (!f->stalled)
		frames_read_last(f);
	return f->state;
}

enum frames_state frames_state(const struct frames *f)
{
	return f->state;
}
