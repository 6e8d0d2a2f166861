/*
 * frames_rest - see frames.h: texts beside the message that rest.
 *
 * What a text ends with waits for what may still come of it: "politely." may
 * become "politely.example". Of the message itself more comes soon, or its
 * end. But reasoning goes before the message, an id or a title is said once,
 * and the frames of the message wait behind them. So one that the last few
 * frames have gone on without is taken for over as far as leaving goes: if no
 * rule withholds it as it ends here, it may leave. So is a word without end,
 * which ids make that are another in each frame, as they are put together with
 * all that came in their place. They are judged on all the same, and what a hit
 * would withhold of what comes later is withheld. One that goes on in the
 * frames behind it waits as the message does.
 */
#include "proxy/relay/frames_rest.h"

#include "proxy/base/mem.h"

#define REST_FRAMES 2  /* with text, and none of its */
#define WORD_BYTES 128 /* of one word, and no end of it */
#define REST_BACK 512  /* bytes in front of the part that are read again */
#define REST_BYTES ((size_t)4 * 1024 * 1024) /* in all, for a stream */

size_t frames_safe(const struct series *s)
{
	size_t rest = s->rest < s->held_at ? s->rest : s->held_at;
	return s->safe > rest ? s->safe : rest;
}

static bool has_part(const struct queued *q, uint32_t series)
{
	for (size_t i = 0; i < q->n_parts + q->n_beside; i++)
		if (q->parts[i].series == series)
			return true;
	return false;
}

/* Have frames with text come without it since its last? */
static bool is_resting(const struct queued *q, uint32_t series)
{
	unsigned without = 0;
	for (q = q->next; q; q = q->next)
		without = has_part(q, series) ? 0 : without + (q->n_parts > 0);
	return without >= REST_FRAMES;
}

/* Is that part of an unlisted one in a single word with all behind it, which is
 * longer than any a rule looks for? Ids of all frames, put together, are. */
static bool is_endless(const struct series *s, const struct part *p)
{
	struct guard_span_text text = guard_stream_text(s->stream);
	size_t at = p->start > s->base ? p->start - s->base : 0;
	if (s->kind != CHANNEL_OTHER ||
	    s->base + text.len < p->end + WORD_BYTES)
		return false;
	while (at < text.len && text.text[at] > ' ' && text.text[at] < 0x7f)
		at++;
	return at == text.len;
}

/* Is every edit made, in the text or, of a reading, in the texts it is made of?
 * from: the byte of the stream's text that the verdict begins at. */
static bool are_made(const struct frames *f, uint32_t series,
    const struct guard_verdict *v, size_t from)
{
	const struct series *s = &f->series[series];
	struct beside b = frames_beside(f, series);
	size_t at = s->base + from, known = 0;
	for (size_t i = 0; s->beside && i < v->n_edits; i++)
		if (beside_is_stuck(
			&b, at + v->edits[i].start, at + v->edits[i].end))
			return false;
	for (size_t i = 0; i < s->n_edits; i++)
		known += s->edits[i].start >= at;
	return s->beside || v->n_edits <= known;
}

/* If no rule withholds it as it ends here, all but its last bytes may leave.
 * from: where to read from. */
static void ask_rest(struct frames *f, uint32_t series, size_t from, size_t but)
{
	struct series *s = &f->series[series];
	struct guard_progress p;
	struct guard_verdict v;
	struct guard_span_text text = guard_stream_text(s->stream);
	struct guard_stream *ends = guard_stream_new(
	    f->o.policy, s->label ? &f->label : &f->aside, GUARD_AI);
	if (!ends)
		mem_exhausted();
	if (s->reads_on)
		guard_stream_read_on(ends);
	guard_stream_feed(ends, text.text + from, text.len - from, &p);
	guard_stream_end(ends, &v);
	if (v.undecided == GUARD_DECIDED && v.action < GUARD_REPLACE &&
	    are_made(f, series, &v, from))
		s->rest = s->base + text.len - but;
	s->rested = s->base + text.len - but;
	f->rest_bytes += text.len - from;
	guard_stream_free(ends);
}

/* Where to read again from for a part: the beginning of a character. */
static size_t back_from(const struct series *s, const struct part *p)
{
	struct guard_span_text text = guard_stream_text(s->stream);
	size_t at = p->start > s->base ? p->start - s->base : 0;
	size_t from = at > REST_BACK && at <= text.len ? at - REST_BACK : 0;
	while (from > 0 && ((unsigned char)text.text[from] & 0xc0) == 0x80)
		from--;
	return from;
}

static bool ask_part(
    struct frames *f, const struct queued *q, const struct part *p)
{
	struct series *s = &f->series[p->series];
	if (p->mode == CHANNEL_PART_HELD || !s->stream || s->ended ||
	    s->kind == CHANNEL_SAID || frames_safe(s) >= p->end)
		return false;
	bool rests = is_resting(q, p->series);
	if (f->rest_bytes > REST_BYTES || (!rests && !is_endless(s, p)))
		return false;
	size_t but = rests ? 0 : WORD_BYTES;
	if (s->rested >= s->base + guard_stream_text(s->stream).len - but)
		return false;
	ask_rest(f, p->series, back_from(s, p), but);
	return true;
}

static bool ask_frame(struct frames *f, const struct queued *q)
{
	bool any = false;
	if (q->stuck)
		return false; /* nor are all its series there */
	for (size_t i = 0; i < q->n_parts + q->n_beside; i++)
		any |= ask_part(f, q, &q->parts[i]);
	return any;
}

bool frames_rest(struct frames *f)
{
	const struct queued *q = f->head, *upto = q->upto ? q->upto : q;
	bool any = false;
	for (; q != upto->next && !f->halted; q = q->next)
		any |= ask_frame(f, q);
	return any;
}
