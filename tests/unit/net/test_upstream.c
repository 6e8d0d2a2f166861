/*
 * The pool: reuse, the waiting line, failures in words, dead idle ones.
 */
#include "bench_tls.h"
#include "proxy/net/upstream.h"

#define PEERS 32

static struct bench b;
static struct end peers[PEERS];
static struct upstream *pool;

/* What one upstream_get came to. */
struct got {
	unsigned times;
	enum upstream_err err;
	char text[200];
	bool reused;
	struct end end;
	unsigned rank; /* which answer it was, from 1 */
};

static unsigned answers;

static void on_got(void *arg, const struct upstream_result *result)
{
	struct got *got = arg;
	got->times++;
	got->rank = ++answers;
	got->err = result->err;
	snprintf(got->text, sizeof(got->text), "%s", result->text);
	got->reused = result->reused;
	if (result->conn) {
		assert_int_equal(result->err, UPSTREAM_OK);
		assert_true(conn_is_open(result->conn));
		end_bind(&got->end, result->conn);
	} else {
		assert_int_not_equal(result->err, UPSTREAM_OK);
	}
}

static void echo(struct end *e, enum conn_event event)
{
	if (event == CONN_DATA) {
		conn_write(e->conn, e->got.data, e->got.len);
		buf_reset(&e->got);
	}
	if (event == CONN_EOF)
		conn_shutdown_after_flush(e->conn);
}

static int set_up(void **state)
{
	memset(peers, 0, sizeof(peers));
	for (size_t i = 0; i < PEERS; i++)
		peers[i].then = echo;
	bench_init(&b, peers, PEERS);
	answers = 0;
	pool = NULL;
	return 0;
}

static int tear_down(void **state)
{
	upstream_free(pool);
	bench_clear(&b);
	return 0;
}

static void make_pool(struct upstream_options options)
{
	if (!options.host)
		options.host = "127.0.0.1";
	if (!options.port)
		options.port = address_port(listener_address(b.listener));
	pool = upstream_new(b.loop, &options);
}

static void get(struct got *got)
{
	*got = (struct got){0};
	upstream_get(pool, on_got, got);
	assert_int_equal(got->times, 0); /* never from inside */
	bench_until(&b, got->times);
}

static void ask(struct got *got)
{
	conn_write(got->end.conn, "ping", 4);
	bench_until(&b, got->end.got.len == 4);
	buf_clear(&got->end.got);
}

static void put(struct got *got)
{
	upstream_put(pool, got->end.conn);
	got->end.conn = NULL;
}

static void discard(struct got *got)
{
	upstream_discard(pool, got->end.conn);
	got->end.conn = NULL;
}

static void the_last_used_is_used_first(void **state)
{
	struct got a, c, again;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){0});
	get(&a);
	get(&c);
	assert_false(a.reused || c.reused);
	ask(&a);
	ask(&c);
	struct conn *last = c.end.conn, *first = a.end.conn;
	put(&a);
	put(&c);
	assert_int_equal(upstream_idle_count(pool), 2);
	get(&again);
	assert_true(again.reused);
	assert_ptr_equal(again.end.conn, last);
	ask(&again);
	get(&a);
	assert_ptr_equal(a.end.conn, first);
	assert_int_equal(b.n_accepted, 2);
	discard(&a);
	put(&again);
	bench_run_ms(&b, 5);
	assert_int_equal(upstream_open_count(pool), 1);
	assert_int_equal(a.end.closed, 0); /* it hears no more */
}

static void a_retry_gets_a_fresh_one(void **state)
{
	struct got a, fresh = {0};
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.max_open = 1});
	get(&a);
	put(&a);
	bench_turn(&b);
	assert_int_equal(upstream_idle_count(pool), 1);
	/* although the idle one takes up max_open */
	upstream_get_fresh(pool, on_got, &fresh);
	bench_until(&b, fresh.times);
	assert_int_equal(fresh.err, UPSTREAM_OK);
	assert_false(fresh.reused);
	assert_int_equal(upstream_open_count(pool), 1);
	put(&fresh);
}

