/*
 * upstream - the connections of one worker to one upstream, kept and reused.
 *
 *   get -> idle one, last used first | new one | wait in line | busy
 *   put -> first in line | idle (at most max_idle) | closed
 *
 * Names are looked up beside the loop, never on it. An idle connection that
 * ends, or says anything, is removed; of a server that closes them right after
 * its answers none is kept (keeping.h). A connection lent may be closed by
 * anyone at any time: the pool notices by itself.
 */
#ifndef HANDRAIL_PROXY_NET_UPSTREAM_H
#define HANDRAIL_PROXY_NET_UPSTREAM_H

#include "proxy/net/conn.h"

struct upstream;
struct upstream_request;

/* Zero means the default in brackets. */
struct upstream_options {
	const char *host; /* DNS name or numeric address; copied */
	uint16_t port;
	struct tls_client *tls; /* NULL: plain; the pool keeps a reference */
	size_t max_open;        /* lent, idle and being made [256] */
	size_t max_idle;        /* [64] */
	bool keeps_none;        /* each is for one question */
	size_t max_waiting;     /* requests in line [1024] */
	uint64_t connect_timeout_ms; /* name, TCP and TLS together [10 s] */
	uint64_t wait_timeout_ms;    /* in line, all in all [30 s] */
	uint64_t idle_timeout_ms;    /* of an idle connection [55 s] */
	uint64_t name_ttl_ms;        /* how long a lookup is good [10 s] */
	struct conn_limits conn_limits;
};

enum upstream_err {
	UPSTREAM_OK,
	UPSTREAM_UNREACHABLE, /* no such name, refused, unreachable, timeout */
	UPSTREAM_UNTRUSTED,   /* its certificate is not accepted */
	UPSTREAM_TLS_FAILED,
	UPSTREAM_BUSY, /* line full, or waited too long in it */
	UPSTREAM_GONE, /* upstream_free was called */
};

struct upstream_result {
	enum upstream_err err;
	const char *text;  /* why, in words; valid during the call; "" if OK */
	struct conn *conn; /* open, reading; NULL unless OK */
	bool reused;       /* if it dies before its first byte, retry once */
};

/* Called once for each get, never from inside upstream_get. The conn is lent:
 * set its callback now. */
typedef void upstream_fn(void *arg, const struct upstream_result *);

struct upstream *upstream_new(struct loop *, const struct upstream_options *);
/* Fails who waits (UPSTREAM_GONE, at the end of the turn), closes the idle
 * ones. Connections lent live on; upstream_put then closes them; the pool's
 * memory stays until the last is gone, so the pointer may be used that long. */
void upstream_free(struct upstream *); /* accepts NULL */

struct upstream_request *upstream_get(
    struct upstream *, upstream_fn *, void *arg);
/* The same, never an idle one: for a retry. */
struct upstream_request *upstream_get_fresh(
    struct upstream *, upstream_fn *, void *arg);
/* Before its callback came: it will not come. The pointer is then dead, as it
 * is after the callback. */
void upstream_cancel(struct upstream_request *);

/* Give back a lent one for reuse; its idle timeout and callback are the
 * pool's again. It is closed instead if it is not open, has unread input or
 * unsent output, or has ended. */
void upstream_put(struct upstream *, struct conn *);
/* Give back a lent one that cannot be reused: closed, and the caller hears
 * no more of it. Needs no call after CONN_CLOSED. */
void upstream_discard(struct upstream *, struct conn *);

size_t upstream_open_count(const struct upstream *); /* all connections */
size_t upstream_idle_count(const struct upstream *);
size_t upstream_waiting_count(const struct upstream *);
const char *upstream_err_name(enum upstream_err); /* "unreachable" */

#endif
