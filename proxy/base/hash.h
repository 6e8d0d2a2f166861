/*
 * hash - SHA-256 and HMAC-SHA-256 over several pieces.
 */
#ifndef HANDRAIL_PROXY_BASE_HASH_H
#define HANDRAIL_PROXY_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define HASH_BYTES 32

struct hash_part {
	const void *data;
	size_t len;
};

/* Of the pieces one after the other, with nothing between them. */
void hash_sha256(
    unsigned char out[HASH_BYTES], const struct hash_part *parts, size_t n);
void hash_hmac(unsigned char out[HASH_BYTES], const struct hash_part *key,
    const struct hash_part *parts, size_t n);
/* Whether two byte strings are the same, in a time that depends on n only. */
bool hash_equal(const void *a, const void *b, size_t n);

#endif
