/*
 * store_lane - queue, grouped commits and thread of one connection.
 *
 *   lane_submit -> queue -> BEGIN job job job COMMIT -> done done done
 *
 * A job that fails by its own fault is undone alone. That is rare, and a
 * savepoint for every job costs a copy of every page it touches: so a group
 * runs without them, and only when a job of it failed is it rolled back and
 * run again with them. When the disk or another process is in the way the
 * whole group is rolled back and, if it had several jobs, each is tried alone
 * once, so that one too large for the disk takes no other with it. Jobs are
 * answered only after their commit; none is ever dropped.
 */
#include "proxy/store/store_lane.h"

#include "proxy/base/clock.h"

#include <stdlib.h>

#define MAX_GROUP 1024  /* jobs in one transaction */
#define GATHER_US 20000 /* a group without durable jobs waits so long */

static _Thread_local bool in_lane;

bool lane_is_mine(void)
{
	return in_lane;
}

/* ---- running jobs ---- */

static bool is_environment(int err)
{
	return store_err_may_pass(err) || err == STORE_CORRUPT;
}

struct attempt {
	bool durable;
	bool saves;  /* with savepoints */
	bool failed; /* out: without them, and a job failed: all is undone */
};

static int run_one(struct lane *lane, struct store_tx *tx, struct store_job *j)
{
	j->err = j->run(tx, j);
	store_keys_forget(tx);
	return is_environment(j->err) ? j->err : STORE_OK;
}

static int run_saved(
    struct lane *lane, struct store_tx *tx, struct store_job *j)
{
	const struct backend_ops *ops = lane->store->ops;
	int err = ops->save(lane->backend);

	if (!err)
		err = run_one(lane, tx, j);
	if (err)
		return err;
	return j->err ? ops->undo(lane->backend) : ops->keep(lane->backend);
}

/* One transaction over a list; 0, or why nothing of it was written. */
static int try_group(
    struct lane *lane, struct store_job *jobs, struct attempt *a)
{
	struct store *store = lane->store;
	struct store_tx tx = {
	    .ops = store->ops, .backend = lane->backend, .vault = store->vault};
	int err = store->ops->begin(lane->backend, lane->reads, a->durable);

	for (struct store_job *j = jobs; j && !err && !a->failed; j = j->next) {
		err =
		    a->saves ? run_saved(lane, &tx, j) : run_one(lane, &tx, j);
		a->failed = !err && j->err && !a->saves && !lane->reads;
	}
	if (!err && !a->failed)
		err = store->ops->commit(lane->backend);
	if (err || a->failed)
		store->ops->rollback(lane->backend);
	else if (tx.told)
		store->told = true;
	if (!err && !a->failed && tx.scrub)
		store->unscrubbed = true;
	return err;
}

static int run_group(struct lane *lane, struct store_job *jobs, bool durable)
{
	struct attempt a = {.durable = durable};
	int err = try_group(lane, jobs, &a);

	if (err || !a.failed || !jobs->next)
		return err; /* one that failed alone is undone with it */
	a = (struct attempt){.durable = durable, .saves = true};
	return try_group(lane, jobs, &a);
}

static void run_alone(struct lane *lane, struct store_job *j)
{
	struct store_job *next = j->next;

	j->next = NULL;
	int err = run_group(lane, j, j->durable);
	if (err)
		j->err = err;
	j->next = next;
}

/* One success proves little: what fits into the space kept back, or writes
 * nothing at all, succeeds on a full disk too. With threads the tick decides
 * when the store can be written again. */
static void note_health(struct lane *lane, int err)
{
	if (!lane->reads && (err || !lane->store->started))
		atomic_store(&lane->store->health, err);
}

static void run_jobs(struct lane *lane, struct store_job *jobs)
{
	struct store *store = lane->store;
	bool durable = false;

	for (struct store_job *j = jobs; j; j = j->next)
		durable = durable || j->durable;
	int err = run_group(lane, jobs, durable);
	note_health(lane, err);
	while (
	    err == STORE_FULL && durable && store->ops->relieve(lane->backend))
		err = run_group(lane, jobs, durable);
	if (err && jobs->next) {
		err = STORE_OK;
		for (struct store_job *j = jobs; j; j = j->next) {
			run_alone(lane, j);
			err = is_environment(j->err) ? j->err : err;
		}
	} else if (err) {
		jobs->err = err;
	}
	note_health(lane, err);
	while (jobs) {
		struct store_job *j = jobs;
		jobs = j->next;
		j->done(j, j->err);
	}
}

/* ---- the queue and the thread ---- */

void lane_init(struct lane *lane, struct store *store, bool reads)
{
	pthread_condattr_t attr;

	lane->store = store;
	lane->reads = reads;
	lane->tail = &lane->head;
	pthread_mutex_init(&lane->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&lane->work, &attr);
	pthread_cond_init(&lane->room, &attr);
	pthread_condattr_destroy(&attr);
}

