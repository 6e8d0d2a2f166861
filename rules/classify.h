/*
 * classify - which sentences a classifier has to be asked about, and what its
 * answers find (guard_classify.h).
 *
 * A rule that looks for nothing else asks about every sentence; one that looks
 * for more asks only where all the rest stands. Sentences are settled in their
 * order, each when it is complete, nothing else can be found in it any more
 * and its answer is known: so what is asked and found is the same for every
 * cutting of the text.
 */
#ifndef HANDRAIL_RULES_CLASSIFY_H
#define HANDRAIL_RULES_CLASSIFY_H

#include "rules/guard.h"
#include "rules/policy.h"

struct machine;
struct scope;

struct classify_one {   /* of one classifier */
	uint32_t done;  /* sentences that are settled */
	uint32_t asked; /* sentences that were looked at */
	bool wanted;    /* some rule that applies needs it */
	bool alone;     /* and looks for nothing beside it */
};
struct classify {
	struct classify_one of[POLICY_MAX_CLASSIFIERS];
	uint32_t done[POLICY_MAX_CLASSIFIERS]; /* of each, for combine.h */
	bool any;                              /* some classifier is wanted */
	size_t known; /* answers there were at the last look */
	struct guard_ask *asks;
	uint32_t *sentences; /* of the asks */
	size_t n_asks, cap_asks;
	size_t n_told;
};

void classify_clear(struct classify *);
void classify_begin(struct machine *);
/*
 * Settle what can be settled: what is found goes to m->fresh. last: what is
 * not known by now will never be. 1 when something was settled, 0 when not,
 * -1 when memory runs out.
 */
int classify_step(struct machine *, bool last)
    __attribute__((warn_unused_result));
/* No classifier that such a rule reads alone will find anything that starts
 * before this byte; is NULL: any rule. */
size_t classify_alive(
    struct machine *, bool (*is)(struct scope *, size_t rule));
/* The text is complete, and an answer is missing. */
bool classify_waits(const struct machine *);
/* Its asks that are still open from number `from` on, at the front. */
const struct guard_ask *classify_asks(struct machine *, size_t from, size_t *n);

#endif
