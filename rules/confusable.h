/*
 * confusable - letters that look like Latin ones (Unicode TR39, the part that
 * matters: what NFKC does not already fold).
 */
#ifndef HANDRAIL_RULES_CONFUSABLE_H
#define HANDRAIL_RULES_CONFUSABLE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The lower-case ASCII letter that cp looks like, or 0. Capitals and small
 * letters may differ (Greek H and n), so ask for the original first and for
 * its folded form when that gives 0. *ordinary is set when some language
 * writes the letter in Latin text (a stroked o, a dotless i).
 */
char confusable_latin(int32_t cp, bool *ordinary);

#endif
