/*
 * backend - what a database must offer to hold the store.
 *
 * SQL is written once, in the subset that SQLite and PostgreSQL share, with
 * $1, $2, ... in order of first use; only the schema and the ways of opening
 * differ. A backend is one connection and is used by one thread at a time.
 * Every function that returns int returns 0 or a store_err.
 */
#ifndef HANDRAIL_PROXY_STORE_BACKEND_H
#define HANDRAIL_PROXY_STORE_BACKEND_H

#include "proxy/store/store.h"

struct backend;      /* one connection */
struct backend_stmt; /* one prepared statement, reused */

enum backend_type { BACKEND_NULL, BACKEND_INT, BACKEND_TEXT, BACKEND_BLOB };
struct backend_value {
	enum backend_type type;
	int64_t number;
	const void *data; /* TEXT, BLOB; of a column: until the next step */
	size_t len;
};

struct backend_ops {
	const char *name;
	/* With the reason in why. One that only reads comes second and may
	 * count on the schema. */
	int (*open)(struct backend **, const struct store_options *, bool reads,
	    char *why, size_t why_size);
	void (*close)(struct backend *);
	int (*begin)(struct backend *, bool reads, bool durable);
	int (*commit)(struct backend *);
	void (*rollback)(struct backend *);
	/* Within a transaction: a place to go back to; keep or undo what came
	 * after. */
	int (*save)(struct backend *);
	int (*keep)(struct backend *);
	int (*undo)(struct backend *);
	/* sql is a literal: its address names the cached statement. */
	int (*start)(struct backend *, const char *sql, struct backend_stmt **);
	int (*bind)(struct backend *, struct backend_stmt *, int index,
	    const struct backend_value *);
	/* 1: a row; 0: no more. */
	int (*step)(struct backend *, struct backend_stmt *);
	void (*column)(
	    struct backend_stmt *, int index, struct backend_value *out);
	void (*finish)(struct backend_stmt *);
	int64_t (*changed)(struct backend *);  /* rows, by the last statement */
	int64_t (*inserted)(struct backend *); /* number of the last new row */
	/* A number that differs once another connection has committed. */
	int (*version)(struct backend *, int64_t *out);
	/* Empty the log; BUSY at once unless it may wait for readers. */
	int (*scrub)(struct backend *, bool wait);
	/* The disk is full: give up the space kept back. False: there is none.
	 * From then on only durable transactions begin. */
	bool (*relieve)(struct backend *);
	/* Called every STORE_TICK_MS: keep space back again. False: there is
	 * no room for it. */
	bool (*recover)(struct backend *);
	/* False: somebody took its file away. Nothing is written to it then:
	 * begin says GONE. */
	bool (*is_there)(struct backend *);
};

extern const struct backend_ops store_sqlite_ops;

#endif
