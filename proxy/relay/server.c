/* server - see server.h: the order of starting and stopping. */
#include "proxy/relay/server.h"

#include "proxy/admin/admin.h"
#include "proxy/admin/metrics.h"
#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/keys.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/config/fixed.h"
#include "proxy/handoff/handoff.h"
#include "proxy/handoff/outbox.h"
#include "proxy/net/listener.h"
#include "proxy/relay/descriptors.h"
#include "proxy/relay/housekeeping.h"
#include "proxy/relay/worker.h"
#include "proxy/store/vault.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WHY_BYTES 1024
#define STORE_RESERVE_BYTES (4 << 20) /* some hundred handoffs */

struct generation *server_generation(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	struct generation *g = generation_ref(s->generation);
	pthread_mutex_unlock(&s->lock);
	return g;
}

const char *server_destination(const struct generation *g, const char *queue)
{
	const char *name =
	    queue ? guard_policy_destination(g->policy, queue) : NULL;
	return name ? name : g->config->default_destination;
}

void server_count(struct server *s, bool held)
{
	atomic_fetch_add(&s->judged, 1);
	atomic_fetch_add(held ? &s->held : &s->forwarded, 1);
}

/* As those of audit log and keys. */
static bool make_store_folder(const char *path)
{
	char *folder = file_dir(path);
	int err = file_mkdirs(folder, 0700);
	if (err != 0)
		log_line(LOG_ERROR, "store", "%s: cannot be made: %s", folder,
		    strerror(-err));
	free(folder);
	return err == 0;
}

/* What an earlier start has left under its keys, for free(), or NULL. */
static char *used_keys(const struct config *c)
{
	struct stat st;
	char *log = mem_printf("%s/%s/lock", c->audit_directory, c->node);
	char *used = NULL;
	/* An empty file may have been put there for a container. */
	if (stat(c->sqlite, &st) == 0 && st.st_size > 0)
		used = mem_strdup(c->sqlite);
	else if (stat(log, &st) == 0)
		used = mem_printf("%s/%s", c->audit_directory, c->node);
	free(log);
	return used;
}

static bool open_keys(struct keys *keys, const struct config *c)
{
	char why[WHY_BYTES];
	char *used = used_keys(c);
	int err = keys_open(keys,
	    &(struct keys_options){.directory = c->keys_directory,
		.master = getenv(KEYS_MASTER_ENVIRONMENT),
		.used = used},
	    why, sizeof(why));
	if (err != 0)
		log_line(LOG_ERROR, "keys", "%s", why);
	free(used);
	return err == 0;
}

static bool open_store(struct server *s, const struct config *c)
{
	char why[WHY_BYTES];
	struct keys keys;
	if (!open_keys(&keys, c))
		return false;
	s->vault = vault_new(keys.master);
	s->node = mem_strdup(c->node);
	s->maker.node = s->node;
	memcpy(s->maker.key, keys.pseudonym, sizeof(s->maker.key));
	keys_wipe(&keys);
	if (!make_store_folder(c->sqlite))
		return false;
	if (!claim_take(&s->claim, c->sqlite, why, sizeof(why))) {
		log_line(LOG_ERROR, "store", "%s", why);
		return false;
	}
	int err = store_open(&s->store,
	    &(struct store_options){
		.sqlite = c->sqlite,
		.vault = s->vault,
		.reserve_bytes = STORE_RESERVE_BYTES,
		.max_jobs = c->limits.max_store_jobs,
		.max_bytes = c->limits.max_store_bytes,
	    },
	    why, sizeof(why));
	if (err != 0)
		log_line(LOG_ERROR, "store", "%s", why);
	return err == 0;
}

static bool load_state(struct server *s, const struct config *c)
{
	const struct config_limits *l = &c->limits;
	housekeeping_store(s);
	s->conversations = conversations_new(s->store,
	    &(struct conversations_options){
		.max_conversations = l->max_conversations,
		.max_turns = l->max_turns,
		.max_turn_bytes = l->max_turn_bytes,
		.max_idle_bytes = l->max_idle_bytes,
		.max_waiting = l->max_waiting,
		.wait_us = (int64_t)l->lease_wait_ms * 1000,
	    });
	if (!recalled_load(&s->known, s->store, s->audit, &s->maker))
		return false;
	conversations_on_recall(s->conversations,
	    &(struct conversation_recaller){recalled_of, &s->known});
	s->pauses = pauses_new(s->store);
	s->outbox = outbox_new(s->store);
	s->handoffs = handoffs_new(s->store, s->conversations, s->outbox);
	int err = conversations_load(s->conversations);
	if (err == 0)
		err = pauses_load(s->pauses);
	if (err != 0) {
		log_line(LOG_ERROR, "store",
		    "cannot read the locks of conversations: %s. Nothing is "
		    "served without them",
		    store_err_text(err));
		return false;
	}
	recalled_watch(&s->known, s->conversations, s->handoffs);
	housekeeping_destinations(s, c);
	store_start(s->store);
	outbox_start(s->outbox);
	return true;
}

