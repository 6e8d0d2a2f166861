/*
 * verdicts - the verdicts over all texts of one answer, as one.
 *
 * An answer can hold several texts (choices, refusals, tool arguments, error
 * messages). Each is judged alone; the strongest action decides for the answer
 * as a whole. Everything is copied, so scanners may be used again.
 */
#ifndef HANDRAIL_RELAY_VERDICTS_H
#define HANDRAIL_RELAY_VERDICTS_H

#include "rules/guard.h"

#include <stdint.h>

struct verdicts_hit {
	uint32_t series;      /* index of the text it was found in */
	struct guard_hit hit; /* what is a copy */
};
struct verdicts_edit {
	uint32_t series;
	struct guard_edit edit; /* text borrowed from the policy, or owned */
};

struct verdicts {
	enum guard_action action;
	enum guard_undecided undecided;
	struct verdicts_hit *hits;
	size_t n_hits, cap_hits;
	size_t deciding;  /* index into hits; SIZE_MAX: none */
	size_t edit_rule; /* as in guard_verdict; SIZE_MAX: none */
	struct verdicts_edit *edits;
	size_t n_edits, cap_edits;
	char **owned; /* texts of edits */
	size_t n_owned;
	const char *say, *queue, *priority; /* of the policy */
	unsigned include;  /* of a fallback's handoff: guard_policy_include */
	int64_t judged_us; /* CPU spent judging */
};

/* {0}, and no deciding hit, no rule. */
void verdicts_init(struct verdicts *);
void verdicts_clear(struct verdicts *);
void verdicts_add(
    struct verdicts *, uint32_t series, const struct guard_verdict *);
/* Keep a text of an edit as long as the verdicts; returns it. */
const char *verdicts_own(struct verdicts *, char *text);
/* What no rule decided: the policy's fallback for an event. */
void verdicts_fall_back(struct verdicts *, const struct guard_policy *,
    enum guard_event, enum guard_undecided);
/* Does the answer stay back, whole or in part (replace, block, handoff)? */
static inline bool verdicts_withhold(const struct verdicts *v)
{
	return v->action >= GUARD_REPLACE;
}
/* Does it reach the customer in other words? */
static inline bool verdicts_change(const struct verdicts *v)
{
	return v->action >= GUARD_REDACT;
}

#endif
