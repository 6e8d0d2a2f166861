/* view: every byte knows where it came from, however little is kept for it. */
#include "rules/view.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct origin {
	uint32_t from, to;
};

static void letters(struct text_view *v, const char *s, uint32_t start)
{
	char padded[64] = {0};
	size_t n = strlen(s);
	memcpy(padded, s, n);
	assert_int_equal(view_reserve(v, n), 0);
	view_add_letters(v, padded, n, start, VIEW_SMALL);
}

static void assert_origins(
    const struct text_view *v, const struct origin *origins, size_t n)
{
	assert_int_equal(v->len, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(text_from(v, i), origins[i].from);
		assert_int_equal(text_to(v, i), origins[i].to);
	}
}

static void ordinary_text_is_one_piece(void **state)
{
	struct text_view v = {0};
	view_reset(&v);
	letters(&v, "Hello", 0);
	assert_int_equal(view_add(&v, ' ', 5, 6), 0);
	letters(&v, "extraordinarily", 6);
	assert_int_equal(view_reserve(&v, 1), 0);
	view_add_ascii(&v, '1', 21);
	assert_memory_equal(v.bytes, "hello extraordinarily1", v.len);
	assert_int_equal(v.n_pieces, 1);
	for (uint32_t i = 0; i < v.len; i++) {
		assert_int_equal(text_from(&v, i), i);
		assert_int_equal(text_to(&v, i), i + 1);
	}
	view_clear(&v);
}

static void what_was_changed_keeps_its_origin(void **state)
{
	struct text_view v = {0};
	view_reset(&v);
	letters(&v, "a", 0);
	assert_int_equal(view_add(&v, 0xE9, 1, 3), 0); /* two bytes */
	assert_int_equal(view_add(&v, 'f', 3, 6), 0);  /* a ligature */
	assert_int_equal(view_add(&v, 'i', 3, 6), 0);
	assert_int_equal(view_add(&v, 'f', 6, 9), 0);
	letters(&v, "bc", 9);
	letters(&v, "d", 14); /* something was dropped */
	const struct origin origins[] = {{0, 1}, {1, 3}, {1, 3}, {3, 6}, {3, 6},
	    {6, 9}, {9, 10}, {10, 11}, {14, 15}};
	assert_origins(&v, origins, sizeof(origins) / sizeof(origins[0]));
	view_clear(&v);
}

static void starts_over(void **state)
{
	struct text_view v = {0};
	view_reset(&v);
	letters(&v, "ab", 0);
	view_reset(&v);
	letters(&v, "cd", 2); /* not the going on of the last text */
	const struct origin origins[] = {{2, 3}, {3, 4}};
	assert_origins(&v, origins, 2);
	view_clear(&v);
}

static void grows(void **state)
{
	struct text_view v = {0};
	view_reset(&v);
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(view_add(&v, 'x', 2 * i, 2 * i + 1), 0);
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(text_from(&v, i), 2 * i);
		assert_int_equal(text_to(&v, i), 2 * i + 1);
	}
	view_clear(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ordinary_text_is_one_piece),
	    cmocka_unit_test(what_was_changed_keeps_its_origin),
	    cmocka_unit_test(starts_over),
	    cmocka_unit_test(grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
