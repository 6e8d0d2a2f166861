/*
 * store - opening, jobs that are waited for, and what other processes did.
 *
 * Before store_start everything runs in the caller's thread, one at a time.
 * Another process' commit shows as a changed data version; what it did is in
 * the table changes, read from where we stopped. Nothing else is inferred.
 */
#include "proxy/store/store.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/store/store_lane.h"
#include "proxy/store/store_told.h"
#include "proxy/store/vault.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES_KEPT_US (24 * 3600 * CLOCK_SECOND_US)

const char *store_err_text(int err)
{
	switch ((enum store_err)err) {
	case STORE_OK:
		return "no error";
	case STORE_NOT_FOUND:
		return "there is no such thing";
	case STORE_BUSY:
		return "another process holds the store too long";
	case STORE_FULL:
		return "the disk is full";
	case STORE_CORRUPT:
		return "not a store, damaged, or made by a newer Handrail";
	case STORE_IO:
		return "the store cannot be read or written";
	case STORE_ERASED:
		return "the text has been erased";
	case STORE_KEY:
		return "the master key does not open it";
	case STORE_CONFLICT:
		return "its state does not allow it";
	case STORE_GONE:
		return "the file of the store was removed or replaced";
	}
	return "unknown error";
}

bool store_err_may_pass(int err)
{
	return err == STORE_FULL || err == STORE_BUSY || err == STORE_IO ||
	    err == STORE_GONE;
}

/* ---- changes by other processes, ticks ---- */

static struct store_tx writer_tx(struct store *store)
{
	return (struct store_tx){.ops = store->ops,
	    .backend = store->writer.backend,
	    .vault = store->vault};
}

static void tell_listeners(struct store *store, const struct store_change *c)
{
	for (size_t i = 0; i < store->n_listeners; i++)
		if (store->listeners[i].change)
			store->listeners[i].change(store->listeners[i].arg, c);
}

/* Changes as read, told once the transaction is over. */
struct change_list {
	struct store_change *items; /* their strings are owned */
	size_t n;
	int64_t last;
};

static void clear_changes(struct change_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free((char *)list->items[i].family);
		free((char *)list->items[i].conversation);
		free((char *)list->items[i].handoff);
	}
	free(list->items);
}

static int read_changes(struct store_tx *tx, struct change_list *list)
{
	struct query q;

	query_start(&q, tx,
	    "SELECT id, kind, family, conversation, handoff FROM changes"
	    " WHERE id > $1 ORDER BY id");
	query_int(&q, list->last);
	while (query_step(&q)) {
		list->items = mem_realloc_array(
		    list->items, list->n + 1, sizeof(*list->items));
		list->items[list->n++] = (struct store_change){
		    (enum store_change_kind)query_get_int(&q, 1),
		    query_get_text(&q, 2), query_get_text(&q, 3),
		    query_get_text(&q, 4), false};
		list->last = query_get_int(&q, 0);
	}
	return query_end(&q);
}

/* In one transaction, so that whatever shows among the changes has been
 * recorded before anybody acts on it. */
static int try_changes(
    struct store *store, struct change_list *list, bool durable)
{
	const struct backend_ops *ops = store->ops;
	struct backend *backend = store->writer.backend;
	struct store_tx tx = writer_tx(store);
	int err = ops->begin(backend, false, durable);

	if (err)
		return err;
	if (store->before)
		err = store->before(&tx, store->before_arg);
	err = err ? err : read_changes(&tx, list);
	err = err ? err : ops->commit(backend);
	if (err)
		ops->rollback(backend);
	else
		store->unscrubbed = store->unscrubbed || tx.scrub;
	return err;
}

/* What an operator does on a full disk is not to wait for room. */
static int take_changes(struct store *store, struct change_list *list)
{
	int err = try_changes(store, list, false);

	while (err == STORE_FULL) {
		bool more = store->ops->relieve(store->writer.backend);

		clear_changes(list);
		*list = (struct change_list){.last = store->last_change};
		err = try_changes(store, list, true);
		if (!more)
			break;
	}
	return err;
}

