/* Every text of a body is found, whoever put it there. */
#include "proxy/channel/extract.h"
#include "tests/support/guard_page.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;

static int trace(const char *json, size_t len, struct buf *out)
{
	struct channel_body body;
	struct guard_page page;

	guard_page_init(&page, json, len);
	buf_adds(out, "");
	int err = channel_body_read(
	    channel, (struct span){page.data, page.len}, &body);
	for (size_t i = 0; err == 0 && i < body.n_series; i++) {
		const struct channel_series *s = &body.series[i];
		if (s->beside || s->label)
			continue;
		buf_printf(out, "%s%c%s=%s|", s->name, "streo"[s->kind],
		    s -> can_edit ? "" : "!", s->text.data);
		assert_true(s->text.len > 0);
	}
	if (err == 0 && body.has_media)
		buf_adds(out, "MEDIA");
	if (err == 0 && body.mirror_differs)
		buf_adds(out, "DIFFERS");
	channel_body_clear(&body);
	guard_page_clear(&page);
	return err;
}

#define MESSAGE(m) "{\"choices\":[{\"index\":0,\"message\":{" m "}}]}"

static const struct {
	const char *json, *texts;
} rows[] = {
    {"{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,"
     "\"model\":\"m/x:1\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
     "\"assistant\",\"content\":\"Hi \\u00e9\",\"refusal\":null},"
     "\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
     "\"prompt_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":0}},"
     "\"system_fingerprint\":\"fp_1\"}",
	"0/contents=Hi \xc3\xa9|"},
    /* Parts are one message; choices are not. */
    {"{\"choices\":[{\"index\":1,\"message\":{\"content\":[{\"type\":"
     "\"text\",\"text\":\"ref\"},{\"type\":\"text\",\"text\":\"und\"}]}},"
     "{\"index\":0,\"message\":{\"content\":\"b\",\"refusal\":\"no\"}}]}",
	"1/contents=refund|0/contents=b|0/refusals=no|"},
    {MESSAGE("\"reasoning_content\":\"r\",\"audio\":{\"id\":\"a\","
	     "\"transcript\":\"t\",\"data\":\"QUJD\",\"expires_at\":1}"),
	"0/reasoning_contentr=r|0/transcripts=t|0/message/audio/"
	"datao=QUJD|MEDIA"},
    /* Tool calls: the strings inside the string, and the numbers. */
    {MESSAGE("\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
	     "\"function\":{\"name\":\"send\",\"arguments\":"
	     "\"{\\\"to\\\":\\\"A\\\\u006en\\\",\\\"card\\\":4111}\"}}]"),
	"0/message/tool_calls/0/function/namet=send|"
	"0/message/tool_calls/0/function/argumentst=to|"
	"0/message/tool_calls/0/function/argumentst=Ann|"
	"0/message/tool_calls/0/function/argumentst=card|"
	"0/message/tool_calls/0/function/argumentst=4111|"},
    {MESSAGE("\"function_call\":{\"name\":\"f\",\"arguments\":\"{half\"}"),
	"0/message/function_call/namet=f|"
	"0/message/function_call/argumentst={half|"},
    /* Fields nobody listed, keys nobody listed, ids that are no ids. */
    {"{\"choices\":[],\"note\":\"x\",\"n\":{\"deep\":[\"y\"]}}",
	"/note (key)o!=note|/noteo=x|/n (key)o!=n|/n/deep (key)o!=deep|"
	"/n/deep/0o=y|"},
    /* Numbers as long as those people remember (labels); not times and counts.
     */
    {"{\"n\":[1,12345678,123456789,-4111111111111111,4.111111111111111e15,"
     "0.1234567890123,1.5e300],\"created\":1751234567,\"usage\":{"
     "\"total_tokens\":123456789012}}",
	"/n (key)o!=n|"},
    {"{\"id\":\"refund approved\",\"model\":\"\\u0061\","
     "\"usage\":{\"all of it\":1,\"tokens\":2}}",
	"/ido=refund approved|/modelo=a|"
	"/usage/all of it (key)o!=all of it|"},
    {"{\"error\":{\"message\":\"boom\",\"type\":\"server_error\",\"param\":"
     "null,\"code\":\"a b\"}}",
	"/errore=boom|/error/codeo=a b|"},
    {"{\"detail\":\"Not Found\"}",
	"/detail (key)o!=detail|/detailo=Not Found|"},
    {"[\"a\",[\"b\"]]", "/0o=a|/1/0o=b|"},
    {"\"a\"", "o=a|"},
    {"{}", ""},
    /* Mirrors. */
    {"{\"choices\":[{\"index\":0,\"message\":{\"content\":\"ab\"},"
     "\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-1,\"bytes\":"
     "[97],\"top_logprobs\":[]},{\"token\":\"b\"}],\"refusal\":null}}]}",
	"0/contents=ab|"},
    {"{\"choices\":[{\"index\":0,\"message\":{\"content\":\"ab\"},"
     "\"logprobs\":{\"content\":[{\"token\":\"x\"}]}}]}",
	"0/contents=ab|"},
    /* Bytes that are not their token's. */
    {"{\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[{\"token\":\"a\","
     "\"bytes\":[98]}]}}]}",
	"DIFFERS"},
    {"{\"choices\":[{\"index\":0,\"logprobs\":{\"content\":[{\"token\":"
     "\"\\\\xf0\\\\x9f!\",\"bytes\":[240,159,33]},{\"token\":\"\\u00e9\","
     "\"bytes\":[195,169]},{\"token\":\"x\",\"bytes\":null}]}}]}",
	""},
    {"{\"choices\":[{\"index\":0,\"logprobs\":{\"bytes\":[73]}}]}", "DIFFERS"},
    {MESSAGE("\"content\":\"a\",\"annotations\":[{\"type\":\"url_citation\","
	     "\"url_citation\":{\"url\":\"http://u\",\"title\":\"T\"}}]"),
	"0/contents=a|"
	"0/message/annotations/0/url_citation/urlo=http://u|"
	"0/message/annotations/0/url_citation/titleo=T|"},
    /* Other spellings of a member are that member. */
    {MESSAGE("\"Content\":\"a\""),
	"0/message/Content (key)o!=Content|0/contents=a|"},
    {"{\"choices\":[{\"index\":null,\"message\":{\"content\":\"a\"}}]}",
	"0/contents=a|"},
    /* A lone surrogate is judged as the replacement character. */
    {MESSAGE("\"content\":\"a\\ud83db\""),
	"0/contents=a\xef\xbf\xbd"
	"b|"},
};

