/* JSON bodies edited and replaced: what stays, what goes. */
#include "proxy/channel/render.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;
static const struct channel_emit emit = {
    .text = {"A colleague helps.", 18}, .time_s = 77, .id = "id"};

#define BODY(m, rest)                                                          \
	"{ \"id\":\"c1\", "                                                    \
	"\"created\":5,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":" \
	"{\"role\":\"assistant\"" m "}" rest                                   \
	",\"finish_reason\":\"length\"}],\"usage\":{\"total_tokens\" : 3}}"

/* Replace every occurrence of word in every series by text. */
static void edit(
    const char *json, const char *word, const char *text, const char *expect)
{
	struct channel_body body;
	struct channel_edit edits[16];
	struct buf out = {0};
	size_t n = 0;

	assert_int_equal(channel_body_read(channel, span_str(json), &body), 0);
	for (size_t i = 0; i < body.n_series; i++) {
		const char *at = body.series[i].text.data;
		while ((at = strstr(at, word)) != NULL && *word != '\0') {
			size_t start = (size_t)(at - body.series[i].text.data);
			edits[n++] = (struct channel_edit){(uint32_t)i, start,
			    start + strlen(word), span_str(text)};
			at++;
		}
	}
	channel_render_edits(channel, &body, edits, n, &out);
	if (strcmp(out.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", json, out.data, expect);
	buf_clear(&out);
	channel_body_clear(&body);
}

static void test_untouched(void **state)
{
	static const char json[] = BODY(",\"content\":\"a\\u0041\"",
	    ",\"logprobs\":{\"content\":[{\"token\":\"aA\"}]}");

	edit(json, "", "", json);
}

static void test_edits(void **state)
{
	edit(BODY(",\"content\":\"card \\u00344111 and \\\"4411\\\"\"", ""),
	    "4", "*", BODY(",\"content\":\"card **111 and \\\"**11\\\"\"", ""));
	edit(BODY(",\"content\":\"one \\ud83d\\ude00 two\"", ""),
	    "\xf0\x9f\x98\x80", "\"\n",
	    BODY(",\"content\":\"one \\\"\\n two\"", ""));
	/* Parts are one text: the edit goes where it starts. */
	edit(
	    BODY(",\"content\":[{\"text\":\"re\"},{\"text\":\"fund it\"}]", ""),
	    "refund", "[x]",
	    BODY(",\"content\":[{\"text\":\"[x]\"},{\"text\":\" it\"}]", ""));
	/* A message that is touched loses its mirrors. */
	edit(BODY(",\"content\":\"ab\",\"annotations\":[]",
		 ",\"logprobs\":{\"content\":[{\"token\":\"ab\"}]}"),
	    "b", "", BODY(",\"content\":\"a\"", ""));
	/* One that contradicts itself is not passed on in any case. */
	edit(BODY(",\"content\":\"ab\"",
		 ",\"logprobs\":{\"content\":[{\"token\":\"ab\",\"bytes\":[97]}"
		 "]}"),
	    "", "", BODY(",\"content\":\"ab\"", ""));
}

/* What a rule found in ids, or in a column of tokens, goes; the rest stays. */
static void test_drops(void **state)
{
	static const char json[] =
	    "{\"id\":\"i\",\"model\":\"m\",\"usage\":{\"total_tokens\":3,"
	    "\"odd-one\":4},\"choices\":[{\"index\":0,\"message\":{\"content\":"
	    "\"a\"},\"logprobs\":{\"content\":[{\"token\":\"b\"}]}}]}";
	static const char *const left[] = {
	    "{\"usage\":{\"total_tokens\":3},\"choices\":[{\"index\":0,"
	    "\"message\":"
	    "{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"token\":\"b\"}]}"
	    "}]}",
	    "{\"id\":\"i\",\"model\":\"m\",\"usage\":{\"total_tokens\":3,"
	    "\"odd-one\":4},\"choices\":[{\"index\":0,\"message\":{\"content\":"
	    "\"a\"}}]}"};
	size_t at = 0;

	for (uint32_t i = 0; at < 2; i++) {
		struct channel_body body;
		struct buf out = {0}, said = {0};
		assert_int_equal(
		    channel_body_read(channel, span_str(json), &body), 0);
		assert_true(i < body.n_series);
		if (body.series[i].label) {
			channel_body_drop(&body, i);
			assert_true(body.dropped);
			channel_render_edits(channel, &body, NULL, 0, &out);
			assert_string_equal(out.data, left[at++]);
			/* And none of it is kept beside other words. */
			channel_render_replaced(channel, &body, &emit, &said);
			assert_null(strstr(said.data, "\"i\""));
			assert_null(strstr(said.data, "token\":"));
		}
		buf_clear(&out);
		buf_clear(&said);
		channel_body_clear(&body);
	}
}

static void test_nested(void **state)
{
#define CALL(a)                                                                \
	BODY(",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":"   \
	     "\"" a "\"}}]",                                                   \
	    "")
	edit(CALL("{\\\"to\\\":\\\"x \\\\\\\"y\\\\\\\"\\\"}"), "\"y\"", "<\">",
	    CALL("{\\\"to\\\":\\\"x <\\\\\\\">\\\"}"));
	edit(CALL("{\\\"n\\\":4111}"), "41", "#",
	    CALL("{\\\"n\\\":\\\"#11\\\"}"));
	edit(CALL("{half 41"), "41", "\"", CALL("{half \\\""));
}

/* At both ends of a text, where nothing is taken away. */
static void test_insertions(void **state)
{
	struct channel_body body;
	struct buf out = {0};
	const struct channel_edit edits[] = {
	    {0, 4, 4, {"!", 1}},
	    {0, 0, 0, {"<", 1}},
	    {0, 2, 2, {"|", 1}},
	};

	assert_int_equal(channel_body_read(channel,
			     span_str(BODY(",\"content\":[{\"text\":\"ab\"},"
					   "{\"text\":\"cd\"}]",
				 "")),
			     &body),
	    0);
	channel_render_edits(channel, &body, edits, 3, &out);
	assert_string_equal(out.data,
	    BODY(",\"content\":[{\"text\":\"<ab\"},{\"text\":\"|cd!\"}]", ""));
	buf_clear(&out);
	channel_body_clear(&body);
}

/* json NULL: no body at all. */
static void replaced(const char *json, const char *expect)
{
	struct channel_body body = {0};
	struct buf out = {0};

	if (json != NULL)
		assert_int_equal(
		    channel_body_read(channel, span_str(json), &body), 0);
	channel_render_replaced(channel, json ? &body : NULL, &emit, &out);
	if (strcmp(out.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", json ? json : "-", out.data,
		    expect);
	buf_clear(&out);
	channel_body_clear(&body);
}

#define FRESH(id, created, model)                                              \
	"{\"id\":" id ",\"object\":\"chat.completion\",\"created\":" created   \
	",\"model\":" model                                                    \
	",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","      \
	"\"content\":\"A colleague "                                           \
	"helps.\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":"      \
	"\"stop\"}],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,"   \
	"\"total_tokens\":0}}"

static void test_replaced(void **state)
{
	static const char said[] =
	    "{ \"id\":\"c1\", \"created\":5,\"model\":\"m\",\"choices\":[{"
	    "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":"
	    "\"A colleague helps.\"},\"finish_reason\":\"stop\"}],\"usage\":{"
	    "\"total_tokens\" : 3}}";

	replaced(BODY(",\"content\":\"SECRET\",\"refusal\":\"SECRET\"",
		     ",\"logprobs\":{\"content\":[{\"token\":\"SECRET\"}],"
		     "\"refusal\":[{\"token\":\"SECRET\"}]}"),
	    said);
	replaced(BODY(",\"content\":null,\"tool_calls\":[{\"function\":{"
		      "\"name\":\"f\",\"arguments\":\"SECRET\"}}]",
		     ""),
	    said);
	/* Any other text of the upstream: a fresh document. */
	replaced(BODY(",\"content\":\"a\",\"news\":\"SECRET\"", ""),
	    FRESH("\"c1\"", "5", "\"m\""));
	replaced(BODY("", ""), FRESH("\"c1\"", "5", "\"m\""));
	replaced("{\"error\":{\"message\":\"SECRET\"}}",
	    FRESH("\"id\"", "77", "\"handrail\""));
	replaced("{\"id\":\"SECRET words\",\"created\":\"x y\",\"model\":[1]}",
	    FRESH("\"id\"", "77", "\"handrail\""));
	replaced(NULL, FRESH("\"id\"", "77", "\"handrail\""));
}

static void test_all_choices(void **state)
{
	replaced("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"},"
		 "\"finish_reason\":null},{\"index\":1,\"message\":{"
		 "\"content\":[{\"text\":\"b\"}]},\"finish_reason\":null}]}",
	    "{\"choices\":[{\"index\":0,\"message\":{\"content\":"
	    "\"A colleague helps.\"},\"finish_reason\":\"stop\"},"
	    "{\"index\":1,\"message\":{\"content\":\"A colleague helps.\"},"
	    "\"finish_reason\":\"stop\"}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_untouched),
	    cmocka_unit_test(test_edits),
	    cmocka_unit_test(test_drops),
	    cmocka_unit_test(test_nested),
	    cmocka_unit_test(test_insertions),
	    cmocka_unit_test(test_replaced),
	    cmocka_unit_test(test_all_choices),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
