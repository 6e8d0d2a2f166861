/*
 * facts - what the engine may know: a guard_session out of the request, the
 * conversation so far and what is paused.
 *
 * Owns copies of what it points to; the strings of the request and of the view
 * are borrowed and must live as long.
 */
#ifndef HANDRAIL_RELAY_FACTS_H
#define HANDRAIL_RELAY_FACTS_H

#include "proxy/channel/request.h"
#include "proxy/store/conversation_view.h"
#include "proxy/store/pause.h"
#include "rules/guard.h"

struct facts {
	struct guard_session session;
	struct conversation_view *view;        /* owned */
	struct guard_span_text *customer_said; /* with this turn's */
	size_t news;                           /* news_from of the request */
	unsigned char *paused;
};

struct facts_sources {
	const struct channel_request *asked;
	struct conversation_lease *lease;
	const struct guard_policy *policy;
	struct guard_scanner *scanner;
	struct pauses *pauses;
	const char *channel, *conversation;
	int64_t now_us;
};

void facts_init(struct facts *, const struct facts_sources *);
void facts_clear(struct facts *);

#endif
