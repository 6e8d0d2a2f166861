/* names: numbers under names, the nearest one, memory. */
#include "rules/names.h"

#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_many_names(void **state)
{
	static char text[1000][16];
	struct names t = {0};
	assert_int_equal(names_find(&t, "0"), NAMES_NONE);
	for (uint32_t i = 0; i < 1000; i++) {
		snprintf(text[i], sizeof(text[i]), "name %u", i * 7);
		assert_int_equal(names_add(&t, text[i], i), 0);
	}
	assert_int_equal(names_add(&t, "name 7", 99), 0);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(names_find(&t, text[i]), i);
	assert_int_equal(names_find(&t, "name 8"), NAMES_NONE);
	assert_int_equal(t.n, 1000);
	names_clear(&t);
	assert_int_equal(names_find(&t, "name 7"), NAMES_NONE);
}

static void test_nearest_whatever_the_order(void **state)
{
	static const char *const all[] = {
	    "refund words", "refund word", "discount words", "promises"};
	for (size_t start = 0; start < 4; start++) {
		struct names t = {0};
		for (uint32_t i = 0; i < 4; i++)
			assert_int_equal(
			    names_add(&t, all[(start + i) % 4], i), 0);
		assert_string_equal(
		    names_nearest(&t, "refund wrds"), "refund words");
		assert_string_equal(
		    names_nearest(&t, "discount word"), "discount words");
		assert_null(names_nearest(&t, "something else"));
		names_clear(&t);
	}
}

static int fill(void *arg)
{
	static const char *const all[] = {
	    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
	struct names t = {0};
	int rc = 0;
	for (uint32_t i = 0; i < 12 && !rc; i++)
		rc = names_add(&t, all[i], i);
	names_clear(&t);
	return rc;
}

static void test_memory(void **state)
{
	assert_true(failmalloc_each(fill, NULL) >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many_names),
	    cmocka_unit_test(test_nearest_whatever_the_order),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
