/* exchange - see exchange.h: creation, states, what wakes it, its end. */
#include "proxy/relay/exchange.h"

#include "proxy/admin/metrics.h"
#include "proxy/base/clock.h"
#include "proxy/base/id.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/relay/refuse.h"
#include "proxy/relay/server.h"
#include "proxy/relay/steps.h"
#include "proxy/store/store_handoffs.h"

#include <assert.h>
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char shutting_down[] =
    "The service is being restarted. Please try again shortly.";

#define BIT(state) (1u << (state))

/* Where each state may go. */
static const struct {
	const char *name;
	unsigned to;
} states[] = {
    [EXCHANGE_READ] = {"read",
	BIT(EXCHANGE_LINE) | BIT(EXCHANGE_PASS) | BIT(EXCHANGE_OVER)},
    [EXCHANGE_LINE] = {"line",
	BIT(EXCHANGE_ASK) | BIT(EXCHANGE_JUDGE) | BIT(EXCHANGE_SETTLE) |
	    BIT(EXCHANGE_OVER)},
    [EXCHANGE_ASK] = {"ask",
	BIT(EXCHANGE_BODY) | BIT(EXCHANGE_FLOW) | BIT(EXCHANGE_SETTLE) |
	    BIT(EXCHANGE_OVER)},
    [EXCHANGE_BODY] = {"body",
	BIT(EXCHANGE_JUDGE) | BIT(EXCHANGE_SETTLE) | BIT(EXCHANGE_OVER)},
    [EXCHANGE_JUDGE] = {"judge",
	BIT(EXCHANGE_ASK) | BIT(EXCHANGE_SETTLE) | BIT(EXCHANGE_OVER)},
    [EXCHANGE_FLOW] = {"flow", BIT(EXCHANGE_SETTLE) | BIT(EXCHANGE_OVER)},
    [EXCHANGE_PASS] = {"pass", BIT(EXCHANGE_OVER)},
    [EXCHANGE_SETTLE] = {"settle",
	BIT(EXCHANGE_ASK) | BIT(EXCHANGE_SETTLE) | BIT(EXCHANGE_SEND) |
	    BIT(EXCHANGE_OVER)},
    [EXCHANGE_SEND] = {"send", BIT(EXCHANGE_OVER)},
    [EXCHANGE_OVER] = {"over", 0},
};

const char *exchange_state_name(enum exchange_state state)
{
	return states[state].name;
}

void exchange_log(const struct exchange *e, int level, const char *what)
{
	log_line(level, e->client ? client_name(e->client) : "gone", "%s: %s",
	    states[e->state].name, what);
}

void exchange_goto(struct exchange *e, enum exchange_state to)
{
	if (log_wants(LOG_DEBUG))
		log_line(LOG_DEBUG, e->client ? client_name(e->client) : "gone",
		    "exchange %s -> %s", states[e->state].name,
		    states[to].name);
	assert(states[e->state].to & BIT(to));
	e->state = to;
}

const struct config *exchange_config(const struct exchange *e)
{
	return e->routes->generation->config;
}

struct guard_policy *exchange_policy(const struct exchange *e)
{
	return e->routes->generation->policy;
}

static struct exchange **bucket(struct worker *w, uint64_t number)
{
	return &w->exchanges[number % WORKER_BUCKETS];
}

struct exchange *exchange_find(struct worker *w, uint64_t number)
{
	for (struct exchange *e = *bucket(w, number); e; e = e->next)
		if (e->number == number)
			return e;
	return NULL;
}

/* The trace id of the caller, or one of our own. */
static void set_trace(struct exchange *e)
{
	struct span given = http1_get(&e->head, "traceparent");
	if (http1_is_traceparent(given))
		memcpy(e->trace, given.p + 3, 32);
	else
		id_new(e->trace);
	e->trace[32] = '\0';
}

/* "Shop.test:8443" as configured routes have it: "shop.test". */
static void host_of(const struct http1_head *head, char *out, size_t size)
{
	struct span a = http1_authority(head);
	size_t n = 0;
	bool bracket = false;
	for (size_t i = 0; i < a.len && n + 1 < size; i++) {
		if (a.p[i] == '[' || a.p[i] == ']')
			bracket = a.p[i] == '[';
		else if (a.p[i] == ':' && !bracket)
			break;
		else
			out[n++] = (char)tolower((unsigned char)a.p[i]);
	}
	out[n] = '\0';
}

static void find_route(struct exchange *e)
{
	char host[256];
	struct span path = http1_path(&e->head);
	host_of(&e->head, host, sizeof(host));
	char *p = mem_strndup(path.p, path.len);
	const struct config *config = exchange_config(e);
	e->route = config_route(config, host, p);
	if (e->route)
		e->route_index = (size_t)(e->route - config->routes);
	free(p);
}

