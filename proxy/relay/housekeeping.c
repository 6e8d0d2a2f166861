/* housekeeping - see housekeeping.h. */
#include "proxy/relay/housekeeping.h"

#include "proxy/admin/admin.h"
#include "proxy/admin/metrics.h"
#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/outbox.h"
#include "proxy/net/loop.h"
#include "proxy/relay/modes.h"
#include "proxy/relay/recalled.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TICK_MS 200
#define HEARTBEAT_US (60 * CLOCK_SECOND_US)

static struct loop_timer timer; /* of the one server of the process */

static bool write_record(struct server *s, const struct record *r)
{
	struct buf line = {0};
	record_line(&s->maker, r, &line);
	enum audit_result result =
	    audit_submit_wait(s->audit, line.data, line.len, AUDIT_DURABLE);
	buf_clear(&line);
	if (result != AUDIT_OK)
		log_line(LOG_ERROR, "audit", "%s: %s",
		    record_type_name(r->type), audit_result_text(result));
	return result == AUDIT_OK;
}

static bool write_policy(
    struct server *s, const struct generation *g, const char *previous)
{
	const char *digest = guard_policy_digest(g->policy);
	metrics_clear(s->metrics, METRIC_POLICY_INFO);
	metrics_set(s->metrics, METRIC_POLICY_INFO, 1, digest);
	return write_record(s,
	    &(struct record){
		.type = RECORD_POLICY_LOAD,
		.time_us = clock_now_us(),
		.policy = digest,
		.previous = previous,
		.n_rules = guard_policy_rules(g->policy),
		.environment = g->config->environment,
		.modes = modes_count(g->policy),
		.examples = guard_policy_examples(g->policy),
		.detail = guard_policy_name(g->policy),
	    });
}

/* The log must not be shorter than it was. */
uint64_t housekeeping_seen(struct server *s)
{
	struct store_log log = {0};
	int err = store_call(s->store, true, recalled_place, &log);
	if (err)
		log_line(LOG_ERROR, "store",
		    "how far the audit log had come cannot be read: %s",
		    store_err_text(err));
	return log.seen;
}

bool housekeeping_started(struct server *s, const char *version)
{
	metrics_set(s->metrics, METRIC_BUILD_INFO, 1, version);
	return write_record(s,
		   &(struct record){.type = RECORD_START,
		       .time_us = clock_now_us(),
		       .engine = version}) &&
	    write_policy(s, s->generation, NULL);
}

/* Who sent the signal is not known. */
static bool write_modes(struct server *s, const struct generation *next)
{
	const struct generation *old = s->generation;
	struct buf words = {0};
	bool ok = true;
	if (modes_differ(
		&(struct modes_side){old->config->environment, old->policy},
		&(struct modes_side){next->config->environment, next->policy},
		&words))
		ok = write_record(s,
		    &(struct record){
			.type = RECORD_OPERATOR_ACTION,
			.time_us = clock_now_us(),
			.actor = "reload",
			.action_name = "mode.change",
			.detail = words.data,
			.reason = "The configuration or the policy was changed "
				  "and loaded anew.",
		    });
	buf_clear(&words);
	return ok;
}

bool housekeeping_loaded(struct server *s, const struct generation *next)
{
	return write_policy(
		   s, next, guard_policy_digest(s->generation->policy)) &&
	    write_modes(s, next);
}

/* What was closed is not to be taken away: who does it is not known, that it
 * was done is on record. */
static void watch_log(struct server *s)
{
	char first[SEGMENT_NAME_SIZE];
	int64_t now_us = clock_now_us();
	size_t n = audit_watch_look(&s->watch, s->audit, first);
	int64_t from_us = s->watched_us;
	s->watched_us = now_us;
	if (n == 0)
		return;
	char *reason = mem_printf("Closed files of the log were removed or "
				  "moved away: %zu, the first is %s. How many "
				  "records they had is not known.",
	    n, first);
	log_line(LOG_ERROR, "audit", "%s", reason);
	metrics_add(s->metrics, METRIC_AUDIT_REMOVED, (int64_t)n);
	write_record(s,
	    &(struct record){.type = RECORD_GAP,
		.time_us = now_us,
		.from_us = from_us,
		.to_us = now_us,
		.reason = reason});
	free(reason);
}

void housekeeping_stopped(struct server *s)
{
	watch_log(s);
	audit_watch_clear(&s->watch);
	write_record(s,
	    &(struct record){.type = RECORD_STOP, .time_us = clock_now_us()});
}

void housekeeping_destinations(struct server *s, const struct config *c)
{
	struct outbox_destination *out =
	    mem_array(c->n_destinations + 1, sizeof(*out));
	for (size_t i = 0; i < c->n_destinations; i++) {
		const struct config_destination *d = &c->destinations[i];
		out[i] = (struct outbox_destination){
		    .name = d->name,
		    .kind =
			d->preset == CONFIG_FILE ? OUTBOX_FILE : OUTBOX_WEBHOOK,
		    .url = d->url,
		    .secret = d->secret,
		    .ca = d->ca,
		    .path = d->path,
		    .timeout_ms = (unsigned)d->timeout_ms,
		    .max_tries = (unsigned)d->max_tries,
		    .base_ms = (unsigned)d->base_ms,
		    .max_wait_ms = (unsigned)d->max_wait_ms,
		    .success_from = (unsigned)d->success_from,
		    .success_to = (unsigned)d->success_to,
		};
	}
	outbox_set_destinations(s->outbox, out, c->n_destinations);
	free(out);
}

