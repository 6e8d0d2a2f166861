/*
 * erased - what is sent in place of an event whose text was erased before it
 * was sent: which handoff it is about and where it belongs, under the same
 * key. A receiver that heard nothing would not know of the customer who waits,
 * nor what the later events belong to.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_ERASED_H
#define HANDRAIL_PROXY_HANDOFF_ERASED_H

#include "proxy/base/buf.h"
#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_outbox.h"

/* h: the handoff of the delivery, or zeros where it is not known. */
void erased_event(struct buf *out, const struct store_delivery *,
    const struct store_handoff *h);

/* In the place of a record. */
void erased_record(struct buf *out, const struct store_handoff *);

#endif
