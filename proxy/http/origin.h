/*
 * origin - one request to another server and its answer: the bot, a classifier.
 *
 * Takes a connection of the pool, sends the bytes it was given, reads the
 * answer strictly and reports it piece by piece. A pooled connection that dies
 * before its first byte is replaced by a fresh one, once. Interim answers
 * (1xx) are swallowed.
 *
 * No event comes from inside origin_new. After ORIGIN_END or ORIGIN_FAILED
 * there is none. One thread.
 */
#ifndef HANDRAIL_HTTP_ORIGIN_H
#define HANDRAIL_HTTP_ORIGIN_H

#include "proxy/net/upstream.h"
#include "proxy/wire/http1.h"

struct buf;
struct origin;

enum origin_event {
	ORIGIN_HEAD, /* origin_head is complete */
	ORIGIN_BODY, /* decoded bytes */
	ORIGIN_END,
	ORIGIN_FAILED,
};

enum origin_failure {
	ORIGIN_CONNECT,  /* not reached */
	ORIGIN_TLS,      /* not trusted, or TLS failed */
	ORIGIN_BUSY,     /* no connection free in time */
	ORIGIN_TIMEOUT,  /* too late with its next byte */
	ORIGIN_RESET,    /* ended in the middle */
	ORIGIN_PROTOCOL, /* not strict HTTP, or over a limit */
};
const char *origin_failure_name(enum origin_failure); /* "connect", ... */

struct origin_data {
	struct span body;            /* ORIGIN_BODY: valid during the call */
	enum origin_failure failure; /* ORIGIN_FAILED */
	const char *text;            /* ORIGIN_FAILED: in words */
};
typedef void origin_fn(
    void *arg, enum origin_event, const struct origin_data *);

struct origin_request {
	struct upstream *pool; /* outlives the origin */
	struct loop *loop;
	struct buf *bytes; /* taken: it is empty then */
	struct span method;
	const struct http1_limits *limits; /* copied; NULL: the defaults */
	uint64_t answer_timeout_ms;        /* until the head is there */
	uint64_t idle_timeout_ms;          /* between two bytes of the body */
	origin_fn *fn;
	void *arg;
};
struct origin *origin_new(const struct origin_request *);
/* At any time, also inside its callback; gives up what is under way. */
void origin_free(struct origin *); /* accepts NULL */
const struct http1_head *origin_head(const struct origin *);
/* No events while paused. */
void origin_pause(struct origin *);
void origin_resume(struct origin *);

#endif
