/*
 * frames_wait - see frames.h: what is to be asked of classifiers, and what
 * waits for their answers.
 *
 * The text of a series is asked about sentence by sentence while it arrives. A
 * series that ends waits for its last answers; a whole text inside a frame
 * stalls the frame, and with it the reading. Readings end last.
 */
#include "proxy/relay/frames_state.h"
#include "proxy/relay/frames_values.h"

#include "proxy/base/mem.h"

#include <string.h>

const struct guard_session *frames_session(
    const struct frames *f, const struct channel_part *p)
{
	if (p->label)
		return &f->label;
	return p->kind == CHANNEL_SAID && !p->seams ? f->o.session : &f->aside;
}

static bool asks_nobody(const struct frames *f)
{
	return !f->o.ask || !guard_policy_classifiers(f->o.policy);
}

bool frames_ask(struct frames *f, struct guard_stream *stream)
{
	size_t n;
	if (asks_nobody(f))
		return false;
	const struct guard_ask *asks = guard_stream_asks(stream, &n);
	if (n)
		f->o.ask(f->o.arg, asks, n);
	return n > 0;
}

/* That it has none may be known at once: then more may have to be asked. */
static bool lacks_answers(struct frames *f, const struct channel_part *p)
{
	struct guard_message m = {GUARD_AI, p->text.p, p->text.len};
	struct guard_verdict v;
	size_t n;
	do {
		guard_check(
		    f->o.scanner, f->o.policy, frames_session(f, p), &m, &v);
		const struct guard_ask *asks =
		    guard_scanner_asks(f->o.scanner, &n);
		if (n && f->o.ask(f->o.arg, asks, n))
			return true;
	} while (n);
	return false;
}

bool frames_lacks_answers(struct frames *f, const struct channel_frame *frame)
{
	bool lacks = false;
	for (size_t i = 0; !asks_nobody(f) && i < frame->n_parts; i++) {
		const struct channel_part *p = &frame->parts[i];
		if (p->mode == CHANNEL_PART_WHOLE && !p->label)
			lacks |= lacks_answers(f, p);
	}
	return lacks;
}

/* ---- the end of a series ---- */

static bool waits(struct frames *f, struct series *s)
{
	struct guard_progress p;
	if (!s->closed)
		guard_stream_close(s->stream, &p);
	s->closed = true;
	while (guard_stream_waits(s->stream) && frames_ask(f, s->stream))
		guard_stream_look(s->stream, &p);
	return guard_stream_waits(s->stream);
}

static bool any_text_waits(const struct frames *f)
{
	for (size_t i = 0; i < f->n_series; i++) {
		const struct series *s = &f->series[i];
		if (s->stream && !s->beside && s->closed && !s->ended)
			return true;
	}
	return false;
}

bool frames_closes_later(struct frames *f, struct series *s)
{
	if (asks_nobody(f) || f->forced)
		return false;
	return waits(f, s) || (s->beside && !s->label && any_text_waits(f));
}

bool frames_settled(struct frames *f)
{
	bool open = f->stalled && f->state == FRAMES_OPEN;
	if (asks_nobody(f))
		return true;
	for (size_t i = 0; i < f->n_series; i++) {
		struct series *s = &f->series[i];
		if (s->stream && !s->value && !s->ended && waits(f, s))
			open = true;
	}
	return !open;
}

/* ---- the end of all ---- */

static void end_if_all_have(struct frames *f)
{
	for (size_t i = 0; i < f->n_series; i++)
		if (!f->series[i].ended)
			return;
	if (f->state == FRAMES_OPEN)
		f->state = f->frame.role == CHANNEL_FRAME_UNREADABLE
		    ? FRAMES_UNREADABLE
		    : FRAMES_OVER;
}

static void end(struct frames *f)
{
	f->halted = frames_judge(f, &f->frame);
	frames_end_all(f);
	end_if_all_have(f);
}

void frames_finish(struct frames *f)
{
	if (f->at_end)
		return;
	f->last_queued = NULL;
	f->at_end = true;
	channel_stream_end(f->stream, &f->frame);
	f->stalled = frames_lacks_answers(f, &f->frame);
	if (!f->stalled)
		end(f);
}

