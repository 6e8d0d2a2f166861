/*
 * glyph - what one character is and what it folds to.
 *
 * A cluster is a character with the combining marks behind it. Folding is NFKC
 * and case folding; then digits of any script become ASCII, typographic
 * quotes and dashes their ASCII forms, and marks that do not compose with a
 * Latin, Greek or Cyrillic letter are noise and dropped. Marks of other
 * scripts stay. Pure functions over utf8proc's tables.
 */
#ifndef HANDRAIL_RULES_GLYPH_H
#define HANDRAIL_RULES_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GLYPH_MAX_UTF8 4u     /* bytes of one code point */
#define GLYPH_MAX_CLUSTER 32u /* code points; further marks stand alone */
#define GLYPH_MAX_FOLDED 128u /* code points a cluster can become */

enum glyph_class {
	GLYPH_OTHER,
	GLYPH_SPACE,
	GLYPH_LETTER,
	GLYPH_SINGLE, /* an ideograph, or a letter of a script without spaces */
	GLYPH_KATAKANA, /* words of its own */
	GLYPH_DIGIT,
	GLYPH_SYMBOL, /* currency, % */
	GLYPH_MARK,
};

enum glyph_script {
	GLYPH_LATIN,
	GLYPH_GREEK,
	GLYPH_CYRILLIC,
	GLYPH_SCRIPT_OTHER,
};

/* Code point at the start of n > 0 bytes that begin valid UTF-8: its length,
 * or 0 when they end inside it. */
size_t glyph_decode(const char *bytes, size_t n, int32_t *cp);
/* Writes up to GLYPH_MAX_UTF8 bytes and returns how many. */
size_t glyph_encode(int32_t cp, char *out);

enum glyph_class glyph_class(int32_t cp); /* of a folded code point */
enum glyph_script glyph_script(int32_t cp);
bool glyph_is_space(int32_t cp);
bool glyph_is_break(int32_t cp);       /* a line break */
bool glyph_is_small(int32_t cp);       /* a small letter */
bool glyph_is_flag_letter(int32_t cp); /* two of them are a flag */
/* A raised, lowered or circled number, as of a footnote. */
bool glyph_is_note(int32_t cp);
bool glyph_is_invisible(int32_t cp); /* controls, default ignorables */
bool glyph_is_bracket(int32_t cp);   /* or a quote: opens or closes */
bool glyph_is_extender(int32_t cp);  /* belongs to the letter in front */
bool glyph_keeps_marks(int32_t cp);  /* marks are ordinary on this letter */
/* Of a script whose letters stand against Latin ones without a space: from
 * Hebrew to Thai, and East Asia. */
bool glyph_is_apart(int32_t cp);

/*
 * Fold a cluster of 1..GLYPH_MAX_CLUSTER code points. Writes at most
 * GLYPH_MAX_FOLDED and returns how many; 0 when nothing is left of it. *noise
 * grows by the marks of the cluster that were dropped.
 */
size_t glyph_fold(
    const int32_t *cluster, size_t n, int32_t *out, unsigned *noise);
/* The same without case folding and without dropping anything: NFKC. */
size_t glyph_compose(const int32_t *cluster, size_t n, int32_t *out);
/* A Latin letter without its accents: é is e. Others are themselves. */
int32_t glyph_without_accent(int32_t cp);

#endif
