/*
 * conn_plain - a TCP socket as it is.
 */
#include "proxy/net/conn_io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void conn_plain_fail(struct conn_io *io, const char *what, int error)
{
	io->reason = CONN_RESET;
	/* A reset behind the peer's own end is EPIPE. */
	io->was_reset = error == ECONNRESET;
	snprintf(io->why, sizeof(io->why), "%s: %s", what, strerror(error));
}

static ssize_t result(
    struct conn_io *io, const char *what, ssize_t n, enum conn_io_result want)
{
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return want;
	conn_plain_fail(io, what, errno);
	return IO_FAILED;
}

static enum conn_io_result plain_handshake(struct conn_io *io)
{
	return IO_DONE;
}

static ssize_t plain_read(struct conn_io *io, void *data, size_t n)
{
	return result(io, "read", recv(io->fd, data, n, 0), IO_WANT_READ);
}

static ssize_t plain_write(struct conn_io *io, const void *data, size_t n)
{
	return result(
	    io, "write", send(io->fd, data, n, MSG_NOSIGNAL), IO_WANT_WRITE);
}

static enum conn_io_result plain_finish(struct conn_io *io)
{
	if (shutdown(io->fd, SHUT_WR) == 0)
		return IO_DONE;
	conn_plain_fail(io, "shutdown", errno);
	return IO_FAILED;
}

void conn_plain_init(struct conn_io *io)
{
	static const struct conn_io_ops ops = {
	    .handshake = plain_handshake,
	    .read = plain_read,
	    .write = plain_write,
	    .finish = plain_finish,
	};
	io->ops = &ops;
}
