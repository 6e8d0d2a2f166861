/*
 * stream_values - texts of a stream that are no deltas: those no rule lists,
 * names, errors. A client may show the latest of a place, all of them, or glue
 * them; so each is judged alone, as one that grows, and put together (joint.h).
 *
 *   "Hours"   "Launch code"     another value
 *   "Launch"  "Launch code"     the same one, that grows: the first part waits
 *                               until nothing can come of it
 *   "Hours"   "Hours"           nothing new, and it does not grow
 *
 * What repeats all that a listed text says so far (snapshots) is its mirror: it
 * costs a comparison, leaves with that text, and is edited as that is. What
 * repeats the beginning of one only waits for that, and shares its edits.
 */
#include "proxy/channel/stream_values.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SAME_BYTES 40    /* said again: more digits than any number has */
#define GLUED_BYTES 256  /* of the latest, for escapes that are cut */
#define MIRROR_BYTES 512 /* longer ones nobody takes for deltas */

struct stream_value {
	struct buf last;
	struct buf glued; /* the end of all there were, if short */
	size_t base;      /* of it in the series */
	bool begun;       /* last is a VALUE, no mirror */
	bool grown;       /* it went on where the one before ended */
	bool over;        /* it does not */
	size_t same;      /* bytes of it that were said again */
	size_t judged;    /* bytes of all values */
};

void stream_free_value(struct stream_value *v)
{
	if (v == NULL)
		return;
	buf_clear(&v->last);
	buf_clear(&v->glued);
	free(v);
}

bool stream_is_value(const struct scan_text *t)
{
	if (t->rule == NULL || t->rule->kind == CHANNEL_ERROR)
		return true;
	return t->rule->kind == CHANNEL_TOOL && !t->rule->nested;
}

/* Does it stand below a listed place, and say no more than what it is? */
static bool is_below(const struct scan_text *t)
{
	return t->under != 0 && t->under != SCAN_OTHERWISE;
}

/* ---- what listed texts say ---- */

static bool begins_with(const struct buf *text, struct span head)
{
	return head.len <= text->len &&
	    memcmp(text->data, head.p, head.len) == 0;
}

/* now: all of it, with or without what this frame adds. */
static bool repeats(const struct channel_stream *s,
    const struct stream_series *of, struct span text, bool now)
{
	size_t before =
	    of->was_frame == s->n_frames ? of->was_len : of->text.len;

	if (now && text.len != of->text.len && text.len != before)
		return false;
	return begins_with(&of->text, text);
}

static uint32_t repeated(const struct channel_stream *s, uint32_t message,
    struct span text, bool now)
{
	for (uint32_t i = 0; i < s->n_series && text.len > 0; i++) {
		const struct stream_series *of = &s->series[i];
		if (of->delta &&
		    (message == CHANNEL_NO_MESSAGE || of->message == message) &&
		    repeats(s, of, text, now))
			return i;
	}
	return CHANNEL_NO_SERIES;
}

/* Does it say more than the deltas of a message that has been called over? What
 * they end with was not held for it. */
static bool is_behind_end(
    const struct channel_stream *s, uint32_t message, struct span text)
{
	if (message == CHANNEL_NO_MESSAGE || !s->messages[message].over)
		return false;
	for (uint32_t i = 0; i < s->n_series; i++) {
		const struct stream_series *of = &s->series[i];
		struct span said = {of->text.data, of->text.len};
		if (of->delta && of->message == message && said.len > 0 &&
		    said.len < text.len &&
		    memcmp(said.p, text.p, said.len) == 0)
			return true;
	}
	return false;
}

/* ---- a value after another ---- */

/* What the value is to the one before; *known: bytes they share. */
static bool is_fresh(
    struct stream_value *v, struct span text, size_t *known, bool *same)
{
	const struct span last = {v->last.data, v->last.len};

	*same = v->begun && span_eq(last, text);
	*known = *same ? text.len : 0;
	if (*same) {
		v->over = !v->grown;
		v->same += text.len;
		return false;
	}
	v->same = 0;
	if (v->begun && !v->over && last.len < text.len &&
	    memcmp(last.p, text.p, last.len) == 0) {
		v->grown = true;
		*known = last.len;
		return false;
	}
	return true;
}

static void begin(struct stream_series *series)
{
	struct stream_value *v = series->value;

	v->base = series->len;
	v->begun = true;
	v->grown = v->over = false;
}

