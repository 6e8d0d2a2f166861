/* beside: which characters are of one word with a value. */
#include "rules/beside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = {
    "a", "Z", "7", "\u00E9", "\u0394", "\u0436", "\u0587", "\u13A0", "\u0664"};
static const char *const apart[] = {"\u05D0", "\u0628", "\u0915", "\u093E",
    "\u0E17", "\u304B", "\u30AB", "\u5361", "\uD55C", "\U00020000"};
static const char *const signs[] = {"", " ", "-", "_", "\u00B7", "\u2014",
    "\u201C", "\u2022", "\u2192", "\u20AC", "\u3002", "\uFF1A", "\U0001F4B3"};

static void check(const char *const *list, size_t n, enum beside kind)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = list[i];
		size_t len = strlen(s), got = 0;
		assert_int_equal(beside_before(s, len), kind);
		assert_int_equal(beside_is_glued(s, len), kind == BESIDE_WORD);
		assert_int_equal(
		    beside_goes_on(s, len, 0), kind == BESIDE_WORD);
		if (len == 0)
			continue; /* where a text begins or ends */
		assert_int_equal(beside_at(s, len, 0, &got), kind);
		assert_int_equal(got, len);
		assert_int_equal(beside_back(s, len), 0);
	}
}

static void tells_words_from_signs(void **state)
{
	check(words, sizeof(words) / sizeof(words[0]), BESIDE_WORD);
	check(apart, sizeof(apart) / sizeof(apart[0]), BESIDE_APART);
	check(signs, sizeof(signs) / sizeof(signs[0]), BESIDE_SIGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_words_from_signs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
