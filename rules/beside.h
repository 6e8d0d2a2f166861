/*
 * beside - what stands beside a value: is it of one word with it?
 *
 * A card, an address, a key or a link begins where no word goes on, and ends
 * there. Of one word are ASCII letters and digits and the letters of scripts
 * that write spaces between words and are mixed with Latin ones (Greek,
 * Cyrillic, accents). No sign is, and no letter of a script that is written
 * against Latin letters without a space: Chinese, Japanese, Korean, Thai,
 * Arabic, Hindi and their like.
 *
 * For both views: the bytes are whole characters of UTF-8.
 */
#ifndef HANDRAIL_RULES_BESIDE_H
#define HANDRAIL_RULES_BESIDE_H

#include "rules/chars.h"

#include <stdbool.h>
#include <stddef.h>

enum beside {
	BESIDE_WORD,  /* a letter or digit of one word with a value */
	BESIDE_APART, /* a letter or mark of a script written apart from it */
	BESIDE_SIGN,  /* anything else: emoji, bullets, quotes, dashes */
};

/* What the character at i, beyond ASCII, is; *len: its bytes. */
enum beside beside_high(const char *s, size_t n, size_t i, size_t *len);

/* What the character at i is; *len: its bytes. */
static inline enum beside beside_at(
    const char *s, size_t n, size_t i, size_t *len)
{
	*len = 1;
	if (chars_are(s[i], CHARS_HIGH))
		return beside_high(s, n, i, len);
	return chars_are(s[i], CHARS_ALNUM) ? BESIDE_WORD : BESIDE_SIGN;
}

/* Where the character that ends at byte i > 0 begins. */
static inline size_t beside_back(const char *s, size_t i)
{
	do {
		i--;
	} while (i > 0 && ((unsigned char)s[i] & 0xC0) == 0x80);
	return i;
}

/* What the character that ends at byte i is; at the beginning a sign. */
static inline enum beside beside_before(const char *s, size_t i)
{
	size_t len;
	if (i > 0 && chars_are(s[i - 1], CHARS_HIGH))
		return beside_high(s, i, beside_back(s, i), &len);
	return i > 0 && chars_are(s[i - 1], CHARS_ALNUM) ? BESIDE_WORD
							 : BESIDE_SIGN;
}

/* Is a value that begins (ends) at i of one word with what is there? */
static inline bool beside_is_glued(const char *s, size_t i)
{
	return beside_before(s, i) == BESIDE_WORD;
}

static inline bool beside_goes_on(const char *s, size_t n, size_t i)
{
	size_t len;
	return i < n && beside_at(s, n, i, &len) == BESIDE_WORD;
}

#endif
