/*
 * admin - see admin.h. Refuses methods other than GET and HEAD, long bodies and
 * heads, and addresses others could reach.
 */
#include "proxy/admin/admin.h"

#include "proxy/admin/metrics.h"
#include "proxy/base/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define ADMIN_MAX_HEAD_BYTES 8192
#define ADMIN_MAX_BODY_BYTES 4096 /* read only to be refused */
#define ADMIN_TIMEOUT_S 10

struct admin_check {
	const char *name;
	bool (*fn)(void *arg, struct buf *why);
	void *arg;
};

struct admin {
	struct evhttp *http;
	struct metrics *metrics;
	uint16_t port;
	struct admin_check checks[ADMIN_MAX_CHECKS];
	size_t n_checks;
};

static void admin_answer(struct evhttp_request *request, int code,
    const char *type, const struct buf *body)
{
	struct evkeyvalq *fields = evhttp_request_get_output_headers(request);
	struct evbuffer *out = evbuffer_new();
	assert(out != NULL);
	evhttp_add_header(fields, "Content-Type", type);
	evhttp_add_header(fields, "Cache-Control", "no-store");
	evhttp_add_header(fields, "X-Content-Type-Options", "nosniff");
	if (body->len > 0)
		evbuffer_add(out, body->data, body->len);
	evhttp_send_reply(request, code, NULL, out);
	evbuffer_free(out);
}

static void admin_metrics(struct admin *a, struct evhttp_request *request)
{
	struct buf body = {0};
	metrics_write(a->metrics, &body);
	admin_answer(
	    request, 200, "text/plain; version=0.0.4; charset=utf-8", &body);
	buf_clear(&body);
}

static void admin_health(struct admin *a, struct evhttp_request *request)
{
	struct buf body = {0};
	buf_adds(&body, "ok\n");
	admin_answer(request, 200, "text/plain", &body);
	buf_clear(&body);
}

static void admin_ready(struct admin *a, struct evhttp_request *request)
{
	struct buf faults = {0}, notes = {0};
	buf_adds(&notes, "ready\n");
	for (size_t i = 0; i < a->n_checks; i++) {
		struct buf why = {0};
		bool holds = a->checks[i].fn(a->checks[i].arg, &why);
		if (!holds || why.len > 0)
			buf_printf(holds ? &notes : &faults, "%s: %s\n",
			    a->checks[i].name,
			    why.len > 0 ? why.data : "not ready");
		buf_clear(&why);
	}
	bool ready = faults.len == 0;
	admin_answer(request, ready ? 200 : 503, "text/plain; charset=utf-8",
	    ready ? &notes : &faults);
	buf_clear(&notes);
	buf_clear(&faults);
}

static const struct {
	const char *path;
	void (*fn)(struct admin *, struct evhttp_request *);
} admin_pages[] = {
    {"/metrics", admin_metrics},
    {"/healthz", admin_health},
    {"/readyz", admin_ready},
};

/* Whatever libevent knows comes here: it would answer 501 in HTML itself. */
#define ADMIN_READING (EVHTTP_REQ_GET | EVHTTP_REQ_HEAD)
#define ADMIN_METHODS                                                          \
	(ADMIN_READING | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |                    \
	    EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |        \
	    EVHTTP_REQ_PATCH)

static void admin_refuse_method(struct evhttp_request *request)
{
	struct buf body = {0};
	evhttp_add_header(
	    evhttp_request_get_output_headers(request), "Allow", "GET, HEAD");
	buf_adds(&body, "only GET and HEAD are answered here\n");
	admin_answer(request, 405, "text/plain", &body);
	buf_clear(&body);
}

static void admin_request(struct evhttp_request *request, void *arg)
{
	if (!(evhttp_request_get_command(request) & ADMIN_READING)) {
		admin_refuse_method(request);
		return;
	}
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri == NULL ? NULL : evhttp_uri_get_path(uri);
	size_t n = sizeof(admin_pages) / sizeof(admin_pages[0]);
	for (size_t i = 0; path != NULL && i < n; i++)
		if (strcmp(path, admin_pages[i].path) == 0) {
			admin_pages[i].fn(arg, request);
			return;
		}
	struct buf body = {0};
	buf_adds(&body,
	    "no such page; there are /metrics, /healthz and "
	    "/readyz\n");
	admin_answer(request, 404, "text/plain", &body);
	buf_clear(&body);
}

/* The address as a number, so that no name server decides what is local. */
static const char *admin_loopback(const char *address)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (strcasecmp(address, "localhost") == 0)
		return "127.0.0.1";
	if (inet_pton(AF_INET, address, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127 ? address : NULL;
	if (inet_pton(AF_INET6, address, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6) ? address : NULL;
	return NULL;
}

static uint16_t admin_bound_port(struct evhttp_bound_socket *bound)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	memset(&at, 0, sizeof(at));
	int err = getsockname(
	    evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&at, &len);
	assert(err == 0);
	if (at.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
	return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

int admin_open(
    struct admin **out, const struct admin_options *o, char *why, size_t size)
{
	const char *address = admin_loopback(o->address);
	*out = NULL;
	if (address == NULL) {
		snprintf(why, size,
		    "the console speaks plain HTTP and cannot listen on %s; "
		    "write 127.0.0.1 and reach it through a tunnel",
		    o->address);
		return -1;
	}
	struct admin *a = mem_zero(sizeof(*a));
	a->metrics = o->metrics;
	a->http = evhttp_new(o->base);
	assert(a->http != NULL);
	evhttp_set_allowed_methods(a->http, ADMIN_METHODS);
	evhttp_set_max_headers_size(a->http, ADMIN_MAX_HEAD_BYTES);
	evhttp_set_max_body_size(a->http, ADMIN_MAX_BODY_BYTES);
	evhttp_set_timeout(a->http, ADMIN_TIMEOUT_S);
	evhttp_set_gencb(a->http, admin_request, a);
	struct evhttp_bound_socket *bound =
	    evhttp_bind_socket_with_handle(a->http, address, o->port);
	if (bound == NULL) {
		snprintf(why, size, "cannot listen on %s:%u: %s", o->address,
		    (unsigned)o->port, strerror(errno));
		admin_close(a);
		return -1;
	}
	a->port = admin_bound_port(bound);
	*out = a;
	return 0;
}

void admin_close(struct admin *a)
{
	if (a == NULL)
		return;
	evhttp_free(a->http);
	free(a);
}

uint16_t admin_port(const struct admin *a)
{
	return a->port;
}

void admin_on_ready(struct admin *a, const char *name,
    bool (*fn)(void *arg, struct buf *why), void *arg)
{
	assert(a->n_checks < ADMIN_MAX_CHECKS);
	a->checks[a->n_checks++] = (struct admin_check){name, fn, arg};
}
