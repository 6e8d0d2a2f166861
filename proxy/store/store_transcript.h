/*
 * store_transcript - what is said in conversations: written in pieces, one for
 * the messages that are kept at once, and read back message by message.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_TRANSCRIPT_H
#define HANDRAIL_PROXY_STORE_STORE_TRANSCRIPT_H

#include "proxy/store/store_conversations.h"

void store_messages_free(struct store_message *, size_t n);

/* Messages, perhaps none, and the counters that go with them. */
struct store_exchange {
	const struct store_conversation *conversation; /* names, counters,
				created_us, updated_us; the rest is not read */
	const char *customer;                          /* or NULL: as it was */
	const struct store_message *messages;
	size_t n;
};
/* Counters only grow: a write that was tried again comes late. Of messages
 * with one number the one written last counts. One from before the erasure of
 * its conversation is kept without text. */
int store_exchange_put(struct store_tx *, const struct store_exchange *)
    __attribute__((warn_unused_result));

/* The last max of those after seq, oldest first; free with
 * store_messages_free. */
struct store_range {
	uint32_t after;
	size_t max;
};
int store_messages_get(struct store_tx *, const char *family, const char *id,
    struct store_range, struct store_message **out, size_t *n)
    __attribute__((warn_unused_result));

#endif
