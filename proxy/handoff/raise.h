/*
 * raise - an open handoff becomes more urgent, by what the customer wrote while
 * it was open: another priority, queue and destination.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_RAISE_H
#define HANDRAIL_PROXY_HANDOFF_RAISE_H

#include "proxy/handoff/handoff.h"

struct handoff_raise { /* borrowed for the call */
	int64_t time_us;
	const struct guard_rule_info *rule; /* why */
	const char *queue, *priority, *destination;
};
/* result: 1 raised, 0 it stays as it is, or a store_err: where the store could
 * not write it, it is tried again until it can. In the store's thread. */
struct handoff_raised {
	void (*fn)(void *arg, uint64_t ticket, int result);
	void *arg;
	uint64_t ticket;
};
/*
 * The lease is HANDED_OFF. Only upwards: to a higher priority or, of urgent
 * ones, to another queue for a graver rule. Its destination is told by
 * handoff.raised, and so is the new one, which gets what comes from then on.
 */
void handoff_raise(struct handoffs *, struct conversation_lease *,
    const struct handoff_raise *, const struct handoff_raised *);

/* Would it be raised so? For tests, and inside. */
bool handoff_is_raised_by(
    const struct store_handoff *, const struct handoff_raise *);

#endif
