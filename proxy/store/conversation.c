/*
 * conversation - leases, and the messages added under them.
 *
 *   begin -> WAITING -> OPEN | HANDED_OFF -> end     (one holder at a time)
 *                    -> REFUSED
 *
 * A lease that is OPEN or HANDED_OFF holds its conversation; a refused one
 * holds nothing. conversation_is_locked reads without the shard's mutex; a lock
 * set before that read is seen by it (sequentially consistent atomic).
 */
#include "proxy/store/conversation.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/store/conversation_save.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

static void on_change(void *arg, const struct store_change *change)
{
	struct conversations *table = arg;

	switch (change->kind) {
	case STORE_CHANGE_RETURNED:
		conversation_unlock(table, change->family, change->conversation,
		    change->handoff);
		return;
	case STORE_CHANGE_ERASED: {
		struct conversation_key key =
		    table_key(change->family, change->conversation);
		struct shard *shard = table_shard(table, key);

		pthread_mutex_lock(&shard->lock);
		struct conversation *c = shard_find(shard, key);
		if (c) {
			turns_drop_all(c);
			c->erased_us = clock_now_us();
			free(c->customer);
			c->customer = NULL;
			c->customer_stored = false;
		}
		pthread_mutex_unlock(&shard->lock);
		return;
	}
	case STORE_CHANGE_LOCKED:
		outside_locked(table, change);
		return;
	case STORE_CHANGE_WANTED:
		save_all(table);
		return;
	case STORE_CHANGE_REPLY:
	case STORE_CHANGE_PAUSE:
	case STORE_CHANGE_OUTBOX:
		return;
	}
}

static void refuse(
    struct conversation_lease *lease, enum conversation_refusal refusal)
{
	lease->conversation = NULL;
	lease->refusal = refusal;
	atomic_store(&lease->state, CONVERSATION_REFUSED);
}

static void leave_line(struct shard *shard, struct conversation_lease *lease)
{
	struct conversation *c = lease->conversation;

	TAILQ_REMOVE(&c->line, lease, in_line);
	TAILQ_REMOVE(&shard->waiting, lease, in_shard);
	c->n_line--;
}

static void time_out(struct shard *shard, int64_t now_us)
{
	struct conversation_lease *lease;

	pthread_mutex_lock(&shard->lock);
	while ((lease = TAILQ_FIRST(&shard->waiting)) &&
	    lease->deadline_us <= now_us) {
		struct conversation *c = lease->conversation;

		leave_line(shard, lease);
		refuse(lease, CONVERSATION_TIMED_OUT);
		shard_rank(shard, c);
		lease->ready(lease->arg, lease->ticket);
	}
	pthread_mutex_unlock(&shard->lock);
}

static void on_tick(void *arg)
{
	struct conversations *table = arg;
	int64_t now_us = clock_mono_us();

	for (size_t i = 0; i < TABLE_SHARDS; i++) {
		time_out(&table->shards[i], now_us);
		save_collected(&table->shards[i]);
	}
	save_tick(table);
}

static void set_defaults(struct conversations_options *o)
{
	o->max_conversations =
	    o->max_conversations ? o->max_conversations : 100000;
	o->max_turns = o->max_turns ? o->max_turns : 200;
	o->max_turn_bytes =
	    o->max_turn_bytes ? o->max_turn_bytes : (size_t)256 << 10;
	o->max_idle_bytes =
	    o->max_idle_bytes ? o->max_idle_bytes : (size_t)256 << 20;
	o->max_waiting = o->max_waiting ? o->max_waiting : 8;
	o->wait_us = o->wait_us ? o->wait_us : 30 * CLOCK_SECOND_US;
}

struct conversations *conversations_new(
    struct store *store, const struct conversations_options *options)
{
	struct conversations *table = mem_zero(sizeof(*table));

	table->store = store;
	table->options = *options;
	set_defaults(&table->options);
	table->retry_tail = &table->retry;
	pthread_mutex_init(&table->retry_lock, NULL);
	table_init(table);
	conversations_limit(table, table->options.max_conversations);
	store_on_change(store, on_change, table);
	store_on_tick(store, on_tick, table);
	return table;
}

