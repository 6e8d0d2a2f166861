/* origin - see origin.h. */
#include "proxy/http/origin.h"

#include "proxy/base/buf.h"
#include "proxy/base/mem.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct origin {
	struct origin_request o;
	struct http1_limits limits;
	struct buf bytes;
	char *method;
	struct upstream_request *waiting; /* for a connection */
	struct conn *conn;                /* lent */
	char *head_bytes;                 /* what the parser's head is on */
	struct loop_timer deadline; /* dripping bytes does not extend it */
	bool reused;                /* may be tried again */
	bool answered;              /* a byte of the answer has come */
	bool paused;
	bool over;    /* END or FAILED was said, or the owner is gone */
	bool reading; /* inside read_answer */
	bool dead;    /* freed at the end of the turn */
	struct http1_parser parser; /* last: not zeroed, see origin_new */
};

static void on_lent(void *arg, const struct upstream_result *);
static void too_late(void *arg);

const char *origin_failure_name(enum origin_failure failure)
{
	static const char *const names[] = {
	    [ORIGIN_CONNECT] = "connect",
	    [ORIGIN_TLS] = "tls",
	    [ORIGIN_BUSY] = "busy",
	    [ORIGIN_TIMEOUT] = "timeout",
	    [ORIGIN_RESET] = "reset",
	    [ORIGIN_PROTOCOL] = "protocol",
	};
	return names[failure];
}

struct origin *origin_new(const struct origin_request *o)
{
	struct origin *g = mem_alloc(sizeof(*g));
	memset(g, 0, offsetof(struct origin, parser));
	http1_init(&g->parser, HTTP1_RESPONSE, NULL);
	g->o = *o;
	if (o->limits)
		g->limits = *o->limits;
	loop_timer_init(&g->deadline, o->loop, too_late, g);
	g->method = mem_strndup(o->method.p, o->method.len);
	g->bytes = *o->bytes;
	*o->bytes = (struct buf){0};
	g->waiting = upstream_get(o->pool, on_lent, g);
	return g;
}

static void release(void *arg)
{
	struct origin *g = arg;
	buf_clear(&g->bytes);
	free(g->method);
	free(g->head_bytes);
	free(g);
}

static void let_go(struct origin *g)
{
	loop_timer_disarm(&g->deadline);
	if (g->waiting)
		upstream_cancel(g->waiting);
	g->waiting = NULL;
	if (g->conn)
		upstream_discard(g->o.pool, g->conn);
	g->conn = NULL;
}

void origin_free(struct origin *g)
{
	if (!g || g->dead)
		return;
	g->dead = g->over = true;
	let_go(g);
	loop_defer(g->o.loop, release, g);
}

const struct http1_head *origin_head(const struct origin *g)
{
	return &g->parser.head;
}

static void fail(struct origin *g, enum origin_failure why, const char *text)
{
	if (g->over)
		return;
	g->over = true;
	struct origin_data data = {.failure = why, .text = text};
	g->o.fn(g->o.arg, ORIGIN_FAILED, &data);
	if (!g->dead)
		let_go(g);
}

static void too_late(void *arg)
{
	fail(arg, ORIGIN_TIMEOUT, "it did not begin to answer in time");
}

static void finish(struct origin *g)
{
	const struct http1_head *head = &g->parser.head;
	bool keep = head->keep_alive && !head->upgrade;
	struct conn *conn = g->conn;
	g->conn = NULL;
	g->over = true;
	if (keep)
		upstream_put(g->o.pool, conn);
	else
		upstream_discard(g->o.pool, conn);
	g->o.fn(g->o.arg, ORIGIN_END, &(struct origin_data){0});
}

static void keep_head(struct origin *g)
{
	struct http1_head *head = &g->parser.head;
	free(g->head_bytes);
	g->head_bytes = mem_strndup(head->base, head->raw_len);
	head->base = g->head_bytes;
}

static bool is_interim(const struct origin *g)
{
	return g->parser.head.interim;
}

/* Report one event; the bytes it stands on are still in the input. */
static void report(struct origin *g, const struct http1_event *e)
{
	if (is_interim(g))
		return;
	if (e->kind == HTTP1_HEAD) {
		keep_head(g);
		loop_timer_disarm(&g->deadline);
		conn_set_timeout_ms(
		    g->conn, CONN_TIMEOUT_IDLE, g->o.idle_timeout_ms);
		g->o.fn(g->o.arg, ORIGIN_HEAD, &(struct origin_data){0});
	} else if (e->kind == HTTP1_BODY) {
		struct origin_data data = {.body = e->body};
		g->o.fn(g->o.arg, ORIGIN_BODY, &data);
	}
}

/* One step; false when there is nothing more to do now. */
static bool step(struct origin *g)
{
	struct conn_input in = conn_input(g->conn);
	struct http1_event e;
	ssize_t n = http1_feed(&g->parser, in.data, in.len, &e);
	if (n < 0) {
		fail(g, ORIGIN_PROTOCOL, http1_error_text((int)n));
		return false;
	}
	g->answered |= in.len > 0;
	report(g, &e);
	if (g->dead || !g->conn)
		return false;
	conn_consume(g->conn, (size_t)n);
	if (e.kind == HTTP1_END && is_interim(g)) {
		http1_next(&g->parser, span_str(g->method));
		return true;
	}
	if (e.kind == HTTP1_END) {
		finish(g);
		return false;
	}
	return e.kind != HTTP1_MORE && !g->paused;
}

