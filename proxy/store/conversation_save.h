/*
 * conversation_save - what a conversation has to have written, collected for
 * an exchange and submitted as one job; and reading one that came back. For
 * conversation*.c only.
 */
#ifndef HANDRAIL_PROXY_STORE_CONVERSATION_SAVE_H
#define HANDRAIL_PROXY_STORE_CONVERSATION_SAVE_H

#include "proxy/store/conversation_table.h"

/* Collect and take under the shard's lock, submit without it: the store may
 * make the submitter wait, but for its own thread. */

/* To be written: all it has counted, the number of its latest message that was
 * judged, whether the bot has the question. */
void save_counted(struct conversation_lease *);
void save_number(struct conversation_lease *);
void save_asking(struct conversation_lease *, bool asking);
/* Copies m. True: enough waits, take it. */
bool save_add(struct conversation_lease *, const struct store_message *m);
struct saving *save_take(struct conversation_lease *); /* or NULL */
/* Call when it has been written, or not. */
void save_call(struct saving *, const struct conversation_flushed *);
void save_submit(struct saving *); /* accepts NULL */
/* In the store's thread: submit what leases of the shard have collected. */
void save_collected(struct shard *);
/* The same of all shards, and what waits to be tried again. */
void save_all(struct conversations *);
/* Without the lock; known is READING, which keeps it in memory. */
void save_read(struct conversations *, struct conversation *);
void save_tick(struct conversations *);
void save_drop_retries(struct conversations *);

#endif
