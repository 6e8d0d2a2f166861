/*
 * store_sqlite - a backend over one SQLite connection (WAL).
 *
 * The writing connection creates the file (mode 0600), brings the schema up
 * to date in one transaction and refuses a newer one. secure_delete zeroes
 * what is overwritten, so an erased key does not linger in free pages; the
 * write-ahead log is emptied by scrub. synchronous=FULL for transactions that
 * must be durable; the others are in the log but not yet synced, and the next
 * durable one syncs them too. SQLite's own messages never hold message text:
 * text is bound, never spelled into SQL.
 */
#include "proxy/store/backend.h"
#include "proxy/store/reserve.h"
#include "proxy/store/store_schema.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_STATEMENTS 96
#define USUAL_CHECKPOINT 4000 /* pages of the write-ahead log */
#define FULL_CHECKPOINT 64

struct backend_stmt {
	const char *sql; /* the literal, compared by address */
	sqlite3_stmt *handle;
	bool busy;
};

struct backend {
	sqlite3 *db;
	struct backend_stmt stmts[MAX_STATEMENTS];
	size_t n_stmts;
	int busy_ms;
	bool durable; /* synchronous is FULL now */
	struct reserve reserve;
	bool relieved; /* on the space that was kept back */
	char *path;
	dev_t device; /* of the file, and its number there */
	ino_t number;
};

static int sqlite_error(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return STORE_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STORE_BUSY;
	case SQLITE_FULL:
		return STORE_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STORE_CORRUPT;
	case SQLITE_NOMEM:
		abort(); /* like every other allocation of the proxy */
	case SQLITE_IOERR:
		/* A write to a full disk may come back as an I/O error. */
		return errno == ENOSPC || errno == EDQUOT ? STORE_FULL
							  : STORE_IO;
	default:
		return STORE_IO;
	}
}

/* ---- statements ---- */

static struct backend_stmt *sqlite_find(struct backend *b, const char *sql)
{
	for (size_t i = 0; i < b->n_stmts; i++)
		if (b->stmts[i].sql == sql)
			return &b->stmts[i];
	assert(b->n_stmts < MAX_STATEMENTS);
	struct backend_stmt *stmt = &b->stmts[b->n_stmts++];
	stmt->sql = sql;
	return stmt;
}

static int sqlite_start(
    struct backend *b, const char *sql, struct backend_stmt **out)
{
	struct backend_stmt *stmt = sqlite_find(b, sql);

	*out = NULL;
	assert(!stmt->busy);
	errno = 0;
	if (!stmt->handle) {
		int code = sqlite3_prepare_v3(b->db, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);
		/* The SQL is ours and tested: it is the tables that are not
		 * what their version says. */
		if (code == SQLITE_ERROR)
			return STORE_CORRUPT;
		if (code != SQLITE_OK)
			return sqlite_error(code);
	}
	stmt->busy = true;
	*out = stmt;
	return STORE_OK;
}

static int sqlite_bind(struct backend *b, struct backend_stmt *stmt, int index,
    const struct backend_value *value)
{
	int code = SQLITE_OK;

	switch (value->type) {
	case BACKEND_NULL:
		code = sqlite3_bind_null(stmt->handle, index);
		break;
	case BACKEND_INT:
		code = sqlite3_bind_int64(stmt->handle, index, value->number);
		break;
	case BACKEND_TEXT:
		code = sqlite3_bind_text64(stmt->handle, index, value->data,
		    value->len, SQLITE_STATIC, SQLITE_UTF8);
		break;
	case BACKEND_BLOB:
		code = sqlite3_bind_blob64(stmt->handle, index, value->data,
		    value->len, SQLITE_STATIC);
		break;
	}
	assert(code != SQLITE_RANGE && code != SQLITE_MISUSE);
	return sqlite_error(code);
}

static int sqlite_step(struct backend *b, struct backend_stmt *stmt)
{
	errno = 0;
	int code = sqlite3_step(stmt->handle);
	if (code == SQLITE_ROW)
		return 1;
	assert(code != SQLITE_MISUSE);
	return sqlite_error(code);
}

static void sqlite_column(
    struct backend_stmt *stmt, int index, struct backend_value *out)
{
	*out = (struct backend_value){.type = BACKEND_NULL};
	switch (sqlite3_column_type(stmt->handle, index)) {
	case SQLITE_INTEGER:
		out->type = BACKEND_INT;
		out->number = sqlite3_column_int64(stmt->handle, index);
		break;
	case SQLITE_TEXT:
		out->type = BACKEND_TEXT;
		out->data = sqlite3_column_text(stmt->handle, index);
		break;
	case SQLITE_BLOB:
		out->type = BACKEND_BLOB;
		out->data = sqlite3_column_blob(stmt->handle, index);
		break;
	}
	if (out->type == BACKEND_TEXT || out->type == BACKEND_BLOB)
		out->len = (size_t)sqlite3_column_bytes(stmt->handle, index);
}