static bool open_audit(
    struct server *s, const struct config *c, const char *version)
{
	char why[WHY_BYTES];
	if (audit_open(&s->audit,
		&(struct audit_options){
		    .directory = c->audit_directory,
		    .maker = &s->maker,
		    .durability = c->durability == CONFIG_EVERY
			? AUDIT_EVERY
			: AUDIT_ENFORCED,
		    .max_queue_bytes = c->limits.max_audit_queue_bytes,
		    .max_segment_bytes = c->limits.max_segment_bytes,
		    .known_seq = housekeeping_seen(s),
		},
		why, sizeof(why)) != 0) {
		log_line(LOG_ERROR, "audit", "%s", why);
		return false;
	}
	return housekeeping_started(s, version);
}

/* No more connections than leave files for all else; false: none at all. */
static bool fit_connections(struct server *s, const struct config *c)
{
	struct buf why = {0};
	size_t fit = descriptors_connections(c, s->open_files);
	if (descriptors_complain(c, s->open_files, &why))
		log_line(fit ? LOG_WARN : LOG_ERROR, "files", "%s", why.data);
	buf_clear(&why);
	atomic_store(&s->connections.max, fit);
	return fit > 0;
}

static bool open_files(struct server *s, const struct config *c)
{
	struct descriptors d;
	descriptors_raise(&d);
	s->open_files = d.limit;
	if (d.limit != d.was)
		log_line(LOG_INFO, "files",
		    "the limit of open files is raised from %llu to %llu",
		    (unsigned long long)d.was, (unsigned long long)d.limit);
	return fit_connections(s, c);
}

static bool start_workers(struct server *s, const struct config *c)
{
	struct buf why = {0};
	s->workers = mem_array(c->workers, sizeof(*s->workers));
	for (size_t i = 0; i < c->workers; i++) {
		struct worker *w = worker_new(s, (unsigned)i);
		if (!w)
			return false;
		s->workers[s->n_workers++] = w;
		if (worker_listen(w, i ? s->workers[0] : NULL, &why) != 0) {
			log_line(LOG_ERROR, "listen", "%s", why.data);
			buf_clear(&why);
			return false;
		}
	}
	for (size_t i = 0; i < s->n_workers; i++)
		worker_start(s->workers[i]);
	return true;
}

static bool open_admin(struct server *s, const struct config *c)
{
	char why[WHY_BYTES];
	if (!c->console_text)
		return true;
	if (admin_open(&s->admin,
		&(struct admin_options){loop_base(s->loop), s->metrics,
		    c->console.host, c->console.port},
		why, sizeof(why)) != 0) {
		log_line(LOG_ERROR, "console", "%s", why);
		return false;
	}
	housekeeping_admin(s);
	return true;
}

/* One line for people and for scripts: ready with its addresses. */
static void say_ready(const struct server *s, const struct config *c)
{
	struct buf out = {0};
	buf_adds(&out, "ready");
	for (size_t i = 0; i < c->n_listen; i++) {
		char text[ADDRESS_TEXT_BYTES];
		address_format(
		    listener_address(s->workers[0]->listeners[i]), text);
		buf_printf(&out, " %s://%s",
		    s->generation->listen_tls[i] ? "https" : "http", text);
	}
	if (s->admin)
		buf_printf(&out, " console=http://%s:%u",
		    strchr(c->console.host, ':') ? "[::1]" : c->console.host,
		    admin_port(s->admin));
	printf("%s\n", out.data);
	fflush(stdout);
	buf_clear(&out);
}

/* Sockets are bound once: what they are cannot change under connections. */
static bool same_listeners(
    const struct generation *a, const struct generation *b)
{
	bool same = a->config->n_listen == b->config->n_listen;
	for (size_t i = 0; same && i < a->config->n_listen; i++)
		same = strcmp(a->config->listen[i].text,
			   b->config->listen[i].text) == 0 &&
		    !a->listen_tls[i] == !b->listen_tls[i];
	if (!same)
		log_line(LOG_ERROR, "reload",
		    "the addresses under listen, and whether they have tls, "
		    "change only with a restart");
	return same;
}

static void say_fixed(void *arg, const char *key, const char *now)
{
	(void)arg;
	log_line(LOG_ERROR, "reload",
	    "%s changes only with a restart (it is \"%s\" now)", key, now);
}