static bool silences(const struct store_change *change)
{
	return change->kind == STORE_CHANGE_LOCKED ||
	    change->kind == STORE_CHANGE_PAUSE;
}

static int read_unrecorded(struct store *store, struct change_list *list)
{
	const struct backend_ops *ops = store->ops;
	struct store_tx tx = writer_tx(store);
	int err = ops->begin(tx.backend, true, false);

	if (err)
		return err;
	err = read_changes(&tx, list);
	err = err ? err : ops->commit(tx.backend);
	if (err)
		ops->rollback(tx.backend);
	return err;
}

/* It cannot be recorded yet: the AI falls silent all the same. */
static void tell_unrecorded(struct store *store)
{
	int64_t first = store->last_change;

	if (store->last_unrecorded > first)
		first = store->last_unrecorded;
	struct change_list list = {.last = first};
	if (read_unrecorded(store, &list) == STORE_OK && list.n > 0) {
		store->last_unrecorded = list.last;
		for (size_t i = 0; i < list.n; i++) {
			list.items[i].unrecorded = true;
			if (silences(&list.items[i]))
				tell_listeners(store, &list.items[i]);
		}
		if (store->started)
			store_say_silent(store, list.last);
	}
	clear_changes(&list);
}

static void look_outside(struct store *store)
{
	struct change_list list = {.last = store->last_change};
	int64_t version = store->version;
	int err = store->ops->version(store->writer.backend, &version);

	if (err || (version == store->version && !store->told))
		return;
	if (take_changes(store, &list) ==
	    STORE_OK) { /* else at the next tick */
		store->version = version;
		store->told = false;
		store->last_change = list.last;
		for (size_t i = 0; i < list.n; i++)
			tell_listeners(store, &list.items[i]);
		if (store->started && list.n > 0)
			store_say_told(store, list.last);
	} else {
		tell_unrecorded(store);
	}
	clear_changes(&list);
}

void store_scrub_after(struct store_tx *tx)
{
	tx->scrub = true;
}

/* With a reader in the way: at the next tick. */
static void scrub_now(struct store *store)
{
	if (store->unscrubbed)
		store->unscrubbed =
		    store->ops->scrub(store->writer.backend, false) != 0;
}

static int write_something(struct store *store)
{
	const struct backend_ops *ops = store->ops;
	struct backend *backend = store->writer.backend;
	struct store_tx tx = writer_tx(store);
	struct query q;
	int err = ops->begin(backend, false, true);

	if (err)
		return err;
	query_start(
	    &q, &tx, "UPDATE meta SET value = value WHERE key = 'master'");
	err = query_run(&q);
	err = err ? err : ops->commit(backend);
	if (err)
		ops->rollback(backend);
	return err;
}

/* After a failure: can the store be written again? */
static void look_whether_it_writes(struct store *store, bool room)
{
	int health = atomic_load(&store->health);
	int64_t now_us = clock_mono_us();

	if (!health || (health == STORE_FULL && !room)) {
		store->next_try_us = now_us + CLOCK_SECOND_US;
		return;
	}
	if (now_us < store->next_try_us)
		return;
	store->next_try_us = now_us + CLOCK_SECOND_US;
	int err = write_something(store);
	atomic_store(&store->health, err);
	if (!err)
		log_line(LOG_WARN, "store", "written again");
}

/* What is written to a file that has no name any more is not stored. */
static void look_for_file(struct store *store)
{
	if (store->ops->is_there(store->writer.backend) ||
	    atomic_exchange(&store->health, STORE_GONE) == STORE_GONE)
		return;
	log_line(LOG_ERROR, "store",
	    "%s: nothing is stored until it is back, or a restart",
	    store_err_text(STORE_GONE));
}

void store_tick(struct store *store)
{
	store->next_tick_us = clock_mono_us() + STORE_TICK_MS * 1000;
	if (atomic_load(&store->closing))
		return;
	bool room = store->ops->recover(store->writer.backend);
	look_for_file(store);
	look_whether_it_writes(store, room);
	look_outside(store);
	scrub_now(store);
	for (size_t i = 0; i < store->n_listeners; i++)
		if (store->listeners[i].tick)
			store->listeners[i].tick(store->listeners[i].arg);
}

