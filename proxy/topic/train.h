/*
 * train - a model of a topic, and how well it does on sentences it has not
 * seen.
 *
 * Every sentence is judged by a model made of nine tenths of the others
 * (cross-validation); the threshold is the lowest one at which no more of the
 * unlike sentences are found than the caller allows. The model that is kept is
 * made of all of them.
 */
#ifndef HANDRAIL_PROXY_TOPIC_TRAIN_H
#define HANDRAIL_PROXY_TOPIC_TRAIN_H

#include "rules/guard_topic.h"

#define TRAIN_ROUNDS 10u

struct train_result {
	struct guard_topic_model model; /* strings are the topic's */
	int64_t *held_out; /* by sentence: its score when it was not seen */
	/* By the model that is kept, the like sentence with the lowest score,
	 * the unlike one with the highest. */
	size_t worst_like, worst_unlike;
	bool apart; /* is the first above the other? If not there is no model */
	/* The threshold had to be lowered so that worst_like is found: more are
	 * found by mistake than was allowed. */
	bool lowered;
};

/* false_alarms: of a thousand unlike sentences. */
void train_topic(
    const struct guard_topic *, unsigned false_alarms, struct train_result *);
void train_clear(struct train_result *);

#endif
