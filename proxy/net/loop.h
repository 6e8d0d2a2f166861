/*
 * loop - one event loop per worker thread.
 *
 *   turn:  wait -> sockets, timers -> posts -> what was deferred in this turn
 *
 * Everything that belongs to a loop is used on the loop's thread only (before
 * loop_run: on the thread that makes it). The exceptions are named: loop_post
 * and loop_stop. Running out of memory aborts.
 */
#ifndef HANDRAIL_PROXY_NET_LOOP_H
#define HANDRAIL_PROXY_NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct loop;

#define LOOP_SCRATCH_BYTES 16384u /* one TLS record */

typedef void loop_fn(void *arg);

/* NULL with errno set when the system has no descriptors left. The first one
 * makes the process ignore SIGPIPE. */
struct loop *loop_new(void);
/*
 * Runs what is still posted and deferred, until there is no more, then frees.
 * Timers that are armed never fire. Not while loop_run runs; nobody may post
 * any more.
 */
void loop_free(struct loop *);
/* Until loop_stop; a stop before the run ends the run at once. */
void loop_run(struct loop *);
/* Any thread, also a signal handler. The turn that runs is finished. */
void loop_stop(struct loop *);
/* Call fn(arg) on the loop's thread, in the order of the posts of a thread.
 * Any thread; never waits for the loop. Not bounded: the poster bounds. */
void loop_post(struct loop *, loop_fn *, void *arg);
/* Call fn(arg) at the end of this turn, first deferred first, and then what
 * these calls have deferred. What that defers comes at the end of the next
 * turn, without waiting. */
void loop_defer(struct loop *, loop_fn *, void *arg);
/* LOOP_SCRATCH_BYTES for whoever runs, until it returns. */
char *loop_scratch(struct loop *);
/* Monotonic microseconds, the clock of the timers. */
int64_t loop_now_us(const struct loop *);
/* For net and for evhttp of the admin listener; nobody else. */
struct event_base *loop_base(struct loop *);

/*
 * A one-shot timer inside another object. It does not keep the loop running
 * and owns nothing; disarm it before the object goes. Fires never early, and
 * never from inside loop_timer_arm_ms.
 */
struct loop_timer {
	struct loop *loop;
	loop_fn *fn;
	void *arg;
	int64_t due_us; /* private: loop_now_us when it fires */
	size_t slot;    /* private: 1 + place in the heap, 0 when disarmed */
};

void loop_timer_init(struct loop_timer *, struct loop *, loop_fn *, void *arg);
/* (Re)arm: fires once, after so many milliseconds. */
void loop_timer_arm_ms(struct loop_timer *, uint64_t ms);
/* Accepts one that is not armed, also one that is all zero. */
void loop_timer_disarm(struct loop_timer *);
bool loop_timer_is_armed(const struct loop_timer *);

#endif
