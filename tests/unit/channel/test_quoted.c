/* quoted: an edit of a text that is JSON leaves JSON. */
#include "proxy/channel/quoted.h"

#include "proxy/wire/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* `find` becomes `with`: the text as it is then; NULL: it would break. */
static const struct {
	const char *text, *find, *with, *result;
} rows[] = {
    {"{\"a\":\"x 41 y\"}", "41", "\"#\"", "{\"a\":\"x \\\"#\\\" y\"}"},
    {"[\"41\"]", "41", "\\", "[\"\\\\\"]"},
    {" \n[ \"41\" ]", "41", "a\nb", " \n[ \"a\\nb\" ]"},
    /* its end has not come yet */
    {"{\"a\":[{\"b\":\"41", "41", "\"", "{\"a\":[{\"b\":\"\\\""},
    {"{\"41\":1}", "41", "\"", "{\"\\\"\":1}"},
    {"{\"a\":41}", "41", "#", "{\"a\":\"#\"}"},
    {"{\"a\":41", "41", "#", "{\"a\":\"#\""},
    {"[true,null]", "true", "#", "[\"#\",null]"},
    {"[\"41\"]", "\"41\"", "#", "[\"#\"]"},
    {"{\"a\\\"\\u0042\":\"b\\\\\",\"c\":\"41\"}", "41", "\"",
	"{\"a\\\"\\u0042\":\"b\\\\\",\"c\":\"\\\"\"}"},
    /* JSON in a string of it, twice */
    {"{\"a\":\"{\\\"b\\\":\\\"x 41\\\"}\"}", "41", "\"\\",
	"{\"a\":\"{\\\"b\\\":\\\"x \\\\\\\"\\\\\\\\\\\"}\"}"},
    {"[\"[\\\"[\\\\\\\"41", "41", "\"", "[\"[\\\"[\\\\\\\"\\\\\\\\\\\\\\\""},
    {"[\"[41]\"]", "41", "#", "[\"[\\\"#\\\"]\"]"},
    {"[[41]]", "[41]", "#", "[\"#\"]"},
    {"[\"say 41\"]", "41", "\"", "[\"say \\\"\"]"},
    /* what is no JSON is left alone */
    {"x 41", "41", "\"", "x \""},
    {"[1] says \"41\"", "41", "\"", "[1] says \"\"\""},
    {"{a: 41}", "41", "\"", "{a: \"}"},
    {"[\"a\"} 41", "41", "\"", "[\"a\"} \""},
    {"[\"a\" 41", "41", "\"", "[\"a\" \""},
    {"[\"\\x\", 41]", "41", "\"", "[\"\\x\", \"]"},
    {"\"41\"", "41", "\"", "\"\"\""},
    /* before and behind it */
    {"{\"a\":1} 41", "41", "\"", "{\"a\":1} \""},
    {"[\"41\"]", "[\"41\"]", "all of it", "all of it"},
    /* an edit that takes its structure, or half a number */
    {"[\"4\",\"1\"]", "4\",\"1", "#", NULL},
    {"{\"a\":\"4\",\"b\":1}", "4\",", "#", NULL},
    {"[415]", "41", "#", NULL},
    {"[941]", "41", "#", NULL},
    {"[\"a\\n41\"]", "n41", "#", NULL},
    {"[\"41\\n\"]", "41\\", "#", NULL},
    {"[[4,1]]", "[4,1]", "#", NULL},
};

static void one_row(size_t i)
{
	struct span text = span_str(rows[i].text);
	const char *at = strstr(rows[i].text, rows[i].find);
	size_t start = (size_t)(at - rows[i].text);
	size_t end = start + strlen(rows[i].find);
	struct quoted q = {0};
	struct buf out = {0}, got = {0};

	enum quoted_how how =
	    quoted_write(&q, text, start, end, span_str(rows[i].with), &out);
	if (!rows[i].result) {
		if (how != QUOTED_BREAKS)
			fail_msg("row %zu does not break", i);
		buf_clear(&out);
		return;
	}
	if (how == QUOTED_BREAKS)
		fail_msg("row %zu breaks", i);
	buf_add(&got, text.p, start);
	if (how == QUOTED_AS_IS)
		buf_adds(&got, rows[i].with);
	else
		buf_add(&got, out.data, out.len);
	buf_adds(&got, rows[i].text + end);
	if (strcmp(got.data, rows[i].result) != 0)
		fail_msg(
		    "row %zu\n got %s\nwant %s", i, got.data, rows[i].result);
	buf_clear(&out);
	buf_clear(&got);
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		one_row(i);
}

/* Every insertion into every place of JSON that does not break it. */
static void test_stays_json(void **state)
{
	static const char text[] = "{\"a\\n\":[1.5,\"b\\u00e9 \\\"c\\\"\",true,"
				   "{\"d\":\"[\\\"e\\\",[]]\"},[],{}],"
				   "\"\":\"\"}";
	const size_t len = sizeof(text) - 1;
	size_t written = 0;

	for (size_t s = 1; s < len; s++)
		for (size_t e = s; e < len; e++) {
			struct quoted q = {0};
			struct buf out = {0}, got = {0};
			struct json_doc doc = {0};
			enum quoted_how how =
			    quoted_write(&q, (struct span){text, len}, s, e,
				span_str("\"\\\n"), &out);
			assert_int_not_equal(how, QUOTED_AS_IS);
			if (how == QUOTED_WRITTEN) {
				buf_add(&got, text, s);
				buf_add(&got, out.data, out.len);
				buf_add(&got, text + e, len - e);
				if (json_parse(&doc, got.data, got.len, NULL))
					fail_msg(
					    "%zu..%zu: %s", s, e, got.data);
				written++;
			}
			json_clear(&doc);
			buf_clear(&out);
			buf_clear(&got);
		}
	if (written <= 50)
		fail_msg("%zu", written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_stays_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
