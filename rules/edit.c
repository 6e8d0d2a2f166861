/* edit - see edit.h. */
#include "rules/edit.h"

#include <stdlib.h>
#include <string.h>

static const char REDACTED[] = "[removed]";

void edits_clear(struct edits *e)
{
	free(e->items);
	*e = (struct edits){0};
}

bool edits_only_add(const struct edits *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->items[i].start != e->items[i].end)
			return false;
	return true;
}

static int add(struct edits *e, const struct guard_edit *edit)
{
	if (e->n == e->cap) {
		size_t cap = e->cap ? e->cap * 2 : 4;
		struct guard_edit *p = realloc(e->items, cap * sizeof(*p));
		if (!p)
			return -1;
		e->items = p;
		e->cap = cap;
	}
	e->items[e->n++] = *edit;
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct guard_edit *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

static void sort(struct edits *e, size_t first)
{
	if (e->n > first + 1)
		qsort(e->items + first, e->n - first, sizeof(*e->items),
		    by_place);
}

/* Two rules that want the same said have it said once, for the first. */
static void drop_repeated(struct edits *e, size_t first)
{
	size_t n = first;
	for (size_t i = first; i < e->n; i++) {
		bool said = false;
		for (size_t k = first; k < n && !said; k++)
			said = strcmp(e->items[k].text, e->items[i].text) == 0;
		if (!said)
			e->items[n++] = e->items[i];
	}
	e->n = n;
}

/* One edit at place for each rule with the action among the first n hits. */
static int add_wording(struct edits *e, const struct machine *m, size_t n,
    enum guard_action action)
{
	size_t first = e->n;
	size_t place = action == GUARD_PREPEND ? 0 : m->text.len;
	for (size_t i = 0; i < n; i++) {
		const struct found *f = &m->founds[i];
		const struct rule *r = &m->policy->rules[f->rule];
		bool known = f->mode != GUARD_ENFORCE ||
		    r->info.action != action || !r->text;
		for (size_t k = first; k < e->n && !known; k++)
			known = e->items[k].rule == f->rule;
		if (known)
			continue;
		struct guard_edit edit = {
		    place, place, r->text, strlen(r->text), f->rule};
		if (add(e, &edit))
			return -1;
	}
	sort(e, first);
	drop_repeated(e, first);
	return 0;
}

static int add_spans(struct edits *e, const struct machine *m)
{
	size_t first = e->n;
	for (size_t i = 0; i < m->n_founds; i++) {
		const struct found *f = &m->founds[i];
		const struct rule *r = &m->policy->rules[f->rule];
		if (f->mode != GUARD_ENFORCE || r->info.action != GUARD_REDACT)
			continue;
		const char *text = r->text ? r->text : REDACTED;
		bool whole = f->start == f->end;
		struct guard_edit edit = {whole ? 0 : f->start,
		    whole ? m->text.len : f->end, text, strlen(text), f->rule};
		if (add(e, &edit))
			return -1;
	}
	sort(e, first);
	size_t n = first;
	for (size_t i = first; i < e->n; i++) {
		struct guard_edit *last = n > first ? &e->items[n - 1] : NULL;
		if (!last || e->items[i].start >= last->end)
			e->items[n++] = e->items[i];
		else if (e->items[i].end > last->end)
			last->end = e->items[i].end;
	}
	e->n = n;
	return 0;
}

int edits_collect(struct edits *e, const struct machine *m)
{
	bool late = e->begun && m->withheld_from != SIZE_MAX;
	size_t n_front = late ? e->n_front : m->n_founds;
	e->n = 0;
	if (add_wording(e, m, n_front, GUARD_PREPEND) || add_spans(e, m))
		return -1;
	return m->ended ? add_wording(e, m, m->n_founds, GUARD_APPEND) : 0;
}

char *guard_apply_edits(const char *text, size_t len,
    const struct guard_edit *edits, size_t n_edits, size_t *out_len)
{
	size_t size = len;
	for (size_t i = 0; i < n_edits; i++) {
		if (size > SIZE_MAX - 1 - edits[i].len)
			return NULL;
		size += edits[i].len;
	}
	char *out = malloc(size + 1);
	if (!out)
		return NULL;
	size_t at = 0, n = 0;
	for (size_t i = 0; i < n_edits; i++) {
		const struct guard_edit *e = &edits[i];
		size_t start = e->start < len ? e->start : len;
		size_t plain = start > at ? start - at : 0;
		memcpy(out + n, text + at, plain);
		memcpy(out + n + plain, e->text, e->len);
		n += plain + e->len;
		at += plain;
		if (e->end > at)
			at = e->end < len ? e->end : len;
	}
	if (len > at)
		memcpy(out + n, text + at, len - at);
	n += len - at;
	out[n] = '\0';
	*out_len = n;
	return out;
}
