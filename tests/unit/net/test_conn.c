/*
 * Plain connections: events, back-pressure, ends, timeouts.
 */
#include "bench.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static struct bench b;
static struct end server, client;

static int set_up(void **state)
{
	server = client = (struct end){0};
	bench_init(&b, &server, 1);
	bench_listen(&b, NULL, 0);
	return 0;
}

static int tear_down(void **state)
{
	end_clear(&client);
	bench_clear(&b);
	return 0;
}

static void open_both(void)
{
	bench_connect(&b, &client, NULL, NULL);
	bench_until(&b, server.opened && client.opened);
}

static void bytes_go_both_ways(void **state)
{
	bench_connect(&b, &client, NULL, NULL);
	conn_write(client.conn, "early ", 6); /* before it is open */
	conn_write(client.conn, "bird", 4);
	bench_until(&b, server.got.len == 10);
	assert_string_equal(server.got.data, "early bird");
	assert_int_equal(server.data, 1); /* two writes, one packet */
	conn_write(server.conn, "worm", 4);
	bench_until(&b, client.got.len == 4);
	assert_int_equal(conn_bytes_sent(client.conn), 10);
	assert_int_equal(conn_bytes_received(client.conn), 4);
	assert_int_equal(conn_name(client.conn)[0], 'u');
	assert_int_equal(conn_name(server.conn)[0], 'c');
	assert_true(address_is_loopback(conn_peer(server.conn)));
	assert_null(conn_tls(server.conn));
}

static void an_end_in_the_proper_way(void **state)
{
	open_both();
	conn_write(client.conn, "bye", 3);
	conn_shutdown_after_flush(client.conn);
	assert_true(conn_write(client.conn, "late", 4));
	bench_until(&b, server.eof);
	assert_string_equal(server.got.data, "bye");
	assert_true(conn_saw_eof(server.conn));
	assert_int_equal(client.closed, 0); /* waits for the other's end */
	conn_write(server.conn, "ignored", 7);
	conn_shutdown_after_flush(server.conn);
	bench_until(&b, server.closed && client.closed);
	assert_int_equal(server.reason, CONN_DONE);
	assert_int_equal(client.reason, CONN_DONE);
	assert_int_equal(client.data, 0); /* discarded */
}

/* A client that ends its side after the request still gets its answer. */
static void a_half_close_leaves_the_other_half(void **state)
{
	char answer[16] = {0};
	int fd = bench_socket(&b);
	assert_int_equal(send(fd, "question", 8, 0), 8);
	shutdown(fd, SHUT_WR);
	bench_until(&b, server.eof);
	assert_int_equal(server.eof, 1);
	assert_string_equal(server.got.data, "question");
	bench_run_ms(&b, 20);
	assert_int_equal(server.closed, 0);
	conn_write(server.conn, "answer", 6);
	conn_shutdown_after_flush(server.conn);
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_DONE);
	assert_int_equal(recv(fd, answer, sizeof(answer), MSG_WAITALL), 6);
	assert_string_equal(answer, "answer");
	close(fd);
}

static void reset(int fd)
{
	struct linger now = {1, 0};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void a_reset_is_told_from_an_end(void **state)
{
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	reset(fd);
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_RESET);
	assert_int_equal(server.eof, 0);
	assert_non_null(strstr(server.text, "reset"));
}

/* Write until the kernel takes no more. */
static void fill(struct conn *c)
{
	static char block[1 << 20];
	do {
		conn_write(c, block, sizeof(block));
		bench_run_ms(&b, 5);
	} while (conn_output_len(c) == 0);
}

static void a_reset_while_writing(void **state)
{
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	conn_pause_reading(server.conn);
	fill(server.conn);
	reset(fd);
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_RESET);
}

/* Dropped output must not look like a whole answer. */
static void dropping_output_resets(void **state)
{
	static char block[1 << 20];
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	fill(server.conn);
	conn_close(server.conn, CONN_DONE, NULL);
	bench_until(&b, server.closed);
	ssize_t n;
	while ((n = recv(fd, block, sizeof(block), 0)) > 0)
		;
	assert_int_equal(n, -1);
	assert_int_equal(errno, ECONNRESET);
	close(fd);
}

