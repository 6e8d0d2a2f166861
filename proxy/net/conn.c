/*
 * conn - see conn.h.
 *
 *   socket events, kicks --> turn(): connect | handshake | read, write
 *                              |-> events to the owner
 *                              '-> interest in the socket, timer
 *
 * turn() is the one place that does I/O and speaks to the owner; the calls of
 * the header change facts and kick, which runs turn() at the end of the loop's
 * turn. So no event comes from inside a call, and several writes become one.
 * The other event, CONN_CLOSED, comes from bury(), which frees the conn.
 *
 * Invariants: the state only moves forward, by conn_goto; the socket is open
 * exactly until CLOSED; bury() is deferred once, by entering CLOSED, and every
 * kick queued before it runs before it.
 */
#include "proxy/net/conn_private.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITE_BYTES 65536u /* at once */
#define BURST 8            /* reads, and writes, per turn */

#define MAX_INPUT_BYTES (256u << 10)
#define OUTPUT_HIGH_BYTES (256u << 10)
#define OUTPUT_LOW_BYTES (64u << 10)

static const char *const state_names[] = {
    [CONN_STATE_CONNECTING] = "connecting",
    [CONN_STATE_HANDSHAKING] = "handshaking",
    [CONN_STATE_OPEN] = "open",
    [CONN_STATE_FLUSHING] = "flushing",
    [CONN_STATE_LINGERING] = "lingering",
    [CONN_STATE_CLOSED] = "closed",
};

static void on_kick(void *arg);

static void kick(struct conn *c)
{
	if (c->kicked || c->state == CONN_STATE_CLOSED)
		return;
	c->kicked = true;
	loop_defer(c->loop, on_kick, c);
}

static void emit(struct conn *c, enum conn_event event)
{
	if (c->fn)
		c->fn(c, event, c->arg);
}

static void bury(void *arg)
{
	struct conn *c = arg;
	emit(c, CONN_CLOSED);
	if (c->release)
		c->release(c->release_arg);
	conn_tls_clear(&c->io);
	buf_clear(&c->input);
	buf_clear(&c->output);
	free(c->reason_text);
	free(c);
}

static void conn_goto(struct conn *c, enum conn_state next)
{
	assert(next > c->state);
	if (log_wants(LOG_DEBUG))
		log_line(LOG_DEBUG, c->name, "%s -> %s%s%s",
		    state_names[c->state], state_names[next],
		    next == CONN_STATE_CLOSED ? ": " : "",
		    next == CONN_STATE_CLOSED ? conn_reason_text(c) : "");
	c->state = next;
	c->phase_us = loop_now_us(c->loop);
	if (next == CONN_STATE_OPEN)
		c->moved_us = c->write_us = c->phase_us;
	if (next == CONN_STATE_CLOSED)
		loop_defer(c->loop, bury, c);
}

/* ---- Ends ------------------------------------------------------------- */

