/* client - see client.h. */
#include "proxy/relay/client.h"

#include "proxy/admin/metrics.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/relay/exchange.h"
#include "proxy/relay/refuse.h"
#include "proxy/relay/server.h"

#include <stdlib.h>

#define PROBE_MS 1000     /* after the end of its side, then twice that, ... */
#define PROBE_LOOK_MS 100 /* for the reset to be back */

struct client {
	struct worker *worker;
	struct client *next, **link; /* in worker->clients */
	struct conn *conn;
	char peer[ADDRESS_TEXT_BYTES];
	struct http1_parser parser; /* its head: of the request under way */
	struct exchange *exchange;
	uint64_t requests;
	bool tls;
	bool opened;       /* the handshake is over */
	bool read_whole;   /* the request has been read to its end */
	bool closing;      /* no further request */
	bool chunked;      /* framing of the answer under way */
	bool reading;      /* inside read_requests */
	bool answered;     /* the head of the answer is out */
	bool probed;       /* a probe is on its way */
	uint64_t probe_ms; /* until the next one */
	struct loop_timer probe;
	struct loop_timer deadline; /* for a head or a body to be complete:
				       dripping bytes does not extend it */
};

static void read_requests(struct client *);

static const struct config_limits *limits_of(const struct client *c)
{
	return &c->worker->routes->generation->config->limits;
}

static struct metrics *metrics_of(const struct client *c)
{
	return c->worker->server->metrics;
}

static void client_free(struct client *c)
{
	loop_timer_disarm(&c->deadline);
	loop_timer_disarm(&c->probe);
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	metrics_add(metrics_of(c), METRIC_CONNECTIONS, -1);
	worker_check_drained(c->worker);
	free(c);
}

static void on_closed(struct client *c)
{
	log_line(LOG_DEBUG, conn_name(c->conn), "closed: %s",
	    conn_reason_text(c->conn));
	if (!c->opened)
		metrics_add(metrics_of(c), METRIC_CONNECTIONS_REFUSED, 1,
		    conn_reason_name(conn_reason(c->conn)));
	struct exchange *e = c->exchange;
	c->exchange = NULL;
	if (e)
		exchange_client_gone(e);
	client_free(c);
}

/* Who ended its side may have left altogether, and nothing tells until bytes
 * are sent. Every client reads over an interim answer, and what is gone answers
 * it with a reset. Now and then only: an answer that is being sent tells by
 * itself. */
static void probe(void *arg)
{
	static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct client *c = arg;
	if (!c->exchange || c->answered)
		return;
	if (conn_was_reset(c->conn)) {
		conn_close(c->conn, CONN_RESET, "left before the answer");
		return;
	}
	c->probed = !c->probed;
	if (c->probed)
		conn_write(c->conn, interim, sizeof(interim) - 1);
	else
		c->probe_ms *= 2;
	loop_timer_arm_ms(&c->probe, c->probed ? PROBE_LOOK_MS : c->probe_ms);
}

/* The customer finished its side: nothing more can be asked; an answer under
 * way is still delivered. */
static void on_eof(struct client *c)
{
	c->closing = true;
	if (!c->exchange) {
		conn_shutdown_after_flush(c->conn);
	} else if (!c->read_whole) {
		conn_close(c->conn, CONN_REFUSED, "cut inside a request");
	} else if (c->chunked) { /* HTTP/1.0 knows no interim answers */
		c->probe_ms = PROBE_MS;
		loop_timer_arm_ms(&c->probe, c->probe_ms);
	}
}

static void on_conn(struct conn *conn, enum conn_event event, void *arg)
{
	struct client *c = arg;
	switch (event) {
	case CONN_OPEN:
		c->opened = true;
		loop_timer_arm_ms(
		    &c->deadline, limits_of(c)->header_timeout_ms);
		break;
	case CONN_DATA:
		if (!c->exchange && !loop_timer_is_armed(&c->deadline))
			loop_timer_arm_ms(
			    &c->deadline, limits_of(c)->header_timeout_ms);
		read_requests(c);
		break;
	case CONN_DRAINED:
		if (c->exchange)
			exchange_client_drained(c->exchange);
		break;
	case CONN_EOF:
		on_eof(c);
		break;
	case CONN_CLOSED:
		on_closed(c);
		break;
	case CONN_SENT:
		if (c->exchange)
			exchange_client_sent(c->exchange);
		break;
	}
}

