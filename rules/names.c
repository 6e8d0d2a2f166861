/* names - see names.h. */
#include "rules/names.h"

#include "rules/yaml.h"

#include <stdlib.h>
#include <string.h>

struct name_entry {
	const char *name; /* NULL: free */
	uint32_t number;
};

void names_clear(struct names *t)
{
	free(t->slots);
	*t = (struct names){0};
}

static size_t slot_of(const struct names *t, const char *name)
{
	uint64_t hash = 1469598103934665603u; /* FNV-1a */
	for (const char *s = name; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 1099511628211u;
	size_t i = (size_t)(hash ^ hash >> 32) & (t->cap - 1);
	while (t->slots[i].name && strcmp(t->slots[i].name, name) != 0)
		i = (i + 1) & (t->cap - 1);
	return i;
}

static int grow(struct names *t)
{
	struct names bigger = {.n = t->n, .cap = t->cap ? t->cap * 2 : 16};
	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -1;
	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].name)
			bigger.slots[slot_of(&bigger, t->slots[i].name)] =
			    t->slots[i];
	free(t->slots);
	*t = bigger;
	return 0;
}

int names_add(struct names *t, const char *name, uint32_t number)
{
	if (t->n * 2 >= t->cap && grow(t))
		return -1;
	size_t i = slot_of(t, name);
	if (t->slots[i].name)
		return 0;
	t->slots[i] = (struct name_entry){name, number};
	t->n++;
	return 0;
}

uint32_t names_find(const struct names *t, const char *name)
{
	if (!t->n)
		return NAMES_NONE;
	const struct name_entry *e = &t->slots[slot_of(t, name)];
	return e->name ? e->number : NAMES_NONE;
}

const char *names_nearest(const struct names *t, const char *name)
{
	const char *best = NULL;
	for (size_t i = 0; i < t->cap; i++) {
		if (!t->slots[i].name)
			continue;
		const char *pair[] = {t->slots[i].name, NULL, NULL};
		/* Equally near: the first in the alphabet, on any machine. */
		if (!yaml_nearest(name, pair))
			continue;
		if (best) {
			pair[strcmp(pair[0], best) < 0 ? 1 : 0] = best;
			if (!pair[1])
				pair[1] = t->slots[i].name;
		}
		best = yaml_nearest(name, pair);
	}
	return best;
}
