/*
 * conversation_table - find, make and put out conversations.
 *
 * Only idle ones are put out: no lease, nobody in line, not locked, nothing
 * waiting for the store. So what is not here can be read from the store, and
 * a lock can never be forgotten.
 */
#include "proxy/store/conversation_table.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 16
#define FULL_SAID_EVERY_US (60 * CLOCK_SECOND_US)

/* FNV-1a with a final mix; the names are not secret and the table is bounded
 * per shard, so nothing is won by colliding. */
static uint64_t hash_add(uint64_t hash, const char *s)
{
	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

struct conversation_key table_key(const char *family, const char *id)
{
	uint64_t hash =
	    hash_add(hash_add(UINT64_C(0xcbf29ce484222325), family), id);

	hash ^= hash >> 32;
	return (struct conversation_key){family, id, hash};
}

struct shard *table_shard(
    struct conversations *table, struct conversation_key key)
{
	return &table->shards[key.hash % TABLE_SHARDS];
}

static size_t bucket_of(const struct shard *shard, uint64_t hash)
{
	return (size_t)(hash / TABLE_SHARDS) & (shard->n_buckets - 1);
}

void table_init(struct conversations *table)
{
	for (size_t i = 0; i < TABLE_SHARDS; i++) {
		struct shard *shard = &table->shards[i];

		pthread_mutex_init(&shard->lock, NULL);
		shard->n_buckets = FIRST_BUCKETS;
		shard->buckets =
		    mem_array(FIRST_BUCKETS, sizeof(*shard->buckets));
		shard->total = &table->count;
		shard->max_idle_bytes =
		    table->options.max_idle_bytes / TABLE_SHARDS;
		TAILQ_INIT(&shard->idle);
		TAILQ_INIT(&shard->waiting);
		TAILQ_INIT(&shard->unsaved);
	}
}

void turns_drop_all(struct conversation *c)
{
	texts_clear(&c->texts);
	if (c->turns)
		free(c->turns - c->gone_turns);
	c->turns = NULL;
	c->n_turns = c->cap_turns = c->turn_bytes = c->gone_turns = 0;
}

static void conversation_free(struct conversation *c)
{
	assert(!c->holder && TAILQ_EMPTY(&c->line));
	turns_drop_all(c);
	guard_memory_clear(&c->counted);
	free(c->family);
	free(c->id);
	free(c->customer);
	free(c);
}

void table_clear(struct conversations *table)
{
	for (size_t i = 0; i < TABLE_SHARDS; i++) {
		struct shard *shard = &table->shards[i];

		for (size_t k = 0; k < shard->n_buckets; k++)
			while (shard->buckets[k]) {
				struct conversation *c = shard->buckets[k];
				shard->buckets[k] = c->next;
				conversation_free(c);
			}
		free(shard->buckets);
		seen_clear(&shard->seen);
		pthread_mutex_destroy(&shard->lock);
	}
}

struct conversation *shard_find(
    struct shard *shard, struct conversation_key key)
{
	struct conversation *c = shard->buckets[bucket_of(shard, key.hash)];

	while (c &&
	    (c->hash != key.hash || strcmp(c->id, key.id) != 0 ||
		strcmp(c->family, key.family) != 0))
		c = c->next;
	return c;
}

static void grow(struct shard *shard)
{
	struct conversation **old = shard->buckets;
	size_t n = shard->n_buckets;

	shard->n_buckets = mem_mul(n, 2);
	shard->buckets = mem_array(shard->n_buckets, sizeof(*old));
	for (size_t i = 0; i < n; i++)
		while (old[i]) {
			struct conversation *c = old[i];
			size_t to = bucket_of(shard, c->hash);

			old[i] = c->next;
			c->next = shard->buckets[to];
			shard->buckets[to] = c;
		}
	free(old);
}

static void leave_idle(struct shard *shard, struct conversation *c)
{
	TAILQ_REMOVE(&shard->idle, c, idle);
	shard->idle_bytes -= c->idle_bytes;
	c->is_idle = false;
}

static void put_out(struct shard *shard, struct conversation *c)
{
	struct conversation **at = &shard->buckets[bucket_of(shard, c->hash)];

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	leave_idle(shard, c);
	shard->count--;
	atomic_fetch_sub(shard->total, 1);
	conversation_free(c);
}

/* The longest idle one of the shard makes room; false: none is idle. */
static bool put_out_one(struct shard *shard)
{
	pthread_mutex_lock(&shard->lock);
	struct conversation *c = TAILQ_FIRST(&shard->idle);
	if (c)
		put_out(shard, c);
	pthread_mutex_unlock(&shard->lock);
	return c;
}

static void say_full(struct conversations *table)
{
	int64_t now_us = clock_mono_us();
	int64_t last_us = atomic_load(&table->said_full_us);

	if (last_us && now_us - last_us < FULL_SAID_EVERY_US)
		return;
	if (atomic_compare_exchange_strong(
		&table->said_full_us, &last_us, now_us))
		log_line(LOG_ERROR, "store",
		    "limits.max_conversations (%zu): all of them are locked or "
		    "in use, new ones are refused",
		    atomic_load(&table->max));
}

bool table_reserve(struct conversations *table, struct shard *first)
{
	size_t at = (size_t)(first - table->shards);

	if (atomic_fetch_add(&table->count, 1) < atomic_load(&table->max))
		return true;
	for (size_t i = 0; i < TABLE_SHARDS; i++)
		if (put_out_one(&table->shards[(at + i) % TABLE_SHARDS]))
			return true;
	table_give_back(table);
	say_full(table);
	return false;
}

void conversations_limit(struct conversations *table, size_t max)
{
	atomic_store(&table->max, max);
	for (size_t i = 0; i < TABLE_SHARDS; i++)
		while (atomic_load(&table->count) > max &&
		    put_out_one(&table->shards[i]))
			continue;
}

void table_give_back(struct conversations *table)
{
	atomic_fetch_sub(&table->count, 1);
}

struct conversation *shard_add(struct shard *shard, struct conversation_key key)
{
	struct conversation *c;

	if (shard->count >= shard->n_buckets)
		grow(shard);
	c = mem_zero(sizeof(*c));
	c->hash = key.hash;
	c->family = mem_strdup(key.family);
	c->id = mem_strdup(key.id);
	TAILQ_INIT(&c->line);
	size_t to = bucket_of(shard, key.hash);
	c->next = shard->buckets[to];
	shard->buckets[to] = c;
	shard->count++;
	return c;
}

struct conversation *shard_take(
    struct shard *shard, struct conversation_key key)
{
	struct conversation *c = shard_find(shard, key);

	if (c)
		return c;
	atomic_fetch_add(shard->total, 1);
	return shard_add(shard, key);
}

void shard_rank(struct shard *shard, struct conversation *c)
{
	bool idle = !c->holder && TAILQ_EMPTY(&c->line) && !c->pending &&
	    !atomic_load(&c->locked) && c->known != CONVERSATION_READING;

	if (c->is_idle)
		leave_idle(shard, c);
	if (!idle)
		return;
	TAILQ_INSERT_TAIL(&shard->idle, c, idle);
	c->is_idle = true;
	c->idle_bytes = c->texts.bytes + c->cap_turns * sizeof(*c->turns);
	shard->idle_bytes += c->idle_bytes;
	while (shard->idle_bytes > shard->max_idle_bytes &&
	    TAILQ_FIRST(&shard->idle) != c)
		put_out(shard, TAILQ_FIRST(&shard->idle));
}

void shard_set_locked(struct shard *shard, struct conversation *c, bool locked)
{
	if (locked != atomic_load(&c->locked)) {
		shard->locked += locked ? 1 : -(size_t)1;
		atomic_store(&c->locked, locked);
	}
}

static void drop_oldest(struct conversation *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		c->turn_bytes -= c->turns[i].len;
		texts_drop(&c->texts);
	}
	c->n_turns -= n;
	c->turns += n;
	c->gone_turns += n;
	c->truncated = c->truncated || n > 0;
}

