/*
 * descriptors - open files: as many as the system allows, and never so many
 * connections that none are left for audit log, store and bots.
 */
#ifndef HANDRAIL_RELAY_DESCRIPTORS_H
#define HANDRAIL_RELAY_DESCRIPTORS_H

#include "proxy/config/config.h"

struct descriptors {
	uint64_t was, limit; /* of open files: before and now */
};

/* Raise the soft limit to the hard one. */
void descriptors_raise(struct descriptors *);
/*
 * How many client connections there is room for: each takes two, its own and
 * the bot's, beside what the process itself has open and the connections kept
 * idle. At most max_connections; 0: not even one.
 */
size_t descriptors_connections(const struct config *, uint64_t limit);
/* Why fewer than max_connections fit; false: all do. */
bool descriptors_complain(
    const struct config *, uint64_t limit, struct buf *why);

#endif
