/*
 * store_outbox - deliveries owed to destinations. A row stays until it is
 * sent; its key is the same at every try.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_OUTBOX_H
#define HANDRAIL_PROXY_STORE_STORE_OUTBOX_H

#include "proxy/store/store_conversations.h"

enum store_outbox_state {
	STORE_OUTBOX_PENDING,
	STORE_OUTBOX_SENT,
	STORE_OUTBOX_DEAD,    /* given up: a person must look */
	STORE_OUTBOX_DROPPED, /* and has decided to do without */
};
const char *store_outbox_state_name(enum store_outbox_state);

/* The error of a pending one whose destination is not there. */
#define STORE_OUTBOX_NOBODY "no destination of this name is configured"

struct store_delivery {
	int64_t id;
	char handoff[STORE_HANDOFF_ID_SIZE];
	char *family, *conversation;
	char *destination;
	char *key;   /* idempotency key: handoff id and event number */
	char *event; /* "handoff.requested", "message.customer", ... */
	enum store_outbox_state state;
	unsigned tries;
	int64_t created_us, next_us, done_us;
	int64_t begun_us; /* of the latest try with the text; 0: none yet */
	bool trying;      /* and how it ended is not written down */
	char *error;      /* of the last try, or NULL; no text of messages */
	bool erased;      /* body is NULL, its key is gone */
	char *body;       /* JSON; NULL until store_delivery_begin */
	size_t len;
};
void store_deliveries_free(struct store_delivery *, size_t n);
bool store_delivery_is_lost(const struct store_delivery *); /* to nobody */

/* A key that is there already changes nothing: STORE_OK. What was given up of
 * the same handoff and destination is due again: it goes before. */
int store_delivery_put(struct store_tx *, const struct store_delivery *)
    __attribute__((warn_unused_result));
/*
 * Pending ones of a destination that are due at now, at most max, without
 * bodies, the more urgent first. Of one handoff only the oldest, and none
 * behind a dead one: events arrive in order. *next_us gets when the next one is
 * due (INT64_MAX: none).
 */
struct store_due {
	const char *destination;
	int64_t now_us;
	size_t max;
};
int store_deliveries_due(struct store_tx *, struct store_due,
    struct store_delivery **out, size_t *n, int64_t *next_us)
    __attribute__((warn_unused_result));
/* Calls for each destination that something is pending for; name is borrowed
 * for the call. */
int store_outbox_owed_to(
    struct store_tx *, void (*fn)(void *arg, const char *name), void *arg)
    __attribute__((warn_unused_result));
/*
 * Write down that a try begins, and read the body for it: in one transaction,
 * so that an erasure either takes the text from the try or finds that it may
 * have arrived. erased says which. STORE_NOT_FOUND: it is not owed any more.
 */
int store_delivery_begin(struct store_tx *, struct store_delivery *,
    int64_t now_us) __attribute__((warn_unused_result));
/* Write down how a try ended: state, tries, next_us, done_us and error of the
 * row. A body that was sent is dropped. */
int store_delivery_tried(struct store_tx *, const struct store_delivery *)
    __attribute__((warn_unused_result));
/* All of one handoff (NULL: every pending and dead one), without bodies. */
int store_deliveries_list(struct store_tx *, const char *handoff,
    struct store_delivery **out, size_t *n) __attribute__((warn_unused_result));
/* What destinations have: a try with the text began, so that it may have
 * arrived, whatever became of the try.
 * Of one conversation, or where customer is set of all of that customer's.
 * Without bodies, by destination and handoff. */
struct store_whose {
	const char *family, *conversation, *customer;
};
int store_deliveries_handed_out(struct store_tx *, const struct store_whose *,
    struct store_delivery **out, size_t *n) __attribute__((warn_unused_result));
/* What is pending or dead, of one handoff or (NULL) of all, is due now and has
 * all its tries before it again. *n: how many. */
int store_deliveries_retry(struct store_tx *, const char *handoff,
    int64_t now_us, size_t *n) __attribute__((warn_unused_result));
/* What is dead of a handoff, or has no destination, is dropped: what waits
 * behind it goes on. *n: how many. */
int store_deliveries_drop(struct store_tx *, const char *handoff,
    int64_t now_us, size_t *n) __attribute__((warn_unused_result));
struct store_outbox_counts {
	size_t pending, dead;
	size_t nobody; /* of the pending ones: without a destination */
};
int store_outbox_count(struct store_tx *, struct store_outbox_counts *)
    __attribute__((warn_unused_result));

#endif
