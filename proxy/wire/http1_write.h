/*
 * http1_write - message heads for the other side, built from a parsed one.
 *
 * Hop-by-hop fields (RFC 9110 7.6.1) and whatever Connection names are left
 * out, framing is always ours. Appends to a struct buf; nothing is sent.
 */
#ifndef HANDRAIL_WIRE_HTTP1_WRITE_H
#define HANDRAIL_WIRE_HTTP1_WRITE_H

#include "proxy/base/buf.h"
#include "proxy/wire/http1.h"

struct http1_extra {
	const char *name, *value;
};

/* Zero is a useful default everywhere. Everything is borrowed for the call. */
struct http1_out {
	enum http1_framing framing; /* of the message to send */
	uint64_t content_length;    /* HTTP1_LENGTH */
	bool close;                 /* say Connection: close */
	/* Content-Type instead of all the head says of its body; "": nothing
	 * is said; NULL: what the head says. */
	const char *type;
	const char *const *drop; /* NULL-terminated field names, or NULL */
	const struct http1_extra *add;
	size_t n_add;
	const char *via; /* pseudonym for Via, or NULL: none */
	/* requests */
	const char *host;   /* NULL: the client's authority */
	struct span target; /* empty: the client's path and query */
	const char
	    *client_address;     /* X-Forwarded-For; NULL: none of the three */
	const char *proto;       /* X-Forwarded-Proto: "https" */
	bool trust_forwarded;    /* keep and extend the client's own */
	const char *traceparent; /* sent when the client's is absent or
				    malformed (W3C trace context); or NULL */
};

void http1_write_request(
    struct buf *, const struct http1_head *, const struct http1_out *);
void http1_write_response(
    struct buf *, const struct http1_head *, const struct http1_out *);
/* A whole response of our own; type may be NULL with an empty body. */
void http1_write_answer(struct buf *, int status, const char *type,
    struct span body, const struct http1_out *);
/* The head alone of a response of our own, framing as in out. */
void http1_write_status(
    struct buf *, int status, const char *type, const struct http1_out *);
void http1_write_chunk(struct buf *, struct span data); /* none when empty */
void http1_write_last_chunk(struct buf *);
const char *http1_status_text(int status);
/* Is this a field no proxy passes on (without regard to Connection)? */
bool http1_is_hop_by_hop(struct span name);
/* Is value a traceparent of version 00 with non-zero ids? */
bool http1_is_traceparent(struct span value);

#endif
