/* log: one line whatever it holds, and the level. */
#include "proxy/base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What call writes to stderr, into out. */
static void capture(char *out, size_t size, void (*call)(void))
{
	int ends[2], saved = dup(2);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], 2);
	call();
	dup2(saved, 2);
	close(saved);
	close(ends[1]);
	ssize_t n = read(ends[0], out, size - 1);
	close(ends[0]);
	out[n > 0 ? n : 0] = '\0';
}

static void hostile(void)
{
	log_line(LOG_WARN, "c1\n", "host \"%s\" \\", "a\r\nb\x1b[31m\xc3\xa9");
}

static void quiet(void)
{
	log_set_level(LOG_WARN);
	log_line(LOG_INFO, "main", "not this");
	log_line(LOG_ERROR, "main", "this");
	log_set_level(LOG_INFO);
	log_line(LOG_DEBUG, "main", "nor this");
}

static void endless(void)
{
	char big[9000];
	memset(big, 'x', sizeof(big));
	log_line(LOG_INFO, "main", "%.*s", (int)sizeof(big), big);
}

static void test_one_line(void **state)
{
	char out[8192];
	capture(out, sizeof(out), hostile);
	assert_int_equal(strlen("2026-11-03T14:02:19.907551Z"), 27);
	assert_string_equal(out + 27,
	    " warn  c1\\x0a: host \"a\\x0d\\x0ab"
	    "\\x1b[31m\\xc3\\xa9\" \\\n");
	capture(out, sizeof(out), endless);
	assert_string_equal(out + strlen(out) - 5, "x...\n");
	assert_true(strlen(out) < 4200);
}

static void test_levels(void **state)
{
	char out[1024];
	capture(out, sizeof(out), quiet);
	assert_string_equal(out + 27, " error main: this\n");
	assert_int_equal(log_level_parse("debug"), LOG_DEBUG);
	assert_int_equal(log_level_parse("error"), LOG_ERROR);
	assert_int_equal(log_level_parse("loud"), -1);
}

static void test_escape_twice(void **state)
{
	struct buf once = {0}, twice = {0};
	log_escape(&once, "\x00\x7f\\ ok", 6);
	assert_string_equal(once.data, "\\x00\\x7f\\ ok");
	log_escape(&twice, once.data, once.len);
	assert_string_equal(twice.data, once.data);
	buf_clear(&once);
	buf_clear(&twice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_line),
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_escape_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
