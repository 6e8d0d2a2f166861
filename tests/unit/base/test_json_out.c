/* json_out: the canonical form, and that disorder is a bug that stops. */
#include "proxy/base/json_out.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_shape(void **state)
{
	struct buf b = {0};
	struct json_out j;
	json_out_init(&j, &b);
	json_out_object(&j);
	json_out_key(&j, "a");
	json_out_array(&j);
	json_out_int(&j, -1);
	json_out_str(&j, NULL);
	json_out_object(&j);
	json_out_end(&j);
	json_out_array(&j);
	json_out_end(&j);
	json_out_end(&j);
	json_out_key(&j, "ab");
	json_out_bool(&j, true);
	json_out_key(&j, "b");
	json_out_raw(&j, "[1,2]", 5);
	json_out_key(&j, "c");
	json_out_int(&j, INT64_MAX);
	json_out_key(&j, "d");
	json_out_int(&j, INT64_C(9007199254740992));
	assert_false(json_out_is_done(&j));
	json_out_end(&j);
	assert_true(json_out_is_done(&j));
	assert_string_equal(b.data,
	    "{\"a\":[-1,null,{},[]],\"ab\":true,"
	    "\"b\":[1,2],\"c\":\"9223372036854775807\","
	    "\"d\":9007199254740992}");
	buf_clear(&b);
}

static void expect_quoted(const char *in, size_t n, const char *expected)
{
	struct buf b = {0};
	json_out_quote(&b, in, n);
	assert_string_equal(b.data, expected);
	buf_clear(&b);
}

static void test_strings(void **state)
{
	expect_quoted("", 0, "\"\"");
	expect_quoted("\"\\/\b\t\n\v\f\r\0\x1f\x7f", 12,
	    "\"\\\"\\\\/\\b\\t\\n\\u000b\\f\\r\\u0000\\u001f\x7f\"");
	expect_quoted("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\x9f\xbf", 12,
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\x9f\xbf\"");
}

/* One U+FFFD for each maximal subpart (table 3-8 of the Unicode standard and
 * the usual suspects). */
static void test_not_utf8(void **state)
{
#define R "\xef\xbf\xbd"
	expect_quoted("a\xf1\x80\x80\xe1\x80\xc2"
		      "b\x80"
		      "c\x80\xbf"
		      "d",
	    13, "\"a" R R R "b" R "c" R R "d\"");
	expect_quoted("\xc0\xaf", 2, "\"" R R "\"");
	expect_quoted("\xed\xa0\x80", 3, "\"" R R R "\"");
	expect_quoted("\xf4\x90\x80\x80", 4, "\"" R R R R "\"");
	expect_quoted("\xe2\x82", 2, "\"" R "\"");
	expect_quoted("\xe2\x82\"", 3, "\"" R "\\\"\"");
	expect_quoted("\xff\n", 2, "\"" R "\\n\"");
#undef R
}

static int compare(const char *a, const char *b)
{
	return json_out_compare(a, strlen(a), b, strlen(b));
}

/* RFC 8785 section 3.2.3 sorts by UTF-16 units. */
static void test_order(void **state)
{
	static const char *const sorted[] = {"", "1", "a", "aa", "b",
	    "\xc2\x80", "\xc3\xb6", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
	    "\xee\x80\x80", "\xef\xac\xb3"};
	int n = sizeof(sorted) / sizeof(sorted[0]);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++) {
			int got = compare(sorted[i], sorted[k]);
			assert_int_equal(
			    (got > 0) - (got < 0), (i > k) - (i < k));
		}
}

static void misuse(int which)
{
	struct buf b = {0};
	struct json_out j;
	json_out_init(&j, &b);
	json_out_object(&j);
	if (which == 0)
		json_out_int(&j, 1);
	json_out_key(&j, "b");
	if (which == 1)
		json_out_end(&j);
	json_out_int(&j, 1);
	if (which == 2)
		json_out_key(&j, "a");
	if (which == 3)
		json_out_key(&j, "b");
	json_out_end(&j);
	if (which == 4)
		json_out_end(&j);
	buf_clear(&b);
}

static void test_misuse_asserts(void **state)
{
	for (int which = 0; which <= 5; which++) {
		pid_t child = fork();
		if (child == 0) {
			signal(SIGABRT, SIG_DFL);
			close(2);
			misuse(which);
			_exit(0);
		}
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		bool stopped = WIFSIGNALED(status);
		if (stopped != (which < 5))
			fail_msg("misuse %d: stopped %d", which, stopped);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_shape),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_not_utf8),
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_misuse_asserts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
