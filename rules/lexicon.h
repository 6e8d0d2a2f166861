/*
 * lexicon - words and beginnings of words, found letter by letter.
 *
 *     refund    a word            root -r-e-f-u-n-d
 *     refund*   a beginning                      \__ both end here
 *
 * A double array: the byte c leads from state s to state base(s) + c if that
 * one's parent is s. One look for each letter, and words that stand nowhere
 * end after the first few. Immutable once built.
 */
#ifndef HANDRAIL_RULES_LEXICON_H
#define HANDRAIL_RULES_LEXICON_H

#include "rules/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define LEXICON_ROOT 0u
#define LEXICON_NONE UINT32_MAX

struct lexicon_state {
	uint32_t base, parent;
	uint32_t word, prefix; /* keys of what ends here; 0: none */
};

struct lexicon_entry {
	const char *bytes;
	uint32_t len; /* at least 1 */
	uint32_t key; /* not 0 */
	bool prefix;
};

/* The states, in the arena; the entries, which must all be different, are put
 * in order. NULL when memory runs out. */
const struct lexicon_state *lexicon_build(
    struct arena *, struct lexicon_entry *, size_t n);

/* Go on by one more byte; false: no word or beginning does. */
static inline bool lexicon_step(
    const struct lexicon_state *states, uint32_t *state, char c)
{
	uint32_t next = states[*state].base + (unsigned char)c;
	if (states[next].parent != *state)
		return false;
	*state = next;
	return true;
}

#endif
