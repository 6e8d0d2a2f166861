/* JSON: what is accepted, what the spans are, JSONTestSuite. */
#include "proxy/wire/json.h"

#include "tests/support/guard_page.h"
#include "tests/support/shared.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Parse a copy that ends where readable memory ends. */
static int parse(
    const char *text, size_t len, struct json_doc *doc, struct guard_page *page)
{
	guard_page_init(page, text, len);
	return json_parse(doc, page->data, len, NULL);
}

static int verdict(const char *text, size_t len)
{
	struct json_doc doc = {0};
	struct guard_page page;
	int err = parse(text, len, &doc, &page);

	json_clear(&doc);
	guard_page_clear(&page);
	return err;
}

static const struct {
	const char *text;
	int err;
} cases[] = {
    {"{}", 0},
    {" [ ] ", 0},
    {"\"\"", 0},
    {"-0.5e+10", 0},
    {"null", 0},
    {"{\"a\":{\"a\":1},\"b\":[1,2,{\"a\":3}]}", 0},
    {"\"\\ud83d\\ude00\"", 0},
    {"\"\\ud83d\"", 0}, /* marked, see below */
    {"", JSON_ERR_TRUNCATED},
    {" ", JSON_ERR_TRUNCATED},
    {"[", JSON_ERR_TRUNCATED},
    {"[1", JSON_ERR_TRUNCATED},
    {"{\"a\"", JSON_ERR_TRUNCATED},
    {"\"\\u12", JSON_ERR_TRUNCATED},
    {"tru", JSON_ERR_TRUNCATED},
    {"truE", JSON_ERR_SYNTAX},
    {"[1,]", JSON_ERR_SYNTAX},
    {"[,1]", JSON_ERR_SYNTAX},
    {"{\"a\":1,}", JSON_ERR_SYNTAX},
    {"{a:1}", JSON_ERR_SYNTAX},
    {"[1}", JSON_ERR_SYNTAX},
    {"1 2", JSON_ERR_TRAILING},
    {"01", JSON_ERR_NUMBER},
    {"1.", JSON_ERR_TRUNCATED},
    {"1.x", JSON_ERR_NUMBER},
    {"+1", JSON_ERR_SYNTAX},
    {"NaN", JSON_ERR_SYNTAX},
    {"\"\t\"", JSON_ERR_STRING},
    {"\"\\x\"", JSON_ERR_STRING},
    {"\"\\u12g4\"", JSON_ERR_STRING},
    {"\"\xff\"", JSON_ERR_UTF8},
    {"\"\xed\xa0\x80\"", JSON_ERR_UTF8},
    {"\"\xc0\xaf\"", JSON_ERR_UTF8},
    {"\xef\xbb\xbf{}", JSON_ERR_SYNTAX},
    {"{\"a\":1,\"a\":2}", JSON_ERR_DUPLICATE_KEY},
    {"{\"a\":1,\"\\u0061\":2}", JSON_ERR_DUPLICATE_KEY},
    {"{\"\":1,\"\":2}", JSON_ERR_DUPLICATE_KEY},
    {"{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,"
     "\"i\":0,\"\\u0064\":0}",
	JSON_ERR_DUPLICATE_KEY},
    {"{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,"
     "\"i\":0,\"aa\":0,\"\":0}",
	0},
};

static void test_cases(void **state)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int err = verdict(cases[i].text, strlen(cases[i].text));
		if (err != cases[i].err)
			fail_msg("%s: %s, not %s", cases[i].text,
			    json_error_text(err),
			    json_error_text(cases[i].err));
	}
	assert_int_equal(verdict("\"a\0b\"", 5), JSON_ERR_STRING);
	assert_int_equal(verdict("1\0", 2), JSON_ERR_TRAILING);
}

/* No prefix of a document is a document. */
static void test_truncations(void **state)
{
	static const char text[] = "{\"a\":[true,false,null,-1.5e3,"
				   "\"x\\n\\u00e9\\ud83d\\ude00\xc3\xa9\"]"
				   ",\"b\":{\"c\":{}}}";

	for (size_t len = 0; len < sizeof text - 1; len++)
		if (verdict(text, len) == 0)
			fail_msg("accepted %.*s", (int)len, text);
	assert_int_equal(verdict(text, sizeof text - 1), 0);
}

