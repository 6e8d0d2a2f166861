/*
 * scores - what classifiers say of the texts of one exchange: asked as the
 * engine wants to know, kept for judging and for the record.
 *
 *   guard_check -> scores_note(asks) -> classifiers -> given grows -> judge
 *                                                        again
 *
 * The answers are an input of the session; who judges with it sees what has
 * come by then. Judging again with more answers is how a wait ends.
 */
#ifndef HANDRAIL_RELAY_SCORES_H
#define HANDRAIL_RELAY_SCORES_H

#include "proxy/audit/record_scores.h"
#include "proxy/classifier/classifier.h"
#include "rules/guard.h"

struct config;
struct exchange;
struct generation;
struct classified; /* one text that was asked about */

struct scores {
	struct guard_answers given; /* of the session */
	struct guard_answer *answers;
	struct classified *all; /* by time, a list */
	struct classified **last;
	size_t n;       /* of them, since the exchange began */
	size_t waiting; /* answers that have not come */
	size_t turn;    /* of asked that is being judged; SIZE_MAX: the AI */
	bool ended;     /* nobody is asked any more */
	void (*then)(struct exchange *); /* called at every answer */
};

/* The classifiers of one worker under one generation, by the policy's index. */
struct classifier **scores_services(
    struct loop *, const struct generation *, const struct config *);
void scores_begin(struct exchange *);
/* What was missing in the last guard_check of the worker's scanner is asked. */
void scores_note(struct exchange *);
/* The same of a list. */
void scores_ask(struct exchange *, const struct guard_ask *, size_t n);
/* What has not been answered will not be, nor what is asked from now on: who
 * waits goes on at once. */
void scores_end(struct exchange *);
/* From now on nobody waits. */
void scores_cancel(struct exchange *);
void scores_clear(struct scores *);
/* For the record of a turn (SIZE_MAX: the AI's message); free() it. */
struct record_score *scores_record(
    const struct exchange *, size_t turn, size_t *n);

#endif
