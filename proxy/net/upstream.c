/*
 * upstream - see upstream.h.
 *
 *   member:   MAKING -> LENT <-> IDLE, and from each -> GOING -> freed
 *   request:  in line until it is answered or cancelled
 *
 * A connection is made because somebody waits, but for nobody in particular:
 * it goes to the first in line when it is ready, or to the idle ones. serve()
 * is the one place that matches requests and connections; everything else
 * changes the lists and asks for it at the end of the turn.
 *
 * Invariants: n_open counts the members; one that is MAKING is freed by
 * give_up, others by the release call of their connection; the pool by serve().
 */
#include "proxy/net/upstream.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/net/keeping.h"
#include "proxy/net/resolve.h"
#include "proxy/net/tls.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define TRY_MIN_MS 250 /* for one of several addresses */

enum member_state { MEMBER_MAKING, MEMBER_LENT, MEMBER_IDLE, MEMBER_GOING };

struct member {
	struct upstream *pool;
	struct conn *conn; /* NULL: MAKING, the name is being looked up */
	enum member_state state;
	bool used, again;        /* LENT: for more than the first time */
	uint64_t received;       /* LENT: bytes at its beginning */
	int64_t idle_us;         /* IDLE: since when */
	size_t next_address;     /* MAKING: to try */
	struct loop_timer timer; /* MAKING: the whole of it; IDLE */
	int64_t deadline_us;     /* MAKING */
	TAILQ_ENTRY(member) link;
};
TAILQ_HEAD(members, member);

struct upstream_request {
	struct upstream *pool;
	upstream_fn *fn;
	void *arg;
	bool fresh; /* no idle one */
	struct loop_timer timer;
	TAILQ_ENTRY(upstream_request) link;
};

struct upstream {
	struct loop *loop;
	struct upstream_options options; /* host and tls are ours */
	struct members making;
	struct members idle;                     /* last used first */
	TAILQ_HEAD(, upstream_request) requests; /* in line, first first */
	size_t n_making, n_idle, n_open, n_requests;
	struct resolve *lookup; /* running, or NULL */
	struct resolve_result names;
	int64_t names_until_us;
	struct keeping keeping;
	bool serving, gone; /* serve is deferred; upstream_free was called */
};

static void serve(void *pool);

static void ask_to_serve(struct upstream *pool)
{
	if (pool->serving)
		return;
	pool->serving = true;
	loop_defer(pool->loop, serve, pool);
}

/* ---- Answers ---------------------------------------------------------- */

static void drop_request(struct upstream_request *request)
{
	struct upstream *pool = request->pool;
	TAILQ_REMOVE(&pool->requests, request, link);
	pool->n_requests--;
	loop_timer_disarm(&request->timer);
	free(request);
}

static void answer(
    struct upstream_request *request, const struct upstream_result *result)
{
	upstream_fn *fn = request->fn;
	void *arg = request->arg;
	drop_request(request);
	fn(arg, result);
}

static void refuse(
    struct upstream_request *request, enum upstream_err err, const char *why)
{
	char *text =
	    mem_printf("upstream %s port %u: %s", request->pool->options.host,
		(unsigned)request->pool->options.port, why);
	struct upstream_result result = {.err = err, .text = text};
	answer(request, &result);
	free(text);
}

static void on_waited(void *arg)
{
	refuse(arg, UPSTREAM_BUSY, "no connection came free in time");
}

static void on_line_full(void *arg)
{
	refuse(arg, UPSTREAM_BUSY, "too many wait for a connection");
}

static void lend(struct upstream_request *request, struct member *member)
{
	member->state = MEMBER_LENT;
	loop_timer_disarm(&member->timer);
	conn_set_callback(member->conn, NULL, NULL);
	struct upstream_result result = {
	    .text = "", .conn = member->conn, .reused = member->used};
	member->again = member->used;
	member->used = true;
	member->received = conn_bytes_received(member->conn);
	answer(request, &result);
}

/* ---- Idle ------------------------------------------------------------- */

static void leave_idle(struct member *member)
{
	TAILQ_REMOVE(&member->pool->idle, member, link);
	member->pool->n_idle--;
	member->state = MEMBER_GOING;
	loop_timer_disarm(&member->timer);
}

static void close_idle(struct member *member)
{
	leave_idle(member);
	conn_set_callback(member->conn, NULL, NULL);
	conn_close(member->conn, CONN_DONE, NULL);
}

/* The other side has ended it so long after its answer. */
static void note_end(struct upstream *pool, int64_t idle_us)
{
	if (keeping_ended(&pool->keeping, idle_us, loop_now_us(pool->loop)))
		log_line(LOG_WARN, "upstream",
		    "%s port %u closes what it says it keeps: no connection is "
		    "used again for a minute",
		    pool->options.host, (unsigned)pool->options.port);
}