static void test_texts(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf got = {0};
		int err = trace(rows[i].json, strlen(rows[i].json), &got);
		if (err != 0 || strcmp(got.data, rows[i].texts) != 0)
			fail_msg("%s: %d\n got %s\nwant %s", rows[i].json, err,
			    got.data, rows[i].texts);
		buf_clear(&got);
	}
}

/* What is judged and left out rather than withheld. */
static const struct {
	const char *json, *labels;
} labelled_rows[] = {
    {"{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,"
     "\"model\":\"m/x:1\",\"service_tier\":\"default\",\"choices\":[{\"index\":"
     "0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},"
     "\"finish_reason\":\"stop\"}]}",
	"labels=chatcmpl-1\nm/x:1|"},
    {"{\"id\":\"I\",\"object\":\"guarantee\",\"usage\":{\"it-works\":1,"
     "\"total_tokens\":1234567890123},\"choices\":[{\"index\":0,"
     "\"finish_reason\":\"zebra\",\"message\":{\"role\":\"user\"}}]}",
	"labels=I\nguarantee\nit-works\n1234567890123\nzebra\nuser|"},
    {"{\"id\":\"930c60df-bf64-41c9-a88e-3ec75f81e00e\",\"model\":"
     "\"930c60df-bf64-41c9-a88e-3ec75f81e00g\",\"choices\":[]}",
	"labels=930c60df-bf64-41c9-a88e-3ec75f81e00g|"},
    {"{\"n\":[1,12345678,123456789,-4111111111111111,4.111111111111111e15]}",
	"labels=123456789\n-4111111111111111\n4111111111111111|"},
    /* Columns of tokens, by what a client reads from row to row. */
    {"{\"choices\":[{\"index\":0,\"logprobs\":{\"content\":["
     "{\"token\":\"I\",\"top_logprobs\":[{\"token\":\"I\"},{\"token\":\"We\"}]}"
     ","
     "{\"token\":\" do\",\"top_logprobs\":[{\"token\":\" can\"},"
     "{\"token\":\" may\"}],\"note\":\"n\"}],\"refusal\":null}}]}",
	"tokens=I do|tokens=I can|tokens=We may|tokens=note|tokens=n|"},
    {"{\"choices\":[{\"index\":0,\"logprobs\":\"all of it\"}]}",
	"tokens=all of it|token=all of it|"},
    {"{\"choices\":[{\"index\":0,\"logprobs\":{\"tokens\":[\"a\",\"b\"],"
     "\"top_logprobs\":[{\"c\":-1}]}}]}",
	"tokens=tokens|tokens=ab|tokens=c|"},
    /* What is more than a piece of a word, once each. */
    {"{\"choices\":[{\"index\":0,\"logprobs\":[\"x\",\"a b\",\"abcdefgh\",\"a "
     "b\","
     "\" abcdefg \"]}]}",
	"tokens=xa babcdefgha b abcdefg |token=a b|token=abcdefgh|"},
    {"{\"choices\":[{\"index\":0,\"logprobs\":{\"top_logprobs\":[{\"x\":-1,"
     "\"4111 1111\":-2}]}}]}",
	"tokens=x4111 1111|token=4111 1111|"},
};