static void test_spans(void **state)
{
	static const char text[] =
	    "{ \"a\" : [ 1 , \"x\\ty\" ], \"b\\u0062\":{\"c\":null} }";
	struct json_doc doc = {0};
	struct buf b = {0};

	assert_int_equal(json_parse(&doc, text, sizeof text - 1, NULL), 0);
	assert_int_equal(doc.n_nodes, 6);
	uint32_t a = json_member(&doc, 0, span_str("a"));
	assert_int_equal(a, 1);
	assert_true(span_is(json_raw(&doc, a), "[ 1 , \"x\\ty\" ]"));
	uint32_t one = doc.nodes[a].child, x = doc.nodes[one].next;
	assert_int_equal(doc.nodes[x].index, 1);
	assert_int_equal(doc.nodes[x].parent, a);
	assert_true(json_string_is(&doc, x, span_str("x\ty")));
	assert_false(json_string_is(&doc, x, span_str("x\ty ")));
	assert_false(json_string_is(&doc, one, span_str("1")));
	uint32_t bb = json_member(&doc, 0, span_str("bb"));
	assert_int_equal(doc.nodes[bb].type, JSON_IS_OBJECT);
	assert_int_equal(doc.nodes[a].next, bb);
	assert_int_equal(json_member(&doc, 0, span_str("b")), JSON_NONE);
	json_decode_key(&doc, bb, &b);
	assert_string_equal(b.data, "bb");
	buf_clear(&b);
	json_clear(&doc);
}

static void test_limits(void **state)
{
	struct json_doc doc = {0};
	const struct json_limits depth = {.max_depth = 2};
	const struct json_limits nodes = {.max_nodes = 3};
	const struct json_limits bytes = {.max_bytes = 5};

	assert_int_equal(json_parse(&doc, "[[1]]", 5, &depth), 0);
	assert_int_equal(
	    json_parse(&doc, "[[[]]]", 6, &depth), JSON_ERR_DEPTH_LIMIT);
	assert_int_equal(doc.n_nodes, 0);
	assert_int_equal(json_parse(&doc, "[1,2]", 5, &nodes), 0);
	assert_int_equal(
	    json_parse(&doc, "[1,2,3]", 7, &nodes), JSON_ERR_NODES_LIMIT);
	assert_int_equal(json_parse(&doc, "[1,2]", 5, &bytes), 0);
	assert_int_equal(
	    json_parse(&doc, "[1,2] ", 6, &bytes), JSON_ERR_SIZE_LIMIT);
	json_clear(&doc);
}

static void test_strings(void **state)
{
	/* decoded a LF e-acute(2) grin(4) half(3) z */
	static const char text[] = "\"a\\n\\u00e9\\uD83D\\uDE00\\udc00z\"";
	struct json_doc doc = {0};
	struct buf b = {0}, again = {0};

	assert_int_equal(json_parse(&doc, text, sizeof text - 1, NULL), 0);
	assert_true(doc.nodes[0].escaped);
	assert_true(doc.nodes[0].lone_surrogate);
	json_decode(&doc, 0, &b);
	assert_string_equal(b.data, "a\n\xc3\xa9\xf0\x9f\x98\x80\xed\xb0\x80z");
	struct span in = {text + 1, sizeof text - 3};
	static const size_t down[] = {
	    0, 1, 3, 3, 9, 9, 9, 9, 21, 21, 21, 27, 28};
	for (size_t i = 0; i <= b.len; i++)
		assert_int_equal(json_raw_offset(in, i, false), down[i]);
	assert_int_equal(json_raw_offset(in, 3, true), 9);
	assert_int_equal(json_raw_offset(in, 5, true), 21);
	json_quote(&again, (struct span){b.data, b.len});
	assert_string_equal(
	    again.data, "\"a\\n\xc3\xa9\xf0\x9f\x98\x80\\udc00z\"");
	buf_reset(&again);
	json_quote(&again, (struct span){"\"\\\x01\x7f\xff", 5});
	assert_string_equal(again.data, "\"\\\"\\\\\\u0001\x7f\xef\xbf\xbd\"");
	buf_clear(&b);
	buf_clear(&again);
	json_clear(&doc);
}

