/*
 * store_lane - the inside of a store: two lanes, each a queue, a thread and a
 * connection. For store.c and its tests only.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_LANE_H
#define HANDRAIL_PROXY_STORE_STORE_LANE_H

#include "proxy/store/query.h"

#include <pthread.h>
#include <stdatomic.h>

#define STORE_MAX_LISTENERS 8

struct lane {
	struct store *store;
	struct backend *backend;
	bool reads;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, room;
	/* under lock */
	struct store_job *head, **tail;
	size_t jobs, bytes; /* waiting */
	size_t durable;     /* waiting */
	bool running;       /* a group is being worked on */
	bool ticked;        /* just now; its thread alone */
	bool stopping;
};

struct listener {
	void (*change)(void *arg, const struct store_change *);
	void (*tick)(void *arg);
	void *arg;
};

struct store {
	const struct backend_ops *ops;
	const struct vault *vault;
	size_t max_jobs, max_bytes;
	struct lane writer, reader;
	bool started;
	bool draining; /* inline: store_submit only queues */
	atomic_bool closing;
	atomic_int health;
	int64_t next_try_us; /* to write again; the store's thread alone */
	struct listener listeners[STORE_MAX_LISTENERS];
	size_t n_listeners;
	int (*before)(struct store_tx *, void *arg); /* store_before_changes */
	void *before_arg;
	/* the writer's thread alone */
	int64_t next_tick_us, version, last_change;
	int64_t last_unrecorded; /* told of as such */
	bool told;
	bool unscrubbed; /* store_scrub_after */
};

/* Whether this thread is a lane's: it must not wait for room or answers. */
bool lane_is_mine(void);
void lane_init(struct lane *, struct store *, bool reads);
void lane_clear(struct lane *);
/* The thread; it also calls tick (of the writer) every STORE_TICK_MS. */
int lane_start(struct lane *) __attribute__((warn_unused_result));
void lane_stop(struct lane *);
/* Wait until nothing is queued or under way; whether there was something. */
bool lane_drain(struct lane *);
/* Queue; waits for room when wait is set and the caller is no lane. */
void lane_submit(struct lane *, struct store_job *, bool wait);
/* Work on one group in the caller's thread; false: nothing was queued. */
bool lane_work(struct lane *);
/* In store.c. */
void store_tick(struct store *);

#endif
