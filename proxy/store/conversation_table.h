/*
 * conversation_table - the inside of struct conversations: shards, each a
 * mutex, a hash table, the idle ones in order of use, and the leases in line.
 *
 * Everything in a shard is read and written under its lock, but for the atomic
 * locked of a conversation that a lease pins. For conversation*.c only.
 */
#ifndef HANDRAIL_PROXY_STORE_CONVERSATION_TABLE_H
#define HANDRAIL_PROXY_STORE_CONVERSATION_TABLE_H

#include "proxy/store/conversation_counted.h"
#include "proxy/store/conversation_recall.h"
#include "proxy/store/seen.h"
#include "proxy/store/texts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#define TABLE_SHARDS 64

enum conversation_known { /* of the store's rows */
	CONVERSATION_NOT_READ,
	CONVERSATION_READING,
	CONVERSATION_READ,
};

enum conversation_saved {
	CONVERSATION_LOCK_SAVED,   /* or there is none */
	CONVERSATION_LOCK_SAVING,  /* who comes waits for it */
	CONVERSATION_LOCK_UNSAVED, /* it could not be written, so far */
};

TAILQ_HEAD(conversation_line, conversation_lease);

struct conversation {
	struct conversation *next; /* of its bucket */
	TAILQ_ENTRY(conversation) idle;
	bool is_idle;      /* is in the shard's idle list */
	size_t idle_bytes; /* what it counted there */
	uint64_t hash;
	char *family, *id, *customer; /* customer may be NULL */
	bool customer_stored;         /* the row has it */
	enum conversation_known known;
	atomic_bool locked;
	enum conversation_saved saved; /* of the lock */
	uint32_t epoch;
	char handoff[STORE_HANDOFF_ID_SIZE];
	uint32_t ai_turns, customer_turns, last_seq, judged;
	int64_t created_us, told_waiting_us;
	int64_t erased_us; /* what is older is not kept; 0: never */
	uint32_t bot_failures;
	struct store_message *turns; /* oldest first; their texts in texts */
	size_t n_turns, cap_turns, turn_bytes;
	size_t gone_turns; /* that were before turns, in its memory */
	struct texts texts;
	bool truncated, answered, owed; /* owed: conversation_recall.h */
	bool asking;                    /* the bot has the question */
	bool broken; /* it had it when the service stopped; not told yet */
	struct guard_memory counted; /* by delivered messages */
	size_t pending;              /* writes the store has not answered */
	struct conversation_lease *holder;
	struct conversation_line line;
	size_t n_line;
};

struct conversation_lease {
	struct conversations *table;
	struct conversation *conversation; /* NULL once refused */
	struct shard *shard;
	atomic_int state; /* enum conversation_state */
	enum conversation_refusal refusal;
	int64_t deadline_us; /* monotonic */
	void (*ready)(void *arg, uint64_t ticket);
	void *arg;
	uint64_t ticket;
	struct saving *saving; /* messages not submitted yet, or NULL */
	TAILQ_ENTRY(conversation_lease) in_line, in_shard, in_unsaved;
};

TAILQ_HEAD(conversation_idle, conversation);

struct shard {
	pthread_mutex_t lock;
	struct conversation **buckets;
	size_t n_buckets, count;           /* n_buckets is a power of two */
	atomic_size_t *total;              /* of the table */
	size_t locked;                     /* conversations */
	struct conversation_idle idle;     /* longest idle first */
	size_t idle_bytes, max_idle_bytes; /* of their transcripts */
	struct conversation_line waiting;  /* earliest deadline first */
	struct conversation_line unsaved;  /* those with a saving */
	struct seen seen;                  /* what the store may hold */
};

struct saving; /* conversation_save.c */

struct conversations {
	struct store *store;
	struct conversations_options options; /* no zeros */
	struct conversation_recaller recaller;
	atomic_size_t count, max; /* in memory and places reserved; at most */
	_Atomic int64_t said_full_us;
	struct shard shards[TABLE_SHARDS];
	pthread_mutex_t retry_lock;
	struct saving *retry, **retry_tail; /* failed writes, oldest first */
	size_t n_retry;
	int64_t next_retry_us;
};

struct conversation_key {
	const char *family, *id;
	uint64_t hash;
};
struct conversation_key table_key(const char *family, const char *id);
struct shard *table_shard(struct conversations *, struct conversation_key);
void table_init(struct conversations *);
void table_clear(struct conversations *);

/* Under no lock: a place for one more. An idle one goes for it, of that shard
 * first; false: all are locked or in use. */
bool table_reserve(struct conversations *, struct shard *first);
void table_give_back(struct conversations *); /* it was not needed */

/* Under the shard's lock. */
struct conversation *shard_find(struct shard *, struct conversation_key);
/* A new one, in a place that was reserved. */
struct conversation *shard_add(struct shard *, struct conversation_key);
/* Found, or new past the limit: a lock always gets in. */
struct conversation *shard_take(struct shard *, struct conversation_key);
/* After any change: may it be put out or not? */
void shard_rank(struct shard *, struct conversation *);
void shard_set_locked(struct shard *, struct conversation *, bool locked);

/* The transcript: copies the text; drops the oldest over limits. */
void turns_push(struct conversation *, struct store_message m,
    const struct conversations_options *);
void turns_drop_all(struct conversation *);

/* conversation_outside.c: another process has locked it. */
void outside_locked(struct conversations *, const struct store_change *);
/* conversation.c: under the lock; give the lease to the next in line. */
void conversation_grant(
    struct conversations *, struct shard *, struct conversation *);
/* The conversation of a lease that holds it. */
struct conversation *lease_held(const struct conversation_lease *);
void conversation_refuse_line(
    struct shard *, struct conversation *, enum conversation_refusal);

#endif
