/*
 * vault - AES-256-GCM under a key per conversation, each wrapped by a key
 * derived from the master key.
 *
 *   sealed:  nonce (12) | ciphertext | tag (16)
 *   wrapped: the same, over the 32 bytes of a conversation's key
 *
 * Failures of OpenSSL that cannot happen (an initialised cipher refusing
 * memory) abort: text must never be kept unsealed instead. What does not
 * authenticate is the disk's or an attacker's fault and is an error code.
 */
#include "proxy/store/vault.h"

#include "proxy/base/hash.h"
#include "proxy/base/hex.h"
#include "proxy/base/id.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct vault {
	struct vault_key wrap;           /* wraps conversation keys */
	unsigned char index[HASH_BYTES]; /* keys vault_index */
};

static_assert(HASH_BYTES == VAULT_KEY_BYTES, "a subkey is one HMAC");

static void derive(const unsigned char *master, const char *label,
    unsigned char out[HASH_BYTES])
{
	struct hash_part key = {master, VAULT_KEY_BYTES};
	struct hash_part part = {label, strlen(label)};

	hash_hmac(out, &key, &part, 1);
}

struct vault *vault_new(const unsigned char master[VAULT_KEY_BYTES])
{
	struct vault *vault = mem_zero(sizeof(*vault));

	derive(master, "handrail vault wrap v1", vault->wrap.bytes);
	derive(master, "handrail vault index v1", vault->index);
	return vault;
}

void vault_free(struct vault *vault)
{
	if (!vault)
		return;
	OPENSSL_cleanse(vault, sizeof(*vault));
	free(vault);
}

void vault_key_wipe(struct vault_key *key)
{
	OPENSSL_cleanse(key->bytes, sizeof(key->bytes));
}

static void add_number(struct buf *out, uint64_t number)
{
	unsigned char bytes[8];

	for (int i = 7; i >= 0; i--, number >>= 8)
		bytes[i] = (unsigned char)number;
	buf_add(out, bytes, sizeof(bytes));
}

static void add_string(struct buf *out, const char *s)
{
	size_t len = strlen(s);

	add_number(out, len);
	buf_add(out, s, len);
}

/* Every part with its length, so that no two places read the same. */
static void add_place(struct buf *out, const struct vault_place *place)
{
	buf_adds(out, "handrail-v1");
	add_string(out, place->class);
	add_string(out, place->family);
	add_string(out, place->conversation);
	add_number(out, (uint64_t)place->number);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_CIPHER *gcm; /* EVP_aes_256_gcm() is looked up at every use */

static void fetch(void)
{
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	assert(gcm);
}

static EVP_CIPHER_CTX *cipher_new(const struct vault_key *key,
    const unsigned char *nonce, const struct vault_place *place, int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct buf aad = {0};
	int n = 0;

	assert(ctx);
	pthread_once(&once, fetch);
	add_place(&aad, place);
	assert(aad.len <= INT_MAX);
	int ok = EVP_CipherInit_ex(ctx, gcm, NULL, key->bytes, nonce, encrypt);
	ok = ok &&
	    EVP_CipherUpdate(
		ctx, NULL, &n, (unsigned char *)aad.data, (int)aad.len);
	assert(ok);
	buf_clear(&aad);
	return ctx;
}

void vault_seal(const struct vault_key *key, const struct vault_place *place,
    const void *text, size_t len, struct buf *out)
{
	assert(len <= INT_MAX - VAULT_SEALED_EXTRA);
	unsigned char *to =
	    (unsigned char *)buf_reserve(out, mem_add(len, VAULT_SEALED_EXTRA));
	int n = 0, rest = 0;

	id_random(to, VAULT_NONCE_BYTES);
	EVP_CIPHER_CTX *ctx = cipher_new(key, to, place, 1);
	unsigned char *body = to + VAULT_NONCE_BYTES;
	int ok = len == 0 || EVP_CipherUpdate(ctx, body, &n, text, (int)len);
	ok = ok && EVP_CipherFinal_ex(ctx, body + n, &rest);
	assert(ok && (size_t)n == len && rest == 0);
	ok = EVP_CIPHER_CTX_ctrl(
	    ctx, EVP_CTRL_GCM_GET_TAG, VAULT_TAG_BYTES, body + len);
	assert(ok);
	EVP_CIPHER_CTX_free(ctx);
	buf_commit(out, len + VAULT_SEALED_EXTRA);
}

int vault_open(const struct vault_key *key, const struct vault_place *place,
    const void *sealed, size_t len, struct buf *out)
{
	if (len < VAULT_SEALED_EXTRA || len > INT_MAX)
		return -1;
	const unsigned char *from = sealed;
	const unsigned char *body = from + VAULT_NONCE_BYTES;
	size_t size = len - VAULT_SEALED_EXTRA;
	unsigned char tag[VAULT_TAG_BYTES];
	unsigned char *to = (unsigned char *)buf_reserve(out, size);
	int n = 0, rest = 0;

	memcpy(tag, body + size, sizeof(tag));
	EVP_CIPHER_CTX *ctx = cipher_new(key, from, place, 0);
	int ok = size == 0 || EVP_CipherUpdate(ctx, to, &n, body, (int)size);
	ok = ok &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, sizeof(tag), tag);
	ok = ok && EVP_CipherFinal_ex(ctx, to + n, &rest);
	EVP_CIPHER_CTX_free(ctx);
	if (!ok) { /* unauthenticated bytes must not be seen by anybody */
		OPENSSL_cleanse(to, size);
		buf_commit(out, 0);
		return -1;
	}
	buf_commit(out, size);
	return 0;
}

void vault_key_make(const struct vault *vault, const struct vault_place *place,
    struct vault_key *key, unsigned char wrapped[VAULT_WRAPPED_BYTES])
{
	struct buf out = {0};

	id_random(key->bytes, sizeof(key->bytes));
	vault_seal(&vault->wrap, place, key->bytes, sizeof(key->bytes), &out);
	assert(out.len == VAULT_WRAPPED_BYTES);
	memcpy(wrapped, out.data, VAULT_WRAPPED_BYTES);
	buf_clear(&out);
}

int vault_key_unwrap(const struct vault *vault, const struct vault_place *place,
    const unsigned char *wrapped, size_t len, struct vault_key *key)
{
	struct buf out = {0};

	if (len != VAULT_WRAPPED_BYTES ||
	    vault_open(&vault->wrap, place, wrapped, len, &out) != 0) {
		buf_clear(&out);
		return -1;
	}
	memcpy(key->bytes, out.data, sizeof(key->bytes));
	OPENSSL_cleanse(out.data, out.len);
	buf_clear(&out);
	return 0;
}

void vault_index(const struct vault *vault, const char *class, const void *text,
    size_t len, char out[VAULT_INDEX_SIZE])
{
	unsigned char mac[HASH_BYTES];
	struct hash_part key = {vault->index, sizeof(vault->index)};
	struct hash_part parts[] = {{class, strlen(class) + 1}, {text, len}};

	hash_hmac(mac, &key, parts, 2);
	hex_encode(out, mac, (VAULT_INDEX_SIZE - 1) / 2);
}
