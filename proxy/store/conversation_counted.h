/*
 * conversation_counted - what a conversation remembers of delivered messages:
 * sums of amounts, weak signals (rules/guard_memory.h).
 *
 * Unlike the transcript it is never cut short, and a crash of the process
 * loses nothing of it once conversation_flush_then has called back.
 */
#ifndef HANDRAIL_PROXY_STORE_CONVERSATION_COUNTED_H
#define HANDRAIL_PROXY_STORE_CONVERSATION_COUNTED_H

#include "proxy/store/conversation.h"
#include "rules/guard.h"

/* The lease is OPEN or HANDED_OFF: count these rows more. They are written
 * with the messages that wait. */
void conversation_count(
    struct conversation_lease *, const struct guard_memory *more);

struct conversation_flushed {
	/* err 0: it has left the process. Otherwise it is in memory only, and
	 * tried again. From the store's thread; may only post. */
	void (*fn)(void *arg, uint64_t ticket, int err);
	void *arg;
	uint64_t ticket;
};
/* conversation_flush, and a call when what waited is written. False: nothing
 * waited, no call comes. */
bool conversation_flush_then(
    struct conversation_lease *, const struct conversation_flushed *);

#endif
