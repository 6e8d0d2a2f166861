/*
 * desk - the built-in destination, for `handrail handoff` and the console:
 * list, show, reply, return, over the store.
 *
 * Works from another process while the proxy runs: each write is one
 * transaction that also tells the proxy and leaves an audit record for it.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_DESK_H
#define HANDRAIL_PROXY_HANDOFF_DESK_H

#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_outbox.h"

struct desk_case { /* one handoff with all that belongs to it */
	struct store_handoff handoff;
	struct store_message *later; /* messages after the record's */
	size_t n_later;
	struct store_reply *replies;
	size_t n_replies;
	struct store_delivery *deliveries; /* without bodies */
	size_t n_deliveries;
};
void desk_case_clear(struct desk_case *);

/* What was done, or why it could not be. */
struct desk_outcome {
	char id[STORE_HANDOFF_ID_SIZE];    /* the whole one; "": none */
	char other[STORE_HANDOFF_ID_SIZE]; /* CONFLICT: begins alike; or "" */
	enum store_handoff_state state;    /* before */
	int64_t returned_us;
	bool later; /* of a return, or a reply that is one: it returns once the
		       replies that wait are delivered */
	size_t deliveries; /* retried or dropped */
};

/* All return 0 or a store_err. id may be cut short where it is unambiguous
 * (CONFLICT otherwise). by: who does it, for the audit log. CONFLICT also
 * says that the handoff was returned already. */
/* Those that only the audit log has (unstored.h) come last. */
int desk_list(struct store *, bool all, struct store_handoff **out, size_t *n)
    __attribute__((warn_unused_result));
/* Deliveries that are pending or dead, of all handoffs. */
int desk_owed(struct store *, struct store_delivery **out, size_t *n)
    __attribute__((warn_unused_result));
int desk_show(struct store *, const char *id, struct desk_case *out,
    struct desk_outcome *) __attribute__((warn_unused_result));
int desk_reply(struct store *, const char *id, const char *by, const char *text,
    struct desk_outcome *) __attribute__((warn_unused_result));
/* Take a conversation from the AI. NOT_FOUND: it is not known; CONFLICT: a
 * person has it already, outcome names the handoff. */
struct desk_take {
	const char *family, *conversation;
	const char *by, *reason;
};
int desk_take(struct store *, const struct desk_take *, struct desk_outcome *)
    __attribute__((warn_unused_result));
/* note may be NULL. */
int desk_return(struct store *, const char *id, const char *by,
    const char *note, struct desk_outcome *)
    __attribute__((warn_unused_result));
/* Try again now what is owed or was given up; id NULL: of all handoffs. */
int desk_retry(struct store *, const char *id, const char *by,
    struct desk_outcome *) __attribute__((warn_unused_result));
/* Do without what was given up of a handoff: what came after it goes on. */
int desk_drop(struct store *, const char *id, const char *by,
    struct desk_outcome *) __attribute__((warn_unused_result));

#endif
