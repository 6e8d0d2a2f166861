/*
 * passage - sentences that a reader may read as one: lines that were wrapped,
 * the cells of a row. sentence.c says which are.
 *
 * Of struct sentence: passage is the number of the first, which has
 * passage_over when no other joins any more. The last is unsure while its
 * first character has not said whether it joins: until then its passage is
 * that of the one before. together is the first sentence one may be asked
 * about with, whatever that character says.
 */
#ifndef HANDRAIL_RULES_PASSAGE_H
#define HANDRAIL_RULES_PASSAGE_H

#include "rules/text.h"

/* The first sentence of the passage of one; itself while it is not there. */
static inline uint32_t passage_first(const struct text *t, uint32_t sentence)
{
	return sentence < t->n_sentences ? t->sentences[sentence].passage
					 : sentence;
}

/* The last so far, which may be unsure. */
static inline uint32_t passage_last(const struct text *t, uint32_t sentence)
{
	uint32_t passage = t->sentences[sentence].passage;
	while (sentence + 1 < t->n_sentences &&
	    t->sentences[sentence + 1].passage == passage)
		sentence++;
	return sentence;
}

/* Are all its sentences there? The last may still be open. */
static inline bool passage_is_over(const struct text *t, uint32_t sentence)
{
	uint32_t first = t->sentences[sentence].passage;
	return t->final || t->sentences[first].passage_over;
}

#endif
