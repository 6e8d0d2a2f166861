/*
 * conversation_recall - what is known of a conversation besides its row: how
 * many of its messages are numbered, and that a person was asked for of whom no
 * row tells.
 */
#ifndef HANDRAIL_PROXY_STORE_CONVERSATION_RECALL_H
#define HANDRAIL_PROXY_STORE_CONVERSATION_RECALL_H

#include "proxy/store/conversation.h"

struct conversation_recall {
	uint32_t judged;
	bool owed; /* HANDED_OFF, like one that is locked */
};
/* Called under a lock when one comes into memory, by any thread. */
struct conversation_recaller {
	struct conversation_recall (*fn)(
	    void *arg, const char *family, const char *id);
	void *arg;
};
void conversations_on_recall(/* before the first lease */
    struct conversations *, const struct conversation_recaller *);
/* Are texts and counters of exchanges waiting that the store could not write?
 */
bool conversations_wait(struct conversations *);
/* A person was asked for and no handoff is in the store: ask again. */
bool conversation_is_owed(struct conversation_lease *);

/* The number of the next message that is judged, from 1, dense: for its records
 * in the audit log. It is kept with what is added next, with keep also where
 * nothing is. */
uint32_t conversation_number(struct conversation_lease *, bool keep);

/* For conversation*.c only. */
struct conversation;
struct conversation_key;
struct conversation_recall recall_of(
    struct conversations *, const struct conversation_key *);
/* Under the lock: a person has it, or has been asked for. */
bool conversation_is_taken(const struct conversation *);

#endif