static void sqlite_finish(struct backend_stmt *stmt)
{
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
	stmt->busy = false;
}

static int sqlite_exec(struct backend *b, const char *sql)
{
	errno = 0;
	return sqlite_error(sqlite3_exec(b->db, sql, NULL, NULL, NULL));
}

/* The first column of the first row of a pragma. */
static int sqlite_number(struct backend *b, const char *sql, int64_t *out)
{
	struct backend_stmt *stmt;
	int err = sqlite_start(b, sql, &stmt);

	if (err)
		return err;
	int got = sqlite_step(b, stmt);
	if (got == 1)
		*out = sqlite3_column_int64(stmt->handle, 0);
	sqlite_finish(stmt);
	return got == 1 ? STORE_OK : got < 0 ? got : STORE_IO;
}

/* ---- transactions ---- */

static bool sqlite_is_there(struct backend *b)
{
	struct stat st;

	return stat(b->path, &st) == 0 && st.st_dev == b->device &&
	    st.st_ino == b->number;
}

/* A prepared statement without rows. */
static int sqlite_run(struct backend *b, const char *sql)
{
	struct backend_stmt *stmt;
	int err = sqlite_start(b, sql, &stmt);

	if (!err) {
		err = sqlite_step(b, stmt);
		sqlite_finish(stmt);
	}
	return err;
}

static int sqlite_begin(struct backend *b, bool reads, bool durable)
{
	if (reads)
		return sqlite_run(b, "BEGIN");
	if (!sqlite_is_there(b))
		return STORE_GONE;
	if (!durable && b->relieved)
		return STORE_FULL;
	if (durable != b->durable) {
		int err = sqlite_exec(b,
		    durable ? "PRAGMA synchronous=FULL"
			    : "PRAGMA synchronous=NORMAL");
		if (err)
			return err;
		b->durable = durable;
	}
	return sqlite_run(b, "BEGIN IMMEDIATE");
}

static int sqlite_commit(struct backend *b)
{
	if (sqlite3_get_autocommit(b->db)) /* SQLite gave it up on an error */
		return STORE_IO;
	return sqlite_run(b, "COMMIT");
}

static void sqlite_rollback(struct backend *b)
{
	if (!sqlite3_get_autocommit(b->db))
		sqlite3_exec(b->db, "ROLLBACK", NULL, NULL, NULL);
}

static int sqlite_save(struct backend *b)
{
	return sqlite_run(b, "SAVEPOINT job");
}

static int sqlite_keep(struct backend *b)
{
	return sqlite_run(b, "RELEASE job");
}

static int sqlite_undo(struct backend *b)
{
	return sqlite_exec(b, "ROLLBACK TO job; RELEASE job");
}

static int64_t sqlite_changed(struct backend *b)
{
	return sqlite3_changes64(b->db);
}

static int64_t sqlite_inserted(struct backend *b)
{
	return sqlite3_last_insert_rowid(b->db);
}

static int sqlite_version(struct backend *b, int64_t *out)
{
	return sqlite_number(b, "PRAGMA data_version", out);
}

static int sqlite_scrub(struct backend *b, bool wait)
{
	int log = 0, moved = 0;

	errno = 0;
	sqlite3_busy_timeout(b->db, wait ? b->busy_ms : 0);
	int code = sqlite3_wal_checkpoint_v2(
	    b->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, &log, &moved);
	sqlite3_busy_timeout(b->db, b->busy_ms);
	return sqlite_error(code);
}

/* The write-ahead log grows by every page a transaction touches, twenty for a
 * handoff, until a checkpoint lets it begin anew in the room it has. On what
 * was kept back that has to come early. */
