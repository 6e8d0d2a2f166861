/*
 * turns - the messages of the chat in a request. Private to this folder.
 */
#ifndef HANDRAIL_CHANNEL_TURNS_H
#define HANDRAIL_CHANNEL_TURNS_H

#include "proxy/channel/request.h"
#include "proxy/wire/json.h"

/* Fill in turns, texts and many. */
void turns_read(const struct channel *, const struct json_doc *,
    struct channel_request *out);

#endif