static void tls_upstreams_are_verified_and_resumed(void **state)
{
	struct tls_server *tls = bench_server("server");
	struct tls_client *with = bench_client("ca.pem");
	struct tls_client *other = bench_client("other-ca.pem");
	struct got a;
	bench_listen(&b, tls, 0);
	make_pool((struct upstream_options){.host = "localhost", .tls = with});
	get(&a);
	assert_int_equal(a.err, UPSTREAM_OK);
	assert_string_equal(conn_tls(a.end.conn)->peer_subject, "CN=server");
	ask(&a); /* a ticket came with it, and is not taken for an answer */
	put(&a);
	bench_run_ms(&b, 5);
	assert_int_equal(upstream_idle_count(pool), 1);
	get(&a);
	assert_true(a.reused);
	ask(&a);
	discard(&a);
	get(&a);
	assert_false(a.reused);
	assert_true(conn_tls(a.end.conn)->resumed);
	put(&a);
	upstream_free(pool);
	make_pool((struct upstream_options){.host = "localhost", .tls = other});
	get(&a);
	assert_int_equal(a.err, UPSTREAM_UNTRUSTED);
	assert_non_null(strstr(a.text, "localhost"));
	assert_non_null(strstr(a.text, "issuer certificate"));
	tls_client_unref(other);
	tls_client_unref(with);
	tls_server_unref(tls);
}

static void a_plain_upstream_is_no_tls_upstream(void **state)
{
	struct tls_client *with = bench_client("ca.pem");
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.host = "localhost", .tls = with});
	get(&a);
	assert_int_equal(a.err, UPSTREAM_TLS_FAILED);
	tls_client_unref(with);
}

static void dead_upstreams_are_named(void **state)
{
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.port = 1});
	get(&a);
	assert_int_equal(a.err, UPSTREAM_UNREACHABLE);
	assert_string_equal(
	    a.text, "upstream 127.0.0.1 port 1: Connection refused");
	assert_int_equal(upstream_open_count(pool), 0);
	upstream_free(pool);
	make_pool((struct upstream_options){
	    .host = "no-such-host.invalid", .connect_timeout_ms = 4000});
	get(&a);
	assert_int_equal(a.err, UPSTREAM_UNREACHABLE);
	assert_non_null(strstr(a.text, "no-such-host.invalid"));
	assert_int_equal(upstream_open_count(pool), 0);
}

/* "localhost" may be ::1 first, where nobody listens. */
static void every_address_is_tried(void **state)
{
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.host = "localhost"});
	get(&a);
	assert_int_equal(a.err, UPSTREAM_OK);
	put(&a);
}

/* A peer that accepts and says nothing: the whole has one time limit. */
static void connecting_takes_so_long_at_most(void **state)
{
	struct tls_client *with = bench_client("ca.pem");
	struct got a;
	bench_listen(&b, NULL, 0);
	for (size_t i = 0; i < PEERS; i++)
		peers[i].then = NULL;
	make_pool(
	    (struct upstream_options){.tls = with, .connect_timeout_ms = 300});
	int64_t begin = loop_now_us(b.loop);
	get(&a);
	int64_t took = loop_now_us(b.loop) - begin;
	assert_true(
	    a.err == UPSTREAM_UNREACHABLE || a.err == UPSTREAM_TLS_FAILED);
	assert_true(took >= 250000 && took < 2000000);
	assert_int_equal(upstream_open_count(pool), 0);
	tls_client_unref(with);
}

static void an_idle_one_that_ends_is_removed(void **state)
{
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){0});
	get(&a);
	put(&a);
	bench_turn(&b);
	conn_close(peers[0].conn, CONN_DONE, NULL);
	bench_until(&b, upstream_open_count(pool) == 0);
	get(&a);
	assert_false(a.reused);
	put(&a);
	conn_write(peers[1].conn, "surprise", 8);
	bench_until(&b, upstream_open_count(pool) == 0);
	get(&a);
	put(&a);
	bench_turn(&b);
	conn_close(peers[2].conn, CONN_DROPPED, NULL); /* a reset */
	bench_until(&b, upstream_open_count(pool) == 0);
}

/* It says it keeps them: three times the question after would be lost. */
static void one_that_closes_after_its_answers_is_not_kept(void **state)
{
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){0});
	for (int i = 0; i < 3; i++) {
		get(&a);
		put(&a);
		assert_int_equal(upstream_idle_count(pool), 1);
		bench_turn(&b);
		conn_close(peers[i].conn, CONN_DONE, NULL);
		bench_until(&b, upstream_open_count(pool) == 0);
	}
	get(&a);
	put(&a);
	assert_int_equal(upstream_idle_count(pool), 0);
}

