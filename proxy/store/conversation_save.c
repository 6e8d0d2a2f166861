/*
 * conversation_save - the store jobs of conversations: write the messages of
 * an exchange with the counters, read a conversation that came back.
 *
 * A write the store refuses for want of disk is kept and repeated every
 * second, at most MAX_RETRY of them; past that the oldest is given up, said
 * in the log. Its conversation stays in memory as long as something is owed.
 */
#include "proxy/store/conversation_save.h"
#include "proxy/store/store_counted.h"
#include "proxy/store/store_transcript.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WAITING ((size_t)64 << 10) /* bytes of text */
#define MAX_RETRY 10000
#define RETRY_US CLOCK_SECOND_US

struct saving {
	struct store_job job;
	struct saving *next; /* in the retry list */
	struct conversations *table;
	struct store_conversation row;
	char *customer; /* NULL: the row has it, or there is none */
	bool written;
	struct store_message *messages;
	size_t n, cap;
	struct guard_memory counted;         /* all of it, when anything was */
	struct conversation_flushed flushed; /* fn NULL: nobody waits */
};

static void saving_free(struct saving *s)
{
	struct conversation_key key = table_key(s->row.family, s->row.id);
	struct shard *shard = table_shard(s->table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	c->pending--;
	if (s->written && s->customer && c->customer &&
	    strcmp(s->customer, c->customer) == 0)
		c->customer_stored = true;
	shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
	store_conversation_clear(&s->row);
	for (size_t i = 0; i < s->n; i++)
		OPENSSL_cleanse(s->messages[i].text, s->messages[i].len);
	store_messages_free(s->messages, s->n);
	guard_memory_clear(&s->counted);
	free(s->customer);
	free(s);
}

static int saving_run(struct store_tx *tx, struct store_job *job)
{
	struct saving *s = (struct saving *)job;
	int err = store_exchange_put(tx,
	    &(struct store_exchange){&s->row, s->customer, s->messages, s->n});

	if (!err)
		err = store_counted_put(tx, s->row.family, s->row.id,
		    s->counted.rows, s->counted.n);
	return err;
}

static struct saving *retry_take(struct conversations *table)
{
	struct saving *first = table->retry;

	table->retry = first->next;
	if (!table->retry)
		table->retry_tail = &table->retry;
	table->n_retry--;
	return first;
}

static void retry_add(struct conversations *table, struct saving *s, int err)
{
	struct saving *given_up = NULL;

	pthread_mutex_lock(&table->retry_lock);
	if (table->n_retry == 0)
		log_line(LOG_ERROR, "store",
		    "messages cannot be stored, trying again: %s",
		    store_err_text(err));
	if (table->n_retry == MAX_RETRY)
		given_up = retry_take(table);
	s->next = NULL;
	*table->retry_tail = s;
	table->retry_tail = &s->next;
	table->n_retry++;
	pthread_mutex_unlock(&table->retry_lock);
	if (given_up) {
		log_line(LOG_ERROR, "store",
		    "the texts of an exchange are not stored: too many wait");
		saving_free(given_up);
	}
}

static void saving_done(struct store_job *job, int err)
{
	struct saving *s = (struct saving *)job;

	if (s->flushed.fn)
		s->flushed.fn(s->flushed.arg, s->flushed.ticket, err);
	s->flushed.fn = NULL;
	if (store_err_may_pass(err)) {
		retry_add(s->table, s, err);
		return;
	}
	if (err)
		log_line(LOG_ERROR, "store",
		    "the texts of an exchange are not stored: %s",
		    store_err_text(err));
	s->written = err == STORE_OK;
	saving_free(s);
}

static struct saving *saving_new(struct conversation_lease *lease)
{
	struct conversation *c = lease->conversation;
	struct saving *s = mem_zero(sizeof(*s));

	s->job.run = saving_run;
	s->job.done = saving_done;
	s->table = lease->table;
	s->row.family = mem_strdup(c->family);
	s->row.id = mem_strdup(c->id);
	if (c->customer && !c->customer_stored)
		s->customer = mem_strdup(c->customer);
	c->pending++;
	lease->saving = s;
	TAILQ_INSERT_TAIL(&lease->shard->unsaved, lease, in_unsaved);
	return s;
}

/* What waits, with the counters as they are. */
static struct saving *saving_now(struct conversation_lease *lease)
{
	struct conversation *c = lease->conversation;
	struct saving *s = lease->saving ? lease->saving : saving_new(lease);

	s->row.ai_turns = c->ai_turns;
	s->row.customer_turns = c->customer_turns;
	s->row.last_seq = c->last_seq;
	s->row.judged = c->judged;
	s->row.created_us = c->created_us;
	s->row.asking = c->asking;
	return s;
}

void save_number(struct conversation_lease *lease)
{
	saving_now(lease);
}

void save_asking(struct conversation_lease *lease, bool asking)
{
	lease->conversation->asking = asking;
	saving_now(lease);
}

void save_counted(struct conversation_lease *lease)
{
	const struct guard_memory *counted = &lease->conversation->counted;
	struct saving *s = saving_now(lease);

	guard_memory_clear(&s->counted);
	for (size_t i = 0; i < counted->n; i++)
		if (guard_memory_add(&s->counted, &counted->rows[i]))
			mem_exhausted();
}

void save_call(struct saving *s, const struct conversation_flushed *flushed)
{
	s->flushed = *flushed;
}

bool save_add(struct conversation_lease *lease, const struct store_message *m)
{
	struct saving *s = saving_now(lease);

	s->row.updated_us = m->time_us;
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 2;
		s->messages = mem_realloc_array(
		    s->messages, s->cap, sizeof(*s->messages));
	}
	s->messages[s->n] = *m;
	s->messages[s->n++].text = mem_strndup(m->text, m->len);
	s->job.bytes = mem_add(s->job.bytes, m->len);
	return s->job.bytes >= MAX_WAITING;
}

