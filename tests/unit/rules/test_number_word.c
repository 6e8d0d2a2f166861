/* number_word: every word of the tables is found, and nothing near it. */
#include "rules/number_word.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void finds_every_word(void **state)
{
	size_t n = 0;
	const struct number_word *word;
	for (; (word = number_word_at(n)); n++) {
		size_t len = strlen(word->text);
		if (number_word_find(word->text, len) != word)
			print_error("%s\n", word->text);
		assert_ptr_equal(number_word_find(word->text, len), word);
		char longer[64];
		memcpy(longer, word->text, len);
		longer[len] = '\'';
		assert_null(number_word_find(longer, len + 1));
	}
	assert_true(n > 200);
}

static void is_sorted(void **state)
{
	for (size_t i = 1; number_word_at(i); i++)
		assert_true(strcmp(number_word_at(i - 1)->text,
				number_word_at(i)->text) < 0);
}

static void knows_no_other_words(void **state)
{
	static const char *const others[] = {
	    "", "hello", "dollarss", "twent", "zzz", "zz", "THE", "1", "\xC3"};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_null(number_word_find(others[i], strlen(others[i])));
}

static void reads_suffixes(void **state)
{
	assert_int_equal(number_word_suffix("k", 1)->value, 1000);
	assert_int_equal(
	    number_word_suffix("pct", 3)->kind, NUMBER_WORD_PERCENT);
	assert_int_equal(number_word_suffix("h", 1)->value, 3600);
	assert_null(number_word_suffix("st", 2));
	assert_null(number_word_suffix("and", 3));
}

static void names_currencies(void **state)
{
	int32_t hundredths;
	assert_string_equal(number_word_sign(0x20AC, &hundredths), "EUR");
	assert_int_equal(hundredths, 100);
	assert_string_equal(number_word_sign(0xA2, &hundredths), "USD");
	assert_int_equal(hundredths, 1);
	assert_string_equal(number_word_sign(0xA4, &hundredths), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_every_word),
	    cmocka_unit_test(is_sorted),
	    cmocka_unit_test(knows_no_other_words),
	    cmocka_unit_test(reads_suffixes),
	    cmocka_unit_test(names_currencies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
