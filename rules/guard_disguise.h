/*
 * guard_disguise - what the engine sees through, as data: one row for each way
 * of writing a text so that a reader reads it and a search does not. Pages and
 * tests are made from it. Constant; strings live as long as the program.
 */
#ifndef HANDRAIL_RULES_GUARD_DISGUISE_H
#define HANDRAIL_RULES_GUARD_DISGUISE_H

#include <stddef.h>

#pragma GCC visibility push(default)

struct guard_disguise {
	const char *name;
	const char *about;  /* what it does to "refund", in words */
	const char *source; /* what says which characters: a standard */
	const char *limit;  /* where it ends, in words; or NULL */
};

/* The row of that number; NULL behind the last. */
const struct guard_disguise *guard_disguise(size_t index);

#pragma GCC visibility pop

#endif
