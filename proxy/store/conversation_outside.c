/*
 * conversation_outside - locks that another process took: read from the store,
 * then in force here, for a message that is on its way too.
 *
 * The row decides, by its epoch: what this process knows may be newer. What is
 * not on record yet can only lock.
 */
#include "proxy/store/conversation_table.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

struct looking {
	struct store_job job;
	struct conversations *table;
	char *family, *id;
	bool unrecorded;
	struct store_conversation row;
};

static int looking_run(struct store_tx *tx, struct store_job *job)
{
	struct looking *l = (struct looking *)job;

	return store_conversation_get(tx, l->family, l->id, &l->row);
}

static void apply(struct looking *l)
{
	struct conversation_key key = table_key(l->family, l->id);
	struct shard *shard = table_shard(l->table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_take(shard, key);
	bool heeded = l->row.locked || !l->unrecorded;
	if (l->row.epoch > c->epoch && heeded) {
		c->epoch = l->row.epoch;
		memcpy(c->handoff, l->row.handoff, sizeof(c->handoff));
		c->told_waiting_us = 0;
		shard_set_locked(shard, c, l->row.locked);
	}
	shard_rank(shard, c);
	pthread_mutex_unlock(&shard->lock);
}

static void looking_done(struct store_job *job, int err)
{
	struct looking *l = (struct looking *)job;

	if (!err)
		apply(l);
	else
		log_line(LOG_ERROR, "store",
		    "a lock taken by another process cannot be read: %s",
		    store_err_text(err));
	store_conversation_clear(&l->row);
	free(l->family);
	free(l->id);
	free(l);
}

void outside_locked(
    struct conversations *table, const struct store_change *change)
{
	struct looking *l = mem_zero(sizeof(*l));

	l->job.run = looking_run;
	l->job.done = looking_done;
	l->job.reads = true;
	l->table = table;
	l->family = mem_strdup(change->family);
	l->id = mem_strdup(change->conversation);
	l->unrecorded = change->unrecorded;
	store_submit(table->store, &l->job);
}
