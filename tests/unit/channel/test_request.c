/* What a request says about itself: ids, facts, the customer's words. */
#include "proxy/channel/request.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;
static struct http1_parser parser;

static int read_one(
    const char *fields, const char *body, struct channel_request *out)
{
	struct http1_event ev;
	struct buf wire = {0};

	buf_printf(&wire,
	    "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\n"
	    "%s\r\n",
	    fields);
	http1_init(&parser, HTTP1_REQUEST, NULL);
	if (http1_feed(&parser, wire.data, wire.len, &ev) <= 0)
		fail_msg("bad head: %s", fields);
	int err = channel_read(channel, &parser.head, span_str(body), out);
	buf_clear(&wire);
	return err;
}

static const struct {
	const char *fields, *body;
	int err;
	const char *conversation, *customer;
	const char *turns; /* c:the customer's|a:the AI's|m:media */
	bool stream;
} rows[] = {
    {"X-Conversation-Id: c-1\r\n",
	"{\"user\":\"u-1\",\"stream\":true,\"messages\":[{\"role\":\"user\","
	"\"content\":\"first\"},{\"role\":\"assistant\",\"content\":\"x\"},"
	"{\"role\":\"user\",\"content\":\"last \\u00e9\"},"
	"{\"role\":\"tool\",\"content\":\"{}\"}]}",
	0, "c-1", "u-1", "c:first|a:x|c:last \xc3\xa9", true},
    {"",
	"{\"metadata\":{\"conversation_id\":\"c-2\"},\"stream\":false,"
	"\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
	"\"text\":\"a\"},{\"type\":\"image_url\",\"image_url\":{}},"
	"{\"type\":\"text\",\"text\":\"b\"}]}]}",
	0, "c-2", NULL, "c:a\nb|m:image", false},
    /* What the AI said last may be a tool call; nobody else is heard. */
    {"",
	"{\"user\":\"u\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
	"{\"role\":\"user\",\"content\":\"1\"},{\"role\":\"user\",\"content\":"
	"[{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"\"}}]},"
	"{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[]},"
	"{\"role\":\"tool\",\"content\":\"t\"},{\"role\":\"user\",\"content\":"
	"\"\"},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\","
	"\"text\":\"2\"}]},{\"role\":\"user\",\"content\":\"3\"},"
	"{\"role\":\"user\",\"content\":\"4\"}]}",
	0, "u", "u", "c:1|m:audio|a:|a:2|c:3|c:4", false},
    {"", "{\"user\":42,\"stream\":\"\"}", 0, "42", "42", "", false},
    {"", "{\"user\":null,\"safety_identifier\":\"s\"}", 0, "s", "s", "", false},
    {"", "{}", CHANNEL_READ_NO_CONVERSATION, NULL, NULL, "", false},
    {"", "[]", CHANNEL_READ_BAD_BODY, NULL, NULL, "", false},
    {"", "{\"user\":\"a\"", CHANNEL_READ_BAD_BODY, NULL, NULL, "", false},
    {"", "{\"stream\":true,\"stream\":false}", CHANNEL_READ_BAD_BODY, NULL,
	NULL, "", false},
    {"", "{\"user\":\"\"}", CHANNEL_READ_BAD_ID, NULL, NULL, "", false},
    {"", "{\"user\":\"a\\nb\"}", CHANNEL_READ_BAD_ID, NULL, NULL, "", false},
    {"", "{\"user\":[\"a\"]}", CHANNEL_READ_BAD_ID, NULL, NULL, "", false},
    {"X-Conversation-Id:\r\n", "{\"user\":\"a\"}", CHANNEL_READ_BAD_ID, NULL,
	NULL, "", false},
    {"X-Conversation-Id: a\r\nX-Conversation-Id: b\r\n", "{}",
	CHANNEL_READ_BAD_ID, NULL, NULL, "", false},
    /* Two conversations; a customer's id is none. */
    {"X-Conversation-Id: a\r\n", "{\"metadata\":{\"conversation_id\":\"b\"}}",
	CHANNEL_READ_BAD_ID, NULL, NULL, "", false},
    {"X-Conversation-Id: a\r\n", "{\"metadata\":{\"conversation_id\":[]}}",
	CHANNEL_READ_BAD_ID, NULL, NULL, "", false},
    {"X-Conversation-Id: a\r\n",
	"{\"metadata\":{\"conversation_id\":\"a\"},\"user\":\"b\"}", 0, "a",
	"b", "", false},
    {"X-Conversation-Id: a\r\n", "{\"metadata\":{\"conversation_id\":\"\"}}", 0,
	"a", NULL, "", false},
    {"X-Conversation-Id: \xff\r\n", "{}", CHANNEL_READ_BAD_ID, NULL, NULL, "",
	false},
};

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static char *turns_of(const struct channel_request *r)
{
	static const char letters[] = {[CHANNEL_TURN_CUSTOMER] = 'c',
	    [CHANNEL_TURN_MEDIA] = 'm',
	    [CHANNEL_TURN_AI] = 'a'};
	struct buf out = {0};

	buf_adds(&out, "");
	for (size_t i = 0; i < r->n_turns; i++) {
		struct span text = channel_turn_text(r, i);
		assert_int_equal(text.p[text.len], '\0');
		buf_printf(&out, "%s%c:%s", i ? "|" : "",
		    letters[r->turns[i].kind], text.p);
	}
	return buf_steal(&out);
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct channel_request r;
		int err = read_one(rows[i].fields, rows[i].body, &r);
		char *turns = turns_of(&r);
		if (err != rows[i].err || r.stream != rows[i].stream ||
		    (err == 0 && !same(r.conversation, rows[i].conversation)) ||
		    (err == 0 && !same(r.customer, rows[i].customer)) ||
		    !same(turns, rows[i].turns))
			fail_msg("row %zu: %d %s %s %s", i, err,
			    r.conversation ? r.conversation : "-",
			    r.customer ? r.customer : "-", turns);
		free(turns);
		assert_int_equal(err != 0, r.error != NULL);
		channel_request_clear(&r);
	}
}

