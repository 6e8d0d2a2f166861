/* unread: what is wrong with an answer, said so that somebody can mend it. */
#include "proxy/relay/unread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void expect_head(const char *fields, bool asked_stream, const char *want)
{
	static struct http1_parser parser;
	struct http1_event event;
	struct buf out = {0};
	char wire[300];
	snprintf(wire, sizeof(wire),
	    "HTTP/1.1 200 OK\r\n%sContent-Length: 9\r\n\r\n", fields);
	http1_init(&parser, HTTP1_RESPONSE, NULL);
	ssize_t n = http1_feed(&parser, wire, strlen(wire), &event);
	assert_true(n > 0 && event.kind == HTTP1_HEAD);
	unread_head(&out, &parser.head, asked_stream);
	assert_string_equal(out.data, want);
	buf_clear(&out);
}

static void heads(void **state)
{
	expect_head("Content-Type: text/plain\r\n", false,
	    "its Content-Type is \"text/plain\"; application/json in UTF-8 can "
	    "be read");
	expect_head("Content-Type: application/json; charset=latin1\r\n", true,
	    "its Content-Type is \"application/json; charset=latin1\"; "
	    "application/json in UTF-8 can be read, and text/event-stream");
	expect_head("", false,
	    "it names no Content-Type; application/json in UTF-8 can be read");
	expect_head("Content-Type: a/b\r\nContent-Type: a/b\r\n", false,
	    "it has more than one Content-Type; application/json in UTF-8 can "
	    "be read");
	expect_head("Content-Type: text/event-stream\r\n", false,
	    "it is an event stream with status 200, which was not asked for; "
	    "application/json in UTF-8 can be read");
	expect_head(
	    "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
	    false,
	    "its Content-Encoding is \"gzip\", though Handrail asks for none: "
	    "switch compression off in the bot, or in what stands before it");
}

/* A value is quoted only where it can carry no more than a name. */
static void nothing_long_or_odd_is_quoted(void **state)
{
	expect_head("Content-Type: \"<b>\"\r\n", false,
	    "its Content-Type is something else; application/json in UTF-8 can "
	    "be read");
	expect_head(
	    "Content-Type: text/plain; a=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	    "bbbbbbbbbbbbbbbbbbbb\r\n",
	    false,
	    "its Content-Type is something else; application/json in UTF-8 can "
	    "be read");
	expect_head("Content-Type:\r\n", false,
	    "its Content-Type is empty; application/json in UTF-8 can be read");
}

static void bodies(void **state)
{
	struct channel_body body = {.n_messages = 2};
	struct buf out = {0};
	unread_body(&out, CHANNEL_BODY_OK, &body, 1);
	assert_string_equal(out.data,
	    "it has 2 choices where 1 was asked for (\"n\" of the request)");
	buf_reset(&out);
	body.json_error = JSON_ERR_TRUNCATED;
	body.doc.error_at = body.doc.len = 17;
	unread_body(&out, CHANNEL_BODY_NOT_JSON, &body, 1);
	assert_string_equal(out.data,
	    "its JSON has a fault at byte 17 of 17: JSON that ends too early");
	buf_reset(&out);
	unread_body(&out, CHANNEL_BODY_SHAPE, &body, 1);
	assert_non_null(strstr(out.data, "more than one way"));
	buf_reset(&out);
	unread_body(&out, CHANNEL_BODY_TEXT_LIMIT, &body, 1);
	assert_non_null(strstr(out.data, "limits.max_text"));
	buf_reset(&out);
	unread_limit(&out, "limits.max_body", 4096);
	assert_string_equal(
	    out.data, "it is larger than limits.max_body, 4096 bytes");
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(heads),
	    cmocka_unit_test(nothing_long_or_odd_is_quoted),
	    cmocka_unit_test(bodies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
