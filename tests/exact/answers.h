/*
 * answers - classifiers that always say the same of the same text, sometimes
 * nothing, and in a stream as late as they like.
 */
#ifndef HANDRAIL_TESTS_EXACT_ANSWERS_H
#define HANDRAIL_TESTS_EXACT_ANSWERS_H

#include "rules/guard.h"
#include "tests/exact/draw.h"

struct answers {                    /* all zeros: nothing was asked */
	struct guard_answers given; /* for a session */
	struct guard_answer *all;   /* given.n of n are given */
	size_t n;
};

/* What guard_check wants to know; false when that is nothing. */
bool answers_for_check(struct answers *, const struct guard_policy *,
    const struct guard_scanner *);
/* What a stream wants to know is kept, and some of what is kept is answered
 * (all: all of it); false when nothing was. */
bool answers_for_stream(struct answers *, const struct guard_policy *,
    struct guard_stream *, struct draw *, bool all);
void answers_clear(struct answers *);

#endif
