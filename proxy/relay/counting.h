/*
 * counting - a session whose counted amounts and signals grow from message to
 * message, where several are judged before any is settled: the texts of one
 * answer, the customer's new messages.
 *
 * It refers to the session it was begun with, which must outlive it.
 */
#ifndef HANDRAIL_RELAY_COUNTING_H
#define HANDRAIL_RELAY_COUNTING_H

#include "rules/guard.h"

struct counting {
	struct guard_scanner *scanner;
	const struct guard_policy *policy;
	bool on;                      /* some rule of the policy counts */
	struct guard_session session; /* to judge the next message with */
	struct guard_memory all;      /* its counted ones, when on */
};

void counting_begin(struct counting *, struct guard_scanner *,
    const struct guard_policy *, const struct guard_session *);
/* The message is, or will be, the customer's to read. Uses the scanner: what
 * is borrowed from it is gone. more, if not NULL, gets what it adds. */
void counting_add(
    struct counting *, const struct guard_message *, struct guard_memory *more);
void counting_clear(struct counting *);

#endif