static void enter(struct exchange *e, struct worker *w)
{
	e->link = bucket(w, e->number);
	e->next = *e->link;
	if (e->next)
		e->next->link = &e->next;
	*e->link = e;
	w->exchanging++;
}

static bool has_body(const struct http1_head *head)
{
	return head->framing != HTTP1_NO_BODY &&
	    !(head->framing == HTTP1_LENGTH && head->content_length == 0);
}

/* Not even named, it is JSON: the bot is told so then. */
static bool says_json(const struct http1_head *head)
{
	struct media said;
	media_read(head, &said);
	return said.kind == MEDIA_JSON || said.kind == MEDIA_UNNAMED;
}

/* What can be said from the head alone. */
static void judge_head(struct exchange *e)
{
	if (e->head.connect || e->head.upgrade) {
		exchange_refuse(e, 501, "upgrade_refused",
		    "This address does not change protocols.");
		return;
	}
	if (!e->route) {
		exchange_refuse(
		    e, 404, "no_route", "Nothing is served at this address.");
		return;
	}
	const struct channel *channel = e->route->channel;
	switch (channel_route(
	    channel, http1_method(&e->head), http1_path(&e->head))) {
	case CHANNEL_DENY:
		exchange_refuse(e, 404, "not_served",
		    "The channel does not serve this path by this method.");
		return;
	case CHANNEL_PASS:
		if (!pass_takes_body(e) && has_body(&e->head)) {
			exchange_refuse(e, 400, "no_body_here",
			    "A request of this kind has no body.");
			return;
		}
		exchange_goto(e, EXCHANGE_PASS);
		break;
	case CHANNEL_JUDGE:
		if (!says_json(&e->head)) {
			exchange_refuse(e, 415, "not_json",
			    "The body has to be JSON in UTF-8 that says so "
			    "once (Content-Type: application/json), without a "
			    "Content-Encoding.");
			return;
		}
		break;
	}
	if (e->head.has_content_length &&
	    e->head.content_length > channel_limits(channel)->max_body_bytes) {
		exchange_refuse(
		    e, 413, "too_large", "The request body is over the limit.");
		return;
	}
	client_continue(e->client);
}

struct exchange *exchange_new(
    struct worker *w, struct client *client, const struct http1_head *head)
{
	struct exchange *e = mem_alloc(sizeof(*e));
	memset(e, 0, offsetof(struct exchange, head));
	e->worker = w;
	e->client = client;
	e->number = ++w->next_number;
	e->routes = routes_ref(w->routes);
	http1_head_copy(&e->head, head);
	e->head_bytes = mem_strndup(head->base, head->raw_len);
	e->head.base = e->head_bytes;
	e->began_us = clock_mono_us();
	verdicts_init(&e->verdicts);
	told_init(&e->told);
	enter(e, w);
	set_trace(e);
	find_route(e);
	judge_head(e);
	return e->state == EXCHANGE_OVER ? NULL : e;
}

static void release(void *arg)
{
	struct exchange *e = arg;
	channel_request_clear(&e->asked);
	if (e->has_read)
		channel_body_clear(&e->read);
	if (e->has_facts)
		facts_clear(&e->facts);
	scores_clear(&e->scores);
	counting_clear(&e->counting);
	store_replies_free(e->replies.items, e->replies.n);
	if (e->frames)
		metrics_add(e->worker->server->metrics, METRIC_STREAMS, -1);
	frames_free(e->frames);
	verdicts_clear(&e->verdicts);
	for (size_t i = 0; i < e->n_signals; i++)
		verdicts_clear(&e->signals[i].verdicts);
	free(e->signals);
	buf_clear(&e->settle.line);
	buf_clear(&e->answer);
	buf_clear(&e->unread);
	buf_clear(&e->body);
	told_clear(&e->told);
	buf_clear(&e->say);
	free(e->head_bytes);
	routes_unref(e->routes);
	free(e);
}

/* Out of sight at once, freed at the end of the turn. */
static void leave(struct exchange *e)
{
	if (e->state == EXCHANGE_OVER)
		return;
	exchange_goto(e, EXCHANGE_OVER);
	loop_timer_disarm(&e->late);
	loop_timer_disarm(&e->beat);
	loop_timer_disarm(&e->read_on);
	loop_timer_disarm(&e->hold);
	scores_cancel(e);
	origin_free(e->origin);
	e->origin = NULL;
	conversation_end(e->lease);
	e->lease = NULL;
	e->client = NULL;
	*e->link = e->next;
	if (e->next)
		e->next->link = e->link;
	e->worker->exchanging--;
	worker_check_drained(e->worker);
	loop_defer(e->worker->loop, release, e);
}

