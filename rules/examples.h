/*
 * examples - a policy judges its own examples and its own texts. What the
 * outside may ask of it is in guard_author.h.
 */
#ifndef HANDRAIL_RULES_EXAMPLES_H
#define HANDRAIL_RULES_EXAMPLES_H

#include "rules/guard_author.h"

struct example;
struct load;

/* A policy of the topics alone, so that each can be judged as a rule. It
 * borrows everything but its index and arena from the policy: arena_clear.
 * 0, or -1 when memory runs out. */
int examples_topics(struct guard_policy *topics, const struct guard_policy *)
    __attribute__((warn_unused_result));
/* Judge one example as by guard_check_rule, with all that is given. 0, or -1
 * when memory runs out. */
int examples_run(struct guard_scanner *, const struct guard_policy *,
    size_t rule, const struct example *, struct guard_verdict *out)
    __attribute__((warn_unused_result));

/* The last step of loading: reports P070 to P073. */
void examples_judge(struct load *);

#endif
