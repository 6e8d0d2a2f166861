/* texts: blocks that outlive what they were shared from, and no longer. */
#include "tests/unit/store/fixture.h"

#include "proxy/store/texts.h"

static void test_add_and_drop(void **state)
{
	struct texts t = {0};
	char *large = mem_alloc(100000);

	memset(large, 'x', 100000);
	const char *first = texts_add(&t, "one", 3);
	assert_string_equal(first, "one");
	assert_string_equal(texts_add(&t, large, 99999) + 99998, "x");
	assert_string_equal(texts_add(&t, NULL, 0), "");
	assert_true(t.bytes > 100000 && t.bytes < 100000 + 40000);
	assert_string_equal(first, "one");
	texts_drop(&t);
	texts_drop(&t);
	assert_true(t.bytes < 40000);
	texts_drop(&t);
	assert_int_equal(t.bytes, 0);
	assert_string_equal(texts_add(&t, "again", 5), "again");
	texts_clear(&t);
	assert_int_equal(t.bytes, 0);
	texts_clear(&t);
	free(large);
}

static void test_short_ones_take_little(void **state)
{
	struct texts t = {0};

	texts_add(&t, "hello", 5);
	assert_true(t.bytes <= 512);
	for (int i = 0; i < 10000; i++)
		texts_add(&t, "hello", 5);
	assert_true(t.bytes < 10001 * 6 + 40000);
	assert_true(t.n < 16);
	texts_clear(&t);
}

static void test_shared(void **state)
{
	struct texts t = {0};
	struct texts_shared none = texts_share(&t);
	const char *texts[2000];
	struct texts_shared shared[2000];
	char text[24];

	texts_unshare(&none);
	for (int i = 0; i < 2000; i++) {
		int n = snprintf(text, sizeof(text), "text %d", i);

		texts[i] = texts_add(&t, text, (size_t)n);
		shared[i] = texts_share(&t);
		if (i >= 50)
			texts_drop(&t);
	}
	assert_true(t.bytes < 40000);
	texts_clear(&t);
	for (int i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		assert_string_equal(texts[i], text);
		texts_unshare(&shared[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_add_and_drop),
	    cmocka_unit_test(test_short_ones_take_little),
	    cmocka_unit_test(test_shared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