/* A question on a kept one got no answer but its end. */
static void note_lost(const struct member *m)
{
	if (m->again && conn_bytes_received(m->conn) == m->received)
		note_end(m->pool, 0);
}

static void on_idle_event(struct conn *c, enum conn_event event, void *arg)
{
	struct member *member = arg;
	if (event == CONN_EOF || event == CONN_CLOSED)
		note_end(member->pool,
		    loop_now_us(member->pool->loop) - member->idle_us);
	switch (event) {
	case CONN_DATA: /* nobody asked for anything */
	case CONN_EOF:
		close_idle(member);
		break;
	case CONN_CLOSED:
		leave_idle(member);
		break;
	case CONN_OPEN:
	case CONN_DRAINED:
	case CONN_SENT:
		break;
	}
}

static void on_idle_too_long(void *arg)
{
	close_idle(arg);
}

static void make_idle(struct member *member)
{
	struct upstream *pool = member->pool;
	member->state = MEMBER_IDLE;
	member->idle_us = loop_now_us(pool->loop);
	TAILQ_INSERT_HEAD(&pool->idle, member, link);
	pool->n_idle++;
	conn_set_callback(member->conn, on_idle_event, member);
	conn_set_timeout_ms(member->conn, CONN_TIMEOUT_IDLE, 0);
	loop_timer_init(&member->timer, pool->loop, on_idle_too_long, member);
	loop_timer_arm_ms(&member->timer, pool->options.idle_timeout_ms);
	ask_to_serve(pool);
}

/* The last used one that is still good, off the list; NULL: none. */
static struct member *take_idle(struct upstream *pool)
{
	struct member *member;
	while ((member = TAILQ_FIRST(&pool->idle))) {
		if (conn_is_quiet(member->conn)) {
			leave_idle(member);
			return member;
		}
		/* It has ended or says something; its event was on the way. */
		close_idle(member);
	}
	return NULL;
}

static void on_gone(void *arg)
{
	struct member *member = arg;
	struct upstream *pool = member->pool;
	if (member->state == MEMBER_IDLE)
		leave_idle(member);
	else if (member->state == MEMBER_LENT)
		note_lost(member);
	loop_timer_disarm(&member->timer);
	free(member);
	pool->n_open--;
	ask_to_serve(pool);
}

/* ---- Making ----------------------------------------------------------- */

static void try_next(struct member *);

/* Off the list of those being made; the connection, if any, is let go. */
static void leave_making(struct member *member)
{
	struct upstream *pool = member->pool;
	TAILQ_REMOVE(&pool->making, member, link);
	pool->n_making--;
	loop_timer_disarm(&member->timer);
}

/* Failed for good: the first in line hears of it. */
static void give_up(
    struct member *member, enum upstream_err err, const char *why)
{
	struct upstream *pool = member->pool;
	leave_making(member);
	if (member->conn) {
		conn_set_callback(member->conn, NULL, NULL);
		conn_close(member->conn, CONN_DROPPED, NULL);
	}
	free(member);
	pool->n_open--;
	pool->names_until_us = 0; /* perhaps it has moved */
	ask_to_serve(pool);
	struct upstream_request *first = TAILQ_FIRST(&pool->requests);
	if (first)
		refuse(first, err, why);
}

static void on_made_too_late(void *arg)
{
	struct member *member = arg;
	give_up(member, UPSTREAM_UNREACHABLE,
	    member->conn ? "no connection in time"
			 : "its name was not found in time");
}

static void on_made(struct member *member)
{
	struct upstream *pool = member->pool;
	leave_making(member);
	conn_set_release(member->conn, on_gone, member);
	struct upstream_request *first = TAILQ_FIRST(&pool->requests);
	if (first)
		lend(first, member);
	else
		make_idle(member);
}

static void on_making_failed(struct member *member)
{
	struct conn *c = member->conn;
	enum upstream_err err = UPSTREAM_UNREACHABLE;
	enum conn_reason reason = conn_reason(c);
	if (reason == CONN_UNTRUSTED)
		err = UPSTREAM_UNTRUSTED;
	else if (reason == CONN_TLS_FAILED || reason == CONN_HANDSHAKE_TIMEOUT)
		err = UPSTREAM_TLS_FAILED;
	bool more = member->next_address < member->pool->names.n;
	if (err == UPSTREAM_UNREACHABLE && more) {
		member->conn = NULL;
		try_next(member);
		return;
	}
	give_up(member, err, conn_reason_text(c));
}

static void on_making_event(struct conn *c, enum conn_event event, void *arg)
{
	struct member *member = arg;
	switch (event) {
	case CONN_OPEN:
		on_made(member);
		break;
	case CONN_CLOSED:
		on_making_failed(member);
		break;
	case CONN_DATA:
	case CONN_DRAINED:
	case CONN_SENT:
	case CONN_EOF:
		break;
	}
}

