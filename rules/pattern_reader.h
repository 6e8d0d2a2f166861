/*
 * pattern_reader - what the readers of a pattern share. Private to
 * pattern_tree.c (groups and repeats) and pattern_item.c (what stands for one
 * character or for none).
 */
#ifndef HANDRAIL_RULES_PATTERN_READER_H
#define HANDRAIL_RULES_PATTERN_READER_H

#include "rules/pattern_tree.h"

#include <string.h>

struct pattern_flags {
	bool caseless, dot_all, lines; /* (?i) (?s) (?m) */
};

struct pattern_reader {
	struct pattern_tree *tree;
	const char *s, *end;
	struct pattern_flags flags;
	unsigned depth;
	bool looking;        /* inside a (?=...) or the like */
	const char *refused; /* the first reason */
	bool no_memory;
};

/* ---- pattern_tree.c ---- */

void pattern_refuse(struct pattern_reader *, const char *why);
/* The place of the copy, or PATTERN_NO_NODE when memory runs out. */
uint32_t pattern_add_node(struct pattern_reader *, struct pattern_node);
uint32_t pattern_add_item(struct pattern_reader *, struct pattern_item);

/* ---- pattern_item.c: at an item; its node, or PATTERN_NO_NODE ---- */

uint32_t pattern_read_escape(struct pattern_reader *);
uint32_t pattern_read_class(struct pattern_reader *);
uint32_t pattern_read_dot(struct pattern_reader *);
uint32_t pattern_read_literal(struct pattern_reader *);
uint32_t pattern_add_assert(struct pattern_reader *, enum pattern_assert);

static inline bool pattern_at(const struct pattern_reader *r, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(r->end - r->s) >= n && memcmp(r->s, word, n) == 0;
}

/* The character i places ahead; '\0' behind the end. */
static inline char pattern_peek(const struct pattern_reader *r, size_t i)
{
	return (size_t)(r->end - r->s) > i ? r->s[i] : '\0';
}

static inline bool pattern_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

#endif
