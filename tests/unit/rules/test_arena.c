/* arena: alignment, zeroes, large blocks, overflow, memory. */
#include "rules/arena.h"

#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_pieces_are_aligned_zeroed_and_apart(void **state)
{
	struct arena a;
	arena_init(&a);
	unsigned char *before = NULL;
	for (size_t size = 0; size < 3000; size += 7) {
		unsigned char *p = arena_alloc(&a, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
		assert_ptr_not_equal(p, before);
		before = p;
	}
	assert_true(a.used >= 3000 / 7 * 1500);
	arena_clear(&a);
	assert_int_equal(a.used, 0);
	arena_clear(&a);
}

static void test_a_large_piece_gets_its_own_block(void **state)
{
	struct arena a;
	arena_init(&a);
	char *small = arena_alloc(&a, 16);
	char *large = arena_alloc(&a, 1 << 20);
	assert_non_null(small);
	assert_non_null(large);
	memset(large, 1, 1 << 20);
	assert_int_equal(small[0], 0);
	arena_clear(&a);
}

static void test_products_that_overflow(void **state)
{
	struct arena a;
	arena_init(&a);
	assert_null(arena_array(&a, SIZE_MAX / 2, 3));
	assert_null(arena_array(&a, 3, SIZE_MAX / 2));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - alignof(max_align_t)));
	assert_null(arena_strndup(&a, "", SIZE_MAX));
	assert_non_null(arena_array(&a, SIZE_MAX, 0));
	assert_non_null(arena_array(&a, 0, SIZE_MAX));
	arena_clear(&a);
}

static void test_copies(void **state)
{
	struct arena a;
	arena_init(&a);
	assert_string_equal(arena_strdup(&a, "word"), "word");
	char *cut = arena_strndup(&a, "a\0b", 3);
	assert_memory_equal(cut, "a\0b", 4);
	assert_string_equal(arena_strndup(&a, "word", 2), "wo");
	arena_clear(&a);
}

static int fill(void *arg)
{
	struct arena a;
	arena_init(&a);
	int rc = 0;
	for (size_t i = 0; i < 40 && rc == 0; i++)
		if (!arena_alloc(&a, 4000))
			rc = -1;
	arena_clear(&a);
	return rc;
}

static void test_memory(void **state)
{
	assert_true(failmalloc_each(fill, NULL) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pieces_are_aligned_zeroed_and_apart),
	    cmocka_unit_test(test_a_large_piece_gets_its_own_block),
	    cmocka_unit_test(test_products_that_overflow),
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
