/*
 * outbox - deliver events of handoffs to destinations, at least once, in
 * order, surviving restarts.
 *
 * A row of the store is owed until a destination has answered success; the
 * same Idempotency-Key goes with every try, so the receiver can drop doubles.
 * Failures are retried with exponential backoff and jitter, not before
 * Retry-After says so, nor later than max_wait_ms; after max_tries the row is
 * dead and shown. Each destination has a thread of its own: none waits for
 * another, and of what is due for it the more urgent goes first. Only the
 * webhook's answer status is read, never its body.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_OUTBOX_H
#define HANDRAIL_PROXY_HANDOFF_OUTBOX_H

#include "proxy/store/store.h"

struct outbox;

enum outbox_kind {
	OUTBOX_WEBHOOK, /* POST JSON, signed */
	OUTBOX_FILE,    /* append a JSON line, fsync */
};

/* Strings are copied. Zero means the default in brackets. */
struct outbox_destination {
	const char *name; /* as the policy's queues name it */
	enum outbox_kind kind;
	const char *url;      /* WEBHOOK: https, or http to loopback:
				 the configuration sees to it */
	const char *secret;   /* WEBHOOK: key of the signature */
	const char *ca;       /* WEBHOOK: CA file; NULL: the system's */
	const char *path;     /* FILE */
	unsigned timeout_ms;  /* of one try [10000] */
	unsigned max_tries;   /* [10] */
	unsigned base_ms;     /* first wait, doubled each time [1000] */
	unsigned max_wait_ms; /* [300000] */
	unsigned success_from, success_to; /* status codes [200..299] */
};

struct outbox *outbox_new(struct store *);
/* Replaces the list; before outbox_start and at every reload. A destination
 * that is no longer there keeps its rows pending: nothing is lost, and it is
 * said. */
void outbox_set_destinations(
    struct outbox *, const struct outbox_destination *, size_t n);
bool outbox_has(struct outbox *, const char *destination);
void outbox_start(struct outbox *);
/* There is a new row: look now. Any thread. */
void outbox_wake(struct outbox *);
/* Before store_close: end a try that is under way (it is repeated at the next
 * start, with the same key) and the thread. Accepts NULL. */
void outbox_stop(struct outbox *);
void outbox_free(struct outbox *); /* after store_close; accepts NULL */

struct outbox_metrics {
	uint64_t sent_total, failed_tries_total, dead_total; /* since start */
	/* Rows now. nobody: pending, and their destination is not there. */
	size_t pending, dead, nobody;
};
void outbox_metrics(struct outbox *, struct outbox_metrics *out);

/* "t=UNIX,v1=HEX": HMAC-SHA-256(secret, t "." body) in hex. */
#define OUTBOX_SIGNATURE_SIZE 96
void outbox_sign(const char *secret, int64_t unix_s, const char *body,
    size_t len, char out[OUTBOX_SIGNATURE_SIZE]);

#endif
