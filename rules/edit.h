/*
 * edit - the changes a text is delivered with: prepended wording, redacted
 * spans, appended wording, in text order.
 */
#ifndef HANDRAIL_RULES_EDIT_H
#define HANDRAIL_RULES_EDIT_H

#include "rules/machine.h"

struct edits {
	struct guard_edit *items; /* texts are the policy's */
	size_t n, cap;
	bool begun; /* the text has: nothing more is put in front of it ... */
	size_t n_front; /* ... than these first hits of the machine ask for */
};

void edits_clear(struct edits *);
/* Do they take nothing away? */
bool edits_only_add(const struct edits *);
/*
 * The edits of all enforced hits so far, appended wording only when the
 * machine has ended. Spans that overlap become one, with the text of the
 * first. 0, or -1 when memory runs out.
 */
int edits_collect(struct edits *, const struct machine *)
    __attribute__((warn_unused_result));

#endif
