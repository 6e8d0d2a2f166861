/*
 * every_cut - a text judged whole and as a stream, in every cutting: the same
 * verdict and hits, and nothing released that a hit could still touch. What
 * does not hold fails the test.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_EVERY_CUT_H
#define HANDRAIL_TESTS_SUPPORT_EVERY_CUT_H

#include "rules/guard.h"

struct every_cut { /* what to judge with */
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	const struct guard_session *session;
};

/* Returns the bytes released over all cuttings. */
size_t every_cut(const struct every_cut *, const char *text);

#endif
