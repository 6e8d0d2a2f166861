/*
 * tls_client - whom we believe when we connect, and as whom.
 *
 * The peer's chain and its name are verified by OpenSSL inside the handshake;
 * there is no way to switch that off. Sessions are kept by host, and only in
 * this context: what was verified under one CA is not reused under another. A
 * session is taken out when it is used (RFC 8446 C.4: a ticket is used once).
 */
#include "proxy/net/tls_load.h"

#include "proxy/base/mem.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SESSIONS_MAX 32 /* kept, all hosts together; the oldest goes */

struct kept {
	char *host;
	SSL_SESSION *session;
};

struct tls_client {
	atomic_uint refs;
	SSL_CTX *ctx;
	pthread_mutex_t lock;
	struct kept kept[SESSIONS_MAX]; /* oldest first */
	size_t n_kept;
};

static void kept_remove(struct tls_client *client, size_t i)
{
	free(client->kept[i].host);
	client->n_kept--;
	memmove(&client->kept[i], &client->kept[i + 1],
	    (client->n_kept - i) * sizeof(client->kept[0]));
}

/* Takes ownership of session. */
static void keep(
    struct tls_client *client, const char *host, SSL_SESSION *session)
{
	pthread_mutex_lock(&client->lock);
	if (client->n_kept == SESSIONS_MAX) {
		SSL_SESSION_free(client->kept[0].session);
		kept_remove(client, 0);
	}
	client->kept[client->n_kept++] =
	    (struct kept){mem_strdup(host), session};
	pthread_mutex_unlock(&client->lock);
}

/* The newest session for host, now the caller's; NULL: none. */
static SSL_SESSION *take(struct tls_client *client, const char *host)
{
	SSL_SESSION *session = NULL;
	pthread_mutex_lock(&client->lock);
	for (size_t i = client->n_kept; i-- > 0 && !session;) {
		if (strcasecmp(client->kept[i].host, host))
			continue;
		session = client->kept[i].session;
		kept_remove(client, i);
	}
	pthread_mutex_unlock(&client->lock);
	return session;
}

static void on_host_freed(void *parent, void *host, CRYPTO_EX_DATA *data,
    int index, long argl, void *argp)
{
	free(host);
}

/* One index for the process: they cannot be given back. */
static int host_index;

static void make_host_index(void)
{
	host_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, on_host_freed);
}

static int on_new_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls_client *client = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	const char *host = SSL_get_ex_data(ssl, host_index);
	if (!host || !SSL_SESSION_is_resumable(session))
		return 0;
	keep(client, host, session);
	return 1; /* the reference is ours now */
}

void tls_client_remember(struct tls_client *client, struct ssl_st *ssl)
{
	/* TLS 1.3 sends new tickets; TLS 1.2 goes on with the one it had. */
	if (SSL_version(ssl) != TLS1_2_VERSION || !SSL_session_reused(ssl))
		return;
	SSL_SESSION *session = SSL_get1_session(ssl);
	if (session && SSL_SESSION_is_resumable(session))
		keep(client, SSL_get_ex_data(ssl, host_index), session);
	else
		SSL_SESSION_free(session);
}

static int set_identity(
    SSL_CTX *ctx, const struct tls_client_options *options, struct buf *error)
{
	if (!options->certificate && !options->key)
		return 0;
	if (!options->certificate || !options->key) {
		buf_printf(error, "%s is given without its %s",
		    options->certificate ? options->certificate : options->key,
		    options->certificate ? "key" : "certificate");
		return -1;
	}
	struct tls_pair pair = {options->certificate, options->key};
	struct tls_identity id;
	if (tls_load_identity(&id, &pair, error))
		return -1;
	int good =
	    SSL_CTX_use_cert_and_key(ctx, id.leaf, id.key, id.chain, 1) == 1;
	if (!good)
		tls_load_complain(error, "certificate", options->certificate);
	tls_load_clear(&id);
	return good ? 0 : -1;
}

static int set_trust(SSL_CTX *ctx, const char *ca, struct buf *error)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (ca)
		return tls_load_ca(ctx, ca, error);
	if (SSL_CTX_set_default_verify_paths(ctx) == 1)
		return 0;
	tls_load_complain(error, "the system's CA certificates", NULL);
	return -1;
}

struct tls_client *tls_client_new(
    const struct tls_client_options *options, struct buf *error)
{
	static const unsigned char alpn[] = "\x08http/1.1";
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_host_index);
	struct tls_client *client = mem_zero(sizeof(*client));
	atomic_init(&client->refs, 1);
	pthread_mutex_init(&client->lock, NULL);
	client->ctx = tls_load_context(TLS_client_method(), error);
	if (!client->ctx || set_trust(client->ctx, options->ca, error) ||
	    set_identity(client->ctx, options, error)) {
		tls_client_unref(client);
		return NULL;
	}
	SSL_CTX_set_app_data(client->ctx, client);
	SSL_CTX_set_alpn_protos(client->ctx, alpn, sizeof(alpn) - 1);
	SSL_CTX_set_session_cache_mode(
	    client->ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(client->ctx, on_new_session);
	return client;
}

struct tls_client *tls_client_ref(struct tls_client *client)
{
	atomic_fetch_add(&client->refs, 1);
	return client;
}

void tls_client_unref(struct tls_client *client)
{
	if (!client || atomic_fetch_sub(&client->refs, 1) != 1)
		return;
	for (size_t i = 0; i < client->n_kept; i++) {
		free(client->kept[i].host);
		SSL_SESSION_free(client->kept[i].session);
	}
	SSL_CTX_free(client->ctx);
	pthread_mutex_destroy(&client->lock);
	free(client);
}

static bool is_numeric(const char *host)
{
	struct in6_addr any;
	return inet_pton(AF_INET, host, &any) == 1 ||
	    inet_pton(AF_INET6, host, &any) == 1;
}

/* What the peer must prove to be. SNI is for names only (RFC 6066 3). */
static bool set_name(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	X509_VERIFY_PARAM_set_hostflags(
	    param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (is_numeric(host))
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	return SSL_set1_host(ssl, host) == 1 &&
	    SSL_set_tlsext_host_name(ssl, host) == 1;
}

struct ssl_st *tls_client_session(struct tls_client *client, const char *host)
{
	ERR_clear_error();
	SSL *ssl = SSL_new(client->ctx);
	if (!ssl)
		return NULL;
	/* "bot.internal." is the same host as without its dot. */
	size_t n = strlen(host);
	char *name = mem_strndup(host, n && host[n - 1] == '.' ? n - 1 : n);
	if (!SSL_set_ex_data(ssl, host_index, name)) {
		free(name);
		SSL_free(ssl);
		return NULL;
	}
	if (!*name || !set_name(ssl, name)) {
		SSL_free(ssl);
		return NULL;
	}
	SSL_set_connect_state(ssl);
	SSL_SESSION *session = take(client, name);
	if (session) {
		SSL_set_session(ssl, session);
		SSL_SESSION_free(session);
	}
	return ssl;
}
