/*
 * given_scores - what classifiers said, as JSON: of every sentence, or as an
 * audit record's inputs have it, sentence by sentence.
 *
 *   {"toxicity": "0.93", "tone/insult": "0.2", "spam": "none"}
 *   [{"classifier": "toxicity", "start": 0, "end": 35,
 *     "scores": {"insult": 930000}}, ...]
 *
 * A sentence nobody has said anything of has no answer.
 */
#ifndef HANDRAIL_PROXY_CLI_GIVEN_SCORES_H
#define HANDRAIL_PROXY_CLI_GIVEN_SCORES_H

#include "proxy/cli/given.h"

/* 0, or -1 with why. */
int given_scores_read(struct given *, const json_t *)
    __attribute__((warn_unused_result));
/* guard_check with what is given. */
void given_scores_check(struct given *, struct guard_scanner *,
    const struct guard_policy *, const struct guard_message *,
    struct guard_verdict *out);
/* What a stream wants to know; false when nothing new is given. */
bool given_scores_stream(
    struct given *, const struct guard_policy *, struct guard_stream *);
void given_scores_clear(struct given_scores *);

#endif
