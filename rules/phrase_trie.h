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
	uint32_t has_words;   /* some child is reached by a word */
};

struct trie_key {
	const char *word; /* folded; NULL for the gap */
	uint32_t len;
	uint32_t hash;
	uint32_t from_root; /* child of the root, or TRIE_NONE */
};

struct trie_edge {
	uint32_t node, key, child; /* child TRIE_NONE: a free slot */
};

struct trie_table { /* open addressing; a slot is a key, 0 when free */
	uint32_t *slots;
	uint32_t mask;
};

struct phrases {
	const struct trie_node *nodes;
	const uint32_t *accepts; /* detectors */
	const struct trie_key *keys;
	struct trie_table words, prefixes;
	uint64_t prefix_lengths;       /* bit n: some prefix has n bytes */
	const struct trie_edge *edges; /* open addressing; not from the root */
	uint32_t edge_mask;
	uint32_t n_nodes, n_keys, n_accepts;
};

#define TRIE_HASH_START 2166136261u

static inline uint32_t trie_hash_byte(uint32_t hash, unsigned char c)
{
	return (hash ^ c) * 16777619u;
}

static inline uint32_t trie_hash(const char *word, size_t len)
{
	uint32_t hash = TRIE_HASH_START;
	for (size_t i = 0; i < len; i++)
		hash = trie_hash_byte(hash, (unsigned char)word[i]);
	return hash;
}

/* Where a hash starts to look: FNV's low bits are weak for short words. */
static inline uint32_t trie_slot(uint32_t hash, uint32_t mask)
{
	return (hash ^ hash >> 15) & mask;
}

static inline uint32_t trie_edge_slot(
    uint32_t node, uint32_t key, uint32_t mask)
{
	uint32_t h = node * 2654435761u ^ key * 2246822519u;
	return (h ^ h >> 16) & mask;
}

#endif
