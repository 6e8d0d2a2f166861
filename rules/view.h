/*
 * view - append to one view of a text. Maps stay monotonic.
 *
 * What is added by the inline functions is ASCII that came from one original
 * byte each, from start on; room must have been reserved. Words are short, so
 * letters are written eight at a time and what is too much is overwritten.
 */
#ifndef HANDRAIL_RULES_VIEW_H
#define HANDRAIL_RULES_VIEW_H

#include "rules/text.h"

#include <string.h>

#define VIEW_NO_RUN UINT32_MAX
#define VIEW_SMALL 0x2020202020202020u /* makes letters small */

void view_clear(struct text_view *);
void view_reset(struct text_view *); /* keeps the memory */
/* The UTF-8 of one code point, which came from original bytes start..end.
 * 0, or TEXT_ERR_MEMORY. */
int view_add(struct text_view *, int32_t cp, uint32_t start, uint32_t end)
    __attribute__((warn_unused_result));
int view_grow(struct text_view *, size_t more)
    __attribute__((warn_unused_result));
void view_new_piece(struct text_view *, uint32_t from, uint32_t to);

/* Room for adding so many bytes once. 0, or TEXT_ERR_MEMORY. */
static inline int view_reserve(struct text_view *v, size_t more)
{
	bool room = v->cap - v->len >= more + sizeof(uint64_t) &&
	    v->n_pieces < v->cap_pieces;
	return room ? 0 : view_grow(v, more);
}

static inline void view_map_run(struct text_view *v, uint32_t start, size_t n)
{
	if (v->next_from != start)
		view_new_piece(v, start, 0);
	v->next_from = start + (uint32_t)n;
}

static inline void view_add_ascii(struct text_view *v, char c, uint32_t start)
{
	view_map_run(v, start, 1);
	v->bytes[v->len++] = c;
}

/* n letters, with the bits set in each; TEXT_SLACK bytes behind may be read. */
static inline void view_add_letters(struct text_view *v, const char *letters,
    size_t n, uint32_t start, uint64_t bits)
{
	char *out = v->bytes + v->len;
	view_map_run(v, start, n);
	for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
		uint64_t eight;
		memcpy(&eight, letters + i, sizeof(eight));
		eight |= bits;
		memcpy(out + i, &eight, sizeof(eight));
	}
	v->len += n;
}

/* n letters and digits, the letters made small. */
void view_add_small(
    struct text_view *, const char *bytes, size_t n, uint32_t start);

#endif
