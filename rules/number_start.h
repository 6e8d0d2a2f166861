/*
 * number_start - the words at which a number may begin. Private to number.c
 * and the loader.
 *
 * Nearly every word of a text is none of them and carries no digits, so that
 * one short walk through a lexicon is all the numbers cost there.
 */
#ifndef HANDRAIL_RULES_NUMBER_START_H
#define HANDRAIL_RULES_NUMBER_START_H

#include "rules/lexicon.h"
#include "rules/number_word.h"
#include "rules/text.h"

/* The words, in the arena; NULL when memory runs out. */
const struct lexicon_state *number_start_words(struct arena *);
/* Can a number begin with the word? The others only go on with one. */
bool number_start_is(const struct number_word *);
/* May a number begin at token i? Not, if this says so. */
bool number_start_at(
    const struct lexicon_state *words, const struct text *, size_t i);

#endif