int store_tell(struct store_tx *tx, const struct store_change *change)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO changes(time_us, kind, family, conversation, handoff)"
	    " VALUES($1, $2, $3, $4, $5)");
	query_int(&q, clock_now_us());
	query_int(&q, change->kind);
	query_text(&q, change->family);
	query_text(&q, change->conversation);
	query_text(&q, change->handoff);
	tx->told = true;
	return query_run(&q);
}

static void drain_inline(struct store *store)
{
	store->draining = true;
	while (lane_work(&store->writer) || lane_work(&store->reader))
		;
	store->draining = false;
	if (store->told)
		look_outside(store);
	scrub_now(store);
}

void store_submit(struct store *store, struct store_job *job)
{
	lane_submit(
	    job->reads ? &store->reader : &store->writer, job, store->started);
	if (!store->started && !store->draining)
		drain_inline(store);
}

struct call {
	struct store_job job;
	int (*run)(struct store_tx *, void *arg);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool done;
	int err;
};

static int call_run(struct store_tx *tx, struct store_job *job)
{
	struct call *call = (struct call *)job;

	return call->run(tx, call->arg);
}

static void call_done(struct store_job *job, int err)
{
	struct call *call = (struct call *)job;

	pthread_mutex_lock(&call->lock);
	call->err = err;
	call->done = true;
	pthread_cond_signal(&call->cond);
	pthread_mutex_unlock(&call->lock);
}

int store_call(struct store *store, bool reads,
    int (*run)(struct store_tx *, void *arg), void *arg)
{
	struct call call = {
	    .job = {.run = call_run,
		.done = call_done,
		.reads = reads,
		.durable = !reads},
	    .run = run,
	    .arg = arg,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .cond = PTHREAD_COND_INITIALIZER,
	};

	assert(!lane_is_mine() && !store->draining);
	store_submit(store, &call.job);
	pthread_mutex_lock(&call.lock);
	while (!call.done)
		pthread_cond_wait(&call.cond, &call.lock);
	pthread_mutex_unlock(&call.lock);
	return call.err;
}

/* ---- opening and closing ---- */

static int prepare(struct store_tx *tx, void *arg)
{
	struct store *store = arg;
	char mine[VAULT_INDEX_SIZE], theirs[VAULT_INDEX_SIZE] = "";
	struct query q;

	vault_index(tx->vault, "check", "", 0, mine);
	query_start(&q, tx, "SELECT value FROM meta WHERE key = 'master'");
	if (query_step(&q))
		query_get_fixed(&q, 0, theirs, sizeof(theirs));
	int err = query_end(&q);
	if (!err && theirs[0] && strcmp(mine, theirs) != 0)
		return STORE_KEY;
	if (!err && !theirs[0]) {
		query_start(&q, tx,
		    "INSERT INTO meta(key, value) VALUES('master', $1)");
		query_text(&q, mine);
		err = query_run(&q);
	}
	if (!err) {
		query_start(&q, tx, "DELETE FROM changes WHERE time_us < $1");
		query_int(&q, clock_now_us() - CHANGES_KEPT_US);
		err = query_run(&q);
	}
	if (!err) {
		query_start(&q, tx, "SELECT COALESCE(MAX(id), 0) FROM changes");
		if (query_step(&q))
			store->last_change = query_get_int(&q, 0);
		err = query_end(&q);
	}
	return err;
}

static int open_both(struct store *store, const struct store_options *options,
    char *why, size_t size)
{
	const struct backend_ops *ops = store->ops;
	int err = ops->open(&store->writer.backend, options, false, why, size);

	if (!err)
		err =
		    ops->open(&store->reader.backend, options, true, why, size);
	if (!err)
		err = ops->version(store->writer.backend, &store->version);
	if (!err)
		err = store_call(store, false, prepare, store);
	return err;
}

