/*
 * pause - a copy of the running pauses in memory, replaced whole whenever the
 * store says that something changed. If the store cannot be read at that
 * moment the copy stays and the read is repeated at every tick. Of what is not
 * on record yet only that the AI falls silent is taken over.
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
	atomic_bool stale, stale_silence; /* a read is owed */
	pthread_rwlock_t lock;
	struct store_pause *list; /* under lock */
	size_t n;
};

struct reading {
	struct store_job job;
	struct pauses *pauses;
	bool unrecorded;
	struct store_pause *list;
	size_t n;
};

static int reading_run(struct store_tx *tx, struct store_job *job)
{
	struct reading *reading = (struct reading *)job;

	return store_pauses_list(
	    tx, clock_now_us(), &reading->list, &reading->n);
}

static bool knows(const struct pauses *pauses, int64_t id)
{
	for (size_t i = 0; i < pauses->n; i++)
		if (pauses->list[i].id == id)
			return true;
	return false;
}

/* Under the lock: what the AI is silenced by besides. */
static void add_silence(struct pauses *pauses, struct reading *reading)
{
	for (size_t i = 0; i < reading->n; i++) {
		struct store_pause *p = &reading->list[i];

		if (p->scope != STORE_PAUSE_AI_SPEECH || knows(pauses, p->id))
			continue;
		pauses->list = mem_realloc_array(
		    pauses->list, pauses->n + 1, sizeof(*pauses->list));
		pauses->list[pauses->n++] = *p;
		*p = (struct store_pause){0};
	}
	store_pauses_free(reading->list, reading->n);
}

static void take_over(struct pauses *pauses, struct reading *reading)
{
	pthread_rwlock_wrlock(&pauses->lock);
	if (reading->unrecorded) {
		add_silence(pauses, reading);
	} else {
		store_pauses_free(pauses->list, pauses->n);
		pauses->list = reading->list;
		pauses->n = reading->n;
	}
	atomic_store(&pauses->any, pauses->n > 0);
	pthread_rwlock_unlock(&pauses->lock);
}

static void reading_done(struct store_job *job, int err)
{
	struct reading *reading = (struct reading *)job;
	struct pauses *pauses = reading->pauses;

	if (err) {
		log_line(LOG_ERROR, "pause", "cannot read the pauses: %s",
		    store_err_text(err));
		atomic_store(reading->unrecorded ? &pauses->stale_silence
						 : &pauses->stale,
		    true);
	} else {
		take_over(pauses, reading);
	}
	free(reading);
}

static void read_again(struct pauses *pauses, bool unrecorded)
{
	struct reading *reading = mem_zero(sizeof(*reading));

	reading->job.run = reading_run;
	reading->job.done = reading_done;
	reading->job.reads = true;
	reading->pauses = pauses;
	reading->unrecorded = unrecorded;
	store_submit(pauses->store, &reading->job);
}

static void on_change(void *arg, const struct store_change *change)
{
	if (change->kind == STORE_CHANGE_PAUSE)
		read_again(arg, change->unrecorded);
}

static void on_tick(void *arg)
{
	struct pauses *pauses = arg;

	if (atomic_exchange(&pauses->stale, false))
		read_again(pauses, false);
	if (atomic_exchange(&pauses->stale_silence, false))
		read_again(pauses, true);
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
