/*
 * conversation_save - the store jobs of conversations: write a message with
 * the counters, read a conversation that came back.
 *
 * A write the store refuses for want of disk is kept and repeated every
 * second, at most MAX_RETRY of them; past that the oldest is given up, said
 * in the log. Its conversation stays in memory as long as something is owed.
 */
#include "proxy/store/conversation_table.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RETRY 10000
#define RETRY_US CLOCK_SECOND_US

struct saving {
	struct store_job job;
	struct saving *next; /* in the retry list */
	struct conversations *table;
	struct store_conversation row;
	char *customer;
	struct store_message message;
};

static void saving_free(struct saving *s)
{
	struct conversation_key key = table_key(s->row.family, s->row.id);
	struct shard *shard = table_shard(s->table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	c->pending--;
	shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
	store_conversation_clear(&s->row);
	OPENSSL_cleanse(s->message.text, s->message.len);
	free(s->message.text);
	free(s->customer);
	free(s);
}

static int saving_run(struct store_tx *tx, struct store_job *job)
{
	struct saving *s = (struct saving *)job;
	int err = store_conversation_put(tx, &s->row, s->customer);

	return err
	    ? err
	    : store_message_put(tx, s->row.family, s->row.id, &s->message);
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
		    "the text of a message is not stored: too many wait");
		saving_free(given_up);
	}
}

static void saving_done(struct store_job *job, int err)
{
	struct saving *s = (struct saving *)job;

	if (err == STORE_FULL || err == STORE_BUSY || err == STORE_IO) {
		retry_add(s->table, s, err);
		return;
	}
	if (err)
		log_line(LOG_ERROR, "store",
		    "the text of a message is not stored: %s",
		    store_err_text(err));
	saving_free(s);
}

struct saving *save_turn(struct conversations *table, struct conversation *c,
    const struct store_message *m)
{
	struct saving *s = mem_zero(sizeof(*s));

	s->job.run = saving_run;
	s->job.done = saving_done;
	s->job.bytes = m->len;
	s->table = table;
	s->row = (struct store_conversation){.family = mem_strdup(c->family),
	    .id = mem_strdup(c->id),
	    .ai_turns = c->ai_turns,
	    .customer_turns = c->customer_turns,
	    .last_seq = c->last_seq,
	    .created_us = c->created_us,
	    .updated_us = m->time_us};
	s->customer = c->customer ? mem_strdup(c->customer) : NULL;
	s->message = *m;
	s->message.text = mem_strndup(m->text, m->len);
	c->pending++;
	return s;
}

void save_submit(struct saving *s)
{
	store_submit(s->table->store, &s->job);
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

void save_drop_retries(struct conversations *table)
{
	if (table->n_retry)
		log_line(LOG_ERROR, "store",
		    "the texts of %zu messages were never stored",
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
	return err;
}

static void reading_apply(
    struct reading *r, struct shard *shard, struct conversation *c)
{
	c->known = CONVERSATION_READ;
	c->ai_turns = r->row.ai_turns;
	c->customer_turns = r->row.customer_turns;
	c->last_seq = r->row.last_seq;
	c->created_us = r->row.created_us;
	c->truncated = r->n > 0 && r->messages[0].seq > 1;
	for (size_t i = 0; i < r->n; i++) {
		if (r->messages[i].erased)
			continue;
		turns_push(c, r->messages[i], &r->table->options);
		r->messages[i].text = NULL;
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
