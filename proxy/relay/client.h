/*
 * client - one connection of a customer: requests in, answers out.
 *
 * Reads strictly, one request at a time; a pipelined one stays unread until
 * the answer before it is out. A request that cannot be framed is answered
 * once and the connection closed. All calls on the worker's thread.
 */
#ifndef HANDRAIL_RELAY_CLIENT_H
#define HANDRAIL_RELAY_CLIENT_H

#include "proxy/base/buf.h"
#include "proxy/relay/worker.h"
#include "proxy/wire/http1_write.h"

/* Takes over a conn of the listener. */
void client_new(struct worker *, struct conn *, bool tls);

/* For the exchange: the head of the answer, perhaps with its body, counted
 * under its status. Output is copied. */
void client_answer(struct client *, int status, const struct buf *);
/* False: over the high mark, wait for exchange_client_drained. */
bool client_send(struct client *, const void *data, size_t n);
/* Body bytes in the framing announced by client_framing. */
bool client_send_body(struct client *, struct span);
/* How a body of unknown length goes to this client: chunked, or until close
 * (HTTP/1.0). */
enum http1_framing client_framing(const struct client *);
void client_send_last(struct client *); /* the last chunk */
/* Must the answer say Connection: close? */
bool client_closes(const struct client *);
/* exchange_client_sent when all that was written is with the kernel. */
void client_tell_sent(struct client *);
/* False: the customer had finished its side, and has not read all of it. */
bool client_has_read(const struct client *);
/* The answer is complete: next request, or close. The exchange is gone from
 * the client's point of view. */
void client_finish(struct client *);
/* The answer cannot be completed: the customer must see that it is cut. */
void client_abort(struct client *, const char *why);
/* 100 Continue, when the client waits for it. */
void client_continue(struct client *);
const struct address *client_peer(const struct client *);
const char *client_peer_text(const struct client *); /* without its port */
bool client_is_tls(const struct client *);
const char *client_name(const struct client *);

/* From the worker: closing down. */
void client_close_all(struct worker *, bool idle_only);

#endif
