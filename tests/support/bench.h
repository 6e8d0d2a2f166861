/*
 * bench - a policy made in C, a scanner and a session to judge with: what the
 * tests of judging set up before each of their cases.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_BENCH_H
#define HANDRAIL_TESTS_SUPPORT_BENCH_H

#include "tests/support/every_cut.h"
#include "tests/support/policy_kit.h"

#include <stdlib.h>
#include <string.h>

struct bench {
	struct policy_kit kit;
	struct guard_policy
	    *policy; /* of the kit; NULL until it is asked for */
	struct guard_scanner *scanner;
	struct guard_session session;
	struct guard_verdict verdict; /* the last of bench_judge */
};

static inline int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	if (!b)
		return -1;
	policy_kit_init(&b->kit);
	b->scanner = guard_scanner_new();
	*state = b;
	return b->scanner ? 0 : -1;
}

static inline int bench_teardown(void **state)
{
	struct bench *b = *state;
	guard_scanner_free(b->scanner);
	policy_kit_clear(&b->kit);
	free(b);
	return 0;
}

/* From here on the kit takes no more rules. */
static inline struct guard_policy *bench_policy(struct bench *b)
{
	if (!b->policy)
		b->policy = policy_kit_policy(&b->kit);
	return b->policy;
}

static inline const struct guard_verdict *bench_judge(
    struct bench *b, const char *text)
{
	const struct guard_message m = {GUARD_AI, text, strlen(text)};
	guard_check(b->scanner, bench_policy(b), &b->session, &m, &b->verdict);
	return &b->verdict;
}

/* In every cutting; returns the bytes released over all of them. */
static inline size_t bench_every_cut(struct bench *b, const char *text)
{
	const struct every_cut in = {bench_policy(b), b->scanner, &b->session};
	return every_cut(&in, text);
}

#endif
