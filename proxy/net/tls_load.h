/*
 * tls_load - what tls_server.c and tls_client.c have in common: files, and
 * the settings both contexts share. Errors are appended as words.
 */
#ifndef HANDRAIL_PROXY_NET_TLS_LOAD_H
#define HANDRAIL_PROXY_NET_TLS_LOAD_H

#include "proxy/net/tls.h"

#include <openssl/ssl.h>

/* One certificate with its chain and key. Zero it before use. */
struct tls_identity {
	X509 *leaf;
	STACK_OF(X509) * chain;
	EVP_PKEY *key;
};

/* 0, or -1 with words at error; out is then empty. */
int tls_load_identity(struct tls_identity *out, const struct tls_pair *,
    struct buf *error) __attribute__((warn_unused_result));
void tls_load_clear(struct tls_identity *);
/* A context with the versions, ciphers and modes of both sides; NULL and
 * words when OpenSSL cannot. */
SSL_CTX *tls_load_context(const SSL_METHOD *, struct buf *error);
/* Trust the certificates of a PEM file. 0, or -1 with words. */
int tls_load_ca(SSL_CTX *, const char *path, struct buf *error)
    __attribute__((warn_unused_result));
/* "what PATH: reason", the reason from OpenSSL's error queue, emptied. */
void tls_load_complain(struct buf *error, const char *what, const char *path);

#endif