static void trace_labels(const char *json, struct buf *out)
{
	struct channel_body body;

	buf_adds(out, "");
	assert_int_equal(channel_body_read(channel, span_str(json), &body), 0);
	for (size_t i = 0; i < body.n_series; i++)
		if (body.series[i].label)
			buf_printf(out, "%s=%s|", body.series[i].name,
			    body.series[i].text.data);
	channel_body_clear(&body);
}

static void test_labels(void **state)
{
	for (size_t i = 0; i < sizeof labelled_rows / sizeof labelled_rows[0];
	     i++) {
		struct buf got = {0};
		trace_labels(labelled_rows[i].json, &got);
		if (strcmp(got.data, labelled_rows[i].labels) != 0)
			fail_msg("%s\n got %s\nwant %s", labelled_rows[i].json,
			    got.data, labelled_rows[i].labels);
		buf_clear(&got);
	}
}

/* Texts as a client may also put them together, where that is another text;
 * then the seams, as "at:series+own". */
static const struct {
	const char *json, *texts;
} joined[] = {
    {MESSAGE("\"content\":\"a b\""), ""},
    {MESSAGE("\"content\":[{\"text\":\"a b\"}]"), ""},
    {MESSAGE("\"content\":[{\"text\":\"Good news\"},{\"text\":\"I g\"}]"),
	"Good news I g 9: 10:0+9|Good news\nI g 9: 10:0+9|"},
    {MESSAGE("\"content\":[\"a\",{\"text\":\"b.\"},{\"text\":\"c\"}]"),
	"a b. c 1: 2:0+1 4: 5:0+3|a\nb.\nc 1: 2:0+1 4: 5:0+3|"},
    /* Other texts go on where a sentence has not ended. */
    {MESSAGE("\"content\":\"I g\",\"refusal\":\"uar\""),
	"I guar 3:1+0|I g uar 3: 4:1+0|I g\nuar 3: 4:1+0|"},
    {MESSAGE("\"content\":\"I g.\",\"refusal\":\"uar\""), ""},
    {MESSAGE("\"content\":\"I g\\n\",\"reasoning\":\"uar\""), ""},
    {MESSAGE("\"content\":\"(I g!\\u201d) \",\"reasoning\":\"uar\""), ""},
    /* Fields of which a client takes one, and that say the same. */
    {MESSAGE("\"reasoning\":\"a\",\"reasoning_content\":\"\\u0061\""), ""},
    {MESSAGE("\"reasoning\":\"a\",\"reasoning_content\":\"a\","
	     "\"content\":\"b\""),
	"ab 1:2+0|a b 1: 2:2+0|a\nb 1: 2:2+0|"},
    /* Choices are apart, and so is what no client shows. */
    {"{\"choices\":[{\"index\":0,\"message\":{\"content\":\"a\"}},"
     "{\"index\":1,\"message\":{\"content\":\"b\"}}]}",
	""},
    {MESSAGE("\"content\":\"a\",\"note\":\"b\""), ""},
    /* Pieces of a list nobody has heard of, wherever it is. */
    {MESSAGE("\"notes\":[\"a\",\"b\"]"),
	"ab 1:2+0|a b 1: 2:2+0|a\nb 1: 2:2+0|"},
    {"{\"notes\":[{\"x\":{\"y\":\"a\"}},{\"x\":{\"\\u0079\":\"b\"}}]}",
	"ab 1:6+0|a b 1: 2:6+0|a\nb 1: 2:6+0|"},
    {MESSAGE("\"annotations\":[{\"url_citation\":{\"title\":\"a\"}},"
	     "{\"url_citation\":{\"title\":\"b\"}}]"),
	"ab 1:1+0|a b 1: 2:1+0|a\nb 1: 2:1+0|"},
    /* Each member by itself. */
    {MESSAGE("\"details\":[{\"text\":\"a\",\"more\":\"x y\"},"
	     "{\"text\":\"b\",\"more\":\"z\"}]"),
	"ab 1:4+0|a b 1: 2:4+0|a\nb 1: 2:4+0|"
	"x yz 3:6+0|x y z 3: 4:6+0|x y\nz 3: 4:6+0|"},
    /* Below a listed place: among themselves, and with what goes on. */
    {MESSAGE("\"content\":[{\"thinking\":[{\"text\":\"a\"},"
	     "{\"text\":\"b\"}]},{\"text\":\"c\"}]"),
	"abc 1:2+0 2:3+0|a b c 1: 2:2+0 3: 4:3+0|"
	"a\nb\nc 1: 2:2+0 3: 4:3+0|ab 1:2+0|a b 1: 2:2+0|a\nb 1: 2:2+0|"},
    /* Not with the types between them. */
    {MESSAGE("\"content\":[{\"thinking\":[{\"type\":\"x\",\"text\":\"a\"},"
	     "{\"type\":\"y\",\"text\":\"b\"}]}]"),
	"ab 1:4+0|a b 1: 2:4+0|a\nb 1: 2:4+0|"
	"xy 1:3+0|x y 1: 2:3+0|x\ny 1: 2:3+0|"
	"ab 1:4+0|a b 1: 2:4+0|a\nb 1: 2:4+0|"},
    {MESSAGE("\"content\":[{\"value\":\"a.\"},{\"value\":\"b.\"},"
	     "{\"text\":\"c\"}]"),
	"a.b.c 2:3+0|a. b. c 2: 3:3+0|a.\nb.\nc 2: 3:3+0|"
	"a.b. 2:3+0|a. b. 2: 3:3+0|a.\nb. 2: 3:3+0|"},
    /* Two calls are two calls. */
    {MESSAGE("\"tool_calls\":[{\"function\":{\"name\":\"a\"}},"
	     "{\"function\":{\"name\":\"b\"}}]"),
	""},
};

