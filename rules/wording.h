/*
 * wording - required wording: what of it has been said, in this message and
 * in the conversation so far.
 */
#ifndef HANDRAIL_RULES_WORDING_H
#define HANDRAIL_RULES_WORDING_H

#include "rules/policy.h"

struct wording {
	unsigned char *seen; /* by index.must_slot: 1 here, 2 before */
	size_t cap;
};

void wording_clear(struct wording *);
/*
 * Start over. What the AI has said before is read when some rule of the
 * policy asks for the conversation so far. 0, or -1 when memory runs out.
 */
int wording_begin(struct wording *, const struct guard_policy *,
    const struct guard_session *) __attribute__((warn_unused_result));
void wording_note(
    struct wording *, const struct guard_policy *, uint32_t detector);
/* Has everything been said that the rule requires? */
bool wording_is_complete(
    const struct wording *, const struct guard_policy *, const struct rule *);

#endif
