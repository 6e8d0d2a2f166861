/* origin: one question and its answer, against a scripted bot on loopback. */
#include "proxy/base/buf.h"
#include "proxy/http/origin.h"
#include "proxy/net/listener.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ASKED "GET / HTTP/1.1\r\nHost: b\r\n\r\n"
#define DEADLINE_MS 10000

struct step { /* the bot's reply to one request */
	const char *say;
	size_t big;  /* bytes of body behind it */
	bool close;  /* ends its side */
	bool hangup; /* the next request on this connection is not answered */
};

struct bench {
	struct loop *loop;
	struct listener *listener;
	struct upstream *pool;
	struct loop_timer deadline, later;
	const struct step *steps;
	size_t n_steps, asked, accepted;
	struct conn *bots[8];
	struct buf events; /* "H200 B5 E" */
	size_t body;
	struct origin *origin;
	const char *method; /* NULL: GET */
	bool pause_on_body, free_on_head, freed, hangup_next;
	bool close_when_asked; /* the kept connection, behind its back */
	unsigned ends;
};

static struct bench b;

static void answer(struct conn *c)
{
	assert_true(b.asked < b.n_steps);
	const struct step *s = &b.steps[b.asked++];
	conn_write(c, s->say, strlen(s->say));
	char *big = calloc(1, s->big + 1);
	assert_non_null(big);
	memset(big, 'x', s->big);
	conn_write(c, big, s->big);
	free(big);
	b.hangup_next = s->hangup;
	if (s->close)
		conn_shutdown_after_flush(c);
}

static void on_bot(struct conn *c, enum conn_event event, void *arg)
{
	(void)arg;
	if (event == CONN_EOF)
		conn_shutdown_after_flush(c);
	for (size_t i = 0; event == CONN_CLOSED && i < b.accepted; i++)
		if (b.bots[i] == c)
			b.bots[i] = NULL;
	if (event != CONN_DATA)
		return;
	struct conn_input in = conn_input(c);
	if (in.len < sizeof(ASKED) - 1)
		return;
	assert_int_equal(in.len, sizeof(ASKED) - 1);
	conn_consume(c, in.len);
	if (b.hangup_next) {
		b.hangup_next = false;
		conn_close(c, CONN_DROPPED, "scripted");
		return;
	}
	answer(c);
}

static void on_accept(struct listener *l, struct conn *c, void *arg)
{
	(void)l;
	(void)arg;
	assert_true(b.accepted < 8);
	b.bots[b.accepted++] = c;
	conn_set_callback(c, on_bot, NULL);
}

static void never(void *arg)
{
	(void)arg;
	fail_msg("nothing came; so far: %s", b.events.data);
}

static void resume(void *arg)
{
	(void)arg;
	b.pause_on_body = false;
	origin_resume(b.origin);
}

static void ended(void)
{
	b.ends++;
	loop_stop(b.loop);
}

static void on_origin(
    void *arg, enum origin_event event, const struct origin_data *data)
{
	(void)arg;
	assert_false(b.freed);
	switch (event) {
	case ORIGIN_HEAD:
		buf_printf(&b.events, "H%d ", origin_head(b.origin)->status);
		if (!b.free_on_head)
			break;
		origin_free(b.origin);
		b.freed = true;
		loop_stop(b.loop);
		break;
	case ORIGIN_BODY:
		b.body += data->body.len;
		if (!b.pause_on_body)
			break;
		origin_pause(b.origin);
		loop_timer_arm_ms(&b.later, 300);
		break;
	case ORIGIN_END:
		buf_printf(&b.events, "B%zu E", b.body);
		ended();
		break;
	case ORIGIN_FAILED:
		buf_printf(&b.events, "B%zu F:%s", b.body,
		    origin_failure_name(data->failure));
		ended();
		break;
	}
}

static int set_up(void **state)
{
	(void)state;
	struct buf why = {0};
	struct listener_options o = {0};
	b = (struct bench){0};
	b.loop = loop_new();
	assert_non_null(b.loop);
	assert_int_equal(address_parse(&o.address, "127.0.0.1:0"), 0);
	b.listener = listener_new(b.loop, &o, on_accept, NULL, &why);
	assert_non_null(b.listener);
	char text[ADDRESS_TEXT_BYTES];
	address_format(listener_address(b.listener), text);
	b.pool = upstream_new(b.loop,
	    &(struct upstream_options){.host = "127.0.0.1",
		.port = (uint16_t)strtoul(strrchr(text, ':') + 1, NULL, 10)});
	loop_timer_init(&b.deadline, b.loop, never, NULL);
	loop_timer_init(&b.later, b.loop, resume, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < b.accepted; i++)
		if (b.bots[i])
			conn_close(b.bots[i], CONN_DROPPED, NULL);
	upstream_free(b.pool);
	listener_free(b.listener);
	loop_free(b.loop);
	buf_clear(&b.events);
	return 0;
}

