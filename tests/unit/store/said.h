/* said - something is said in a conversation, for tests. */
#ifndef HANDRAIL_TESTS_UNIT_STORE_SAID_H
#define HANDRAIL_TESTS_UNIT_STORE_SAID_H

#include "proxy/base/clock.h"
#include "proxy/store/conversation.h"

#include <string.h>

static inline void add(struct conversation_lease *lease,
    enum store_speaker speaker, enum store_status status, const char *text)
{
	struct conversation_message m = {.speaker = speaker,
	    .status = status,
	    .time_us = clock_now_us(),
	    .text = text,
	    .len = strlen(text)};

	conversation_add(lease, &m);
}

#endif
