/*
 * settle - nothing acts before it is recorded: the lock and the handoff are
 * written first, then the decision's record, then the exchange goes on. In that
 * order a crash leaves no record of a handoff that is not there.
 *
 * What passes needs its record out of the process; what changes or withholds
 * a message needs it on disk (DESIGN.md, promise 4). If the record cannot be
 * written the policy's if_the_audit_log_cannot_write decides.
 */
#include "proxy/relay/steps.h"

#include "proxy/admin/metrics.h"
#include "proxy/audit/audit.h"
#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/relay/server.h"
#include "proxy/store/conversation_recall.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PLACE_SIZE sizeof("4294967295") /* in the transcript */

static void on_recorded(void *arg, uint64_t ticket, enum audit_result result)
{
	worker_wake(arg, ticket, WORKER_RECORDED, (int)result, NULL);
}

static void submit(struct exchange *e)
{
	struct audit_done done = {on_recorded, e->worker, e->number};
	/* False: the queue is full and AUDIT_AGAIN will wake us. */
	bool taken = audit_put(e->worker->server->audit, e->settle.line.data,
	    e->settle.line.len, (enum audit_need)e->settle.need, &done);
	worker_audit_due(e->worker);
	if (!taken && log_wants(LOG_DEBUG))
		exchange_log(e, LOG_DEBUG, "waits for room in the audit queue");
}

const char *settle_queue(const struct exchange *e)
{
	return guard_open_queue(
	    exchange_policy(e), e->verdicts.queue, e->facts.session.time_us);
}

void settle_fill(const struct exchange *e, struct record *r)
{
	r->family = channel_family(e->route->channel);
	r->conversation = e->conversation;
	r->conv_seq = e->judged;
	r->channel = channel_id(e->route->channel);
	r->trace = e->trace;
	r->stream = e->stream[0] ? e->stream : NULL;
	r->policy = guard_policy_digest(exchange_policy(e));
	r->judged_by = exchange_policy(e);
	r->inputs = &e->facts.session;
	r->time_us = e->facts.session.time_us;
}

void settle_record(struct exchange *e, struct record *r, int need,
    void (*then)(struct exchange *))
{
	buf_reset(&e->settle.line);
	record_line(&e->worker->server->maker, r, &e->settle.line);
	e->settle.need = need;
	e->settle.then = then;
	e->settle.recorded = false;
	e->settle.deferred = e->settle.storing > 0;
	if (!e->settle.deferred)
		submit(e);
}

static void proceed(struct exchange *e)
{
	if (!e->settle.recorded || e->settle.storing || !e->settle.then)
		return;
	void (*then)(struct exchange *) = e->settle.then;
	e->settle.then = NULL;
	then(e);
}

static void say_instead(struct exchange *e)
{
	if (!verdicts_withhold(&e->verdicts))
		return;
	buf_reset(&e->say);
	buf_adds(&e->say, e->verdicts.say ? e->verdicts.say : "");
	e->end = EXCHANGE_SAY;
}

/* What the policy says of a log that cannot be written is no more than what
 * is so already. */
static bool outcome_stands(const struct exchange *e)
{
	bool withheld = verdicts_withhold(&e->verdicts);
	return e->verdicts.action == GUARD_HANDOFF || e->not_the_ai ||
	    (withheld && conversation_is_locked(e->lease));
}

/* The decision could not be recorded: the message stays back, and a block or a
 * replacement does not take effect either. */
static void cannot_record(struct exchange *e, const char *why)
{
	exchange_log(e, LOG_ERROR, why);
	e->settle.record_failed = true;
	if (outcome_stands(e))
		return;
	if (e->state == EXCHANGE_FLOW) { /* which ends it: see flow.c */
		e->undecided = e->cause = "cannot_record";
		return;
	}
	enum guard_action was = e->verdicts.action;
	bool withheld = verdicts_withhold(&e->verdicts);
	verdicts_fall_back(&e->verdicts, exchange_policy(e),
	    GUARD_CANNOT_RECORD, GUARD_DECIDED);
	e->settle.fell_back = true;
	if (withheld && e->verdicts.action == was)
		return; /* the rule's own words stand */
	e->undecided = e->cause = "cannot_record";
	if (withheld)
		keep_unsaid(e);
	else
		keep_withheld(e);
	say_instead(e);
	keep_own_words(e);
	if (e->verdicts.action == GUARD_HANDOFF)
		takeover_request(e);
}

