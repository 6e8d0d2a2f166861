/*
 * guard_keys - the rule language as data: which keys may stand where, what they
 * may hold and what they mean, in the author's words. A schema, a reference or
 * completion in an editor are made from it, so none can drift from what is
 * loaded. Constant; strings live as long as the program.
 */
#ifndef HANDRAIL_RULES_GUARD_KEYS_H
#define HANDRAIL_RULES_GUARD_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

enum guard_held { /* what a key may hold */
	GUARD_HELD_TEXT,
	GUARD_HELD_WORD,   /* one of words */
	GUARD_HELD_BLOCK,  /* the map named block */
	GUARD_HELD_NOTHING /* "flag:" with nothing behind it */
};
enum guard_holder { /* and how many of them */
	GUARD_HOLDER_ONE,
	GUARD_HOLDER_LIST,
	GUARD_HOLDER_NAMED,     /* a map from names of the author's own */
	GUARD_HOLDER_NAMED_LIST /* a map from such names to lists */
};
struct guard_value {
	enum guard_holder holder;
	enum guard_held held;
	const char *block;
	const char *const *words; /* ends with NULL */
};

#define GUARD_KEY_VALUES 8u
struct guard_key {
	const char *name, *about;
	bool required;
	struct guard_value values[GUARD_KEY_VALUES]; /* any of these */
	size_t n_values;
};

/* A block is a map with keys of the language: "pack", "rule", "must_say item".
 * Their names by number; NULL behind the last. */
const char *guard_block(size_t index);
/* The key of that number of a block, in the order authors write them. Keys
 * that this version refuses are left out. False behind the last, or when there
 * is no such block. */
bool guard_block_key(const char *block, size_t index, struct guard_key *out);

#pragma GCC visibility pop

#endif
