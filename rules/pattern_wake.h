/*
 * pattern_wake - which of many patterns a whole text can match: those whose
 * fixed text it has (pattern_fixed.c).
 *
 *     ACCUN-\d{6}   PLAYE-\d{6}        We noted PLAYE-0042917 for you.
 *     A             P                  .        ^ looks for the second only
 *
 * Each byte of the text is looked at once, and asks only about texts of which
 * it is the rare byte, however many patterns there are. Immutable once built.
 * Private to pattern.c and the index.
 */
#ifndef HANDRAIL_RULES_PATTERN_WAKE_H
#define HANDRAIL_RULES_PATTERN_WAKE_H

#include "rules/policy.h"

/* Fewer are searched for one by one sooner. */
#define PATTERN_WAKE_MIN 24u

struct pattern_wake;

/* Of all patterns of the policy, in its arena. *out is NULL when they are too
 * few. 0, or -1 when memory runs out. */
int pattern_wake_build(const struct pattern_wake **out, struct guard_policy *)
    __attribute__((warn_unused_result));

/* Of a set of n patterns, the words and bits. */
static inline size_t pattern_set_words(size_t n)
{
	return n / 64 + 1;
}

/* Replaces the set awake (of pattern_set_words) by the patterns, by place in
 * of_kind[DETECTOR_PATTERN], that may match in these bytes. */
void pattern_wake_look(
    const struct pattern_wake *, const char *bytes, size_t n, uint64_t *awake);

#endif
