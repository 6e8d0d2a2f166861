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
	const struct guard_session *session; /* borrowed */
};

void wording_clear(struct wording *);
/*
 * Start over. What was said before is what the session has counted; what the
 * AI has said is read only for what is not there. 0, or -1 when memory runs
 * out.
 */
int wording_begin(struct wording *, const struct guard_policy *,
    const struct guard_session *) __attribute__((warn_unused_result));
void wording_note(
    struct wording *, const struct guard_policy *, uint32_t detector);
/* Add what of required wording this message has said that the conversation
 * does not remember yet. 0, or -1 when memory runs out. */
int wording_remember(const struct wording *, const struct guard_policy *,
    struct guard_memory *) __attribute__((warn_unused_result));
/* Has everything been said that the rule requires? */
bool wording_is_complete(
    const struct wording *, const struct guard_policy *, const struct rule *);

#endif