/* The decision as it stands: what could not be recorded was withheld. */
static void count(struct exchange *e)
{
	struct metrics *m = e->worker->server->metrics;
	const struct verdicts *v = &e->verdicts;
	if (!e->settle.uncounted)
		return;
	e->settle.uncounted = false;
	server_count(e->worker->server, verdicts_withhold(v));
	if (e->settle.is_ai)
		metrics_add(m, METRIC_MESSAGES, 1, guard_action_name(v->action),
		    channel_id(e->route->channel));
	if (v->undecided)
		metrics_add(
		    m, METRIC_UNDECIDED, 1, guard_undecided_name(v->undecided));
	else if (e->undecided)
		metrics_add(m, METRIC_UNDECIDED, 1, e->undecided);
}

void settle_woken(struct exchange *e, enum worker_wake wake, int result)
{
	if (wake != WORKER_RECORDED) {
		e->settle.store_failed |= result != 0;
		e->settle.unkept |= result != 0 && wake == WORKER_KEPT;
		if (result != 0)
			exchange_log(e, LOG_ERROR,
			    "the store cannot write: what was to be kept is "
			    "in memory only");
		e->settle.storing -= e->settle.storing > 0;
		if (!e->settle.storing && e->settle.deferred) {
			e->settle.deferred = false;
			submit(e);
		}
		proceed(e);
		return;
	}
	if (result == AUDIT_AGAIN) {
		submit(e);
		return;
	}
	e->settle.recorded = true;
	if (result != AUDIT_OK)
		cannot_record(e, audit_result_text((enum audit_result)result));
	count(e);
	proceed(e);
}

const char *settle_cause(const struct exchange *e)
{
	const struct verdicts *v = &e->verdicts;
	struct guard_rule_info rule = {0};
	if (e->cause)
		return e->cause;
	if (v->undecided)
		return "cannot_decide";
	if (v->deciding != SIZE_MAX)
		guard_policy_rule(
		    exchange_policy(e), v->hits[v->deciding].hit.rule, &rule);
	return rule.by_zone ? "zone" : "rule";
}

/* What the rules found, whatever comes of it. */
static void count_rules(const struct exchange *e)
{
	struct metrics *m = e->worker->server->metrics;
	const struct verdicts *v = &e->verdicts;
	for (size_t i = 0; i < v->n_hits; i++) {
		struct guard_rule_info rule;
		guard_policy_rule(
		    exchange_policy(e), v->hits[i].hit.rule, &rule);
		metrics_add(m, METRIC_RULE_FIRES, 1, rule.id,
		    guard_mode_name(v->hits[i].hit.mode),
		    guard_action_name(v->hits[i].hit.action));
	}
	metrics_observe_us(m, METRIC_JUDGE_SECONDS, v->judged_us);
}

/* The verdicts over all texts as one, for the record; free its hits. */
static struct guard_verdict flat(
    const struct verdicts *v, struct guard_hit **hits)
{
	*hits = mem_array(v->n_hits + 1, sizeof(**hits));
	for (size_t i = 0; i < v->n_hits; i++)
		(*hits)[i] = v->hits[i].hit;
	return (struct guard_verdict){
	    .action = v->action,
	    .undecided = v->undecided,
	    .hits = *hits,
	    .n_hits = v->n_hits,
	    .deciding = v->deciding == SIZE_MAX ? v->n_hits : v->deciding,
	    .edit_rule = v->edit_rule,
	    .say = v->say,
	    .queue = v->queue,
	    .priority = v->priority,
	};
}

size_t settle_why(const struct exchange *e)
{
	struct guard_hit *hits;
	struct guard_verdict verdict = flat(&e->verdicts, &hits);
	size_t why = guard_verdict_reason(exchange_policy(e), &verdict);
	free(hits);
	return why;
}

static int need_of(const struct exchange *e)
{
	return verdicts_change(&e->verdicts) ? AUDIT_DURABLE : AUDIT_WRITTEN;
}

bool settle_is_unkept(const struct exchange *e)
{
	return e->settle.unkept;
}

bool settle_is_silenced(const struct exchange *e)
{
	struct pauses *pauses = e->worker->server->pauses;
	return pauses_any(pauses) && pauses_ai_speech(pauses, clock_now_us());
}

/* Somebody took the conversation, or an operator silenced the AI, while the
 * bot was speaking. */
void settle_moment(struct exchange *e)
{
	if (verdicts_withhold(&e->verdicts))
		return;
	if (conversation_is_locked(e->lease)) {
		/* From outside: nobody has told the customer. */
		e->verdicts.action = GUARD_BLOCK;
		e->verdicts.say = takeover_text(e);
		e->undecided = "conversation_locked";
	} else if (settle_is_silenced(e)) {
		verdicts_fall_back(&e->verdicts, exchange_policy(e),
		    GUARD_CANNOT_DECIDE, GUARD_DECIDED);
		e->undecided = "ai_speech_paused";
		e->cause = "paused";
	}
}

