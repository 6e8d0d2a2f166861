/*
 * topic - sentences that read as a learned topic (guard_topic.h).
 *
 *     You should buy <shares> now.     <sh sha har are res es> <sha shar ...
 *     -0.2  +0.1 +0.9  +2.1   +0.4     / sqrt(pieces + 100)  >  threshold?
 *
 * Pieces are the runs of three to five characters of a word with its ends; a
 * number, whichever, is one piece. A sentence is scored once, when it has
 * ended: until then its first byte is alive, which is what a stream pays for
 * it. Where words have another reading (leet digits, look-alikes) the sentence
 * is read a second time with those, and the higher score counts.
 */
#ifndef HANDRAIL_RULES_TOPIC_H
#define HANDRAIL_RULES_TOPIC_H

#include "rules/guard_topic.h"
#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

#define TOPIC_MAX_MODELS 32u /* of one policy */
#define TOPIC_WORD_CHARS 64u /* of a longer word the rest is not read */
#define TOPIC_WORD_PIECES (3u * (TOPIC_WORD_CHARS + 2u))

/* The buckets of a token's pieces; other: of its other reading, if it has one.
 * Answers how many. */
size_t topic_pieces(const struct text *, const struct token *, bool other,
    uint16_t out[TOPIC_WORD_PIECES]);
/* A sum of weights of n pieces as a score. */
int64_t topic_scale(int64_t sum, size_t n);
/* The score of a sentence that has ended, and whether it is that of the other
 * reading. */
int64_t topic_score(const struct guard_topic_model *, const struct text *,
    const struct sentence *, bool *other);

struct topic_scan {
	size_t next; /* sentence that is not scored yet */
};

void topic_scan_init(struct topic_scan *);
/*
 * Add a match for every TOPIC detector of the policy (of_kind) and sentence on
 * it, its value the score; otherwise as match.h says. 0, or -1 when memory
 * runs out.
 */
int topic_scan(struct topic_scan *, const struct text *,
    const struct guard_policy *, struct matches *out, size_t *alive_from)
    __attribute__((warn_unused_result));

#endif
