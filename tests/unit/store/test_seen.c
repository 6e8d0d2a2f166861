/* seen: never forgets, and says so when it can no longer tell. */
#include "proxy/store/seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_new_then_known(void **state)
{
	struct seen s = {0};
	(void)state;
	assert_false(seen_add(&s, 7));
	assert_true(seen_add(&s, 7));
	assert_false(seen_add(&s, 0));
	assert_true(seen_add(&s, 0));
	seen_clear(&s);
	assert_false(seen_add(&s, 7));
	seen_clear(&s);
}

static void test_keeps_all_while_growing(void **state)
{
	struct seen s = {0};
	(void)state;
	for (uint64_t i = 1; i <= 10000; i++)
		assert_false(seen_add(&s, i << 6));
	for (uint64_t i = 1; i <= 10000; i++)
		assert_true(seen_add(&s, i << 6));
	seen_clear(&s);
}

static void test_full_claims_everything(void **state)
{
	struct seen s = {0};
	(void)state;
	for (uint64_t i = 1; i <= SEEN_MAX; i++)
		seen_add(&s, i);
	assert_true(s.full);
	assert_true(seen_add(&s, SEEN_MAX + 5));
	seen_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_new_then_known),
	    cmocka_unit_test(test_keeps_all_while_growing),
	    cmocka_unit_test(test_full_claims_everything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