static void none_is_kept_where_none_is_to_be(void **state)
{
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.keeps_none = true});
	get(&a);
	ask(&a);
	put(&a);
	assert_int_equal(upstream_idle_count(pool), 0);
	get(&a);
	assert_false(a.reused);
	discard(&a);
}

/* The end is in the kernel and its event has not come yet. */
static void a_dead_one_is_not_lent(void **state)
{
	struct address at = {.len = sizeof(at.sa)};
	struct got a, c = {0};
	int hear = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(listen(hear, 4), 0);
	getsockname(hear, (struct sockaddr *)&at.sa, &at.len);
	make_pool((struct upstream_options){.port = address_port(&at)});
	get(&a);
	int peer = accept(hear, NULL, NULL);
	put(&a);
	bench_turn(&b);
	close(peer);
	upstream_get(pool, on_got, &c);
	bench_until(&b, c.times);
	assert_int_equal(c.err, UPSTREAM_OK);
	assert_false(c.reused);
	discard(&c);
	close(hear);
}

static void what_is_not_clean_is_not_reused(void **state)
{
	struct got a;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){0});
	get(&a);
	a.end.keep = true;
	conn_write(a.end.conn, "ping", 4);
	bench_until(&b, a.end.data);
	put(&a); /* unread input */
	assert_int_equal(upstream_idle_count(pool), 0);
	get(&a);
	assert_false(a.reused);
	conn_write(a.end.conn, "ping", 4);
	put(&a); /* unsent output */
	assert_int_equal(upstream_idle_count(pool), 0);
	get(&a);
	conn_close(peers[2].conn, CONN_DONE, NULL);
	bench_until(&b, a.end.eof);
	put(&a); /* it has ended */
	assert_int_equal(upstream_idle_count(pool), 0);
	bench_until(&b, upstream_open_count(pool) == 0);
}

static void idle_ones_go_after_a_time_and_over_a_number(void **state)
{
	struct got got[4];
	bench_listen(&b, NULL, 0);
	make_pool(
	    (struct upstream_options){.max_idle = 2, .idle_timeout_ms = 100});
	for (int i = 0; i < 4; i++)
		get(&got[i]);
	for (int i = 0; i < 4; i++)
		put(&got[i]);
	bench_run_ms(&b, 5);
	assert_int_equal(upstream_idle_count(pool), 2);
	bench_until(&b, peers[0].closed && peers[1].closed);
	assert_int_equal(peers[2].closed + peers[3].closed, 0);
	bench_until(&b, upstream_open_count(pool) == 0);
	/* they end in the proper way */
	bench_until(&b, peers[2].closed && peers[3].closed);
	assert_int_equal(peers[2].eof + peers[3].eof, 2);
}

static void the_line_is_in_order_and_bounded(void **state)
{
	struct got got[6] = {0};
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.max_open = 1, .max_waiting = 3});
	get(&got[0]);
	for (int i = 1; i < 6; i++)
		upstream_get(pool, on_got, &got[i]);
	bench_until(&b, got[4].times && got[5].times);
	assert_int_equal(got[4].err, UPSTREAM_BUSY);
	assert_int_equal(got[5].err, UPSTREAM_BUSY);
	assert_non_null(strstr(got[4].text, "too many"));
	assert_int_equal(upstream_waiting_count(pool), 3);
	put(&got[0]);
	bench_until(&b, got[1].times);
	assert_true(got[1].reused);
	discard(&got[1]);
	bench_until(&b, got[2].times); /* a new one in its place */
	assert_false(got[2].reused);
	/* one that dies while lent makes room as well */
	conn_close(peers[1].conn, CONN_DROPPED, NULL);
	bench_until(&b, got[2].end.closed && got[3].times);
	assert_int_equal(got[3].err, UPSTREAM_OK);
	assert_true(got[1].rank < got[2].rank && got[2].rank < got[3].rank);
	put(&got[3]);
	assert_int_equal(b.n_accepted, 3);
}

static void waiting_ends(void **state)
{
	struct got a, waits = {0};
	bench_listen(&b, NULL, 0);
	make_pool(
	    (struct upstream_options){.max_open = 1, .wait_timeout_ms = 50});
	get(&a);
	upstream_get(pool, on_got, &waits);
	bench_until(&b, waits.times);
	assert_int_equal(waits.err, UPSTREAM_BUSY);
	assert_int_equal(upstream_waiting_count(pool), 0);
	put(&a);
}

