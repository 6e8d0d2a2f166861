/* id: the shape of a name, and that no two are alike. */
#include "proxy/base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void test_names(void **state)
{
	static char names[1000][ID_BYTES];
	for (int i = 0; i < 1000; i++) {
		id_new(names[i]);
		assert_int_equal(strspn(names[i], "0123456789abcdef"), 32);
		assert_int_equal(strlen(names[i]), 32);
	}
	qsort(names, 1000, ID_BYTES, compare);
	for (int i = 1; i < 1000; i++)
		assert_string_not_equal(names[i - 1], names[i]);
}

static void test_random_fills_everything(void **state)
{
	unsigned char seen[1000] = {0}, now[1000];
	for (int i = 0; i < 20; i++) {
		id_random(now, sizeof(now));
		for (size_t at = 0; at < sizeof(now); at++)
			seen[at] |= now[at];
	}
	for (size_t at = 0; at < sizeof(seen); at++)
		assert_int_not_equal(seen[at], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_random_fills_everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
