/*
 * when - the conditions of a rule that do not read the text.
 *
 * What the session does not know does not hold; `segment_not` holds without a
 * segment; ai_turn counts as 1 (DESIGN.md 13).
 */
#ifndef HANDRAIL_RULES_WHEN_H
#define HANDRAIL_RULES_WHEN_H

#include "rules/policy.h"

bool when_holds(const struct when *, const struct guard_session *);

#endif
