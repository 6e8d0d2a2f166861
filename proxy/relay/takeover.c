/*
 * takeover - a person gets the conversation, and speaks in it afterwards.
 *
 * From takeover_request on the lock is in force for every thread. While it is,
 * the bot is not asked: the customer's words go to the handoff, and the answer
 * is what the person wrote since, else the waiting text once in a while, else
 * nothing.
 */
#include "proxy/relay/steps.h"

#include "proxy/admin/metrics.h"
#include "proxy/audit/audit.h"
#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff.h"
#include "proxy/relay/server.h"

#include <stdlib.h>

#define CUSTOMER_FACTS 6
#define MAX_ALSO 20 /* rules named to people besides the one that decided */
#define LOOK_MS 10  /* has a client that ended read it? */
#define LOOK_US (CLOCK_SECOND_US) /* so long: then it counts as gone */

static void on_stored(void *arg, uint64_t ticket, int err)
{
	worker_wake(arg, ticket, WORKER_STORED, err, NULL);
}

static void on_kept(void *arg, uint64_t ticket, int err)
{
	worker_wake(arg, ticket, WORKER_KEPT, err, NULL);
}

struct requested {
	const struct exchange *exchange;
	const struct handoff_request *request;
};

static void requested_record(
    void *arg, const struct conversation_lock *lock, struct buf *line)
{
	const struct requested *q = arg;
	const struct exchange *e = q->exchange;
	struct record r = {
	    .type = RECORD_HANDOFF_REQUESTED,
	    .handoff = {.id = lock->handoff,
		.queue = q->request->queue,
		.priority = q->request->priority,
		.destination = q->request->destination,
		.cause = q->request->cause},
	};
	settle_fill(e, &r);
	record_line(&e->worker->server->maker, &r, line);
}

static const char *in_words(enum guard_tristate value)
{
	if (value == GUARD_UNKNOWN)
		return NULL;
	return value == GUARD_YES ? "yes" : "no";
}

static size_t customer_facts(const struct exchange *e, struct handoff_fact *out)
{
	const struct guard_session *s = &e->facts.session;
	const struct handoff_fact all[] = {
	    {"segment", s->segment},
	    {"language", s->language},
	    {"interaction_type", s->interaction_type},
	    {"resolved", in_words(s->resolved)},
	    {"repeat_contact", in_words(s->repeat_contact)},
	    {"upset", in_words(s->upset)},
	};
	_Static_assert(sizeof(all) / sizeof(all[0]) == CUSTOMER_FACTS, "room");
	size_t n = 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].value)
			out[n++] = all[i];
	return n;
}

/* The texts nobody saw, the one that fired first. */
static size_t withheld_texts(
    const struct exchange *e, struct handoff_text out[CHANNEL_KINDS + 1])
{
	const struct told *t = &e->told;
	size_t n = 0;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < CHANNEL_KINDS; i++) {
			enum channel_kind kind = told_order[i];
			bool fired = (int)kind == t->fired;
			const struct buf *text = t->differs && e->frames
			    ? &t->of[kind].rest
			    : &t->of[kind].all;
			if (fired == (pass == 0) && text->len &&
			    told_is_shown(t, kind))
				out[n++] = (struct handoff_text){
				    keep_kind(kind), text->data, text->len};
		}
	if (t->unreadable.len)
		out[n++] = (struct handoff_text){
		    STORE_UNREADABLE, t->unreadable.data, t->unreadable.len};
	return n;
}

/* The enforced rules that fired besides the one that says why. For free(). */
static size_t other_rules(
    const struct exchange *e, size_t why, struct handoff_rule **out)
{
	const struct verdicts *v = &e->verdicts;
	size_t n = 0;
	*out = mem_array(v->n_hits + 1, sizeof(**out));
	for (size_t i = 0; i < v->n_hits && n < MAX_ALSO; i++) {
		const struct guard_hit *hit = &v->hits[i].hit;
		bool known = hit->mode != GUARD_ENFORCE ||
		    hit->action == GUARD_ALLOW ||
		    (why < v->n_hits && v->hits[why].hit.rule == hit->rule);
		for (size_t k = 0; k < i && !known; k++)
			known = v->hits[k].hit.rule == hit->rule;
		if (known)
			continue;
		guard_policy_rule(
		    exchange_policy(e), hit->rule, &(*out)[n].rule);
		(*out)[n++].what = hit->what;
	}
	return n;
}

