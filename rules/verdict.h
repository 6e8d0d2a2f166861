/*
 * verdict - from what a machine found to one answer.
 *
 * The strongest enforced action wins: handoff, block and replace exclude edits
 * and each other; below them every edit applies. What could not be decided
 * gets the policy's fallback, unless an enforced handoff was found, which
 * nothing can outrank.
 */
#ifndef HANDRAIL_RULES_VERDICT_H
#define HANDRAIL_RULES_VERDICT_H

#include "rules/edit.h"
#include "rules/machine.h"
#include "rules/what.h"

struct verdict_store { /* what a verdict borrows */
	struct guard_hit *hits;
	size_t cap_hits;
	struct found *founds; /* sorted */
	char (*whats)[WHAT_BYTES];
	struct edits edits;
};

void verdict_clear(struct verdict_store *);
/* The answer of one machine that has ended or was cut. Cannot fail. */
void verdict_build(
    struct verdict_store *, const struct machine *, struct guard_verdict *out);
/*
 * Take the judgement of the edited text into account: a machine that has
 * judged it in SCOPE_EDITED, to its end.
 */
void verdict_rejudge(const struct machine *edited, struct guard_verdict *out);

#endif
