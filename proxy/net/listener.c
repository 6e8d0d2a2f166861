/*
 * listener - see listener.h.
 *
 * The counter of live connections outlives the listener: its memory is freed
 * when it was closed and the last of its connections is gone.
 */
#include "proxy/net/listener.h"

#include "proxy/base/buf.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/net/tls.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_CONNECTIONS 10000u
#define COMPLAIN_EVERY_US INT64_C(10000000)

struct listener {
	struct loop *loop;
	int fd; /* -1: closed, waiting for the last connection to go */
	struct address address;
	struct event *readable;
	struct loop_timer retry;
	struct tls_server *tls;
	struct listener_quota own, *quota;
	size_t live;
	int64_t complained_us; /* when the log last heard of a shortage */
	listener_fn *fn;
	void *arg;
};

static void set_accepting(struct listener *l, bool on)
{
	int failed = on ? event_add(l->readable, NULL) : event_del(l->readable);
	assert(!failed);
}

static void complain(struct listener *l, const char *what)
{
	int64_t now = loop_now_us(l->loop);
	if (l->complained_us && now - l->complained_us < COMPLAIN_EVERY_US)
		return;
	l->complained_us = now;
	char address[ADDRESS_TEXT_BYTES];
	address_format(&l->address, address);
	log_line(LOG_WARN, "listener", "%s: not accepting for now: %s", address,
	    what);
}

/* Nobody waits in the backlog for longer than that for a place. */
static void pause_accepting(struct listener *l, const char *why)
{
	complain(l, why);
	set_accepting(l, false);
	loop_timer_arm_ms(&l->retry, LISTENER_RETRY_MS);
}

static bool take_place(struct listener_quota *q)
{
	size_t live = atomic_load(&q->live);
	while (live < atomic_load(&q->max))
		if (atomic_compare_exchange_weak(&q->live, &live, live + 1))
			return true;
	return false;
}

static void give_place_back(struct listener_quota *q)
{
	size_t live = atomic_fetch_sub(&q->live, 1);
	assert(live > 0);
}

static void on_gone(void *arg)
{
	struct listener *l = arg;
	assert(l->live > 0);
	l->live--;
	give_place_back(l->quota);
	if (l->fd < 0) {
		if (l->live == 0)
			free(l);
		return;
	}
	/* A pause ends now: a place and a descriptor have come free. */
	loop_timer_disarm(&l->retry);
	set_accepting(l, true);
}

static void on_retry(void *arg)
{
	set_accepting(arg, true);
}

/* The peer was gone before we took it: the next one may be there. */
static bool is_peers_fault(int error)
{
	return error == ECONNABORTED || error == EINTR || error == EPROTO ||
	    error == ENETDOWN || error == ENOPROTOOPT || error == EHOSTDOWN ||
	    error == ENONET || error == EHOSTUNREACH || error == EOPNOTSUPP ||
	    error == ENETUNREACH || error == EPERM;
}

/* False: no more for now. */
static bool accept_one(struct listener *l)
{
	if (!take_place(l->quota)) {
		pause_accepting(l, "max_connections reached");
		return false;
	}
	struct address peer = {.len = sizeof(peer.sa)};
	int fd = accept4(l->fd, (struct sockaddr *)&peer.sa, &peer.len,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) {
		int error = errno;
		give_place_back(l->quota);
		if (error == EAGAIN || error == EWOULDBLOCK)
			return false;
		if (is_peers_fault(error))
			return true;
		/* EMFILE, ENFILE, ENOBUFS, ENOMEM: the socket stays readable,
		 * so waiting on it would spin. */
		pause_accepting(l, strerror(error));
		return false;
	}
	struct conn *c = conn_accept(l->loop, fd, &peer, l->tls);
	l->live++;
	conn_set_release(c, on_gone, l);
	l->fn(l, c, l->arg);
	return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;
	/* The callback may have freed the listener: l lives, since the
	 * connection it was told of does. */
	for (int n = 0; n < LISTENER_BURST; n++)
		if (!accept_one(l) || l->fd < 0)
			return;
}

/* The words for errno, which is taken first. */
static void complain_open(
    struct buf *error, const struct address *address, const char *what)
{
	int why = errno;
	char text[ADDRESS_TEXT_BYTES];
	address_format(address, text);
	buf_printf(
	    error, "cannot listen on %s: %s: %s", text, what, strerror(why));
	if (why == EADDRINUSE)
		buf_adds(error,
		    "; another process is there (ss -ltnp says which): stop "
		    "it, or choose another address");
}

/* What could not be done, or NULL. The first is bound before it shares: then
 * nobody else's socket may be there, be it one that shares as well. */
static const char *prepare(int fd, const struct address *at, bool first)
{
	static const int one = 1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    (!first &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one))) ||
	    (at->sa.ss_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one))))
		return "setsockopt";
	if (bind(fd, (const struct sockaddr *)&at->sa, at->len))
		return "bind";
	if (first &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
		return "setsockopt";
	return NULL;
}

static int open_socket(
    const struct listener_options *options, struct buf *error)
{
	const struct listener *first = options->beside;
	const struct address *at = first ? &first->address : &options->address;
	int fd = socket(
	    at->sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const char *failed = fd < 0 ? "socket" : prepare(fd, at, !first);
	if (!failed &&
	    listen(fd, options->backlog ? options->backlog : SOMAXCONN))
		failed = "listen";
	if (!failed)
		return fd;
	complain_open(error, at, failed);
	if (fd >= 0)
		close(fd);
	return -1;
}

struct listener *listener_new(struct loop *loop,
    const struct listener_options *options, listener_fn *fn, void *arg,
    struct buf *error)
{
	int fd = open_socket(options, error);
	if (fd < 0)
		return NULL;
	struct listener *l = mem_zero(sizeof(*l));
	l->loop = loop;
	l->fd = fd;
	l->fn = fn;
	l->arg = arg;
	atomic_store(&l->own.max, MAX_CONNECTIONS);
	l->quota = options->quota ? options->quota : &l->own;
	listener_set_tls(l, options->tls);
	loop_timer_init(&l->retry, loop, on_retry, l);
	l->address.len = sizeof(l->address.sa);
	int failed =
	    getsockname(fd, (struct sockaddr *)&l->address.sa, &l->address.len);
	assert(!failed);
	l->readable = event_new(
	    loop_base(loop), fd, EV_READ | EV_PERSIST, on_readable, l);
	assert(l->readable);
	set_accepting(l, true);
	return l;
}

void listener_free(struct listener *l)
{
	if (!l)
		return;
	assert(l->fd >= 0);
	loop_timer_disarm(&l->retry);
	event_free(l->readable);
	close(l->fd);
	l->fd = -1;
	tls_server_unref(l->tls);
	l->tls = NULL;
	if (l->live == 0)
		free(l);
}

void listener_set_tls(struct listener *l, struct tls_server *tls)
{
	struct tls_server *old = l->tls;
	l->tls = tls ? tls_server_ref(tls) : NULL;
	tls_server_unref(old);
}

const struct address *listener_address(const struct listener *l)
{
	return &l->address;
}

size_t listener_connections(const struct listener *l)
{
	return l->live;
}
