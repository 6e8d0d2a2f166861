/*
 * store_told - see store_told.h.
 *
 *   change seen -> listeners -> their reads -> a read of ours -> meta "told"
 *
 * and to "silent", where it could not be recorded and only what silences the AI
 * was told.
 *
 * The reading lane answers in order, so when ours is answered theirs have
 * been: what was changed outside is in force.
 */
#include "proxy/store/store_told.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/store/query.h"

#include <stdlib.h>
#include <unistd.h>

#define LOOK_US 10000

struct telling {
	struct store_job job;
	struct store *store;
	const char *key; /* "told", "silent" */
	int64_t change;
};

static int write_told(struct store_tx *tx, struct store_job *job)
{
	struct telling *t = (struct telling *)job;
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO meta(key, value) VALUES($1, $2)"
	    " ON CONFLICT(key) DO UPDATE SET value = excluded.value");
	query_text(&q, t->key);
	query_int(&q, t->change);
	return query_run(&q);
}

/* Whoever waits for it gives up in time and says so. */
static void told_done(struct store_job *job, int err)
{
	if (err)
		log_line(LOG_WARN, "store",
		    "cannot say that a change is in force: %s",
		    store_err_text(err));
	free(job);
}

static int read_nothing(struct store_tx *tx, struct store_job *job)
{
	return STORE_OK;
}

static void reads_answered(struct store_job *job, int err)
{
	struct telling *t = (struct telling *)job;

	t->job = (struct store_job){
	    .run = write_told, .done = told_done, .durable = true};
	store_submit(t->store, &t->job);
}

static void say(struct store *store, const char *key, int64_t change)
{
	struct telling *t = mem_zero(sizeof(*t));

	t->job.run = read_nothing;
	t->job.done = reads_answered;
	t->job.reads = true;
	t->store = store;
	t->key = key;
	t->change = change;
	store_submit(store, &t->job);
}

void store_say_told(struct store *store, int64_t change)
{
	say(store, "told", change);
}

void store_say_silent(struct store *store, int64_t change)
{
	say(store, "silent", change);
}

struct waits {
	struct store_job job;
	char *why;
};

static int write_waits(struct store_tx *tx, struct store_job *job)
{
	struct waits *w = (struct waits *)job;
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO meta(key, value) VALUES('waits', $1)"
	    " ON CONFLICT(key) DO UPDATE SET value = excluded.value");
	query_text(&q, w->why);
	return query_run(&q);
}

/* It is for people only: without it they look into the log. */
static void waits_done(struct store_job *job, int err)
{
	struct waits *w = (struct waits *)job;

	free(w->why);
	free(w);
}

void store_say_waits(struct store *store, const char *why)
{
	struct waits *w = mem_zero(sizeof(*w));

	w->job.run = write_waits;
	w->job.done = waits_done;
	w->job.durable = true; /* on a full disk it must not wait for room */
	w->why = mem_strdup(why ? why : "");
	store_submit(store, &w->job);
}

/* ---- the other side ---- */

struct progress {
	int64_t changed, told, silent;
};

static int64_t number(struct query *q)
{
	return query_step(q) ? query_get_int(q, 0) : 0;
}

static int read_key(struct store_tx *tx, const char *key, int64_t *out)
{
	struct query q;

	query_start(
	    &q, tx, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = $1");
	query_text(&q, key);
	*out = number(&q);
	return query_end(&q);
}

static int read_progress(struct store_tx *tx, void *arg)
{
	struct progress *p = arg;
	struct query q;

	query_start(&q, tx, "SELECT COALESCE(MAX(id), 0) FROM changes");
	p->changed = number(&q);
	int err = query_end(&q);
	err = err ? err : read_key(tx, "told", &p->told);
	return err ? err : read_key(tx, "silent", &p->silent);
}

int store_await_told(struct store *store, unsigned ms)
{
	int64_t until_us = clock_mono_us() + (int64_t)ms * 1000;
	struct progress first, now;
	int err = store_call(store, true, read_progress, &first);

	now = first;
	while (!err && now.told < first.changed) {
		if (clock_mono_us() >= until_us)
			return STORE_BUSY;
		usleep(LOOK_US);
		err = store_call(store, true, read_progress, &now);
	}
	return err;
}

bool store_is_silent(struct store *store)
{
	struct progress p;

	return store_call(store, true, read_progress, &p) == STORE_OK &&
	    p.silent >= p.changed;
}

static int read_waits(struct store_tx *tx, void *arg)
{
	char **why = arg;
	struct query q;

	free(*why); /* of a run before */
	*why = NULL;
	query_start(&q, tx, "SELECT value FROM meta WHERE key = 'waits'");
	if (query_step(&q))
		*why = query_get_text(&q, 0);
	return query_end(&q);
}

char *store_waits_for(struct store *store)
{
	char *why = NULL;
	int err = store_call(store, true, read_waits, &why);

	if (!err && why && why[0])
		return why;
	free(why);
	return NULL;
}