static void load_lock(void *arg, const struct store_conversation *row)
{
	struct conversations *table = arg;
	struct conversation_key key = table_key(row->family, row->id);
	struct shard *shard = table_shard(table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_take(shard, key);
	c->epoch = row->epoch;
	memcpy(c->handoff, row->handoff, sizeof(c->handoff));
	shard_set_locked(shard, c, true);
	shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
}

static void load_seen(void *arg, const char *family, const char *id)
{
	struct conversations *table = arg;
	struct conversation_key key = table_key(family, id);
	struct shard *shard = table_shard(table, key);

	pthread_mutex_lock(&shard->lock);
	seen_add(&shard->seen, key.hash);
	pthread_mutex_unlock(&shard->lock);
}

static int load_locks(struct store_tx *tx, void *arg)
{
	int err = store_conversations_locked(tx, load_lock, arg);

	return err ? err : store_conversations_names(tx, load_seen, arg);
}

int conversations_load(struct conversations *table)
{
	return store_call(table->store, true, load_locks, table);
}

void conversations_free(struct conversations *table)
{
	if (!table)
		return;
	save_drop_retries(table);
	table_clear(table);
	pthread_mutex_destroy(&table->retry_lock);
	free(table);
}

size_t conversations_count(struct conversations *table)
{
	size_t n = 0;

	for (size_t i = 0; i < TABLE_SHARDS; i++) {
		pthread_mutex_lock(&table->shards[i].lock);
		n += table->shards[i].count;
		pthread_mutex_unlock(&table->shards[i].lock);
	}
	return n;
}

size_t conversations_locked(struct conversations *table)
{
	size_t n = 0;

	for (size_t i = 0; i < TABLE_SHARDS; i++) {
		pthread_mutex_lock(&table->shards[i].lock);
		n += table->shards[i].locked;
		pthread_mutex_unlock(&table->shards[i].lock);
	}
	return n;
}

/* ---- leases ---- */

void conversation_grant(
    struct conversations *table, struct shard *shard, struct conversation *c)
{
	struct conversation_lease *lease;

	while (!c->holder && c->known == CONVERSATION_READ &&
	    c->saved != CONVERSATION_LOCK_SAVING &&
	    (lease = TAILQ_FIRST(&c->line))) {
		leave_line(shard, lease);
		if (c->saved == CONVERSATION_LOCK_UNSAVED) {
			refuse(lease, CONVERSATION_UNSAVED);
		} else {
			c->holder = lease;
			atomic_store(&lease->state,
			    conversation_is_taken(c) ? CONVERSATION_HANDED_OFF
						     : CONVERSATION_OPEN);
		}
		lease->ready(lease->arg, lease->ticket);
	}
}

void conversation_refuse_line(
    struct shard *shard, struct conversation *c, enum conversation_refusal why)
{
	struct conversation_lease *lease;

	while ((lease = TAILQ_FIRST(&c->line))) {
		leave_line(shard, lease);
		refuse(lease, why);
		lease->ready(lease->arg, lease->ticket);
	}
}

static void join(struct conversation_lease *lease, struct conversation *c)
{
	struct shard *shard = lease->shard;

	lease->conversation = c;
	bool read = c->known == CONVERSATION_READ;
	if (read && c->saved == CONVERSATION_LOCK_UNSAVED) {
		refuse(lease, CONVERSATION_UNSAVED);
	} else if (read && !c->holder && TAILQ_EMPTY(&c->line) &&
	    c->saved == CONVERSATION_LOCK_SAVED) {
		c->holder = lease;
		atomic_store(&lease->state,
		    conversation_is_taken(c) ? CONVERSATION_HANDED_OFF
					     : CONVERSATION_OPEN);
	} else if (c->n_line >= lease->table->options.max_waiting) {
		refuse(lease, CONVERSATION_LINE_FULL);
	} else {
		TAILQ_INSERT_TAIL(&c->line, lease, in_line);
		TAILQ_INSERT_TAIL(&shard->waiting, lease, in_shard);
		c->n_line++;
	}
}

static struct conversation_lease *lease_new(
    struct conversations *table, const struct conversation_request *request)
{
	struct conversation_lease *lease = mem_zero(sizeof(*lease));

	lease->table = table;
	lease->ready = request->ready;
	lease->arg = request->arg;
	lease->ticket = request->ticket;
	lease->deadline_us = clock_mono_us() + table->options.wait_us;
	atomic_init(&lease->state, CONVERSATION_WAITING);
	return lease;
}

/* Comes back with the shard locked. NULL: there is no room for it. */
static struct conversation *find_or_add(struct conversations *table,
    struct shard *shard, struct conversation_key key)
{
	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	if (c)
		return c;
	pthread_mutex_unlock(&shard->lock);
	bool room = table_reserve(table, shard);
	pthread_mutex_lock(&shard->lock);
	c = shard_find(shard, key); /* another thread may have come first */
	if (c && room)
		table_give_back(table);
	return c || !room ? c : shard_add(shard, key);
}

struct conversation_lease *conversation_begin(
    struct conversations *table, const struct conversation_request *request)
{
	struct conversation_key key = table_key(request->family, request->id);
	struct conversation_lease *lease = lease_new(table, request);
	struct shard *shard = table_shard(table, key);
	bool read = false;

	lease->shard = shard;
	struct conversation *c = find_or_add(table, shard, key);
	if (!c) {
		refuse(lease, CONVERSATION_TABLE_FULL);
		pthread_mutex_unlock(&shard->lock);
		return lease;
	}
	if (c->known == CONVERSATION_NOT_READ) {
		read = seen_add(&shard->seen, key.hash) && !request->fresh;
		c->known = read ? CONVERSATION_READING : CONVERSATION_READ;
		struct conversation_recall more = recall_of(table, &key);
		c->owed = more.owed && !atomic_load(&c->locked);
		if (c->judged < more.judged)
			c->judged = more.judged;
	}
	if (request->customer && !c->customer)
		c->customer = mem_strdup(request->customer);
	join(lease, c);
	shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
	if (read) /* known == READING keeps it in memory */
		save_read(table, c);
	return lease;
}

enum conversation_state conversation_state(struct conversation_lease *lease)
{
	return (enum conversation_state)atomic_load(&lease->state);
}

enum conversation_refusal conversation_refusal(struct conversation_lease *lease)
{
	return conversation_state(lease) == CONVERSATION_REFUSED
	    ? lease->refusal
	    : CONVERSATION_NOT_REFUSED;
}

/* The bot had the question, and nothing came of it that is kept. */
static void no_answer(struct conversation_lease *lease)
{
	struct conversation *c = lease->conversation;

	pthread_mutex_lock(&lease->shard->lock);
	if (c && c->holder == lease && c->asking)
		save_asking(lease, false);
	pthread_mutex_unlock(&lease->shard->lock);
}

void conversation_end(struct conversation_lease *lease)
{
	if (!lease)
		return;
	struct shard *shard = lease->shard;
	no_answer(lease);
	/* Before the next in line can add anything. */
	conversation_flush(lease);
	pthread_mutex_lock(&shard->lock);
	struct conversation *c = lease->conversation;
	if (c && c->holder == lease) {
		c->holder = NULL;
		conversation_grant(lease->table, shard, c);
	} else if (c) {
		leave_line(shard, lease);
	}
	if (c)
		shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
	free(lease);
}

struct conversation *lease_held(const struct conversation_lease *lease)
{
	enum conversation_state state =
	    (enum conversation_state)atomic_load(&lease->state);

	assert(state == CONVERSATION_OPEN || state == CONVERSATION_HANDED_OFF);
	return lease->conversation;
}

bool conversation_is_locked(const struct conversation_lease *lease)
{
	return atomic_load(&lease_held(lease)->locked);
}

const char *conversation_family(const struct conversation_lease *lease)
{
	return lease_held(lease)->family;
}

const char *conversation_id(const struct conversation_lease *lease)
{
	return lease_held(lease)->id;
}

/* ---- messages ---- */

static void count(
    struct conversation *c, const struct store_message *m, bool beside)
{
	bool turn = m->kind != STORE_MEDIA && m->kind != STORE_ERROR;

	if (m->kind != STORE_ERROR && m->kind != STORE_INTERRUPTED)
		c->answered = m->speaker != STORE_CUSTOMER;
	if (m->speaker == STORE_CUSTOMER)
		c->customer_turns += turn;
	else if (m->speaker == STORE_AI)
		c->ai_turns += turn && !beside;
	if (!c->created_us)
		c->created_us = m->time_us;
}

uint32_t conversation_add(struct conversation_lease *lease,
    const struct conversation_message *message)
{
	struct conversation *c = lease_held(lease);
	struct store_message m = {.speaker = message->speaker,
	    .status = message->status,
	    .kind = message->kind,
	    .time_us = message->time_us,
	    .text = (char *)message->text, /* for who copies it */
	    .len = message->len};

	if (message->salt)
		memcpy(m.salt, message->salt, sizeof(m.salt));
	pthread_mutex_lock(&lease->shard->lock);
	m.seq = ++c->last_seq;
	c->asking = c->asking && m.speaker == STORE_CUSTOMER;
	count(c, &m, message->beside);
	bool enough = save_add(lease, &m);
	if (m.time_us > c->erased_us)
		turns_push(c, m, &lease->table->options);
	pthread_mutex_unlock(&lease->shard->lock);
	if (enough)
		conversation_flush(lease);
	return m.seq;
}

static void withhold_from(
    struct conversation_lease *lease, uint32_t from, bool replaced)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	for (size_t i = c->n_turns; i > 0 && c->turns[i - 1].seq >= from; i--) {
		struct store_message *m = &c->turns[i - 1];
		enum store_kind kind = replaced ? STORE_ORIGINAL : m->kind;

		if ((m->speaker != STORE_AI && m->speaker != STORE_SYSTEM) ||
		    (m->status == STORE_WITHHELD && m->kind == kind))
			continue;
		m->status = STORE_WITHHELD;
		m->kind = kind;
		save_add(lease, m); /* in place of the row it has */
	}
	pthread_mutex_unlock(&lease->shard->lock);
}

