/*
 * conversation_lock - a person has the conversation. Locks are taken and given
 * back under the shard's mutex.
 */
#include "proxy/store/conversation_table.h"
#include "proxy/store/store_handoffs.h"

#include <string.h>

static void name_handoff(struct conversations *table, struct conversation *c)
{
	struct store_handoff h = {
	    .family = c->family, .conversation = c->id, .epoch = c->epoch};

	store_handoff_name(store_vault(table->store), &h);
	memcpy(c->handoff, h.id, sizeof(c->handoff));
}

void conversation_lock(
    struct conversation_lease *lease, struct conversation_lock *out)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	if (!atomic_load(&c->locked)) {
		c->saved = CONVERSATION_LOCK_SAVING;
		c->epoch++;
		c->told_waiting_us = 0;
		name_handoff(lease->table, c);
		shard_set_locked(lease->shard, c, true);
		c->owed = false;
	}
	memcpy(out->handoff, c->handoff, sizeof(out->handoff));
	out->epoch = c->epoch;
	pthread_mutex_unlock(&lease->shard->lock);
}

bool conversation_locked_as(
    struct conversation_lease *lease, struct conversation_lock *out)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	bool locked = atomic_load(&c->locked);
	memcpy(out->handoff, c->handoff, sizeof(out->handoff));
	out->epoch = c->epoch;
	pthread_mutex_unlock(&lease->shard->lock);
	return locked;
}

bool conversations_is_locked(
    struct conversations *table, const char *family, const char *id)
{
	struct conversation_key key = table_key(family, id);
	struct shard *shard = table_shard(table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	bool locked = c && conversation_is_taken(c);
	pthread_mutex_unlock(&shard->lock);
	return locked || (!c && recall_of(table, &key).owed);
}

void conversation_lock_saved(struct conversations *table, const char *family,
    const char *id, uint32_t epoch)
{
	struct conversation_key key = table_key(family, id);
	struct shard *shard = table_shard(table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	if (c && c->epoch == epoch) {
		c->saved = CONVERSATION_LOCK_SAVED;
		conversation_grant(table, shard, c);
	}
	pthread_mutex_unlock(&shard->lock);
}

void conversation_lock_unsaved(struct conversations *table, const char *family,
    const char *id, uint32_t epoch)
{
	struct conversation_key key = table_key(family, id);
	struct shard *shard = table_shard(table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	if (c && c->epoch == epoch && c->saved == CONVERSATION_LOCK_SAVING) {
		c->saved = CONVERSATION_LOCK_UNSAVED;
		conversation_refuse_line(shard, c, CONVERSATION_UNSAVED);
	}
	pthread_mutex_unlock(&shard->lock);
}

void conversation_unlock(struct conversations *table, const char *family,
    const char *id, const char *handoff)
{
	struct conversation_key key = table_key(family, id);
	struct shard *shard = table_shard(table, key);

	pthread_mutex_lock(&shard->lock);
	struct conversation *c = shard_find(shard, key);
	if (c && c->saved == CONVERSATION_LOCK_SAVED &&
	    strcmp(c->handoff, handoff) == 0) {
		shard_set_locked(shard, c, false);
		c->bot_failures = 0;
		shard_rank(shard, c);
	}
	pthread_mutex_unlock(&shard->lock);
}