static void cancelled_requests_hear_nothing(void **state)
{
	struct got a = {0}, c;
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){0});
	upstream_cancel(upstream_get(pool, on_got, &a));
	bench_run_ms(&b, 5);
	assert_int_equal(b.n_accepted, 0);
	/* on the way: the connection is kept for the next */
	struct upstream_request *r = upstream_get(pool, on_got, &a);
	bench_turn(&b);
	upstream_cancel(r);
	bench_until(&b, upstream_idle_count(pool) == 1);
	assert_int_equal(a.times, 0);
	get(&c);
	assert_false(c.reused); /* nobody has used it */
	assert_int_equal(b.n_accepted, 1);
	put(&c);
}

static void freeing_the_pool_tells_who_waits(void **state)
{
	struct got a, waits = {0}, making = {0};
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){.max_open = 1});
	get(&a);
	upstream_get(pool, on_got, &waits);
	struct upstream *old = pool;
	upstream_free(old);
	assert_int_equal(waits.times, 0);
	bench_until(&b, waits.times);
	assert_int_equal(waits.err, UPSTREAM_GONE);
	ask(&a); /* what is lent goes on */
	upstream_put(old, a.end.conn);
	a.end.conn = NULL;
	bench_until(&b, peers[0].closed);

	make_pool((struct upstream_options){.host = "localhost"});
	upstream_get(pool, on_got, &making);
	bench_turn(&b); /* the name is being looked up */
	upstream_free(pool);
	pool = NULL;
	bench_until(&b, making.times);
	assert_int_equal(making.err, UPSTREAM_GONE);
}

static void free_inside(void *arg, const struct upstream_result *result)
{
	on_got(arg, result);
	upstream_free(pool);
	pool = NULL;
}

static void freeing_inside_the_callback(void **state)
{
	struct got a = {0}, next = {0};
	bench_listen(&b, NULL, 0);
	make_pool((struct upstream_options){0});
	upstream_get(pool, free_inside, &a);
	upstream_get(pool, on_got, &next);
	bench_until(&b, a.times && next.times);
	assert_int_equal(a.err, UPSTREAM_OK);
	assert_int_equal(next.err, UPSTREAM_GONE);
	conn_close(a.end.conn, CONN_DONE, NULL);
	bench_until(&b, a.end.closed);

	struct got fails = {0};
	next = (struct got){0};
	make_pool((struct upstream_options){.port = 1});
	upstream_get(pool, free_inside, &fails);
	upstream_get(pool, on_got, &next);
	bench_until(&b, fails.times && next.times);
	assert_int_equal(fails.err, UPSTREAM_UNREACHABLE);
	assert_int_equal(next.err, UPSTREAM_GONE);
}

static void every_error_has_a_name(void **state)
{
	for (int e = UPSTREAM_OK; e <= UPSTREAM_GONE; e++)
		assert_true(strlen(upstream_err_name(e)) > 0);
	for (int r = CONN_DONE; r <= CONN_DROPPED; r++)
		assert_true(strlen(conn_reason_name(r)) > 0);
}

static int make_certs(void **state)
{
	certs_make();
	return 0;
}

static int remove_certs(void **state)
{
	certs_remove();
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_last_used_is_used_first),
	    TEST(a_retry_gets_a_fresh_one),
	    TEST(tls_upstreams_are_verified_and_resumed),
	    TEST(a_plain_upstream_is_no_tls_upstream),
	    TEST(dead_upstreams_are_named),
	    TEST(every_address_is_tried),
	    TEST(connecting_takes_so_long_at_most),
	    TEST(an_idle_one_that_ends_is_removed),
	    TEST(one_that_closes_after_its_answers_is_not_kept),
	    TEST(none_is_kept_where_none_is_to_be),
	    TEST(a_dead_one_is_not_lent),
	    TEST(what_is_not_clean_is_not_reused),
	    TEST(idle_ones_go_after_a_time_and_over_a_number),
	    TEST(the_line_is_in_order_and_bounded),
	    TEST(waiting_ends),
	    TEST(cancelled_requests_hear_nothing),
	    TEST(freeing_the_pool_tells_who_waits),
	    TEST(freeing_inside_the_callback),
	    TEST(every_error_has_a_name),
	};
	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
