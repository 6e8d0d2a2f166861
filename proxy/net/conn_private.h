/*
 * conn_private - what the files of a conn share: conn.c (the machine),
 * conn_time.c (its timeouts), conn_ask.c (questions that change nothing).
 */
#ifndef HANDRAIL_PROXY_NET_CONN_PRIVATE_H
#define HANDRAIL_PROXY_NET_CONN_PRIVATE_H

#include "proxy/base/buf.h"
#include "proxy/net/conn_io.h"

#include <event2/event_struct.h>

enum conn_state {
	CONN_STATE_CONNECTING,
	CONN_STATE_HANDSHAKING,
	CONN_STATE_OPEN,
	CONN_STATE_FLUSHING,  /* shut down, output is still to go */
	CONN_STATE_LINGERING, /* our side has ended, the peer's not */
	CONN_STATE_CLOSED,
};

#define CONN_TIMEOUTS (CONN_TIMEOUT_LINGER + 1)

struct conn {
	struct loop *loop;
	enum conn_state state;
	struct conn_io io;
	struct event readable, writable;
	bool has_events, wants_readable, wants_writable;
	conn_fn *fn; /* NULL: nobody listens */
	void *arg;
	loop_fn *release;
	void *release_arg;
	struct buf input, output;
	struct conn_limits limits;
	/* facts */
	bool kicked;             /* a turn is deferred */
	bool paused;             /* by the owner */
	bool resumed;            /* CONN_DATA is due for what is there */
	bool over_high;          /* CONN_DRAINED is due */
	bool wants_sent;         /* CONN_SENT is due */
	bool saw_eof;            /* the peer has ended its side */
	bool told_eof;           /* and the owner knows */
	bool read_needs_write;   /* TLS: IO_WANT_WRITE from a read */
	bool write_needs_read;   /* TLS: IO_WANT_READ from a write */
	bool failed;             /* a read did; io says why */
	bool more;               /* a burst was cut short */
	uint64_t sent, received; /* bytes */
	size_t unread;           /* see conn_unread, of one that is closed */
	/* time */
	struct loop_timer timer;
	uint64_t timeout_ms[CONN_TIMEOUTS];
	int64_t phase_us; /* when the state was entered */
	int64_t moved_us; /* when a byte last came or went */
	int64_t write_us; /* since when no byte of output went */
	enum conn_reason reason;
	char *reason_text;
	struct address peer;
	char name[24];
};

/* Arms the timer for what is due first. After every change of state. */
void conn_time_set(struct conn *);
/* For loop_timer_init. */
void conn_time_fired(void *conn);

#endif
