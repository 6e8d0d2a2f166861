/*
 * outbox - the thread that owes deliveries, and when it looks for them. What a
 * look does is in round.c.
 */
#include "proxy/handoff/outbox.h"

#include "proxy/base/clock.h"
#include "proxy/base/hash.h"
#include "proxy/base/hex.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/round.h"

#include <assert.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_US (2 * CLOCK_SECOND_US) /* at the latest */
#define STORE_WAIT_US CLOCK_SECOND_US /* after a store error */

struct outbox {
	struct store *store;
	struct deliver *deliver;
	pthread_t thread;
	bool started;
	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* under lock */
	bool woken;
	bool fresh; /* destinations have not been looked for yet */
	struct destinations *destinations;
	struct outbox_metrics metrics;
};

void outbox_sign(const char *secret, int64_t unix_s, const char *body,
    size_t len, char out[OUTBOX_SIGNATURE_SIZE])
{
	char prefix[32], hex[2 * HASH_BYTES + 1];
	unsigned char mac[HASH_BYTES];
	int n = snprintf(prefix, sizeof(prefix), "%" PRId64 ".", unix_s);
	struct hash_part key = {secret, strlen(secret)};
	struct hash_part parts[] = {{prefix, (size_t)n}, {body, len}};

	hash_hmac(mac, &key, parts, 2);
	hex_encode(hex, mac, sizeof(mac));
	snprintf(
	    out, OUTBOX_SIGNATURE_SIZE, "t=%" PRId64 ",v1=%s", unix_s, hex);
}

void outbox_set_destinations(
    struct outbox *outbox, const struct outbox_destination *list, size_t n)
{
	struct destinations *fresh = destinations_new(list, n);

	pthread_mutex_lock(&outbox->lock);
	destinations_unref(outbox->destinations);
	outbox->destinations = fresh;
	outbox->fresh = true;
	pthread_mutex_unlock(&outbox->lock);
	outbox_wake(outbox);
}

bool outbox_has(struct outbox *outbox, const char *destination)
{
	pthread_mutex_lock(&outbox->lock);
	bool has = destinations_find(outbox->destinations, destination);
	pthread_mutex_unlock(&outbox->lock);
	return has;
}

static void count(void *arg, enum store_outbox_state state)
{
	struct outbox *outbox = arg;

	pthread_mutex_lock(&outbox->lock);
	switch (state) {
	case STORE_OUTBOX_SENT:
		outbox->metrics.sent_total++;
		break;
	case STORE_OUTBOX_DEAD:
		outbox->metrics.dead_total++;
		outbox->metrics.failed_tries_total++;
		break;
	case STORE_OUTBOX_PENDING:
		outbox->metrics.failed_tries_total++;
		break;
	case STORE_OUTBOX_DROPPED:
		break;
	}
	pthread_mutex_unlock(&outbox->lock);
}

/* When to look again, as unix time. */
static int64_t outbox_round(struct outbox *outbox)
{
	struct round_of what = {.store = outbox->store,
	    .deliver = outbox->deliver,
	    .stop = &outbox->stop,
	    .count = count,
	    .arg = outbox};

	pthread_mutex_lock(&outbox->lock);
	struct destinations *destinations = outbox->destinations;
	destinations->refs++;
	bool fresh = outbox->fresh;
	outbox->fresh = false;
	pthread_mutex_unlock(&outbox->lock);
	what.destinations = destinations;
	bool looked = !fresh || destinations_look(destinations, outbox->store);
	int64_t next_us = round_run(&what);
	pthread_mutex_lock(&outbox->lock);
	destinations_unref(destinations);
	outbox->fresh = outbox->fresh || !looked;
	pthread_mutex_unlock(&outbox->lock);
	return looked ? next_us : clock_now_us() + STORE_WAIT_US;
}

static void outbox_wait(struct outbox *outbox, int64_t until_us)
{
	int64_t now_us = clock_now_us(), wait_us = until_us - now_us;
	struct timespec ts;

	if (until_us <= now_us)
		return;
	if (wait_us > LOOK_US) /* also when the clock was set */
		wait_us = LOOK_US;
	wait_us += clock_mono_us();
	ts.tv_sec = wait_us / CLOCK_SECOND_US;
	ts.tv_nsec = wait_us % CLOCK_SECOND_US * 1000;
	pthread_mutex_lock(&outbox->lock);
	while (!outbox->woken && !atomic_load(&outbox->stop))
		if (pthread_cond_timedwait(&outbox->wake, &outbox->lock, &ts) !=
		    0)
			break;
	outbox->woken = false;
	pthread_mutex_unlock(&outbox->lock);
}

static void *outbox_main(void *arg)
{
	struct outbox *outbox = arg;

	while (!atomic_load(&outbox->stop))
		outbox_wait(outbox, outbox_round(outbox));
	return NULL;
}

/* ---- the object ---- */

static void on_change(void *arg, const struct store_change *change)
{
	if (change->kind == STORE_CHANGE_OUTBOX)
		outbox_wake(arg);
}

struct outbox *outbox_new(struct store *store)
{
	struct outbox *outbox = mem_zero(sizeof(*outbox));
	pthread_condattr_t attr;

	outbox->store = store;
	outbox->deliver = deliver_new();
	outbox->destinations = destinations_new(NULL, 0);
	pthread_mutex_init(&outbox->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&outbox->wake, &attr);
	pthread_condattr_destroy(&attr);
	store_on_change(store, on_change, outbox);
	return outbox;
}

void outbox_start(struct outbox *outbox)
{
	if (pthread_create(&outbox->thread, NULL, outbox_main, outbox) != 0) {
		log_line(LOG_ERROR, "outbox", "cannot start its thread");
		abort();
	}
	outbox->started = true;
}

void outbox_wake(struct outbox *outbox)
{
	pthread_mutex_lock(&outbox->lock);
	outbox->woken = true;
	pthread_cond_signal(&outbox->wake);
	pthread_mutex_unlock(&outbox->lock);
}

void outbox_stop(struct outbox *outbox)
{
	if (!outbox)
		return;
	atomic_store(&outbox->stop, true);
	deliver_wake(outbox->deliver);
	outbox_wake(outbox);
	if (outbox->started)
		pthread_join(outbox->thread, NULL);
	outbox->started = false;
}

void outbox_free(struct outbox *outbox)
{
	if (!outbox)
		return;
	assert(!outbox->started);
	deliver_free(outbox->deliver);
	destinations_unref(outbox->destinations);
	pthread_cond_destroy(&outbox->wake);
	pthread_mutex_destroy(&outbox->lock);
	free(outbox);
}

static int count_rows(struct store_tx *tx, void *arg)
{
	return store_outbox_count(tx, arg);
}

void outbox_metrics(struct outbox *outbox, struct outbox_metrics *out)
{
	struct store_outbox_counts counts = {0};

	if (store_call(outbox->store, true, count_rows, &counts) != 0)
		counts = (struct store_outbox_counts){0};
	pthread_mutex_lock(&outbox->lock);
	*out = outbox->metrics;
	pthread_mutex_unlock(&outbox->lock);
	out->pending = counts.pending;
	out->dead = counts.dead;
	out->nobody = counts.nobody;
}
