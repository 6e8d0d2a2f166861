/* cache: what was asked for last stays. */
#include "proxy/classifier/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void put(struct cache *c, unsigned char key, uint32_t score)
{
	unsigned char k[HASH_BYTES] = {key % 4}; /* buckets are shared */
	struct guard_score one = {NULL, score};
	k[31] = key;
	cache_put(c, k, &(struct dialect_scores){.items = &one, .n = 1});
}

/* The score, or -1. */
static int64_t get(struct cache *c, unsigned char key)
{
	unsigned char k[HASH_BYTES] = {key % 4};
	k[31] = key;
	const struct dialect_scores *s = cache_get(c, k);
	return s ? (int64_t)s->items[0].score : -1;
}

static void the_longest_unused_goes_first(void **state)
{
	struct cache *c = cache_new(3);
	put(c, 1, 10);
	put(c, 2, 20);
	put(c, 3, 30);
	assert_int_equal(get(c, 1), 10);
	put(c, 4, 40);
	assert_int_equal(get(c, 2), -1);
	assert_int_equal(get(c, 1), 10);
	put(c, 1, 11); /* again: replaced */
	assert_int_equal(get(c, 1), 11);
	assert_int_equal(cache_count(c), 3);
	for (unsigned i = 0; i < 200; i++)
		put(c, (unsigned char)i, i);
	assert_int_equal(cache_count(c), 3);
	assert_int_equal(get(c, 199), 199);
	assert_int_equal(get(c, 196), -1);
	cache_free(c);
}

static void none_are_kept(void **state)
{
	struct cache *c = cache_new(0);
	put(c, 1, 10);
	assert_int_equal(get(c, 1), -1);
	assert_int_equal(cache_count(c), 0);
	cache_free(c);
	cache_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_unused_goes_first),
	    cmocka_unit_test(none_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
