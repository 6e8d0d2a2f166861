/*
 * pattern_tree - a regular expression as a tree, or why it is refused.
 *
 * Reads what PCRE2 has found to be a regular expression (pattern_chars.h), from
 * left to right. Refused, each with a sentence for the author: repeats without
 * end inside one another, what looks back at what it matched, calls, what only
 * steers a search that goes back (this one never does), and what the matcher
 * does not have.
 */
#ifndef HANDRAIL_RULES_PATTERN_TREE_H
#define HANDRAIL_RULES_PATTERN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_MAX_DEPTH 32u /* of groups inside one another */
#define PATTERN_ENDLESS UINT32_MAX

enum pattern_node_kind {
	PATTERN_NODE_CHAR,   /* item */
	PATTERN_NODE_ASSERT, /* assert */
	PATTERN_NODE_LOOK,   /* child, behind, negative */
	PATTERN_NODE_ALL,    /* children one after the other */
	PATTERN_NODE_ANY,    /* children: alternatives, first wins */
	PATTERN_NODE_REPEAT, /* child, min, max, lazy */
};

enum pattern_assert {
	PATTERN_START,      /* ^ \A */
	PATTERN_LINE_START, /* (?m)^ */
	PATTERN_END,        /* \z */
	PATTERN_LAST_END,   /* $ \Z: or before a line break at the end */
	PATTERN_LINE_END,   /* (?m)$ */
	PATTERN_BORDER,     /* \b */
	PATTERN_NO_BORDER,  /* \B */
};

#define PATTERN_NO_NODE UINT32_MAX

struct pattern_node {
	enum pattern_node_kind kind;
	enum pattern_assert assert;
	bool lazy, behind, negative;
	bool endless;               /* holds a repeat without end */
	uint32_t item;              /* CHAR: place in the tree's items */
	uint32_t min, max;          /* REPEAT */
	uint32_t shortest, longest; /* characters; longest may be ENDLESS */
	uint32_t child, next;       /* PATTERN_NO_NODE: none */
};

/* What stands for one character. */
struct pattern_item {
	uint32_t cp; /* single: this one */
	bool single;
	bool caseless;
	const char *text; /* not single: PCRE2's to say; in the source */
	size_t len;
};

struct pattern_tree {
	struct pattern_node *nodes;
	size_t n_nodes, cap_nodes;
	struct pattern_item *items;
	size_t n_items, cap_items;
	uint32_t root;
};

enum pattern_tree_err {
	PATTERN_TREE_OK = 0,
	PATTERN_TREE_ERR_MEMORY = -1,
	PATTERN_TREE_ERR_REFUSED = -2,
};

/* The items point into the source. *why (REFUSED) is a static text. */
enum pattern_tree_err pattern_tree_read(
    struct pattern_tree *, const char *source, size_t len, const char **why)
    __attribute__((warn_unused_result));
void pattern_tree_clear(struct pattern_tree *);

#endif
