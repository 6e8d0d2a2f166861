/*
 * loop - a libevent base, posts from other threads, deferred calls, timers.
 *
 * libevent waits; the order of a turn is ours: events (sockets, due timers),
 * the posts, then the deferred calls. An eventfd wakes a loop that sleeps; one
 * at work finds what was posted at the end of its turn. Timers are a binary
 * heap, so that arming one for every byte costs no system call and no
 * allocation; one libevent timer stands for the earliest of them.
 *
 * Invariants: heap[i]->slot == i + 1; the base is never touched by another
 * thread (it is made without locks), only posts and stop are.
 */
#include "proxy/net/loop.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct call {
	loop_fn *fn;
	void *arg;
};

struct calls {
	struct call *at;
	size_t n, cap;
};

struct loop {
	struct event_base *base;
	struct event *wake; /* the eventfd is readable */
	struct event *tick; /* the first timer is due */
	int wake_fd;
	atomic_bool stop;
	pthread_mutex_t lock; /* of posts */
	struct calls posts;
	bool asleep; /* in the kernel, or on the way: a post has to wake it */
	struct calls deferred; /* in this turn, run at its end */
	struct calls run;      /* room for the next ones: empty */
	struct loop_timer **heap;
	size_t n_timers, cap_timers;
	int64_t tick_due_us; /* what tick is set to; 0: it is not set */
	char scratch[LOOP_SCRATCH_BYTES];
};

static void calls_add(struct calls *calls, loop_fn *fn, void *arg)
{
	if (calls->n == calls->cap) {
		calls->cap = calls->cap ? mem_mul(calls->cap, 2) : 16;
		calls->at = mem_realloc_array(
		    calls->at, calls->cap, sizeof(*calls->at));
	}
	calls->at[calls->n++] = (struct call){fn, arg};
}

static void calls_run(const struct calls *calls)
{
	for (size_t i = 0; i < calls->n; i++)
		calls->at[i].fn(calls->at[i].arg);
}

/* What they defer in turn goes to the other of two lists. */
static bool run_deferred(struct loop *loop)
{
	struct calls now = loop->deferred;
	loop->deferred = loop->run;
	loop->run = (struct calls){0};
	calls_run(&now);
	loop->run = (struct calls){.at = now.at, .cap = now.cap};
	return now.n > 0;
}

static bool run_posts(struct loop *loop)
{
	pthread_mutex_lock(&loop->lock);
	struct calls now = loop->posts;
	loop->posts = (struct calls){0};
	loop->asleep = false;
	pthread_mutex_unlock(&loop->lock);
	calls_run(&now);
	free(now.at);
	return now.n > 0;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;
	/* The posts themselves run at the end of the turn. */
	ssize_t n = read(fd, &count, sizeof(count));
	assert(n == sizeof(count) || errno == EAGAIN || errno == EINTR);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	loop->tick_due_us = 0;
	int64_t now = loop_now_us(loop);
	/* Those armed from here are due later than now, or armed with 0 ms:
	 * that many again at most, the rest in the next turn. */
	for (size_t left = loop->n_timers; left && loop->n_timers; left--) {
		struct loop_timer *first = loop->heap[0];
		if (first->due_us > now)
			break;
		loop_timer_disarm(first);
		first->fn(first->arg);
	}
}

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	if (!config)
		return NULL;
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

static void ignore_sigpipe(void)
{
	/* A peer that has gone is an error code of write, not our death. */
	signal(SIGPIPE, SIG_IGN);
}

static void release(struct loop *loop)
{
	if (loop->wake)
		event_free(loop->wake);
	if (loop->tick)
		event_free(loop->tick);
	if (loop->base)
		event_base_free(loop->base);
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	pthread_mutex_destroy(&loop->lock);
	free(loop->deferred.at);
	free(loop->run.at);
	free(loop->heap);
	free(loop);
}

struct loop *loop_new(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, ignore_sigpipe);
	struct loop *loop = mem_zero(sizeof(*loop));
	pthread_mutex_init(&loop->lock, NULL);
	atomic_init(&loop->stop, false);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loop->base = loop->wake_fd < 0 ? NULL : new_base();
	if (loop->base) {
		loop->wake = event_new(loop->base, loop->wake_fd,
		    EV_READ | EV_PERSIST, on_wake, loop);
		loop->tick = evtimer_new(loop->base, on_tick, loop);
	}
	if (loop->wake && loop->tick && event_add(loop->wake, NULL) == 0)
		return loop;
	int error = errno;
	release(loop);
	errno = error;
	return NULL;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	bool more = true;
	while (more) {
		more = run_posts(loop);
		more = run_deferred(loop) || more;
	}
	for (size_t i = 0; i < loop->n_timers; i++)
		loop->heap[i]->slot = 0;
	release(loop);
}

