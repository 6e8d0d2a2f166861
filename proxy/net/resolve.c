/*
 * resolve - see resolve.h.
 *
 * A lookup belongs to two: the thread that asks and the loop that waits. Each
 * lets go once, under the lock; the last one frees. A cancelled lookup is
 * simply no longer waited for: getaddrinfo cannot be stopped, and it must not
 * post to a loop that may be gone.
 */
#include "proxy/net/resolve.h"

#include "proxy/base/mem.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct resolve {
	pthread_mutex_t lock;
	unsigned holders;  /* thread and loop */
	struct loop *loop; /* NULL: cancelled */
	resolve_fn *fn;
	void *arg;
	char *host;
	char port[8];
	struct resolve_result result;
};

static void let_go(struct resolve *r)
{
	pthread_mutex_lock(&r->lock);
	bool last = --r->holders == 0;
	pthread_mutex_unlock(&r->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r->host);
	free(r);
}

static void look_up(struct resolve *r, int flags)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
	struct addrinfo *found = NULL;
	int failed = getaddrinfo(r->host, r->port, &hints, &found);
	if (failed) {
		r->result.text = failed == EAI_SYSTEM ? strerror(errno)
						      : gai_strerror(failed);
		return;
	}
	for (struct addrinfo *a = found; a && r->result.n < RESOLVE_MAX;
	     a = a->ai_next) {
		struct address *at = &r->result.at[r->result.n];
		if (a->ai_addrlen > sizeof(at->sa))
			continue;
		memcpy(&at->sa, a->ai_addr, a->ai_addrlen);
		at->len = a->ai_addrlen;
		r->result.n++;
	}
	freeaddrinfo(found);
	if (!r->result.n)
		r->result.text = "no address of a usable kind";
}

static void on_done(void *arg)
{
	struct resolve *r = arg;
	if (r->loop) /* only this thread clears it */
		r->fn(r->arg, &r->result);
	let_go(r);
}

static void *run(void *arg)
{
	struct resolve *r = arg;
	look_up(r, AI_ADDRCONFIG);
	pthread_mutex_lock(&r->lock);
	bool wanted = r->loop != NULL;
	if (wanted)
		loop_post(r->loop, on_done, r);
	else
		r->holders--; /* on_done will not do it */
	pthread_mutex_unlock(&r->lock);
	let_go(r);
	return NULL;
}

static int start_thread(struct resolve *r)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	/* Signals are for the threads that expect them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	int failed = pthread_create(&thread, &attr, run, r);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

struct resolve *resolve_start(struct loop *loop, const char *host,
    uint16_t port, resolve_fn *fn, void *arg)
{
	struct resolve *r = mem_zero(sizeof(*r));
	pthread_mutex_init(&r->lock, NULL);
	r->loop = loop;
	r->fn = fn;
	r->arg = arg;
	r->host = mem_strdup(host);
	snprintf(r->port, sizeof(r->port), "%u", (unsigned)port);
	look_up(r, AI_NUMERICHOST);
	r->holders = 1;
	if (r->result.n) {
		loop_defer(loop, on_done, r);
		return r;
	}
	r->holders = 2;
	int failed = start_thread(r);
	if (failed) {
		r->holders = 1;
		r->result.text = strerror(failed);
		loop_defer(loop, on_done, r);
	}
	return r;
}

void resolve_cancel(struct resolve *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->loop = NULL;
	pthread_mutex_unlock(&r->lock);
}
