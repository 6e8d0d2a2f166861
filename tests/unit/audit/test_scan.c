/* scan: finds fields of the outermost object and nothing that looks alike. */
#include "proxy/audit/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char line[] =
    "{\"a\":{\"seq\":9,\"type\":\"in\"},\"b\":\"\\\"seq\\\":7 {[\","
    "\"list\":[\"seq\",{\"seq\":8}],\"seq\":42,\"type\":\"decision\"}";

static void test_finds(void **state)
{
	assert_int_equal(scan_number(line, strlen(line), "seq"), 42);
	assert_true(scan_is(line, strlen(line), "type", "decision"));
	assert_false(scan_is(line, strlen(line), "type", "in"));
	assert_false(scan_is(line, strlen(line), "type", "decisions"));
	char *b = scan_text(line, strlen(line), "b");
	assert_string_equal(b, "\\\"seq\\\":7 {[");
	free(b);
	assert_null(scan_text(line, strlen(line), "c"));
	assert_null(scan_text(line, strlen(line), "a"));
	assert_true(scan_is_whole(line, strlen(line)));
}

static void test_objects(void **state)
{
	static const char nested[] =
	    "{\"a\":{\"b\":\"}\\\"{\",\"c\":{\"d\":1},\"e\":[{}]},"
	    "\"f\":{},\"g\":\"{}\",\"h\":[{}]}";
	static const char a[] = "{\"b\":\"}\\\"{\",\"c\":{\"d\":1},\"e\":[{}]}";
	size_t n = 0;
	const char *at = scan_object(nested, strlen(nested), "a", &n);
	assert_non_null(at);
	assert_int_equal(n, strlen(a));
	assert_memory_equal(at, a, n);
	char *b = scan_text(at, n, "b");
	assert_string_equal(b, "}\\\"{");
	free(b);
	assert_non_null(scan_object(nested, strlen(nested), "f", &n));
	assert_int_equal(n, 2);
	assert_null(scan_object(nested, strlen(nested), "b", &n));
	assert_null(scan_object(nested, strlen(nested), "g", &n));
	assert_null(scan_object(nested, strlen(nested), "h", &n));
	for (size_t len = 0; len < (size_t)(at - nested) + strlen(a); len++)
		assert_null(scan_object(nested, len, "a", &n));
}

/* Every prefix, in memory that ends with it: never beyond, never whole. */
static void test_every_prefix(void **state)
{
	for (size_t n = 0; n < strlen(line); n++) {
		char *part = malloc(n > 0 ? n : 1);
		memcpy(part, line, n);
		if (scan_is_whole(part, n))
			fail_msg("whole: %.*s", (int)n, part);
		scan_number(part, n, "type");
		free(scan_text(part, n, "b"));
		free(part);
	}
}

static void test_not_lines(void **state)
{
	static const char *const bad[] = {"", "{}", "{\"seq\":0}",
	    "{\"seq\":-1}", "{\"seq\":\"x\"}", "[{\"seq\":1}]", "}{\"seq\":1}",
	    "{\"seq\":1234567890123456789012}", "{\"seq\":1}x",
	    "{\"seq\":1,\"b\":\"\x01\"}"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (scan_is_whole(bad[i], strlen(bad[i])))
			fail_msg("whole: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finds),
	    cmocka_unit_test(test_objects),
	    cmocka_unit_test(test_every_prefix),
	    cmocka_unit_test(test_not_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
