/*
 * store - what must outlive the process: conversations and their locks,
 * encrypted text, handoffs, replies, the outbox, pauses.
 *
 * Work is a job: a function that runs inside a transaction. Jobs that wait are
 * committed together; one that fails is rolled back alone. Writing jobs run in
 * one thread in the order of submission, reading ones in another, so a read
 * never waits behind an fsync (it sees what was committed before). When the
 * queue is full store_submit waits: nothing is ever dropped. Before
 * store_start, and in programs that never call it, jobs run in the caller.
 *
 * The rows are in store_conversations.h, store_handoffs.h, store_outbox.h and
 * store_pauses.h; their functions take the transaction.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_H
#define HANDRAIL_PROXY_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_TICK_MS 100 /* how often ticks run and outside changes show */

struct store;
struct store_tx;
struct vault;

enum store_err {
	STORE_OK = 0,
	STORE_NOT_FOUND = -1,
	STORE_BUSY = -2,    /* another process holds it too long */
	STORE_FULL = -3,    /* no room on the disk */
	STORE_CORRUPT = -4, /* not a store, damaged, or made by a newer one */
	STORE_IO = -5,
	STORE_ERASED = -6,   /* the key was destroyed */
	STORE_KEY = -7,      /* the master key does not open it */
	STORE_CONFLICT = -8, /* the state does not allow it */
	STORE_GONE = -9,     /* somebody took the file away */
};
/* Nothing is wrong with what was asked: tried again it may work. */
bool store_err_may_pass(int err);
/* "the disk is full", ... */
const char *store_err_text(int err);

struct store_options {      /* zero means the default in brackets */
	const char *sqlite; /* path of the database, created when absent */
	const struct vault *vault; /* outlives the store */
	bool must_exist;           /* do not create it */
	size_t max_jobs;           /* waiting [8192] */
	size_t max_bytes;          /* of texts in waiting jobs [64 MiB] */
	size_t reserve_bytes;      /* kept back for durable jobs [0] */
	bool borrows;              /* uses what another process keeps back */
	unsigned busy_ms;          /* wait for another process' lock [5000] */
};

/* 0 and *out, or a store_err and the reason, naming the file, in why. */
int store_open(struct store **out, const struct store_options *, char *why,
    size_t why_size) __attribute__((warn_unused_result));
/* Start the threads. Listeners must be set before. */
void store_start(struct store *);
/* Finishes every submitted job, then stops. Accepts NULL. */
void store_close(struct store *);

const struct vault *store_vault(const struct store *);

/*
 * Embed in a struct of your own. run returns 0, or a store_err to have its
 * writes undone; it may run again when a job beside it or their shared commit
 * failed, so it changes nothing but the store and its own results. done is
 * called once, in the store's thread, after the commit or the failure; it owns
 * the job (free it there) and may submit others, but must not wait. A job that
 * failed with BUSY, FULL, GONE or IO wrote nothing and may be submitted again.
 */
struct store_job {
	int (*run)(struct store_tx *, struct store_job *);
	void (*done)(struct store_job *, int err);
	size_t bytes; /* of text it carries, for max_bytes */
	bool reads;   /* only reads */
	bool durable; /* on disk (fsync) before done; else only out of the
			 process, and up to 20 ms late */
	struct store_job *next; /* the store's */
	int err;                /* the store's */
};
void store_submit(struct store *, struct store_job *);
/* The same, durable, waiting for the outcome; never from a store callback. */
int store_call(struct store *, bool reads,
    int (*run)(struct store_tx *, void *arg), void *arg)
    __attribute__((warn_unused_result));

/* Waiting jobs, for metrics. */
size_t store_waiting(struct store *);
/* STORE_OK, or why the latest failure failed, until the store can be written
 * again: after a full disk, with room for more than what must be written. */
int store_health(struct store *);

/* Something another process did. Strings borrowed for the call. */
enum store_change_kind {
	STORE_CHANGE_RETURNED,
	STORE_CHANGE_REPLY,
	STORE_CHANGE_PAUSE,
	STORE_CHANGE_ERASED,
	STORE_CHANGE_OUTBOX,
	STORE_CHANGE_LOCKED,
	STORE_CHANGE_WANTED, /* it wants to see what is not stored yet */
};
struct store_change {
	enum store_change_kind kind;
	const char *family, *conversation; /* "" where there is none */
	const char *handoff;
	bool unrecorded; /* only that the AI falls silent is to be heeded; all
			    of it is told again once it is recorded */
};
/* Called in the store's thread within 2 ticks of the other's commit. */
void store_on_change(struct store *,
    void (*fn)(void *arg, const struct store_change *), void *arg);
/*
 * One function that is called in the store's thread, in the transaction that
 * reads what others did, before anybody is told of it: so that it can be
 * recorded first. An error: it is tried at the next tick, and until then nobody
 * is told but of what silences the AI, which needs no record to be safe.
 */
void store_before_changes(
    struct store *, int (*fn)(struct store_tx *, void *arg), void *arg);
/* Called in the store's thread every STORE_TICK_MS. */
void store_on_tick(struct store *, void (*fn)(void *arg), void *arg);

/* For writers outside the proxy: tell a running one. */
int store_tell(struct store_tx *, const struct store_change *)
    __attribute__((warn_unused_result));

/* Delete what the write-ahead log still holds of overwritten pages; BUSY when
 * another process is in the way (its next checkpoint does it). */
int store_scrub(struct store *) __attribute__((warn_unused_result));
/* The same once this transaction is committed, tried at each tick until it
 * works: for words that pass through the store on their way elsewhere. */
void store_scrub_after(struct store_tx *);

#endif