/* Readiness and gauges. */
static bool audit_is_ready(void *arg, struct buf *why)
{
	struct server *s = arg;
	struct audit_state state;
	audit_state(s->audit, &state);
	if (state.health != AUDIT_OK)
		buf_adds(why, audit_result_text(state.health));
	return state.health == AUDIT_OK;
}

static bool store_is_ready(void *arg, struct buf *why)
{
	struct server *s = arg;
	int health = store_health(s->store);
	if (health != 0)
		buf_adds(why, store_err_text(health));
	return health == 0;
}

static bool is_serving(void *arg, struct buf *why)
{
	struct server *s = arg;
	if (s->draining)
		buf_adds(why, "shutting down");
	return !s->draining;
}

/* Whoever is here already is served: not a reason to send nobody. */
static bool has_room(void *arg, struct buf *note)
{
	struct server *s = arg;
	size_t locked = conversations_locked(s->conversations);
	uint64_t max = s->generation->config->limits.max_conversations;
	if (locked >= max)
		buf_printf(note,
		    "people have %zu of limits.max_conversations, %" PRIu64
		    ": new ones are refused until some are given back",
		    locked, max);
	return true;
}

static void set_gauges(void *arg, struct metrics *m)
{
	struct server *s = arg;
	struct audit_state a;
	struct outbox_metrics o;
	audit_state(s->audit, &a);
	outbox_metrics(s->outbox, &o);
	metrics_set(m, METRIC_CONVERSATIONS,
	    (int64_t)conversations_count(s->conversations), "known");
	metrics_set(m, METRIC_CONVERSATIONS,
	    (int64_t)conversations_locked(s->conversations), "locked");
	metrics_set(m, METRIC_CONVERSATIONS,
	    (int64_t)s->generation->config->limits.max_conversations, "limit");
	metrics_set(m, METRIC_AUDIT_RECORDS, (int64_t)a.written_total);
	metrics_set(m, METRIC_AUDIT_FAILURES, (int64_t)a.failed_total);
	metrics_set(m, METRIC_AUDIT_QUEUE_BYTES, (int64_t)a.queue_bytes);
	metrics_set(m, METRIC_AUDIT_WRITABLE, a.health == AUDIT_OK);
	metrics_set(m, METRIC_STORE_JOBS, (int64_t)store_waiting(s->store));
	metrics_set(m, METRIC_STORE_WRITABLE, store_health(s->store) == 0);
	metrics_set(m, METRIC_OUTBOX, (int64_t)o.pending, "pending");
	metrics_set(m, METRIC_OUTBOX, (int64_t)o.dead, "dead");
	metrics_set(m, METRIC_OUTBOX, (int64_t)o.nobody, "no_destination");
	metrics_set(m, METRIC_OUTBOX_SENT, (int64_t)o.sent_total);
	metrics_set(
	    m, METRIC_OUTBOX_FAILED_TRIES, (int64_t)o.failed_tries_total);
}

void housekeeping_admin(struct server *s)
{
	metrics_on_write(s->metrics, set_gauges, s);
	admin_on_ready(s->admin, "serving", is_serving, s);
	admin_on_ready(s->admin, "audit", audit_is_ready, s);
	admin_on_ready(s->admin, "store", store_is_ready, s);
	admin_on_ready(s->admin, "conversations", has_room, s);
}

static void record_left_over(struct server *s)
{
	int err = store_call(s->store, false, pending_record, &s->pending);
	if (err)
		log_line(LOG_ERROR, "store",
		    "records wait for the audit log to be written: %s",
		    store_err_text(err));
}

static void tell_what_waits(void *arg)
{
	struct server *s = arg;
	pending_tell(&s->pending, s->store);
}

void housekeeping_store(struct server *s)
{
	s->pending = (struct pending){.audit = s->audit,
	    .maker = &s->maker,
	    .left_over = true,
	    .said = "what the last run said"};
	store_before_changes(s->store, pending_record, &s->pending);
	store_on_tick(s->store, tell_what_waits, s);
	record_left_over(s);
}

static void heartbeat(struct server *s)
{
	int64_t now = clock_mono_us();
	if (now < s->next_heartbeat_us)
		return;
	s->next_heartbeat_us = now + HEARTBEAT_US;
	watch_log(s);
	write_record(s,
	    &(struct record){
		.type = RECORD_HEARTBEAT,
		.time_us = clock_now_us(),
		.judged_total = atomic_load(&s->judged),
		.forwarded_total = atomic_load(&s->forwarded),
		.held_total = atomic_load(&s->held),
	    });
}

static void tick(void *arg)
{
	struct server *s = arg;
	heartbeat(s);
	loop_timer_arm_ms(&timer, TICK_MS);
}

void housekeeping_begin(struct server *s)
{
	watch_log(s);
	s->next_heartbeat_us = clock_mono_us() + HEARTBEAT_US;
	loop_timer_init(&timer, s->loop, tick, s);
	loop_timer_arm_ms(&timer, TICK_MS);
}

void housekeeping_end(struct server *s)
{
	loop_timer_disarm(&timer);
	record_left_over(s);
}
