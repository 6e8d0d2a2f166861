/* frames_rest - see frames.h: texts beside the message that rest. */
#ifndef HANDRAIL_RELAY_FRAMES_REST_H
#define HANDRAIL_RELAY_FRAMES_REST_H

#include "proxy/relay/frames_state.h"

/* Bytes of a series that may leave. */
size_t frames_safe(const struct series *);
/* The head of the queue waits: does more of it leave as others have gone on
 * without the texts it waits for? */
bool frames_rest(struct frames *);

#endif
