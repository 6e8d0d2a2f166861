/*
 * pause - a copy of the running pauses in memory, replaced whole whenever the
 * store says that something changed. If the store cannot be read at that
 * moment the copy stays and the read is repeated at every tick.
 */
#include "proxy/store/pause.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/store/store_pauses.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pauses {
	struct store *store;
	atomic_bool any;
	atomic_bool stale; /* a read is owed */
	pthread_rwlock_t lock;
	struct store_pause *list; /* under lock */
	size_t n;
};

struct reading {
	struct store_job job;
	struct pauses *pauses;
	struct store_pause *list;
	size_t n;
};

static int reading_run(struct store_tx *tx, struct store_job *job)
{
	struct reading *reading = (struct reading *)job;

	return store_pauses_list(
	    tx, clock_now_us(), &reading->list, &reading->n);
}

static void reading_done(struct store_job *job, int err)
{
	struct reading *reading = (struct reading *)job;
	struct pauses *pauses = reading->pauses;

	if (err) {
		log_line(LOG_ERROR, "pause", "cannot read the pauses: %s",
		    store_err_text(err));
		atomic_store(&pauses->stale, true);
	} else {
		pthread_rwlock_wrlock(&pauses->lock);
		store_pauses_free(pauses->list, pauses->n);
		pauses->list = reading->list;
		pauses->n = reading->n;
		pthread_rwlock_unlock(&pauses->lock);
		atomic_store(&pauses->any, reading->n > 0);
	}
	free(reading);
}

static void read_again(struct pauses *pauses)
{
	struct reading *reading = mem_zero(sizeof(*reading));

	reading->job.run = reading_run;
	reading->job.done = reading_done;
	reading->job.reads = true;
	reading->pauses = pauses;
	store_submit(pauses->store, &reading->job);
}

static void on_change(void *arg, const struct store_change *change)
{
	if (change->kind == STORE_CHANGE_PAUSE)
		read_again(arg);
}

static void on_tick(void *arg)
{
	struct pauses *pauses = arg;

	if (atomic_exchange(&pauses->stale, false))
		read_again(pauses);
}

struct pauses *pauses_new(struct store *store)
{
	struct pauses *pauses = mem_zero(sizeof(*pauses));

	pauses->store = store;
	pthread_rwlock_init(&pauses->lock, NULL);
	store_on_change(store, on_change, pauses);
	store_on_tick(store, on_tick, pauses);
	return pauses;
}

static int load(struct store_tx *tx, void *arg)
{
	struct pauses *pauses = arg;

	return store_pauses_list(tx, clock_now_us(), &pauses->list, &pauses->n);
}

int pauses_load(struct pauses *pauses)
{
	int err = store_call(pauses->store, true, load, pauses);

	atomic_store(&pauses->any, pauses->n > 0);
	return err;
}

void pauses_free(struct pauses *pauses)
{
	if (!pauses)
		return;
	store_pauses_free(pauses->list, pauses->n);
	pthread_rwlock_destroy(&pauses->lock);
	free(pauses);
}

bool pauses_any(struct pauses *pauses)
{
	return atomic_load(&pauses->any);
}

static bool is_running(const struct store_pause *p, int64_t now_us)
{
	return p->ended_us == 0 && p->from_us <= now_us && now_us < p->until_us;
}

bool pauses_rule(struct pauses *pauses, const char *rule, int64_t now_us)
{
	bool paused = false;

	if (!pauses_any(pauses))
		return false;
	pthread_rwlock_rdlock(&pauses->lock);
	for (size_t i = 0; i < pauses->n && !paused; i++) {
		const struct store_pause *p = &pauses->list[i];

		paused = is_running(p, now_us) &&
		    (p->scope == STORE_PAUSE_ALL ||
			(p->scope == STORE_PAUSE_RULE &&
			    strcmp(p->rule, rule) == 0));
	}
	pthread_rwlock_unlock(&pauses->lock);
	return paused;
}

bool pauses_ai_speech(struct pauses *pauses, int64_t now_us)
{
	bool paused = false;

	if (!pauses_any(pauses))
		return false;
	pthread_rwlock_rdlock(&pauses->lock);
	for (size_t i = 0; i < pauses->n && !paused; i++)
		paused = is_running(&pauses->list[i], now_us) &&
		    pauses->list[i].scope == STORE_PAUSE_AI_SPEECH;
	pthread_rwlock_unlock(&pauses->lock);
	return paused;
}
