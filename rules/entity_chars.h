/*
 * entity_chars - the characters of entities, and what may stand beside them.
 * Private to entity.c and its recognisers.
 */
#ifndef HANDRAIL_RULES_ENTITY_CHARS_H
#define HANDRAIL_RULES_ENTITY_CHARS_H

#include "rules/beside.h"
#include "rules/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct address_words; /* address_words.h */

struct entity_in {
	const char *s; /* the folded view from its beginning */
	size_t n;
	bool final; /* no more will come */
	const struct text *text;
	size_t behind; /* the end of the last entity of the kind asked for */
	const struct address_words *addresses; /* if they are wanted */
};

/* The letter at i, which may be of another script and look Latin, or the digit;
 * '\0': neither. *len: its bytes. */
char entity_latin(const struct entity_in *, size_t i, size_t *len);

/* Bytes of the sign beyond ASCII at i; 0: no sign. */
size_t entity_high_sign(const struct entity_in *, size_t i);

static inline bool entity_is_digit(char c)
{
	return chars_are(c, CHARS_DIGIT);
}

/* Of the folded view: capitals are none. Bytes beyond ASCII are: whether of a
 * letter that belongs to a value, entity_word_char says. */
static inline bool entity_is_alnum(char c)
{
	return chars_are(c, CHARS_SMALL | CHARS_DIGIT | CHARS_HIGH);
}

/* Bytes of the letter or digit at i that may be of one word with a value
 * (beside.h); 0: it is none. */
static inline size_t entity_word_char(const struct entity_in *in, size_t i)
{
	size_t len;
	return beside_at(in->s, in->n, i, &len) == BESIDE_WORD ? len : 0;
}

/* Bytes of the sign at i; 0: a letter, a digit, a currency, a percent sign. */
static inline size_t entity_sign(const struct entity_in *in, size_t i)
{
	char c = in->s[i];
	if (!chars_are(c, CHARS_HIGH))
		return !entity_is_alnum(c) && c != '$' && c != '%';
	return entity_high_sign(in, i);
}

/* Is nothing left out between what is in front of byte i > 0 and at it: a tag,
 * emphasis, a bracket, a flag? */
static inline bool entity_is_close(const struct entity_in *in, size_t i)
{
	const struct text_view *v = &in->text->folded;
	return text_to(v, i - 1) == text_from(v, i);
}

/* Is a bracket left out there? It opens a note behind a value: 4111[1]. */
static inline bool entity_is_noted(const struct entity_in *in, size_t i)
{
	const struct text_view *v = &in->text->folded;
	uint32_t from = text_to(v, i - 1), to = text_from(v, i);
	return to > from && memchr(in->text->bytes + from, '[', to - from);
}

/* Is the character in front of byte i of one word with a value at i? */
static inline bool entity_is_glued(const struct entity_in *in, size_t i)
{
	return beside_is_glued(in->s, i) && entity_is_close(in, i);
}

/* Is the character at i > 0 of one word with a value that ends there? */
static inline bool entity_goes_on(const struct entity_in *in, size_t i)
{
	return i < in->n && entity_word_char(in, i) && entity_is_close(in, i);
}

/* Is the - or ' at i a dash or an opening quote, which part what stands on
 * their sides? */
bool entity_parts(const struct entity_in *, size_t i);

/* Was the character at i written as a capital? */
static inline bool entity_is_capital(const struct entity_in *in, size_t i)
{
	const struct text *t = in->text;
	size_t n = (unsigned char)in->s[i] < 0x80 ? 1 : 2;
	uint32_t from = text_from(&t->folded, i);
	return !entity_is_digit(in->s[i]) && i + n <= in->n &&
	    from + n <= t->len && memcmp(t->bytes + from, in->s + i, n) != 0;
}

#endif
