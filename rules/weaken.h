/*
 * weaken - what the files that change rules on trial share (guard_tests.h).
 *
 * A rule and its changed copies make a policy of their own; every example is
 * judged by all of them. A copy that does on all examples what the rule does
 * goes unnoticed: that part of the rule is not tested.
 */
#ifndef HANDRAIL_RULES_WEAKEN_H
#define HANDRAIL_RULES_WEAKEN_H

#include "rules/guard_tests.h"
#include "rules/limit.h"
#include "rules/policy.h"

#define WEAKEN_COPIES 64u
#define WEAKEN_WHAT_BYTES 160u
#define WEAKEN_ADVICE_BYTES 640u

struct weaken_copy {
	struct rule rule;
	char what[WEAKEN_WHAT_BYTES], advice[WEAKEN_ADVICE_BYTES];
	bool noticed;
	bool has_limit;
	size_t clause;  /* whose limit it is */
	int64_t sample; /* a value only the rule itself finds */
};

struct weaken {
	const struct guard_policy *policy;
	const struct rule *rule; /* its original */
	struct guard_policy probe;
	struct guard_scanner *scanner;
	struct weaken_copy *copies;
	size_t n;
	struct rule *rules;         /* the original, the copies, and what a
				       total adds */
	struct detector *detectors; /* with room for a limit a copy */
	size_t n_detectors;
	bool no_memory;
};

/* Make w->copies of w->rule, each with one change and what is to be said about
 * it. 0, or -1 when memory runs out. */
int weaken_make_copies(struct weaken *);
/* One more copy, still like the rule; NULL: no room. */
struct weaken_copy *weaken_add_copy(struct weaken *);
/* Copies whose amounts or scores add up otherwise. */
void weaken_copy_sums(struct weaken *);
/* snprintf that may cut. */
void weaken_say(char *out, size_t cap, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
