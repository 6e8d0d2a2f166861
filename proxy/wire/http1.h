/*
 * http1 - pull parser for HTTP/1.0 and HTTP/1.1 messages (RFC 9112, 9110).
 *
 *   bytes --http1_feed--> HEAD, BODY*, [TRAILERS], END   then http1_next
 *
 * Refuses, never repairs: whatever two readers could frame differently is an
 * error. No I/O, no allocation, no callbacks. One parser per direction of a
 * connection, one thread at a time.
 *
 * The caller keeps unconsumed bytes and calls again with the same first byte
 * and more behind it. Spans lead into the bytes of that call.
 */
#ifndef HANDRAIL_WIRE_HTTP1_H
#define HANDRAIL_WIRE_HTTP1_H

#include "proxy/wire/http1_error.h"
#include "proxy/wire/span.h"

#include <stdint.h>
#include <sys/types.h>

#define HTTP1_FIELDS_MAX 128 /* what a head can hold, whatever the limits */

/* Zero means the default in brackets. */
struct http1_limits {
	size_t max_line_bytes; /* start line or field, with CRLF [16 KiB] */
	size_t max_head_bytes; /* head or trailers, with end [64 KiB] */
	size_t max_fields;     /* [100], at most HTTP1_FIELDS_MAX */
	size_t
	    max_chunk_line_bytes; /* size and extensions, with CRLF [1 KiB] */
	uint64_t max_body_bytes;  /* decoded [no limit] */
};

enum http1_kind { HTTP1_REQUEST, HTTP1_RESPONSE };
enum http1_target {             /* RFC 9112 3.2 */
	HTTP1_TARGET_ORIGIN,    /* /path?query */
	HTTP1_TARGET_ABSOLUTE,  /* http://authority/path?query */
	HTTP1_TARGET_AUTHORITY, /* host:port, CONNECT only */
	HTTP1_TARGET_ASTERISK,  /* *, OPTIONS only */
};
enum http1_framing {
	HTTP1_NO_BODY,
	HTTP1_LENGTH,
	HTTP1_CHUNKED,
	HTTP1_UNTIL_CLOSE, /* responses only */
};

struct http1_field { /* offsets from head.base */
	uint32_t name, name_len, value, value_len;
};

/*
 * All positions are offsets, so a head outlives the bytes it was parsed from
 * when the caller copies raw_len bytes of base and points base at the copy.
 */
struct http1_head {
	const char *base;
	size_t raw_len; /* of the head, with its final empty line */
	enum http1_kind kind;
	int minor;  /* HTTP/1.minor: 0 or 1 */
	int status; /* response */
	enum http1_target target_form;
	struct http1_field start; /* request: name = method, value = target;
				     response: value = reason phrase */
	struct http1_field where; /* name = authority (host of the target in
				     absolute form, else Host; may be empty),
				     value = path with query ("/" if absent;
				     then value_len 0) */
	enum http1_framing framing;
	uint64_t content_length; /* HTTP1_LENGTH; also of an answer to HEAD */
	bool has_content_length;
	bool keep_alive; /* another message may follow */
	bool expect_continue;
	bool upgrade; /* asks to change (or, 101, changed) the protocol */
	bool connect; /* CONNECT, or a 2xx answer to it */
	bool interim; /* 1xx other than 101: the answer is still to come */
	size_t n_fields;
	struct http1_field fields[HTTP1_FIELDS_MAX];
};

/* Makes an empty one; fields beyond n_fields stay what they were. */
void http1_head_clear(struct http1_head *);
/* The fields there are, not the room for more. */
void http1_head_copy(struct http1_head *to, const struct http1_head *from);

struct span http1_method(const struct http1_head *);
struct span http1_target(const struct http1_head *);
struct span http1_reason(const struct http1_head *);
struct span http1_authority(const struct http1_head *);
struct span http1_path(const struct http1_head *); /* never empty: "/" */
struct span http1_name(const struct http1_head *, size_t i);
struct span http1_value(const struct http1_head *, size_t i);
/* The first field of that name from index `from` on, else n_fields. */
size_t http1_find(const struct http1_head *, const char *name, size_t from);
size_t http1_count(const struct http1_head *, const char *name);
/* Value of the first such field; p NULL when there is none. */
struct span http1_get(const struct http1_head *, const char *name);
/* Is token one of the comma-separated elements of any such field? */
bool http1_has_token(
    const struct http1_head *, const char *name, const char *token);

enum http1_event_kind {
	HTTP1_MORE,     /* nothing to tell: more bytes are needed */
	HTTP1_HEAD,     /* parser.head is complete */
	HTTP1_BODY,     /* decoded body bytes */
	HTTP1_TRAILERS, /* parser.trailers is complete (only if not empty) */
	HTTP1_END,      /* the message is over; the rest is untouched */
};
struct http1_event {
	enum http1_event_kind kind;
	struct span body;
};

struct http1_parser { /* caller-owned; fields below head are private */
	struct http1_head head, trailers; /* trailers: fields only */
	enum http1_kind kind;
	struct http1_limits limits;
	bool answers_head, answers_connect;
	int state;      /* enum state of http1.c */
	int error;      /* of a failed one */
	size_t line;    /* offset of the line being read */
	size_t scanned; /* no line end before this offset */
	uint64_t left;  /* of the body or chunk */
	uint64_t body_bytes, framing_bytes;
};

/* limits may be NULL. */
void http1_init(
    struct http1_parser *, enum http1_kind, const struct http1_limits *);
/*
 * Begin the next message. Only after END (or as the first call; a parser
 * starts ready for a request or for the answer to a GET). For responses,
 * method is that of the request being answered; requests pass an empty span.
 * After a message that ends the connection every further byte is
 * HTTP1_ERR_AFTER_CLOSE.
 */
void http1_next(struct http1_parser *, struct span method);
/*
 * Returns bytes consumed (0 or more) and sets *event, or an enum http1_err
 * that is final. event MORE: call again when there are more bytes than what
 * is left after consuming. Any other event: call again right away.
 */
ssize_t http1_feed(struct http1_parser *, const char *data, size_t len,
    struct http1_event *event) __attribute__((warn_unused_result));
/* The peer closed: 0 with event END (a response that ends so) or MORE (between
 * messages), else HTTP1_ERR_TRUNCATED. */
int http1_finish(struct http1_parser *, struct http1_event *event)
    __attribute__((warn_unused_result));

#endif
