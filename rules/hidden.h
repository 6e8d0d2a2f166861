/*
 * hidden - what markup says that the views drop: attributes, comments, link
 * targets and titles, titles of a terminal.
 *
 * A browser shows some of it, a client of plain text all. So it is a reading of
 * its own, of the same length as the text: its words stand where they stand,
 * everything else is line breaks, and every offset is one of the text. Another
 * machine judges it (machine_other.c); what the text itself says is seen
 * through the markup as before.
 */
#ifndef HANDRAIL_RULES_HIDDEN_H
#define HANDRAIL_RULES_HIDDEN_H

#include "rules/text_state.h"

/*
 * The reading of n bytes that are one piece of markup, into out. What is one
 * attribute, one title, one comment is a line. broken: nothing in it is markup
 * again, so that its own reading drops no word. False: it has no words.
 */
bool hidden_words(const char *s, size_t n, bool broken, char *out);

/* Note that the views drop the n bytes of markup from t->settled on. 0 or
 * TEXT_ERR_MEMORY. */
int hidden_note(struct text *, size_t n) __attribute__((warn_unused_result));

/*
 * The reading of bytes from..: at most max of them, at most up to the settled
 * ones, never half of a piece of markup. Returns how many. *next is the piece
 * to look at first, 0 at the beginning.
 */
size_t hidden_read(const struct text *, size_t from, size_t *next, bool broken,
    char *out, size_t max);

#endif
