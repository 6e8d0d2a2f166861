/*
 * conn_ask - what the owner of a conn may ask. Changes nothing.
 */
#include "proxy/net/conn_private.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

bool conn_is_open(const struct conn *c)
{
	return c->state == CONN_STATE_OPEN;
}

bool conn_is_closed(const struct conn *c)
{
	return c->state == CONN_STATE_CLOSED;
}

bool conn_saw_eof(const struct conn *c)
{
	return c->saw_eof;
}

/* Who has ended its side may read on; who is gone answers bytes with a reset,
 * which nobody waits for events of. */
bool conn_was_reset(const struct conn *c)
{
	struct pollfd p = {.fd = c->io.fd};
	return c->io.fd >= 0 && poll(&p, 1, 0) > 0 &&
	    p.revents & (POLLERR | POLLHUP);
}

bool conn_is_quiet(const struct conn *c)
{
	char byte;
	if (c->state != CONN_STATE_OPEN || c->saw_eof || c->input.len ||
	    conn_tls_has_pending(&c->io))
		return false;
	ssize_t n = recv(c->io.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

size_t conn_output_len(const struct conn *c)
{
	return c->output.len;
}

uint64_t conn_bytes_sent(const struct conn *c)
{
	return c->sent;
}

uint64_t conn_bytes_received(const struct conn *c)
{
	return c->received;
}

size_t conn_unread(const struct conn *c)
{
	int waiting = 0;
	if (c->io.fd < 0)
		return c->unread;
	if (c->io.was_reset || ioctl(c->io.fd, SIOCOUTQ, &waiting) != 0 ||
	    waiting < 0)
		return 0;
	return c->output.len + (size_t)waiting;
}

static const char *const reason_names[] = {
    [CONN_DONE] = "done",
    [CONN_TRUNCATED] = "truncated",
    [CONN_RESET] = "reset",
    [CONN_UNREACHABLE] = "unreachable",
    [CONN_UNTRUSTED] = "untrusted",
    [CONN_TLS_FAILED] = "tls_failed",
    [CONN_CONNECT_TIMEOUT] = "connect_timeout",
    [CONN_HANDSHAKE_TIMEOUT] = "handshake_timeout",
    [CONN_IDLE_TIMEOUT] = "idle_timeout",
    [CONN_WRITE_TIMEOUT] = "write_timeout",
    [CONN_REFUSED] = "refused",
    [CONN_DROPPED] = "dropped",
};

const char *conn_reason_name(enum conn_reason reason)
{
	return reason_names[reason];
}

enum conn_reason conn_reason(const struct conn *c)
{
	return c->reason;
}

const char *conn_reason_text(const struct conn *c)
{
	return c->reason_text ? c->reason_text : conn_reason_name(c->reason);
}

void *conn_release_arg(const struct conn *c)
{
	return c->release_arg;
}

const char *conn_name(const struct conn *c)
{
	return c->name;
}

const struct address *conn_peer(const struct conn *c)
{
	return &c->peer;
}

const struct conn_tls *conn_tls(const struct conn *c)
{
	return c->io.ssl && c->io.opened ? &c->io.facts : NULL;
}
