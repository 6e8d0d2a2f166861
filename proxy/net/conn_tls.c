/*
 * conn_tls - TLS over a TCP socket, either side.
 *
 * A stream that ends without close_notify is CONN_TRUNCATED, never an end: an
 * attacker on the path can cut TCP, but cannot forge close_notify. OpenSSL's
 * error queue is emptied before every call, or SSL_get_error would report
 * another connection's trouble.
 */
#include "proxy/net/conn_io.h"

#include "proxy/base/hex.h"
#include "proxy/base/mem.h"
#include "proxy/net/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum conn_io_result fail(
    struct conn_io *io, enum conn_reason reason, const char *why)
{
	io->reason = reason;
	snprintf(io->why, sizeof(io->why), "%s", why);
	return IO_FAILED;
}

/* We did not accept the peer's certificate. */
static void say_untrusted(struct conn_io *io)
{
	long result = SSL_get_verify_result(io->ssl);
	io->reason = CONN_UNTRUSTED;
	snprintf(io->why, sizeof(io->why), "the %s certificate: %s",
	    io->server ? "client's" : "server's",
	    X509_verify_cert_error_string(result));
}

/* The peer did not accept ours: these come as alerts (RFC 8446 6.2). */
static bool is_certificate_alert(int reason)
{
	switch (reason) {
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
		return true;
	}
	return false;
}

static void say_tls_error(struct conn_io *io)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);
	const char *words = code ? ERR_reason_error_string(code) : NULL;
	io->reason = CONN_TLS_FAILED;
	if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
		if (io->opened)
			io->reason = CONN_TRUNCATED;
		words = io->opened ? "the TLS stream ended without close_notify"
				   : "the peer left during the TLS handshake";
	} else if (reason == SSL_R_HTTP_REQUEST ||
	    reason == SSL_R_HTTPS_PROXY_REQUEST) {
		words = "plain HTTP on a TLS port";
	} else if (reason == SSL_R_WRONG_VERSION_NUMBER && !io->opened) {
		words = "the peer does not speak TLS, or none of our versions";
	} else if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
		say_untrusted(io);
		return;
	} else if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
		io->reason = CONN_UNTRUSTED;
		words = "the client has no certificate, and must have one";
	} else if (is_certificate_alert(reason)) {
		io->reason = CONN_UNTRUSTED;
		snprintf(io->why, sizeof(io->why),
		    "the peer does not accept our certificate: %s",
		    words ? words : "no reason given");
		return;
	}
	snprintf(io->why, sizeof(io->why), "TLS: %s",
	    words ? words : "unknown error");
}

static void say_system_error(struct conn_io *io, int error)
{
	if (error && error != EPIPE && error != ECONNRESET) {
		conn_plain_fail(io, "TLS", error);
	} else if (!io->opened) {
		fail(io, CONN_TLS_FAILED,
		    "TLS: the peer left during the handshake");
	} else if (error) {
		conn_plain_fail(io, "TLS", error);
	} else {
		fail(io, CONN_TRUNCATED,
		    "TLS: the stream ended without close_notify");
	}
}

/* What a failed SSL_ call means. 0 is the peer's proper end. */
static enum conn_io_result result(struct conn_io *io, int answer)
{
	int error = errno;
	switch (SSL_get_error(io->ssl, answer)) {
	case SSL_ERROR_WANT_READ:
		return IO_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return IO_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return IO_DONE;
	case SSL_ERROR_SYSCALL:
		say_system_error(io, error);
		break;
	default:
		say_tls_error(io);
	}
	ERR_clear_error();
	return IO_FAILED;
}

static void note_peer_certificate(struct conn_io *io)
{
	X509 *peer = SSL_get1_peer_certificate(io->ssl);
	if (!peer)
		return;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	if (X509_digest(peer, EVP_sha256(), digest, &n) && n == 32) {
		hex_encode(io->fingerprint, digest, n);
		io->facts.peer_fingerprint = io->fingerprint;
	}
	BIO *text = BIO_new(BIO_s_mem());
	char *data;
	if (text &&
	    X509_NAME_print_ex(
		text, X509_get_subject_name(peer), 0, XN_FLAG_RFC2253) >= 0) {
		long len = BIO_get_mem_data(text, &data);
		io->subject = mem_strndup(data, len > 0 ? (size_t)len : 0);
		io->facts.peer_subject = io->subject;
	}
	BIO_free(text);
	X509_free(peer);
	ERR_clear_error();
}

