/*
 * ask - from a whole request to a question the bot has: who is asking, in
 * which conversation, is a person there.
 */
#include "proxy/relay/steps.h"

#include "proxy/admin/metrics.h"
#include "proxy/audit/record.h"
#include "proxy/base/hex.h"
#include "proxy/base/id.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/relay/server.h"
#include "proxy/relay/unread.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_origin(void *, enum origin_event, const struct origin_data *);

/* Why a request cannot be read, as an answer. */
static void refuse_request(struct exchange *e, int err)
{
	const char *why = e->asked.error;
	switch (err) {
	case CHANNEL_READ_TOO_LARGE:
		exchange_refuse(e, 413, "too_large",
		    why ? why
			: "The request holds more than the limits allow.");
		break;
	case CHANNEL_READ_NO_CONVERSATION:
		exchange_refuse(e, 400, "no_conversation",
		    why ? why : "The request names no conversation.");
		break;
	case CHANNEL_READ_BAD_ID:
		exchange_refuse(e, 400, "bad_id",
		    why ? why : "An id of the request cannot be used.");
		break;
	default:
		exchange_refuse(e, 400, "bad_body",
		    why ? why : "The request body is not valid JSON.");
		break;
	}
}

static void on_ready(void *arg, uint64_t ticket)
{
	worker_wake(arg, ticket, WORKER_TURN, 0, NULL);
}

/* The customer may have been handed to a person when the request had no better
 * name for the conversation: a new name does not lead away from there. */
static const char *conversation_of(const struct exchange *e)
{
	struct conversations *table = e->worker->server->conversations;
	const char *family = channel_family(e->route->channel);
	const char *id = e->asked.conversation;
	for (size_t i = 0; i < e->asked.n_others; i++)
		if (!conversations_is_locked(table, family, id) &&
		    conversations_is_locked(table, family, e->asked.others[i]))
			id = e->asked.others[i];
	return id;
}

void ask_begin(struct exchange *e)
{
	int err = channel_read(e->route->channel, &e->head,
	    (struct span){e->body.data, e->body.len}, &e->asked);
	if (err != CHANNEL_READ_OK) {
		refuse_request(e, err);
		return;
	}
	if (e->asked.anonymous)
		id_new(e->anonymous);
	e->conversation =
	    e->asked.anonymous ? e->anonymous : conversation_of(e);
	exchange_goto(e, EXCHANGE_LINE);
	e->lease = conversation_begin(e->worker->server->conversations,
	    &(struct conversation_request){
		.family = channel_family(e->route->channel),
		.id = e->conversation,
		.customer = e->asked.customer,
		.fresh = e->asked.anonymous,
		.ready = on_ready,
		.arg = e->worker,
		.ticket = e->number,
	    });
	if (conversation_state(e->lease) != CONVERSATION_WAITING)
		ask_turn(e);
}

static void refused_turn(struct exchange *e)
{
	switch (conversation_refusal(e->lease)) {
	case CONVERSATION_LINE_FULL:
	case CONVERSATION_TIMED_OUT:
		exchange_refuse(e, 423, "conversation_busy",
		    "An earlier message of this conversation is still being "
		    "answered.");
		break;
	case CONVERSATION_NOT_REFUSED:
	case CONVERSATION_UNREAD:
	case CONVERSATION_UNSAVED:
	case CONVERSATION_TABLE_FULL:
		exchange_refuse(e, 503, "conversation_unavailable",
		    "This conversation cannot go on at the moment. Please try "
		    "again shortly.");
		break;
	}
}

void ask_turn(struct exchange *e)
{
	enum conversation_state state = conversation_state(e->lease);
	if (state == CONVERSATION_REFUSED) {
		refused_turn(e);
		return;
	}
	customer_arrive(e);
	if (state == CONVERSATION_HANDED_OFF) {
		if (conversation_is_owed(e->lease))
			takeover_again(e);
		takeover_answer(e);
		return;
	}
	customer_keep(e);
	if (customer_waits(e))
		return;
	customer_judge(e);
	customer_settle(e);
}

