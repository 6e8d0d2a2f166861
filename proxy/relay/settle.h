/*
 * settle - what of an exchange has to be safe before its answer leaves, and the
 * customer's messages that have a record of their own.
 */
#ifndef HANDRAIL_RELAY_SETTLE_H
#define HANDRAIL_RELAY_SETTLE_H

#include "proxy/base/buf.h"
#include "proxy/relay/verdicts.h"

struct exchange;

struct settle {           /* what has to be safe before the answer leaves */
	bool recorded;    /* nothing to wait for, or done */
	unsigned storing; /* writes of the store that are waited for */
	bool deferred;    /* the record, until they are done */
	bool record_failed, store_failed;
	bool unkept;     /* the handoff is in memory only */
	bool fell_back;  /* the policy's word for it is the verdict now */
	bool uncounted;  /* a decision, which counts as what comes of it */
	bool is_ai;      /* it is on the AI's own words */
	struct buf line; /* kept while the queue is full */
	int need;        /* enum audit_need */
	void (*then)(struct exchange *);
};

/* A message of the customer's with a decision to be recorded. */
struct customer_signal {
	size_t turn;  /* of asked; n_turns: none */
	bool silence; /* not what it says, but the AI may not speak */
	struct verdicts verdicts;
};

#endif
