/*
 * unread - why an answer of the bot cannot be read, in words an operator can
 * act on. They name what the bot sent and what would do; never its text.
 */
#ifndef HANDRAIL_RELAY_UNREAD_H
#define HANDRAIL_RELAY_UNREAD_H

#include "proxy/channel/extract.h"
#include "proxy/wire/http1.h"

/* A sentence, appended to out: the head says it is no body that can be read. */
void unread_head(struct buf *out, const struct http1_head *, bool asked_stream);
/* What channel_body_read has found, or that it says more messages than were
 * asked for. */
void unread_body(struct buf *out, int err, const struct channel_body *,
    size_t messages_asked);
/* More came than a limit of that name allows. */
void unread_limit(struct buf *out, const char *limit, size_t max);

#endif
