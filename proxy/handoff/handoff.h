/*
 * handoff - take a conversation from the AI and put it before a person.
 *
 * handoff_request locks the conversation first, then writes lock, record and
 * owed deliveries in one transaction. Where the disk has no room for the texts,
 * they come later and the rest is written without. While a person has it, what
 * the customer writes goes to the record and to the destination, and what the
 * person wrote is fetched for the next response. If the store cannot write,
 * the lock holds in memory, the caller is told, the conversation is refused,
 * and the same transaction is tried again every second.
 *
 * The record is JSON, version 1, the same for every destination (field by
 * field in packet.h). Callbacks come from the store's thread and may only
 * post to the caller's loop; what crosses is the caller's ticket.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_HANDOFF_H
#define HANDRAIL_PROXY_HANDOFF_HANDOFF_H

#include "proxy/store/conversation.h"
#include "proxy/store/store_handoffs.h"
#include "rules/guard.h"

#define HANDOFF_DESK "desk" /* the built-in destination: the store itself */

struct handoffs; /* the service */
struct outbox;

/* All outlive the service. */
struct handoffs *handoffs_new(
    struct store *, struct conversations *, struct outbox *);
/* After store_close; accepts NULL. */
void handoffs_free(struct handoffs *);

struct handoff_fact {
	const char *name, *value;
};

struct handoff_text {
	enum store_kind kind;
	const char *text;
	size_t len;
};

struct handoff_rule { /* another one that fired */
	struct guard_rule_info rule;
	const char *what; /* typed value of its hit, or NULL */
};

/* Borrowed for the call. NULL and 0: not known. */
struct handoff_request {
	int64_t time_us;
	const char *channel; /* the channel's name */
	const char *cause;   /* "rule", "cannot_decide", "cannot_read",
				"cannot_record", "bot_failed", "has_media",
				"zone", "paused", "bot_late", "taken",
				"not_stored" */
	const struct guard_rule_info *rule; /* that says why, or NULL */
	const struct handoff_rule *also;    /* the others that fired */
	size_t n_also;
	const char *words;  /* why, in a person's words; goes before all else */
	const char *what;   /* typed value of its hit: "money 75.00 USD" */
	const char *policy; /* digest */
	const char *queue, *priority;
	const char *destination; /* guard_policy_destination; NULL: the desk */
	const struct handoff_text *withheld; /* the AI's draft nobody saw */
	size_t n_withheld;
	const char *message_id;    /* the upstream's, of the withheld message */
	const char *customer_told; /* the bridging text */
	uint32_t told_seq;         /* its number in the transcript, or 0 */
	bool
	    untold; /* it was not said: the store could not keep this at once */
	const char *recalled; /* the pseudonym under which the log told that a
				 person was asked for: settled with this */
	bool bare;            /* the record is to be small: without texts */
	const char *customer; /* id */
	const struct handoff_fact *facts; /* name, locale, segment, ... */
	size_t n_facts;
	const char *interaction_type, *zone, *bot;
	const char *open_tasks;
	unsigned include;        /* bits of enum guard_include; 0: everything */
	bool ai_may_speak_again; /* a person's answer returns it */
	const struct guard_approval *approvals;
	size_t n_approvals;
	const char *console; /* base URL for links */
	/* Makes the record for the audit log (record_line), which is kept with
	 * the lock: there is no handoff without one, over a crash too. */
	void (*record)(
	    void *arg, const struct conversation_lock *, struct buf *line);
	void *record_arg;
};
struct handoff_done {
	/* err 0: on disk. Otherwise the lock holds in memory only, the
	 * conversation is refused until a later try succeeds, and the record
	 * says that the customer was told nothing: so nothing must be. */
	void (*fn)(void *arg, uint64_t ticket, int err);
	void *arg;
	uint64_t ticket;
};
/*
 * Locks before it returns; out, unless NULL, names the handoff. Record what the
 * customer saw and what was withheld with conversation_add before or after: the
 * draft is in the record either way. A second call for the same lock only
 * reports.
 */
void handoff_request(struct handoffs *, struct conversation_lease *,
    const struct handoff_request *, const struct handoff_done *,
    struct conversation_lock *out);

/* The lease is HANDED_OFF: keep what the customer sent and push it to the
 * destination. done as above, or NULL. */
void handoff_customer_says(struct handoffs *, struct conversation_lease *,
    const struct conversation_message *, const struct handoff_done *);

/* The person's replies that the customer has not had. The callback owns the
 * array: store_replies_free. */
struct handoff_replies {
	void (*fn)(void *arg, uint64_t ticket, int err,
	    struct store_reply *replies, size_t n);
	void *arg;
	uint64_t ticket;
};
void handoff_fetch_replies(struct handoffs *, struct conversation_lease *,
    const struct handoff_replies *);
/* They have been sent. Adds them to the transcript as the person's, delivered;
 * when the person had asked to return after them, unlocks as soon as that is on
 * record. done (or NULL): with err HANDOFF_GIVES_BACK it is about to. */
#define HANDOFF_GIVES_BACK 1
void handoff_replies_sent(struct handoffs *, struct conversation_lease *,
    const struct store_reply *, size_t n, const struct handoff_done *);

struct handoffs_metrics {
	uint64_t requested_total, saved_total;
	size_t unsaved; /* locks in memory that are not on disk */
};
void handoffs_metrics(struct handoffs *, struct handoffs_metrics *out);

#endif