/* Room for one more: moved together when a quarter is free, else more. */
static void make_room(struct conversation *c)
{
	struct store_message *all = c->turns ? c->turns - c->gone_turns : NULL;

	if (c->gone_turns + c->n_turns < c->cap_turns)
		return;
	if (c->n_turns)
		memmove(all, c->turns, c->n_turns * sizeof(*all));
	if (c->n_turns + c->cap_turns / 4 >= c->cap_turns) {
		c->cap_turns = c->cap_turns ? c->cap_turns * 2 : 8;
		all = mem_realloc_array(all, c->cap_turns, sizeof(*all));
	}
	c->turns = all;
	c->gone_turns = 0;
}

void turns_push(struct conversation *c, struct store_message m,
    const struct conversations_options *options)
{
	size_t drop = 0, bytes = mem_add(c->turn_bytes, m.len);

	/* The newest is kept even when it alone is over the limit. */
	while (drop < c->n_turns &&
	    (c->n_turns - drop >= options->max_turns ||
		bytes > options->max_turn_bytes))
		bytes -= c->turns[drop++].len;
	if (drop)
		drop_oldest(c, drop);
	make_room(c);
	m.text = texts_add(&c->texts, m.text, m.len);
	c->turns[c->n_turns++] = m;
	c->turn_bytes += m.len;
}
