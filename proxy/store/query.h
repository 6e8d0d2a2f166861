/*
 * query - one SQL statement inside a transaction, with its errors kept to the
 * end.
 *
 *   struct query q;
 *   query_start(&q, tx, "SELECT a FROM t WHERE b = $1");
 *   query_text(&q, b);
 *   while (query_step(&q))
 *           a = query_get_int(&q, 0);
 *   err = query_end(&q);
 *
 * After an error binding does nothing and query_step is false. What is bound
 * is borrowed until query_end; what the getters borrow lives until the next
 * step.
 */
#ifndef HANDRAIL_PROXY_STORE_QUERY_H
#define HANDRAIL_PROXY_STORE_QUERY_H

#include "proxy/store/backend.h"
#include "proxy/store/vault.h"

struct query {
	struct store_tx *tx;
	struct backend_stmt *stmt;
	int bound, err;
};

/* The key a job used last, so that several texts need it unwrapped only once.
 * Within a transaction nobody else can destroy it. store_keys.c only. */
struct key_memo {
	char *family, *id; /* NULL: there is none */
	int64_t gen;
	bool newest; /* texts may be sealed under it */
	struct vault_key key;
};

/* The transaction, as the rows' files see it. */
struct store_tx {
	const struct backend_ops *ops;
	struct backend *backend;
	const struct vault *vault;
	bool told;  /* store_tell was called */
	bool scrub; /* store_scrub_after was */
	struct key_memo memo;
};
/* Wipe the memo: at the end of every job. */
void store_keys_forget(struct store_tx *);

void query_start(struct query *, struct store_tx *, const char *sql);
void query_int(struct query *, int64_t);
void query_text(struct query *, const char *); /* NULL is NULL */
void query_blob(struct query *, const void *, size_t n);
bool query_step(struct query *);
int query_end(struct query *) __attribute__((warn_unused_result));
/* For statements without rows: step and end. */
int query_run(struct query *) __attribute__((warn_unused_result));
/* The same; NOT_FOUND when no row was changed. */
int query_run_one(struct query *) __attribute__((warn_unused_result));

bool query_is_null(struct query *, int column);
int64_t query_get_int(struct query *, int column);
/* Copies, free(); "" for NULL. */
char *query_get_text(struct query *, int column);
const void *query_get_blob(struct query *, int column, size_t *n);
/* Into a fixed array, cut to size; for ids we made ourselves. */
void query_get_fixed(struct query *, int column, char *out, size_t size);

#endif
