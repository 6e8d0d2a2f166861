/*
 * packet_counted - "amounts": what the conversation has counted so far, one
 * entry a rule or offer, kind and currency, with its total in plain words.
 */
#include "proxy/handoff/packet.h"

#include "proxy/base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	const struct guard_counted *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0)
		order = (x->kind > y->kind) - (x->kind < y->kind);
	return order ? order : strcmp(x->currency, y->currency);
}

/* 12.50, or 12 where nothing is behind the point. */
static void print_hundredths(char *out, size_t size, int64_t n, bool always)
{
	if (n % 100 || always)
		snprintf(out, size, "%" PRId64 ".%02" PRId64, n / 100, n % 100);
	else
		snprintf(out, size, "%" PRId64, n / 100);
}

static void print_duration(char *out, size_t size, int64_t seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
	    {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
	size_t i = 0;

	while (units[i].seconds > 1 && seconds % units[i].seconds)
		i++;
	int64_t n = seconds / units[i].seconds;
	snprintf(
	    out, size, "%" PRId64 " %s%s", n, units[i].name, n == 1 ? "" : "s");
}

static void print_total(
    char *out, size_t size, const struct guard_counted *like, int64_t total)
{
	char number[32];

	print_hundredths(
	    number, sizeof(number), total, like->kind == GUARD_COUNTED_MONEY);
	switch (like->kind) {
	case GUARD_COUNTED_SIGNAL:
		snprintf(out, size, "%" PRId64 " time%s", total,
		    total == 1 ? "" : "s");
		return;
	case GUARD_COUNTED_PERCENT:
		snprintf(out, size, "%s %%", number);
		return;
	case GUARD_COUNTED_MONEY:
		snprintf(out, size, "%s%s%s", number,
		    like->currency[0] ? " " : "", like->currency);
		return;
	case GUARD_COUNTED_DURATION:
		print_duration(out, size, total);
		return;
	case GUARD_COUNTED_COUNT:
	case GUARD_COUNTED_WORDING: /* not shown: it is in the transcript */
		snprintf(out, size, "%s", number);
		return;
	}
}

static void put_one(
    struct json_out *json, const struct guard_counted *like, int64_t total)
{
	char words[64] = "";

	print_total(words, sizeof(words), like, total);
	json_out_object(json);
	if (like->currency[0]) {
		json_out_key(json, "currency");
		json_out_str(json, like->currency);
	}
	json_out_key(json, "kind");
	json_out_str(json, guard_counted_kind_name(like->kind));
	json_out_key(json, "name");
	json_out_str(json, like->name);
	json_out_key(json, "total");
	json_out_int(json, total);
	json_out_key(json, "words");
	json_out_str(json, words);
	json_out_end(json);
}

void packet_put_counted(struct json_out *json, const struct guard_memory *m)
{
	struct guard_counted *rows = mem_array(m->n + 1, sizeof(*rows));

	if (m->n)
		memcpy(rows, m->rows, m->n * sizeof(*rows));
	qsort(rows, m->n, sizeof(*rows), by_name);
	json_out_key(json, "amounts");
	json_out_array(json);
	for (size_t i = 0; i < m->n; i++) {
		const struct guard_counted *like = &rows[i];

		if (like->kind == GUARD_COUNTED_WORDING ||
		    (i && by_name(&rows[i - 1], like) == 0))
			continue;
		put_one(json, like,
		    like->kind == GUARD_COUNTED_SIGNAL
			? like->times
			: guard_counted_total(rows, m->n, like));
	}
	json_out_end(json);
	free(rows);
}
