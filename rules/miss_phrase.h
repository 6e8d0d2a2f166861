/*
 * miss_phrase - the phrase a message comes nearest to, word by word. Private to
 * miss.c.
 */
#ifndef HANDRAIL_RULES_MISS_PHRASE_H
#define HANDRAIL_RULES_MISS_PHRASE_H

#include "rules/policy.h"

#include <stddef.h>

/*
 * Of the phrases of these detectors as they were written, which one has most of
 * its words in the message, at least half of them, and which it lacks:
 *
 *     "waive* ... fee*" lacks "fee*"
 *
 * Empty when there is none, or the policy was not loaded for authors. Lists
 * inside phrases are taken to be there. 0, or -1 when memory runs out.
 */
int miss_phrase(const struct guard_policy *, const struct any_of *,
    const struct guard_message *, char *out, size_t cap)
    __attribute__((warn_unused_result));

#endif
