/*
 * deliver - one group of deliveries, each tried once: webhooks side by side
 * with libcurl, files one after the other. Knows nothing of the store.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_DELIVER_H
#define HANDRAIL_PROXY_HANDOFF_DELIVER_H

#include "proxy/handoff/outbox.h"

#include <stdatomic.h>

#define DELIVER_MAX 32 /* in one group */
#define DELIVER_ERROR_BYTES 400

struct deliver_try {
	const struct outbox_destination *to; /* all borrowed for the call */
	const char *key, *event, *body;
	size_t len;
	/* the outcome */
	bool sent;
	int64_t retry_after_s;           /* as the receiver asked; 0: did not */
	char error[DELIVER_ERROR_BYTES]; /* no text of messages */
};

struct deliver; /* connections that are kept open */
struct deliver *deliver_new(void);
void deliver_free(struct deliver *); /* accepts NULL */

/* done is called for each as it ends. When stop becomes true those that are
 * under way are given up without a call of done. */
struct deliver_group {
	struct deliver_try *tries;
	size_t n; /* at most DELIVER_MAX */
	void (*done)(void *arg, struct deliver_try *);
	void *arg;
	atomic_bool *stop;
};
void deliver_run(struct deliver *, const struct deliver_group *);
/* Make deliver_run look at stop now. Any thread. */
void deliver_wake(struct deliver *);

#endif
