/* worker - see worker.h. */
#include "proxy/relay/worker.h"

#include "proxy/admin/metrics.h"
#include "proxy/audit/audit.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/relay/client.h"
#include "proxy/relay/exchange.h"
#include "proxy/relay/scores.h"
#include "proxy/relay/server.h"
#include "proxy/store/store_handoffs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST_WORDS_MS 3000 /* after the drain limit, for what is said then */

struct note { /* what another thread has to say */
	struct worker *worker;
	uint64_t exchange;
	enum worker_wake wake;
	int result;
	struct worker_replies replies;
};

static struct routes *routes_new(struct worker *w, struct generation *g)
{
	const struct config *c = g->config;
	const struct config_limits *l = &c->limits;
	struct routes *r = mem_zero(sizeof(*r));
	r->generation = g;
	r->users = 1;
	r->pools = mem_array(c->n_routes, sizeof(*r->pools));
	for (size_t i = 0; i < c->n_routes; i++)
		r->pools[i] = upstream_new(w->loop,
		    &(struct upstream_options){
			.host = c->routes[i].upstream.address.host,
			.port = c->routes[i].upstream.address.port,
			.tls = g->route_tls[i],
			.max_open = l->max_connections,
			.max_idle = l->max_upstream_idle,
			.keeps_none = l->max_upstream_idle == 0,
			.connect_timeout_ms = l->connect_timeout_ms,
			.idle_timeout_ms = l->upstream_idle_timeout_ms,
		    });
	r->classifiers = scores_services(w->loop, g, c);
	return r;
}

struct routes *routes_ref(struct routes *r)
{
	r->users++;
	return r;
}

void routes_unref(struct routes *r)
{
	if (!r || --r->users > 0)
		return;
	for (size_t i = 0; i < r->generation->config->n_routes; i++)
		upstream_free(r->pools[i]);
	free(r->pools);
	for (size_t i = 0; r->classifiers[i]; i++)
		classifier_free(r->classifiers[i]);
	free(r->classifiers);
	generation_unref(r->generation);
	free(r);
}

struct worker *worker_new(struct server *server, unsigned number)
{
	struct worker *w = mem_zero(sizeof(*w));
	w->server = server;
	w->number = number;
	w->loop = loop_new();
	w->scanner = guard_scanner_new();
	if (!w->loop || !w->scanner) {
		log_line(LOG_ERROR, "worker",
		    "the system has no descriptors left for a worker");
		if (w->loop)
			loop_free(w->loop);
		guard_scanner_free(w->scanner);
		free(w);
		return NULL;
	}
	w->routes = routes_new(w, server_generation(server));
	return w;
}

static void on_accept(struct listener *l, struct conn *conn, void *arg)
{
	struct worker *w = arg;
	const struct generation *g = w->routes->generation;
	bool tls = true;
	for (size_t i = 0; i < w->n_listeners; i++)
		if (w->listeners[i] == l && i < g->config->n_listen)
			tls = g->listen_tls[i] != NULL;
	client_new(w, conn, tls);
}

int worker_listen(struct worker *w, const struct worker *first, struct buf *why)
{
	const struct generation *g = w->routes->generation;
	const struct config *c = g->config;
	w->listeners = mem_array(c->n_listen, sizeof(struct listener *));
	for (size_t i = 0; i < c->n_listen; i++) {
		struct listener_options o = {
		    .quota = &w->server->connections,
		    .tls = g->listen_tls[i],
		    .address = g->listen_address[i],
		    .beside = first ? first->listeners[i] : NULL,
		};
		w->listeners[i] = listener_new(w->loop, &o, on_accept, w, why);
		if (!w->listeners[i])
			return -1;
		w->n_listeners = i + 1;
	}
	return 0;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	loop_run(w->loop);
	server_worker_ended(w->server);
	return NULL;
}

void worker_start(struct worker *w)
{
	if (pthread_create(&w->thread, NULL, run, w) != 0)
		abort();
}

static void reload(void *arg)
{
	struct worker *w = arg;
	struct routes *old = w->routes;
	w->routes = routes_new(w, server_generation(w->server));
	const struct generation *g = w->routes->generation;
	for (size_t i = 0; i < w->n_listeners; i++)
		if (i < g->config->n_listen)
			listener_set_tls(w->listeners[i], g->listen_tls[i]);
	routes_unref(old);
}

void worker_reload(struct worker *w)
{
	loop_post(w->loop, reload, w);
}

struct drain {
	struct worker *worker;
	uint64_t limit_ms;
	struct loop_timer timer;
};

static void close_all(void *arg)
{
	struct drain *d = arg;
	client_close_all(d->worker, false);
}

/* What is still under way ends in its own form, and is recorded; who does not
 * read that in time is cut off. */
static void give_up(void *arg)
{
	struct drain *d = arg;
	struct worker *w = d->worker;
	if (w->exchanging)
		log_line(LOG_WARN, "worker",
		    "the drain limit is reached: %zu answers under way are "
		    "ended now",
		    w->exchanging);
	for (size_t i = 0; i < WORKER_BUCKETS; i++)
		for (struct exchange *e = w->exchanges[i], *next; e; e = next) {
			next = e->next;
			exchange_give_up(e);
		}
	loop_timer_init(&d->timer, w->loop, close_all, d);
	loop_timer_arm_ms(&d->timer, LAST_WORDS_MS);
}

static void drain(void *arg)
{
	struct drain *d = arg;
	struct worker *w = d->worker;
	w->draining = true;
	for (size_t i = 0; i < w->n_listeners; i++)
		listener_free(w->listeners[i]);
	w->n_listeners = 0;
	loop_timer_init(&d->timer, w->loop, give_up, d);
	loop_timer_arm_ms(&d->timer, d->limit_ms);
	client_close_all(w, true);
	worker_check_drained(w);
}

void worker_drain(struct worker *w, uint64_t limit_ms)
{
	w->drain = mem_zero(sizeof(*w->drain));
	*w->drain = (struct drain){.worker = w, .limit_ms = limit_ms};
	loop_post(w->loop, drain, w->drain);
}

void worker_check_drained(struct worker *w)
{
	if (w->draining && !w->clients && w->exchanging == 0)
		loop_stop(w->loop);
}

void worker_join(struct worker *w)
{
	pthread_join(w->thread, NULL);
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->n_listeners; i++)
		listener_free(w->listeners[i]);
	if (w->drain)
		loop_timer_disarm(&w->drain->timer);
	routes_unref(w->routes);
	loop_free(w->loop);
	guard_scanner_free(w->scanner);
	free(w->listeners);
	free(w->drain);
	free(w);
}

static void wake_audit(void *arg)
{
	struct worker *w = arg;
	w->audit_due = false;
	audit_wake(w->server->audit);
}

void worker_audit_due(struct worker *w)
{
	if (w->audit_due)
		return;
	w->audit_due = true;
	loop_defer(w->loop, wake_audit, w);
}

static void deliver(void *arg)
{
	struct note *n = arg;
	struct exchange *e = exchange_find(n->worker, n->exchange);
	if (e)
		exchange_woken(e, n->wake, n->result, &n->replies);
	else
		store_replies_free(n->replies.items, n->replies.n);
	free(n);
}

void worker_wake(struct worker *w, uint64_t exchange, enum worker_wake wake,
    int result, const struct worker_replies *replies)
{
	struct note *n = mem_zero(sizeof(*n));
	n->worker = w;
	n->exchange = exchange;
	n->wake = wake;
	n->result = result;
	if (replies)
		n->replies = *replies;
	loop_post(w->loop, deliver, n);
}