static void sqlite_relieved(struct backend *b, bool relieved)
{
	if (relieved && !b->relieved)
		sqlite3_wal_checkpoint_v2(
		    b->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (relieved != b->relieved)
		sqlite3_wal_autocheckpoint(
		    b->db, relieved ? FULL_CHECKPOINT : USUAL_CHECKPOINT);
	b->relieved = relieved;
}

static bool sqlite_relieve(struct backend *b)
{
	bool given = reserve_release(&b->reserve);

	sqlite_relieved(b, b->relieved || given);
	return given;
}

static bool sqlite_recover(struct backend *b)
{
	bool was = b->reserve.kept, room = reserve_keep(&b->reserve);

	sqlite_relieved(b, !room && (b->relieved || was));
	return room;
}

/* ---- opening ---- */

static int sqlite_migrate(struct backend *b, char *why, size_t size)
{
	int64_t have = 0, know = 0;
	int err = sqlite_exec(b, "BEGIN IMMEDIATE");

	if (!err)
		err = sqlite_number(b, "PRAGMA user_version", &have);
	while (store_schema_sqlite[know])
		know++;
	if (!err && (have < 0 || have > know)) {
		snprintf(why, size,
		    "it has schema version %lld and this program knows %lld: "
		    "made by a newer Handrail, or not a store",
		    (long long)have, (long long)know);
		err = STORE_CORRUPT;
	}
	for (; !err && have < know; have++) {
		char bump[48];

		snprintf(bump, sizeof(bump), "PRAGMA user_version=%lld",
		    (long long)have + 1);
		err = sqlite_exec(b, store_schema_sqlite[have]);
		err = err ? err : sqlite_exec(b, bump);
	}
	err = err ? err : sqlite_commit(b);
	if (err)
		sqlite_rollback(b);
	return err;
}

static int sqlite_prepare(struct backend *b,
    const struct store_options *options, bool reads, char *why, size_t size)
{
	int err = STORE_OK;

	sqlite3_extended_result_codes(b->db, 1);
	sqlite3_limit(b->db, SQLITE_LIMIT_ATTACHED, 0);
	b->busy_ms = options->busy_ms ? (int)options->busy_ms : 5000;
	sqlite3_busy_timeout(b->db, b->busy_ms);
	const char *const setup[] = {"PRAGMA journal_mode=WAL",
	    "PRAGMA synchronous=NORMAL", "PRAGMA secure_delete=ON",
	    "PRAGMA temp_store=MEMORY", "PRAGMA journal_size_limit=67108864",
	    "PRAGMA trusted_schema=OFF", "PRAGMA cache_size=-16384"};
	for (size_t i = 0; i < sizeof(setup) / sizeof(*setup) && !err; i++)
		err = sqlite_exec(b, setup[i]);
	sqlite3_wal_autocheckpoint(b->db, USUAL_CHECKPOINT);
	if (!err && !reads)
		err = sqlite_migrate(b, why, size);
	return err;
}

/* SQLite would create the file readable by others. */
static int sqlite_create(const char *path, char *why, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd >= 0) {
		close(fd);
		return STORE_OK;
	}
	snprintf(why, size, "%s", strerror(errno));
	return errno == ENOSPC || errno == EDQUOT ? STORE_FULL : STORE_IO;
}

static void sqlite_close(struct backend *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n_stmts; i++)
		sqlite3_finalize(b->stmts[i].handle);
	sqlite3_close(b->db);
	reserve_close(&b->reserve);
	free(b->path);
	free(b);
}

/* Its count of bytes in use is a lock around every allocation, and nobody
 * asks for it. */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void sqlite_configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int sqlite_connect(struct backend *b,
    const struct store_options *options, bool reads, char *why, size_t size)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;

	errno = 0;
	int err =
	    sqlite_error(sqlite3_open_v2(options->sqlite, &b->db, flags, NULL));
	return err ? err : sqlite_prepare(b, options, reads, why, size);
}

/* Opening takes some space, too. */
static int sqlite_borrow(struct backend *b, const struct store_options *options,
    int err, char *why, size_t size)
{
	reserve_borrow(&b->reserve, options->sqlite);
	while (err == STORE_FULL && sqlite_relieve(b)) {
		sqlite3_close(b->db);
		b->db = NULL;
		err = sqlite_connect(b, options, false, why, size);
	}
	return err;
}

static int sqlite_note_file(struct backend *b, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return STORE_IO;
	b->path = mem_strdup(path);
	b->device = st.st_dev;
	b->number = st.st_ino;
	return STORE_OK;
}

static int sqlite_open(struct backend **out,
    const struct store_options *options, bool reads, char *why, size_t size)
{
	struct backend *b = mem_zero(sizeof(*b));
	int err = STORE_OK;

	pthread_once(&once, sqlite_configure);
	why[0] = '\0';
	if (options->must_exist && access(options->sqlite, F_OK) != 0) {
		err = STORE_NOT_FOUND;
		snprintf(why, size, "%s", strerror(errno));
	} else if (!reads) {
		err = sqlite_create(options->sqlite, why, size);
	}
	if (!err)
		err = sqlite_connect(b, options, reads, why, size);
	if (!reads && options->borrows)
		err = sqlite_borrow(b, options, err, why, size);
	else if (!err && !reads)
		reserve_open(
		    &b->reserve, options->sqlite, options->reserve_bytes);
	if (!err)
		err = sqlite_note_file(b, options->sqlite);
	if (err && !why[0])
		snprintf(why, size, "%s", b->db ? sqlite3_errmsg(b->db) : "");
	if (err) {
		sqlite_close(b);
		b = NULL;
	}
	*out = b;
	return err;
}

const struct backend_ops store_sqlite_ops = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .save = sqlite_save,
    .keep = sqlite_keep,
    .undo = sqlite_undo,
    .start = sqlite_start,
    .bind = sqlite_bind,
    .step = sqlite_step,
    .column = sqlite_column,
    .finish = sqlite_finish,
    .changed = sqlite_changed,
    .inserted = sqlite_inserted,
    .version = sqlite_version,
    .scrub = sqlite_scrub,
    .relieve = sqlite_relieve,
    .recover = sqlite_recover,
    .is_there = sqlite_is_there,
};
