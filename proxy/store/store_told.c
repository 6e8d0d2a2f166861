/*
 * store_told - see store_told.h.
 *
 *   change seen -> listeners -> their reads -> a read of ours -> meta "told"
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
	int64_t change;
};

static int write_told(struct store_tx *tx, struct store_job *job)
{
	struct telling *t = (struct telling *)job;
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO meta(key, value) VALUES('told', $1)"
	    " ON CONFLICT(key) DO UPDATE SET value = excluded.value");
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

void store_say_told(struct store *store, int64_t change)
{
	struct telling *t = mem_zero(sizeof(*t));

	t->job.run = read_nothing;
	t->job.done = reads_answered;
	t->job.reads = true;
	t->store = store;
	t->change = change;
	store_submit(store, &t->job);
}

/* ---- the other side ---- */

struct progress {
	int64_t changed, told;
};

static int64_t number(struct query *q)
{
	return query_step(q) ? query_get_int(q, 0) : 0;
}

static int read_progress(struct store_tx *tx, void *arg)
{
	struct progress *p = arg;
	struct query q;

	query_start(&q, tx, "SELECT COALESCE(MAX(id), 0) FROM changes");
	p->changed = number(&q);
	int err = query_end(&q);
	if (err)
		return err;
	query_start(&q, tx,
	    "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'told'");
	p->told = number(&q);
	return query_end(&q);
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