void takeover_request(struct exchange *e)
{
	const struct verdicts *v = &e->verdicts;
	struct guard_rule_info rule;
	struct handoff_fact facts[CUSTOMER_FACTS];
	struct handoff_text withheld[CHANNEL_KINDS + 1];
	char *words = NULL;
	const char *cause = settle_cause(e);
	struct handoff_request request = {
	    .time_us = e->facts.session.time_us,
	    .channel = channel_id(e->route->channel),
	    .cause = cause,
	    .policy = guard_policy_digest(exchange_policy(e)),
	    .queue = settle_queue(e),
	    .priority = v->priority,
	    .destination =
		server_destination(e->routes->generation, settle_queue(e)),
	    .withheld = withheld,
	    .n_withheld = withheld_texts(e, withheld),
	    .customer_told = v->say,
	    .told_seq = e->told_seq,
	    .customer = e->asked.customer,
	    .facts = facts,
	    .n_facts = customer_facts(e, facts),
	    .interaction_type = e->facts.session.interaction_type,
	    .zone = e->facts.session.zone,
	    .open_tasks = e->asked.facts.open_tasks,
	    .include = v->include,
	    .ai_may_speak_again =
		guard_policy_ai_may_speak_again(exchange_policy(e)),
	};
	size_t why = settle_why(e);
	struct handoff_rule *also;
	request.n_also = other_rules(e, why, &also);
	request.also = also;
	if (why < v->n_hits) {
		const struct guard_hit *hit = &v->hits[why].hit;
		guard_policy_rule(exchange_policy(e), hit->rule, &rule);
		request.rule = &rule;
		request.what = hit->what;
		request.include =
		    guard_policy_include(exchange_policy(e), hit->rule);
	} else if (settle_broken_by(e, &rule)) {
		request.rule = &rule;
		request.words = words = settle_broken_words(&rule);
	} else {
		request.words = words = settle_unread_words(e);
	}
	struct requested requested = {e, &request};
	request.record = requested_record;
	request.record_arg = &requested;
	struct handoff_done done = {on_kept, e->worker, e->number};
	e->settle.storing++;
	handoff_request(
	    e->worker->server->handoffs, e->lease, &request, &done, NULL);
	free(words);
	free(also);
	metrics_add(
	    e->worker->server->metrics, METRIC_HANDOFFS, 1, cause, "requested");
}

void takeover_again(struct exchange *e)
{
	struct server *s = e->worker->server;
	struct handoff_fact facts[CUSTOMER_FACTS];
	struct recalled_request again;
	recalled_read(&s->known, channel_family(e->route->channel),
	    e->conversation, &again);
	struct handoff_request request = {
	    .time_us = e->facts.session.time_us,
	    .channel = channel_id(e->route->channel),
	    .cause = "not_stored",
	    .words = again.was.words,
	    .policy = guard_policy_digest(exchange_policy(e)),
	    .queue = again.was.queue,
	    .priority = again.was.priority,
	    .destination =
		server_destination(e->routes->generation, again.was.queue),
	    .customer = e->asked.customer,
	    .facts = facts,
	    .n_facts = customer_facts(e, facts),
	    .interaction_type = e->facts.session.interaction_type,
	    .zone = e->facts.session.zone,
	    .open_tasks = e->asked.facts.open_tasks,
	    .ai_may_speak_again =
		guard_policy_ai_may_speak_again(exchange_policy(e)),
	    .recalled = again.pseudonym,
	};
	struct requested requested = {e, &request};
	request.record = requested_record;
	request.record_arg = &requested;
	handoff_request(
	    s->handoffs, e->lease, &request, &(struct handoff_done){0}, NULL);
	recalled_settle(&s->known, again.pseudonym);
	recalled_request_clear(&again);
	metrics_add(s->metrics, METRIC_HANDOFFS, 1, "not_stored", "requested");
}

static void on_replies(
    void *arg, uint64_t ticket, int err, struct store_reply *replies, size_t n)
{
	struct worker_replies got = {replies, n};
	worker_wake(arg, ticket, WORKER_REPLIES, err, &got);
}

static void refuse_for_now(struct exchange *e)
{
	exchange_refuse(e, 503, "conversation_unavailable",
	    "This conversation cannot go on at the moment. Please try again "
	    "shortly.");
}

void takeover_go_on(struct exchange *e)
{
	if (e->settle.store_failed) { /* the customer's words are not kept */
		refuse_for_now(e);
		return;
	}
	handoff_fetch_replies(e->worker->server->handoffs, e->lease,
	    &(struct handoff_replies){on_replies, e->worker, e->number});
}

/* The latest turn that is the customer's and new; n_turns: none. */
static size_t latest_news(const struct exchange *e)
{
	size_t i = e->asked.n_turns;
	while (
	    i > e->facts.news && e->asked.turns[i - 1].kind == CHANNEL_TURN_AI)
		i--;
	return i > e->facts.news ? i - 1 : e->asked.n_turns;
}

void takeover_answer(struct exchange *e)
{
	size_t last = latest_news(e);
	exchange_goto(e, EXCHANGE_SETTLE);
	e->end = EXCHANGE_SAY;
	if (last == e->asked.n_turns) {
		takeover_go_on(e);
		return;
	}
	e->settle.recorded = true;
	e->settle.storing = 1;
	e->settle.store_failed = false;
	e->settle.then = heed_customer;
	/* Written in this order: the last one speaks for all. */
	struct handoff_done done = {on_stored, e->worker, e->number};
	for (size_t i = e->facts.news; i <= last; i++) {
		struct conversation_message m;
		if (customer_message(e, i, &m))
			handoff_customer_says(e->worker->server->handoffs,
			    e->lease, &m, i == last ? &done : NULL);
	}
}

