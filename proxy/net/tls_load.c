/*
 * tls_load - see tls_load.h.
 *
 * Refuses an encrypted key (nobody is there to type a passphrase), a key that
 * others may read, a key that is not the certificate's. An expired certificate
 * is loaded: refusing it would take down the names that are still good.
 */
#include "proxy/net/tls_load.h"

#include "proxy/base/mem.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ECDHE for forward secrecy, AEAD only; TLS 1.3 has nothing else anyway. */
#define TLS_12_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

void tls_load_complain(struct buf *error, const char *what, const char *path)
{
	unsigned long code = ERR_peek_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	if (code && ERR_SYSTEM_ERROR(code))
		reason = strerror(ERR_GET_REASON(code));
	else if (ERR_GET_LIB(code) == ERR_LIB_PEM &&
	    ERR_GET_REASON(code) == PEM_R_NO_START_LINE)
		reason = "no PEM block of that kind in it";
	if (error->len)
		buf_adds(error, "; ");
	buf_printf(error, "%s%s%s: %s", what, path ? " " : "", path ? path : "",
	    reason ? reason : "unknown reason");
	ERR_clear_error();
}

static void complain_text(
    struct buf *error, const char *path, const char *reason)
{
	if (error->len)
		buf_adds(error, "; ");
	buf_printf(error, "%s: %s", path, reason);
	ERR_clear_error();
}

/* PEM_read_bio's way to ask for a passphrase: there is none. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	*(bool *)arg = true;
	return -1;
}

static int load_chain(
    struct tls_identity *out, const char *path, struct buf *error)
{
	BIO *in = BIO_new_file(path, "r");
	bool asked = false;
	out->chain = sk_X509_new_null();
	if (in && out->chain)
		out->leaf =
		    PEM_read_bio_X509_AUX(in, NULL, no_passphrase, &asked);
	bool good = out->leaf != NULL;
	if (!good)
		tls_load_complain(error, "certificate", path);
	while (good) {
		X509 *next = PEM_read_bio_X509(in, NULL, no_passphrase, &asked);
		if (!next)
			break;
		if (!sk_X509_push(out->chain, next)) {
			X509_free(next);
			good = false;
		}
	}
	/* The end of the file is the one error that is none. */
	unsigned long code = ERR_peek_last_error();
	if (good && ERR_GET_REASON(code) != PEM_R_NO_START_LINE) {
		tls_load_complain(error, "certificate chain", path);
		good = false;
	}
	ERR_clear_error();
	BIO_free(in);
	return good ? 0 : -1;
}

/* The owner and a group (ssl-cert) may read it; others may nothing, and only
 * the owner may change it. */
static int check_mode(int fd, const char *path, struct buf *error)
{
	struct stat st;
	if (fstat(fd, &st)) {
		complain_text(error, path, strerror(errno));
		return -1;
	}
	if ((st.st_mode & (S_IRWXO | S_IWGRP)) == 0)
		return 0;
	char why[128];
	snprintf(why, sizeof(why),
	    "key file is open to others (mode %04o); chmod 0600 it",
	    (unsigned)(st.st_mode & 07777));
	complain_text(error, path, why);
	return -1;
}

static int load_key(
    struct tls_identity *out, const char *path, struct buf *error)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		complain_text(error, path, strerror(errno));
		return -1;
	}
	bool asked = false;
	/* The mode of the file that is open, not of one put there since. */
	int failed = check_mode(fileno(file), path, error);
	if (!failed) {
		out->key =
		    PEM_read_PrivateKey(file, NULL, no_passphrase, &asked);
		failed = out->key ? 0 : -1;
		if (asked)
			complain_text(error, path,
			    "key is encrypted; a key without a "
			    "passphrase is needed");
		else if (failed)
			tls_load_complain(error, "key", path);
	}
	fclose(file);
	return failed;
}

int tls_load_identity(
    struct tls_identity *out, const struct tls_pair *pair, struct buf *error)
{
	*out = (struct tls_identity){0};
	ERR_clear_error();
	int failed = load_chain(out, pair->certificate, error);
	if (!failed)
		failed = load_key(out, pair->key, error);
	if (!failed && X509_check_private_key(out->leaf, out->key) != 1) {
		char *why = mem_printf(
		    "not the key of the certificate in %s", pair->certificate);
		complain_text(error, pair->key, why);
		free(why);
		failed = -1;
	}
	if (failed)
		tls_load_clear(out);
	return failed;
}

void tls_load_clear(struct tls_identity *identity)
{
	X509_free(identity->leaf);
	sk_X509_pop_free(identity->chain, X509_free);
	EVP_PKEY_free(identity->key);
	*identity = (struct tls_identity){0};
}

SSL_CTX *tls_load_context(const SSL_METHOD *method, struct buf *error)
{
	ERR_clear_error();
	SSL_CTX *ctx = SSL_CTX_new(method);
	if (!ctx || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) ||
	    !SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) ||
	    !SSL_CTX_set_cipher_list(ctx, TLS_12_CIPHERS)) {
		tls_load_complain(error, "OpenSSL", NULL);
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	/* Idle connections give their record buffers back: 34 KB each. */
	/* A record's head and body in one system call. */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	return ctx;
}

int tls_load_ca(SSL_CTX *ctx, const char *path, struct buf *error)
{
	ERR_clear_error();
	if (SSL_CTX_load_verify_file(ctx, path) == 1)
		return 0;
	tls_load_complain(error, "CA", path);
	return -1;
}
