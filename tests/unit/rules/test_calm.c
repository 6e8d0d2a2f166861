/* calm: what is passed over, and that it is read like any other text. */
#include "rules/calm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void read_text(struct text *t, const char *s, size_t len)
{
	assert_int_equal(text_init(t, 10000), 0);
	assert_int_equal(text_feed(t, s, len), 0);
	assert_int_equal(text_end(t), 0);
}

/* Calm bytes of the plain view as ^, the others as they are. */
static void assert_calm(const char *s, const char *expected)
{
	struct text t;
	char seen[256];
	size_t place = 0, other = 0;
	read_text(&t, s, strlen(s));
	assert_true(t.plain.len < sizeof(seen));
	memcpy(seen, t.plain.bytes ? t.plain.bytes : "", t.plain.len);
	seen[t.plain.len] = '\0';
	for (size_t i = 0; i < t.plain.len; i++)
		if (calm_skip_plain(&t, &place, i) > i)
			seen[i] = '^';
	assert_string_equal(seen, expected);
	size_t calm = 0, folded = 0; /* bytes */
	for (size_t i = 0; i < t.plain.len; i++)
		calm += seen[i] == '^';
	for (size_t i = 0; i < t.folded.len; i++)
		folded += calm_skip_folded(&t, &other, i) > i;
	assert_int_equal(folded, calm);
	text_clear(&t);
}

static void passes_over_ordinary_words(void **state)
{
	assert_calm("", "");
	assert_calm("Thank you, the order 12345 of today. See you",
	    "^^^^^^^^^^^^^^^^^^^^^12345 ^^^^^^^^^^^^^^you");
	assert_calm("yes.\nThe end of it", "yes.\n^^^^^^^^^^^it");
	assert_calm("I see a car", "^^^^^^^^car");
}

/* Each may be, or belong to, something a scanner looks for. */
static void stops_at_what_is_not(void **state)
{
	assert_calm("a b c of", "a b c of"); /* a word, apart */
	assert_calm("a  is", "a  is");
	assert_calm("an iPhone of", "^^^iPhone of"); /* capitals inside */
	assert_calm("the IBAN of", "^^^^IBAN of");
	assert_calm("my extraordinary fee is", "^^^extraordinary ^^^^is");
	assert_calm("the t\u00E9l is", "^^^^t\u00E9l is");
	assert_calm("the e\u0301t of", "^^^^\u00E9t of");
	assert_calm("the f\u0430 of", "^^^^f\u0430 of"); /* Cyrillic */
	assert_calm("the p@ss of", "^^^^p@ss of");
	assert_calm("see acme.example of", "^^^^acme.example of");
	assert_calm("go http://a.b of", "^^^http://a.b of");
	assert_calm("call 555\uFF11 of", "^^^^^5551 of"); /* full width */
	assert_calm("the fee; of", "^^^^fee; of");
	assert_calm("the fee? of", "^^^^fee? of");
	assert_calm("say \"fee\" of", "^^^^\"fee\" of");
	assert_calm("the **fee** of", "^^^^**fee** of");
	assert_calm("the &#102;ee of", "^^^^fee of"); /* an entity */
	assert_calm("the f<b>e</b>e of", "^^^^f<b>e</b>e of");
	assert_calm("x\u00A0to be", "x to be"); /* no space in the text */
	assert_calm("-----BEGIN of it", "-----BEGIN ^^^it");
}

static void goes_on_as_the_text_grows(void **state)
{
	static const char s[] = "call 555 about the fee, or the bill now";
	struct text t;
	size_t place = 0;
	assert_int_equal(text_init(&t, 1000), 0);
	assert_int_equal(text_feed(&t, s, 16), 0); /* "... about t" */
	assert_int_equal(calm_skip_plain(&t, &place, 0), 5);
	assert_int_equal(calm_skip_plain(&t, &place, 5), 5);
	assert_int_equal(calm_skip_plain(&t, &place, 9), 15);
	assert_int_equal(calm_skip_plain(&t, &place, 15), 15);
	assert_int_equal(text_feed(&t, s + 16, strlen(s) - 16), 0);
	assert_int_equal(calm_skip_plain(&t, &place, 15), strlen(s) - 3);
	text_clear(&t);
}

/* ---- the same text, read another way ---- */

/* A number of 31 bits (Knuth's MMIX generator). */
static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

