/*
 * cost - what the rules of a policy cost a stream (POLICY.md 1.13), told to
 * authors: the few that hold more than a word or an open phrase.
 */
#ifndef HANDRAIL_RULES_COST_H
#define HANDRAIL_RULES_COST_H

#include "rules/guard.h"

/* One note (P060 to P063) for each such rule, at its line. */
void cost_report(const struct guard_policy *, diag_fn *, void *arg);

#endif