/* Own words are the policy's and were judged when it was loaded: like any other
 * fallback they are said where the log cannot be written, which a gap tells. */
static void own_words_settled(struct exchange *e)
{
	keep_own_words(e);
	answer_send(e);
}

const char *takeover_text(struct exchange *e)
{
	const struct config_limits *l = &exchange_config(e)->limits;
	struct guard_fallback fall;
	guard_policy_fallback(exchange_policy(e), GUARD_CANNOT_DECIDE, &fall);
	bool due = conversation_may_tell_waiting(
	    e->lease, clock_now_us(), (int64_t)l->waiting_text_every_ms * 1000);
	return due && fall.say ? fall.say : "";
}

void takeover_say(struct exchange *e)
{
	e->not_the_ai = true;
	settle_decision(e,
	    &(struct settle_message){
		.own = true,
		.text = {e->say.data, e->say.len},
		.released = -1,
	    },
	    own_words_settled);
}

/* Nobody has written yet. */
static void say_waiting(struct exchange *e)
{
	buf_adds(&e->say, takeover_text(e));
	if (e->say.len == 0) {
		conversation_answered(e->lease);
		answer_send(e);
		return;
	}
	takeover_say(e);
}

/* What a person wrote and is not on record waits in the store, as if it had
 * not been written yet. */
static void person_settled(struct exchange *e)
{
	if (!e->settle.record_failed) {
		/* Who has just heard from a person is not told that one will
		 * come. */
		conversation_may_tell_waiting(e->lease, clock_now_us(), 0);
		answer_send(e);
		return;
	}
	exchange_log(e, LOG_WARN,
	    "a person's words wait until the audit log can be written");
	store_replies_free(e->replies.items, e->replies.n);
	e->replies = (struct worker_replies){0};
	buf_reset(&e->say);
	verdicts_clear(&e->verdicts);
	say_waiting(e);
}

/* A person's words are recorded like anybody's; rules only watch them. */
static void judge_person(struct exchange *e)
{
	struct guard_message m = {GUARD_HUMAN, e->say.data, e->say.len};
	struct guard_verdict v;
	guard_check(
	    e->worker->scanner, exchange_policy(e), &e->facts.session, &m, &v);
	v.action = GUARD_DELIVER; /* a person is never withheld */
	v.n_edits = 0;
	verdicts_add(&e->verdicts, 0, &v);
	settle_decision(e,
	    &(struct settle_message){
		.speaker = GUARD_HUMAN,
		.text = {e->say.data, e->say.len},
		.released = -1,
	    },
	    person_settled);
}

void takeover_replies(
    struct exchange *e, int err, const struct worker_replies *got)
{
	if (err != 0 || !e->client) { /* nobody is there: they wait */
		store_replies_free(got->items, got->n);
		refuse_for_now(e);
		return;
	}
	e->replies = *got;
	buf_reset(&e->say);
	for (size_t i = 0; i < got->n; i++) {
		if (!got->items[i].text)
			continue;
		if (e->say.len)
			buf_adds(&e->say, "\n\n");
		buf_add(&e->say, got->items[i].text, got->items[i].len);
	}
	if (got->n == 0) {
		say_waiting(e);
		return;
	}
	e->not_the_ai = true;
	judge_person(e);
}

/* What was not read comes with the next response. */
static void look(void *arg)
{
	struct exchange *e = arg;
	if (client_has_read(e->client)) {
		struct handoff_done done = {on_stored, e->worker, e->number};
		e->replies_read = true;
		handoff_replies_sent(e->worker->server->handoffs, e->lease,
		    e->replies.items, e->replies.n, &done);
	} else if (clock_mono_us() >= e->send_until_us) {
		exchange_log(e, LOG_INFO, "left before a person's words came");
		exchange_done(e);
	} else {
		loop_timer_arm_ms(&e->beat, LOOK_MS);
	}
}

void takeover_sending(struct exchange *e)
{
	exchange_goto(e, EXCHANGE_SEND);
	loop_timer_init(&e->beat, e->worker->loop, look, e);
	client_tell_sent(e->client);
}

/* Who writes on in this moment is to find the AI there, not nobody. */
static void look_whether_back(void *arg)
{
	struct exchange *e = arg;
	if (conversation_is_locked(e->lease) &&
	    clock_mono_us() < e->send_until_us)
		loop_timer_arm_ms(&e->beat, LOOK_MS);
	else
		exchange_done(e);
}

void takeover_marked(struct exchange *e, int result)
{
	if (result != HANDOFF_GIVES_BACK) {
		exchange_done(e);
		return;
	}
	e->send_until_us = clock_mono_us() + LOOK_US;
	loop_timer_init(&e->beat, e->worker->loop, look_whether_back, e);
	look_whether_back(e);
}

void takeover_sent(struct exchange *e)
{
	e->send_until_us = clock_mono_us() + LOOK_US;
	look(e);
}