void conversation_withhold(struct conversation_lease *lease, uint32_t from)
{
	withhold_from(lease, from, false);
}

void conversation_replace(struct conversation_lease *lease, uint32_t from)
{
	withhold_from(lease, from, true);
}

bool conversation_was_erased(struct conversation_lease *lease, int64_t since_us)
{
	pthread_mutex_lock(&lease->shard->lock);
	bool erased = lease_held(lease)->erased_us >= since_us;
	pthread_mutex_unlock(&lease->shard->lock);
	return erased;
}

bool conversation_is_new(struct conversation_lease *lease)
{
	pthread_mutex_lock(&lease->shard->lock);
	bool is_new = lease_held(lease)->last_seq == 0;
	pthread_mutex_unlock(&lease->shard->lock);
	return is_new;
}

void conversation_asking(struct conversation_lease *lease)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	if (!c->asking)
		save_asking(lease, true);
	pthread_mutex_unlock(&lease->shard->lock);
}

bool conversation_was_broken(struct conversation_lease *lease)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	bool broken = c->broken;
	c->broken = false;
	pthread_mutex_unlock(&lease->shard->lock);
	return broken;
}

void conversation_answered(struct conversation_lease *lease)
{
	pthread_mutex_lock(&lease->shard->lock);
	lease_held(lease)->answered = true;
	pthread_mutex_unlock(&lease->shard->lock);
}

void conversation_flush(struct conversation_lease *lease)
{
	pthread_mutex_lock(&lease->shard->lock);
	struct saving *saving = save_take(lease);
	pthread_mutex_unlock(&lease->shard->lock);
	save_submit(saving);
}

/* ---- small facts ---- */

uint32_t conversation_bot_failed(struct conversation_lease *lease)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	uint32_t n = ++c->bot_failures;
	pthread_mutex_unlock(&lease->shard->lock);
	return n;
}

void conversation_bot_answered(struct conversation_lease *lease)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	c->bot_failures = 0;
	pthread_mutex_unlock(&lease->shard->lock);
}

bool conversation_may_tell_waiting(
    struct conversation_lease *lease, int64_t now_us, int64_t every_us)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	bool may = c->told_waiting_us == 0 || now_us < c->told_waiting_us ||
	    now_us - c->told_waiting_us >= every_us;
	if (may)
		c->told_waiting_us = now_us;
	pthread_mutex_unlock(&lease->shard->lock);
	return may;
}
