/* again - see again.h. The list is added to by the store's thread alone; the
 * end comes after it. */
#include "proxy/handoff/again.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"

#include <stdlib.h>

#define AGAIN_US CLOCK_SECOND_US

struct again {
	struct store *store;
	struct again_job *head, **tail;
	int64_t next_us;
};

static struct again_job *take_all(struct again *again)
{
	struct again_job *list = again->head;

	again->head = NULL;
	again->tail = &again->head;
	return list;
}

static void on_tick(void *arg)
{
	struct again *again = arg;

	if (clock_mono_us() < again->next_us)
		return;
	again->next_us = clock_mono_us() + AGAIN_US;
	for (struct again_job *j = take_all(again), *next; j; j = next) {
		next = j->next;
		store_submit(again->store, &j->job);
	}
}

struct again *again_new(struct store *store)
{
	struct again *again = mem_zero(sizeof(*again));

	again->store = store;
	again->tail = &again->head;
	store_on_tick(store, on_tick, again);
	return again;
}

void again_later(struct again *again, struct again_job *job)
{
	job->next = NULL;
	*again->tail = job;
	again->tail = &job->next;
}

bool again_is_of_use(int err)
{
	return store_err_may_pass(err);
}

void again_free(struct again *again)
{
	if (!again)
		return;
	for (struct again_job *j = take_all(again), *next; j; j = next) {
		next = j->next;
		j->lost(j);
	}
	free(again);
}