#define WORDS 60u /* not as long as a sentence may be */

static void assert_same(const struct text *a, const struct text *b)
{
	assert_int_equal(a->folded.len, b->folded.len);
	assert_memory_equal(a->folded.bytes, b->folded.bytes, a->folded.len);
	assert_int_equal(a->plain.len, b->plain.len);
	assert_memory_equal(a->plain.bytes, b->plain.bytes, a->plain.len);
	assert_int_equal(a->n_tokens, b->n_tokens);
	for (size_t i = 0; i < a->n_tokens; i++) {
		const struct token *x = &a->tokens[i], *y = &b->tokens[i];
		assert_int_equal(x->fold, y->fold);
		assert_int_equal(x->fold_len, y->fold_len);
		assert_int_equal(x->sentence, y->sentence);
		assert_int_equal(x->kind, y->kind);
		assert_int_equal(x->glued, y->glued);
		assert_int_equal(x->alt_len, y->alt_len);
	}
	assert_int_equal(a->n_sentences, b->n_sentences);
	for (size_t i = 0; i < a->n_sentences; i++) {
		const struct sentence *x = &a->sentences[i];
		const struct sentence *y = &b->sentences[i];
		assert_int_equal(x->fold_start, y->fold_start);
		assert_int_equal(x->fold_end, y->fold_end);
		assert_int_equal(x->plain_start, y->plain_start);
		assert_int_equal(x->plain_end, y->plain_end);
		assert_int_equal(x->first_token, y->first_token);
		assert_int_equal(x->n_tokens, y->n_tokens);
	}
}

/* An entity for the first letter of a word is read character by character. */
static void is_read_like_any_other_text(void **state)
{
	static const char *const gaps[] = {" ", " ", " ", " ", ", ", ". ", "! ",
	    "\n", "  ", " - ", " (", "'", "$", " 15 ", ".", ",", "; ", " x "};
	char plain[WORDS * 16], slow[WORDS * 32];
	uint64_t seed = 1;
	for (unsigned round = 0; round < 300; round++) {
		size_t n = 0, m = 0;
		for (unsigned i = 0; i < 1 + round % WORDS; i++) {
			char word[16];
			size_t len = 1 + (size_t)draw(&seed) % 11;
			for (size_t k = 0; k < len; k++)
				word[k] = (char)('a' + (int)(draw(&seed) % 26));
			if (draw(&seed) % 4 == 0)
				word[0] = (char)(word[0] - 'a' + 'A');
			word[len] = '\0';
			const char *gap = gaps[(size_t)draw(&seed) %
			    (round % 5 ? sizeof(gaps) / sizeof(*gaps) : 4)];
			n += (size_t)snprintf(
			    plain + n, sizeof(plain) - n, "%s%s", word, gap);
			m += (size_t)snprintf(slow + m, sizeof(slow) - m,
			    "&#%d;%s%s", word[0], word + 1, gap);
		}
		struct text a, b;
		read_text(&a, plain, n);
		read_text(&b, slow, m);
		assert_same(&a, &b);
		text_clear(&a);
		text_clear(&b);
	}
}

/* The longest sentence ends in the same place, whatever came at once. */
static void ends_with_a_long_sentence(void **state)
{
	char long_text[6000];
	uint64_t seed = 2;
	for (unsigned round = 0; round < 50; round++) {
		size_t n = 0;
		while (n < sizeof(long_text) - 16) {
			size_t len = 1 + (size_t)draw(&seed) % 9;
			memset(
			    long_text + n, 'a' + (int)(draw(&seed) % 26), len);
			n += len;
			if (draw(&seed) % 8 == 0)
				long_text[n++] = ',';
			long_text[n++] = ' ';
		}
		struct text a, b;
		read_text(&a, long_text, n);
		assert_int_equal(text_init(&b, 10000), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(text_feed(&b, long_text + i, 1), 0);
		assert_int_equal(text_end(&b), 0);
		assert_true(a.n_sentences > 2);
		assert_same(&a, &b);
		text_clear(&a);
		text_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(passes_over_ordinary_words),
	    cmocka_unit_test(stops_at_what_is_not),
	    cmocka_unit_test(goes_on_as_the_text_grows),
	    cmocka_unit_test(is_read_like_any_other_text),
	    cmocka_unit_test(ends_with_a_long_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
