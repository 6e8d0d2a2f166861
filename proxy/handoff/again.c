/* again - see again.h. The list is the store's thread's alone; the end comes
 * after it. */
#include "proxy/handoff/again.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN_US CLOCK_SECOND_US

struct again {
	struct store *store;
	TAILQ_HEAD(again_list, again_job) waiting; /* by place */
	struct again_job *at; /* the next one to try, or NULL */
	uint64_t last_place;
	size_t few;      /* in the next round */
	bool failed;     /* one did, since the last round */
	bool was_well;   /* the store, at the last tick */
	int64_t next_us; /* round */
};

static bool an_older_one_waits(
    const struct again *again, const struct again_job *job)
{
	struct again_job *older = TAILQ_FIRST(&again->waiting);

	while (older != job && strcmp(older->about, job->about) != 0)
		older = TAILQ_NEXT(older, entry);
	return older != job;
}

static void submit_few(struct again *again)
{
	size_t n = 0;

	while (again->at && n < again->few) {
		struct again_job *job = again->at;

		again->at = TAILQ_NEXT(job, entry);
		if (an_older_one_waits(again, job))
			continue;
		TAILQ_REMOVE(&again->waiting, job, entry);
		store_submit(again->store, &job->job);
		n++;
	}
}

/* A store that is not well may have some room all the same: a round tells. */
static void on_tick(void *arg)
{
	struct again *again = arg;
	int64_t now_us = clock_mono_us();
	bool well = store_health(again->store) == STORE_OK;
	bool recovered = well && !again->was_well;
	bool works = well || !again->failed;

	again->was_well = well;
	if (now_us < again->next_us && !recovered)
		return;
	if (!works)
		again->few = AGAIN_FEW;
	if (!again->at || recovered || (works && !well))
		again->at = TAILQ_FIRST(&again->waiting);
	again->failed = false;
	submit_few(again);
	if (works && again->at) {
		again->few *= 2;
		return;
	}
	again->few = AGAIN_FEW;
	again->next_us = now_us + AGAIN_US;
}

struct again *again_new(struct store *store)
{
	struct again *again = mem_zero(sizeof(*again));

	again->store = store;
	again->few = AGAIN_FEW;
	again->was_well = true;
	TAILQ_INIT(&again->waiting);
	store_on_tick(store, on_tick, again);
	return again;
}

void again_later(struct again *again, struct again_job *job)
{
	struct again_job *before = TAILQ_LAST(&again->waiting, again_list);

	if (!job->place)
		job->place = ++again->last_place;
	while (before && before->place > job->place)
		before = TAILQ_PREV(before, again_list, entry);
	if (before)
		TAILQ_INSERT_AFTER(&again->waiting, before, job, entry);
	else
		TAILQ_INSERT_HEAD(&again->waiting, job, entry);
	again->failed = true;
}

bool again_is_of_use(int err)
{
	return store_err_may_pass(err);
}

void again_free(struct again *again)
{
	struct again_job *job;

	if (!again)
		return;
	while ((job = TAILQ_FIRST(&again->waiting))) {
		TAILQ_REMOVE(&again->waiting, job, entry);
		job->lost(job);
	}
	free(again);
}