static void closing_well_is_an_end(void **state)
{
	char c;
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	conn_close(server.conn, CONN_DONE, "thanks");
	conn_close(server.conn, CONN_REFUSED, "too late");
	assert_true(conn_is_closed(server.conn));
	assert_int_equal(server.closed, 0); /* not from inside the call */
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_DONE);
	assert_string_equal(server.text, "thanks");
	assert_int_equal(recv(fd, &c, 1, 0), 0);
	close(fd);
}

/* The writer is told to stop, memory stays near the mark, and it is told to
 * go on: every byte arrives. */
static void a_slow_reader_holds_the_writer(void **state)
{
	static char block[20000];
	struct conn_limits limits = {
	    .output_high_bytes = 100000, .output_low_bytes = 30000};
	size_t written = 0, total = 30u << 20, most = 0;
	open_both();
	conn_set_limits(server.conn, &limits);
	conn_pause_reading(client.conn);
	bool go = true;
	unsigned stops = 0;
	loop_timer_arm_ms(&b.limit, 20000);
	while (client.got.len < total && !b.expired) {
		while (go && written < total) {
			go = conn_write(server.conn, block, sizeof(block));
			written += sizeof(block);
			stops += !go;
		}
		if (conn_output_len(server.conn) > most)
			most = conn_output_len(server.conn);
		unsigned before = server.drained;
		bench_turn(&b);
		go = go || server.drained > before;
		if (!go && conn_output_len(server.conn) > 30000)
			conn_resume_reading(client.conn);
		if (client.got.len >= written)
			conn_resume_reading(client.conn);
		total = written >= (30u << 20) ? written : total;
	}
	assert_false(b.expired);
	loop_timer_disarm(&b.limit);
	assert_int_equal(client.got.len, written);
	assert_true(stops > 1);
	assert_int_equal(server.drained, stops);
	if (most > 100000 + sizeof(block))
		fail_msg("%zu bytes of output were held", most);
}

/* Unread input stops at the limit; the sender's data waits in its kernel. */
static void input_is_capped(void **state)
{
	static char block[1 << 16];
	struct conn_limits limits = {.max_input_bytes = 50000};
	open_both();
	conn_set_limits(server.conn, &limits);
	server.keep = true;
	size_t sent = 0;
	for (int i = 0; i < 40; i++, sent += sizeof(block))
		conn_write(client.conn, block, sizeof(block));
	bench_until(&b, conn_input_is_full(server.conn));
	bench_run_ms(&b, 20);
	assert_int_equal(conn_input(server.conn).len, 50000);
	server.keep = false;
	unsigned told = server.data;
	conn_consume(server.conn, 50000);
	size_t had = 50000;
	bench_until(&b, server.data > told);
	bench_until(&b, server.got.len + had == sent);
}

static void pausing_and_resuming(void **state)
{
	open_both();
	conn_pause_reading(server.conn);
	conn_write(client.conn, "abc", 3);
	conn_shutdown_after_flush(client.conn);
	bench_run_ms(&b, 20);
	assert_int_equal(server.data + server.eof, 0);
	server.keep = true;
	conn_resume_reading(server.conn);
	assert_int_equal(server.data, 0); /* not from inside */
	bench_until(&b, server.eof);
	assert_int_equal(server.data, 1);
	/* unread input is told again, after another pause */
	conn_pause_reading(server.conn);
	conn_resume_reading(server.conn);
	bench_until(&b, server.data == 2);
	assert_int_equal(conn_input(server.conn).len, 3);
	assert_int_equal(server.eof, 1);
}

static void sent_means_the_kernel_has_it(void **state)
{
	static char block[8 << 20];
	open_both();
	conn_notify_sent(server.conn);
	assert_int_equal(server.sent, 0);
	bench_until(&b, server.sent == 1); /* nothing to send: at once */
	conn_pause_reading(client.conn);
	conn_write(server.conn, block, sizeof(block));
	conn_notify_sent(server.conn);
	bench_run_ms(&b, 30);
	assert_int_equal(server.sent, 1);
	assert_true(conn_bytes_sent(server.conn) < sizeof(block));
	conn_resume_reading(client.conn);
	bench_until(&b, server.sent == 2);
	assert_int_equal(conn_bytes_sent(server.conn), sizeof(block));
	assert_int_equal(conn_output_len(server.conn), 0);
}

