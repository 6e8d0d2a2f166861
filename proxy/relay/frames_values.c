/*
 * frames_values - see frames.h: values of a stream, each judged alone, and what
 * of the latest may still become the beginning of a hit.
 *
 * The verdict is that on the value alone. A guard_stream that is never asked
 * for one tells how much of a value no rule can touch even if it grows. What is
 * cut over values is found in the readings of them (frames_beside.c).
 */
#include "proxy/relay/frames_values.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

static void begin_value(
    struct frames *f, struct series *s, const struct channel_part *p)
{
	guard_stream_free(s->stream);
	s->stream = guard_stream_new(f->o.policy, &f->aside, GUARD_AI);
	s->value = true;
	s->base = p->start;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void frames_feed_value(
    struct frames *f, struct series *s, const struct channel_part *p)
{
	struct guard_progress progress;
	struct span news = {p->text.p + p->known, p->text.len - p->known};
	if (p->fresh)
		begin_value(f, s, p);
	buf_add(&s->said, news.p, news.len);
	if (p->over)
		s->safe = least(p->end, s->held_at);
	if (p->over || !s->stream)
		return; /* without one it waits for the end */
	int64_t start = clock_mono_us();
	guard_stream_feed(s->stream, news.p, news.len, &progress);
	f->verdicts.judged_us += clock_mono_us() - start;
	size_t safe = s->base + progress.safe_len;
	if (progress.cut || progress.withheld)
		s->held_at = least(s->held_at, safe);
	s->safe = least(safe, s->held_at);
}

/* ---- verdicts ---- */

static bool is_known(
    const struct verdicts *v, uint32_t series, const struct guard_hit *hit)
{
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i].hit;
		if (v->hits[i].series == series && h->rule == hit->rule &&
		    h->start == hit->start && h->end == hit->end)
			return true;
	}
	return false;
}

/* Hits where they stand in the series; those of a value that has grown are
 * known. */
static void add_hits(struct frames *f, const struct channel_part *p,
    const struct guard_verdict *v)
{
	struct guard_verdict one = *v;
	struct guard_hit *hits = mem_array(v->n_hits + 1, sizeof(*hits));
	one.hits = hits;
	one.n_hits = 0;
	one.deciding = SIZE_MAX;
	one.n_edits = 0;
	for (size_t i = 0; i < v->n_hits; i++) {
		struct guard_hit hit = v->hits[i];
		hit.start += p->value_at;
		hit.end += p->value_at;
		if (is_known(&f->verdicts, p->value_of, &hit))
			continue;
		if (i == v->deciding)
			one.deciding = one.n_hits;
		hits[one.n_hits++] = hit;
	}
	verdicts_add(&f->verdicts, p->value_of, &one);
	free(hits);
}

static void remove_edits(struct series *s, size_t at, size_t n)
{
	memmove(&s->edits[at], &s->edits[at + n],
	    (s->n_edits - at - n) * sizeof(*s->edits));
	s->n_edits -= n;
}

/* In order, and those that overlap are one. Is it news? */
static bool add_edit(struct series *s, struct guard_edit edit)
{
	size_t at = 0, n = 0;
	while (at < s->n_edits && s->edits[at].end <= edit.start)
		at++;
	while (at + n < s->n_edits && s->edits[at + n].start < edit.end)
		n++;
	if (n == 1 && s->edits[at].start <= edit.start &&
	    s->edits[at].end >= edit.end)
		return false;
	for (size_t i = at; i < at + n; i++) {
		edit.start = least(edit.start, s->edits[i].start);
		if (s->edits[i].end > edit.end)
			edit.end = s->edits[i].end;
	}
	if (n > 0)
		remove_edits(s, at, n);
	s->edits = mem_realloc(s->edits, (s->n_edits + 1) * sizeof(*s->edits));
	memmove(&s->edits[at + 1], &s->edits[at],
	    (s->n_edits - at) * sizeof(*s->edits));
	s->edits[at] = edit;
	s->n_edits++;
	s->n_told = least(s->n_told, at);
	return true;
}