static void read_answer(struct origin *g)
{
	if (g->reading)
		return;
	g->reading = true;
	while (!g->over && g->conn && !g->paused && step(g))
		;
	g->reading = false;
}

/* RFC 9110 9.2.2: what is not idempotent is asked once more only when the bot
 * cannot have read it. A bot with tools would order twice. */
static bool may_be_repeated(const struct origin *g, const struct conn *c)
{
	static const char *const idempotent[] = {
	    "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
	for (size_t i = 0; i < sizeof(idempotent) / sizeof(*idempotent); i++)
		if (strcmp(g->method, idempotent[i]) == 0)
			return true;
	return conn_unread(c) >= g->bytes.len;
}

/* A pooled connection the bot had closed already says nothing about the bot. */
static bool try_again(struct origin *g, const struct conn *c)
{
	if (!g->reused || g->answered || !may_be_repeated(g, c))
		return false;
	g->reused = false;
	if (g->conn)
		upstream_discard(g->o.pool, g->conn);
	g->conn = NULL;
	g->waiting = upstream_get_fresh(g->o.pool, on_lent, g);
	return true;
}

/* The bot has finished its side. What it sent before stays to be read while
 * the owner pauses. */
static void on_end_of_stream(struct origin *g)
{
	struct http1_event e;
	if (g->over || !g->conn || g->paused || try_again(g, g->conn))
		return;
	int err = http1_finish(&g->parser, &e);
	if (err == 0 && e.kind == HTTP1_END && !is_interim(g))
		finish(g);
	else
		fail(g, ORIGIN_RESET, "it closed in the middle of an answer");
}

static enum origin_failure failure_of(enum conn_reason reason)
{
	if (reason == CONN_IDLE_TIMEOUT || reason == CONN_WRITE_TIMEOUT)
		return ORIGIN_TIMEOUT;
	return ORIGIN_RESET;
}

static void on_conn(struct conn *c, enum conn_event event, void *arg)
{
	struct origin *g = arg;
	enum origin_failure failure;
	if (g->over || g->conn != c)
		return;
	switch (event) {
	case CONN_DATA:
		read_answer(g);
		break;
	case CONN_EOF:
		read_answer(g);
		on_end_of_stream(g);
		break;
	case CONN_CLOSED:
		g->conn = NULL;
		failure = failure_of(conn_reason(c));
		if (failure == ORIGIN_TIMEOUT || !try_again(g, c))
			fail(g, failure, conn_reason_text(c));
		break;
	case CONN_OPEN:
	case CONN_DRAINED:
	case CONN_SENT:
		break;
	}
}

static enum origin_failure failure_to_lend(enum upstream_err err)
{
	if (err == UPSTREAM_BUSY)
		return ORIGIN_BUSY;
	if (err == UPSTREAM_UNTRUSTED || err == UPSTREAM_TLS_FAILED)
		return ORIGIN_TLS;
	return ORIGIN_CONNECT;
}

static void on_lent(void *arg, const struct upstream_result *got)
{
	struct origin *g = arg;
	g->waiting = NULL;
	if (got->err != UPSTREAM_OK) {
		fail(g, failure_to_lend(got->err), got->text);
		return;
	}
	g->conn = got->conn;
	g->reused = got->reused;
	conn_set_callback(g->conn, on_conn, g);
	conn_set_timeout_ms(g->conn, CONN_TIMEOUT_IDLE, 0);
	if (g->o.answer_timeout_ms && !loop_timer_is_armed(&g->deadline))
		loop_timer_arm_ms(&g->deadline, g->o.answer_timeout_ms);
	http1_init(&g->parser, HTTP1_RESPONSE, &g->limits);
	http1_next(&g->parser, span_str(g->method));
	conn_write(g->conn, g->bytes.data, g->bytes.len);
	if (g->paused)
		conn_pause_reading(g->conn);
}

void origin_pause(struct origin *g)
{
	g->paused = true;
	if (!g->conn)
		return;
	conn_pause_reading(g->conn);
	/* It is the customer who is slow. */
	conn_set_timeout_ms(g->conn, CONN_TIMEOUT_IDLE, 0);
}

/* The end of a body whose length was announced is known without a further
 * byte, and the end of the connection is told once: neither comes again. */
static void read_on(void *arg)
{
	struct origin *g = arg;
	read_answer(g);
	if (g->conn && conn_saw_eof(g->conn))
		on_end_of_stream(g);
}

void origin_resume(struct origin *g)
{
	if (!g->paused)
		return;
	g->paused = false;
	if (!g->conn || g->over)
		return;
	conn_resume_reading(g->conn);
	if (g->head_bytes)
		conn_set_timeout_ms(
		    g->conn, CONN_TIMEOUT_IDLE, g->o.idle_timeout_ms);
	loop_defer(g->o.loop, read_on, g);
}
