/*
 * modes - which rules act and which only watch: counted for the record of a
 * load, and what a reload makes of it.
 */
#ifndef HANDRAIL_RELAY_MODES_H
#define HANDRAIL_RELAY_MODES_H

#include "proxy/audit/record.h"
#include "proxy/base/buf.h"
#include "rules/guard.h"

struct modes_side {
	const char *environment; /* or NULL */
	const struct guard_policy *policy;
};

struct record_modes modes_count(const struct guard_policy *);
/* Append, in words, which environment and which rules' modes are not what they
 * were; what is new says the policy. False: nothing is to be said. */
bool modes_differ(const struct modes_side *was, const struct modes_side *now,
    struct buf *out);

#endif
