/* view - see view.h. Ordinary text is one piece after the other as long as
 * nothing is dropped or changed. */
#include "rules/view.h"

#include "rules/glyph.h"

#include <stdlib.h>
#include <string.h>

#define VIEW_MIN_CAP 256u
#define MIN_PIECES 8u
#define VIEW_MAX_BYTES (UINT32_MAX / 2) /* offsets are 32 bits */

void view_clear(struct text_view *v)
{
	free(v->bytes);
	free(v->pieces);
	*v = (struct text_view){0};
}

void view_reset(struct text_view *v)
{
	v->len = v->n_pieces = 0;
	v->next_from = VIEW_NO_RUN;
}

static int grow_bytes(struct text_view *v, size_t more)
{
	if (more > VIEW_MAX_BYTES - v->len)
		return TEXT_ERR_MEMORY;
	size_t cap = v->cap ? v->cap * 2 : VIEW_MIN_CAP;
	while (cap - v->len < more)
		cap *= 2;
	char *p = realloc(v->bytes, cap);
	if (!p)
		return TEXT_ERR_MEMORY;
	v->bytes = p;
	v->cap = cap;
	return 0;
}

static int grow_pieces(struct text_view *v)
{
	size_t cap = v->cap_pieces ? v->cap_pieces * 2 : MIN_PIECES;
	struct text_piece *p = realloc(v->pieces, cap * sizeof(*p));
	if (!p)
		return TEXT_ERR_MEMORY;
	v->pieces = p;
	v->cap_pieces = cap;
	return 0;
}

int view_grow(struct text_view *v, size_t more)
{
	more += sizeof(uint64_t); /* view_add_letters */
	int err = v->cap - v->len < more ? grow_bytes(v, more) : 0;
	if (err == 0 && v->n_pieces == v->cap_pieces)
		err = grow_pieces(v);
	return err;
}

void view_new_piece(struct text_view *v, uint32_t from, uint32_t to)
{
	v->pieces[v->n_pieces++] =
	    (struct text_piece){(uint32_t)v->len, from, to};
}

static void map_block(struct text_view *v, uint32_t start, uint32_t end)
{
	const struct text_piece *last =
	    v->n_pieces ? &v->pieces[v->n_pieces - 1] : NULL;
	if (!last || last->to != end || last->from != start)
		view_new_piece(v, start, end);
	v->next_from = VIEW_NO_RUN;
}

int view_add(struct text_view *v, int32_t cp, uint32_t start, uint32_t end)
{
	int err = view_reserve(v, GLYPH_MAX_UTF8);
	if (err)
		return err;
	if (cp < 0x80 && end == start + 1) {
		view_add_ascii(v, (char)cp, start);
		return 0;
	}
	map_block(v, start, end);
	v->len += glyph_encode(cp, v->bytes + v->len);
	return 0;
}

void view_add_small(
    struct text_view *v, const char *bytes, size_t n, uint32_t start)
{
	char *out = v->bytes + v->len;
	view_map_run(v, start, n);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];
		out[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	v->len += n;
}

/* The piece that byte i lies in. */
static const struct text_piece *piece_at(const struct text_view *v, size_t i)
{
	size_t low = 0, high = v->n_pieces - 1;
	if (v->pieces[high].at <= i)
		return &v->pieces[high];
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (v->pieces[mid].at <= i)
			low = mid;
		else
			high = mid;
	}
	return &v->pieces[low];
}

uint32_t text_from(const struct text_view *v, size_t i)
{
	const struct text_piece *p = piece_at(v, i);
	return p->to ? p->from : p->from + (uint32_t)(i - p->at);
}

uint32_t text_to(const struct text_view *v, size_t i)
{
	const struct text_piece *p = piece_at(v, i);
	return p->to ? p->to : p->from + (uint32_t)(i - p->at) + 1;
}
