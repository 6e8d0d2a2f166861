/* classifier: one service, against a scripted one on loopback. */
#include "proxy/classifier/classifier.h"

#include "proxy/base/buf.h"
#include "proxy/net/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"score\":0.5}"
#define BAD "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
#define HANG_UP ""
#define NOTHING NULL
#define LIMIT_MS 10000

static char name[] = "t", url[] = "http://t/", host[] = "127.0.0.1",
	    path[] = "";

struct bench {
	struct loop *loop;
	struct listener *listener;
	struct loop_timer limit;
	const char *const *replies; /* to the requests, in order */
	size_t n_replies, asked, accepted;
	struct conn *conns[16];
	struct config_classifier config;
	struct classifier *service;
	struct buf told; /* "500000 late cached " */
	size_t waiting;
};
static struct bench b;

static void on_conn(struct conn *c, enum conn_event event, void *arg)
{
	if (event == CONN_EOF)
		conn_shutdown_after_flush(c);
	for (size_t i = 0; event == CONN_CLOSED && i < 16; i++)
		if (b.conns[i] == c)
			b.conns[i] = NULL;
	if (event != CONN_DATA)
		return;
	struct conn_input in = conn_input(c);
	if (in.len == 0 || in.data[in.len - 1] != '}')
		return;
	conn_consume(c, in.len);
	assert_true(b.asked < b.n_replies);
	const char *reply = b.replies[b.asked++];
	if (reply && *reply)
		conn_write(c, reply, strlen(reply));
	else if (reply)
		conn_close(c, CONN_DROPPED, "scripted");
}

static void on_accept(struct listener *l, struct conn *c, void *arg)
{
	assert_true(b.accepted < 16);
	b.conns[b.accepted++] = c;
	conn_set_callback(c, on_conn, NULL);
}

static void give_up(void *arg)
{
	fail_msg("%s: no answer came", b.told.data);
}

static void begin(const char *const *replies, size_t n)
{
	struct buf why = {0};
	struct listener_options o = {0};
	b = (struct bench){
	    .loop = loop_new(), .replies = replies, .n_replies = n};
	assert_int_equal(address_parse(&o.address, "127.0.0.1:0"), 0);
	b.listener = listener_new(b.loop, &o, on_accept, NULL, &why);
	assert_non_null(b.listener);
	b.config = (struct config_classifier){
	    .name = name,
	    .kind = CONFIG_SCORES,
	    .service = {.url = url,
		.address = {host, address_port(listener_address(b.listener))},
		.authority = name,
		.path = path},
	    .timeout_ms = 300,
	    .max_at_once = 1,
	    .max_waiting = 10,
	    .cached_texts = 10,
	    .max_failures = 2,
	    .pause_ms = 200,
	};
	b.service = classifier_new(
	    &(struct classifier_options){.loop = b.loop, .config = &b.config});
	loop_timer_init(&b.limit, b.loop, give_up, NULL);
	loop_timer_arm_ms(&b.limit, LIMIT_MS);
	buf_adds(&b.told, "");
}

static void end(void)
{
	classifier_free(b.service);
	listener_free(b.listener);
	for (size_t i = 0; i < 16; i++)
		if (b.conns[i]) {
			conn_set_callback(b.conns[i], NULL, NULL);
			conn_close(b.conns[i], CONN_DROPPED, NULL);
		}
	loop_timer_disarm(&b.limit);
	loop_free(b.loop);
	buf_clear(&b.told);
}

static void on_answer(void *arg, const struct classifier_answer *a)
{
	if (a->failed)
		buf_printf(&b.told, "%s ", a->failed);
	else
		buf_printf(&b.told, "%s%u ", a->cached ? "cached " : "",
		    a->scores->items[0].score);
	if (--b.waiting == 0)
		loop_stop(b.loop);
}

static struct classifier_call *ask(const char *text)
{
	b.waiting++;
	return classifier_ask(b.service, span_str(text), on_answer, NULL);
}

static void run(void)
{
	loop_run(b.loop);
}

