/*
 * stream_undo - the texts of a stream with their escapes undone; see undo.h.
 */
#include "proxy/channel/stream_state.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

/* ---- texts that are whole ---- */

static bool has_escape(struct span text)
{
	return text.len > 0 && memchr(text.p, '\\', text.len) != NULL;
}

void stream_undo_part(struct channel_stream *s, size_t i)
{
	for (int level = 0; level < UNDO_LEVELS; level++, i = s->n_parts - 1) {
		const struct channel_part below = s->parts[i].part;
		struct span text = {
		    s->scratch.data + s->parts[i].text, below.end};
		struct undo u = {.open = false};
		if (!has_escape(text))
			return;
		undo_add(&u, (uint32_t)i, text);
		undo_finish(&u, (uint32_t)i);
		if (u.fresh.len == 0) {
			undo_clear(&u);
			return;
		}
		struct stream_part *p = stream_add_part(s, CHANNEL_PART_WHOLE,
		    below.kind, (struct span){u.fresh.data, u.fresh.len});
		p->part.held_by = below.held_by;
		p->part.message = below.message;
		p->seams = u.seams;
		s->too_deep |= level + 1 == UNDO_LEVELS && u.deep;
		buf_clear(&u.fresh);
	}
}

/* ---- texts that grow ---- */

static struct stream_undo *undo_new(void)
{
	struct stream_undo *u = mem_zero(sizeof *u);

	for (int i = 0; i < UNDO_LEVELS; i++)
		u->series[i] = CHANNEL_NO_SERIES;
	return u;
}

/* The series of a reading; room for them is always left. */
static uint32_t series_of(struct channel_stream *s, uint32_t of, int level)
{
	struct stream_undo *u = s->series[of].undo;

	if (u->series[level] == CHANNEL_NO_SERIES)
		u->series[level] = stream_add_series(s,
		    &(struct stream_series){
			.name = mem_printf("%s/undone", s->series[of].name),
			.kind = s->series[of].kind,
			.message = s->series[of].message,
			.ended = true,
			.seams = &u->levels[level].seams});
	return u->series[level];
}

/* The next bytes of a series go through the levels, up to the first that has
 * met no escape: those above would say the same. */
static void undo_levels(
    struct channel_stream *s, uint32_t series, struct span text, bool all)
{
	struct stream_undo *u = s->series[series].undo;
	uint32_t of = series;

	for (int i = 0; i < UNDO_LEVELS; i++) {
		struct undo *level = &u->levels[i];
		undo_add(level, of, text);
		if (all)
			undo_finish(level, of);
		if (!level->open)
			return;
		s->too_deep |= i + 1 == UNDO_LEVELS && level->deep;
		of = series_of(s, series, i);
		text = (struct span){level->fresh.data + u->passed[i],
		    level->fresh.len - u->passed[i]};
		u->passed[i] = level->fresh.len;
	}
}

void stream_undo_text(
    struct channel_stream *s, uint32_t series, struct span text)
{
	if (s->series[series].undo == NULL)
		s->series[series].undo = undo_new();
	undo_levels(s, series, text, false);
}

/* waits: a byte below is the beginning of an escape. It is not safe before its
 * character is, on any level. */
static void add_level(struct channel_stream *s, uint32_t of, int i, bool waits)
{
	struct stream_undo *u = s->series[of].undo;
	struct undo *level = &u->levels[i];

	if (level->fresh.len == 0 && !waits)
		return;
	uint32_t id = series_of(s, of, i);
	struct channel_part *p =
	    &stream_add_part(s, CHANNEL_PART_BESIDE, s->series[of].kind,
		(struct span){level->fresh.data, level->fresh.len})
		 ->part;
	p->series = id;
	p->message = s->series[of].message;
	p->start = level->len - level->fresh.len;
	p->end = level->len + waits;
	p->fresh = p->start == 0;
	s->series[id].ended = false;
	undo_take(level);
	u->passed[i] = 0;
}

static void add_levels(struct channel_stream *s, uint32_t of)
{
	const struct undo *levels = s->series[of].undo->levels;
	bool waits = false;

	for (int i = 0; i < UNDO_LEVELS && levels[i].open; i++) {
		waits = waits || undo_waits(&levels[i]);
		add_level(s, of, i, waits);
	}
}

void stream_add_undone(struct channel_stream *s)
{
	size_t n = s->n_series;

	for (uint32_t i = 0; i < n; i++)
		if (s->series[i].undo != NULL)
			add_levels(s, i);
}

void stream_finish_undone(struct channel_stream *s, uint32_t message)
{
	size_t n = s->n_series;

	for (uint32_t i = 0; i < n; i++) {
		struct stream_undo *u = s->series[i].undo;
		if (u == NULL ||
		    (message != CHANNEL_NO_MESSAGE &&
			s->series[i].message != message))
			continue;
		undo_levels(s, i, (struct span){"", 0}, true);
		add_levels(s, i);
		for (int k = 0; k < UNDO_LEVELS; k++)
			buf_clear(&u->levels[k].fresh);
	}
}
