/*
 * hash - see hash.h. OpenSSL does the work; what it can fail at is memory, so
 * failure aborts.
 */
#include "proxy/base/hash.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256; /* EVP_sha256() would be looked up at every use */

static void fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	assert(sha256 != NULL);
}

static EVP_MD_CTX *begin(void)
{
	pthread_once(&once, fetch);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	assert(context != NULL);
	return context;
}

void hash_sha256(
    unsigned char out[HASH_BYTES], const struct hash_part *parts, size_t n)
{
	EVP_MD_CTX *context = begin();
	int ok = EVP_DigestInit_ex(context, sha256, NULL);
	for (size_t i = 0; i < n; i++)
		ok &= EVP_DigestUpdate(context, parts[i].data, parts[i].len);
	ok &= EVP_DigestFinal_ex(context, out, NULL);
	assert(ok == 1);
	EVP_MD_CTX_free(context);
}

/* RFC 2104 by hand: the EVP_MAC machinery costs ten times the hash. */
void hash_hmac(unsigned char out[HASH_BYTES], const struct hash_part *key,
    const struct hash_part *parts, size_t n)
{
	unsigned char block[64] = {0}, pad[64], inner[HASH_BYTES];
	if (key->len > sizeof(block)) {
		hash_sha256(block, key, 1);
	} else {
		for (size_t i = 0; i < key->len; i++)
			block[i] = ((const unsigned char *)key->data)[i];
	}
	EVP_MD_CTX *context = begin();
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] = block[i] ^ 0x36;
	int ok = EVP_DigestInit_ex(context, sha256, NULL);
	ok &= EVP_DigestUpdate(context, pad, sizeof(pad));
	for (size_t i = 0; i < n; i++)
		ok &= EVP_DigestUpdate(context, parts[i].data, parts[i].len);
	ok &= EVP_DigestFinal_ex(context, inner, NULL);
	for (size_t i = 0; i < sizeof(pad); i++)
		pad[i] = block[i] ^ 0x5c;
	ok &= EVP_DigestInit_ex(context, sha256, NULL);
	ok &= EVP_DigestUpdate(context, pad, sizeof(pad));
	ok &= EVP_DigestUpdate(context, inner, sizeof(inner));
	ok &= EVP_DigestFinal_ex(context, out, NULL);
	assert(ok == 1);
	EVP_MD_CTX_free(context);
	OPENSSL_cleanse(block, sizeof(block));
	OPENSSL_cleanse(pad, sizeof(pad));
}

bool hash_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