static void close_socket(struct conn *c, bool well)
{
	if (c->has_events) {
		event_del(&c->readable);
		event_del(&c->writable);
	}
	if (c->io.fd < 0)
		return;
	c->unread = conn_unread(c);
	if (!well && !c->io.ssl) {
		struct linger reset = {.l_onoff = 1, .l_linger = 0};
		setsockopt(
		    c->io.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	}
	close(c->io.fd);
	c->io.fd = -1;
}

void conn_close(struct conn *c, enum conn_reason reason, const char *text)
{
	if (c->state == CONN_STATE_CLOSED)
		return;
	c->reason = reason;
	if (text)
		c->reason_text = mem_strdup(text);
	bool well = reason == CONN_DONE && c->output.len == 0;
	/* One try: an end that cannot be said at once is not worth waiting
	 * for; who wants to be sure says conn_shutdown_after_flush. */
	if (well && c->state == CONN_STATE_OPEN)
		c->io.ops->finish(&c->io);
	loop_timer_disarm(&c->timer);
	close_socket(c, well);
	conn_goto(c, CONN_STATE_CLOSED);
}

static void fail(struct conn *c)
{
	/* When only the peer's end was waited for, any end will do. */
	if (c->state == CONN_STATE_LINGERING)
		conn_close(c, CONN_DONE, NULL);
	else
		conn_close(c, c->io.reason, c->io.why);
}

/* ---- Reading and writing ---------------------------------------------- */

static bool is_ending(const struct conn *c)
{
	return c->state == CONN_STATE_FLUSHING ||
	    c->state == CONN_STATE_LINGERING;
}

/* What arrives is read, kept or thrown away. */
static bool may_read(const struct conn *c)
{
	if (c->saw_eof)
		return false;
	return is_ending(c) ||
	    (c->state == CONN_STATE_OPEN && !c->paused &&
		!conn_input_is_full(c));
}

/* One read. False: no more for now. */
static bool read_some(struct conn *c)
{
	if (is_ending(c))
		buf_reset(&c->input);
	size_t room = c->limits.max_input_bytes - c->input.len;
	if (room > LOOP_SCRATCH_BYTES)
		room = LOOP_SCRATCH_BYTES;
	/* Most of what comes is small: no room is made for what does not. */
	char *at = loop_scratch(c->loop);
	ssize_t n = c->io.ops->read(&c->io, at, room);
	c->read_needs_write = n == IO_WANT_WRITE;
	c->failed = n == IO_FAILED;
	c->saw_eof = n == 0;
	if (n <= 0)
		return false;
	buf_add(&c->input, at, (size_t)n);
	c->received += (uint64_t)n;
	c->moved_us = loop_now_us(c->loop);
	/* A short read was all there is: no system call to hear that again. */
	return (size_t)n == room || conn_tls_has_pending(&c->io);
}

/* What came before the end or a failure is told before it. */
static void tell_input(struct conn *c, bool grown)
{
	if ((grown || c->resumed) && c->input.len) {
		c->resumed = false;
		emit(c, CONN_DATA);
	}
	if (c->state == CONN_STATE_OPEN && !c->paused && c->saw_eof &&
	    !c->told_eof) {
		c->told_eof = true;
		emit(c, CONN_EOF);
	}
}

/* look: the socket may hold something. A call of the owner says nothing about
 * that, so the turn it leads to asks the kernel nothing. */
static void pump_in(struct conn *c, bool look)
{
	size_t before = c->input.len;
	int reads = 0;
	while (look && may_read(c) && reads < BURST && read_some(c))
		reads++;
	if (reads == BURST && may_read(c))
		c->more = true;
	if (is_ending(c) || c->input.len == 0)
		buf_clear(&c->input);
	if (c->state == CONN_STATE_OPEN && !c->paused)
		tell_input(c, c->input.len > before);
	if (c->failed)
		fail(c);
}

/* One write. False: no more for now. */
static bool write_some(struct conn *c)
{
	size_t n = c->output.len < WRITE_BYTES ? c->output.len : WRITE_BYTES;
	ssize_t done = c->io.ops->write(&c->io, c->output.data, n);
	c->write_needs_read = done == IO_WANT_READ;
	if (done == IO_FAILED)
		fail(c);
	if (done <= 0)
		return false;
	buf_drop(&c->output, (size_t)done);
	c->sent += (uint64_t)done;
	c->moved_us = c->write_us = loop_now_us(c->loop);
	return true;
}

static void end_our_side(struct conn *c)
{
	enum conn_io_result r = c->io.ops->finish(&c->io);
	c->write_needs_read = r == IO_WANT_READ;
	if (r == IO_FAILED)
		fail(c);
	else if (r == IO_DONE && c->saw_eof)
		conn_close(c, CONN_DONE, NULL);
	else if (r == IO_DONE)
		conn_goto(c, CONN_STATE_LINGERING);
}

static void pump_out(struct conn *c)
{
	if (c->state != CONN_STATE_OPEN && c->state != CONN_STATE_FLUSHING)
		return;
	int writes = 0;
	while (c->output.len && writes < BURST && write_some(c))
		writes++;
	if (c->state == CONN_STATE_CLOSED)
		return;
	if (writes == BURST && c->output.len)
		c->more = true;
	if (!c->output.len)
		buf_clear(&c->output);
	if (c->over_high && c->output.len <= c->limits.output_low_bytes) {
		c->over_high = false;
		if (c->state == CONN_STATE_OPEN)
			emit(c, CONN_DRAINED);
	}
	if (c->wants_sent && !c->output.len && c->state != CONN_STATE_CLOSED) {
		c->wants_sent = false;
		emit(c, CONN_SENT);
	}
	if (c->state == CONN_STATE_FLUSHING && !c->output.len)
		end_our_side(c);
}

/* ---- The turn --------------------------------------------------------- */

static void want(struct event *event, bool *now, bool wanted)
{
	if (*now == wanted)
		return;
	int failed = wanted ? event_add(event, NULL) : event_del(event);
	assert(!failed); /* no memory, or a descriptor we do not own */
	*now = wanted;
}

static void set_interest(struct conn *c)
{
	bool in = false, out = false;
	switch (c->state) {
	case CONN_STATE_CONNECTING:
		out = true;
		break;
	case CONN_STATE_HANDSHAKING:
		in = !c->read_needs_write;
		out = c->read_needs_write;
		break;
	case CONN_STATE_OPEN:
	case CONN_STATE_FLUSHING:
	case CONN_STATE_LINGERING:
		in = (may_read(c) && !c->read_needs_write) ||
		    c->write_needs_read;
		out = ((c->output.len || c->state == CONN_STATE_FLUSHING) &&
			  !c->write_needs_read) ||
		    c->read_needs_write;
		break;
	case CONN_STATE_CLOSED:
		return;
	}
	want(&c->readable, &c->wants_readable, in);
	want(&c->writable, &c->wants_writable, out);
}

static void finish_connect(struct conn *c)
{
	int error = 0;
	socklen_t len = sizeof(error);
	if (getsockopt(c->io.fd, SOL_SOCKET, SO_ERROR, &error, &len))
		error = errno;
	struct sockaddr_storage any;
	len = sizeof(any);
	if (!error &&
	    getpeername(c->io.fd, (struct sockaddr *)&any, &len) == 0) {
		conn_goto(c, CONN_STATE_HANDSHAKING);
		return;
	}
	if (error)
		conn_close(c, CONN_UNREACHABLE, strerror(error));
	/* else: still connecting */
}

static void step_handshake(struct conn *c)
{
	enum conn_io_result r = c->io.ops->handshake(&c->io);
	c->read_needs_write = r == IO_WANT_WRITE;
	if (r == IO_FAILED)
		fail(c);
	if (r != IO_DONE)
		return;
	conn_goto(c, CONN_STATE_OPEN);
	c->more = true; /* the first bytes may be in already */
	emit(c, CONN_OPEN);
}

static void turn(struct conn *c, bool readable)
{
	bool look = readable || c->more || c->read_needs_write ||
	    conn_tls_has_pending(&c->io);
	c->more = false;
	if (c->state == CONN_STATE_CONNECTING)
		finish_connect(c);
	if (c->state == CONN_STATE_HANDSHAKING)
		step_handshake(c);
	else
		pump_in(c, look);
	pump_out(c);
	/* The peer's end may be what lingering waited for. */
	if (c->state == CONN_STATE_LINGERING && c->saw_eof)
		conn_close(c, CONN_DONE, NULL);
	if (c->state == CONN_STATE_CLOSED)
		return;
	if (c->more)
		kick(c);
	set_interest(c);
	conn_time_set(c);
}

static void on_kick(void *arg)
{
	struct conn *c = arg;
	c->kicked = false;
	if (c->state != CONN_STATE_CLOSED)
		turn(c, false);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	if (c->state != CONN_STATE_CLOSED)
		turn(c, what & EV_READ);
}

/* ---- Beginnings ------------------------------------------------------- */

static struct conn *conn_new(
    struct loop *loop, int fd, const struct address *peer, char letter)
{
	static atomic_ullong numbers;
	struct conn *c = mem_zero(sizeof(*c));
	c->loop = loop;
	c->io.fd = fd;
	c->peer = *peer;
	snprintf(c->name, sizeof(c->name), "%c%llu", letter,
	    atomic_fetch_add(&numbers, 1) + 1);
	conn_set_limits(c, &(struct conn_limits){0});
	c->timeout_ms[CONN_TIMEOUT_CONNECT] = 10000;
	c->timeout_ms[CONN_TIMEOUT_HANDSHAKE] = 10000;
	c->timeout_ms[CONN_TIMEOUT_WRITE] = 30000;
	c->timeout_ms[CONN_TIMEOUT_LINGER] = 2000;
	c->phase_us = loop_now_us(loop);
	loop_timer_init(&c->timer, loop, conn_time_fired, c);
	conn_plain_init(&c->io);
	if (fd < 0)
		return c;
	int one = 1; /* best effort: it is not a TCP socket in some tests */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	struct event_base *base = loop_base(loop);
	int failed = event_assign(
	    &c->readable, base, fd, EV_READ | EV_PERSIST, on_event, c);
	failed |= event_assign(
	    &c->writable, base, fd, EV_WRITE | EV_PERSIST, on_event, c);
	assert(!failed);
	c->has_events = true;
	return c;
}

struct conn *conn_accept(struct loop *loop, int fd, const struct address *peer,
    struct tls_server *tls)
{
	evutil_make_socket_nonblocking(fd);
	struct conn *c = conn_new(loop, fd, peer, 'c');
	conn_goto(c, CONN_STATE_HANDSHAKING);
	if (tls && conn_tls_init_server(&c->io, tls))
		fail(c);
	kick(c);
	return c;
}

struct conn *conn_connect(struct loop *loop, const struct address *to,
    struct tls_client *tls, const char *host)
{
	int fd = socket(
	    to->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = errno;
	struct conn *c = conn_new(loop, fd, to, 'u');
	if (fd < 0) {
		conn_close(c, CONN_UNREACHABLE, strerror(error));
		return c;
	}
	if (tls && conn_tls_init_client(&c->io, tls, host)) {
		fail(c);
		return c;
	}
	if (connect(fd, (const struct sockaddr *)&to->sa, to->len) &&
	    errno != EINPROGRESS && errno != EINTR)
		conn_close(c, CONN_UNREACHABLE, strerror(errno));
	else
		kick(c);
	return c;
}

/* ---- What the owner may say ------------------------------------------- */

void conn_set_callback(struct conn *c, conn_fn *fn, void *arg)
{
	c->fn = fn;
	c->arg = arg;
}

void conn_set_release(struct conn *c, loop_fn *fn, void *arg)
{
	c->release = fn;
	c->release_arg = arg;
}

void conn_set_limits(struct conn *c, const struct conn_limits *limits)
{
	c->limits = *limits;
	if (!c->limits.max_input_bytes)
		c->limits.max_input_bytes = MAX_INPUT_BYTES;
	if (!c->limits.output_high_bytes)
		c->limits.output_high_bytes = OUTPUT_HIGH_BYTES;
	if (!c->limits.output_low_bytes)
		c->limits.output_low_bytes = OUTPUT_LOW_BYTES;
	if (c->limits.output_low_bytes > c->limits.output_high_bytes)
		c->limits.output_low_bytes = c->limits.output_high_bytes;
	kick(c);
}

void conn_set_timeout_ms(struct conn *c, enum conn_timeout kind, uint64_t ms)
{
	const uint64_t longest_ms = UINT64_C(1) << 40;
	c->timeout_ms[kind] = ms < longest_ms ? ms : longest_ms;
	if (c->state != CONN_STATE_CLOSED)
		conn_time_set(c);
}

struct conn_input conn_input(const struct conn *c)
{
	return (struct conn_input){c->input.data, c->input.len};
}

void conn_consume(struct conn *c, size_t n)
{
	assert(n <= c->input.len);
	bool was_full = conn_input_is_full(c);
	buf_drop(&c->input, n);
	if (c->input.len == 0)
		buf_clear(&c->input);
	if (was_full && n)
		kick(c);
}

bool conn_input_is_full(const struct conn *c)
{
	return c->input.len >= c->limits.max_input_bytes;
}

void conn_pause_reading(struct conn *c)
{
	c->paused = true;
	kick(c); /* to take the socket out of the wait */
}

void conn_resume_reading(struct conn *c)
{
	c->paused = false;
	c->resumed = true;
	kick(c);
}

bool conn_write(struct conn *c, const void *data, size_t n)
{
	if (c->state > CONN_STATE_OPEN || n == 0)
		return !c->over_high || c->state > CONN_STATE_OPEN;
	if (c->output.len == 0)
		c->write_us = loop_now_us(c->loop);
	buf_add(&c->output, data, n);
	if (c->output.len > c->limits.output_high_bytes)
		c->over_high = true;
	kick(c);
	return !c->over_high;
}

void conn_notify_sent(struct conn *c)
{
	c->wants_sent = true;
	kick(c);
}

void conn_shutdown_after_flush(struct conn *c)
{
	if (c->state > CONN_STATE_OPEN)
		return;
	if (c->state < CONN_STATE_OPEN) {
		conn_close(c, CONN_DONE, NULL);
		return;
	}
	c->write_us = loop_now_us(c->loop);
	conn_goto(c, CONN_STATE_FLUSHING);
	kick(c);
}
