/* number_start - see number_start.h. */
#include "rules/number_start.h"

#include "rules/chars.h"

#include <stdlib.h>
#include <string.h>

#define CODE_LETTERS 3u /* of a currency that digits follow: "usd75" */

bool number_start_is(const struct number_word *word)
{
	switch (word->kind) {
	case NUMBER_WORD_ONES:
	case NUMBER_WORD_TENS:
	case NUMBER_WORD_HUNDRED:
	case NUMBER_WORD_SCALE:
	case NUMBER_WORD_DOZEN:
	case NUMBER_WORD_A:
	case NUMBER_WORD_POINT:
	case NUMBER_WORD_PART:
	case NUMBER_WORD_COUPLE:
	case NUMBER_WORD_BUY:
	case NUMBER_WORD_BOGO:
	case NUMBER_WORD_AMOUNT:
	case NUMBER_WORD_CURRENCY:
	case NUMBER_WORD_CODE:
	case NUMBER_WORD_COUNTRY:
		return true;
	case NUMBER_WORD_AND:
	case NUMBER_WORD_PERCENT:
	case NUMBER_WORD_PER:
	case NUMBER_WORD_BASIS:
	case NUMBER_WORD_UNIT:
	case NUMBER_WORD_KIND_OF:
	case NUMBER_WORD_FOR:
	case NUMBER_WORD_TO:
	case NUMBER_WORD_BETWEEN:
	case NUMBER_WORD_OFF:
	case NUMBER_WORD_PRICE:
	case NUMBER_WORD_FREE:
		break;
	}
	return false;
}

const struct lexicon_state *number_start_words(struct arena *arena)
{
	size_t all = 0, n = 0;
	while (number_word_at(all))
		all++;
	struct lexicon_entry *entries = calloc(all, sizeof(*entries));
	if (!entries)
		return NULL;
	for (size_t i = 0; i < all; i++) {
		const struct number_word *word = number_word_at(i);
		if (number_start_is(word))
			entries[n++] =
			    (struct lexicon_entry){.bytes = word->text,
				.len = (uint32_t)strlen(word->text),
				.key = 1};
	}
	const struct lexicon_state *words = lexicon_build(arena, entries, n);
	free(entries);
	return words;
}

static bool is_listed(
    const struct lexicon_state *words, const char *s, size_t len)
{
	uint32_t at = LEXICON_ROOT;
	for (size_t i = 0; i < len; i++)
		if (!lexicon_step(words, &at, s[i]))
			return false;
	return words[at].word != 0;
}

bool number_start_at(
    const struct lexicon_state *words, const struct text *t, size_t i)
{
	const struct token *tok = &t->tokens[i];
	const char *s = text_fold(t, tok);
	if (tok->kind != TOKEN_WORD || tok->alt_len ||
	    !chars_are(s[0], CHARS_SMALL))
		return true;
	/* Digits behind a currency; words that are not ASCII are not listed. */
	for (size_t k = 1; k <= CODE_LETTERS && k < tok->fold_len; k++)
		if (chars_are(s[k], CHARS_DIGIT | CHARS_HIGH))
			return true;
	return is_listed(words, s, tok->fold_len);
}