static void trace_joined(const char *json, struct buf *out)
{
	struct channel_body body;

	buf_adds(out, "");
	assert_int_equal(channel_body_read(channel, span_str(json), &body), 0);
	for (size_t i = 0; i < body.n_series; i++) {
		const struct channel_series *s = &body.series[i];
		if (!s->beside)
			continue;
		assert_false(s->can_edit);
		buf_adds(out, s->text.data);
		for (size_t k = 0; k < s->seams.n; k++) {
			const struct seams_mark *m = &s->seams.marks[k];
			if (!m->seam)
				continue;
			buf_printf(out, " %zu:", m->at);
			if (m->series != SEAMS_NO_SERIES)
				buf_printf(out, "%u+%zu", m->series, m->own);
		}
		buf_adds(out, "|");
	}
	channel_body_clear(&body);
}

static void test_joined(void **state)
{
	for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++) {
		struct buf got = {0};
		trace_joined(joined[i].json, &got);
		if (strcmp(got.data, joined[i].texts) != 0)
			fail_msg("%s\n got %s\nwant %s", joined[i].json,
			    got.data, joined[i].texts);
		buf_clear(&got);
	}
}

#define BACKSLASHES_8 "\\\\\\\\\\\\\\\\"
#define BACKSLASHES_32 BACKSLASHES_8 BACKSLASHES_8 BACKSLASHES_8 BACKSLASHES_8

static const struct {
	const char *json;
	int err;
} bad[] = {
    {"", CHANNEL_BODY_NOT_JSON},
    {"<html>", CHANNEL_BODY_NOT_JSON},
    {"{\"choices\":[]", CHANNEL_BODY_NOT_JSON},
    {"{\"a\":1,\"a\":2}", CHANNEL_BODY_NOT_JSON},
    {MESSAGE("\"content\":4111"), CHANNEL_BODY_SHAPE},
    {MESSAGE("\"content\":true"), CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":1},{\"index\":1}]}", CHANNEL_BODY_SHAPE},
    /* Numbers that some clients read as another's. */
    {"{\"choices\":[{\"index\":1.0}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":1e0}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":-1}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":\"0\"}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":true}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":9007199254740993}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"Index\":0}]}", CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"index\":1},{}]}", CHANNEL_BODY_SHAPE},
    {MESSAGE("\"tool_calls\":[{\"index\":0.0,\"function\":{"
	     "\"arguments\":\"a\"}}]"),
	CHANNEL_BODY_SHAPE},
    /* Fields of which a client takes one, and that differ. */
    {MESSAGE("\"reasoning\":\"a\",\"reasoning_content\":\"b\""),
	CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"text\":\"a\",\"message\":{\"content\":\"b\"}}]}",
	CHANNEL_BODY_SHAPE},
    {"{\"choices\":[{\"message\":{\"content\":[{\"text\":\"a\"},"
     "{\"text\":\"b\"}]},\"text\":\"b\"}]}",
	CHANNEL_BODY_SHAPE},
    {MESSAGE("\"content\":[4111111111111111]"), CHANNEL_BODY_SHAPE},
    /* More escapes within escapes than are undone. */
    {MESSAGE("\"content\":\"" BACKSLASHES_32 "nguarantee\""),
	CHANNEL_BODY_SHAPE},
    {MESSAGE("\"content\":\"\",\"note\":\"" BACKSLASHES_32 "u0067\""),
	CHANNEL_BODY_SHAPE},
    {MESSAGE("\"tool_calls\":[{\"function\":{\"arguments\":\"x" BACKSLASHES_32
	     "n\"}}]"),
	CHANNEL_BODY_SHAPE},
    {MESSAGE("\"content\":\"" BACKSLASHES_32 " and Users\""), CHANNEL_BODY_OK},
    {MESSAGE("\"content\":\"\\\\\\\\\\\\\\\\nguarantee\""), CHANNEL_BODY_OK},
    /* One member in two spellings: some clients take the second. */
    {MESSAGE("\"content\":\"a\",\"Content\":\"b\""), CHANNEL_BODY_SHAPE},
    {MESSAGE("\"role\":\"a\",\"ROLE\":\"b\""), CHANNEL_BODY_SHAPE},
    {"{\"choices\":[],\"choice\xc5\xbf\":[]}", CHANNEL_BODY_SHAPE},
};

