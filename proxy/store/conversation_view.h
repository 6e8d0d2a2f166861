/*
 * conversation_view - what is known of a conversation, for who judges in it or
 * takes it over.
 */
#ifndef HANDRAIL_PROXY_STORE_CONVERSATION_VIEW_H
#define HANDRAIL_PROXY_STORE_CONVERSATION_VIEW_H

#include "proxy/store/conversation.h"
#include "rules/guard.h"

/* A copy, the caller's until conversation_view_free. */
struct conversation_view {
	uint32_t ai_turn; /* of the next AI message, from 1 */
	uint32_t customer_turns;
	bool truncated; /* older messages are no longer in memory */
	bool answered;  /* the customer has had an answer to the last */
	const struct store_message *turns; /* oldest first */
	size_t n_turns;
	const struct guard_span_text *customer_said, *ai_said; /* oldest first;
				    ai_said: what the customer saw of it */
	size_t n_customer_said, n_ai_said;
	struct guard_memory counted; /* by delivered messages */
};
struct conversation_view *conversation_view(struct conversation_lease *);
void conversation_view_free(struct conversation_view *);

#endif
