/*
 * destinations - those of one configuration, and what is owed to others.
 *
 * A delivery whose destination is no longer configured stays owed: nothing is
 * lost, and it is said, in the log and as its error.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_DESTINATIONS_H
#define HANDRAIL_PROXY_HANDOFF_DESTINATIONS_H

#include "proxy/handoff/outbox.h"
#include "proxy/store/store_outbox.h"

struct destinations {  /* one generation */
	unsigned refs; /* its owner's, under whose lock it is counted */
	struct outbox_destination *list;
	size_t n;
};

/* With one reference; strings are copied, defaults filled in. */
struct destinations *destinations_new(
    const struct outbox_destination *, size_t n);
void destinations_unref(struct destinations *); /* accepts NULL */
/* NULL: there is none of that name. */
const struct outbox_destination *destinations_find(
    const struct destinations *, const char *name);

/* It has no destination: mark it so, to be looked at again later, which is to
 * be written down. Is it news? */
bool destinations_lose(struct store_delivery *);
/* Once for each configuration: mark what is owed to nobody, and say so. False:
 * the store cannot be written. */
bool destinations_look(const struct destinations *, struct store *)
    __attribute__((warn_unused_result));

#endif
