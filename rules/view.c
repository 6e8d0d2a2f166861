/* view - see view.h. Three arrays that grow together. */
#include "rules/view.h"

#include "rules/glyph.h"

#include <stdlib.h>

#define VIEW_MIN_CAP 256u
#define VIEW_MAX_BYTES (UINT32_MAX / 2) /* offsets are 32 bits */

void view_clear(struct text_view *v)
{
	free(v->bytes);
	free(v->map);
	free(v->map_end);
	*v = (struct text_view){0};
}

/* Replace *array by a larger one; a failure leaves it as it was. */
static int grow(void **array, size_t cap, size_t size)
{
	void *p = realloc(*array, cap * size);
	if (!p)
		return TEXT_ERR_MEMORY;
	*array = p;
	return 0;
}

int view_reserve(struct text_view *v, size_t more)
{
	if (v->cap - v->len >= more)
		return 0;
	if (more > VIEW_MAX_BYTES - v->len)
		return TEXT_ERR_MEMORY;
	size_t cap = v->cap ? v->cap * 2 : VIEW_MIN_CAP;
	while (cap - v->len < more)
		cap *= 2;
	void *bytes = v->bytes, *map = v->map, *map_end = v->map_end;
	int err = grow(&bytes, cap, 1);
	v->bytes = bytes;
	if (err == 0)
		err = grow(&map, cap, sizeof(*v->map));
	v->map = map;
	if (err == 0)
		err = grow(&map_end, cap, sizeof(*v->map_end));
	v->map_end = map_end;
	if (err == 0)
		v->cap = cap;
	return err;
}

int view_add(struct text_view *v, int32_t cp, uint32_t start, uint32_t end)
{
	int err = view_reserve(v, GLYPH_MAX_UTF8);
	if (err)
		return err;
	size_t n = glyph_encode(cp, v->bytes + v->len);
	for (size_t i = 0; i < n; i++) {
		v->map[v->len + i] = start;
		v->map_end[v->len + i] = end;
	}
	v->len += n;
	return 0;
}

void view_add_run(struct text_view *v, const char *bytes, size_t n,
    uint32_t start, bool small)
{
	char *out = v->bytes + v->len;
	uint32_t *map = v->map + v->len, *map_end = v->map_end + v->len;
	/* One loop: words are short, so wide instructions do not pay. */
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];
		unsigned char bit = small && c >= 'A' && c <= 'Z' ? 0x20 : 0;
		out[i] = (char)(c | bit);
		map[i] = start++;
		map_end[i] = start;
	}
	v->len += n;
}
