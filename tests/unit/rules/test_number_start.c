/* number_start: where a number may begin, and that it does not elsewhere. */
#include "rules/number_start.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static const struct lexicon_state *words;

static int make_words(void **state)
{
	arena_init(&arena);
	words = number_start_words(&arena);
	return words ? 0 : -1;
}

static int clear_words(void **state)
{
	arena_clear(&arena);
	return 0;
}

/* Of the first token. */
static bool may_start(const char *text)
{
	struct text t;
	assert_int_equal(text_init(&t, 1000), 0);
	assert_int_equal(text_feed(&t, text, strlen(text)), 0);
	assert_int_equal(text_end(&t), 0);
	assert_true(t.n_tokens > 0);
	bool may = number_start_at(words, &t, 0);
	text_clear(&t);
	return may;
}

static void knows_the_words_that_begin_one(void **state)
{
	const struct number_word *word;
	size_t begin = 0, other = 0;
	for (size_t i = 0; (word = number_word_at(i)); i++) {
		if (may_start(word->text) != number_start_is(word))
			print_error("%s\n", word->text);
		assert_int_equal(may_start(word->text), number_start_is(word));
		begin += number_start_is(word);
		other += !number_start_is(word);
	}
	assert_true(begin > 100 && other > 20);
}

static void lets_ordinary_words_go(void **state)
{
	static const char *const ordinary[] = {"the", "Thank", "you", "twent",
	    "twentyish", "don't", "we'll", "refund", "to"};
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++) {
		if (may_start(ordinary[i]))
			fail_msg("%s", ordinary[i]);
	}
}

/* Digits, signs, codes in front of digits, other scripts, other readings. */
static void looks_at_all_others(void **state)
{
	static const char *const others[] = {"5", "1.5k", "$", "%", "usd75",
	    "rs5", "TWENTY", "z\u0142", "k\u010D", "\u0440\u0443\u0431",
	    "\u5143", "tw3nty", "t w e n t y", "tw\u0435nty"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!may_start(others[i]))
			fail_msg("%s", others[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_the_words_that_begin_one),
	    cmocka_unit_test(lets_ordinary_words_go),
	    cmocka_unit_test(looks_at_all_others),
	};
	return cmocka_run_group_tests(tests, make_words, clear_words);
}