static void try_next(struct member *member)
{
	struct upstream *pool = member->pool;
	const struct upstream_options *options = &pool->options;
	size_t tries = pool->names.n - member->next_address;
	const struct address *to = &pool->names.at[member->next_address++];
	int64_t left_us = member->deadline_us - loop_now_us(pool->loop);
	uint64_t left_ms = left_us > 0 ? (uint64_t)left_us / 1000 : 0;
	/* One address that swallows packets must not use up the time of all. */
	uint64_t try_ms = left_ms / tries;
	member->conn =
	    conn_connect(pool->loop, to, options->tls, options->host);
	conn_set_callback(member->conn, on_making_event, member);
	conn_set_limits(member->conn, &options->conn_limits);
	conn_set_timeout_ms(member->conn, CONN_TIMEOUT_CONNECT,
	    try_ms > TRY_MIN_MS ? try_ms : TRY_MIN_MS);
	conn_set_timeout_ms(member->conn, CONN_TIMEOUT_HANDSHAKE,
	    left_ms > TRY_MIN_MS ? left_ms : TRY_MIN_MS);
}

/* The first that waits for the lookup. */
static struct member *nameless(struct upstream *pool)
{
	struct member *member;
	TAILQ_FOREACH(member, &pool->making, link)
	if (!member->conn)
		return member;
	return NULL;
}

static void on_names(void *arg, const struct resolve_result *result)
{
	struct upstream *pool = arg;
	pool->lookup = NULL;
	pool->names = *result;
	pool->names_until_us =
	    loop_now_us(pool->loop) + (int64_t)pool->options.name_ttl_ms * 1000;
	struct member *member;
	/* give_up calls out: look afresh each time. */
	while (!pool->gone && !pool->lookup && (member = nameless(pool))) {
		if (result->n)
			try_next(member);
		else
			give_up(member, UPSTREAM_UNREACHABLE, result->text);
	}
}

static void start_making(struct upstream *pool)
{
	struct member *member = mem_zero(sizeof(*member));
	int64_t now = loop_now_us(pool->loop);
	member->pool = pool;
	member->deadline_us =
	    now + (int64_t)pool->options.connect_timeout_ms * 1000;
	TAILQ_INSERT_TAIL(&pool->making, member, link);
	pool->n_making++;
	pool->n_open++;
	loop_timer_init(&member->timer, pool->loop, on_made_too_late, member);
	loop_timer_arm_ms(&member->timer, pool->options.connect_timeout_ms);
	if (pool->lookup)
		return;
	if (pool->names.n && now < pool->names_until_us)
		try_next(member);
	else
		pool->lookup = resolve_start(pool->loop, pool->options.host,
		    pool->options.port, on_names, pool);
}

/* ---- Serving ---------------------------------------------------------- */

static void free_pool(struct upstream *pool)
{
	tls_client_unref(pool->options.tls);
	free((char *)pool->options.host);
	free(pool);
}

/* The first in line that an idle connection will do for. */
static struct upstream_request *first_modest(struct upstream *pool)
{
	struct upstream_request *request;
	TAILQ_FOREACH(request, &pool->requests, link)
	if (!request->fresh)
		return request;
	return NULL;
}

static void serve(void *arg)
{
	struct upstream *pool = arg;
	struct upstream_request *request;
	/* serving stays set: nothing called from here defers a second one,
	 * whose pool could be gone by then. */
	while (pool->gone && (request = TAILQ_FIRST(&pool->requests)))
		refuse(request, UPSTREAM_GONE, "no longer configured");
	while (pool->n_idle && (request = first_modest(pool))) {
		struct member *member = take_idle(pool);
		if (member)
			lend(request, member);
	}
	pool->serving = false;
	if (pool->gone) {
		if (pool->n_requests)
			ask_to_serve(pool);
		else if (!pool->n_open)
			free_pool(pool);
		return;
	}
	while (pool->n_requests > pool->n_making &&
	    pool->n_open < pool->options.max_open)
		start_making(pool);
	/* Who wants a fresh one while the idle ones use up max_open gets the
	 * place of one. */
	size_t starved = pool->n_requests > pool->n_making
	    ? pool->n_requests - pool->n_making
	    : 0;
	while (pool->n_idle &&
	    (starved || pool->n_idle > pool->options.max_idle)) {
		close_idle(TAILQ_LAST(&pool->idle, members));
		starved -= starved > 0;
	}
}

/* ---- The face --------------------------------------------------------- */

static uint64_t or_default(uint64_t value, uint64_t otherwise)
{
	return value ? value : otherwise;
}

