/* The messages of the chat in a request, wherever a channel has them. */
#include "proxy/channel/request.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct http1_parser parser;

static void read_one(
    const struct channel *c, const char *body, struct channel_request *out)
{
	static const char head[] = "POST /v1/chat/completions HTTP/1.1\r\n"
				   "Host: h\r\nX-Conversation-Id: c\r\n\r\n";
	struct http1_event ev;

	http1_init(&parser, HTTP1_REQUEST, NULL);
	assert_true(http1_feed(&parser, head, sizeof head - 1, &ev) > 0);
	assert_int_equal(channel_read(c, &parser.head, span_str(body), out), 0);
}

static void assert_turn(const struct channel_request *r, size_t i,
    enum channel_turn_kind kind, const char *text)
{
	assert_true(i < r->n_turns);
	assert_int_equal(r->turns[i].kind, kind);
	assert_string_equal(channel_turn_text(r, i).p, text);
}

/* More than fit inside the request itself. */
static void test_many(void **state)
{
	struct channel *c = openai_channel("");
	struct channel_request r;
	struct buf body = {0};

	buf_adds(&body, "{\"messages\":[");
	for (int i = 0; i < 1000; i++)
		buf_printf(&body, "%s{\"role\":\"%s\",\"content\":\"n%d\"}",
		    i ? "," : "", i % 2 ? "assistant" : "user", i);
	buf_adds(&body, "]}");
	read_one(c, body.data, &r);
	assert_int_equal(r.n_turns, 1000);
	for (int i = 0; i < 1000; i++) {
		char text[16];
		snprintf(text, sizeof text, "n%d", i);
		assert_turn(&r, (size_t)i,
		    i % 2 ? CHANNEL_TURN_AI : CHANNEL_TURN_CUSTOMER, text);
	}
	channel_request_clear(&r);
	buf_clear(&body);
	channel_free(c);
}

/* By the thousand: nothing is lost, and nothing costs a thousand judgements. */
static void test_a_flood(void **state)
{
	struct channel *c = openai_channel("");
	struct channel_request r;
	struct buf body = {0}, tail = {0};

	buf_adds(&body, "{\"messages\":[{\"role\":\"assistant\"}");
	buf_adds(&tail, "n63");
	for (int i = 0; i < 1000; i++) {
		buf_printf(&body,
		    ",{\"role\":\"user\",\"content\":[{\"type\":\"text\","
		    "\"text\":\"n%d\"}]}",
		    i);
		if (i > 63)
			buf_printf(&tail, "\nn%d", i);
	}
	buf_adds(&body, ",{\"role\":\"assistant\",\"content\":\"a\"}");
	for (int i = 0; i < 1000; i++)
		buf_adds(&body,
		    ",{\"role\":\"user\",\"content\":[{\"type\":\"file\"}]}");
	buf_adds(&body, "]}");
	read_one(c, body.data, &r);
	assert_int_equal(r.n_turns, 1 + 64 + 1 + 64);
	assert_turn(&r, 1, CHANNEL_TURN_CUSTOMER, "n0");
	assert_turn(&r, 64, CHANNEL_TURN_CUSTOMER, tail.data);
	assert_int_equal(channel_turn_text(&r, 64).len, tail.len);
	assert_turn(&r, 65, CHANNEL_TURN_AI, "a");
	assert_turn(&r, 129, CHANNEL_TURN_MEDIA, "file");
	channel_request_clear(&r);
	buf_clear(&body);
	buf_clear(&tail);
	channel_free(c);
}

/* A channel of one's own: one text, a word of its own for media. */
static void test_own(void **state)
{
	struct channel *c = openai_channel(
	    "inbound: {message: /input, answer: /none, text: [text, \"\"],\n"
	    "  media: {sketch: \"drawings/*\"}}\n");
	struct channel_request r;

	read_one(c,
	    "{\"messages\":[{\"role\":\"user\",\"content\":\"no\"}],"
	    "\"input\":{\"text\":\"a\",\"drawings\":[1,2]}}",
	    &r);
	assert_int_equal(r.n_turns, 3);
	assert_turn(&r, 0, CHANNEL_TURN_CUSTOMER, "a");
	assert_turn(&r, 1, CHANNEL_TURN_MEDIA, "sketch");
	assert_turn(&r, 2, CHANNEL_TURN_MEDIA, "sketch");
	channel_request_clear(&r);
	read_one(c, "{\"input\":\"b\"}", &r);
	assert_int_equal(r.n_turns, 1);
	assert_turn(&r, 0, CHANNEL_TURN_CUSTOMER, "b");
	channel_request_clear(&r);
	channel_free(c);
}

static void test_none(void **state)
{
	struct channel *c = openai_channel("");
	struct channel_request r;

	read_one(c, "{\"messages\":[]}", &r);
	assert_int_equal(r.n_turns, 0);
	channel_request_clear(&r);
	channel_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many),
	    cmocka_unit_test(test_a_flood),
	    cmocka_unit_test(test_own),
	    cmocka_unit_test(test_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
