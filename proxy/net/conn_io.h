/*
 * conn_io - what a conn needs of a socket, plain or TLS. For conn*.c alone.
 *
 * The four operations do not block. On IO_FAILED reason and why are set; after
 * it only conn_io_clear may follow.
 */
#ifndef HANDRAIL_PROXY_NET_CONN_IO_H
#define HANDRAIL_PROXY_NET_CONN_IO_H

#include "proxy/net/conn.h"

#include <sys/types.h>

#define CONN_WHY_BYTES 200

/* Negative, so that read and write can answer a number of bytes instead. */
enum conn_io_result {
	IO_DONE = 0,
	IO_WANT_READ = -1,  /* again when the socket is readable */
	IO_WANT_WRITE = -2, /* again when it is writable */
	IO_FAILED = -3,
};

struct conn_io;

struct conn_io_ops {
	enum conn_io_result (*handshake)(struct conn_io *);
	/* Bytes; 0: the peer ended its side; or an enum conn_io_result. */
	ssize_t (*read)(struct conn_io *, void *data, size_t n);
	/* Bytes handed to the kernel, or an enum conn_io_result. After a want
	 * the same bytes again, at any address, and perhaps more of them. */
	ssize_t (*write)(struct conn_io *, const void *data, size_t n);
	/* Ends our side. */
	enum conn_io_result (*finish)(struct conn_io *);
};

struct conn_io {
	const struct conn_io_ops *ops;
	int fd; /* -1: none */
	enum conn_reason reason;
	char why[CONN_WHY_BYTES];
	bool was_reset; /* and had not ended its side before */
	/* TLS only */
	struct ssl_st *ssl;
	struct tls_client *client; /* a reference; one of the two */
	struct tls_server *server;
	bool opened; /* the handshake is over */
	struct conn_tls facts;
	char *subject;
	char fingerprint[65];
};

/* io->fd is set; the rest is zero. */
void conn_plain_init(struct conn_io *);
/* -1 when OpenSSL cannot, with reason and why. Take references. */
int conn_tls_init_server(struct conn_io *, struct tls_server *)
    __attribute__((warn_unused_result));
int conn_tls_init_client(struct conn_io *, struct tls_client *,
    const char *host) __attribute__((warn_unused_result));
/* Frees the TLS part, leaves the socket. Accepts a plain one. */
void conn_tls_clear(struct conn_io *);
/* Bytes are decrypted or half decrypted, beyond what poll can see. */
bool conn_tls_has_pending(const struct conn_io *);
/* Sets reason and why from an errno of a read or write. */
void conn_plain_fail(struct conn_io *, const char *what, int error);

#endif
