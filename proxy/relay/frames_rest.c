/*
 * frames_rest - see frames.h: texts beside the message that rest.
 *
 * What a text ends with waits for what may still come of it: "politely." may
 * become "politely.example". Of the message itself more comes soon, or its
 * end. But reasoning goes before the message, an id or a title is said once,
 * and the frames of the message wait behind them. So one that the last few
 * frames have gone on without is taken for over as far as leaving goes: what no
 * rule withholds of it, if it ends here, may leave. So is one that no rule of
 * the dialect lists, as it is put together with all that came in its place,
 * once the frame has waited for some more. They are judged on all the same, and
 * what a hit would withhold of what comes later is withheld.
 */
#include "proxy/relay/frames_rest.h"

#include "proxy/base/mem.h"

#define REST_FRAMES 2 /* with text, and none of its */
#define WAIT_FRAMES 4 /* with text, behind one that waits */
#define REST_BACK 512 /* bytes in front of the part that are read again */
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

/* Have frames with text come without it since its last, or waited long? */
static bool is_resting(
    const struct frames *f, const struct queued *q, uint32_t series)
{
	unsigned without = 0, behind = 0;
	for (q = q->next; q; q = q->next) {
		without = has_part(q, series) ? 0 : without + (q->n_parts > 0);
		behind += q->n_parts > 0;
	}
	return without >= REST_FRAMES ||
	    (f->series[series].kind == CHANNEL_OTHER && behind >= WAIT_FRAMES);
}

/* Edits that are known of what begins there. */
static size_t edits_from(const struct series *s, size_t from)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n_edits; i++)
		n += s->edits[i].start >= from;
	return n;
}

/* How much of it may leave if it ends here, read from that byte on. */
static void ask_rest(struct frames *f, struct series *s, size_t from)
{
	struct guard_progress p;
	struct guard_span_text text = guard_stream_text(s->stream);
	struct guard_stream *ends = guard_stream_new(
	    f->o.policy, s->label ? &f->label : &f->aside, GUARD_AI);
	if (!ends)
		mem_exhausted();
	if (s->reads_on)
		guard_stream_read_on(ends);
	guard_stream_feed(ends, text.text + from, text.len - from, &p);
	guard_stream_close(ends, &p);
	size_t known = edits_from(s, s->beside ? from : s->base + from);
	if (!p.cut && !p.withheld && p.n_edits <= known)
		s->rest = s->base + from + p.safe_len;
	s->rested = text.len;
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
	size_t len = guard_stream_text(s->stream).len;
	if (s->rested == len || f->rest_bytes > REST_BYTES ||
	    !is_resting(f, q, p->series))
		return false;
	ask_rest(f, s, back_from(s, p));
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
