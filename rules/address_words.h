/*
 * address_words - the words postal addresses are written with, and which lists
 * they are in. Private to the entity_*.c files and the loader.
 *
 * A word costs one short walk through a lexicon, whatever it is asked for.
 */
#ifndef HANDRAIL_RULES_ADDRESS_WORDS_H
#define HANDRAIL_RULES_ADDRESS_WORDS_H

#include "rules/lexicon.h"

#include <stddef.h>
#include <stdint.h>

enum address_list { /* bits */
	ADDRESS_STREET = 1u << 0,
	ADDRESS_PERHAPS_STREET = 1u << 1,
	ADDRESS_FRENCH = 1u << 2,
	ADDRESS_BIS = 1u << 3,
	ADDRESS_DIRECTION = 1u << 4,
	ADDRESS_SMALL = 1u << 5,
	ADDRESS_COUNTED = 1u << 6,
	ADDRESS_END = 1u << 7,
	ADDRESS_PERHAPS_END = 1u << 8,
	ADDRESS_BEGIN = 1u << 9,
	ADDRESS_PERHAPS_BEGIN = 1u << 10,
	ADDRESS_OF = 1u << 11,
	ADDRESS_PREPOSITION = 1u << 12,
	ADDRESS_ARTICLE = 1u << 13,
	ADDRESS_NUMBER = 1u << 14,
	ADDRESS_UNIT = 1u << 15,
	ADDRESS_STATE = 1u << 16,
	ADDRESS_STATE_NAME = 1u << 17,
	ADDRESS_JOIN = 1u << 18,
};

struct address_words {
	const struct lexicon_state *words, *ends;
};

/* In the arena. 0, or -1 when memory runs out. */
int address_words_build(struct address_words *, struct arena *)
    __attribute__((warn_unused_result));
/* The lists the word, folded, is in. */
uint32_t address_words_find(
    const struct address_words *, const char *word, size_t len);
/* ADDRESS_END and _PERHAPS_END, if it ends with one of them and is longer. */
uint32_t address_words_end(
    const struct address_words *, const char *word, size_t len);

#endif
