/*
 * phrase_walk - what phrase.c and phrase_spell.c share: one call of
 * phrase_scan. Private to the two.
 */
#ifndef HANDRAIL_RULES_PHRASE_WALK_H
#define HANDRAIL_RULES_PHRASE_WALK_H

#include "rules/phrase.h"
#include "rules/phrase_trie.h"

#include <stddef.h>
#include <stdint.h>

struct phrase_walk {
	struct phrase_scan *scan;
	const struct text *text;
	const struct phrases *trie;
	const struct index *index; /* NULL: each detector is told by itself */
	struct matches *out;
	size_t at; /* the token */
};

/* Where a key leads from a node; TRIE_NONE: nowhere. */
uint32_t phrase_find_child(const struct phrases *, uint32_t node, uint32_t key);
static inline uint32_t phrase_child(
    const struct phrases *p, uint32_t node, uint32_t key)
{
	bool may = p->nodes[node].words & trie_word_bit(key); /* seldom */
	return may ? phrase_find_child(p, node, key) : TRIE_NONE;
}
/* p has read its last word before a gap in the token at hand: wait in the gap.
 */
struct phrase_partial phrase_into_gap(
    const struct phrase_walk *, const struct phrase_partial *);
/* Add the matches that end at original byte end, p standing on their node. */
int phrase_emit(const struct phrase_walk *, const struct phrase_partial *,
    uint32_t end) __attribute__((warn_unused_result));
/* In a gap's passage, and the gap not used up. */
bool phrase_gap_goes_on(
    const struct phrase_walk *, const struct phrase_partial *);
/* Room for n; 0, or -1 when memory runs out. */
int phrase_reserve(struct phrase_partial **, size_t *cap, size_t n)
    __attribute__((warn_unused_result));
/* Order what is alive by where it began. */
void phrase_put_in_order(struct phrase_scan *);

/*
 * Read the token at hand, a word spelled out, every way it can be read: as
 * letters, as one word, as several. Replaces scan->alive. 0, or -1 when memory
 * runs out.
 */
int phrase_spell(struct phrase_walk *) __attribute__((warn_unused_result));
void phrase_spelled_clear(struct phrase_spelled *);

#endif
