/*
 * listener - one listening socket of one worker.
 *
 * Every worker opens its own on the same address (SO_REUSEPORT): the first
 * alone, so that no other process is there, the others beside it. Runs out of
 * descriptors or memory: pauses accepting for 100 ms, never spins. When the
 * quota is used up it stops accepting until a place is free, its own at once
 * or another's within 100 ms; customers wait in the backlog.
 */
#ifndef HANDRAIL_PROXY_NET_LISTENER_H
#define HANDRAIL_PROXY_NET_LISTENER_H

#include "proxy/net/conn.h"

#include <stdatomic.h>

struct buf;
struct listener;

#define LISTENER_RETRY_MS 100
#define LISTENER_BURST 64 /* accepts per wake-up */

/* How many connections the listeners that share it may have at once, in all
 * threads. It outlives them and their connections. */
struct listener_quota {
	atomic_size_t live, max;
};

struct listener_options {
	struct address address;
	const struct listener *beside; /* the first at the address it has, which
					is taken instead; NULL: this is */
	int backlog;                   /* 0: the system's maximum */
	struct listener_quota *quota;  /* NULL: 10,000 of its own */
	struct tls_server
	    *tls; /* NULL: plain; the listener keeps a reference */
};

/* A new conn, in its handshake. Set its callback now. */
typedef void listener_fn(struct listener *, struct conn *, void *arg);

/* NULL, and words why at error. Borrows options. */
struct listener *listener_new(struct loop *, const struct listener_options *,
    listener_fn *, void *arg, struct buf *error);
/* Stops accepting and closes the socket. Its connections live on. What waits
 * in this worker's backlog is reset by the system. */
void listener_free(struct listener *); /* accepts NULL */
/* For connections accepted from now on (reload). NULL: plain. */
void listener_set_tls(struct listener *, struct tls_server *);
/* The address bound to, with the real port. */
const struct address *listener_address(const struct listener *);
size_t listener_connections(const struct listener *); /* live now */

#endif
