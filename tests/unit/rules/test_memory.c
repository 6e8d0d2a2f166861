/* What a conversation remembers: rows that merge, totals that never come out
 * too small. */
#include "rules/guard.h"
#include "tests/support/failmalloc.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct guard_counted money(
    const char *name, const char *currency, int64_t value, int64_t times)
{
	struct guard_counted row = {.name = name,
	    .kind = GUARD_COUNTED_MONEY,
	    .value = value,
	    .times = times};
	snprintf(row.currency, sizeof(row.currency), "%s", currency);
	return row;
}

static void add(struct guard_memory *m, const struct guard_counted row)
{
	assert_int_equal(guard_memory_add(m, &row), 0);
}

static int64_t total(
    const struct guard_memory *m, const char *name, const char *currency)
{
	struct guard_counted like = money(name, currency, 0, 0);
	return guard_counted_total(m->rows, m->n, &like);
}

static void equal_rows_become_one(void **state)
{
	(void)state;
	struct guard_memory m = {0};
	char name[] = "p/a";
	add(&m, money(name, "USD", 4000, 1));
	name[2] = 'b'; /* the memory has its own copy */
	add(&m, money("p/a", "USD", 4000, 2));
	add(&m, money("p/a", "USD", 100, 1));
	add(&m, money("p/a", "EUR", 4000, 1));
	add(&m, money("p/b", "USD", 4000, 1));
	const struct guard_counted signal = {.name = "p/a", .times = 1};
	add(&m, signal);
	add(&m, signal);
	assert_int_equal(m.n, 5);
	assert_int_equal(m.rows[0].times, 3);
	assert_int_equal(m.rows[4].times, 2);
	assert_int_equal(total(&m, "p/a", "USD"), 12100);
	assert_int_equal(total(&m, "p/a", "EUR"), 4000);
	assert_int_equal(total(&m, "p/a", "GBP"), 0);
	guard_memory_clear(&m);
	assert_int_equal(m.n, 0);
}

static void totals_stop_at_the_largest(void **state)
{
	(void)state;
	struct guard_memory m = {0};
	add(&m, money("p/a", "USD", INT64_MAX / 2, 3));
	assert_int_equal(total(&m, "p/a", "USD"), INT64_MAX);
	add(&m, money("p/a", "USD", INT64_MAX / 2, INT64_MAX));
	add(&m, money("p/a", "USD", 1, 1));
	assert_int_equal(total(&m, "p/a", "USD"), INT64_MAX);
	guard_memory_clear(&m);
}

static void many_values_are_bounded_and_never_too_small(void **state)
{
	(void)state;
	struct guard_memory m = {0};
	int64_t sum = 0;
	for (int64_t value = 1000; value > 700; value--) {
		add(&m, money("p/a", "USD", value, 1));
		sum += value;
	}
	assert_int_equal(m.n, GUARD_MEMORY_VALUES);
	assert_true(total(&m, "p/a", "USD") >= sum);
	add(&m, money("p/a", "EUR", 5, 1)); /* has room of its own */
	assert_int_equal(m.n, GUARD_MEMORY_VALUES + 1);
	guard_memory_clear(&m);
}

static int add_two(void *arg)
{
	struct guard_memory m = {0};
	const struct guard_counted one = money("p/a", "USD", 1, 1);
	const struct guard_counted two = money("p/b", "USD", 1, 1);
	(void)arg;
	int err = guard_memory_add(&m, &one);
	if (!err)
		err = guard_memory_add(&m, &two);
	guard_memory_clear(&m);
	return err;
}

static void memory_that_runs_out_is_said(void **state)
{
	(void)state;
	assert_int_equal(failmalloc_each(add_two, NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equal_rows_become_one),
	    cmocka_unit_test(totals_stop_at_the_largest),
	    cmocka_unit_test(many_values_are_bounded_and_never_too_small),
	    cmocka_unit_test(memory_that_runs_out_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