static enum conn_event close_on;

static void close_inside(struct end *e, enum conn_event event)
{
	static char block[400000];
	if (event == CONN_OPEN) {
		conn_write(e->conn, block, sizeof(block));
		conn_notify_sent(e->conn);
	}
	if (event != close_on)
		return;
	conn_write(e->conn, "x", 1);
	conn_close(e->conn, CONN_REFUSED, NULL);
	/* all of these are harmless now */
	conn_write(e->conn, "x", 1);
	conn_notify_sent(e->conn);
	conn_pause_reading(e->conn);
	conn_resume_reading(e->conn);
	conn_shutdown_after_flush(e->conn);
	conn_set_timeout_ms(e->conn, CONN_TIMEOUT_IDLE, 1);
	assert_false(conn_is_quiet(e->conn));
	assert_false(conn_is_open(e->conn));
}

static void closing_inside_every_callback(void **state)
{
	static const enum conn_event events[] = {
	    CONN_OPEN, CONN_DATA, CONN_SENT, CONN_EOF, CONN_DRAINED};
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		close_on = events[i];
		server = client = (struct end){0};
		b.n_accepted = 0;
		server.then = close_inside;
		bench_connect(&b, &client, NULL, NULL);
		conn_write(client.conn, "hello", 5);
		if (close_on == CONN_EOF) {
			bench_until(&b, client.opened);
			conn_shutdown_after_flush(client.conn);
		}
		bench_until(&b, server.closed && client.closed);
		assert_int_equal(server.reason, CONN_REFUSED);
		assert_int_equal(server.closed, 1);
		buf_clear(&server.got);
		buf_clear(&client.got);
	}
}

static void shut_down_inside(struct end *e, enum conn_event event)
{
	if (event == CONN_DATA)
		conn_shutdown_after_flush(e->conn);
}

static void an_owner_that_goes_hears_no_more(void **state)
{
	open_both();
	struct conn *c = server.conn;
	conn_set_callback(c, NULL, NULL);
	conn_close(c, CONN_DROPPED, NULL);
	server.conn = NULL;
	bench_until(&b, client.closed);
	bench_run_ms(&b, 5);
	assert_int_equal(server.closed, 0);
}

static void released(void *arg)
{
	++*(int *)arg;
}

static void the_release_call_comes_once(void **state)
{
	int times = 0;
	open_both();
	conn_set_release(client.conn, released, &times);
	assert_ptr_equal(conn_release_arg(client.conn), &times);
	conn_close(client.conn, CONN_DONE, NULL);
	assert_int_equal(times, 0);
	bench_until(&b, client.closed);
	assert_int_equal(times, 1);
}

static void nobody_there_is_unreachable(void **state)
{
	struct address nobody;
	open_both();
	assert_int_equal(address_parse(&nobody, "127.0.0.1:1"), 0);
	struct end lost = {0};
	end_bind(&lost, conn_connect(b.loop, &nobody, NULL, NULL));
	assert_int_equal(lost.closed, 0);
	bench_until(&b, lost.closed);
	assert_int_equal(lost.reason, CONN_UNREACHABLE);
	assert_int_equal(lost.opened, 0);
	assert_non_null(strstr(lost.text, "refused"));
}

static void idle_times_out_and_bytes_put_it_off(void **state)
{
	open_both();
	conn_set_timeout_ms(server.conn, CONN_TIMEOUT_IDLE, 80);
	int64_t begin = loop_now_us(b.loop), last = begin;
	for (int i = 0; i < 5; i++) {
		bench_run_ms(&b, 40);
		assert_int_equal(server.closed, 0);
		last = loop_now_us(b.loop);
		conn_write(client.conn, "x", 1);
	}
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_IDLE_TIMEOUT);
	assert_true(loop_now_us(b.loop) - last >= 80000);
}

static void idle_can_be_switched_off(void **state)
{
	open_both();
	conn_set_timeout_ms(server.conn, CONN_TIMEOUT_IDLE, 30);
	conn_set_timeout_ms(server.conn, CONN_TIMEOUT_IDLE, 0);
	bench_run_ms(&b, 100);
	assert_int_equal(server.closed, 0);
}

