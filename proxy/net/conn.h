/*
 * conn - one byte stream: plain TCP, TLS server or TLS client.
 *
 *   CONNECTING -> HANDSHAKING -> OPEN -> FLUSHING -> LINGERING -> CLOSED
 *                                          (conn_shutdown_after_flush)
 *
 * One callback, one event enum. No event comes from inside a call of this
 * header. After CONN_CLOSED there is none, and the conn is gone when that
 * callback returns; until then every call is allowed and harmless. An owner
 * that goes earlier first says conn_set_callback(c, NULL, NULL).
 *
 * Memory is bounded by struct conn_limits as long as the owner stops writing
 * when conn_write answers false. Work per wake-up is bounded.
 * One thread: the loop's.
 */
#ifndef HANDRAIL_PROXY_NET_CONN_H
#define HANDRAIL_PROXY_NET_CONN_H

#include "proxy/net/address.h"
#include "proxy/net/loop.h"

struct conn;
struct tls_client;
struct tls_server;

enum conn_event {
	CONN_OPEN,    /* connected and handshaken; once */
	CONN_DATA,    /* conn_input has grown, or reading was resumed on some */
	CONN_DRAINED, /* output was over the high mark, is under the low one */
	CONN_SENT,    /* asked for by conn_notify_sent; once */
	CONN_EOF,     /* the peer finished its side in the proper way; once */
	CONN_CLOSED,  /* conn_reason says why; the last event */
};

enum conn_reason {
	CONN_DONE,        /* both sides finished, or the owner was done */
	CONN_TRUNCATED,   /* TLS stream ended without close_notify */
	CONN_RESET,       /* the peer went away */
	CONN_UNREACHABLE, /* could not connect */
	CONN_UNTRUSTED,   /* a certificate was not accepted, by either side */
	CONN_TLS_FAILED,  /* any other TLS failure */
	CONN_CONNECT_TIMEOUT,
	CONN_HANDSHAKE_TIMEOUT,
	CONN_IDLE_TIMEOUT,
	CONN_WRITE_TIMEOUT,
	CONN_REFUSED, /* the owner: the peer broke a rule or a limit */
	CONN_DROPPED, /* the owner: no longer wanted */
};

enum conn_timeout {
	CONN_TIMEOUT_CONNECT,   /* TCP connect [10 s] */
	CONN_TIMEOUT_HANDSHAKE, /* TLS, from the TCP connection on [10 s] */
	CONN_TIMEOUT_IDLE,      /* open, no byte either way [off] */
	CONN_TIMEOUT_WRITE,     /* output waits, none of it goes [30 s] */
	CONN_TIMEOUT_LINGER,    /* for the peer's end after ours [2 s] */
};

struct conn_limits {
	size_t max_input_bytes; /* unread; reading pauses by itself [256 KiB] */
	size_t output_high_bytes; /* conn_write says stop [256 KiB] */
	size_t output_low_bytes;  /* CONN_DRAINED [64 KiB] */
};

struct conn_tls {
	const char *version; /* "TLSv1.3" */
	const char *cipher;
	const char *server_name;      /* SNI, NULL when the client sent none */
	const char *alpn;             /* "http/1.1", NULL when not negotiated */
	const char *peer_subject;     /* of the peer's certificate, or NULL */
	const char *peer_fingerprint; /* its SHA-256 as hex, or NULL */
	bool resumed;
};

struct conn_input {
	const char *data; /* valid until conn_consume or the next event */
	size_t len;
};

typedef void conn_fn(struct conn *, enum conn_event, void *arg);

/* Take over an accepted socket. tls NULL: plain. Set the callback before the
 * turn ends; CONN_OPEN comes for plain ones too. */
struct conn *conn_accept(
    struct loop *, int fd, const struct address *peer, struct tls_server *);
/* Connect. tls NULL: plain; else host is the name verified and sent as SNI.
 * A failure of any kind arrives as CONN_CLOSED. */
struct conn *conn_connect(struct loop *, const struct address *,
    struct tls_client *, const char *host);
void conn_set_callback(struct conn *, conn_fn *, void *arg);
/* For who counts conns: fn(arg) when the conn is gone. One per conn. */
void conn_set_release(struct conn *, loop_fn *, void *arg);
void *conn_release_arg(const struct conn *);

/* Zero fields mean the default. */
void conn_set_limits(struct conn *, const struct conn_limits *);
/* From now on; 0 is off. A change counts from the last byte that moved. Set
 * idle off while the peer waits for us. */
void conn_set_timeout_ms(struct conn *, enum conn_timeout, uint64_t ms);

/* All bytes that arrived and are not consumed, in one piece. */
struct conn_input conn_input(const struct conn *);
void conn_consume(struct conn *, size_t n); /* n <= len */
/* max_input_bytes are unread: no more will come before some are consumed. */
bool conn_input_is_full(const struct conn *);
/* No CONN_DATA and no CONN_EOF while paused. */
void conn_pause_reading(struct conn *);
/* CONN_DATA comes again when there is unread input. */
void conn_resume_reading(struct conn *);

/* Copies. Before CONN_OPEN the bytes wait. False: the output is over the high
 * mark, stop until CONN_DRAINED (these bytes were taken all the same). Once
 * closed or shut down, the bytes go nowhere and the answer is true. */
bool conn_write(struct conn *, const void *data, size_t n);
/* CONN_SENT when all that is written by now is in the kernel's hands. */
void conn_notify_sent(struct conn *);
/* End well: output, TLS close_notify, FIN; what still arrives is discarded;
 * CONN_CLOSED with CONN_DONE when the peer ended too or lingered too long. */
void conn_shutdown_after_flush(struct conn *);
/* End now. Output not yet sent is dropped. With that, or a reason other than
 * CONN_DONE, the peer can tell: a reset when plain, no close_notify with TLS.
 * text is copied, NULL: the reason's own words. The first close wins.
 * CONN_CLOSED comes at the end of the turn. */
void conn_close(struct conn *, enum conn_reason, const char *text);

bool conn_is_open(const struct conn *);   /* after CONN_OPEN, not ending */
bool conn_is_closed(const struct conn *); /* CONN_CLOSED came or will come */
bool conn_saw_eof(const struct conn *);
/* The peer's kernel answered what we sent with a reset. A system call. */
bool conn_was_reset(const struct conn *);
/* Nothing waits to be read in the kernel, nor has the peer ended: what an idle
 * connection must be to be used again. Costs a system call. */
bool conn_is_quiet(const struct conn *);
size_t conn_output_len(const struct conn *);   /* bytes not sent yet */
uint64_t conn_bytes_sent(const struct conn *); /* handed to the kernel */
uint64_t conn_bytes_received(const struct conn *);
/* What was written and the peer cannot have read: it ended before, and its
 * kernel acknowledged none of it. At least that, with TLS. 0 after a reset out
 * of nothing, which may follow any reading. Of a closed one: when it closed. */
size_t conn_unread(const struct conn *);
enum conn_reason conn_reason(const struct conn *); /* once closed */
const char *conn_reason_text(const struct conn *); /* once closed */
const char *conn_reason_name(enum conn_reason);    /* "truncated" */
const char *conn_name(const struct conn *);        /* for logs: "c42", "u43" */
const struct address *conn_peer(const struct conn *);
const struct conn_tls *conn_tls(const struct conn *); /* NULL: plain, or not
							 open yet */

#endif