void exchange_done(struct exchange *e)
{
	struct client *client = e->client;
	leave(e);
	if (client)
		client_finish(client);
}

void exchange_abort(struct exchange *e, const char *why)
{
	struct client *client = e->client;
	leave(e);
	if (client)
		client_abort(client, why);
}

void exchange_refuse(
    struct exchange *e, int status, const char *code, const char *text)
{
	if (log_wants(LOG_DEBUG))
		exchange_log(e, LOG_DEBUG, text);
	if (e->client) {
		struct buf out = {0};
		refuse_write(
		    &out, status, code, text, client_closes(e->client));
		if (span_eq(http1_method(&e->head), span_str("HEAD")))
			refuse_cut_body(&out);
		client_answer(e->client, status, &out);
		buf_clear(&out);
	}
	exchange_done(e);
}

void exchange_request_body(struct exchange *e, struct span bytes)
{
	size_t max = channel_limits(e->route->channel)->max_body_bytes;
	if (bytes.len > max - e->body.len) {
		exchange_refuse(
		    e, 413, "too_large", "The request body is over the limit.");
		return;
	}
	buf_add(&e->body, bytes.p, bytes.len);
}

void exchange_request_end(struct exchange *e)
{
	if (e->state == EXCHANGE_PASS)
		pass_begin(e);
	else
		ask_begin(e);
}

void exchange_client_drained(struct exchange *e)
{
	if (e->state == EXCHANGE_FLOW)
		flow_drained(e);
}

void exchange_client_sent(struct exchange *e)
{
	if (e->state == EXCHANGE_SEND)
		takeover_sent(e);
}

/* The bot need not go on. */
static void left_unanswered(struct exchange *e)
{
	exchange_log(e, LOG_INFO, "the customer left before the answer");
	metrics_add(e->worker->server->metrics, METRIC_REQUESTS, 1,
	    channel_id(e->route->channel), "gone");
	keep_note(e,
	    "The customer left before the AI had answered: nothing of its "
	    "answer was seen.");
	leave(e);
}

/* A message that is being judged is still judged and recorded: what had left
 * by then is known. Everything else ends here. */
void exchange_client_gone(struct exchange *e)
{
	e->client = NULL;
	switch (e->state) {
	case EXCHANGE_ASK:
	case EXCHANGE_BODY:
		left_unanswered(e);
		break;
	case EXCHANGE_FLOW:
		flow_client_gone(e);
		break;
	case EXCHANGE_JUDGE:
	case EXCHANGE_SETTLE: /* the record and the lock are finished first */
		break;
	case EXCHANGE_SEND: /* what was not read comes again */
		if (!e->replies_read)
			leave(e);
		break;
	case EXCHANGE_READ:
	case EXCHANGE_LINE:
	case EXCHANGE_PASS:
		leave(e);
		break;
	case EXCHANGE_OVER:
		break;
	}
}

/* What is being settled is finished; a stream ends in its own form. */
void exchange_give_up(struct exchange *e)
{
	switch (e->state) {
	case EXCHANGE_FLOW:
		flow_give_up(e, "shutting_down");
		break;
	case EXCHANGE_PASS:
		if (e->head_sent) {
			exchange_abort(e, "shutting down");
			break;
		}
		exchange_refuse(e, 503, "shutting_down", shutting_down);
		break;
	case EXCHANGE_JUDGE:
		if (e->has_read) { /* the bot has answered */
			scores_end(e);
			break;
		}
		exchange_refuse(e, 503, "shutting_down", shutting_down);
		break;
	case EXCHANGE_READ:
	case EXCHANGE_LINE:
	case EXCHANGE_ASK:
	case EXCHANGE_BODY:
		exchange_refuse(e, 503, "shutting_down", shutting_down);
		break;
	case EXCHANGE_SETTLE:
	case EXCHANGE_SEND:
	case EXCHANGE_OVER:
		break;
	}
}

void exchange_woken(struct exchange *e, enum worker_wake wake, int result,
    const struct worker_replies *replies)
{
	switch (wake) {
	case WORKER_TURN:
		if (e->state == EXCHANGE_LINE)
			ask_turn(e);
		break;
	case WORKER_REPLIES:
		takeover_replies(e, result, replies);
		break;
	case WORKER_RAISED:
		heed_raised(e, result);
		break;
	case WORKER_STORED:
		if (e->state == EXCHANGE_SEND)
			takeover_marked(e, result);
		else
			settle_woken(e, wake, result);
		break;
	case WORKER_RECORDED:
	case WORKER_KEPT:
		settle_woken(e, wake, result);
		break;
	}
}
