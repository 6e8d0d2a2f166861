/*
 * bench - a loop with a listener, connections and a record of their events.
 *
 * A test builds one, opens connections, and turns the loop until something
 * has happened (bench_until) or five seconds have passed, which fails it.
 */
#ifndef HANDRAIL_TESTS_UNIT_NET_BENCH_H
#define HANDRAIL_TESTS_UNIT_NET_BENCH_H

#include "end.h"
#include "proxy/net/listener.h"

#define BENCH_LIMIT_MS 5000

struct bench {
	struct listener_quota quota;
	struct loop *loop;
	struct listener *listener;
	struct end *accepted; /* the next connections are these, in order */
	size_t n_accepted, max_accepted;
	const bool *done;
	struct loop_timer limit;
	bool expired;
};

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
	    .tls = tls, .quota = max_connections ? &b->quota : NULL};
	atomic_store(&b->quota.max, max_connections);
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

#endif
