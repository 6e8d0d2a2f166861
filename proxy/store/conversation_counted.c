/* conversation_counted - see conversation_counted.h. */
#include "proxy/store/conversation_counted.h"

#include "proxy/base/mem.h"
#include "proxy/store/conversation_save.h"

void conversation_count(
    struct conversation_lease *lease, const struct guard_memory *more)
{
	struct guard_memory *counted = &lease->conversation->counted;

	if (more->n == 0)
		return;
	pthread_mutex_lock(&lease->shard->lock);
	for (size_t i = 0; i < more->n; i++)
		if (guard_memory_add(counted, &more->rows[i]))
			mem_exhausted();
	save_counted(lease);
	pthread_mutex_unlock(&lease->shard->lock);
}

bool conversation_flush_then(struct conversation_lease *lease,
    const struct conversation_flushed *flushed)
{
	pthread_mutex_lock(&lease->shard->lock);
	struct saving *saving = save_take(lease);
	pthread_mutex_unlock(&lease->shard->lock);
	if (!saving)
		return false;
	save_call(saving, flushed);
	save_submit(saving);
	return true;
}
