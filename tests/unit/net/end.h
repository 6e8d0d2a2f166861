/*
 * end - one end of a connection, and a record of its events.
 */
#ifndef HANDRAIL_TESTS_UNIT_NET_END_H
#define HANDRAIL_TESTS_UNIT_NET_END_H

#include "proxy/base/buf.h"
#include "proxy/net/conn.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
/* cmocka wants the four above first */
#include <cmocka.h>

/* One end of a connection, as its owner sees it. */
struct end {
	struct conn *conn; /* NULL once closed */
	unsigned opened, data, drained, sent, eof, closed;
	enum conn_reason reason;
	char text[200];
	char tls[120]; /* "TLSv1.3 sni alpn" */
	char subject[64], fingerprint[65];
	bool resumed;
	struct buf got; /* what was read and consumed */
	bool keep;      /* leave the input where it is */
	/* called after the record is made, or NULL */
	void (*then)(struct end *, enum conn_event);
	void *arg;
};

static inline void end_note(struct end *e, struct conn *c)
{
	e->reason = conn_reason(c);
	snprintf(e->text, sizeof(e->text), "%s", conn_reason_text(c));
	e->conn = NULL;
}

static inline void end_note_tls(struct end *e, const struct conn_tls *tls)
{
	if (!tls)
		return;
	snprintf(e->tls, sizeof(e->tls), "%s %s %s", tls->version,
	    tls->server_name ? tls->server_name : "-",
	    tls->alpn ? tls->alpn : "-");
	snprintf(e->subject, sizeof(e->subject), "%s",
	    tls->peer_subject ? tls->peer_subject : "-");
	snprintf(e->fingerprint, sizeof(e->fingerprint), "%s",
	    tls->peer_fingerprint ? tls->peer_fingerprint : "-");
	e->resumed = tls->resumed;
}

static inline void end_event(struct conn *c, enum conn_event event, void *arg)
{
	struct end *e = arg;
	struct conn_input in = conn_input(c);
	assert_int_equal(e->closed, 0); /* CONN_CLOSED is the last one */
	switch (event) {
	case CONN_OPEN:
		e->opened++;
		end_note_tls(e, conn_tls(c));
		break;
	case CONN_DATA:
		e->data++;
		if (e->keep)
			break;
		buf_add(&e->got, in.data, in.len);
		conn_consume(c, in.len);
		break;
	case CONN_DRAINED:
		e->drained++;
		break;
	case CONN_SENT:
		e->sent++;
		break;
	case CONN_EOF:
		e->eof++;
		break;
	case CONN_CLOSED:
		e->closed++;
		end_note(e, c);
		break;
	}
	if (e->then)
		e->then(e, event);
}

static inline void end_bind(struct end *e, struct conn *c)
{
	e->conn = c;
	conn_set_callback(c, end_event, e);
}

static inline void end_clear(struct end *e)
{
	if (e->conn) {
		conn_set_callback(e->conn, NULL, NULL);
		conn_close(e->conn, CONN_DROPPED, NULL);
	}
	buf_clear(&e->got);
}

#endif
