/*
 * vault - message text at rest: one random key per conversation, wrapped by
 * the master key; text sealed with AES-256-GCM.
 *
 * The additional data of every sealed text names its place (family,
 * conversation, class, number), so a row moved elsewhere does not open.
 * Nonces are 96 random bits under a key that seals far fewer than 2^32 texts.
 * Destroying a wrapped key (store_conversations.h) is what erases: nothing
 * else can open the text. A vault is immutable and may be used by any thread.
 */
#ifndef HANDRAIL_PROXY_STORE_VAULT_H
#define HANDRAIL_PROXY_STORE_VAULT_H

#include "proxy/base/buf.h"

#include <stddef.h>
#include <stdint.h>

#define VAULT_KEY_BYTES 32
#define VAULT_NONCE_BYTES 12
#define VAULT_TAG_BYTES 16
#define VAULT_SEALED_EXTRA (VAULT_NONCE_BYTES + VAULT_TAG_BYTES)
#define VAULT_WRAPPED_BYTES (VAULT_KEY_BYTES + VAULT_SEALED_EXTRA)
#define VAULT_INDEX_SIZE 33 /* 128 bits in hex and the NUL */

struct vault;

struct vault_key { /* unwrapped: wipe with vault_key_wipe */
	unsigned char bytes[VAULT_KEY_BYTES];
};

/* Where a sealed text belongs. class: "message", "handoff", "reply", ... */
struct vault_place {
	const char *family, *conversation, *class;
	int64_t number;
};

/* Copies what it needs of the 32 bytes. Aborts when out of memory. */
struct vault *vault_new(const unsigned char master[VAULT_KEY_BYTES]);
void vault_free(struct vault *); /* wipes; accepts NULL */

/* A fresh random key and its wrapping. Aborts when there is no randomness:
 * going on without would be worse. */
void vault_key_make(const struct vault *, const struct vault_place *,
    struct vault_key *key, unsigned char wrapped[VAULT_WRAPPED_BYTES]);
/* 0, or -1: not wrapped by this master key for this place. */
int vault_key_unwrap(const struct vault *, const struct vault_place *,
    const unsigned char *wrapped, size_t len, struct vault_key *key)
    __attribute__((warn_unused_result));
void vault_key_wipe(struct vault_key *);

/* Append nonce, ciphertext and tag to out. */
void vault_seal(const struct vault_key *, const struct vault_place *,
    const void *text, size_t len, struct buf *out);
/* Append the text to out; 0, or -1 with out unchanged: altered or elsewhere. */
int vault_open(const struct vault_key *, const struct vault_place *,
    const void *sealed, size_t len, struct buf *out)
    __attribute__((warn_unused_result));

/* HMAC-SHA-256 under a key of its own, cut to 128 bits: the same text of the
 * same class ("customer") gives the same index and nothing else. */
void vault_index(const struct vault *, const char *class, const void *text,
    size_t len, char out[VAULT_INDEX_SIZE]);

#endif
