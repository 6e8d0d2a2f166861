/* cache - see cache.h. */
#include "proxy/classifier/cache.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define MAX_BUCKETS 65536u

struct entry {
	unsigned char key[HASH_BYTES];
	struct dialect_scores scores;
	struct entry *next; /* in its bucket */
	TAILQ_ENTRY(entry) link;
};

struct cache {
	struct entry **buckets;
	size_t n_buckets, n, max;
	TAILQ_HEAD(entries, entry) used; /* last used first */
};

struct cache *cache_new(size_t max)
{
	struct cache *c = mem_zero(sizeof(*c));
	c->max = max;
	c->n_buckets = 1;
	while (c->n_buckets < max && c->n_buckets < MAX_BUCKETS)
		c->n_buckets *= 2;
	c->buckets = mem_array(c->n_buckets, sizeof(*c->buckets));
	TAILQ_INIT(&c->used);
	return c;
}

static struct entry **bucket(
    const struct cache *c, const unsigned char key[HASH_BYTES])
{
	uint32_t at;
	memcpy(&at, key, sizeof(at));
	return &c->buckets[at & (c->n_buckets - 1)];
}

static void drop(struct cache *c, struct entry *e)
{
	struct entry **at = bucket(c, e->key);
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	TAILQ_REMOVE(&c->used, e, link);
	dialect_scores_clear(&e->scores);
	free(e);
	c->n--;
}

void cache_free(struct cache *c)
{
	if (!c)
		return;
	while (!TAILQ_EMPTY(&c->used))
		drop(c, TAILQ_FIRST(&c->used));
	free(c->buckets);
	free(c);
}

static struct entry *find(
    const struct cache *c, const unsigned char key[HASH_BYTES])
{
	struct entry *e = *bucket(c, key);
	while (e && memcmp(e->key, key, HASH_BYTES) != 0)
		e = e->next;
	return e;
}

const struct dialect_scores *cache_get(
    struct cache *c, const unsigned char key[HASH_BYTES])
{
	struct entry *e = find(c, key);
	if (!e)
		return NULL;
	TAILQ_REMOVE(&c->used, e, link);
	TAILQ_INSERT_HEAD(&c->used, e, link);
	return &e->scores;
}

void cache_put(struct cache *c, const unsigned char key[HASH_BYTES],
    const struct dialect_scores *scores)
{
	struct entry *old = find(c, key);
	if (!c->max)
		return;
	if (old)
		drop(c, old);
	if (c->n == c->max)
		drop(c, TAILQ_LAST(&c->used, entries));
	struct entry *e = mem_zero(sizeof(*e));
	memcpy(e->key, key, HASH_BYTES);
	e->scores = dialect_scores_copy(scores);
	struct entry **at = bucket(c, key);
	e->next = *at;
	*at = e;
	TAILQ_INSERT_HEAD(&c->used, e, link);
	c->n++;
}

size_t cache_count(const struct cache *c)
{
	return c->n;
}