static void set_tick(struct loop *loop)
{
	int64_t due = loop->n_timers ? loop->heap[0]->due_us : 0;
	if (due == loop->tick_due_us)
		return;
	loop->tick_due_us = due;
	if (!due) {
		evtimer_del(loop->tick);
		return;
	}
	int64_t left = due - loop_now_us(loop);
	if (left < 0)
		left = 0;
	struct timeval tv = {left / 1000000, left % 1000000};
	int failed = evtimer_add(loop->tick, &tv);
	assert(!failed);
}

/* May it wait for events? From here on a post wakes it. */
static bool fall_asleep(struct loop *loop)
{
	pthread_mutex_lock(&loop->lock);
	loop->asleep = loop->posts.n == 0 && loop->deferred.n == 0;
	bool asleep = loop->asleep;
	pthread_mutex_unlock(&loop->lock);
	return asleep;
}

void loop_run(struct loop *loop)
{
	while (!atomic_load(&loop->stop)) {
		set_tick(loop);
		int flags = EVLOOP_ONCE;
		if (!fall_asleep(loop))
			flags |= EVLOOP_NONBLOCK;
		int failed = event_base_loop(loop->base, flags);
		assert(failed >= 0);
		run_posts(loop);
		/* What a deferred call defers is mostly a write: not worth
		 * asking the kernel for news before it. What that defers is
		 * left to the next turn, so that a turn ends. */
		if (run_deferred(loop))
			run_deferred(loop);
	}
	atomic_store(&loop->stop, false);
}

static void wake(struct loop *loop)
{
	uint64_t one = 1;
	/* EAGAIN: the counter is full, so it is awake already. */
	ssize_t n = write(loop->wake_fd, &one, sizeof(one));
	(void)n;
}

void loop_stop(struct loop *loop)
{
	int error = errno;
	atomic_store(&loop->stop, true);
	wake(loop);
	errno = error;
}

void loop_post(struct loop *loop, loop_fn *fn, void *arg)
{
	pthread_mutex_lock(&loop->lock);
	bool asleep = loop->asleep;
	loop->asleep = false;
	calls_add(&loop->posts, fn, arg);
	/* Under the lock: once it is open the call may run, and its work may
	 * be what lets another thread free the loop. */
	if (asleep)
		wake(loop);
	pthread_mutex_unlock(&loop->lock);
}

void loop_defer(struct loop *loop, loop_fn *fn, void *arg)
{
	calls_add(&loop->deferred, fn, arg);
}

char *loop_scratch(struct loop *loop)
{
	return loop->scratch;
}

int64_t loop_now_us(const struct loop *loop)
{
	return clock_mono_us();
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

static void heap_put(struct loop *loop, size_t i, struct loop_timer *timer)
{
	loop->heap[i] = timer;
	timer->slot = i + 1;
}

/* Move the timer at i to where its due time belongs. */
static void heap_settle(struct loop *loop, size_t i)
{
	struct loop_timer *timer = loop->heap[i];
	while (i > 0 && loop->heap[(i - 1) / 2]->due_us > timer->due_us) {
		heap_put(loop, i, loop->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= loop->n_timers)
			break;
		if (child + 1 < loop->n_timers &&
		    loop->heap[child + 1]->due_us < loop->heap[child]->due_us)
			child++;
		if (loop->heap[child]->due_us >= timer->due_us)
			break;
		heap_put(loop, i, loop->heap[child]);
		i = child;
	}
	heap_put(loop, i, timer);
}

void loop_timer_init(
    struct loop_timer *timer, struct loop *loop, loop_fn *fn, void *arg)
{
	*timer = (struct loop_timer){.loop = loop, .fn = fn, .arg = arg};
}

void loop_timer_arm_ms(struct loop_timer *timer, uint64_t ms)
{
	struct loop *loop = timer->loop;
	const uint64_t longest_ms = UINT64_C(1) << 40; /* 34 years */
	if (ms > longest_ms)
		ms = longest_ms;
	timer->due_us = loop_now_us(loop) + (int64_t)ms * 1000;
	if (!timer->slot) {
		if (loop->n_timers == loop->cap_timers) {
			loop->cap_timers = loop->cap_timers
			    ? mem_mul(loop->cap_timers, 2)
			    : 64;
			loop->heap = mem_realloc_array(loop->heap,
			    loop->cap_timers, sizeof(struct loop_timer *));
		}
		heap_put(loop, loop->n_timers++, timer);
	}
	heap_settle(loop, timer->slot - 1);
}

void loop_timer_disarm(struct loop_timer *timer)
{
	if (!timer->slot)
		return;
	struct loop *loop = timer->loop;
	size_t i = timer->slot - 1;
	assert(i < loop->n_timers && loop->heap[i] == timer);
	timer->slot = 0;
	struct loop_timer *last = loop->heap[--loop->n_timers];
	if (last == timer)
		return;
	heap_put(loop, i, last);
	heap_settle(loop, i);
}

bool loop_timer_is_armed(const struct loop_timer *timer)
{
	return timer->slot != 0;
}