void frames_take_value(struct frames *f, const struct channel_part *p,
    const struct guard_verdict *v)
{
	struct series *s = &f->series[p->value_of];
	struct quoted quoted = {0};
	add_hits(f, p, v);
	for (size_t i = 0; i < v->n_edits; i++) {
		struct guard_edit e = v->edits[i];
		char *own;
		if (!quote_edit(&quoted, p->text, &e, &own))
			frames_cannot_edit(f, s, p->value_at + e.start);
		/* A verdict's texts may not live as long. */
		if (!own)
			own = mem_strndup(e.len ? e.text : "", e.len);
		e.text = frames_own(f, own);
		e.start += p->value_at;
		e.end += p->value_at;
		f->edits += add_edit(s, e);
	}
	s->safe = least(s->safe, s->held_at);
}

/* ---- a redaction over several values ---- */

/* A client glues the values of a place, and a card is cut over two of them: as
 * long as both wait, the first becomes what is put there, and of the others
 * their part is left out. */
struct spread {
	struct frames *f;
	struct guard_edit edit; /* as the reading has it */
	struct piece {
		uint32_t series;
		struct guard_edit edit;
	} * pieces;
	size_t n;
};

/* The value those bytes are in, if its frame waits; *start: its own. */
static struct span waiting_value(
    const struct frames *f, uint32_t series, size_t *start, size_t end)
{
	for (const struct queued *q = f->head; q; q = q->next) {
		const char *text = q->texts;
		for (size_t i = 0; i < q->n_parts; i++) {
			const struct part *p = &q->parts[i];
			if (p->mode == CHANNEL_PART_VALUE &&
			    p->series == series && p->start <= *start &&
			    end <= p->end) {
				*start = p->start;
				return (struct span){text, p->end - p->start};
			}
			text += p->end - p->start;
		}
	}
	return (struct span){NULL, 0};
}

/* False: it cannot be made there. */
static bool add_piece(void *arg, uint32_t series, size_t start, size_t end)
{
	struct spread *s = arg;
	struct frames *f = s->f;
	if (series >= f->n_series || !f->series[series].value ||
	    f->series[series].sent > start)
		return false;
	size_t base = start;
	struct span text = waiting_value(f, series, &base, end);
	struct guard_edit e = s->edit;
	struct quoted quoted = {0};
	char *own;
	e.start = start - base;
	e.end = end - base;
	e.len = s->n ? 0 : e.len;
	if (!text.p || !quote_edit(&quoted, text, &e, &own))
		return false;
	e.text =
	    frames_own(f, own ? own : mem_strndup(e.len ? e.text : "", e.len));
	e.start = start;
	e.end = end;
	s->pieces = mem_realloc(s->pieces, (s->n + 1) * sizeof(*s->pieces));
	s->pieces[s->n++] = (struct piece){series, e};
	return true;
}

static void make_pieces(struct frames *f, const struct spread *s)
{
	for (size_t i = 0; i < s->n; i++)
		f->edits += add_edit(
		    &f->series[s->pieces[i].series], s->pieces[i].edit);
	const struct guard_edit *first = &s->pieces[0].edit;
	struct guard_hit hit = {.start = first->start,
	    .end = first->end,
	    .rule = first->rule,
	    .action = GUARD_REDACT,
	    .mode = GUARD_ENFORCE};
	struct guard_verdict v = {.action = GUARD_REDACT,
	    .hits = &hit,
	    .n_hits = 1,
	    .deciding = 0,
	    .edit_rule = SIZE_MAX};
	verdicts_add(&f->verdicts, s->pieces[0].series, &v);
}

void frames_spread(
    struct frames *f, uint32_t series, const struct guard_edit *edits, size_t n)
{
	struct beside b = frames_beside(f, series);
	for (size_t i = 0; i < n; i++) {
		size_t start = b.base + edits[i].start;
		size_t end = b.base + edits[i].end;
		struct spread s = {.f = f, .edit = edits[i]};
		if (beside_is_stuck(&b, start, end) &&
		    channel_seams_edited(b.seams, start, end, add_piece, &s) &&
		    s.n > 0)
			make_pieces(f, &s);
		free(s.pieces);
	}
}
