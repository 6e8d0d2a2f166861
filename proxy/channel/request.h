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
				     not text, or two that differ: answer 400
				     with .error */
};

/* One message of the chat as the request tells it: a client may send the
 * newest alone, the last few, or all there ever were. */
enum channel_turn_kind {
	CHANNEL_TURN_CUSTOMER, /* what the customer wrote; never empty */
	CHANNEL_TURN_MEDIA,    /* what the customer sent besides words; the
				  text is the channel's word for it: "image" */
	CHANNEL_TURN_AI,       /* what the AI is said to have answered; empty
				  for a tool call */
};
struct channel_turn {
	enum channel_turn_kind kind;
	size_t start, len; /* in texts; see channel_turn_text */
};
#define CHANNEL_FEW_TURNS 4
#define CHANNEL_OTHER_IDS 4

/* A fact's value; NULL in each means absent. */
struct channel_facts {
	char *segment, *language, *interaction_type, *zone;
	char *resolved, *repeat_contact; /* "yes", "no" */
	char *open_tasks; /* what the AI has begun, for a person to read */
};

/* All strings owned, NUL-terminated UTF-8. Not to be copied. */
struct channel_request {
	bool stream;     /* the client asks for an event stream */
	size_t messages; /* it asks for so many; SIZE_MAX: nobody knows */
	bool anonymous;  /* conversation was made up for this request alone
			    and is NULL: the caller gives it a random one */
	char *conversation;
	char *customer; /* or NULL */
	/* Other ids of the request that would have named the conversation, had
	 * it no better one: the customer's. */
	char *others[CHANNEL_OTHER_IDS];
	size_t n_others;
	const struct channel_turn *turns; /* oldest first */
	size_t n_turns;
	struct buf texts; /* of the turns, each with its NUL */
	struct channel_turn few[CHANNEL_FEW_TURNS]; /* turns, or */
	struct channel_turn *many;
	struct channel_facts facts;
	char *error;     /* on failure: a sentence for the client, or NULL */
	size_t error_at; /* BAD_BODY: byte of the body */
};

static inline struct span channel_turn_text(
    const struct channel_request *r, size_t turn)
{
	const struct channel_turn *t = &r->turns[turn];

	return (struct span){r->texts.data + t->start, t->len};
}

/* *out need not be initialised; always channel_request_clear it. */
int channel_read(const struct channel *, const struct http1_head *,
    struct span body, struct channel_request *out)
    __attribute__((warn_unused_result));
void channel_request_clear(struct channel_request *);

#endif