/* Whatever is written is read back as it was. */
static void test_round_trip(void **state)
{
	for (unsigned c = 0; c < 0x110000; c += c < 0x3000 ? 1 : 97) {
		char text[4];
		struct buf quoted = {0}, back = {0};
		struct json_doc doc = {0};
		size_t n = 0;
		if (c < 0x80)
			text[n++] = (char)c;
		else if (c < 0x800)
			text[n++] = (char)(0xc0 | c >> 6);
		else if (c < 0x10000)
			text[n++] = (char)(0xe0 | c >> 12);
		else
			text[n++] = (char)(0xf0 | c >> 18);
		if (c >= 0x10000)
			text[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		if (c >= 0x800)
			text[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		if (c >= 0x80)
			text[n++] = (char)(0x80 | (c & 0x3f));
		json_quote(&quoted, (struct span){text, n});
		assert_int_equal(
		    json_parse(&doc, quoted.data, quoted.len, NULL), 0);
		json_decode(&doc, 0, &back);
		if (back.len != n || memcmp(back.data, text, n) != 0)
			fail_msg("U+%04X: %s", c, quoted.data);
		json_clear(&doc);
		buf_clear(&quoted);
		buf_clear(&back);
	}
}

/* ---- JSONTestSuite ---- */

/*
 * y_: accepted, but for documents with the same key twice, which the RFC
 * leaves open and we refuse. n_: refused. i_ (the RFC leaves it open): bytes
 * that are not UTF-8, UTF-16 and byte order marks are refused, as is nesting
 * over the limit; lone surrogate escapes and huge numbers are accepted (a
 * number is a span to us).
 */
static bool repeats_a_key(const char *name)
{
	return strcmp(name, "y_object_duplicated_key.json") == 0 ||
	    strcmp(name, "y_object_duplicated_key_and_value.json") == 0;
}

static void judge_file(const char *folder, const char *name)
{
	char path[1024], text[1 << 20];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text, file);
	fclose(file);
	int err = verdict(text, len);
	if (name[0] == 'n' && err == 0)
		fail_msg("%s accepted", name);
	if (name[0] == 'y' && err != 0 &&
	    !(repeats_a_key(name) && err == JSON_ERR_DUPLICATE_KEY))
		fail_msg("%s: %s", name, json_error_text(err));
	bool number = strncmp(name, "i_number", 8) == 0;
	bool escape = strstr(name, "surrogate") && !strstr(name, "UTF-8");
	if (number && err != 0)
		fail_msg("%s: %s", name, json_error_text(err));
	if (name[0] == 'i' && !number && !escape && err == 0 &&
	    !strstr(name, "inverted") && !strstr(name, "1st_valid") &&
	    !strstr(name, "emoji"))
		fail_msg("%s accepted", name);
}

static void test_suite(void **state)
{
	char folder[] = "/tmp/json-suite-XXXXXX", command[1024], cases_at[512];
	const char *shared = shared_folder();
	struct dirent *entry = NULL;
	size_t n = 0;

	snprintf(command, sizeof command, "%s/data/JSONTestSuite-cases.tar.gz",
	    shared != NULL ? shared : "");
	if (shared == NULL || access(command, R_OK) != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	snprintf(command, sizeof command,
	    "tar -xzf '%s/data/JSONTestSuite-cases.tar.gz' -C %s "
	    "--strip-components=1",
	    shared, folder);
	assert_int_equal(system(command), 0);
	snprintf(cases_at, sizeof cases_at, "%s/test_parsing", folder);
	DIR *dir = opendir(cases_at);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		judge_file(cases_at, entry->d_name);
		n++;
	}
	closedir(dir);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
	assert_true(n > 300);
}

static void test_spell_number(void **state)
{
	static const struct {
		const char *raw, *spelt;
	} rows[] = {{"0", "0"}, {"-12.5", "-12.5"}, {"1e3", "1000"},
	    {"-4.111111111111111e15", "-4111111111111111"},
	    {"4.1234E+2", "412.34"}, {"12e-1", "1.2"}, {"12e-2", "0.12"},
	    {"-12e-4", "-0.0012"}, {"0.50", "0.5"}, {"10.0", "10"},
	    {"0e5", "0"}, {"-0.0", "-0"}, {"5e0", "5"}, {"100", "100"},
	    {"1e39", "1000000000000000000000000000000000000000"},
	    {"1e40", "1e40"}, {"1e99999999999", "1e99999999999"},
	    {"1e-99999999999", "0"}, {"5105105105105100.0", "5105105105105100"},
	    {"0.51051051051051e16", "5105105105105100"},
	    {"0.051051051051051e+00017", "5105105105105100"},
	    {"0.000000000000000000051051051051051e35", "5105105105105100"},
	    {"51051051051051000e-1", "5105105105105100"},
	    {"5105105105105100000e-3", "5105105105105100"},
	    {"5105105105105099.99999", "5105105105105100"},
	    {"51051051051050999999e-4", "5105105105105100"},
	    {"9007199254740993", "9007199254740993"},
	    {"9007199254740993e0", "9007199254740992"}, {"0.1", "0.1"},
	    {"-1.7976931348623157", "-1.7976931348623157"}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out = {0};
		json_spell_number(span_str(rows[i].raw), &out);
		if (strcmp(out.data, rows[i].spelt) != 0)
			fail_msg("%s: %s", rows[i].raw, out.data);
		buf_clear(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_spell_number),
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_truncations),
	    cmocka_unit_test(test_spans),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_suite),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
