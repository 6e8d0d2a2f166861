/* matches - the growing list of match.h. */
#include "rules/match.h"

#include <stdlib.h>

#define FIRST_CAP 16u

int matches_grow(struct matches *list)
{
	size_t cap = list->cap ? list->cap * 2 : FIRST_CAP;
	if (cap > SIZE_MAX / sizeof(*list->items))
		return -1;
	struct match *items = realloc(list->items, cap * sizeof(*items));
	if (!items)
		return -1;
	list->items = items;
	list->cap = cap;
	return 0;
}

void matches_clear(struct matches *list)
{
	free(list->items);
	*list = (struct matches){0};
}
