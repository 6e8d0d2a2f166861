/*
 * sentence - where sentences end (DESIGN.md section 13): . ! ? … with closing
 * quotes or brackets, then white space or the end; 。！？ the same without the
 * white space, which their scripts do not write; a line break; 2 KiB.
 *
 * Tags of blocks, rows and cells end a sentence as a line break does.
 *
 * A passage is one sentence, or several that a reader may read as one: lines
 * that were wrapped, the cells of a row. A find may reach over the whole of it.
 *
 * White space around a sentence belongs to none. Private to the text and to
 * patterns, which end with their sentence.
 */
#ifndef HANDRAIL_RULES_SENTENCE_H
#define HANDRAIL_RULES_SENTENCE_H

#include "rules/text_state.h"

/* All return 0 or TEXT_ERR_MEMORY. cp is the character as written. The word
 * before it, if there was one, must have been ended. */

/* A character that is not white space is about to be appended. */
int sentence_before(struct text *, int32_t cp, uint32_t start)
    __attribute__((warn_unused_result));
/* It has been. */
void sentence_after(struct text *, int32_t cp, uint32_t end);
/* Markup is about to be passed over: it belongs to a sentence, too. */
int sentence_mark(struct text *, uint32_t start)
    __attribute__((warn_unused_result));
/* White space is about to be appended. */
int sentence_space(struct text *, int32_t cp, uint32_t start)
    __attribute__((warn_unused_result));
/* A tag that ends sentences is about to be passed over. */
int sentence_tag(struct text *, bool cell, uint32_t start)
    __attribute__((warn_unused_result));
/* The text ends. */
int sentence_end(struct text *) __attribute__((warn_unused_result));
/* Let the open sentence reach to what has been read. */
void sentence_update(struct text *);
/* Bytes of the plain view whose sentence will not change any more: behind a
 * full stop the next character may still say that it was the end. */
size_t sentence_sure(const struct text *);

#endif