static void stop(void *arg)
{
	loop_stop(b.loop);
}

static void pass(uint64_t ms)
{
	struct loop_timer t;
	loop_timer_init(&t, b.loop, stop, NULL);
	loop_timer_arm_ms(&t, ms);
	run();
}

static void an_answer_is_kept(void **state)
{
	static const char *const replies[] = {OK, OK};
	begin(replies, 2);
	ask("a");
	ask("b");                             /* in line: one at a time */
	assert_string_equal(b.told.data, ""); /* never from inside */
	run();
	ask("a");
	assert_string_equal(b.told.data, "500000 500000 ");
	run();
	assert_string_equal(b.told.data, "500000 500000 cached 500000 ");
	assert_int_equal(b.asked, 2);
	assert_int_equal(b.accepted, 1); /* and so is the connection */
	end();
}

static void late_is_late_in_line_too(void **state)
{
	static const char *const replies[] = {NOTHING};
	begin(replies, 1);
	ask("a");
	ask("b");
	run();
	assert_string_equal(b.told.data, "late late ");
	assert_int_equal(b.asked, 1);
	end();
}

static void the_line_is_bounded(void **state)
{
	static const char *const replies[] = {OK, OK};
	begin(replies, 2);
	b.config.max_waiting = 1;
	ask("a");
	ask("b");
	ask("c");
	run();
	assert_string_equal(b.told.data, "busy 500000 500000 ");
	end();
}

/* Of two failures in a row, one in line does not count. */
static void it_is_left_alone_and_tried_again(void **state)
{
	static const char *const replies[] = {BAD, BAD, BAD, OK, OK};
	begin(replies, 5);
	ask("a");
	run();
	ask("a");
	run();
	ask("a");
	run();
	assert_string_equal(b.told.data, "status status paused ");
	assert_int_equal(b.asked, 2);
	pass(250);
	ask("a");
	ask("b"); /* one tries it, not two */
	run();
	assert_string_equal(b.told.data, "status status paused paused status ");
	pass(250);
	ask("a");
	run();
	ask("b");
	run();
	assert_string_equal(
	    b.told.data, "status status paused paused status 500000 500000 ");
	end();
}

/* Who stands in line when it is left alone does not wait for nothing. */
static void the_line_is_left_alone_too(void **state)
{
	static const char *const replies[] = {BAD, BAD};
	begin(replies, 2);
	b.config.timeout_ms = LIMIT_MS * 2;
	b.config.pause_ms = LIMIT_MS * 2;
	for (int i = 0; i < 5; i++)
		ask("a");
	run();
	assert_string_equal(b.told.data, "status status paused paused paused ");
	assert_int_equal(b.asked, 2);
	end();
}

/* Once; a second time it is the service's fault. */
static void what_was_lost_is_asked_again(void **state)
{
	static const char *const replies[] = {HANG_UP, OK, HANG_UP, HANG_UP};
	begin(replies, 4);
	ask("a");
	run();
	ask("b");
	run();
	assert_string_equal(b.told.data, "500000 reset ");
	end();
}

static void a_cancelled_one_is_not_told(void **state)
{
	static const char *const replies[] = {OK, OK, OK};
	begin(replies, 3);
	struct classifier_call *first = ask("a"), *second = ask("b");
	classifier_cancel(first);
	classifier_cancel(second);
	b.waiting = 0;
	ask("c");
	run();
	assert_string_equal(b.told.data, "500000 ");
	struct classifier_call *known = ask("c");
	classifier_cancel(known);
	b.waiting = 0;
	ask("c");
	run();
	assert_string_equal(b.told.data, "500000 cached 500000 ");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_is_kept),
	    cmocka_unit_test(late_is_late_in_line_too),
	    cmocka_unit_test(the_line_is_bounded),
	    cmocka_unit_test(it_is_left_alone_and_tried_again),
	    cmocka_unit_test(the_line_is_left_alone_too),
	    cmocka_unit_test(what_was_lost_is_asked_again),
	    cmocka_unit_test(a_cancelled_one_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
