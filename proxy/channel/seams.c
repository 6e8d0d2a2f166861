/* seams - see seams.h. */
#include "proxy/channel/seams.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

void seams_mark(struct channel_seams *r, const struct seams_mark *m)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 8;
		r->marks =
		    mem_realloc_array(r->marks, r->cap, sizeof *r->marks);
	}
	r->marks[r->n++] = *m;
}

void seams_shift(struct channel_seams *r, uint32_t base)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->marks[i].series != SEAMS_NO_SERIES)
			r->marks[i].series += base;
}

void seams_clear(struct channel_seams *r)
{
	free(r->marks);
	*r = (struct channel_seams){.marks = NULL};
}

/* The first mark at that byte or behind it. */
static size_t first_from(const struct channel_seams *r, size_t at)
{
	size_t from = 0, to = r->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (r->marks[mid].at < at)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool channel_seams_near(const struct channel_seams *r, size_t start, size_t end)
{
	size_t from = start > SEAMS_NEAR ? start - SEAMS_NEAR : 0;
	size_t i = first_from(r, from);

	while (i < r->n && r->marks[i].at <= end + SEAMS_NEAR)
		if (r->marks[i++].seam)
			return true;
	return false;
}

bool channel_seams_edited(const struct channel_seams *r, size_t start,
    size_t end,
    bool (*edited)(void *arg, uint32_t series, size_t start, size_t end),
    void *arg)
{
	size_t i = first_from(r, start);

	/* The byte at start is that of the mark before. */
	for (i -= i > 0; i < r->n && r->marks[i].at < end; i++) {
		const struct seams_mark *m = &r->marks[i];
		size_t from = start > m->at ? start : m->at;
		size_t to = i + 1 < r->n && r->marks[i + 1].at < end
		    ? r->marks[i + 1].at
		    : end;
		if (from >= to || m->series == SEAMS_NO_SERIES)
			continue;
		size_t own = m->own + (from - m->at);
		if (!edited(arg, m->series, own, own + (to - from)))
			return false;
	}
	return true;
}
