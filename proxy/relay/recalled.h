/*
 * recalled - what the audit log knows of conversations and the store does not.
 *
 * A handoff that the store could not keep is decided all the same, and its
 * decision is in the log: at the start it is read back, and the AI may not
 * speak in that conversation. The log has a pseudonym only, so it is listed
 * under that, and the handoff itself comes to the desk when the customer writes
 * next. So are the numbers
 * of messages (conversation_number) that the log has and the rows have not.
 *
 * How far back is looked: the store keeps up to which record it has all,
 * written once a second while there is something new. Any thread may ask;
 * the rest is the store's thread's, and the main one's at start and stop.
 */
#ifndef HANDRAIL_RELAY_RECALLED_H
#define HANDRAIL_RELAY_RECALLED_H

#include "proxy/audit/audit.h"
#include "proxy/store/conversation_recall.h"
#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_log.h"

#include <pthread.h>
#include <stdatomic.h>

struct handoffs;

struct known {
	struct store *store;
	struct audit *audit;
	const struct record_maker *maker;
	struct conversations *conversations;
	struct handoffs *handoffs;
	pthread_mutex_t lock; /* of recall */
	struct recall recall;
	bool loaded;
	/* the store's thread alone */
	bool unsaved; /* recall is not in the store */
	bool busy;    /* a job is under way */
	int64_t next_us;
	struct audit_place before; /* where the log was a second ago */
	struct store_log put;      /* what the store has */
};

/* Of store_call: where the log was; arg is a struct store_log. */
int recalled_place(struct store_tx *, void *arg);
/* Read both, before locks are loaded, and keep what was found. False: one
 * cannot be read, and it was said; nothing can be served then. */
bool recalled_load(struct known *, struct store *, struct audit *,
    const struct record_maker *);
/* From now on keep how far the log has come; before store_start. */
void recalled_watch(struct known *, struct conversations *, struct handoffs *);
/* The same, a last time; before store_close. */
void recalled_stop(struct known *);
void recalled_clear(struct known *);

/* For conversations_on_recall; arg is the known. */
struct conversation_recall recalled_of(
    void *arg, const char *family, const char *id);

/* How a person was asked for. */
struct recalled_request {
	char pseudonym[RECORD_PSEUDONYM_SIZE];
	struct store_handoff was; /* unstored.h; all NULL: not known */
};
void recalled_read(struct known *, const char *family, const char *id,
    struct recalled_request *out);
void recalled_request_clear(struct recalled_request *);
/* It is locked in memory, and its handoff will be stored. */
void recalled_settle(struct known *, const char *pseudonym);

#endif
