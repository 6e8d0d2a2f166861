/*
 * put - append one character, or a run of plain ones, to both views, the
 * tokens and the sentences of a text. Private to normalise.c.
 *
 * All return 0 or TEXT_ERR_MEMORY.
 */
#ifndef HANDRAIL_RULES_PUT_H
#define HANDRAIL_RULES_PUT_H

#include "rules/glyph.h"
#include "rules/text_state.h"

/* A character with the marks behind it, entities decoded. */
struct put_cluster {
	int32_t cps[GLYPH_MAX_CLUSTER];
	size_t n;
	uint32_t start, end;
	bool raw; /* the plain view keeps the bytes, which are ASCII */
};

/* Whatever it is. */
int put_cluster(struct text *, const struct put_cluster *)
    __attribute__((warn_unused_result));
/* To the plain view only. */
int put_plain(struct text *, const struct put_cluster *)
    __attribute__((warn_unused_result));
/* White space, to the folded view only. */
int put_space(struct text *, int32_t cp, uint32_t start, uint32_t end)
    __attribute__((warn_unused_result));

/* The same for the next len bytes, a tag that ends a sentence; cell: of a row.
 */
int put_tag(struct text *, bool cell, size_t len)
    __attribute__((warn_unused_result));

/* ASCII, at original byte pos: one sign, one white space. */
int put_sign(struct text *, char c, uint32_t pos)
    __attribute__((warn_unused_result));
int put_ascii_space(struct text *, char c, uint32_t pos)
    __attribute__((warn_unused_result));
/* An ASCII letter or digit that needs a look (the first of a word, say), and n
 * that only make the open word longer. Both move t->settled. */
int put_alnum(struct text *, char c, bool digit)
    __attribute__((warn_unused_result));
int put_run(struct text *, size_t n, size_t digits)
    __attribute__((warn_unused_result));
/* n ASCII letters that are a word of their own, or n bytes that are a number,
 * while nothing is being read; moves t->settled. */
int put_word(struct text *, size_t n) __attribute__((warn_unused_result));
int put_number(struct text *, size_t n) __attribute__((warn_unused_result));

#endif
