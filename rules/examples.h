/*
 * examples - a policy judges its own examples and its own texts.
 *
 * Each example tests its rule alone, enforced, whatever mode and rollout say;
 * a topic's like/unlike sentences are judged as a rule that finds the topic.
 */
#ifndef HANDRAIL_RULES_EXAMPLES_H
#define HANDRAIL_RULES_EXAMPLES_H

#include "rules/policy.h"

struct load;

struct examples_outcome {
	const struct rule *rule; /* or the topic, as a rule */
	bool is_topic;
	const struct example *example;
	bool good; /* as the example says, and decided */
	enum guard_undecided undecided;
	const struct guard_hit *hit; /* the first, NULL: nothing fired */
};

/* Borrowed for the call. */
typedef void examples_fn(const struct examples_outcome *, void *arg);

/* Run all of them, rules first, in their order. 0, or -1 when memory runs
 * out. */
int examples_run(const struct guard_policy *, examples_fn *, void *arg)
    __attribute__((warn_unused_result));

/* guard_policy_load that does not judge: for reporting each example. */
enum guard_err examples_load(struct guard_policy **out,
    const struct guard_source *, diag_fn *diag, void *arg)
    __attribute__((warn_unused_result));

/* The last step of loading: reports P070 to P073. */
void examples_judge(struct load *);

#endif