static void set_defaults(struct upstream_options *o)
{
	o->max_open = or_default(o->max_open, 256);
	o->max_idle = or_default(o->max_idle, 64);
	o->max_waiting = or_default(o->max_waiting, 1024);
	o->connect_timeout_ms = or_default(o->connect_timeout_ms, 10000);
	o->wait_timeout_ms = or_default(o->wait_timeout_ms, 30000);
	o->idle_timeout_ms = or_default(o->idle_timeout_ms, 55000);
	o->name_ttl_ms = or_default(o->name_ttl_ms, 10000);
}

struct upstream *upstream_new(
    struct loop *loop, const struct upstream_options *options)
{
	struct upstream *pool = mem_zero(sizeof(*pool));
	pool->loop = loop;
	pool->options = *options;
	pool->options.host = mem_strdup(options->host);
	if (options->tls)
		tls_client_ref(options->tls);
	set_defaults(&pool->options);
	TAILQ_INIT(&pool->making);
	TAILQ_INIT(&pool->idle);
	TAILQ_INIT(&pool->requests);
	return pool;
}

void upstream_free(struct upstream *pool)
{
	if (!pool)
		return;
	assert(!pool->gone);
	pool->gone = true;
	resolve_cancel(pool->lookup);
	pool->lookup = NULL;
	struct member *member;
	while ((member = TAILQ_FIRST(&pool->making))) {
		leave_making(member);
		if (member->conn) {
			conn_set_callback(member->conn, NULL, NULL);
			conn_close(member->conn, CONN_DROPPED, NULL);
		}
		free(member);
		pool->n_open--;
	}
	while ((member = TAILQ_FIRST(&pool->idle)))
		close_idle(member);
	ask_to_serve(pool);
}

static struct upstream_request *get(
    struct upstream *pool, bool fresh, upstream_fn *fn, void *arg)
{
	assert(!pool->gone);
	struct upstream_request *request = mem_zero(sizeof(*request));
	request->pool = pool;
	request->fn = fn;
	request->arg = arg;
	request->fresh = fresh;
	/* The one too many is told so by its timer: not from inside. */
	bool full = pool->n_requests >= pool->options.max_waiting;
	loop_timer_init(&request->timer, pool->loop,
	    full ? on_line_full : on_waited, request);
	loop_timer_arm_ms(
	    &request->timer, full ? 0 : pool->options.wait_timeout_ms);
	TAILQ_INSERT_TAIL(&pool->requests, request, link);
	pool->n_requests++;
	if (!full)
		ask_to_serve(pool);
	return request;
}

struct upstream_request *upstream_get(
    struct upstream *pool, upstream_fn *fn, void *arg)
{
	return get(pool, false, fn, arg);
}

struct upstream_request *upstream_get_fresh(
    struct upstream *pool, upstream_fn *fn, void *arg)
{
	return get(pool, true, fn, arg);
}

void upstream_cancel(struct upstream_request *request)
{
	drop_request(request);
}

void upstream_put(struct upstream *pool, struct conn *c)
{
	struct member *member = conn_release_arg(c);
	assert(member->pool == pool && member->state == MEMBER_LENT);
	bool usable = conn_is_open(c) && !conn_saw_eof(c) &&
	    conn_input(c).len == 0 && conn_output_len(c) == 0;
	if (member->again)
		keeping_paid(&pool->keeping);
	if (pool->gone || !usable || pool->options.keeps_none ||
	    !keeping_is_on(&pool->keeping, loop_now_us(pool->loop))) {
		member->state = MEMBER_GOING;
		conn_set_callback(c, NULL, NULL);
		conn_close(
		    c, pool->gone || usable ? CONN_DONE : CONN_DROPPED, NULL);
		return;
	}
	conn_resume_reading(c);
	make_idle(member);
}

void upstream_discard(struct upstream *pool, struct conn *c)
{
	struct member *member = conn_release_arg(c);
	assert(member->pool == pool && member->state == MEMBER_LENT);
	if (conn_saw_eof(c))
		note_lost(member);
	member->state = MEMBER_GOING;
	conn_set_callback(c, NULL, NULL);
	conn_close(c, CONN_DROPPED, NULL);
}

size_t upstream_open_count(const struct upstream *pool)
{
	return pool->n_open;
}

size_t upstream_idle_count(const struct upstream *pool)
{
	return pool->n_idle;
}

size_t upstream_waiting_count(const struct upstream *pool)
{
	return pool->n_requests;
}

const char *upstream_err_name(enum upstream_err err)
{
	static const char *const names[] = {
	    [UPSTREAM_OK] = "ok",
	    [UPSTREAM_UNREACHABLE] = "unreachable",
	    [UPSTREAM_UNTRUSTED] = "untrusted",
	    [UPSTREAM_TLS_FAILED] = "tls_failed",
	    [UPSTREAM_BUSY] = "busy",
	    [UPSTREAM_GONE] = "gone",
	};
	return names[err];
}
