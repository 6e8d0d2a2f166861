/* conversation_recall - see conversation_recall.h. */
#include "proxy/store/conversation_recall.h"

#include "proxy/store/conversation_save.h"

void conversations_on_recall(
    struct conversations *table, const struct conversation_recaller *recaller)
{
	table->recaller = *recaller;
}

struct conversation_recall recall_of(
    struct conversations *table, const struct conversation_key *key)
{
	const struct conversation_recaller *r = &table->recaller;

	return r->fn ? r->fn(r->arg, key->family, key->id)
		     : (struct conversation_recall){0};
}

bool conversation_is_taken(const struct conversation *c)
{
	return c->owed || atomic_load(&c->locked);
}

bool conversation_is_owed(struct conversation_lease *lease)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	bool owed = c->owed && !atomic_load(&c->locked);
	pthread_mutex_unlock(&lease->shard->lock);
	return owed;
}

uint32_t conversation_number(struct conversation_lease *lease, bool keep)
{
	struct conversation *c = lease_held(lease);

	pthread_mutex_lock(&lease->shard->lock);
	uint32_t number = ++c->judged;
	if (keep || lease->saving)
		save_number(lease);
	pthread_mutex_unlock(&lease->shard->lock);
	return number;
}

bool conversations_wait(struct conversations *table)
{
	pthread_mutex_lock(&table->retry_lock);
	bool waits = table->n_retry > 0;
	pthread_mutex_unlock(&table->retry_lock);
	return waits;
}
