/*
 * pattern_program - a pattern as the steps its matcher takes (pattern_run.h).
 *
 *   a+b|c      0 split 1 5   1 char a   2 split 1 3   3 char b   4 jump 6
 *              5 char c      6 match
 *
 * What looks around has steps of its own behind those. Immutable once made.
 */
#ifndef HANDRAIL_RULES_PATTERN_PROGRAM_H
#define HANDRAIL_RULES_PATTERN_PROGRAM_H

#include "rules/pattern_chars.h"
#include "rules/pattern_tree.h"

#define PATTERN_MAX_STEPS 4096u /* of one program */
#define PATTERN_MAX_LOOKS 16u
#define PATTERN_MAX_FIXED 64u /* bytes of its fixed text */
#define PATTERN_MIN_FIXED 2u  /* less does not tell texts apart */
#define PATTERN_MAX_TEXTS 8u  /* alternatives of it */

enum pattern_op {
	PATTERN_CHAR,   /* a character of the set x, then the next step */
	PATTERN_SPLIT,  /* x, and with less right y */
	PATTERN_JUMP,   /* x */
	PATTERN_ASSERT, /* x: enum pattern_assert */
	PATTERN_LOOK,   /* x: number of the look */
	PATTERN_MATCH,
};

struct pattern_step {
	uint32_t op, x, y;
};

/* The characters of one item. */
struct pattern_set {
	uint32_t ascii[4];         /* by code point */
	uint32_t cp;               /* the only one that is not ASCII, or 0 */
	struct pattern_chars *ask; /* about those that are not, or NULL: none */
};

struct pattern_branch { /* an alternative of what looks behind */
	uint32_t step, chars;
};

struct pattern_look {
	bool behind, negative;
	bool endless;      /* ahead: to the end of the sentence */
	uint32_t first, n; /* ahead: first step; behind: its branches */
};

/* Bytes of a match; in lower case when the pattern does not mind. */
struct pattern_fixed {
	char text[PATTERN_MAX_FIXED];
	size_t len;
	bool caseless;
	size_t rare; /* which of its bytes to look for */
};
/* Every match has one of them; n 0: nothing is known. */
struct pattern_texts {
	struct pattern_fixed any[PATTERN_MAX_TEXTS];
	size_t n;
};

struct pattern_program {
	struct pattern_step *steps;
	size_t n_steps;
	struct pattern_set *sets;
	size_t n_sets;
	struct pattern_look looks[PATTERN_MAX_LOOKS];
	size_t n_looks;
	struct pattern_branch *branches;
	size_t n_branches;
	uint32_t word;   /* the set of \w, for borders */
	bool endless;    /* no upper length: ends with its sentence */
	bool first[256]; /* bytes a match may begin with */
	struct pattern_texts prefix; /* what a match begins with */
	struct pattern_texts inside; /* what it has somewhere */
};

enum pattern_program_err {
	PATTERN_PROGRAM_OK = 0,
	PATTERN_PROGRAM_ERR_MEMORY = -1,
	PATTERN_PROGRAM_ERR_REFUSED = -2,
};

/* *why (REFUSED) is a static text. */
enum pattern_program_err pattern_program_make(
    struct pattern_program *, const struct pattern_tree *, const char **why)
    __attribute__((warn_unused_result));
void pattern_program_clear(struct pattern_program *);

/* pattern_fixed.c: set prefix and inside. */
void pattern_fixed_find(struct pattern_program *, const struct pattern_tree *);
/* 1: the bytes begin with it, 0: they do not, -1: they end too early. */
int pattern_fixed_begins(
    const struct pattern_fixed *, const char *bytes, size_t n);
/* Does one of them stand in n bytes? */
bool pattern_fixed_in(
    const struct pattern_texts *, const char *bytes, size_t n);
/* The first byte from pos on where one of them may begin: there it does, or
 * the n bytes end too early. n: nowhere. */
size_t pattern_fixed_next(
    const struct pattern_texts *, const char *bytes, size_t pos, size_t n);
/* As pattern_fixed_begins, with one of them. */
int pattern_fixed_at(const struct pattern_texts *, const char *bytes, size_t n);

#endif
