/*
 * normalise - original bytes into the folded and the plain view.
 *
 * Reads one unit at a time (a character with its marks, a piece of markup, an
 * escape) and appends it when the bytes behind it have settled what it is, so
 * the result does not depend on how the bytes were cut. Private to text.c.
 */
#ifndef HANDRAIL_RULES_NORMALISE_H
#define HANDRAIL_RULES_NORMALISE_H

#include "rules/text_state.h"

/*
 * Read on from t->settled; bytes before state->valid are whole characters.
 * final: no more will come. 0 or TEXT_ERR_MEMORY.
 */
int normalise_run(struct text *, bool final)
    __attribute__((warn_unused_result));

#endif