/* Was the peer a proxy whose X-Forwarded-For is believed? */
static bool is_trusted(const struct exchange *e)
{
	const struct sockaddr *sa =
	    (const struct sockaddr *)&client_peer(e->client)->sa;
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sa;
		return config_trusts(exchange_config(e),
		    (const unsigned char *)&in->sin_addr, 4);
	}
	const struct sockaddr_in6 *in6 = (const void *)sa;
	return config_trusts(
	    exchange_config(e), (const unsigned char *)&in6->sin6_addr, 16);
}

/* A traceparent for our part of the exchange (W3C trace context). */
static void write_parent(const struct exchange *e, char out[56])
{
	unsigned char ours[8];
	id_random(ours, sizeof(ours));
	memcpy(out, "00-", 3);
	memcpy(out + 3, e->trace, 32);
	out[35] = '-';
	hex_encode(out + 36, ours, sizeof(ours));
	memcpy(out + 52, "-01", 4);
}

static void write_request(
    const struct exchange *e, const char *const *drop, struct buf *out)
{
	const struct config_upstream *up = &e->route->upstream;
	struct buf target = {0};
	char parent[56];
	struct media said;
	media_read(&e->head, &said);
	const char *read_as = said.type[0] ? said.type : "application/json";
	if (up->path[0]) {
		struct span path = http1_path(&e->head);
		buf_adds(&target, up->path);
		buf_add(&target, path.p, path.len);
	}
	write_parent(e, parent);
	buf_reserve(out, e->head.raw_len + e->body.len + 512);
	http1_write_request(out, &e->head,
	    &(struct http1_out){
		.framing = e->body.len || e->head.framing != HTTP1_NO_BODY
		    ? HTTP1_LENGTH
		    : HTTP1_NO_BODY,
		.content_length = e->body.len,
		.drop = drop,
		/* Of what is passed nothing was read. */
		.type = e->state == EXCHANGE_PASS ? NULL : read_as,
		.host = up->authority,
		.target = {target.data, target.len},
		.client_address = client_peer_text(e->client),
		.proto = client_is_tls(e->client) ? "https" : "http",
		.trust_forwarded = is_trusted(e),
		.traceparent = parent,
	    });
	buf_add(out, e->body.data, e->body.len);
	buf_clear(&target);
}

void ask_origin(struct exchange *e, const char *const *drop)
{
	const struct config_limits *l = &exchange_config(e)->limits;
	struct buf bytes = {0};
	write_request(e, drop, &bytes);
	e->origin = origin_new(&(struct origin_request){
	    .pool = e->routes->pools[e->route_index],
	    .loop = e->worker->loop,
	    .bytes = &bytes,
	    .method = http1_method(&e->head),
	    .limits =
		&(struct http1_limits){.max_line_bytes = l->max_line_bytes,
		    .max_head_bytes = l->max_head_bytes,
		    .max_fields = l->max_fields},
	    .answer_timeout_ms = l->answer_timeout_ms,
	    .idle_timeout_ms = l->stream_idle_timeout_ms,
	    .fn = on_origin,
	    .arg = e,
	});
}

/* The policy does not want the customer to wait longer. */
static void too_late(void *arg)
{
	struct exchange *e = arg;
	if (e->state != EXCHANGE_ASK && e->state != EXCHANGE_BODY &&
	    e->state != EXCHANGE_FLOW)
		return;
	metrics_add(e->worker->server->metrics, METRIC_UPSTREAM_ERRORS, 1,
	    e->route->name, "late");
	exchange_log(e, LOG_WARN,
	    "the bot has not answered within bot_must_answer_within");
	e->cause = "bot_late";
	if (e->state == EXCHANGE_FLOW)
		flow_late(e);
	else
		answer_fall_back(e, GUARD_BOT_LATE, "bot_late");
}

static void wait_no_longer(struct exchange *e)
{
	uint32_t ms =
	    guard_answer_within_ms(exchange_policy(e), e->facts.session.zone);
	if (!ms)
		return;
	loop_timer_init(&e->late, e->worker->loop, too_late, e);
	loop_timer_arm_ms(&e->late, ms);
}