struct saving *save_take(struct conversation_lease *lease)
{
	struct saving *s = lease->saving;

	if (s)
		TAILQ_REMOVE(&lease->shard->unsaved, lease, in_unsaved);
	lease->saving = NULL;
	return s;
}

void save_submit(struct saving *s)
{
	if (s)
		store_submit(s->table->store, &s->job);
}

/* Under the lock, so that the lease cannot submit what comes after it first:
 * the store's thread never waits for room. */
void save_collected(struct shard *shard)
{
	struct conversation_lease *lease;

	pthread_mutex_lock(&shard->lock);
	while ((lease = TAILQ_FIRST(&shard->unsaved)))
		save_submit(save_take(lease));
	pthread_mutex_unlock(&shard->lock);
}

void save_tick(struct conversations *table)
{
	if (clock_mono_us() < table->next_retry_us)
		return;
	table->next_retry_us = clock_mono_us() + RETRY_US;
	pthread_mutex_lock(&table->retry_lock);
	struct saving *list = table->retry;
	table->retry = NULL;
	table->retry_tail = &table->retry;
	table->n_retry = 0;
	pthread_mutex_unlock(&table->retry_lock);
	while (list) {
		struct saving *s = list;

		list = s->next;
		store_submit(table->store, &s->job);
	}
}

void save_all(struct conversations *table)
{
	for (size_t i = 0; i < TABLE_SHARDS; i++)
		save_collected(&table->shards[i]);
	table->next_retry_us = 0;
	save_tick(table);
}

void save_drop_retries(struct conversations *table)
{
	if (table->n_retry)
		log_line(LOG_ERROR, "store",
		    "the texts of %zu exchanges were never stored",
		    table->n_retry);
	while (table->n_retry)
		saving_free(retry_take(table));
}

/* ---- reading one that came back ---- */

struct reading {
	struct store_job job;
	struct conversations *table;
	char *family, *id;
	struct store_conversation row;
	struct store_message *messages;
	size_t n;
	struct guard_memory counted;
};

static int reading_run(struct store_tx *tx, struct store_job *job)
{
	struct reading *r = (struct reading *)job;
	struct store_range range = {0, r->table->options.max_turns};

	int err = store_conversation_get(tx, r->family, r->id, &r->row);
	if (err == STORE_NOT_FOUND)
		return STORE_OK; /* it is new: zeros are right */
	if (!err)
		err = store_messages_get(
		    tx, r->family, r->id, range, &r->messages, &r->n);
	guard_memory_clear(&r->counted); /* it may run again */
	if (!err)
		err = store_counted_get(tx, r->family, r->id, &r->counted);
	return err;
}

static void reading_apply(
    struct reading *r, struct shard *shard, struct conversation *c)
{
	c->known = CONVERSATION_READ;
	c->ai_turns = r->row.ai_turns;
	c->customer_turns = r->row.customer_turns;
	c->last_seq = r->row.last_seq;
	if (c->judged < r->row.judged)
		c->judged = r->row.judged;
	c->created_us = r->row.created_us;
	c->broken = r->row.asking;
	c->counted = r->counted;
	r->counted = (struct guard_memory){0};
	c->truncated = r->n > 0 && r->messages[0].seq > 1;
	c->answered =
	    r->n > 0 && r->messages[r->n - 1].speaker != STORE_CUSTOMER;
	for (size_t i = 0; i < r->n; i++) {
		if (r->messages[i].erased)
			continue;
		turns_push(c, r->messages[i], &r->table->options);
	}
	/* What memory knows of locks is never older than the row. */
	if (r->row.epoch > c->epoch) {
		c->epoch = r->row.epoch;
		memcpy(c->handoff, r->row.handoff, sizeof(c->handoff));
		shard_set_locked(shard, c, r->row.locked);
	}
}

static void reading_done(struct store_job *job, int err)
{
	struct reading *r = (struct reading *)job;
	struct conversation_key key = table_key(r->family, r->id);
	struct shard *shard = table_shard(r->table, key);

	if (err)
		log_line(LOG_ERROR, "store", "cannot read a conversation: %s",
		    store_err_text(err));
	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	if (err) {
		c->known = CONVERSATION_NOT_READ;
		conversation_refuse_line(shard, c, CONVERSATION_UNREAD);
	} else {
		reading_apply(r, shard, c);
		conversation_grant(r->table, shard, c);
	}
	shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
	store_conversation_clear(&r->row);
	store_messages_free(r->messages, r->n);
	guard_memory_clear(&r->counted);
	free(r->family);
	free(r->id);
	free(r);
}

void save_read(struct conversations *table, struct conversation *c)
{
	struct reading *r = mem_zero(sizeof(*r));

	r->job.run = reading_run;
	r->job.done = reading_done;
	r->job.reads = true;
	r->table = table;
	r->family = mem_strdup(c->family);
	r->id = mem_strdup(c->id);
	store_submit(table->store, &r->job);
}
