/*
 * markup - what stands in a text without being read as text: HTML tags,
 * comments and entities, Markdown link targets, terminal escapes.
 *
 * Pure functions over the bytes in front of the reader. They answer the length
 * of what is there, 0 when it is something else, MARKUP_MORE when the bytes so
 * far do not tell and more may come. Given more bytes, a settled answer stays
 * the same.
 */
#ifndef HANDRAIL_RULES_MARKUP_H
#define HANDRAIL_RULES_MARKUP_H

#include "rules/markup_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MARKUP_MORE SIZE_MAX

struct markup_in {
	const char *s; /* valid UTF-8 */
	size_t n;      /* never more than the look-ahead */
	bool more;     /* bytes may still come inside the look-ahead */
};

/* &amp; &#101; &#x65; : the character in *cp. */
size_t markup_entity(const struct markup_in *, int32_t *cp);

/*
 * A tag or comment. Tags are those HTML knows, with attributes as HTML writes
 * them, so that "<refund of $50>" stays text; inside a word any tag counts. A
 * comment of four or more words counts only inside a word: shown as plain
 * text it would be read. *parts: what it keeps apart.
 */
size_t markup_tag(
    const struct markup_in *, bool in_word, enum markup_parts *parts);

/* "<![CDATA[", behind which text stands, or at least its beginning. */
bool markup_opens_cdata(const char *, size_t n);

/* "](target)" or "](target "title")". */
size_t markup_link(const struct markup_in *);

/* "![alt](target)", one line. */
size_t markup_image(const struct markup_in *);

/* An escape sequence of a terminal, from its ESC on, or from a C1 control that
 * means the same (UTF-8, C2 9B or C2 9D). */
size_t markup_ansi(const struct markup_in *);

/* Could this byte begin a character of a word? */
bool markup_is_wordish(char c);

#endif
