/*
 * reading - what else a word may say: letters of other scripts that look
 * Latin, digits for letters, erased characters, accents piled up.
 *
 * Only words that no language writes get another reading: mixed scripts,
 * digits among letters, a word all of look-alikes behind a Latin word. So
 * ordinary Russian or Greek has none. Private to token.c.
 */
#ifndef HANDRAIL_RULES_READING_H
#define HANDRAIL_RULES_READING_H

#include "rules/text_state.h"

/* What reading_finish has to know about the word and what came before. */
struct reading_word {
	const char *fold;
	size_t fold_len;
	uint32_t letters, digits;
	bool latin_before, accented_before;
};

void reading_clear(struct reading *);
/* Begin to keep the reading: the word so far is fold. */
void reading_start(struct reading *, const char *fold, size_t len);
/* A character was appended to the word, whose fold before it is given. orig is
 * how it was written. */
void reading_add(
    struct reading *, int32_t cp, int32_t orig, const char *fold, size_t len);
/* The character in front was erased (a backspace). */
void reading_erase(struct reading *);
/* Append a letter whatever was written; 0: nothing. */
void reading_put(struct reading *, int32_t cp);

/*
 * The other reading of the finished word in r->bytes; returns its length, 0
 * when it has none.
 */
size_t reading_finish(struct reading *, const struct reading_word *);
/* Was there anything but ASCII letters and digits in it? */
static inline bool reading_is_needed(const struct reading *r)
{
	return r->on || r->over || r->noise || r->mapped || r->foreign ||
	    r->ambiguous || r->accented;
}
/* Does the word, or its other reading if it has one, read as Latin? */
bool reading_is_latin(const struct reading *, uint32_t letters, size_t alt_len);

#endif
