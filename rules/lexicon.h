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

/* The state behind one more byte; LEXICON_ROOT: there is none. */
static inline uint32_t lexicon_next(
    const struct lexicon_state *states, uint32_t state, char c)
{
	uint32_t next = states[state].base + (unsigned char)c;
	return states[next].parent == state ? next : LEXICON_ROOT;
}

#endif