/* Judge the frame that was stalled, and what came behind it. */
static void go_on(struct frames *f)
{
	struct buf ahead = f->ahead;
	if (frames_lacks_answers(f, &f->frame))
		return;
	f->stalled = false;
	if (f->at_end) {
		end(f);
		return;
	}
	f->ahead = (struct buf){0};
	frames_settle_frame(f);
	if (f->state == FRAMES_OPEN)
		frames_read(f, ahead.data ? ahead.data : "", ahead.len);
	buf_clear(&ahead);
	if (f->ending && !f->stalled && f->state == FRAMES_OPEN)
		frames_read_last(f);
}

/* ---- answers ---- */

static void take_edits(
    struct frames *f, struct series *s, const struct guard_progress *p)
{
	const struct guard_span_text text = guard_stream_text(s->stream);
	if (p->n_edits <= s->n_edits)
		return;
	f->edits += p->n_edits - s->n_edits;
	s->edits = mem_realloc(s->edits, p->n_edits * sizeof(*s->edits));
	for (; s->n_edits < p->n_edits; s->n_edits++) {
		struct guard_edit *e = &s->edits[s->n_edits];
		char *own;
		*e = p->edits[s->n_edits];
		if (!quote_edit(&s->quoted, (struct span){text.text, text.len},
			e, &own))
			frames_cannot_edit(f, s, e->start);
		if (own)
			frames_own(f, own);
	}
}

void frames_take_progress(
    struct frames *f, struct series *s, const struct guard_progress *p)
{
	take_edits(f, s, p);
	s->safe = p->safe_len < s->held_at ? p->safe_len : s->held_at;
	if (p->withheld)
		f->withheld = true;
	if (p->cut)
		f->state = FRAMES_CUT;
}

/* Once more, without stopping there: what comes behind counts. */
static void read_past(struct frames *f, struct series *s)
{
	struct guard_progress p;
	struct guard_stream *cut = s->stream;
	struct guard_span_text text = guard_stream_text(cut);
	s->reads_on = true;
	s->stream = guard_stream_new(f->o.policy, &f->aside, GUARD_AI);
	if (!s->stream)
		mem_exhausted();
	guard_stream_read_on(s->stream);
	guard_stream_feed(s->stream, text.text, text.len, &p);
	if (s->closed)
		guard_stream_close(s->stream, &p);
	guard_stream_free(cut);
	frames_ask(f, s->stream);
}

/* What is cut in a reading is cut in its own text too, unless it is new; or it
 * is far from a seam and its own text excuses it. */
static void take_cut(struct frames *f, uint32_t i)
{
	struct series *s = &f->series[i];
	struct beside b = frames_beside(f, i);
	struct guard_verdict v;
	guard_stream_end(s->stream, &v);
	if (beside_hands_off(&f->verdicts, &b, &v))
		frames_end_series(f, i);
	else
		read_past(f, s);
}

void frames_take_beside(
    struct frames *f, uint32_t i, const struct guard_progress *p)
{
	struct series *s = &f->series[i];
	s->safe = s->base + p->safe_len;
	if (p->n_edits > s->n_edits) {
		size_t known = s->n_edits;
		s->edits =
		    mem_realloc(s->edits, p->n_edits * sizeof(*s->edits));
		memcpy(s->edits, p->edits, p->n_edits * sizeof(*s->edits));
		s->n_edits = p->n_edits;
		frames_spread(f, i, s->edits + known, s->n_edits - known);
	}
	if (p->cut && !s->reads_on)
		take_cut(f, i);
}

static void look(struct frames *f, uint32_t i)
{
	struct series *s = &f->series[i];
	struct guard_progress p;
	if (!s->stream || s->ended || s->label || s->value)
		return;
	guard_stream_look(s->stream, &p);
	frames_ask(f, s->stream);
	if (s->beside)
		frames_take_beside(f, i, &p);
	else
		frames_take_progress(f, s, &p);
	if (s->closed)
		frames_end_series(f, i);
}

enum frames_state frames_answered(struct frames *f)
{
	bool finished = f->ending && !f->stalled;
	for (int beside = 0; beside < 2; beside++)
		for (uint32_t i = 0; i < f->n_series; i++)
			if (f->series[i].beside == beside)
				look(f, i);
	if (f->stalled && f->state == FRAMES_OPEN)
		go_on(f);
	else if (finished)
		end_if_all_have(f);
	return f->state;
}
