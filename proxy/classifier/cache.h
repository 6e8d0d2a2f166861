/*
 * cache - scores of texts that were asked about before, by a digest of the
 * text; who was not asked for longest goes first. One thread.
 */
#ifndef HANDRAIL_PROXY_CLASSIFIER_CACHE_H
#define HANDRAIL_PROXY_CLASSIFIER_CACHE_H

#include "proxy/base/hash.h"
#include "proxy/classifier/dialect.h"

struct cache;

struct cache *cache_new(size_t max); /* texts; 0: none are kept */
void cache_free(struct cache *);     /* accepts NULL */
/* Borrowed until the next call; NULL: not known. */
const struct dialect_scores *cache_get(
    struct cache *, const unsigned char key[HASH_BYTES]);
/* Keeps a copy. */
void cache_put(struct cache *, const unsigned char key[HASH_BYTES],
    const struct dialect_scores *);
size_t cache_count(const struct cache *);

#endif
