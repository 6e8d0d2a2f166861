/*
 * tls - who we are to customers, and whom we believe upstream.
 *
 * Both contexts are immutable after _new, reference-counted and shared by all
 * workers; a reload builds new ones and swaps the pointer, connections keep
 * what they began with. TLS 1.2 and 1.3 only, forward secrecy and AEAD only,
 * no renegotiation, no compression, no early data.
 *
 * Errors are words for the operator that say which file and what is wrong;
 * they are appended to the buf given. Any thread.
 */
#ifndef HANDRAIL_PROXY_NET_TLS_H
#define HANDRAIL_PROXY_NET_TLS_H

#include "proxy/base/buf.h"

#include <stddef.h>

struct ssl_st; /* OpenSSL's SSL, for conn_tls.c alone */

enum tls_client_auth {
	TLS_CLIENT_NONE,
	TLS_CLIENT_OPTIONAL,
	TLS_CLIENT_REQUIRED
};

struct tls_pair {
	const char *certificate; /* PEM file: leaf, then its chain */
	const char *key; /* PEM file, not encrypted, not open to others */
};

struct tls_server_options {
	const struct tls_pair *pairs; /* chosen by the names in them */
	size_t n_pairs;               /* at least 1; the first is the default */
	const char *client_ca;        /* PEM file; NULL with TLS_CLIENT_NONE */
	enum tls_client_auth client_auth; /* optional: none or a valid one */
};

/*
 * NULL when something is wrong. Files are read here and never again. A client
 * that names a host gets the certificates whose subject alternative names
 * (without any: common name) hold it, exactly or by a wildcard for one label;
 * an exact one is preferred; else the first of the list. ALPN: http/1.1; a
 * client that offers only other protocols is answered without ALPN. Sessions
 * are resumed by ticket or cache, with any worker, until the next reload.
 */
struct tls_server *tls_server_new(
    const struct tls_server_options *, struct buf *error);
struct tls_server *tls_server_ref(struct tls_server *);
void tls_server_unref(struct tls_server *); /* accepts NULL */

struct tls_client_options {
	const char *ca;          /* PEM file; NULL: the system's */
	const char *certificate; /* to present when asked; NULL: none */
	const char *key;
};

/* NULL when something is wrong. The peer's chain and its name (or address)
 * are always verified. Sessions are kept for reuse, a few for each host. */
struct tls_client *tls_client_new(
    const struct tls_client_options *, struct buf *error);
struct tls_client *tls_client_ref(struct tls_client *);
void tls_client_unref(struct tls_client *); /* accepts NULL */

/* For conn_tls.c. The SSL is the caller's (SSL_free), who keeps a reference
 * to the context as long. host: a DNS name or a numeric address; the name
 * verified. */
struct ssl_st *tls_server_session(struct tls_server *);
struct ssl_st *tls_client_session(struct tls_client *, const char *host);
/* After a client handshake: keep a TLS 1.2 session for the next one. */
void tls_client_remember(struct tls_client *, struct ssl_st *);

#endif
