/*
 * apart - the reading in which markup inside a word parts words.
 *
 * The views read on over it: re<b>fund</b> is one word. A client that shows
 * text as it is written shows <think>refund</think>Hello as two. So this is a
 * reading of its own, of the same length as the text, with spaces for such
 * markup, and for the number of a footnote behind a word (guarantee\u00B9);
 * another machine judges it (machine_other.c). It has no markup that the text
 * has not: <a f="t<b"">e"> is text, and with spaces for <b""> would be a tag.
 */
#ifndef HANDRAIL_RULES_APART_H
#define HANDRAIL_RULES_APART_H

#include "rules/text_state.h"

/* len bytes of markup from t->settled on, next behind them: note them if a word
 * may go on over them. 0 or TEXT_ERR_MEMORY. */
int apart_note(struct text *t, size_t len, char next)
    __attribute__((warn_unused_result));

/* The same of a number of a footnote: words end in front of it. */
int apart_note_number(struct text *t, size_t len)
    __attribute__((warn_unused_result));

/* Is such a piece at this byte? next: the first that has not been read. */
bool apart_is_at(const struct text *, size_t next, size_t at);

/*
 * The reading of bytes from..: at most max of them, at most up to the settled
 * ones and to the next piece behind from. Returns how many. *next is the piece
 * to look at first, 0 at the beginning.
 */
size_t apart_read(
    const struct text *, size_t from, size_t *next, char *out, size_t max);

#endif
