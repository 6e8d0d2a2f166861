/* record_counted - what the conversation had counted when a message was
 * judged, as part of a record's inputs. */
#include "proxy/audit/record_fields.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	const struct guard_counted *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	if (order == 0)
		order = (x->kind > y->kind) - (x->kind < y->kind);
	if (order == 0)
		order = strcmp(x->currency, y->currency);
	return order ? order : (x->value > y->value) - (x->value < y->value);
}

static void put_row(struct record_writer *w, const struct guard_counted *row)
{
	json_out_object(&w->json);
	if (row->currency[0])
		record_put_text(w, "currency", row->currency);
	record_put_text(w, "kind", guard_counted_kind_name(row->kind));
	record_put_text(w, "name", row->name);
	json_out_key(&w->json, "times");
	json_out_int(&w->json, row->times);
	json_out_key(&w->json, "value");
	json_out_int(&w->json, row->value);
	json_out_end(&w->json);
}

/* Sorted, so that the same inputs are the same bytes whatever order they were
 * counted in; absent when nothing was. */
void record_put_counted(struct record_writer *w, const struct guard_session *s)
{
	size_t n = s->n_counted;
	if (n == 0)
		return;
	struct guard_counted *rows = mem_array(n, sizeof(*rows));
	memcpy(rows, s->counted, n * sizeof(*rows));
	qsort(rows, n, sizeof(*rows), by_value);
	if (n > w->limits.counted) {
		n = w->limits.counted;
		w->shortened = true;
	}
	json_out_key(&w->json, "counted");
	json_out_array(&w->json);
	for (size_t i = 0; i < n; i++)
		put_row(w, &rows[i]);
	json_out_end(&w->json);
	free(rows);
}
