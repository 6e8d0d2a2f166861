/*
 * load_holds - what the keys of the rule language may hold, where their shape
 * (load_keys.h) does not say it. Several rows for one key are alternatives.
 */
#ifndef HANDRAIL_RULES_LOAD_HOLDS_H
#define HANDRAIL_RULES_LOAD_HOLDS_H

#include "rules/guard_keys.h"

struct load_hold {
	const char *block, *key;
	struct guard_value value;
};
/* Each ends with a NULL block. */
extern const struct load_hold load_holds[];

struct load_required {
	const char *block, *key;
};
extern const struct load_required load_required[];

#endif
