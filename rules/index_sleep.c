/* index_sleep - which rules sleep, and what wakes them (sleep.h). Lists are
 * counted first and filled in a second round. */
#include "rules/index.h"

#include <limits.h>
#include <stdlib.h>

const struct any_of *index_wakers(const struct rule *r)
{
	if (!r->has_find || r->clauses[0].at_least > 1)
		return NULL;
	/* What adds up is asked about in the order of the text, awake. */
	if (r->has_allowances || r->score)
		return NULL;
	if (r->clauses[0].near.what.n)
		return &r->clauses[0].near.what;
	/* A classifier is asked when the rest is there; it wakes nothing. */
	return r->n_clauses > 1 && !r->clauses[1].classifier
	    ? &r->clauses[1].what
	    : NULL;
}

static unsigned window_of(const struct rule *r)
{
	const struct near *near = &r->clauses[0].near;
	return near->what.n ? near->within : UINT_MAX;
}

static void put(struct index_rules *list, uint32_t rule, bool fill)
{
	if (fill) {
		if (list->n && list->rules[list->n - 1] == rule)
			return;
		list->rules[list->n] = rule;
	}
	list->n++;
}

static int make_room(struct arena *a, struct index_rules *list)
{
	if (!list->n)
		return 0;
	list->rules = arena_array(a, list->n, sizeof(*list->rules));
	list->n = 0;
	return list->rules ? 0 : -1;
}

static void put_rule(
    const struct guard_policy *p, struct index *x, uint32_t id, bool fill)
{
	const struct rule *r = &p->rules[id];
	const struct any_of *wakers = index_wakers(r);
	if (!r->has_find)
		return;
	const struct any_of *what = &r->clauses[0].what;
	for (size_t i = 0; i < what->n; i++) {
		uint32_t detector = what->detectors[i];
		const struct detector *d = &p->detectors[detector];
		if (!wakers)
			put(&x->awake[detector], id, fill);
		else if (d->kind == DETECTOR_NUMBER)
			put(&x->values[d->number.kind], id, fill);
		else
			put(&x->asleep[detector], id, fill);
	}
	for (size_t i = 0; wakers && i < wakers->n; i++)
		put(&x->wakes[wakers->detectors[i]], id, fill);
}

static int fill_lists(struct guard_policy *p, struct index *x)
{
	struct arena *a = &p->arena;
	for (uint32_t i = 0; i < p->n_rules; i++)
		put_rule(p, x, i, false);
	for (size_t i = 0; i < p->n_detectors; i++)
		if (make_room(a, &x->awake[i]) || make_room(a, &x->asleep[i]) ||
		    make_room(a, &x->wakes[i]))
			return -1;
	for (size_t i = 0; i < NUMBER_KINDS; i++)
		if (make_room(a, &x->values[i]))
			return -1;
	for (uint32_t i = 0; i < p->n_rules; i++)
		put_rule(p, x, i, true);
	return 0;
}

/* ---- the widest window first ---- */

static int by_key(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void sort(const struct guard_policy *p, const struct index_rules *list,
    uint64_t *keys)
{
	for (size_t i = 0; i < list->n; i++) {
		uint32_t rule = list->rules[i];
		unsigned window = window_of(&p->rules[rule]);
		keys[i] = (uint64_t)(UINT_MAX - window) << 32 | rule;
	}
	qsort(keys, list->n, sizeof(*keys), by_key);
	for (size_t i = 0; i < list->n; i++)
		list->rules[i] = (uint32_t)keys[i];
}

static int sort_lists(const struct guard_policy *p, struct index *x)
{
	uint64_t *keys = malloc((p->n_rules + 1) * sizeof(*keys));
	if (!keys)
		return -1;
	for (size_t i = 0; i < p->n_detectors; i++)
		sort(p, &x->asleep[i], keys);
	for (size_t i = 0; i < NUMBER_KINDS; i++)
		sort(p, &x->values[i], keys);
	free(keys);
	return 0;
}

/* ---- numbers that do not only wait ---- */

static int list_numbers(struct guard_policy *p, struct index *x)
{
	const struct any_of *all = &p->of_kind[DETECTOR_NUMBER];
	for (size_t kind = 0; kind < NUMBER_KINDS; kind++) {
		uint32_t *list = arena_array(&p->arena, all->n, sizeof(*list));
		size_t n = 0;
		if (!list)
			return -1;
		for (size_t i = 0; i < all->n; i++) {
			uint32_t d = all->detectors[i];
			if (p->detectors[d].number.kind == kind &&
			    (x->condition[d] || x->awake[d].n))
				list[n++] = d;
		}
		x->numbers[kind] = (struct any_of){list, n};
	}
	return 0;
}

int index_build_sleep(struct guard_policy *p, struct index *x)
{
	struct arena *a = &p->arena;
	x->awake = arena_array(a, p->n_detectors, sizeof(*x->awake));
	x->asleep = arena_array(a, p->n_detectors, sizeof(*x->asleep));
	x->wakes = arena_array(a, p->n_detectors, sizeof(*x->wakes));
	if (!x->awake || !x->asleep || !x->wakes || fill_lists(p, x) ||
	    sort_lists(p, x))
		return -1;
	return list_numbers(p, x);
}