static void expect_ms(const char *want, uint64_t answer_ms, uint64_t idle_ms)
{
	struct buf bytes = {0};
	const char *method = b.method ? b.method : "GET";
	buf_adds(&bytes, ASKED);
	buf_reset(&b.events);
	b.body = 0;
	b.origin = origin_new(&(struct origin_request){
	    .pool = b.pool,
	    .loop = b.loop,
	    .bytes = &bytes,
	    .method = {method, strlen(method)},
	    .answer_timeout_ms = answer_ms,
	    .idle_timeout_ms = idle_ms,
	    .fn = on_origin,
	});
	if (b.close_when_asked)
		conn_close(b.bots[0], CONN_DROPPED, NULL);
	buf_clear(&bytes);
	loop_timer_arm_ms(&b.deadline, DEADLINE_MS);
	loop_run(b.loop);
	loop_timer_disarm(&b.deadline);
	if (!b.freed)
		origin_free(b.origin);
	assert_string_equal(b.events.data, want);
}

static void script(const struct step *steps, size_t n)
{
	b.steps = steps;
	b.n_steps = n;
}
#define SCRIPT(...)                                                            \
	static const struct step steps[] = {__VA_ARGS__};                      \
	script(steps, sizeof(steps) / sizeof(steps[0]))

#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void keeps_a_connection(void **state)
{
	(void)state;
	SCRIPT({.say = OK5}, {.say = OK5});
	expect_ms("H200 B5 E", 5000, 5000);
	expect_ms("H200 B5 E", 5000, 5000);
	assert_int_equal(b.accepted, 1);
}

static void tries_a_stale_connection_again_once(void **state)
{
	(void)state;
	SCRIPT({.say = OK5, .hangup = true}, {.say = OK5});
	expect_ms("H200 B5 E", 5000, 5000);
	expect_ms("H200 B5 E", 5000, 5000);
	assert_int_equal(b.accepted, 2);
}

/* The bot has read it: what it did then nobody knows. */
static void does_not_repeat_what_was_read(void **state)
{
	(void)state;
	SCRIPT({.say = OK5, .hangup = true}, {.say = OK5});
	b.method = "POST";
	expect_ms("H200 B5 E", 5000, 5000);
	expect_ms("B0 F:reset", 5000, 5000);
	assert_int_equal(b.asked, 1);
}

/* The bot closes while the question is on its way to it. */
static void repeats_what_nobody_read(void **state)
{
	(void)state;
	SCRIPT({.say = OK5}, {.say = OK5});
	b.method = "POST";
	expect_ms("H200 B5 E", 5000, 5000);
	b.close_when_asked = true;
	expect_ms("H200 B5 E", 5000, 5000);
	assert_int_equal(b.asked, 2);
	assert_int_equal(b.accepted, 2);
}

static void swallows_interim_answers(void **state)
{
	(void)state;
	SCRIPT({.say = "HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 103 X\r\n\r\n" OK5});
	expect_ms("H200 B5 E", 5000, 5000);
}

static void tells_a_cut_body(void **state)
{
	(void)state;
	SCRIPT({.say = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
	    .close = true});
	expect_ms("H200 B5 F:reset", 5000, 5000);
}

static void tells_bad_bytes(void **state)
{
	(void)state;
	SCRIPT({.say = "SSH-2.0-x\r\n\r\n"});
	expect_ms("B0 F:protocol", 5000, 5000);
}

static void tells_a_bot_that_is_late(void **state)
{
	(void)state;
	SCRIPT({.say = "HTTP/1.1 102 Wait\r\n\r\n"});
	expect_ms("B0 F:timeout", 200, 5000);
}

/* A late answer on a kept connection is not asked for again. */
static void does_not_ask_a_late_bot_twice(void **state)
{
	(void)state;
	SCRIPT({.say = OK5}, {.say = ""}, {.say = OK5});
	expect_ms("H200 B5 E", 5000, 5000);
	expect_ms("B0 F:timeout", 200, 5000);
	assert_int_equal(b.asked, 2);
}

static void tells_a_body_that_stops(void **state)
{
	(void)state;
	SCRIPT({.say = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"});
	expect_ms("H200 B5 F:timeout", 5000, 200);
}

/* The end of a counted body comes although no byte follows; waiting for a slow
 * customer is not the bot's lateness. */
static void ends_after_a_pause_on_the_last_byte(void **state)
{
	(void)state;
	SCRIPT({.say = OK5});
	b.pause_on_body = true;
	expect_ms("H200 B5 E", 5000, 100);
}

/* What came before the end of the connection is not lost by a pause. */
static void reads_on_behind_the_end(void **state)
{
	(void)state;
	SCRIPT({.say = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
	    .big = 100000,
	    .close = true});
	b.pause_on_body = true;
	expect_ms("H200 B100000 E", 5000, 5000);
}

static void is_freed_inside_its_callback(void **state)
{
	(void)state;
	SCRIPT({.say = OK5});
	b.free_on_head = true;
	expect_ms("H200 ", 5000, 5000);
	assert_int_equal(b.ends, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(keeps_a_connection),
	    TEST(tries_a_stale_connection_again_once),
	    TEST(does_not_repeat_what_was_read),
	    TEST(repeats_what_nobody_read),
	    TEST(swallows_interim_answers),
	    TEST(tells_a_cut_body),
	    TEST(tells_bad_bytes),
	    TEST(tells_a_bot_that_is_late),
	    TEST(does_not_ask_a_late_bot_twice),
	    TEST(tells_a_body_that_stops),
	    TEST(ends_after_a_pause_on_the_last_byte),
	    TEST(reads_on_behind_the_end),
	    TEST(is_freed_inside_its_callback),
	};
	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