static void a_reader_that_takes_nothing_times_out(void **state)
{
	static char block[16 << 20];
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	conn_set_timeout_ms(server.conn, CONN_TIMEOUT_WRITE, 60);
	bench_run_ms(&b, 100); /* nothing to write: no timeout */
	assert_int_equal(server.closed, 0);
	conn_write(server.conn, block, sizeof(block));
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_WRITE_TIMEOUT);
	close(fd);
}

static void lingering_ends(void **state)
{
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	conn_set_timeout_ms(server.conn, CONN_TIMEOUT_LINGER, 40);
	int64_t begin = loop_now_us(b.loop);
	conn_shutdown_after_flush(server.conn);
	bench_until(&b, server.closed); /* the peer never ends */
	assert_int_equal(server.reason, CONN_DONE);
	assert_true(loop_now_us(b.loop) - begin >= 40000);
	close(fd);
}

/* A client that has sent more than we read must not lose our last answer to
 * a reset (RFC 9112 9.6). */
static void an_answer_survives_unread_input(void **state)
{
	static char block[200000];
	char answer[16] = {0};
	int fd = bench_socket(&b);
	server.then = shut_down_inside;
	bench_until(&b, server.opened);
	conn_write(server.conn, "no", 2);
	assert_int_equal(send(fd, block, sizeof(block), 0), sizeof(block));
	bench_run_ms(&b, 20);
	assert_int_equal(recv(fd, answer, sizeof(answer), MSG_WAITALL), 2);
	assert_string_equal(answer, "no");
	close(fd);
	bench_until(&b, server.closed);
	assert_int_equal(server.reason, CONN_DONE);
}

/* Its end alone does not say whether somebody is gone: what is sent then does.
 */
static void who_is_gone_resets(void **state)
{
	int fd = bench_socket(&b);
	bench_until(&b, server.opened);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	bench_until(&b, server.eof);
	conn_write(server.conn, "x", 1);
	bench_run_ms(&b, 20);
	assert_false(conn_was_reset(server.conn));
	close(fd); /* with a byte unread: a reset */
	bench_run_ms(&b, 20);
	assert_true(conn_was_reset(server.conn));
	conn_write(server.conn, "x", 1);
	bench_until(&b, server.closed);
}

static void quiet_says_whether_it_may_be_used_again(void **state)
{
	open_both();
	assert_true(conn_is_quiet(client.conn));
	conn_write(server.conn, "x", 1);
	conn_pause_reading(client.conn);
	bench_run_ms(&b, 10);
	assert_false(conn_is_quiet(client.conn));
	conn_resume_reading(client.conn);
	bench_until(&b, client.got.len == 1);
	assert_true(conn_is_quiet(client.conn));
	conn_pause_reading(client.conn);
	bench_run_ms(&b, 5);
	conn_shutdown_after_flush(server.conn);
	bench_run_ms(&b, 10);
	assert_false(conn_is_quiet(client.conn));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(bytes_go_both_ways),
	    TEST(an_end_in_the_proper_way),
	    TEST(a_half_close_leaves_the_other_half),
	    TEST(a_reset_is_told_from_an_end),
	    TEST(a_reset_while_writing),
	    TEST(dropping_output_resets),
	    TEST(closing_well_is_an_end),
	    TEST(a_slow_reader_holds_the_writer),
	    TEST(input_is_capped),
	    TEST(pausing_and_resuming),
	    TEST(sent_means_the_kernel_has_it),
	    TEST(closing_inside_every_callback),
	    TEST(an_owner_that_goes_hears_no_more),
	    TEST(the_release_call_comes_once),
	    TEST(who_is_gone_resets),
	    TEST(nobody_there_is_unreachable),
	    TEST(idle_times_out_and_bytes_put_it_off),
	    TEST(idle_can_be_switched_off),
	    TEST(a_reader_that_takes_nothing_times_out),
	    TEST(lingering_ends),
	    TEST(an_answer_survives_unread_input),
	    TEST(quiet_says_whether_it_may_be_used_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
