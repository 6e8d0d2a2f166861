/*
 * round - what is due of the outbox for one destination, each tried once, and
 * what came of it written down.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_ROUND_H
#define HANDRAIL_PROXY_HANDOFF_ROUND_H

#include "proxy/handoff/deliver.h"
#include "proxy/handoff/destinations.h"

struct round_of {
	struct store *store;
	struct deliver *deliver;
	const struct destinations *destinations;
	const char *name; /* of the destination, which need not be there */
	atomic_bool *stop;
	/* For each row that was tried. */
	void (*count)(void *arg, enum store_outbox_state);
	void *arg;
};
/* Everything that is due, once. When to look again, as unix time. */
int64_t round_run(const struct round_of *);

#endif
