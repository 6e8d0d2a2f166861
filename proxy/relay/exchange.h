/*
 * exchange - one request of a customer and what becomes of it.
 *
 *   READ --> LINE --> ASK --> BODY --> SETTLE ----------> OVER
 *    |         |       |       (whole answer)              ^
 *    |         |       `----> FLOW ---> SETTLE ------------|  (streamed)
 *    |         `-----------------------> SETTLE -> SEND ---'  (a person's)
 *    |   (JUDGE: behind LINE and BODY, where a classifier is asked)
 *    `--> PASS (a route that belongs to no conversation)
 *
 * exchange.c owns the states; ask.c gets the question to the bot, customer.c
 * keeps and judges what the customer wrote, answer.c judges a whole answer,
 * flow.c a streamed one, settle.c records and locks before anything acts,
 * takeover.c speaks for the person; pass.c is the way round all. One thread.
 */
#ifndef HANDRAIL_RELAY_EXCHANGE_H
#define HANDRAIL_RELAY_EXCHANGE_H

#include "proxy/channel/render.h"
#include "proxy/channel/request.h"
#include "proxy/http/origin.h"
#include "proxy/relay/client.h"
#include "proxy/relay/counting.h"
#include "proxy/relay/facts.h"
#include "proxy/relay/frames.h"
#include "proxy/relay/scores.h"
#include "proxy/relay/settle.h"

enum exchange_state {
	EXCHANGE_READ,   /* the request is coming in */
	EXCHANGE_LINE,   /* waits for its turn in the conversation */
	EXCHANGE_ASK,    /* the bot has the question */
	EXCHANGE_BODY,   /* its whole answer is coming in */
	EXCHANGE_FLOW,   /* its stream is coming in and going out */
	EXCHANGE_PASS,   /* what belongs to no conversation */
	EXCHANGE_JUDGE,  /* classifiers are being asked about it */
	EXCHANGE_SETTLE, /* record and lock are being written */
	EXCHANGE_SEND,   /* a person's words are on their way */
	EXCHANGE_OVER,
};

/* How the end of the answer leaves, once it is settled. */
enum exchange_end {
	EXCHANGE_AS_IS,  /* the body untouched */
	EXCHANGE_EDITED, /* with edits */
	EXCHANGE_SAY,    /* approved text instead */
};

struct exchange {
	struct worker *worker;
	struct client *client;         /* NULL: gone */
	struct exchange *next, **link; /* in its bucket of the worker */
	uint64_t number;
	enum exchange_state state;
	struct routes *routes;
	const struct config_route *route;
	size_t route_index;
	char *head_bytes;
	struct buf body;
	bool head_sent; /* the answer's head has left */
	char trace[33]; /* W3C trace id */
	int64_t began_us;

	struct channel_request asked;
	char anonymous[33];
	const char *conversation;
	struct conversation_lease *lease;
	struct facts facts;
	bool has_facts;
	struct scores scores;
	struct counting counting;        /* the customer's new messages */
	struct customer_signal *signals; /* the deciding one last */
	size_t n_signals, at_signal;
	struct origin *origin;

	int bot_status;    /* of its answer; 0: none yet */
	struct buf answer; /* BODY: the bot's bytes */
	struct channel_body read;
	bool has_read;
	bool streamed;     /* a body, for a client that asked for a stream */
	bool unreadable;   /* it is only looked at to be shown to people */
	struct buf unread; /* why it cannot be read, in words (unread.h) */
	struct verdicts verdicts;
	const char *cause;     /* of a handoff: "rule", "cannot_read", ... */
	const char *undecided; /* words beyond the engine's: "cannot_read" */
	struct told told;      /* what the message says, for people */
	uint32_t kept;     /* its first number in the transcript; 0: not yet */
	uint32_t judged;   /* of the latest message: conversation_number */
	bool numbered;     /* the one at hand has it: its stream is open */
	struct buf say;    /* what the customer is told instead */
	uint32_t told_seq; /* its number there; 0: not kept */
	enum exchange_end end;
	struct settle settle;

	struct frames *frames;     /* FLOW */
	struct loop_timer late;    /* the bot has so long to answer */
	struct loop_timer beat;    /* SEND: looks whether they were read */
	int64_t send_until_us;     /* SEND: looked so long */
	char stream[33];           /* ties its records together */
	bool opened, edit_pending; /* its records: written, under way */
	struct loop_timer read_on; /* withheld: how long it is still read */
	struct loop_timer hold;    /* words wait: for how long they may */
	bool flow_over;
	const char *given_up; /* why no more is waited for, or NULL */
	bool client_full;     /* the bot waits until it has read ... */
	int64_t drained_us;   /* ... as it had last at; monotonic */
	size_t edits_asked;   /* edits the pending record covers */

	struct worker_replies replies; /* of the person, to be sent */
	bool replies_read;             /* SEND: the client has */
	bool not_the_ai; /* it answers with a person's or its own words */

	struct http1_head head; /* of the request, on head_bytes; last: what it
				   has no field in is not zeroed */
};

struct exchange *exchange_new(
    struct worker *, struct client *, const struct http1_head *);
void exchange_request_body(struct exchange *, struct span);
void exchange_request_end(struct exchange *);
void exchange_client_drained(struct exchange *);
void exchange_client_sent(struct exchange *); /* see client_tell_sent */
void exchange_client_gone(struct exchange *);
void exchange_give_up(struct exchange *); /* the drain limit is reached */
/* NULL when it is gone. */
struct exchange *exchange_find(struct worker *, uint64_t number);
void exchange_woken(struct exchange *, enum worker_wake, int result,
    const struct worker_replies *);

/* For the files named above. */
void exchange_goto(struct exchange *, enum exchange_state);
const char *exchange_state_name(enum exchange_state);
const struct config *exchange_config(const struct exchange *);
struct guard_policy *exchange_policy(const struct exchange *);
/* An answer of Handrail's own: JSON error body. Ends the exchange. */
void exchange_refuse(
    struct exchange *, int status, const char *code, const char *text);
/* The answer is out (client_finish) or cannot be (client_abort): gone at the
 * end of the turn. */
void exchange_done(struct exchange *);
void exchange_abort(struct exchange *, const char *why);
void exchange_log(const struct exchange *, int level, const char *what);

#endif
