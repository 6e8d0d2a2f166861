/*
 * store_told - the proxy says how far it has taken note of what others did, so
 * that a program beside it can report what is in force, not only written.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_TOLD_H
#define HANDRAIL_PROXY_STORE_STORE_TOLD_H

#include "proxy/store/store.h"

/* In the store's thread: its listeners have been told of all changes up to
 * this one. Said once what they asked of the reading lane for it is answered.
 */
void store_say_told(struct store *, int64_t change);
/* The same, where they were told of what silences the AI, and of nothing else.
 */
void store_say_silent(struct store *, int64_t change);
/* In the store's thread: what others did is not taken note of for this reason,
 * in words ("the disk of the audit log is full"); NULL: any more. */
void store_say_waits(struct store *, const char *why);
/*
 * Of another process: wait until the proxy has taken note of all that this one
 * committed, at most so long. STORE_BUSY: not in time. Only where a proxy
 * serves (claim.h).
 */
int store_await_told(struct store *, unsigned ms)
    __attribute__((warn_unused_result));
/* After store_await_told was BUSY: has it taken note at least of what silences
 * the AI? Nothing of it is recorded then. */
bool store_is_silent(struct store *);
/* What it waits for, as it said itself, for free(); NULL: it has not said. */
char *store_waits_for(struct store *);

#endif