static void test_other_json(void **state)
{
	struct channel_request r;

	assert_int_equal(read_one("", "[1]", &r), CHANNEL_READ_BAD_BODY);
	assert_non_null(strstr(r.error, "it is JSON, but no object"));
	channel_request_clear(&r);
	assert_int_equal(read_one("", "[1", &r), CHANNEL_READ_BAD_BODY);
	assert_null(strstr(r.error, "it is JSON"));
	channel_request_clear(&r);
}

static void test_messages_asked(void **state)
{
	static const struct {
		const char *n;
		size_t asked;
	} of[] = {{"1", 1}, {"3", 3}, {"0", 1}, {"null", 1}, {"-2", 1},
	    {"2.0", 1}, {"[2]", 1}, {"\"2\"", 2}, {"99999999", 1}};

	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		struct channel_request r;
		struct buf body = {0};
		buf_printf(&body, "{\"user\":\"u\",\"n\":%s}", of[i].n);
		assert_int_equal(read_one("", body.data, &r), 0);
		if (r.messages != of[i].asked)
			fail_msg("%s: %zu", of[i].n, r.messages);
		channel_request_clear(&r);
		buf_clear(&body);
	}
}

static void test_missing_names_the_places(void **state)
{
	struct channel_request r;

	assert_int_equal(read_one("", "{}", &r), CHANNEL_READ_NO_CONVERSATION);
	assert_string_equal(r.error,
	    "This request names no conversation. Send an id in header "
	    "X-Conversation-Id, JSON /metadata/conversation_id, JSON /user or "
	    "JSON /safety_identifier.");
	channel_request_clear(&r);
}

static void test_facts(void **state)
{
	struct channel_request r;

	assert_int_equal(
	    read_one("Accept-Language: de-CH, en;q=0.5\r\n",
		"{\"user\":\"a\",\"metadata\":{\"segment\":\"vip\","
		"\"resolved\":true,\"repeat_contact\":\"no\","
		"\"zone\":\"ai_assists\",\"interaction_type\":\"billing\"}}",
		&r),
	    0);
	assert_string_equal(r.facts.language, "de-CH");
	assert_string_equal(r.facts.segment, "vip");
	assert_string_equal(r.facts.resolved, "yes");
	assert_string_equal(r.facts.repeat_contact, "no");
	assert_string_equal(r.facts.zone, "ai_assists");
	assert_string_equal(r.facts.interaction_type, "billing");
	channel_request_clear(&r);
	assert_int_equal(
	    read_one("Accept-Language: *\r\n",
		"{\"user\":\"a\",\"metadata\":{\"resolved\":1}}", &r),
	    0);
	assert_null(r.facts.language);
	assert_null(r.facts.resolved);
	assert_null(r.facts.segment);
	channel_request_clear(&r);
}

static void test_other_sources(void **state)
{
	struct channel *before = channel;
	struct channel_request r;

	channel = openai_channel("ids: {conversation: [\"cookie:sid\"], "
				 "on_missing: anonymous}\n"
				 "limits: {max_body: 64}\n");
	assert_int_equal(
	    read_one("Cookie: a=b; sid=s 1; c=d\r\n", "{}", &r), 0);
	assert_string_equal(r.conversation, "s 1");
	assert_false(r.anonymous);
	channel_request_clear(&r);
	assert_int_equal(read_one("Cookie: xsid=1; sidx=2\r\n", "{}", &r), 0);
	assert_null(r.conversation);
	assert_true(r.anonymous);
	channel_request_clear(&r);
	assert_int_equal(
	    read_one("",
		"{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaa\":1}",
		&r),
	    CHANNEL_READ_TOO_LARGE);
	channel_request_clear(&r);
	channel_free(channel);
	channel = before;
}

/* Names under which the conversation may be known already. */
static void test_others(void **state)
{
	struct channel_request r;

	assert_int_equal(
	    read_one("X-Conversation-Id: a\r\n",
		"{\"user\":\"b\",\"safety_identifier\":\"c\"}", &r),
	    0);
	assert_string_equal(r.conversation, "a");
	assert_int_equal(r.n_others, 2);
	assert_string_equal(r.others[0], "b");
	assert_string_equal(r.others[1], "c");
	channel_request_clear(&r);
	assert_int_equal(
	    read_one("", "{\"user\":\"b\",\"safety_identifier\":\"b\"}", &r),
	    0);
	assert_int_equal(r.n_others, 0);
	channel_request_clear(&r);
	assert_int_equal(read_one("X-Conversation-Id: a\r\n",
			     "{\"metadata\":{\"conversation_id\":\"b\"}}", &r),
	    CHANNEL_READ_BAD_ID);
	assert_non_null(strstr(r.error, "two conversations"));
	channel_request_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_others),
	    cmocka_unit_test(test_other_json),
	    cmocka_unit_test(test_messages_asked),
	    cmocka_unit_test(test_missing_names_the_places),
	    cmocka_unit_test(test_facts),
	    cmocka_unit_test(test_other_sources),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
