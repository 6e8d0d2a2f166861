/*
 * token - words, numbers and symbols out of folded characters.
 *
 * Words by UAX 29, but that "." and ":" between letters end one ("fine.We" is
 * two words). A sign that belongs to a word only if the word goes on ("'" in
 * "can't", "." in "1.5") waits for the next character. Three and more single
 * letters with the same separator are one word whose other reading is the
 * letters joined. Private to the text.
 */
#ifndef HANDRAIL_RULES_TOKEN_H
#define HANDRAIL_RULES_TOKEN_H

#include "rules/glyph.h"
#include "rules/text_state.h"

struct token_char { /* a folded character; its bytes are in the view */
	enum glyph_class class;
	int32_t cp, orig;    /* folded, and as written */
	uint32_t start, end; /* original bytes */
	uint32_t fold, fold_len;
};

/* All return 0 or TEXT_ERR_MEMORY. */

/* A letter, digit, mark or ideograph. */
int token_char(struct text *, const struct token_char *)
    __attribute__((warn_unused_result));
/* May this sign become part of the open word? Then it is kept for that and
 * the word stays open. Asked before it is appended to the view. */
bool token_takes_sign(const struct text *, int32_t cp);
int token_sign(struct text *, const struct token_char *)
    __attribute__((warn_unused_result));
/* The open word ends here. */
int token_break(struct text *) __attribute__((warn_unused_result));
/* A currency sign or %. The word before it has been ended. */
int token_symbol(struct text *, const struct token_char *)
    __attribute__((warn_unused_result));
/* Something else was appended behind a word that has been ended. */
int token_gap(struct text *, bool space) __attribute__((warn_unused_result));
/* Append single letters that were held. */
int token_flush(struct text *) __attribute__((warn_unused_result));
/* Signs inside the open word that are in no view may part two words. */
int token_may_part(struct text *) __attribute__((warn_unused_result));
/* A backspace: the reading of the open word loses its last character. */
void token_erase(struct text *);
/* So many marks were dropped from the open word. */
void token_noise(struct text *, unsigned marks);
/* A capital I among small letters: l, in the other reading. */
int token_capital_i(struct text *, const struct token_char *)
    __attribute__((warn_unused_result));
/* Original start of what has not been appended; settled if nothing. */
size_t token_open_start(const struct text *);

/* A word of n ASCII letters, or a number of n bytes, from original byte start
 * that ends here: they are the last in the folded view, and token_is_idle held
 * before them. */
int token_whole(struct text *, enum token_kind, uint32_t start, size_t n)
    __attribute__((warn_unused_result));

/* Nothing is being read or held. */
static inline bool token_is_idle(const struct text *t)
{
	return !t->state->word.open && t->state->run.n == 0;
}

/* How many bytes of ASCII letters and digits token_extend alone may append. */
static inline size_t token_simple_room(const struct text *t)
{
	const struct text_state *st = t->state;
	const struct token_open *w = &st->word;
	if (!w->open || w->katakana || w->mid.cp || w->reading.on ||
	    st->run.n > 0)
		return 0;
	/* From the word's start: what was dropped behind its last letter has
	 * bytes too. */
	size_t end = w->tok.start + TEXT_TOKEN_BYTES;
	return t->settled < end ? end - t->settled : 0;
}

static inline void token_extend(
    struct text *t, uint32_t end, size_t n, size_t digits)
{
	struct token_open *w = &t->state->word;
	w->tok.end = end;
	w->tok.fold_len += (uint32_t)n;
	w->digits += (uint32_t)digits;
	w->letters += (uint32_t)(n - digits);
}

#endif
