/* store_counted - see store_counted.h. */
#include "proxy/store/store_counted.h"

#include "proxy/base/mem.h"
#include "proxy/store/query.h"

#include <stdlib.h>

static int put_row(struct store_tx *tx, const char *family, const char *id,
    const struct guard_counted *row)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO counted(family, id, name, kind, currency, value,"
	    " times) VALUES($1, $2, $3, $4, $5, $6, $7)"
	    " ON CONFLICT(family, id, name, kind, currency, value) DO UPDATE"
	    " SET times = excluded.times"
	    " WHERE excluded.times > counted.times");
	query_text(&q, family);
	query_text(&q, id);
	query_text(&q, row->name);
	query_int(&q, row->kind);
	query_text(&q, row->currency);
	query_int(&q, row->value);
	query_int(&q, row->times);
	return query_run(&q);
}

int store_counted_put(struct store_tx *tx, const char *family, const char *id,
    const struct guard_counted *rows, size_t n)
{
	int err = STORE_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = put_row(tx, family, id, &rows[i]);
	return err;
}

/* A row of a kind this program does not know, or that cannot be. */
static bool is_good(const struct guard_counted *row)
{
	return row->kind <= GUARD_COUNTED_WORDING && row->times > 0 &&
	    (row->kind == GUARD_COUNTED_SIGNAL ? row->value == 0
					       : row->value > 0);
}

static int read_row(struct query *q, struct guard_memory *out)
{
	char *name = query_get_text(q, 0);
	struct guard_counted row = {.name = name,
	    .kind = (enum guard_counted_kind)query_get_int(q, 1),
	    .value = query_get_int(q, 3),
	    .times = query_get_int(q, 4)};

	query_get_fixed(q, 2, row.currency, sizeof(row.currency));
	bool good = is_good(&row);
	if (good && guard_memory_add(out, &row))
		mem_exhausted();
	free(name);
	return good ? STORE_OK : STORE_CORRUPT;
}

int store_counted_get(struct store_tx *tx, const char *family, const char *id,
    struct guard_memory *out)
{
	struct query q;
	int err = STORE_OK;

	query_start(&q, tx,
	    "SELECT name, kind, currency, value, times FROM counted"
	    " WHERE family = $1 AND id = $2"
	    " ORDER BY name, kind, currency, value");
	query_text(&q, family);
	query_text(&q, id);
	while (!err && query_step(&q))
		err = read_row(&q, out);
	int ended = query_end(&q);
	return err ? err : ended;
}
