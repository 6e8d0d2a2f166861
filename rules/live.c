/* live - see live.h. */
#include "rules/live.h"

#include <stdlib.h>

void live_reset(struct live *l)
{
	l->list.n = 0;
	for (size_t i = 0; i < LIVE_CHAINS; i++)
		l->last[i] = LIVE_END;
}

void live_clear(struct live *l)
{
	matches_clear(&l->list);
	free(l->before);
	*l = (struct live){0};
	live_reset(l);
}

static void chain(struct live *l, uint32_t match)
{
	uint32_t *last = &l->last[l->list.items[match].sentence % LIVE_CHAINS];
	l->before[match] = *last;
	*last = match;
}

/* As long as the list. */
static int grow(struct live *l)
{
	uint32_t *p = realloc(l->before, l->list.cap * sizeof(*p));
	if (!p)
		return -1;
	l->before = p;
	l->cap = l->list.cap;
	return 0;
}

int live_add(struct live *l, const struct match *match)
{
	if (matches_add(&l->list, match))
		return -1;
	if (l->cap < l->list.cap && grow(l)) {
		l->list.n--;
		return -1;
	}
	chain(l, (uint32_t)l->list.n - 1);
	return 0;
}

void live_filter(struct live *l,
    bool (*keep)(const struct match *, const void *arg), const void *arg)
{
	size_t n = l->list.n;
	live_reset(l);
	for (size_t i = 0; i < n; i++) {
		if (!keep(&l->list.items[i], arg))
			continue;
		l->list.items[l->list.n] = l->list.items[i];
		chain(l, (uint32_t)l->list.n++);
	}
}
