/*
 * guard_fallback - what a policy says when no rule is involved: what cannot be
 * decided, read or recorded, a bot that fails.
 */
#ifndef HANDRAIL_RULES_GUARD_FALLBACK_H
#define HANDRAIL_RULES_GUARD_FALLBACK_H

#include "rules/guard_verdict.h"

#include <stdint.h>

struct guard_policy;

#pragma GCC visibility push(default)

enum guard_event {
	GUARD_CANNOT_DECIDE,
	GUARD_CANNOT_READ,
	GUARD_CANNOT_RECORD,
	GUARD_BOT_FAILED,
	GUARD_HAS_MEDIA,
	GUARD_BOT_LATE, /* guard_interaction.h */
};
#define GUARD_EVENTS (GUARD_BOT_LATE + 1)
struct guard_fallback {
	enum guard_action action; /* HANDOFF, BLOCK, FLAG or DELIVER */
	uint32_t after;           /* BOT_FAILED: handoff after so many, or 0 */
	const char *say;          /* these three: or NULL */
	const char *queue;
	const char *priority;
	unsigned include; /* bits, as of guard_policy_include */
};
void guard_policy_fallback(
    const struct guard_policy *, enum guard_event, struct guard_fallback *out);

#pragma GCC visibility pop

#endif
