/* memory - see guard_memory.h: the rows and their sums. What adds to them is
 * in check.c. */
#include "rules/guard_memory.h"

#include <stdlib.h>
#include <string.h>

const char *guard_counted_kind_name(enum guard_counted_kind kind)
{
	switch (kind) {
	case GUARD_COUNTED_SIGNAL:
		return "signal";
	case GUARD_COUNTED_PERCENT:
		return "percent";
	case GUARD_COUNTED_MONEY:
		return "money";
	case GUARD_COUNTED_DURATION:
		return "duration";
	case GUARD_COUNTED_COUNT:
		return "count";
	case GUARD_COUNTED_WORDING:
		return "wording";
	}
	return "unknown";
}

static int64_t add(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static int64_t multiply(int64_t a, int64_t b)
{
	return b && a > INT64_MAX / b ? INT64_MAX : a * b;
}

static bool is_alike(
    const struct guard_counted *a, const struct guard_counted *b)
{
	return a->kind == b->kind && !strcmp(a->currency, b->currency) &&
	    !strcmp(a->name, b->name);
}

int64_t guard_counted_total(const struct guard_counted *rows, size_t n,
    const struct guard_counted *like)
{
	int64_t total = 0;
	for (size_t i = 0; i < n; i++)
		if (is_alike(&rows[i], like))
			total =
			    add(total, multiply(rows[i].value, rows[i].times));
	return total;
}

void guard_memory_clear(struct guard_memory *m)
{
	for (size_t i = 0; i < m->n; i++)
		free((char *)(uintptr_t)m->rows[i].name);
	free(m->rows);
	*m = (struct guard_memory){0};
}

static int append(struct guard_memory *m, const struct guard_counted *row)
{
	if (m->n == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 4;
		struct guard_counted *rows =
		    realloc(m->rows, cap * sizeof(*rows));
		if (!rows)
			return -1;
		m->rows = rows;
		m->cap = cap;
	}
	size_t size = strlen(row->name) + 1;
	char *name = malloc(size);
	if (!name)
		return -1;
	memcpy(name, row->name, size);
	m->rows[m->n] = *row;
	m->rows[m->n++].name = name;
	return 0;
}

/* So many times the smallest value as make up the row. */
static void fold(struct guard_counted *least, const struct guard_counted *row)
{
	int64_t sum = multiply(row->value, row->times);
	int64_t times = sum / least->value + (sum % least->value > 0);
	least->times = add(least->times, times);
}

int guard_memory_add(struct guard_memory *m, const struct guard_counted *row)
{
	struct guard_counted *least = NULL;
	size_t n_alike = 0;
	for (size_t i = 0; i < m->n; i++) {
		struct guard_counted *r = &m->rows[i];
		if (!is_alike(r, row))
			continue;
		if (r->value == row->value) {
			r->times = add(r->times, row->times);
			return 0;
		}
		if (!least || r->value < least->value)
			least = r;
		n_alike++;
	}
	if (n_alike < GUARD_MEMORY_VALUES || least->value <= 0)
		return append(m, row);
	fold(least, row);
	return 0;
}