/* The value alone. */
static void add_alone(struct channel_stream *s, uint32_t id, struct span text)
{
	const struct stream_series *series = &s->series[id];
	struct channel_part *p =
	    &stream_add_part(s, CHANNEL_PART_WHOLE, series->kind, text)->part;

	p->message = series->message;
	p->value_of = id;
	p->value_at = series->value->base;
	stream_undo_part(s, s->n_parts - 1);
}

/* An escape may be cut anywhere: the latest values in one piece, with their
 * escapes undone. */
static void add_escapes(struct channel_stream *s, uint32_t id, struct span text)
{
	const struct stream_series *series = &s->series[id];
	struct buf *glued = &series->value->glued;
	bool first = glued->len == 0;

	buf_add(glued, text.p, text.len);
	if (glued->len > GLUED_BYTES)
		buf_drop(glued, glued->len - GLUED_BYTES);
	if (first || memchr(glued->data, '\\', glued->len) == NULL)
		return;
	stream_add_part(s, CHANNEL_PART_WHOLE, series->kind,
	    (struct span){glued->data, glued->len})
	    ->part.message = series->message;
	stream_undo_part(s, s->n_parts - 1);
}

static void settle_mirror(const struct channel_stream *s,
    struct stream_value *v, struct channel_part *p, uint32_t of)
{
	p->mode = CHANNEL_PART_MIRROR;
	p->series = of;
	p->kind = s->series[of].kind;
	p->message = s->series[of].message;
	v->begun = false;
}

/* Part i as one of its series. False: there is too much. */
static bool settle_part(struct channel_stream *s, size_t i, uint32_t id,
    struct span text, bool *read)
{
	struct stream_series *series = &s->series[id];
	struct stream_value *v = series->value;
	struct channel_part *p = &s->parts[i].part;
	bool same;

	p->fresh = is_fresh(v, text, &p->known, &same);
	if (p->fresh)
		begin(series);
	p->over = v->over;
	p->start = v->base;
	p->end = series->len = v->base + text.len;
	p->of = repeated(s, series->message, text, false);
	/* Ids that are another in each frame make any number in the end. */
	*read = (!same || v->same <= SAME_BYTES) && !scan_is_uuid(text);
	if (same)
		return true;
	if (is_behind_end(s, series->message, text))
		return false;
	v->judged += text.len;
	add_alone(s, id, text);
	size_t max = channel_limits(s->channel)->max_text_bytes;
	return v->judged <= max && s->series[id].len <= max;
}

static bool settle(
    struct channel_stream *s, size_t i, const struct scan_text *t)
{
	uint32_t id = s->parts[i].part.series;
	struct stream_value *v = s->series[id].value;
	struct buf copy = {0}; /* parts move */
	bool read = true, good = true;

	buf_add(
	    &copy, s->scratch.data + s->parts[i].text, s->parts[i].part.end);
	struct span text = {copy.data, copy.len};
	uint32_t of = is_below(t)
	    ? CHANNEL_NO_SERIES
	    : repeated(s, s->series[id].message, text, true);
	struct joint_piece piece = {.value = true,
	    .place = id | (uint64_t)s->n_frames << 32,
	    .text = text};
	if (of != CHANNEL_NO_SERIES) {
		settle_mirror(s, v, &s->parts[i].part, of);
		piece.series = of;
		piece.grown = true;
		read = text.len <= MIRROR_BYTES;
	} else {
		good = settle_part(s, i, id, text, &read);
		piece.series = id;
		piece.own = v->base;
		piece.grown = v->grown || v->over;
	}
	if (read)
		add_escapes(s, id, text);
	good = good && (!read || stream_read_on(s, t, id, piece));
	buf_clear(&v->last);
	v->last = copy;
	return good;
}

bool stream_add_value(
    struct channel_stream *s, const struct scan_text *t, uint32_t id)
{
	struct stream_series *series = &s->series[id];

	if (series->value == NULL)
		series->value = mem_zero(sizeof *series->value);
	pieces_blank_surrogates(s->decoded.data, s->decoded.len);
	struct stream_part *p = stream_add_part(s, CHANNEL_PART_VALUE,
	    series->kind, (struct span){s->decoded.data, s->decoded.len});
	p->part.series = id;
	p->part.message = series->message;
	p->part.repeats = t->repeats;
	if (is_below(t)) /* its place among the texts counts */
		return settle(s, s->n_parts - 1, t);
	p->value = t;
	return true;
}

bool stream_settle_values(struct channel_stream *s)
{
	size_t n = s->n_parts;
	bool good = true;

	for (size_t i = 0; i < n && good; i++)
		if (s->parts[i].value != NULL)
			good = settle(s, i, s->parts[i].value);
	return good;
}
