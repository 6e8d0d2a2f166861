/* keeping: a server that closes what it said it keeps, a few times in a row. */
#include "proxy/net/keeping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void three_in_a_row_switch_it_off_for_a_while(void **state)
{
	struct keeping k = {0};
	assert_true(keeping_is_on(&k, 1));
	assert_false(keeping_ended(&k, 0, 1));
	assert_false(keeping_ended(&k, KEEPING_EARLY_US - 1, 2));
	assert_true(keeping_is_on(&k, 2));
	assert_true(keeping_ended(&k, 0, 3));
	assert_false(keeping_is_on(&k, 4));
	assert_false(keeping_ended(&k, 0, 4)); /* told once */
	assert_true(keeping_is_on(&k, 3 + KEEPING_OFF_US));
	/* Another chance is one. */
	assert_true(keeping_ended(&k, 0, 3 + KEEPING_OFF_US));
	assert_false(keeping_is_on(&k, 4 + KEEPING_OFF_US));
}

static void a_late_end_and_an_answer_between_are_usual(void **state)
{
	struct keeping k = {0};
	for (int i = 0; i < 10; i++)
		assert_false(keeping_ended(&k, KEEPING_EARLY_US, i));
	for (int i = 0; i < 10; i++) {
		assert_false(keeping_ended(&k, 0, i));
		assert_false(keeping_ended(&k, 0, i));
		keeping_paid(&k);
	}
	assert_true(keeping_is_on(&k, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_in_a_row_switch_it_off_for_a_while),
	    cmocka_unit_test(a_late_end_and_an_answer_between_are_usual),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
