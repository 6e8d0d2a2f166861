/*
 * handoff_service - the inside of struct handoffs. For handoff.c and raise.c
 * only.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_HANDOFF_SERVICE_H
#define HANDRAIL_PROXY_HANDOFF_HANDOFF_SERVICE_H

#include "proxy/handoff/again.h"
#include "proxy/handoff/handoff.h"

#include <pthread.h>

struct handoffs {
	struct store *store;
	struct conversations *conversations;
	struct outbox *outbox;
	struct again *again; /* what could not be written */
	pthread_mutex_t lock;
	/* under lock */
	struct handoffs_metrics metrics;
	int64_t *sent; /* replies shown, not yet marked in the store */
	size_t n_sent;
};

#endif
