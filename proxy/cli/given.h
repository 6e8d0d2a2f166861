/*
 * given - what is known about a conversation, as JSON: the keys of `given` in
 * a policy's examples, plus "aside" and "counted"; "scores" also as an audit
 * record has them (given_scores.h).
 *
 *   {"ai_turn": 2, "channel": "chat", "time": "2026-11-03T21:15",
 *    "approvals": {"refund": "APR-1"}, "customer_said": ["..."]}
 *
 * What the AI said counts in sums and totals, as if it had been delivered;
 * "counted" says instead what has: [{"name", "kind", "currency", "value",
 * "times"}], as in an audit record's inputs.
 *
 * A time without an offset is the policy's local time. An unknown key or a
 * value of the wrong kind is refused: a typo must not change a measurement.
 */
#ifndef HANDRAIL_PROXY_CLI_GIVEN_H
#define HANDRAIL_PROXY_CLI_GIVEN_H

#include "rules/guard.h"

#include <jansson.h>

#define GIVEN_WHY_BYTES 128u

struct given_scores {                 /* of classifiers */
	struct guard_answers given;   /* for the session */
	struct guard_answer *answers; /* the same */
	char **names;
	size_t n_names;
	const json_t *recorded; /* by place, or NULL */
};

struct given {
	struct guard_session session; /* strings are the JSON object's */
	struct guard_approval *approvals;
	struct guard_span_text *customer_said, *ai_said;
	struct guard_memory memory;
	struct given_scores scores;
	char why[GIVEN_WHY_BYTES]; /* what is wrong with it */
};

/* For given.c, in given_counted.c: read "counted"; count what the AI said. */
int given_counted(struct given *, const json_t *);
void given_count_said(struct given *, const struct guard_policy *);
/* Say what is wrong; -1. */
int given_refuse(struct given *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Read an object, or NULL for nothing known; it must outlive the session. 0,
 * or -1 with why. given_clear either way.
 */
int given_read(struct given *, const json_t *, const struct guard_policy *)
    __attribute__((warn_unused_result));
void given_clear(struct given *);
/* Before the message is judged: the zone it is in, unless that is given. */
void given_find_zone(struct given *, const struct guard_policy *,
    struct guard_scanner *, const struct guard_message *);

#endif