static struct span main_text(const struct exchange *e)
{
	const struct buf *b = &e->told.of[told_main(&e->told)].all;
	return (struct span){b->data, b->len};
}

bool settle_broken_by(const struct exchange *e, struct guard_rule_info *rule)
{
	const struct verdicts *v = &e->verdicts;
	if (v->undecided != GUARD_UNDECIDED_EDIT || v->edit_rule == SIZE_MAX ||
	    v->deciding != SIZE_MAX)
		return false;
	guard_policy_rule(exchange_policy(e), v->edit_rule, rule);
	return true;
}

char *settle_broken_words(const struct guard_rule_info *rule)
{
	return mem_printf("With the changes that other rules make in it the "
			  "answer would break a rule (%s): %s",
	    rule->id, rule->why ? rule->why : rule->title);
}

void settle_log_unread(const struct exchange *e)
{
	if (!e->unread.len)
		return;
	char *what =
	    mem_printf("the bot's answer cannot be read: %s", e->unread.data);
	exchange_log(e, LOG_WARN, what);
	free(what);
}

char *settle_unread_words(const struct exchange *e)
{
	if (!e->unread.len || !e->cause || strcmp(e->cause, "cannot_read") != 0)
		return NULL;
	return mem_printf("The answer could not be read: %s.", e->unread.data);
}

/* For the record; *lock has its words. */
static struct record_handoff handoff_of(
    const struct exchange *e, struct conversation_lock *lock)
{
	const struct verdicts *v = &e->verdicts;
	if (v->action != GUARD_HANDOFF ||
	    !conversation_locked_as(e->lease, lock))
		return (struct record_handoff){0};
	return (struct record_handoff){.id = lock->handoff,
	    .queue = settle_queue(e),
	    .priority = v->priority,
	    .destination =
		server_destination(e->routes->generation, settle_queue(e)),
	    .cause = settle_cause(e)};
}

/* All records of a message have one number. */
void settle_number(struct exchange *e, bool keep)
{
	if (!e->numbered)
		e->judged = conversation_number(e->lease, keep);
	e->numbered = true;
}

static void keep_ai(
    struct exchange *e, const unsigned char *salt, char place[PLACE_SIZE])
{
	uint32_t seq = keep_message(e, salt);
	if (seq)
		snprintf(place, PLACE_SIZE, "%" PRIu32, seq);
	remember_message(e);
}

void settle_decision(struct exchange *e, const struct settle_message *m,
    void (*then)(struct exchange *))
{
	const struct verdicts *v = &e->verdicts;
	unsigned char salt[RECORD_SALT_BYTES];
	char commit[RECORD_COMMIT_SIZE], vault[PLACE_SIZE] = "";
	bool is_ai = m->speaker == GUARD_AI && !m->own;
	struct span text = is_ai ? main_text(e) : m->text;
	exchange_goto(e, EXCHANGE_SETTLE);
	record_commit(text.p, text.len, salt, commit);
	e->settle.storing = 0;
	e->settle.record_failed = e->settle.fell_back = false;
	e->settle.store_failed = e->settle.unkept = false;
	e->settle.uncounted = true;
	e->settle.is_ai = is_ai;
	count_rules(e);
	settle_number(e, !is_ai);
	if (is_ai)
		keep_ai(e, salt, vault);
	if (!m->note && verdicts_withhold(v)) {
		say_instead(e);
		keep_own_words(e);
	}
	if (v->action == GUARD_HANDOFF && !m->note)
		takeover_request(e);
	struct guard_hit *hits;
	struct guard_verdict verdict = flat(v, &hits);
	struct guard_rule_info rule;
	char *words = settle_broken_by(e, &rule) ? settle_broken_words(&rule)
	    : is_ai                              ? settle_unread_words(e)
						 : NULL;
	struct record r = {
	    .type = RECORD_DECISION,
	    .speaker = m->speaker,
	    .own = m->own,
	    .commit = commit,
	    .bytes = text.len,
	    .vault = vault[0] ? vault : NULL,
	    .released = m->released,
	    .verdict = &verdict,
	    .action = v->action,
	    .undecided = e->undecided,
	    .judged_us = v->judged_us,
	    .reason = words,
	};
	struct record_score *scores =
	    scores_record(e, is_ai ? SIZE_MAX : m->turn, &r.n_scores);
	r.scores = scores;
	settle_fill(e, &r);
	struct conversation_lock lock;
	r.handoff = handoff_of(e, &lock);
	settle_record(e, &r, need_of(e), then);
	e->numbered = false;
	free(words);
	free(scores);
	free(hits);
}
