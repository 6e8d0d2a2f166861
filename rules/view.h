/* view - append to one view of a text. Maps stay monotonic. */
#ifndef HANDRAIL_RULES_VIEW_H
#define HANDRAIL_RULES_VIEW_H

#include "rules/text.h"

void view_clear(struct text_view *);
/* The UTF-8 of one code point, which came from original bytes start..end.
 * 0, or TEXT_ERR_MEMORY. */
int view_add(struct text_view *, int32_t cp, uint32_t start, uint32_t end)
    __attribute__((warn_unused_result));
/* Room for so many more bytes. 0, or TEXT_ERR_MEMORY. */
int view_reserve(struct text_view *, size_t more)
    __attribute__((warn_unused_result));

/* One ASCII character; room must have been reserved. */
static inline void view_add_ascii(
    struct text_view *v, unsigned char c, uint32_t start)
{
	v->bytes[v->len] = (char)c;
	v->map[v->len] = start;
	v->map_end[v->len] = start + 1;
	v->len++;
}

/* A run of n ASCII characters from original byte start, as they are or in
 * small letters; room must have been reserved. */
void view_add_run(struct text_view *, const char *bytes, size_t n,
    uint32_t start, bool small);

#endif
