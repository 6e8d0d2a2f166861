/*
 * Listeners: ports, limits, running out of descriptors.
 */
#include "bench_tls.h"

#include <dirent.h>
#include <sys/resource.h>
#include <time.h>

#define MANY 200

static struct bench b;
static struct end servers[MANY], clients[MANY];

static int set_up(void **state)
{
	memset(servers, 0, sizeof(servers));
	memset(clients, 0, sizeof(clients));
	bench_init(&b, servers, MANY);
	return 0;
}

static int tear_down(void **state)
{
	for (size_t i = 0; i < MANY; i++)
		end_clear(&clients[i]);
	bench_clear(&b);
	return 0;
}

static size_t count(const struct end *ends, bool closed)
{
	size_t n = 0;
	for (size_t i = 0; i < MANY; i++)
		n += closed ? ends[i].closed : ends[i].opened;
	return n;
}

static size_t count_descriptors(void)
{
	size_t n = 0;
	DIR *dir = opendir("/proc/self/fd");
	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void workers_share_the_port_chosen_first(void **state)
{
	struct end other[8] = {0};
	struct bench second;
	bench_listen(&b, NULL, 0);
	assert_true(address_port(listener_address(b.listener)) != 0);
	bench_init(&second, other, 8);
	struct listener_options options = {.beside = b.listener};
	struct buf error = {0};
	second.listener =
	    listener_new(second.loop, &options, bench_accept, &second, &error);
	assert_non_null(second.listener);
	/* the kernel deals them out: with 64 each gets some */
	second.accepted = &servers[100];
	second.max_accepted = 100;
	b.max_accepted = 100;
	for (size_t i = 0; i < 64; i++)
		bench_connect(&b, &clients[i], NULL, NULL);
	loop_timer_arm_ms(&b.limit, BENCH_LIMIT_MS);
	while (b.n_accepted + second.n_accepted < 64 && !b.expired) {
		bench_nap(&b);
		bench_nap(&second);
	}
	assert_int_equal(b.n_accepted + second.n_accepted, 64);
	assert_true(b.n_accepted > 0 && second.n_accepted > 0);
	bench_clear(&second);
}

/* Such as another Handrail, whose workers share the port as ours do. */
static void nobody_else_may_listen_there(void **state)
{
	bench_listen(&b, NULL, 0);
	struct listener_options options = {
	    .address = *listener_address(b.listener)};
	struct buf error = {0};
	assert_null(listener_new(b.loop, &options, bench_accept, &b, &error));
	assert_non_null(strstr(error.data, "another process"));
	buf_clear(&error);
}

static void a_bad_address_is_named(void **state)
{
	struct listener_options options = {0};
	struct buf error = {0};
	assert_int_equal(address_parse(&options.address, "192.0.2.1:80"), 0);
	assert_null(listener_new(b.loop, &options, bench_accept, &b, &error));
	assert_non_null(strstr(error.data, "192.0.2.1:80"));
	buf_clear(&error);
}

static void end_too(struct end *e, enum conn_event event)
{
	if (event == CONN_EOF)
		conn_shutdown_after_flush(e->conn);
}

static void many_come_and_go(void **state)
{
	struct tls_server *tls = bench_server("server");
	struct tls_client *with = bench_client("ca.pem");
	bench_listen(&b, tls, 0);
	size_t before = count_descriptors();
	for (size_t i = 0; i < MANY; i++) {
		clients[i].then = end_too;
		bench_connect(&b, &clients[i], with, "localhost");
	}
	loop_timer_arm_ms(&b.limit, 60000);
	while ((count(clients, false) < MANY || count(servers, false) < MANY) &&
	    !b.expired)
		bench_nap(&b);
	loop_timer_disarm(&b.limit);
	assert_int_equal(count(servers, false), MANY);
	assert_int_equal(listener_connections(b.listener), MANY);
	for (size_t i = 0; i < MANY; i++) {
		conn_write(clients[i].conn, "bye", 3);
		if (i % 3 == 0)
			conn_close(clients[i].conn, CONN_DROPPED, NULL);
		else if (i % 3 == 1)
			conn_shutdown_after_flush(clients[i].conn);
		else
			conn_close(servers[i].conn, CONN_DONE, NULL);
	}
	for (size_t i = 0; i < MANY; i++)
		if (servers[i].conn)
			conn_shutdown_after_flush(servers[i].conn);
	bench_until(
	    &b, count(clients, true) == MANY && count(servers, true) == MANY);
	assert_int_equal(listener_connections(b.listener), 0);
	assert_int_equal(count_descriptors(), before);
	tls_client_unref(with);
	tls_server_unref(tls);
}

static void at_the_limit_the_next_one_waits(void **state)
{
	bench_listen(&b, NULL, 3);
	for (size_t i = 0; i < 5; i++)
		bench_connect(&b, &clients[i], NULL, NULL);
	bench_until(&b, b.n_accepted == 3);
	bench_run_ms(&b, 30);
	assert_int_equal(b.n_accepted, 3);
	conn_close(servers[0].conn, CONN_DONE, NULL);
	bench_until(&b, b.n_accepted == 4);
	bench_run_ms(&b, 10);
	assert_int_equal(b.n_accepted, 4);
	conn_close(servers[1].conn, CONN_DONE, NULL);
	bench_until(&b, b.n_accepted == 5);
}

/* What one listener has taken is gone for the other, and what comes free at
 * one lets in who waits at the other. */
static void listeners_share_a_limit(void **state)
{
	bench_listen(&b, NULL, 2);
	struct listener_options options = {
	    .beside = b.listener, .quota = &b.quota};
	struct buf error = {0};
	struct listener *one = b.listener;
	struct listener *two =
	    listener_new(b.loop, &options, bench_accept, &b, &error);
	assert_non_null(two);
	for (size_t i = 0; i < 16; i++)
		bench_connect(&b, &clients[i], NULL, NULL);
	for (size_t n = 2; n < 16; n++) {
		bench_until(&b, b.n_accepted == n);
		assert_int_equal(
		    listener_connections(one) + listener_connections(two), 2);
		conn_close(servers[n - 2].conn, CONN_DONE, NULL);
	}
	bench_until(&b, b.n_accepted == 16);
	bench_run_ms(&b, 150);
	assert_int_equal(atomic_load(&b.quota.live),
	    listener_connections(one) + listener_connections(two));
	listener_free(two);
}

static long cpu_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

/* Every descriptor is taken: no spinning, and accepting goes on by itself
 * when there are some again. */
static void running_out_of_descriptors(void **state)
{
	struct rlimit before, low;
	int hoard[64];
	size_t n = 0;
	bench_listen(&b, NULL, 0);
	int fd = bench_socket(&b), late = bench_socket(&b);
	getrlimit(RLIMIT_NOFILE, &before);
	low = before;
	low.rlim_cur = count_descriptors() + 8;
	setrlimit(RLIMIT_NOFILE, &low);
	while (n < 64 && (hoard[n] = dup(0)) >= 0)
		n++;
	assert_true(n > 0 && n < 64);
	long cpu = cpu_us();
	bench_run_ms(&b, 400);
	cpu = cpu_us() - cpu;
	assert_int_equal(b.n_accepted, 0);
	if (cpu > 60000)
		fail_msg("400 ms without descriptors took %ld us", cpu);
	/* connecting fails in words as well */
	struct end lost = {0};
	end_bind(&lost,
	    conn_connect(b.loop, listener_address(b.listener), NULL, NULL));
	bench_until(&b, lost.closed);
	assert_int_equal(lost.reason, CONN_UNREACHABLE);
	assert_non_null(strstr(lost.text, "open files"));
	close(hoard[--n]);
	bench_until(&b, b.n_accepted == 1);
	/* the next one gets the place of the first at once */
	bench_run_ms(&b, 20);
	conn_close(servers[0].conn, CONN_DONE, NULL);
	bench_until(&b, b.n_accepted == 2);
	while (n)
		close(hoard[--n]);
	setrlimit(RLIMIT_NOFILE, &before);
	close(fd);
	close(late);
	bench_until(&b, servers[1].eof);
}

/* The listener goes first: its connections live on and are then released. */
static void connections_outlive_the_listener(void **state)
{
	bench_listen(&b, NULL, 0);
	bench_connect(&b, &clients[0], NULL, NULL);
	bench_until(&b, servers[0].opened);
	listener_free(b.listener);
	b.listener = NULL;
	conn_write(clients[0].conn, "hello", 5);
	bench_until(&b, servers[0].got.len == 5);
	conn_shutdown_after_flush(clients[0].conn);
	bench_until(&b, servers[0].eof);
	conn_shutdown_after_flush(servers[0].conn);
	bench_until(&b, servers[0].closed && clients[0].closed);
}

static void accept_and_free(struct listener *l, struct conn *c, void *arg)
{
	bench_accept(l, c, arg);
	listener_free(l);
	b.listener = NULL;
}

static void freeing_inside_the_callback(void **state)
{
	struct listener_options options = {0};
	struct buf error = {0};
	assert_int_equal(address_parse(&options.address, "127.0.0.1:0"), 0);
	b.listener =
	    listener_new(b.loop, &options, accept_and_free, &b, &error);
	assert_non_null(b.listener);
	int fd = bench_socket(&b), next = bench_socket(&b);
	bench_until(&b, servers[0].opened);
	bench_run_ms(&b, 10);
	assert_int_equal(b.n_accepted, 1);
	close(fd);
	close(next);
	bench_until(&b, servers[0].eof);
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
	    TEST(workers_share_the_port_chosen_first),
	    TEST(nobody_else_may_listen_there),
	    TEST(a_bad_address_is_named),
	    TEST(many_come_and_go),
	    TEST(at_the_limit_the_next_one_waits),
	    TEST(listeners_share_a_limit),
	    TEST(running_out_of_descriptors),
	    TEST(connections_outlive_the_listener),
	    TEST(freeing_inside_the_callback),
	};
	return cmocka_run_group_tests(tests, make_certs, remove_certs);
}
