/* confusable: every character of the table is read as what it looks like. */
#include "rules/confusable.h"

#include "rules/glyph.h"
#include "rules/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void the_table_is_in_order(void **state)
{
	assert_true(confusable_n_letters > 500);
	for (size_t i = 0; i < confusable_n_letters; i++) {
		const struct confusable_letter *l = &confusable_letters[i];
		size_t n = strlen(l->latin);
		assert_true(!i || l[-1].cp < l->cp);
		assert_true(n >= 1 && n <= CONFUSABLE_MAX_LATIN);
		assert_int_equal(
		    strspn(l->latin, "abcdefghijklmnopqrstuvwxyz"), n);
	}
}

/* The reading of a word with the character in the middle. */
static void read_word(int32_t cp, char *out, size_t size)
{
	char s[64];
	struct text t;
	char c[GLYPH_MAX_UTF8 + 1] = {0};
	glyph_encode(cp, c);
	int n = snprintf(s, sizeof(s), "we gu%srd it", c);
	assert_int_equal(text_init(&t, sizeof(s)), 0);
	assert_int_equal(text_feed(&t, s, (size_t)n), 0);
	assert_int_equal(text_end(&t), 0);
	assert_true(t.n_tokens >= 3);
	const struct token *k = &t.tokens[1];
	size_t len = k->alt_len ? k->alt_len : k->fold_len;
	const char *from = k->alt_len ? t.alt + k->alt : text_fold(&t, k);
	snprintf(out, size, "%.*s", (int)len, from);
	text_clear(&t);
}

static void every_letter_is_read(void **state)
{
	size_t missed = 0;
	for (size_t i = 0; i < confusable_n_letters; i++) {
		const struct confusable_letter *l = &confusable_letters[i];
		bool ordinary;
		char got[64], want[64];
		if (glyph_class(l->cp) == GLYPH_SINGLE)
			continue; /* each is a word by itself */
		read_word(l->cp, got, sizeof(got));
		snprintf(want, sizeof(want), "gu%srd",
		    confusable_latin(l->cp, &ordinary));
		if (strcmp(got, want) != 0) {
			print_error(
			    "U+%04X: %s, not %s\n", (unsigned)l->cp, got, want);
			missed++;
		}
	}
	assert_int_equal(missed, 0);
}

static void others_look_like_nothing(void **state)
{
	static const int32_t cps[] = {
	    'a', 0xE9, 0x416, 0x43B, 0x3A9, 0x4E00, 0xD7, 0x221E, 0x10FFFF};
	for (size_t i = 0; i < sizeof(cps) / sizeof(*cps); i++) {
		bool ordinary;
		assert_null(confusable_latin(cps[i], &ordinary));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_table_is_in_order),
	    cmocka_unit_test(every_letter_is_read),
	    cmocka_unit_test(others_look_like_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
