/* labels - see labels.h. */
#include "proxy/channel/labels.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define MAX_LABELS 1024
#define MAX_COUNT_DIGITS 9

struct label *labels_find(const struct labels *l, uint64_t place)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].place == place)
			return &l->items[i];
	return NULL;
}

static struct label *add(struct labels *l, uint64_t place, uint32_t frame)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 8;
		l->items =
		    mem_realloc_array(l->items, l->cap, sizeof *l->items);
	}
	struct label *label = &l->items[l->n++];
	*label = (struct label){
	    .place = place, .series = UINT32_MAX, .frame = frame};
	return label;
}

/* The number it is, or -1. */
static long count_of(const char *p, size_t len)
{
	long value = 0;

	if (len == 0 || len > MAX_COUNT_DIGITS)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

static bool counts_on(const struct buf *before, struct span now)
{
	long was = count_of(before->data, before->len);

	return was >= 0 && count_of(now.p, now.len) == was + 1;
}

enum labels_news labels_take(struct labels *l, uint64_t place,
    struct span value, uint32_t frame, struct buf *before, struct label **out)
{
	struct label *label = labels_find(l, place);
	enum labels_news news = LABELS_CHANGED;

	*out = label;
	if (label == NULL && l->n == MAX_LABELS)
		return LABELS_FULL;
	if (label == NULL) {
		label = *out = add(l, place, frame);
		news = LABELS_NEW;
	} else if (span_eq((struct span){label->value.data, label->value.len},
		       value)) {
		return LABELS_SAME;
	} else if (counts_on(&label->value, value)) {
		news = LABELS_SAME;
	}
	buf_reset(before);
	buf_add(before, label->value.data, label->value.len);
	buf_reset(&label->value);
	buf_add(&label->value, value.p, value.len);
	return news;
}

struct label *labels_column(struct labels *l, uint64_t place)
{
	struct label *label = labels_find(l, place);

	if (label == NULL && l->n < MAX_LABELS) {
		label = add(l, place, UINT32_MAX);
		label->mirror = true;
	}
	return label;
}

static void drop(struct labels *l, struct label *label)
{
	label->dropped = l->dropped = true;
	l->dropped_mirrors = l->dropped_mirrors || label->mirror;
}

void labels_drop_series(struct labels *l, uint32_t series)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].series == series)
			drop(l, &l->items[i]);
}

void labels_drop_frame(struct labels *l, uint32_t frame)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].frame == frame && !l->items[i].mirror)
			drop(l, &l->items[i]);
}

void labels_clear(struct labels *l)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_clear(&l->items[i].value);
		buf_clear(&l->items[i].glued);
	}
	free(l->items);
	*l = (struct labels){.items = NULL};
}
