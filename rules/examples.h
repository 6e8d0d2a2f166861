/*
 * examples - a policy judges its own examples and its own texts. What the
 * outside may ask of it is in guard_author.h.
 */
#ifndef HANDRAIL_RULES_EXAMPLES_H
#define HANDRAIL_RULES_EXAMPLES_H

#include "rules/guard_author.h"

struct load;

/* The last step of loading: reports P070 to P073. */
void examples_judge(struct load *);

#endif
