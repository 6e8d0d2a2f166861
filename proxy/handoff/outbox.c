/*
 * outbox - the threads that owe deliveries, and when they look for them. What a
 * look does is in round.c.
 *
 * Each destination has a thread of its own, a lane: one that hangs holds up
 * what is owed to it and nothing else. One more thread begins the lanes, of
 * those that are configured and of those something is owed to besides; they
 * last as long as the outbox does.
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

struct lane { /* of a destination */
	struct outbox *outbox;
	char *name;
	struct deliver *deliver;
	pthread_t thread;
	struct lane *next;
};

struct outbox {
	struct store *store;
	pthread_t thread;
	struct lane *lanes; /* the thread's */
	bool started;
	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* under lock */
	uint64_t wakes; /* so often they were woken */
	bool fresh;     /* destinations have not been looked for yet */
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

/* ---- threads ---- */

/* Unless it was woken since it heard of that last. */
static void outbox_wait(
    struct outbox *outbox, uint64_t *heard, int64_t until_us)
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
	while (*heard == outbox->wakes && !atomic_load(&outbox->stop))
		if (pthread_cond_timedwait(&outbox->wake, &outbox->lock, &ts) !=
		    0)
			break;
	*heard = outbox->wakes;
	pthread_mutex_unlock(&outbox->lock);
}

static struct destinations *destinations_now(struct outbox *outbox)
{
	pthread_mutex_lock(&outbox->lock);
	struct destinations *d = outbox->destinations;
	d->refs++;
	pthread_mutex_unlock(&outbox->lock);
	return d;
}

static void destinations_done(struct outbox *outbox, struct destinations *d)
{
	pthread_mutex_lock(&outbox->lock);
	destinations_unref(d);
	pthread_mutex_unlock(&outbox->lock);
}

static void *lane_main(void *arg)
{
	struct lane *lane = arg;
	struct outbox *outbox = lane->outbox;
	uint64_t heard = 0;

	while (!atomic_load(&outbox->stop)) {
		struct destinations *d = destinations_now(outbox);
		int64_t next_us = round_run(&(struct round_of){
		    .store = outbox->store,
		    .deliver = lane->deliver,
		    .destinations = d,
		    .name = lane->name,
		    .stop = &outbox->stop,
		    .count = count,
		    .arg = outbox,
		});
		destinations_done(outbox, d);
		outbox_wait(outbox, &heard, next_us);
	}
	return NULL;
}

static void lane_free(struct lane *lane)
{
	deliver_free(lane->deliver);
	free(lane->name);
	free(lane);
}

/* Unless it has one. */
static void lane_begin(struct outbox *outbox, const char *name)
{
	struct lane *lane = outbox->lanes;

	while (lane && strcmp(lane->name, name) != 0)
		lane = lane->next;
	if (lane)
		return;
	lane = mem_zero(sizeof(*lane));
	*lane = (struct lane){.outbox = outbox,
	    .name = mem_strdup(name),
	    .deliver = deliver_new(),
	    .next = outbox->lanes};
	if (pthread_create(&lane->thread, NULL, lane_main, lane) != 0) {
		log_line(LOG_ERROR, "outbox",
		    "cannot start a thread for %s; trying again", name);
		lane_free(lane);
		return;
	}
	outbox->lanes = lane;
}

struct names {
	char **list;
	size_t n;
};

static void add_name(void *arg, const char *name)
{
	struct names *names = arg;

	names->list =
	    mem_realloc_array(names->list, names->n + 1, sizeof(*names->list));
	names->list[names->n++] = mem_strdup(name);
}

static int owed_to(struct store_tx *tx, void *arg)
{
	return store_outbox_owed_to(tx, add_name, arg);
}

/* A lane for each destination; false: the store cannot be read. */
static bool begin_lanes(struct outbox *outbox, const struct destinations *d)
{
	struct names owed = {0};
	bool good = store_call(outbox->store, true, owed_to, &owed) == STORE_OK;

	for (size_t i = 0; i < d->n; i++)
		lane_begin(outbox, d->list[i].name);
	for (size_t i = 0; i < owed.n; i++) {
		lane_begin(outbox, owed.list[i]);
		free(owed.list[i]);
	}
	free(owed.list);
	return good;
}

/* When to look again, as unix time. */
static int64_t outbox_look(struct outbox *outbox)
{
	struct destinations *d = destinations_now(outbox);

	pthread_mutex_lock(&outbox->lock);
	bool fresh = outbox->fresh;
	outbox->fresh = false;
	pthread_mutex_unlock(&outbox->lock);
	bool looked = !fresh || destinations_look(d, outbox->store);
	bool good = begin_lanes(outbox, d) && looked;
	destinations_done(outbox, d);
	pthread_mutex_lock(&outbox->lock);
	outbox->fresh = outbox->fresh || !looked;
	pthread_mutex_unlock(&outbox->lock);
	if (fresh && looked)
		outbox_wake(outbox); /* some may be due again */
	return clock_now_us() + (good ? LOOK_US : STORE_WAIT_US);
}

static void *outbox_main(void *arg)
{
	struct outbox *outbox = arg;
	uint64_t heard = 0;

	while (!atomic_load(&outbox->stop))
		outbox_wait(outbox, &heard, outbox_look(outbox));
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
	outbox->wakes++;
	pthread_cond_broadcast(&outbox->wake);
	pthread_mutex_unlock(&outbox->lock);
}

void outbox_stop(struct outbox *outbox)
{
	if (!outbox)
		return;
	atomic_store(&outbox->stop, true);
	outbox_wake(outbox);
	if (outbox->started)
		pthread_join(outbox->thread, NULL);
	outbox->started = false;
	for (struct lane *lane = outbox->lanes; lane; lane = lane->next)
		deliver_wake(lane->deliver);
	while (outbox->lanes) {
		struct lane *lane = outbox->lanes;

		outbox->lanes = lane->next;
		pthread_join(lane->thread, NULL);
		lane_free(lane);
	}
}

void outbox_free(struct outbox *outbox)
{
	if (!outbox)
		return;
	assert(!outbox->started);
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
