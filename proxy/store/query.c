/*
 * query - see query.h. Keeps the first error; a statement is always given
 * back to the backend by query_end, whatever happened before.
 */
#include "proxy/store/query.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <string.h>

void query_start(struct query *q, struct store_tx *tx, const char *sql)
{
	*q = (struct query){.tx = tx};
	q->err = tx->ops->start(tx->backend, sql, &q->stmt);
}

static void query_bind(struct query *q, const struct backend_value *value)
{
	if (q->err)
		return;
	struct store_tx *tx = q->tx;
	q->err = tx->ops->bind(tx->backend, q->stmt, ++q->bound, value);
}

void query_int(struct query *q, int64_t number)
{
	query_bind(
	    q, &(struct backend_value){.type = BACKEND_INT, .number = number});
}

void query_text(struct query *q, const char *text)
{
	struct backend_value value = {.type = BACKEND_NULL};

	if (text) {
		value.type = BACKEND_TEXT;
		value.data = text;
		value.len = strlen(text);
	}
	query_bind(q, &value);
}

void query_blob(struct query *q, const void *data, size_t n)
{
	query_bind(q,
	    &(struct backend_value){.type = data ? BACKEND_BLOB : BACKEND_NULL,
		.data = data,
		.len = n});
}

bool query_step(struct query *q)
{
	if (q->err)
		return false;
	int got = q->tx->ops->step(q->tx->backend, q->stmt);
	if (got < 0)
		q->err = got;
	return got == 1;
}

int query_end(struct query *q)
{
	if (q->stmt)
		q->tx->ops->finish(q->stmt);
	q->stmt = NULL;
	return q->err;
}

int query_run(struct query *q)
{
	bool row = query_step(q);

	assert(!row);
	return query_end(q);
}

int query_run_one(struct query *q)
{
	int err = query_run(q);

	if (!err && q->tx->ops->changed(q->tx->backend) == 0)
		err = STORE_NOT_FOUND;
	return err;
}

static void get(struct query *q, int column, struct backend_value *out)
{
	q->tx->ops->column(q->stmt, column, out);
}

bool query_is_null(struct query *q, int column)
{
	struct backend_value value;

	get(q, column, &value);
	return value.type == BACKEND_NULL;
}

int64_t query_get_int(struct query *q, int column)
{
	struct backend_value value;

	get(q, column, &value);
	return value.type == BACKEND_INT ? value.number : 0;
}

const void *query_get_blob(struct query *q, int column, size_t *n)
{
	struct backend_value value;

	get(q, column, &value);
	if (value.type != BACKEND_TEXT && value.type != BACKEND_BLOB) {
		*n = 0;
		return "";
	}
	*n = value.len;
	return value.len ? value.data : "";
}

char *query_get_text(struct query *q, int column)
{
	size_t n;
	const char *text = query_get_blob(q, column, &n);

	return mem_strndup(text, n);
}

void query_get_fixed(struct query *q, int column, char *out, size_t size)
{
	size_t n;
	const char *text = query_get_blob(q, column, &n);

	if (n >= size)
		n = size - 1;
	memcpy(out, text, n);
	out[n] = '\0';
}