static void note_facts(struct conn_io *io)
{
	const unsigned char *alpn;
	unsigned n = 0;
	SSL_get0_alpn_selected(io->ssl, &alpn, &n);
	io->facts.version = SSL_get_version(io->ssl);
	io->facts.cipher = SSL_get_cipher_name(io->ssl);
	io->facts.server_name =
	    SSL_get_servername(io->ssl, TLSEXT_NAMETYPE_host_name);
	io->facts.alpn = n ? "http/1.1" : NULL; /* we take nothing else */
	io->facts.resumed = SSL_session_reused(io->ssl);
	note_peer_certificate(io);
}

static enum conn_io_result tls_handshake(struct conn_io *io)
{
	ERR_clear_error();
	errno = 0;
	int answer = SSL_do_handshake(io->ssl);
	if (answer != 1) {
		enum conn_io_result r = result(io, answer);
		return r != IO_DONE ? r
				    : fail(io, CONN_TLS_FAILED,
					  "TLS: the peer ended the handshake");
	}
	io->opened = true;
	if (io->client)
		tls_client_remember(io->client, io->ssl);
	note_facts(io);
	return IO_DONE;
}

static ssize_t tls_read(struct conn_io *io, void *data, size_t n)
{
	size_t done = 0;
	ERR_clear_error();
	errno = 0;
	if (SSL_read_ex(io->ssl, data, n, &done))
		return (ssize_t)done;
	return result(io, 0);
}

static ssize_t tls_write(struct conn_io *io, const void *data, size_t n)
{
	size_t done = 0;
	ERR_clear_error();
	errno = 0;
	if (SSL_write_ex(io->ssl, data, n, &done))
		return (ssize_t)done;
	enum conn_io_result r = result(io, 0);
	return r != IO_DONE ? r : fail(io, CONN_RESET, "write: TLS has ended");
}

static enum conn_io_result tls_finish(struct conn_io *io)
{
	ERR_clear_error();
	errno = 0;
	int answer = SSL_shutdown(io->ssl);
	if (answer < 0) {
		enum conn_io_result r = result(io, answer);
		if (r != IO_DONE)
			return r;
	}
	/* Sent, or the peer's end was here first and both are done. */
	if (shutdown(io->fd, SHUT_WR) == 0)
		return IO_DONE;
	conn_plain_fail(io, "shutdown", errno);
	return IO_FAILED;
}

static int init(struct conn_io *io, SSL *ssl)
{
	static const struct conn_io_ops ops = {
	    .handshake = tls_handshake,
	    .read = tls_read,
	    .write = tls_write,
	    .finish = tls_finish,
	};
	io->ops = &ops;
	io->ssl = ssl;
	if (ssl && SSL_set_fd(ssl, io->fd) == 1)
		return 0;
	fail(io, CONN_TLS_FAILED, "TLS: cannot begin (host name not usable?)");
	ERR_clear_error();
	return -1;
}

int conn_tls_init_server(struct conn_io *io, struct tls_server *server)
{
	io->server = tls_server_ref(server);
	return init(io, tls_server_session(server));
}

int conn_tls_init_client(
    struct conn_io *io, struct tls_client *client, const char *host)
{
	io->client = tls_client_ref(client);
	return init(io, tls_client_session(client, host));
}

void conn_tls_clear(struct conn_io *io)
{
	if (io->ssl && io->opened) /* or the session is thrown away */
		SSL_set_shutdown(
		    io->ssl, SSL_get_shutdown(io->ssl) | SSL_SENT_SHUTDOWN);
	SSL_free(io->ssl);
	io->ssl = NULL;
	tls_client_unref(io->client);
	io->client = NULL;
	tls_server_unref(io->server);
	io->server = NULL;
	free(io->subject);
	io->subject = NULL;
}

bool conn_tls_has_pending(const struct conn_io *io)
{
	return io->ssl && SSL_has_pending(io->ssl);
}
