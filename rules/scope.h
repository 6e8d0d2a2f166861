/*
 * scope - does a rule apply to this message, and with what force?
 *
 * Speaker, mode, pause, rollout, effective dates and `when` are known before
 * the first byte, so the answer never changes while a message arrives. It is
 * worked out when first asked for: most rules of a policy are never asked.
 */
#ifndef HANDRAIL_RULES_SCOPE_H
#define HANDRAIL_RULES_SCOPE_H

#include "rules/policy.h"

#define SCOPE_ALL_RULES SIZE_MAX

enum scope_purpose {
	SCOPE_MESSAGE,  /* as the policy says */
	SCOPE_EDITED,   /* an edited text: no required wording */
	SCOPE_RULE,     /* one rule alone, enforced */
	SCOPE_OWN_TEXT, /* a text of the policy's: as if every `when` held */
	SCOPE_COUNT,    /* what a delivered message counts for: only rules
			   that count, and what may excuse them */
};

struct scope {
	const struct guard_policy *policy;
	const struct guard_session *session; /* borrowed, never NULL */
	enum guard_speaker speaker;
	enum scope_purpose purpose;
	bool hidden; /* a reading of markup: of it alone */
	size_t only; /* SCOPE_RULE: the rule */
	/* By rule, of the messages that have asked; of this one those with its
	 * round. So a message costs nothing for rules it does not ask. */
	unsigned char *modes;
	size_t cap;
	unsigned round;
};

/* Start over for another message; modes' memory is kept. 0, or -1 when memory
 * runs out. */
int scope_begin(struct scope *, const struct scope *how)
    __attribute__((warn_unused_result));
void scope_clear(struct scope *);
/* OFF when the rule does not apply. */
enum guard_mode scope_mode(struct scope *, size_t rule);
/* With what force it applies where it does. */
enum guard_mode scope_force(const struct scope *, size_t rule);
/* Enforced, and an action that keeps text from the customer. */
bool scope_withholds(struct scope *, size_t rule);

#endif
