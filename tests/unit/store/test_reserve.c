/* reserve: space that is there when it is needed, and comes back. */
#include "proxy/store/reserve.h"

#include "proxy/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define BYTES (256 * 1024)
#define STEP (64 * 1024) /* at least */

static char dir[] = "/tmp/handrail-test-XXXXXX";
static char *beside, *file;

static long held(void)
{
	struct stat st;
	return stat(file, &st) == 0 ? (long)st.st_blocks * 512 : -1;
}

/* How many steps there were. */
static int give_all(struct reserve *r)
{
	int steps = 0;
	for (long before = held(); reserve_release(r); before = held()) {
		assert_true(held() < before);
		steps++;
	}
	assert_int_equal(held(), 0);
	return steps;
}

static void test_given_up_and_kept_again(void **state)
{
	struct reserve r;
	reserve_open(&r, beside, BYTES);
	assert_true(r.kept);
	assert_true(held() >= BYTES);
	assert_int_equal(give_all(&r), BYTES / STEP);
	assert_false(r.kept);
	assert_true(reserve_keep(&r));
	assert_true(held() >= BYTES);
	reserve_close(&r);
	assert_int_equal(held(), -1);
}

/* Whoever fills the disk takes a step, not all of it. */
static void test_in_steps(void **state)
{
	struct reserve r;
	reserve_open(&r, beside, (size_t)16 * BYTES);
	assert_true(reserve_release(&r));
	assert_false(r.kept);
	assert_true(held() >= 15 * BYTES && held() < 16 * BYTES);
	assert_int_equal(r.given, BYTES);
	/* There is room: whole again. */
	assert_true(reserve_keep(&r));
	assert_true(held() >= 16 * BYTES);
	assert_int_equal(give_all(&r), 16);
	reserve_close(&r);
}

/* Killed: what is held already is kept, whatever is free now. */
static void test_after_a_kill(void **state)
{
	struct reserve killed, r;
	reserve_open(&killed, beside, BYTES);
	reserve_open(&r, beside, (size_t)1 << 40);
	assert_true(r.kept);
	assert_true(held() >= BYTES && held() < 4 * BYTES);
	reserve_close(&r);
	free(killed.path);
}

/* A program beside it gives it up: it is noticed, and not taken again before
 * there is more room than that. */
static void test_borrowed(void **state)
{
	struct reserve r, other;
	reserve_borrow(&other, beside);
	assert_false(reserve_release(&other));
	reserve_close(&other);
	reserve_open(&r, beside, BYTES);
	reserve_borrow(&other, beside);
	assert_int_equal(give_all(&other), BYTES / STEP);
	reserve_close(&other);
	assert_int_equal(held(), 0);
	assert_false(reserve_keep(&r));
	assert_true(r.given >= BYTES);
	assert_true(reserve_keep(&r));
	assert_true(held() >= BYTES);
	reserve_close(&r);
}

static void test_removed(void **state)
{
	struct reserve r;
	reserve_open(&r, beside, BYTES);
	assert_int_equal(unlink(file), 0);
	assert_true(reserve_keep(&r));
	assert_int_equal(held(), -1);
	assert_false(reserve_release(&r));
	reserve_close(&r);
}

static void test_none(void **state)
{
	struct reserve r;
	reserve_open(&r, beside, 0);
	assert_int_equal(held(), -1);
	assert_false(reserve_release(&r));
	assert_true(reserve_keep(&r));
	reserve_close(&r);
	reserve_open(&r, "/nowhere/at/all", BYTES);
	assert_false(r.kept);
	assert_false(reserve_release(&r));
	assert_false(reserve_keep(&r));
	reserve_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_given_up_and_kept_again),
	    cmocka_unit_test(test_in_steps),
	    cmocka_unit_test(test_after_a_kill),
	    cmocka_unit_test(test_borrowed),
	    cmocka_unit_test(test_removed),
	    cmocka_unit_test(test_none),
	};
	if (!mkdtemp(dir))
		return 1;
	beside = mem_printf("%s/handrail.db", dir);
	file = mem_printf("%s-reserve", beside);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(beside);
	free(file);
	return rmdir(dir) == 0 ? failed : 1;
}
