/* made_rule - the parts of a generated policy around what it looks for. */
#ifndef HANDRAIL_TESTS_EXACT_MADE_RULE_H
#define HANDRAIL_TESTS_EXACT_MADE_RULE_H

#include "tests/exact/made.h"

/* Write rule number i and note its ingredients. */
void made_rule(struct made *, size_t i);
/* Write policy.yaml. */
void made_policy(struct made *);

#endif
