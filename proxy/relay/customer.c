/*
 * customer - what the customer wrote: told apart from what is known, kept, and
 * judged message by message before the bot is asked.
 *
 * Every message with a hit has its record; the strongest verdict over all of
 * them decides, and its record is the last.
 */
#include "proxy/relay/steps.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/relay/news.h"
#include "proxy/relay/server.h"
#include "proxy/store/conversation_counted.h"

#include <stdlib.h>

#define MAX_HISTORY 100 /* messages from before we saw the conversation */

static const enum store_kind kinds[] = {
    [CHANNEL_TURN_CUSTOMER] = STORE_WORDS,
    [CHANNEL_TURN_MEDIA] = STORE_MEDIA,
    [CHANNEL_TURN_AI] = STORE_WORDS,
};

bool customer_message(
    const struct exchange *e, size_t turn, struct conversation_message *out)
{
	struct span text = channel_turn_text(&e->asked, turn);
	enum channel_turn_kind kind = e->asked.turns[turn].kind;
	*out = (struct conversation_message){
	    .speaker = kind == CHANNEL_TURN_AI ? STORE_AI : STORE_CUSTOMER,
	    .status = STORE_DELIVERED,
	    .kind = kinds[kind],
	    .time_us = e->facts.session.time_us,
	    .text = text.p,
	    .len = text.len,
	};
	return kind != CHANNEL_TURN_AI;
}

/* What the client says was said before the conversation came through here. */
static void keep_history(struct exchange *e, int64_t now_us)
{
	size_t end = news_behind_ai(&e->asked);
	if (end == 0 || !conversation_is_new(e->lease))
		return;
	for (size_t i = end > MAX_HISTORY ? end - MAX_HISTORY : 0; i < end;
	     i++) {
		struct conversation_message m;
		customer_message(e, i, &m);
		m.time_us = now_us;
		if (m.kind == STORE_WORDS)
			m.kind = STORE_HISTORY;
		if (m.len)
			conversation_add(e->lease, &m);
	}
}

/* The service stopped while the bot was answering what came before. */
static void keep_broken(struct exchange *e)
{
	if (conversation_was_broken(e->lease))
		keep_note(e,
		    "The service stopped while the AI was answering: what the "
		    "customer saw of that answer is not known.");
}

void customer_arrive(struct exchange *e)
{
	int64_t now_us = clock_now_us();
	keep_broken(e);
	keep_history(e, now_us);
	facts_init(&e->facts,
	    &(struct facts_sources){
		.asked = &e->asked,
		.lease = e->lease,
		.policy = exchange_policy(e),
		.scanner = e->worker->scanner,
		.pauses = e->worker->server->pauses,
		.channel = channel_id(e->route->channel),
		.conversation = e->conversation,
		.now_us = now_us,
	    });
	e->has_facts = true;
	scores_begin(e);
}

void customer_keep(struct exchange *e)
{
	for (size_t i = e->facts.news; i < e->asked.n_turns; i++) {
		struct conversation_message m;
		if (customer_message(e, i, &m))
			conversation_add(e->lease, &m);
	}
}

/* ---- judging ---- */

static struct customer_signal *add_signal(struct exchange *e, size_t turn)
{
	e->signals = mem_realloc_array(
	    e->signals, e->n_signals + 1, sizeof(*e->signals));
	struct customer_signal *s = &e->signals[e->n_signals++];
	*s = (struct customer_signal){.turn = turn};
	verdicts_init(&s->verdicts);
	return s;
}

static struct guard_message message_of(const struct exchange *e, size_t turn)
{
	struct span text = channel_turn_text(&e->asked, turn);
	return (struct guard_message){GUARD_CUSTOMER, text.p, text.len};
}

static void check(struct exchange *e, struct counting *c,
    const struct guard_message *m, struct guard_verdict *v)
{
	guard_interaction(
	    e->worker->scanner, exchange_policy(e), &c->session, m);
	guard_check(e->worker->scanner, exchange_policy(e), &c->session, m, v);
}

static void judge_one(struct exchange *e, struct counting *c, size_t turn)
{
	struct guard_message m = message_of(e, turn);
	struct guard_verdict v;
	int64_t start = clock_mono_us();
	check(e, c, &m, &v);
	if (v.n_hits || v.undecided) {
		struct customer_signal *s = add_signal(e, turn);
		verdicts_add(&s->verdicts, 0, &v);
		s->verdicts.judged_us = clock_mono_us() - start;
	}
	struct guard_memory more = {0};
	counting_add(c, &m, &more);
	conversation_count(e->lease, &more);
	guard_memory_clear(&more);
}

static enum guard_severity severity_of(
    const struct exchange *e, const struct verdicts *v)
{
	struct guard_rule_info rule = {.severity = GUARD_SEVERITY_LOW};
	if (v->deciding != SIZE_MAX)
		guard_policy_rule(
		    exchange_policy(e), v->hits[v->deciding].hit.rule, &rule);
	return rule.severity;
}

