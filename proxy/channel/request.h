/*
 * request - what a customer's request says about itself.
 */
#ifndef HANDRAIL_CHANNEL_REQUEST_H
#define HANDRAIL_CHANNEL_REQUEST_H

#include "proxy/base/buf.h"
#include "proxy/channel/channel.h"
#include "proxy/wire/http1.h"

enum channel_read_err {
	CHANNEL_READ_OK = 0,
	CHANNEL_READ_BAD_BODY = -1,        /* not JSON: answer 400 */
	CHANNEL_READ_TOO_LARGE = -2,       /* answer 413 */
	CHANNEL_READ_NO_CONVERSATION = -3, /* answer 400 with .error */
	CHANNEL_READ_BAD_ID = -4, /* empty, over 256 bytes, control bytes,
				     or not text: answer 400 */
};

/* A fact's value; NULL in each means absent. */
struct channel_facts {
	char *segment, *language, *interaction_type, *zone;
	char *resolved, *repeat_contact; /* "yes", "no" */
};

/* All strings owned, NUL-terminated UTF-8. */
struct channel_request {
	bool stream;    /* the client asks for an event stream */
	bool anonymous; /* conversation was made up for this request alone
			   and is NULL: the caller gives it a random one */
	char *conversation;
	char *customer; /* or NULL */
	char *inbound;  /* what the customer wrote in this turn; never NULL */
	size_t inbound_len;
	bool has_media; /* the turn holds parts that are not text */
	struct channel_facts facts;
	char *error;     /* on failure: a sentence for the client, or NULL */
	size_t error_at; /* BAD_BODY: byte of the body */
};

/* *out need not be initialised; always channel_request_clear it. */
int channel_read(const struct channel *, const struct http1_head *,
    struct span body, struct channel_request *out)
    __attribute__((warn_unused_result));
void channel_request_clear(struct channel_request *);

#endif
