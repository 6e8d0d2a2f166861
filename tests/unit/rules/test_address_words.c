/* address_words: a word has all its lists, an end only where more is in front,
 * and nothing is left when memory runs out. */
#include "rules/address_words.h"
#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint32_t find(const struct address_words *w, const char *word)
{
	return address_words_find(w, word, strlen(word));
}

static uint32_t end(const struct address_words *w, const char *word)
{
	return address_words_end(w, word, strlen(word));
}

static void words_have_their_lists(void **state)
{
	struct arena arena;
	struct address_words w;
	arena_init(&arena);
	assert_int_equal(address_words_build(&w, &arena), 0);
	assert_int_equal(find(&w, "road"), ADDRESS_STREET);
	assert_int_equal(find(&w, "av"), ADDRESS_PERHAPS_BEGIN);
	assert_int_equal(find(&w, "avenue"),
	    ADDRESS_STREET | ADDRESS_FRENCH | ADDRESS_PERHAPS_BEGIN);
	assert_int_equal(
	    find(&w, "s"), ADDRESS_DIRECTION | ADDRESS_OF | ADDRESS_JOIN);
	assert_int_equal(find(&w, "v\u00E4gen"), ADDRESS_END);
	assert_int_equal(find(&w, "roads"), 0);
	assert_int_equal(find(&w, "roa"), 0);
	assert_int_equal(find(&w, ""), 0);
	assert_int_equal(end(&w, "hauptstrasse"), ADDRESS_END);
	assert_int_equal(end(&w, "ginsterweg"), ADDRESS_PERHAPS_END);
	assert_int_equal(end(&w, "abstrasse"), 0);
	assert_int_equal(end(&w, "strasse"), 0);
	assert_int_equal(end(&w, "strassen"), 0);
	arena_clear(&arena);
}

static int build(void *arg)
{
	struct arena arena;
	struct address_words w;
	arena_init(&arena);
	int err = address_words_build(&w, &arena);
	arena_clear(&arena);
	return err;
}

static void out_of_memory(void **state)
{
	assert_true(failmalloc_each(build, NULL) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_have_their_lists),
	    cmocka_unit_test(out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