/* What cannot be read is answered once; what follows it is not read. */
static void refuse_bytes(struct client *c, int status, const char *why)
{
	log_line(LOG_INFO, conn_name(c->conn), "request refused: %s", why);
	c->closing = true;
	struct exchange *e = c->exchange;
	c->exchange = NULL;
	if (e)
		exchange_client_gone(e);
	struct buf out = {0};
	refuse_write(&out, status, "bad_request", why, true);
	client_answer(c, status, &out);
	buf_clear(&out);
	conn_shutdown_after_flush(c->conn);
}

static void too_late(void *arg)
{
	struct client *c = arg;
	/* Browsers open connections ahead of need: an answer nobody asked for
	 * would be taken for that of the next request. */
	if (conn_bytes_received(c->conn) == 0)
		conn_close(c->conn, CONN_IDLE_TIMEOUT, "no request came");
	else
		refuse_bytes(c, 408, "the request did not arrive in time");
}

void client_new(struct worker *w, struct conn *conn, bool tls)
{
	struct client *c = mem_zero(sizeof(*c));
	c->worker = w;
	c->conn = conn;
	c->tls = tls;
	address_format_host(conn_peer(conn), c->peer);
	c->link = &w->clients;
	c->next = w->clients;
	if (c->next)
		c->next->link = &c->next;
	w->clients = c;
	const struct config_limits *l = limits_of(c);
	http1_init(&c->parser, HTTP1_REQUEST,
	    &(struct http1_limits){
		.max_line_bytes = l->max_line_bytes,
		.max_head_bytes = l->max_head_bytes,
		.max_fields = l->max_fields,
		.max_body_bytes = l->max_request_body_bytes,
	    });
	loop_timer_init(&c->deadline, w->loop, too_late, c);
	loop_timer_init(&c->probe, w->loop, probe, c);
	conn_set_callback(conn, on_conn, c);
	conn_set_limits(conn,
	    &(struct conn_limits){
		.output_high_bytes = l->max_write_buffer_bytes});
	conn_set_timeout_ms(
	    conn, CONN_TIMEOUT_HANDSHAKE, l->handshake_timeout_ms);
	conn_set_timeout_ms(conn, CONN_TIMEOUT_WRITE, l->write_timeout_ms);
	metrics_add(metrics_of(c), METRIC_CONNECTIONS, 1);
	metrics_add(metrics_of(c), METRIC_CONNECTIONS_OPENED, 1);
}

static void on_head(struct client *c)
{
	const struct config_limits *l = limits_of(c);
	const struct http1_head *head = &c->parser.head;
	c->read_whole = c->answered = false;
	c->requests++;
	if (!head->keep_alive || c->worker->draining ||
	    c->requests >= l->max_requests_per_connection)
		c->closing = true;
	c->chunked = head->minor >= 1;
	conn_set_timeout_ms(c->conn, CONN_TIMEOUT_IDLE, 0);
	loop_timer_arm_ms(&c->deadline, l->body_timeout_ms);
	c->exchange = exchange_new(c->worker, c, head);
}

/* The answer is being made: the customer owes us nothing meanwhile. */
static void on_end(struct client *c)
{
	c->read_whole = true;
	loop_timer_disarm(&c->deadline);
	exchange_request_end(c->exchange);
}

static void take_event(struct client *c, const struct http1_event *e)
{
	switch (e->kind) {
	case HTTP1_HEAD:
		on_head(c);
		break;
	case HTTP1_BODY:
		if (c->exchange)
			exchange_request_body(c->exchange, e->body);
		break;
	case HTTP1_END:
		if (c->exchange)
			on_end(c);
		break;
	case HTTP1_TRAILERS: /* read, checked, of no use to a bot */
	case HTTP1_MORE:
		break;
	}
}

static bool wants_bytes(const struct client *c)
{
	if (conn_is_closed(c->conn) || !conn_is_open(c->conn))
		return false;
	return !c->exchange ? !c->closing : !c->read_whole;
}

