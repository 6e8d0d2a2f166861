/* mem: sizes are checked and nothing is NULL. */
#include "proxy/base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_nothing_is_null(void **state)
{
	void *none = mem_alloc(0), *zeros = mem_zero(0);
	assert_non_null(none);
	assert_non_null(zeros);
	free(none);
	free(zeros);
	char *array = mem_array(3, 5);
	for (int i = 0; i < 15; i++)
		assert_int_equal(array[i], 0);
	array = mem_realloc_array(array, 30, 5);
	array[149] = 1;
	free(array);
}

static void test_strings(void **state)
{
	char *a = mem_strdup("abc"), *b = mem_strndup("abcdef", 2);
	char *c = mem_printf("%s-%d", "x", 42), *d = mem_strndup(NULL, 0);
	assert_string_equal(a, "abc");
	assert_string_equal(b, "ab");
	assert_string_equal(c, "x-42");
	assert_string_equal(d, "");
	free(a);
	free(b);
	free(c);
	free(d);
}

/* Whether the call ends the process with SIGABRT, seen from a child. */
static bool aborts(void (*call)(void))
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		close(2);
		call();
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void product_overflows(void)
{
	free(mem_array(SIZE_MAX / 2, 3));
}

static void sum_overflows(void)
{
	mem_add(SIZE_MAX, 1);
}

static void too_large(void)
{
	free(mem_alloc(SIZE_MAX));
}

static void fits(void)
{
	mem_add(SIZE_MAX - 1, 1);
	mem_mul(SIZE_MAX, 1);
	mem_mul(5, 0);
}

static void test_overflow_aborts(void **state)
{
	assert_true(aborts(product_overflows));
	assert_true(aborts(sum_overflows));
	assert_true(aborts(too_large));
	assert_false(aborts(fits));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_is_null),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_overflow_aborts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
