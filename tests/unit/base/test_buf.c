/* buf: against a plain array that does the same. */
#include "proxy/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_empty(void **state)
{
	struct buf b = {0};
	buf_reset(&b);
	buf_drop(&b, 0);
	assert_int_equal(b.len, 0);
	char *s = buf_steal(&b);
	assert_string_equal(s, "");
	free(s);
	buf_add(&b, NULL, 0);
	assert_string_equal(b.data, "");
	buf_clear(&b);
	buf_clear(&b);
	buf_clear(NULL);
	assert_null(b.data);
}

static void test_add_and_print(void **state)
{
	struct buf b = {0};
	buf_adds(&b, "one");
	buf_addc(&b, ' ');
	buf_printf(&b, "%d%s", 2, "");
	buf_add(&b, "\0x", 2);
	assert_int_equal(b.len, 7);
	assert_memory_equal(b.data, "one 2\0x", 8);
	memcpy(buf_reserve(&b, 3), "abc", 3);
	buf_commit(&b, 3);
	assert_memory_equal(b.data + 7, "abc", 4);
	buf_clear(&b);
}

/* Any mixture of adds and drops leaves what an array would hold. */
static void test_model(void **state)
{
	static char model[1 << 16];
	size_t len = 0;
	uint32_t seed = 1;
	struct buf b = {0};
	for (int step = 0; step < 20000; step++) {
		seed = seed * 1664525 + 1013904223;
		size_t n = seed >> 16 & 127;
		if (seed >> 28 < 8 && len + n < sizeof(model)) {
			char c = (char)(seed >> 8);
			memset(model + len, c, n);
			len += n;
			memset(buf_reserve(&b, n), c, n);
			buf_commit(&b, n);
		} else {
			n = n < len ? n : len;
			buf_drop(&b, n);
			memmove(model, model + n, len - n);
			len -= n;
		}
		assert_int_equal(b.len, len);
		if (len == 0)
			continue;
		assert_memory_equal(b.data, model, len);
		assert_int_equal(b.data[len], 0);
	}
	char *s = buf_steal(&b);
	assert_memory_equal(s, model, len);
	free(s);
}

static void test_integers(void **state)
{
	static const int64_t values[] = {
	    0, 7, -7, 10, 4294967296, INT64_MAX, INT64_MIN};
	struct buf b = {0};
	char want[32];
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		buf_reset(&b);
		buf_add_int(&b, values[i]);
		snprintf(want, sizeof(want), "%lld", (long long)values[i]);
		assert_string_equal(b.data, want);
	}
	buf_clear(&b);
}

/* A queue that never empties stays as small as what it holds. */
static void test_queue_does_not_grow(void **state)
{
	struct buf b = {0};
	buf_adds(&b, "0123456789");
	for (int i = 0; i < 100000; i++) {
		buf_addc(&b, 'x');
		buf_drop(&b, 1);
	}
	assert_int_equal(b.len, 10);
	assert_true(b.cap + b.gap < 1024);
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_empty),
	    cmocka_unit_test(test_add_and_print),
	    cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_model),
	    cmocka_unit_test(test_queue_does_not_grow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
