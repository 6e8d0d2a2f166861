/*
 * confusable - characters that look like Latin letters.
 *
 * The confusables of Unicode TR39, in full (confusable_table.c, which
 * confusable_make.py writes), and in front of them our own. What NFKC folds is
 * in neither.
 */
#ifndef HANDRAIL_RULES_CONFUSABLE_H
#define HANDRAIL_RULES_CONFUSABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFUSABLE_MAX_LATIN 3u

struct confusable_letter {
	int32_t cp;
	char latin[CONFUSABLE_MAX_LATIN + 1];
};

extern const struct confusable_letter confusable_letters[];
extern const size_t confusable_n_letters;

/*
 * The lower-case ASCII letters that cp looks like, or NULL. Capitals and small
 * letters may differ (Greek H and n), so ask for the original first and for
 * its folded form when that gives NULL. *ordinary is set when some language
 * writes the letter in Latin text (a stroked o, a dotless i).
 */
const char *confusable_latin(int32_t cp, bool *ordinary);

#endif