void lane_clear(struct lane *lane)
{
	pthread_cond_destroy(&lane->work);
	pthread_cond_destroy(&lane->room);
	pthread_mutex_destroy(&lane->lock);
}

static void lane_wait(struct lane *lane, int64_t until_us)
{
	struct timespec ts = {.tv_sec = until_us / CLOCK_SECOND_US,
	    .tv_nsec = until_us % CLOCK_SECOND_US * 1000};

	pthread_cond_timedwait(&lane->work, &lane->lock, &ts);
}

/* Under the lock: up to MAX_GROUP jobs off the front. */
static struct store_job *lane_take(struct lane *lane)
{
	struct store_job *first = lane->head, *last = first;

	if (!first)
		return NULL;
	for (size_t n = 1;; n++) {
		lane->jobs--;
		lane->bytes -= last->bytes;
		lane->durable -= last->durable;
		if (n == MAX_GROUP || !last->next)
			break;
		last = last->next;
	}
	lane->head = last->next;
	if (!lane->head)
		lane->tail = &lane->head;
	last->next = NULL;
	pthread_cond_broadcast(&lane->room);
	return first;
}

static void lane_push(struct lane *lane, struct store_job *job)
{
	job->next = NULL;
	job->err = STORE_OK;
	*lane->tail = job;
	lane->tail = &job->next;
	lane->jobs++;
	lane->bytes += job->bytes;
	lane->durable += job->durable;
}

/* Under the lock: wait for work, at most to the next tick. */
static void lane_wait_for_work(struct lane *lane)
{
	bool ticks = !lane->reads;
	/* What the tick has collected has waited for it already. */
	bool collected = lane->ticked && lane->head;
	int64_t tick_us = ticks ? lane->store->next_tick_us : 0;

	while (!lane->head && !lane->stopping &&
	    (!ticks || clock_mono_us() < tick_us))
		lane_wait(
		    lane, ticks ? tick_us : clock_mono_us() + CLOCK_SECOND_US);
	int64_t gather_us = clock_mono_us() + (collected ? 0 : GATHER_US);
	while (ticks && lane->head && !lane->durable && !lane->stopping &&
	    lane->jobs < MAX_GROUP && clock_mono_us() < gather_us &&
	    lane->bytes < lane->store->max_bytes / 2)
		lane_wait(lane, gather_us);
}

static void *lane_main(void *arg)
{
	struct lane *lane = arg;
	bool more = true;

	in_lane = true;
	pthread_setname_np(
	    pthread_self(), lane->reads ? "store-read" : "store-write");
	while (more) {
		pthread_mutex_lock(&lane->lock);
		lane->running = false;
		pthread_cond_broadcast(&lane->room);
		lane_wait_for_work(lane);
		struct store_job *jobs = lane_take(lane);
		lane->running = true; /* a tick is work, too */
		more = jobs || !lane->stopping;
		pthread_mutex_unlock(&lane->lock);
		if (jobs)
			run_jobs(lane, jobs);
		lane->ticked = !lane->reads &&
		    clock_mono_us() >= lane->store->next_tick_us;
		if (lane->ticked)
			store_tick(lane->store);
	}
	return NULL;
}

/* A thread that gathers is left to it: each wake-up costs the submitter its
 * processor. It is told of what ends the gathering. */
static bool wants_waking(const struct lane *lane, const struct store_job *job)
{
	return lane->reads || job->durable || lane->jobs == 1 ||
	    lane->jobs == MAX_GROUP ||
	    lane->bytes >= lane->store->max_bytes / 2;
}

void lane_submit(struct lane *lane, struct store_job *job, bool wait)
{
	struct store *store = lane->store;

	pthread_mutex_lock(&lane->lock);
	while (wait && !in_lane && lane->jobs &&
	    (lane->jobs >= store->max_jobs ||
		lane->bytes + job->bytes > store->max_bytes))
		pthread_cond_wait(&lane->room, &lane->lock);
	lane_push(lane, job);
	if (wants_waking(lane, job))
		pthread_cond_signal(&lane->work);
	pthread_mutex_unlock(&lane->lock);
}

bool lane_work(struct lane *lane)
{
	struct store_job *jobs = lane_take(lane);

	if (jobs)
		run_jobs(lane, jobs);
	return jobs != NULL;
}

int lane_start(struct lane *lane)
{
	return pthread_create(&lane->thread, NULL, lane_main, lane);
}

bool lane_drain(struct lane *lane)
{
	bool waited = false;

	pthread_mutex_lock(&lane->lock);
	while (lane->head || lane->running) {
		waited = true;
		pthread_cond_wait(&lane->room, &lane->lock);
	}
	pthread_mutex_unlock(&lane->lock);
	return waited;
}

void lane_stop(struct lane *lane)
{
	pthread_mutex_lock(&lane->lock);
	lane->stopping = true;
	pthread_cond_signal(&lane->work);
	pthread_mutex_unlock(&lane->lock);
	pthread_join(lane->thread, NULL);
}
