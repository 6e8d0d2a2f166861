/*
 * returned - what a handoff's end leaves behind, in the transaction that ends
 * it: the event for its destination and the record for the audit log.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_RETURNED_H
#define HANDRAIL_PROXY_HANDOFF_RETURNED_H

#include "proxy/store/store_handoffs.h"

int returned_record(struct store_tx *, const char *handoff, int64_t now_us)
    __attribute__((warn_unused_result));
/* One audit record about a handoff. */
struct returned_what {
	const char *type, *action, *actor, *detail; /* or NULL, but type */
	int64_t now_us;
};
int returned_audit(struct store_tx *, const struct store_handoff *,
    const struct returned_what *) __attribute__((warn_unused_result));

#endif
