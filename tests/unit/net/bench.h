/*
 * bench - a loop with a listener, connections and a record of their events.
 *
 * A test builds one, opens connections, and turns the loop until something
 * has happened (bench_until) or five seconds have passed, which fails it.
 */
#ifndef HANDRAIL_TESTS_UNIT_NET_BENCH_H
#define HANDRAIL_TESTS_UNIT_NET_BENCH_H

#include "certs.h"
#include "proxy/base/buf.h"
#include "proxy/net/listener.h"
#include "proxy/net/tls.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#define BENCH_LIMIT_MS 5000

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

struct bench {
	struct loop *loop;
	struct listener *listener;
	struct end *accepted; /* the next connections are these, in order */
	size_t n_accepted, max_accepted;
	const bool *done;
	struct loop_timer limit;
	bool expired;
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

static inline void bench_accept(struct listener *l, struct conn *c, void *arg)
{
	struct bench *b = arg;
	assert_true(b->n_accepted < b->max_accepted);
	end_bind(&b->accepted[b->n_accepted++], c);
}

static inline void bench_expire(void *arg)
{
	struct bench *b = arg;
	b->expired = true;
	loop_stop(b->loop);
}

static inline void bench_listen(
    struct bench *b, struct tls_server *tls, size_t max_connections)
{
	struct listener_options options = {
	    .tls = tls, .max_connections = max_connections};
	struct buf error = {0};
	assert_int_equal(address_parse(&options.address, "127.0.0.1:0"), 0);
	b->listener = listener_new(b->loop, &options, bench_accept, b, &error);
	if (!b->listener)
		fail_msg("%s", error.data);
}

static inline void bench_init(
    struct bench *b, struct end *accepted, size_t max_accepted)
{
	*b = (struct bench){.loop = loop_new(),
	    .accepted = accepted,
	    .max_accepted = max_accepted};
	assert_non_null(b->loop);
	loop_timer_init(&b->limit, b->loop, bench_expire, b);
}

static inline void bench_clear(struct bench *b)
{
	for (size_t i = 0; i < b->n_accepted; i++)
		end_clear(&b->accepted[i]);
	listener_free(b->listener);
	loop_timer_disarm(&b->limit);
	loop_free(b->loop);
}

static inline void bench_stop(void *arg)
{
	loop_stop(arg);
}

/* One turn of the loop. */
static inline void bench_turn(struct bench *b)
{
	loop_defer(b->loop, bench_stop, b->loop);
	loop_run(b->loop);
}

/* Turn the loop until condition; what: for the message. */
#define bench_until(b, condition)                                              \
	do {                                                                   \
		loop_timer_arm_ms(&(b)->limit, BENCH_LIMIT_MS);                \
		while (!(condition)) {                                         \
			bench_nap(b);                                          \
			if ((b)->expired)                                      \
				fail_msg("%s:%d: never: %s", __FILE__,         \
				    __LINE__, #condition);                     \
		}                                                              \
		loop_timer_disarm(&(b)->limit);                                \
	} while (0)

static inline void bench_nap(struct bench *b)
{
	struct loop_timer soon;
	loop_timer_init(&soon, b->loop, bench_stop, b->loop);
	loop_timer_arm_ms(&soon, 1);
	loop_run(b->loop);
	loop_timer_disarm(&soon);
}

static inline void bench_run_ms(struct bench *b, uint64_t ms)
{
	struct loop_timer until;
	loop_timer_init(&until, b->loop, bench_stop, b->loop);
	loop_timer_arm_ms(&until, ms);
	loop_run(b->loop);
	loop_timer_disarm(&until);
}

/* A blocking socket connected to the listener. */
static inline int bench_socket(const struct bench *b)
{
	const struct address *to = listener_address(b->listener);
	int fd = socket(to->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&to->sa, to->len), 0);
	return fd;
}

static inline void bench_connect(
    struct bench *b, struct end *e, struct tls_client *tls, const char *host)
{
	end_bind(
	    e, conn_connect(b->loop, listener_address(b->listener), tls, host));
}

static inline struct tls_server *bench_server(const char *stem)
{
	char pem[40], key[40];
	snprintf(pem, sizeof(pem), "%s.pem", stem);
	snprintf(key, sizeof(key), "%s.key", stem);
	struct tls_pair pair = {certs_path(pem), certs_path(key)};
	struct tls_server_options options = {.pairs = &pair, .n_pairs = 1};
	struct buf error = {0};
	struct tls_server *tls = tls_server_new(&options, &error);
	if (!tls)
		fail_msg("%s", error.data);
	return tls;
}

static inline struct tls_client *bench_client(const char *ca)
{
	struct tls_client_options options = {.ca = certs_path(ca)};
	struct buf error = {0};
	struct tls_client *tls = tls_client_new(&options, &error);
	if (!tls)
		fail_msg("%s", error.data);
	return tls;
}

#endif
