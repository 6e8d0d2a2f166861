/*
 * pattern_call - one call of pattern_run and what it asks. Private to
 * pattern_run.c (the threads) and pattern_look.c (characters, borders, and
 * what looks around).
 */
#ifndef HANDRAIL_RULES_PATTERN_CALL_H
#define HANDRAIL_RULES_PATTERN_CALL_H

#include "rules/pattern_run.h"

enum pattern_answer {
	PATTERN_NO,
	PATTERN_YES,
	PATTERN_MORE, /* not to be told from what is there */
	PATTERN_NO_MEMORY,
};

/* One call of pattern_run. */
struct pattern_call {
	struct pattern_run *r;
	const struct pattern_program *p;
	struct pattern_scratch *x;
	const char *s;
	size_t avail;
	bool complete;
	const struct text *t;
	uint64_t steps; /* of the round; the run's once it is done */
};

/* ---- pattern_look.c ---- */

/* Of a character that is not ASCII. */
enum pattern_answer pattern_has_wide(
    struct pattern_call *, const struct pattern_set *, const char *s);
/* Does it hold at pos? pos is before avail, or all is known. */
enum pattern_answer pattern_holds(
    struct pattern_call *, enum pattern_assert, size_t pos);
/* What does the look say from where the run is? */
enum pattern_answer pattern_looks(struct pattern_call *, uint32_t number);

static inline size_t pattern_length_at(const char *s)
{
	unsigned char c = (unsigned char)*s;
	return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* Is the character at s of the set? */
static inline enum pattern_answer pattern_has(
    struct pattern_call *c, const struct pattern_set *set, const char *s)
{
	unsigned char byte = (unsigned char)*s;
	if (byte < 0x80)
		return set->ascii[byte / 32] >> byte % 32 & 1 ? PATTERN_YES
							      : PATTERN_NO;
	return pattern_has_wide(c, set, s);
}

/* A step's mark is the last round it was in. What looks around has rounds of
 * its own inside one of the threads', and steps of its own. */
static inline uint32_t pattern_next_round(struct pattern_scratch *x)
{
	return ++x->round;
}

static inline bool pattern_run_is_over(const struct pattern_run *r)
{
	return r->steps > r->spare + PATTERN_STEPS_PER_BYTE * r->pos;
}

#endif