static void reload(struct server *s, const struct server_options *o)
{
	struct generation *next = generation_load(
	    o->config_path, o->load_policy, o->diag, o->diag_arg);
	if (!next || !same_listeners(s->generation, next) ||
	    !fixed_same(s->generation->config, next->config, say_fixed, NULL) ||
	    !housekeeping_loaded(s, next)) {
		generation_unref(next);
		metrics_add(s->metrics, METRIC_RELOADS, 1, "refused");
		log_line(LOG_ERROR, "reload",
		    "refused: what was in force stays in force");
		return;
	}
	pthread_mutex_lock(&s->lock);
	struct generation *old = s->generation;
	s->generation = next;
	pthread_mutex_unlock(&s->lock);
	generation_unref(old);
	housekeeping_destinations(s, next->config);
	fit_connections(s, next->config);
	conversations_limit(
	    s->conversations, next->config->limits.max_conversations);
	log_set_level((enum log_level)next->config->log_level);
	for (size_t i = 0; i < s->n_workers; i++)
		worker_reload(s->workers[i]);
	metrics_add(s->metrics, METRIC_RELOADS, 1, "ok");
	log_line(LOG_INFO, "reload", "policy %s in force",
	    guard_policy_digest(next->policy));
}

/* The main loop goes on meanwhile: the console says what is happening. */
static void drain_workers(struct server *s)
{
	uint64_t limit = s->generation->config->limits.drain_timeout_ms;
	for (size_t i = 0; i < s->n_workers; i++)
		worker_drain(s->workers[i], limit);
}

static void on_worker_ended(void *arg)
{
	struct server *s = arg;
	if (++s->n_ended == s->n_workers)
		loop_stop(s->loop);
}

void server_worker_ended(struct server *s)
{
	loop_post(s->loop, on_worker_ended, s);
}

struct signals {
	struct server *server;
	const struct server_options *options;
	struct event *events[3];
};

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	(void)what;
	struct signals *g = arg;
	if (sig == SIGHUP) {
		reload(g->server, g->options);
		return;
	}
	if (g->server->draining)
		return;
	log_line(LOG_INFO, "main", "%s: finishing what is under way",
	    strsignal((int)sig));
	g->server->draining = true;
	drain_workers(g->server);
}

static void watch_signals(struct signals *g)
{
	static const int list[] = {SIGHUP, SIGTERM, SIGINT};
	for (size_t i = 0; i < 3; i++) {
		g->events[i] = evsignal_new(
		    loop_base(g->server->loop), list[i], on_signal, g);
		if (!g->events[i] || event_add(g->events[i], NULL) != 0)
			abort();
	}
}

static void serve(struct server *s, const struct server_options *o)
{
	struct signals g = {.server = s, .options = o};
	watch_signals(&g);
	housekeeping_begin(s);
	say_ready(s, s->generation->config);
	loop_run(s->loop);
	housekeeping_end(s);
	for (size_t i = 0; i < 3; i++)
		event_free(g.events[i]);
	for (size_t i = 0; i < s->n_workers; i++)
		worker_join(s->workers[i]);
}

static void stop(struct server *s)
{
	admin_close(s->admin);
	if (s->audit)
		housekeeping_stopped(s);
	outbox_stop(s->outbox);
	recalled_stop(&s->known);
	store_close(s->store);
	claim_drop(&s->claim);
	audit_close(s->audit);
	for (size_t i = 0; i < s->n_workers; i++)
		worker_free(s->workers[i]);
	free(s->workers);
	handoffs_free(s->handoffs);
	outbox_free(s->outbox);
	conversations_free(s->conversations);
	pauses_free(s->pauses);
	recalled_clear(&s->known);
	vault_free(s->vault);
	if (s->loop)
		loop_free(s->loop);
	metrics_free(s->metrics);
	generation_unref(s->generation);
	pthread_mutex_destroy(&s->lock);
	free(s->node);
}

int server_run(const struct server_options *o)
{
	struct server s = {0};
	pthread_mutex_init(&s.lock, NULL);
	s.metrics = metrics_new();
	s.generation = generation_load(
	    o->config_path, o->load_policy, o->diag, o->diag_arg);
	int code = s.generation ? 3 : 1;
	if (!s.generation)
		goto out;
	const struct config *c = s.generation->config;
	log_set_level((enum log_level)c->log_level);
	s.loop = loop_new();
	if (!s.loop || !open_files(&s, c) || !open_store(&s, c) ||
	    !open_audit(&s, c, o->version) || !load_state(&s, c) ||
	    !open_admin(&s, c) || !start_workers(&s, c))
		goto out;
	serve(&s, o);
	code = 0;
out:
	stop(&s);
	return code;
}
