/* spans - see spans.h. */
#include "rules/spans.h"

#include <stdlib.h>

#define FIRST_CAP 8u

int spans_add(struct spans *s, size_t start, size_t len)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : FIRST_CAP;
		struct span *p = reallocarray(s->items, cap, sizeof(*p));
		if (!p)
			return -1;
		s->items = p;
		s->cap = cap;
	}
	s->items[s->n++] =
	    (struct span){(uint32_t)start, (uint32_t)(start + len)};
	return 0;
}

void spans_clear(struct spans *s)
{
	free(s->items);
	*s = (struct spans){0};
}
