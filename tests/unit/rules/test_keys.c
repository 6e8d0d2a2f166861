/* keys: the tables fit together, so that nothing is left out of a schema. */
#include "rules/guard_keys.h"

#include "rules/load_holds.h"
#include "rules/load_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct load_key *find_key(const char *block, const char *key)
{
	for (const struct load_block *b = load_blocks; b->name; b++) {
		if (strcmp(b->name, block) != 0)
			continue;
		for (const struct load_key *k = b->keys; k->name; k++)
			if (strcmp(k->name, key) == 0)
				return k;
	}
	return NULL;
}

static bool is_block(const char *name)
{
	for (size_t i = 0; guard_block(i); i++)
		if (strcmp(guard_block(i), name) == 0)
			return true;
	return false;
}

static void test_every_key_says_what_it_holds(void **state)
{
	struct guard_key k;
	size_t n = 0;
	for (size_t b = 0; guard_block(b); b++)
		for (size_t i = 0; guard_block_key(guard_block(b), i, &k);
		     i++) {
			n++;
			assert_non_null(k.about);
			if (!k.n_values)
				fail_msg("\"%s\" of \"%s\" has no row in "
					 "load_holds[]",
				    k.name, guard_block(b));
		}
	assert_true(n > 100);
	assert_false(guard_block_key("no such block", 0, &k));
}

static void test_every_row_is_of_a_key(void **state)
{
	for (const struct load_hold *h = load_holds; h->block; h++) {
		if (!find_key(h->block, h->key))
			fail_msg("no \"%s\" in \"%s\"", h->key, h->block);
		bool block = h->value.held == GUARD_HELD_BLOCK;
		bool word = h->value.held == GUARD_HELD_WORD;
		assert_int_equal(block, h->value.block != NULL);
		assert_int_equal(word, h->value.words != NULL);
		if (block && !is_block(h->value.block))
			fail_msg("there is no block \"%s\"", h->value.block);
	}
	for (const struct load_required *r = load_required; r->block; r++) {
		const struct load_key *k = find_key(r->block, r->key);
		if (!k)
			fail_msg("no \"%s\" in \"%s\"", r->key, r->block);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_key_says_what_it_holds),
	    cmocka_unit_test(test_every_row_is_of_a_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
