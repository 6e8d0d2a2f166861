/*
 * stream_undo - the texts of a stream with their escapes undone; see undo.h.
 */
#include "proxy/channel/stream_state.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define ESCAPE_WINDOW 512 /* bytes behind an escape that are read */

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
		undo_add(
		    &u, (uint32_t)i, 0, text, (struct span){NULL, 0}, SIZE_MAX);
		undo_finish(&u);
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

void stream_undo_text(struct channel_stream *s, uint32_t series,
    struct span text, size_t own, struct span before)
{
	struct span below = text;
	uint32_t of = series;

	if (s->series[series].undo == NULL) {
		if (!has_escape(text))
			return;
		s->series[series].undo = undo_new();
	}
	struct stream_undo *u = s->series[series].undo;
	for (int i = 0; i < UNDO_LEVELS; i++) {
		struct undo *level = &u->levels[i];
		if (!level->open && !has_escape(below))
			return;
		undo_add(level, of, own, below, before, ESCAPE_WINDOW);
		s->too_deep |= i + 1 == UNDO_LEVELS && level->deep;
		of = series_of(s, series, i);
		below = (struct span){level->fresh.data, level->fresh.len};
		own = level->len - below.len;
		before = (struct span){NULL, 0};
		if (below.len == 0)
			return;
	}
}

static void add_level(struct channel_stream *s, uint32_t of, int i)
{
	struct stream_undo *u = s->series[of].undo;
	struct undo *level = &u->levels[i];

	if (level->fresh.len > 0) {
		uint32_t id = series_of(s, of, i);
		struct channel_part *p =
		    &stream_add_part(s, CHANNEL_PART_BESIDE, s->series[of].kind,
			(struct span){level->fresh.data, level->fresh.len})
			 ->part;
		p->series = id;
		p->message = s->series[of].message;
		p->fresh = level->opened;
		p->start = level->len - level->fresh.len;
		p->end = level->len;
		s->series[id].ended = false;
	}
	if (!level->open && u->series[i] != CHANNEL_NO_SERIES)
		stream_end_series(s, u->series[i]);
	undo_take(level);
}

void stream_add_undone(struct channel_stream *s)
{
	size_t n = s->n_series;

	for (uint32_t i = 0; i < n; i++)
		for (int k = 0; s->series[i].undo != NULL && k < UNDO_LEVELS;
		     k++)
			add_level(s, i, k);
}

void stream_close_undone(struct channel_stream *s, uint32_t message)
{
	for (size_t i = 0; i < s->n_series; i++)
		for (int k = 0; s->series[i].undo != NULL && k < UNDO_LEVELS;
		     k++)
			if (message == CHANNEL_NO_MESSAGE ||
			    s->series[i].message == message)
				undo_close(&s->series[i].undo->levels[k]);
}
