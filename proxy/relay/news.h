/*
 * news - which of a request's messages are new to us.
 *
 * Clients send the newest message alone, a window over the last few, or the
 * whole chat each time; some ask again with what they sent before. What a
 * customer said is judged and kept once, and nothing new goes unjudged: where
 * it cannot be told which of two it is, a message counts as new.
 */
#ifndef HANDRAIL_RELAY_NEWS_H
#define HANDRAIL_RELAY_NEWS_H

#include "proxy/channel/request.h"
#include "proxy/store/conversation_view.h"

/* The index of the first turn that is new; n_turns: there is none. Turns of
 * the AI behind it are not news. */
size_t news_from(
    const struct channel_request *, const struct conversation_view *known);
/* Turns before this one came before the AI's last: history, when nothing of
 * the conversation is known. */
size_t news_behind_ai(const struct channel_request *);

#endif
