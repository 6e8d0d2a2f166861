/*
 * watch - closed segments that somebody takes away. The one that is being
 * written is the writer's to look after.
 */
#ifndef HANDRAIL_PROXY_AUDIT_WATCH_H
#define HANDRAIL_PROXY_AUDIT_WATCH_H

#include "proxy/audit/audit.h"

struct audit_watch { /* {0}: nothing has been seen yet */
	char **names;
	size_t n;
};

/* Segments that were closed at the last look and are not there any more: how
 * many, and the first of them, "" for none. It walks through the folders. */
size_t audit_watch_look(
    struct audit_watch *, struct audit *, char first[SEGMENT_NAME_SIZE]);
void audit_watch_clear(struct audit_watch *);

#endif