static void read_requests(struct client *c)
{
	if (c->reading)
		return;
	c->reading = true;
	while (wants_bytes(c)) {
		struct conn_input in = conn_input(c->conn);
		struct http1_event e;
		if (in.len == 0 && !c->exchange)
			break;
		ssize_t n = http1_feed(&c->parser, in.data, in.len, &e);
		if (n < 0) {
			refuse_bytes(c, http1_error_status((int)n),
			    http1_error_text((int)n));
			break;
		}
		if (e.kind == HTTP1_END)
			http1_next(&c->parser, (struct span){0});
		take_event(c, &e);
		conn_consume(c->conn, (size_t)n);
		if (e.kind == HTTP1_MORE)
			break;
	}
	c->reading = false;
}

/* By class: a label for each status would let a bot make series. */
static void count_answer(struct client *c, int status)
{
	static const char *const classes[] = {
	    "1xx", "2xx", "3xx", "4xx", "5xx"};
	const struct exchange *e = c->exchange;
	int class = status / 100;
	metrics_add(metrics_of(c), METRIC_REQUESTS, 1,
	    e && e->route ? channel_id(e->route->channel) : "none",
	    class >= 1 && class <= 5 ? classes[class - 1] : "other");
}

void client_answer(struct client *c, int status, const struct buf *out)
{
	count_answer(c, status);
	c->answered = true;
	conn_write(c->conn, out->data, out->len);
}

bool client_send(struct client *c, const void *data, size_t n)
{
	return conn_write(c->conn, data, n);
}

bool client_send_body(struct client *c, struct span data)
{
	if (data.len == 0)
		return true;
	if (!c->chunked)
		return conn_write(c->conn, data.p, data.len);
	struct buf out = {0};
	http1_write_chunk(&out, data);
	bool more = conn_write(c->conn, out.data, out.len);
	buf_clear(&out);
	return more;
}

enum http1_framing client_framing(const struct client *c)
{
	return c->chunked ? HTTP1_CHUNKED : HTTP1_UNTIL_CLOSE;
}

void client_send_last(struct client *c)
{
	if (!c->chunked) {
		c->closing = true;
		return;
	}
	struct buf out = {0};
	http1_write_last_chunk(&out);
	conn_write(c->conn, out.data, out.len);
	buf_clear(&out);
}

bool client_closes(const struct client *c)
{
	return c->closing || !c->read_whole || c->worker->draining;
}

void client_tell_sent(struct client *c)
{
	conn_notify_sent(c->conn);
}

/* Who finished its side may be gone altogether, and the kernel takes bytes for
 * it all the same: only what was acknowledged has arrived. */
bool client_has_read(const struct client *c)
{
	return !conn_saw_eof(c->conn) || conn_unread(c->conn) == 0;
}

static void next_request(void *arg)
{
	read_requests(arg);
}

void client_finish(struct client *c)
{
	c->exchange = NULL;
	if (c->closing || !c->read_whole || c->worker->draining) {
		c->closing = true;
		conn_shutdown_after_flush(c->conn);
		return;
	}
	conn_set_timeout_ms(
	    c->conn, CONN_TIMEOUT_IDLE, limits_of(c)->idle_timeout_ms);
	if (conn_input(c->conn).len && !c->reading)
		next_request(c);
}

void client_abort(struct client *c, const char *why)
{
	c->exchange = NULL;
	c->closing = true;
	/* Without the last chunk the cut shows; what was safe still arrives. A
	 * body that ends with the connection needs a hard end to show it. */
	if (c->chunked)
		conn_shutdown_after_flush(c->conn);
	else
		conn_close(c->conn, CONN_DROPPED, why);
}

void client_continue(struct client *c)
{
	static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct http1_head *head = &c->parser.head;
	if (head->expect_continue && head->minor >= 1 && !c->read_whole)
		conn_write(c->conn, interim, sizeof(interim) - 1);
}

const struct address *client_peer(const struct client *c)
{
	return conn_peer(c->conn);
}

const char *client_peer_text(const struct client *c)
{
	return c->peer;
}

bool client_is_tls(const struct client *c)
{
	return c->tls;
}

const char *client_name(const struct client *c)
{
	return conn_name(c->conn);
}

void client_close_all(struct worker *w, bool idle_only)
{
	for (struct client *c = w->clients, *next; c; c = next) {
		next = c->next;
		c->closing = true;
		if (!c->exchange && !conn_is_closed(c->conn))
			conn_shutdown_after_flush(c->conn);
		else if (!idle_only)
			conn_close(c->conn, CONN_DROPPED, "shutting down");
	}
}