static void test_unreadable(void **state)
{
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buf got = {0};
		int err = trace(bad[i].json, strlen(bad[i].json), &got);
		if (err != bad[i].err)
			fail_msg("%s: %d", bad[i].json, err);
		buf_clear(&got);
	}
}

/* No prefix of a body is read as a body. */
static void test_truncations(void **state)
{
	size_t len = strlen(rows[0].json);

	for (size_t i = 0; i < len; i++) {
		struct buf got = {0};
		assert_int_equal(
		    trace(rows[0].json, i, &got), CHANNEL_BODY_NOT_JSON);
		buf_clear(&got);
	}
}

static void test_limits(void **state)
{
	struct channel *before = channel;
	struct buf got = {0}, many = {0};

	channel = openai_channel("limits: {max_text: 3}\n");
	static const char three[] = MESSAGE("\"content\":\"abc\"");
	static const char four[] = MESSAGE("\"content\":\"abcd\"");
	assert_int_equal(trace(three, strlen(three), &got), 0);
	assert_int_equal(
	    trace(four, strlen(four), &got), CHANNEL_BODY_TEXT_LIMIT);
	channel_free(channel);
	channel = before;
	buf_adds(&many, "[\"a\"");
	for (int i = 0; i < 5000; i++)
		buf_adds(&many, ",\"a\"");
	buf_adds(&many, "]");
	assert_int_equal(
	    trace(many.data, many.len, &got), CHANNEL_BODY_TEXT_LIMIT);
	buf_clear(&many);
	buf_clear(&got);
}

static void test_words(void **state)
{
	struct buf words = {0};

	assert_int_equal(
	    channel_body_words(channel,
		span_str("{\"a\":\"I\",\"b\":[\"\\u0067o\",12345678,"
			 "123456789,true,\"\\ud800\"]}"),
		&words),
	    0);
	assert_string_equal(
	    words.data, "I\ngo\n123456789\n\xef\xbf\xbd\na\nb\n");
	buf_clear(&words);
	assert_int_equal(channel_body_words(channel, span_str("{"), &words),
	    CHANNEL_BODY_NOT_JSON);
	assert_int_equal(words.len, 0);
	buf_clear(&words);
}

static void test_said(void **state)
{
	struct channel_body body;
	struct buf said = {0};
	const char *json = rows[1].json;

	assert_int_equal(channel_body_read(channel, span_str(json), &body), 0);
	channel_body_told(&body, CHANNEL_SAID, &said);
	assert_string_equal(said.data, "refund\nb\nno");
	channel_body_clear(&body);
	buf_reset(&said);
	json = MESSAGE(
	    "\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"function\":{"
	    "\"name\":\"f\",\"arguments\":\"{\\\"a\\\":[1,\\\"b\\\"]}\"}},"
	    "{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":"
	    "\"plain\"}}]");
	assert_int_equal(channel_body_read(channel, span_str(json), &body), 0);
	channel_body_told(&body, CHANNEL_TOOL, &said);
	assert_string_equal(said.data, "f\n{\"a\":[1,\"b\"]}\ng\nplain");
	buf_clear(&said);
	channel_body_clear(&body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_joined),
	    cmocka_unit_test(test_unreadable),
	    cmocka_unit_test(test_truncations),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_said),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
