/*
 * beside - the verdict on a reading (channel/seams.h) added to those on the
 * texts it is made of.
 *
 * What stands far from a seam has been found in those texts, so of the reading
 * only what is near one counts, and of that only what no rule has found yet.
 * Nothing of it can be edited: a redaction that the texts' own edits do not
 * make already cannot be made, and the policy's fallback decides. In a stream
 * the edits of its texts may have been made for it (frames_spread).
 */
#ifndef HANDRAIL_RELAY_BESIDE_H
#define HANDRAIL_RELAY_BESIDE_H

#include "proxy/channel/seams.h"
#include "proxy/relay/verdicts.h"

struct beside {
	const struct channel_seams *seams;
	size_t base; /* byte of the reading that the judged text begins at */
	/* Is all of start..end of a series edited? */
	bool (*edited)(void *arg, uint32_t series, size_t start, size_t end);
	void *arg;
};

/* Is the stretch, counted in the reading, a redaction nobody makes? */
bool beside_is_stuck(const struct beside *, size_t start, size_t end);
/* Does it hand off, or cannot be decided? */
bool beside_hands_off(const struct verdicts *, const struct beside *,
    const struct guard_verdict *);
/* Adds what counts of the verdict on a reading. */
void beside_add(struct verdicts *, uint32_t series, const struct guard_policy *,
    const struct beside *, const struct guard_verdict *);
/* Is all of start..end of a text redacted, or would be if nothing in the
 * answer were stronger? */
bool beside_is_redacted(
    const struct verdicts *, uint32_t series, size_t start, size_t end);
/* Do edits, in text order, cover all of start..end? */
bool beside_covers(
    const struct guard_edit *, size_t n, size_t start, size_t end);

#endif