void ask_send(struct exchange *e)
{
	if (!e->client) { /* nobody is there to read the answer */
		exchange_done(e);
		return;
	}
	exchange_goto(e, EXCHANGE_ASK);
	conversation_asking(e->lease);
	wait_no_longer(e);
	ask_origin(e, channel_strip(e->route->channel));
}

/* No 5xx: clients ask again on those, and each asking is a failure more. */
void ask_refuse_failed(struct exchange *e)
{
	exchange_refuse(
	    e, 424, "bot_failed", "The assistant cannot answer at the moment.");
}

/* The bot did not answer, or not in full, and nothing of it has left. */
void ask_failed(
    struct exchange *e, enum origin_failure failure, const char *text)
{
	loop_timer_disarm(&e->late);
	metrics_add(e->worker->server->metrics, METRIC_UPSTREAM_ERRORS, 1,
	    e->route->name, origin_failure_name(failure));
	char *what = mem_printf(
	    "the bot failed (%s): %s", origin_failure_name(failure), text);
	exchange_log(e, LOG_WARN, what);
	free(what);
	struct guard_fallback fall;
	guard_policy_fallback(exchange_policy(e), GUARD_BOT_FAILED, &fall);
	if (e->state != EXCHANGE_PASS && fall.action == GUARD_HANDOFF &&
	    conversation_bot_failed(e->lease) >=
		(fall.after ? fall.after : 1)) {
		e->cause = "bot_failed";
		answer_fall_back(e, GUARD_BOT_FAILED, "bot_failed");
		return;
	}
	ask_refuse_failed(e);
}

static bool has_body(const struct http1_head *head)
{
	return head->framing != HTTP1_NO_BODY &&
	    !(head->framing == HTTP1_LENGTH && head->content_length == 0);
}

/* Of what a request may be to blame for (400, say) only the log tells. */
static void note_error(const struct exchange *e, int status)
{
	char what[64];
	if (status < 400)
		return;
	snprintf(what, sizeof(what), "the bot answered with status %d", status);
	exchange_log(e, LOG_WARN, what);
	if (status >= 500 || status == 429)
		metrics_add(e->worker->server->metrics, METRIC_UPSTREAM_ERRORS,
		    1, e->route->name, "status");
}

static void on_answer_head(struct exchange *e)
{
	const struct http1_head *head = origin_head(e->origin);
	e->bot_status = head->status;
	note_error(e, head->status);
	if (head->upgrade || head->status == 101) {
		unread_head(&e->unread, head, e->asked.stream);
		answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
		return;
	}
	struct media said;
	media_read(head, &said);
	enum channel_framing framing = channel_framing(
	    e->route->channel, e->asked.stream, &said, has_body(head));
	if (framing == CHANNEL_SSE && head->status < 300)
		flow_begin(e);
	else if (framing == CHANNEL_UNREADABLE && head->status >= 500)
		ask_failed(
		    e, ORIGIN_PROTOCOL, "an error whose body cannot be read");
	else if (framing == CHANNEL_UNREADABLE || framing == CHANNEL_SSE)
		answer_unreadable(e);
	else
		answer_begin(e);
}

static void on_origin(
    void *arg, enum origin_event event, const struct origin_data *data)
{
	struct exchange *e = arg;
	if (e->state == EXCHANGE_PASS)
		pass_origin(e, event, data);
	else if (e->state == EXCHANGE_ASK && event == ORIGIN_HEAD)
		on_answer_head(e);
	else if (e->state == EXCHANGE_ASK && event == ORIGIN_FAILED)
		ask_failed(e, data->failure, data->text);
	else if (e->state == EXCHANGE_BODY && event == ORIGIN_BODY)
		answer_body(e, data->body);
	else if (e->state == EXCHANGE_BODY && event == ORIGIN_END)
		answer_end(e);
	else if (e->state == EXCHANGE_BODY && event == ORIGIN_FAILED)
		answer_failed(e, data->failure, data->text);
	else if (e->state == EXCHANGE_FLOW && event == ORIGIN_BODY)
		flow_body(e, data->body);
	else if (e->state == EXCHANGE_FLOW && event == ORIGIN_END)
		flow_end(e);
	else if (e->state == EXCHANGE_FLOW && event == ORIGIN_FAILED)
		flow_failed(e, data->failure, data->text);
}
