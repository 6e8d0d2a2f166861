/*
 * tls_server - the certificates we answer customers with.
 *
 * One SSL_CTX, without certificates of its own: a callback puts those in that
 * the client's server name calls for, so that all names share one set of
 * ticket keys and one session cache. Both live as long as the context: a
 * reload begins new ones.
 *
 * The session id context is bound to the client CA: a session proved under
 * one context is never accepted by another that trusts somebody else.
 */
#include "proxy/net/tls_load.h"

#include "proxy/base/id.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SESSION_SECONDS 7200
#define SESSIONS_MAX 8192 /* in the cache; tickets need no room */

struct tls_server {
	atomic_uint refs;
	SSL_CTX *ctx;
	struct tls_identity *identities;
	size_t n_identities;
};

enum name_match { MATCH_NONE, MATCH_WILDCARD, MATCH_EXACT };

/* RFC 6125: "*." stands for exactly one label, and stands alone. */
static bool is_name(const char *a, const char *b, size_t len)
{
	return strlen(a) == len && strncasecmp(a, b, len) == 0;
}

/* A name may end in the root's dot, which RFC 6066 3 forbids and some send. */
static enum name_match match_name(const char *pattern, const char *name)
{
	size_t len = strlen(name);
	if (len > 1 && name[len - 1] == '.')
		len--;
	if (is_name(pattern, name, len))
		return MATCH_EXACT;
	const char *rest = strchr(name, '.');
	if (strncmp(pattern, "*.", 2) || !rest || rest == name)
		return MATCH_NONE;
	return is_name(pattern + 1, rest, len - (size_t)(rest - name))
	    ? MATCH_WILDCARD
	    : MATCH_NONE;
}

static enum name_match match_asn1(const ASN1_STRING *s, const char *name)
{
	unsigned char *text = NULL;
	int n = ASN1_STRING_to_UTF8(&text, s);
	enum name_match match = MATCH_NONE;
	if (n > 0 && strlen((char *)text) == (size_t)n)
		match = match_name((char *)text, name);
	OPENSSL_free(text);
	return match;
}

static enum name_match match_common_name(X509 *leaf, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(leaf);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	if (at < 0)
		return MATCH_NONE;
	return match_asn1(
	    X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), name);
}

static enum name_match match_identity(X509 *leaf, const char *name)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
	if (!names)
		return match_common_name(leaf, name);
	enum name_match best = MATCH_NONE;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		GENERAL_NAME *san = sk_GENERAL_NAME_value(names, i);
		if (san->type != GEN_DNS)
			continue;
		enum name_match match = match_asn1(san->d.dNSName, name);
		best = match > best ? match : best;
	}
	GENERAL_NAMES_free(names);
	return best;
}

static bool use_identity(SSL *ssl, const struct tls_identity *id)
{
	return SSL_use_cert_and_key(ssl, id->leaf, id->key, id->chain, 1) == 1;
}

/* Every identity that matches best is put in: an RSA and an ECDSA certificate
 * for one name live side by side and the client's algorithms decide. */
static int on_certificate(SSL *ssl, void *arg)
{
	const struct tls_server *server = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	enum name_match best = MATCH_NONE;
	for (size_t i = 0; name && i < server->n_identities; i++) {
		enum name_match match =
		    match_identity(server->identities[i].leaf, name);
		best = match > best ? match : best;
	}
	if (best == MATCH_NONE)
		return use_identity(ssl, &server->identities[0]);
	/* The last put in of one key type wins: go backwards, so that the
	 * first in the list does. */
	for (size_t i = server->n_identities; i-- > 0;) {
		const struct tls_identity *id = &server->identities[i];
		if (match_identity(id->leaf, name) == best &&
		    !use_identity(ssl, id))
			return 0;
	}
	return 1;
}

static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in,
		in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL; /* RFC 7301 3.2 */
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* Without this callback OpenSSL leaves the name out of what it remembers. */
static int on_server_name(SSL *ssl, int *alert, void *arg)
{
	return SSL_TLSEXT_ERR_OK;
}

static int set_client_auth(
    SSL_CTX *ctx, const struct tls_server_options *options, struct buf *error)
{
	if (options->client_auth == TLS_CLIENT_NONE)
		return 0;
	if (!options->client_ca) {
		buf_adds(error,
		    "client certificates are asked for, but no "
		    "client_ca says who signs them");
		return -1;
	}
	if (tls_load_ca(ctx, options->client_ca, error))
		return -1;
	STACK_OF(X509_NAME) *names =
	    SSL_load_client_CA_file(options->client_ca);
	if (!names) {
		tls_load_complain(error, "CA", options->client_ca);
		return -1;
	}
	SSL_CTX_set_client_CA_list(ctx, names);
	int mode = SSL_VERIFY_PEER;
	if (options->client_auth == TLS_CLIENT_REQUIRED)
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(ctx, mode, NULL);
	return 0;
}

static void set_sessions(SSL_CTX *ctx)
{
	unsigned char id[SSL_MAX_SID_CTX_LENGTH];
	id_random(id, sizeof(id));
	int good = SSL_CTX_set_session_id_context(ctx, id, sizeof(id));
	assert(good);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_SERVER);
	SSL_CTX_sess_set_cache_size(ctx, SESSIONS_MAX);
	SSL_CTX_set_timeout(ctx, SESSION_SECONDS);
}

static int load_identities(struct tls_server *server,
    const struct tls_server_options *options, struct buf *error)
{
	server->identities =
	    mem_array(options->n_pairs, sizeof(*server->identities));
	for (size_t i = 0; i < options->n_pairs; i++) {
		if (tls_load_identity(
			&server->identities[i], &options->pairs[i], error))
			return -1;
		server->n_identities++;
	}
	return 0;
}

struct tls_server *tls_server_new(
    const struct tls_server_options *options, struct buf *error)
{
	assert(options->n_pairs > 0);
	struct tls_server *server = mem_zero(sizeof(*server));
	atomic_init(&server->refs, 1);
	server->ctx = tls_load_context(TLS_server_method(), error);
	if (!server->ctx || load_identities(server, options, error) ||
	    set_client_auth(server->ctx, options, error)) {
		tls_server_unref(server);
		return NULL;
	}
	set_sessions(server->ctx);
	SSL_CTX_set_cert_cb(server->ctx, on_certificate, server);
	SSL_CTX_set_tlsext_servername_callback(server->ctx, on_server_name);
	SSL_CTX_set_alpn_select_cb(server->ctx, on_alpn, NULL);
	return server;
}

struct tls_server *tls_server_ref(struct tls_server *server)
{
	atomic_fetch_add(&server->refs, 1);
	return server;
}

void tls_server_unref(struct tls_server *server)
{
	if (!server || atomic_fetch_sub(&server->refs, 1) != 1)
		return;
	for (size_t i = 0; i < server->n_identities; i++)
		tls_load_clear(&server->identities[i]);
	free(server->identities);
	SSL_CTX_free(server->ctx);
	free(server);
}

struct ssl_st *tls_server_session(struct tls_server *server)
{
	SSL *ssl = SSL_new(server->ctx);
	if (ssl)
		SSL_set_accept_state(ssl);
	return ssl;
}
