/*
 * worker - one thread with its loop: listeners, pools, exchanges under way.
 *
 * What comes back from other threads (audit, store, the line of a
 * conversation) is posted to the loop with the exchange's number and looked up
 * there: an exchange that is gone is simply not found.
 */
#ifndef HANDRAIL_RELAY_WORKER_H
#define HANDRAIL_RELAY_WORKER_H

#include "proxy/net/listener.h"
#include "proxy/net/upstream.h"
#include "proxy/relay/generation.h"

#include <pthread.h>

struct admin;
struct classifier;
struct client;
struct drain;
struct exchange;
struct server;

#define WORKER_BUCKETS 4096u

/* The pools of one worker under one generation. */
struct routes {
	struct generation *generation;
	struct upstream **pools;         /* one a route */
	struct classifier **classifiers; /* one a classifier of the policy */
	size_t users; /* the worker, and exchanges begun under it */
};

struct worker {
	struct server *server;
	struct loop *loop;
	pthread_t thread;
	unsigned number;
	struct listener **listeners; /* one a listen */
	size_t n_listeners;
	struct routes *routes; /* of the generation in force */
	struct guard_scanner *scanner;
	struct exchange *exchanges[WORKER_BUCKETS]; /* under way, by number */
	struct client *clients;                     /* list of connections */
	size_t exchanging;                          /* exchanges under way */
	uint64_t next_number;
	bool draining;
	bool audit_due;      /* lines were put in this turn: audit_wake */
	struct drain *drain; /* of worker.c, once draining */
};

struct worker *worker_new(struct server *, unsigned number);
/* Open listeners of the generation; 0 or -1 with words in why. ports are those
 * the first worker got, NULL for the first. */
int worker_listen(struct worker *, const struct worker *first, struct buf *why)
    __attribute__((warn_unused_result));
void worker_start(struct worker *);
/* From any thread: use the server's generation from now on. */
void worker_reload(struct worker *);
/* From any thread: stop accepting, finish what is under way, then stop; after
 * limit_ms whatever is left is closed. */
void worker_drain(struct worker *, uint64_t limit_ms);
void worker_join(struct worker *);
void worker_free(struct worker *);

struct routes *routes_ref(struct routes *);
void routes_unref(struct routes *);

/* Lines were put into the audit log: its writer is woken at the end of the
 * turn, once for all of them. */
void worker_audit_due(struct worker *);

/* What an exchange can be woken by. */
enum worker_wake {
	WORKER_TURN,     /* its place in the conversation's line has come */
	WORKER_RECORDED, /* result is an enum audit_result */
	WORKER_STORED,   /* result is a store_err */
	WORKER_KEPT,     /* the same, of a handoff */
	WORKER_RAISED,   /* the same, or 1: the handoff is more urgent now */
	WORKER_REPLIES,  /* payload is a struct worker_replies */
};
struct store_reply;
struct worker_replies {
	struct store_reply *items;
	size_t n;
};
/* From any thread. Takes ownership of the replies. */
void worker_wake(struct worker *, uint64_t exchange, enum worker_wake,
    int result, const struct worker_replies *);
/* The last client has gone while draining, and the like. */
void worker_check_drained(struct worker *);

#endif
