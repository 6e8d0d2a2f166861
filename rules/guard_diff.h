/*
 * guard_diff - what a new version of a policy catches that the old one does
 * not, and the other way round, in words.
 *
 * Both have to come from guard_policy_load_untested. Rules are compared by
 * their ids, and part by part: what a part may find is told, not how texts
 * would be judged.
 */
#ifndef HANDRAIL_RULES_GUARD_DIFF_H
#define HANDRAIL_RULES_GUARD_DIFF_H

#include "rules/guard_policy.h"

#pragma GCC visibility push(default)

enum guard_direction {
	GUARD_LOOSER,   /* less is found, or less happens */
	GUARD_STRICTER, /* more */
	GUARD_OTHER,    /* something else is found, or elsewhere: look at it */
	GUARD_WORDING,  /* the same is found and happens */
};
const char *guard_direction_name(enum guard_direction); /* "looser" */

struct guard_difference {
	enum guard_direction direction;
	const char *rule;
	const char *file; /* of the new policy; of the old for what is gone */
	unsigned line;
	const char *what; /* "limit 50 -> 75" */
};
/* Borrowed for the call. */
typedef void guard_diff_fn(const struct guard_difference *, void *arg);
/* In the order of the rules' ids. 0, or -1 when memory runs out. */
int guard_diff(const struct guard_policy *older,
    const struct guard_policy *newer, guard_diff_fn *, void *arg)
    __attribute__((warn_unused_result));

#pragma GCC visibility pop

#endif