static bool is_stronger(const struct exchange *e, const struct verdicts *a,
    const struct verdicts *b)
{
	if (a->action != b->action)
		return a->action > b->action;
	return severity_of(e, a) > severity_of(e, b);
}

/* The strongest, of equals the first, goes last. */
static void put_deciding_last(struct exchange *e)
{
	size_t best = 0;
	for (size_t i = 1; i < e->n_signals; i++)
		if (is_stronger(
			e, &e->signals[i].verdicts, &e->signals[best].verdicts))
			best = i;
	struct customer_signal deciding = e->signals[best];
	for (size_t i = best; i + 1 < e->n_signals; i++)
		e->signals[i] = e->signals[i + 1];
	e->signals[e->n_signals - 1] = deciding;
}

static bool withholds(const struct exchange *e)
{
	return e->n_signals &&
	    verdicts_withhold(&e->signals[e->n_signals - 1].verdicts);
}

/* An operator has silenced the AI: a person is what the customer gets. */
static void silence(struct exchange *e)
{
	size_t turn = e->asked.n_turns;
	while (turn > e->facts.news &&
	    e->asked.turns[turn - 1].kind != CHANNEL_TURN_CUSTOMER)
		turn--;
	turn = turn > e->facts.news ? turn - 1 : e->asked.n_turns;
	struct customer_signal *s = add_signal(e, turn);
	s->silence = true;
	verdicts_fall_back(&s->verdicts, exchange_policy(e),
	    GUARD_CANNOT_DECIDE, GUARD_DECIDED);
}

/* Judged without consequences, to know what classifiers are to be asked. */
static void ask_classifiers(struct exchange *e)
{
	struct counting c;
	counting_begin(
	    &c, e->worker->scanner, exchange_policy(e), &e->facts.session);
	for (size_t i = e->facts.news; i < e->asked.n_turns; i++) {
		struct guard_message m = message_of(e, i);
		struct guard_verdict v;
		if (e->asked.turns[i].kind != CHANNEL_TURN_CUSTOMER)
			continue;
		e->scores.turn = i;
		check(e, &c, &m, &v);
		scores_note(e);
		counting_add(&c, &m, NULL);
	}
	e->scores.turn = SIZE_MAX;
	counting_clear(&c);
}

/* With what they say of one message more may have to be asked of the next. */
static void answered(struct exchange *e)
{
	if (e->scores.waiting || customer_waits(e))
		return;
	customer_judge(e);
	customer_settle(e);
}

bool customer_waits(struct exchange *e)
{
	if (!guard_policy_classifiers(exchange_policy(e)))
		return false;
	ask_classifiers(e);
	if (!e->scores.waiting)
		return false;
	e->scores.then = answered;
	if (e->state != EXCHANGE_JUDGE)
		exchange_goto(e, EXCHANGE_JUDGE);
	return true;
}

void customer_heed(struct exchange *e)
{
	e->scores.then = NULL;
	struct counting *c = &e->counting;
	counting_begin(
	    c, e->worker->scanner, exchange_policy(e), &e->facts.session);
	for (size_t i = e->facts.news; i < e->asked.n_turns; i++)
		if (e->asked.turns[i].kind == CHANNEL_TURN_CUSTOMER)
			judge_one(e, c, i);
	e->facts.session.interaction_type = c->session.interaction_type;
	e->facts.session.zone = c->session.zone;
	e->facts.session.upset = c->session.upset;
	if (e->n_signals > 1)
		put_deciding_last(e);
}

void customer_judge(struct exchange *e)
{
	customer_heed(e);
	if (!withholds(e) && settle_is_silenced(e))
		silence(e);
}

/* ---- recording ---- */

static void settled(struct exchange *e)
{
	bool decided = e->at_signal == e->n_signals || e->settle.fell_back;
	if (decided && verdicts_withhold(&e->verdicts))
		answer_send(e);
	else
		customer_settle(e);
}

void customer_settle(struct exchange *e)
{
	verdicts_clear(&e->verdicts);
	if (e->at_signal == e->n_signals) {
		/* The AI is judged with what the customer has said. */
		e->facts.session.counted = e->counting.session.counted;
		e->facts.session.n_counted = e->counting.session.n_counted;
		scores_clear(&e->scores); /* those on record by now */
		scores_begin(e);
		ask_send(e);
		return;
	}
	struct customer_signal *s = &e->signals[e->at_signal++];
	e->verdicts = s->verdicts;
	verdicts_init(&s->verdicts);
	if (s->silence) {
		e->undecided = "ai_speech_paused";
		e->cause = "paused";
	}
	settle_decision(e,
	    &(struct settle_message){
		.speaker = GUARD_CUSTOMER,
		.text = s->turn < e->asked.n_turns
		    ? channel_turn_text(&e->asked, s->turn)
		    : (struct span){"", 0},
		.released = -1,
		.turn = s->turn,
		.note = e->at_signal < e->n_signals,
	    },
	    settled);
}
