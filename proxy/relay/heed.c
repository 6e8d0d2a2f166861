/*
 * heed - a person has the conversation, and what the customer writes is judged
 * all the same: by the customer's rules, recorded and counted. It changes
 * nothing for the customer, unless a rule hands off to more urgent hands: then
 * the open handoff is raised, and the customer reads that rule's words.
 */
#include "proxy/relay/steps.h"

#include "proxy/admin/metrics.h"
#include "proxy/base/clock.h"
#include "proxy/handoff/raise.h"
#include "proxy/relay/server.h"

static void on_raised(void *arg, uint64_t ticket, int result)
{
	worker_wake(arg, ticket, WORKER_RAISED, result, NULL);
}

static void next(struct exchange *);

static void raise_handoff(struct exchange *e)
{
	const struct verdicts *v = &e->verdicts;
	struct guard_rule_info rule;
	guard_policy_rule(
	    exchange_policy(e), v->hits[v->deciding].hit.rule, &rule);
	handoff_raise(e->worker->server->handoffs, e->lease,
	    &(struct handoff_raise){
		.time_us = e->facts.session.time_us,
		.rule = &rule,
		.queue = settle_queue(e),
		.priority = v->priority,
		.destination =
		    server_destination(e->routes->generation, settle_queue(e)),
	    },
	    &(struct handoff_raised){on_raised, e->worker, e->number});
}

/* One of the customer's messages is on record; the last is the strongest. */
static void recorded(struct exchange *e)
{
	const struct verdicts *v = &e->verdicts;
	if (e->at_signal == e->n_signals && v->action == GUARD_HANDOFF &&
	    v->deciding != SIZE_MAX)
		raise_handoff(e);
	else
		next(e);
}

static void next(struct exchange *e)
{
	verdicts_clear(&e->verdicts);
	if (e->at_signal == e->n_signals) {
		takeover_go_on(e);
		return;
	}
	struct customer_signal *s = &e->signals[e->at_signal++];
	e->verdicts = s->verdicts;
	verdicts_init(&s->verdicts);
	settle_decision(e,
	    &(struct settle_message){
		.speaker = GUARD_CUSTOMER,
		.text = channel_turn_text(&e->asked, s->turn),
		.released = -1,
		.note = true,
	    },
	    recorded);
}

void heed_customer(struct exchange *e)
{
	if (e->settle.store_failed) {
		takeover_go_on(e);
		return;
	}
	e->not_the_ai = true; /* whatever comes of it, it is not the AI's */
	e->facts.session.label = true; /* no classifier is asked about it */
	customer_heed(e);
	next(e);
}

void heed_raised(struct exchange *e, int result)
{
	if (result <= 0) {
		e->settle.store_failed |= result < 0;
		next(e);
		return;
	}
	metrics_add(
	    e->worker->server->metrics, METRIC_HANDOFFS, 1, "rule", "raised");
	buf_adds(&e->say, e->verdicts.say ? e->verdicts.say : "");
	verdicts_clear(&e->verdicts);
	if (e->say.len == 0) {
		takeover_go_on(e);
		return;
	}
	conversation_may_tell_waiting(e->lease, clock_now_us(), 0);
	takeover_say(e);
}
