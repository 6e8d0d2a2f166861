/*
 * cuts - one text under one policy, in many cuttings: the streaming contract
 * of DESIGN.md section 5, but for its tightness (tight.h).
 *
 * For every cutting: the verdict, hits and edits of guard_check; safe_len and
 * the released edits only grow; no byte at or behind the start of the first
 * withheld hit is released; what is released is a beginning of what
 * guard_check delivers. When a stream stops at a cut, the same action, text,
 * queue and deciding rule; its hits are some of the whole text's.
 */
#ifndef HANDRAIL_TESTS_EXACT_CUTS_H
#define HANDRAIL_TESTS_EXACT_CUTS_H

#include "rules/guard.h"
#include "tests/exact/draw.h"

struct cuts { /* what to judge, and the counts */
	struct guard_policy *policy;
	const struct guard_session *session;
	struct guard_scanner *scanner; /* of its own; NULL: made when needed */
	unsigned every;  /* every single split of texts up to so many bytes */
	unsigned random; /* so many random cuttings, from these: */
	struct draw *draw;
	uint64_t n_texts, n_cuttings, n_bytes; /* counted up */
	uint64_t n_actions[GUARD_HANDOFF + 1]; /* verdicts */
	uint64_t n_undecided, n_hits, n_edits;
	char fault[512]; /* "" or what does not hold */
};

/* True when it all holds; else what does not is in fault. */
bool cuts_hold(struct cuts *, const char *text, size_t len);
void cuts_clear(struct cuts *);

#endif