int store_open(struct store **out, const struct store_options *options,
    char *why, size_t why_size)
{
	assert(options->sqlite && options->vault && why_size > 0);
	struct store *store = mem_zero(sizeof(*store));
	char detail[256] = "";

	store->ops = &store_sqlite_ops;
	store->vault = options->vault;
	store->max_jobs = options->max_jobs ? options->max_jobs : 8192;
	store->max_bytes =
	    options->max_bytes ? options->max_bytes : (size_t)64 << 20;
	lane_init(&store->writer, store, false);
	lane_init(&store->reader, store, true);
	int err = open_both(store, options, detail, sizeof(detail));
	if (err) {
		snprintf(why, why_size, "%s: %s%s%s%s", options->sqlite,
		    store_err_text(err), detail[0] ? " (" : "", detail,
		    detail[0] ? ")" : "");
		store_close(store);
		store = NULL;
	}
	*out = store;
	return err;
}

void store_start(struct store *store)
{
	assert(!store->started);
	store->started = true;
	store->next_tick_us = clock_mono_us() + STORE_TICK_MS * 1000;
	store->unscrubbed = true; /* what the end of the last run left */
	scrub_now(store);
	if (store->last_change > 0) /* loaded, all of it */
		store_say_told(store, store->last_change);
	if (lane_start(&store->writer) || lane_start(&store->reader)) {
		log_line(LOG_ERROR, "store", "cannot start its threads");
		abort();
	}
}

void store_close(struct store *store)
{
	if (!store)
		return;
	atomic_store(&store->closing, true);
	if (store->started) {
		/* Answers of one lane may submit to the other. */
		while (lane_drain(&store->reader) | lane_drain(&store->writer))
			;
		lane_stop(&store->reader);
		lane_stop(&store->writer);
	}
	store->ops->close(store->reader.backend);
	store->ops->close(store->writer.backend);
	lane_clear(&store->reader);
	lane_clear(&store->writer);
	free(store);
}

const struct vault *store_vault(const struct store *store)
{
	return store->vault;
}

size_t store_waiting(struct store *store)
{
	pthread_mutex_lock(&store->writer.lock);
	size_t n = store->writer.jobs;
	pthread_mutex_unlock(&store->writer.lock);
	return n;
}

int store_health(struct store *store)
{
	return atomic_load(&store->health);
}

static void listen(struct store *store, struct listener listener)
{
	assert(!store->started && store->n_listeners < STORE_MAX_LISTENERS);
	store->listeners[store->n_listeners++] = listener;
}

void store_on_change(struct store *store,
    void (*fn)(void *arg, const struct store_change *), void *arg)
{
	listen(store, (struct listener){.change = fn, .arg = arg});
}

void store_before_changes(
    struct store *store, int (*fn)(struct store_tx *, void *arg), void *arg)
{
	assert(!store->started && !store->before);
	store->before = fn;
	store->before_arg = arg;
}

void store_on_tick(struct store *store, void (*fn)(void *arg), void *arg)
{
	listen(store, (struct listener){.tick = fn, .arg = arg});
}

static int scrub_noop(struct store_tx *tx, struct store_job *job)
{
	return STORE_OK;
}

/* The checkpoint cannot be inside a transaction: done comes after it. */
struct scrub {
	struct call call;
	struct store *store;
};

static void scrub_done(struct store_job *job, int err)
{
	struct scrub *scrub = (struct scrub *)job;

	if (!err)
		err = scrub->store->ops->scrub(
		    scrub->store->writer.backend, true);
	call_done(job, err);
}

int store_scrub(struct store *store)
{
	struct scrub scrub = {.call = {.job = {.run = scrub_noop,
					   .done = scrub_done,
					   .durable = true},
				  .lock = PTHREAD_MUTEX_INITIALIZER,
				  .cond = PTHREAD_COND_INITIALIZER},
	    .store = store};
	struct call *call = &scrub.call;

	store_submit(store, &call->job);
	pthread_mutex_lock(&call->lock);
	while (!call->done)
		pthread_cond_wait(&call->cond, &call->lock);
	pthread_mutex_unlock(&call->lock);
	return call->err;
}
