/*
 * phrase_trie - how a finished trie lies in memory: phrase_build.c writes it,
 * phrase.c reads it.
 *
 * A key is one exact word or one prefix word; key 0 is the gap. Nodes are
 * numbered in depth-first order, so the groups that can still be reached from
 * a node are accepts[node.accept .. node.subtree_end).
 */
#ifndef HANDRAIL_RULES_PHRASE_TRIE_H
#define HANDRAIL_RULES_PHRASE_TRIE_H

#include "rules/lexicon.h"

#include <stddef.h>
#include <stdint.h>

#define TRIE_NONE UINT32_MAX
#define TRIE_ROOT 0u
#define TRIE_KEY_GAP 0u
#define TRIE_MAX_PREFIX_BYTES 63u

struct trie_node {
	uint32_t accept; /* first of its own groups */
	uint32_t n_accept;
	uint32_t subtree_end; /* behind the last group below it */
	uint32_t gap;         /* node behind "...", or TRIE_NONE */
	uint32_t words;       /* trie_word_bit of the keys of children; 0: no
				 word leads on */
};

static inline uint32_t trie_word_bit(uint32_t key)
{
	return (uint32_t)1 << key % 32;
}

struct trie_edge {
	uint32_t node, key, child; /* child TRIE_NONE: a free slot */
};

struct phrases {
	const struct trie_node *nodes;
	const uint32_t *accepts;           /* detectors */
	const struct lexicon_state *words; /* folded, with their keys */
	const uint32_t *from_root; /* by key: child of the root, or TRIE_NONE */
	const struct trie_edge *edges; /* open addressing; not from the root */
	uint32_t edge_mask;
	uint32_t n_nodes, n_keys, n_accepts;
};

static inline uint32_t trie_edge_slot(
    uint32_t node, uint32_t key, uint32_t mask)
{
	uint32_t h = node * 2654435761u ^ key * 2246822519u;
	return (h ^ h >> 16) & mask;
}

#endif
