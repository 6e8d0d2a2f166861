/*
 * conversation - who may speak now: the one structure workers share.
 *
 * A conversation is (family, id). Whoever wants to carry an exchange takes a
 * lease; one is out at a time, the others wait in a bounded line. A lock says
 * a person has the conversation: it is in force for every thread from the
 * moment conversation_lock returns, before anything is written anywhere.
 * Every lock of the store is in memory from the start, so a conversation that
 * is not in memory is not locked; its counters and latest messages are read
 * from the store when it comes back.
 *
 * Messages are not written one by one: those of an exchange wait in memory and
 * are written together when it ends, when the store's tick comes, when 64 KiB
 * wait or at conversation_flush. A crash loses the texts of at most one tick
 * (STORE_TICK_MS and the store's own delay); what was decided about them is
 * in the audit log. Until then other processes do not see them.
 *
 * Names of conversations seen are kept too, as hashes, so that new ones need
 * not be read: at most 1,048,576 of them in 16 MiB (seen.h); beyond that new
 * ones are read like others.
 *
 * All functions may be called by any thread; a lease belongs to one. The ready
 * callback comes from another thread, under a lock: it may only post to the
 * caller's loop, and is never called once conversation_end has returned.
 */
#ifndef HANDRAIL_PROXY_STORE_CONVERSATION_H
#define HANDRAIL_PROXY_STORE_CONVERSATION_H

#include "proxy/store/store_conversations.h"

struct conversations;      /* the table */
struct conversation_lease; /* one exchange */

struct conversations_options {    /* zero means the default in brackets */
	size_t max_conversations; /* in memory [100000]; idle ones make room */
	size_t max_turns;         /* of a transcript in memory [200] */
	size_t max_turn_bytes;    /* of a transcript in memory [256 KiB] */
	size_t max_idle_bytes;    /* of all that nobody uses [256 MiB] */
	size_t max_waiting;       /* in one conversation's line [8] */
	int64_t wait_us;          /* in line at most [30 s] */
};
struct conversations *conversations_new(
    struct store *, const struct conversations_options *);
/* Read every lock; before store_start. 0 or a store_err: do not serve. */
int conversations_load(struct conversations *)
    __attribute__((warn_unused_result));
/* After store_close; no lease may be out. Accepts NULL. */
void conversations_free(struct conversations *);
void conversations_limit(struct conversations *, size_t max); /* another */
size_t conversations_count(struct conversations *);
size_t conversations_locked(struct conversations *);
bool conversations_is_locked(
    struct conversations *, const char *family, const char *id);

enum conversation_state {
	CONVERSATION_WAITING,    /* in line, or being read from the store */
	CONVERSATION_OPEN,       /* the AI may be asked */
	CONVERSATION_HANDED_OFF, /* a person has it */
	CONVERSATION_REFUSED,    /* see conversation_refusal */
};
enum conversation_refusal {
	CONVERSATION_NOT_REFUSED,
	CONVERSATION_LINE_FULL,
	CONVERSATION_TIMED_OUT,  /* waited wait_us */
	CONVERSATION_UNREAD,     /* the store cannot be read */
	CONVERSATION_UNSAVED,    /* locked, and the lock cannot be written */
	CONVERSATION_TABLE_FULL, /* nothing idle to put out */
};

struct conversation_request {
	const char *family, *id;
	const char *customer; /* or NULL */
	bool fresh; /* the id was made just now: the store is not asked */
	void (*ready)(void *arg, uint64_t ticket); /* no longer WAITING */
	void *arg;
	uint64_t ticket;
};
/* Never NULL. Ask conversation_state; when WAITING, again after ready. */
struct conversation_lease *conversation_begin(
    struct conversations *, const struct conversation_request *);
enum conversation_state conversation_state(struct conversation_lease *);
enum conversation_refusal conversation_refusal(struct conversation_lease *);
/* Give the lease back or leave the line, in any state. Accepts NULL. */
void conversation_end(struct conversation_lease *);

/* The functions below need a lease that is OPEN or HANDED_OFF. */

/* Cheap: ask again at the moment of release. */
bool conversation_is_locked(const struct conversation_lease *);
const char *conversation_family(const struct conversation_lease *);
const char *conversation_id(const struct conversation_lease *);

/* Add a message to the transcript; its number, from 1. */
struct conversation_message {
	enum store_speaker speaker;
	enum store_status status;
	enum store_kind kind;
	bool beside; /* belongs to the one before: no turn of its own */
	int64_t time_us;
	const char *text;
	size_t len;
	const unsigned char *salt; /* STORE_SALT_BYTES, or NULL */
};
uint32_t conversation_add(
    struct conversation_lease *, const struct conversation_message *);
/* Messages of AI and system from this number on were withheld after all. */
void conversation_withhold(struct conversation_lease *, uint32_t from);
/* The same, and what they say is added again: people are not shown these. */
void conversation_replace(struct conversation_lease *, uint32_t from);
bool conversation_is_new(struct conversation_lease *); /* no message yet */
/* The bot has the question from now on: kept with what the customer wrote,
 * until an answer is added or the lease ends. */
void conversation_asking(struct conversation_lease *);
/* Had it the question when the service stopped? Once. */
bool conversation_was_broken(struct conversation_lease *);
/* Were texts erased at or after that time? Those of before are not kept. */
bool conversation_was_erased(struct conversation_lease *, int64_t since_us);
/* The customer has had an empty answer, of which no message tells. */
void conversation_answered(struct conversation_lease *);
/* Submit what waits: jobs submitted from now on come after it. */
void conversation_flush(struct conversation_lease *);

/* Lock now; idempotent. handoff.h calls it and stores the lock. */
struct conversation_lock {
	char handoff[STORE_HANDOFF_ID_SIZE]; /* derived from key and epoch */
	uint32_t epoch;
};
void conversation_lock(
    struct conversation_lease *, struct conversation_lock *out);
/* The lock in force; false when there is none. */
bool conversation_locked_as(
    struct conversation_lease *, struct conversation_lock *out);
/* The lock of that epoch is on disk: whoever waited for it goes on. */
void conversation_lock_saved(
    struct conversations *, const char *family, const char *id, uint32_t epoch);
/* It could not be written: who waits and who comes is refused until it is. */
void conversation_lock_unsaved(
    struct conversations *, const char *family, const char *id, uint32_t epoch);
/* A person gave it back to the AI. */
void conversation_unlock(struct conversations *, const char *family,
    const char *id, const char *handoff);

/* Failures of the bot in a row: count one more, or start again. */
uint32_t conversation_bot_failed(struct conversation_lease *);
void conversation_bot_answered(struct conversation_lease *);
/* True at most once in every_us: time to show the waiting text again. */
bool conversation_may_tell_waiting(
    struct conversation_lease *, int64_t now_us, int64_t every_us);

#endif
