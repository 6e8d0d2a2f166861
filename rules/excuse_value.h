/*
 * excuse_value - is a value the same as one that was said, or listed?
 *
 * Values are compared as they read, not as they are set: numbers by their
 * digits whatever stands between them, everything else folded and without
 * white space. The same means all of it: a longer number, address or host of
 * which the value is a part says another one.
 */
#ifndef HANDRAIL_RULES_EXCUSE_VALUE_H
#define HANDRAIL_RULES_EXCUSE_VALUE_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

struct excuse_value {
	const char *s; /* in a folded view, borrowed */
	size_t len;
	const char *fillers; /* what may stand between without a meaning */
	bool is_digits;
	bool has_plus;     /* digits: an international number */
	bool is_found;     /* said is what its own detector finds */
	uint32_t detector; /* that one */
};

/* The value of a hit. */
struct excuse_value excuse_value_of(
    const struct guard_policy *, const struct text *, const struct match *hit);
/* Is a whole text the value? */
bool excuse_value_is(const struct excuse_value *, const struct text *);
/* Does a text, with the entities in it, say the value? */
bool excuse_value_is_said(const struct excuse_value *, const struct text *,
    const struct matches *entities);

#endif
