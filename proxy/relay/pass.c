/*
 * pass - a route listed as free of the AI's text: it belongs to no
 * conversation, but it is no hole either.
 *
 * What names a conversation does not go with the question, and what is asked
 * with GET, HEAD or OPTIONS has no body. The answer is read as a whole and
 * every word of it judged; where a rule would change one, nothing of it passes.
 */
#include "proxy/relay/steps.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/relay/fields.h"
#include "proxy/relay/server.h"

/* Asked so, a body says nothing anybody has to know. */
static bool is_bare(const struct exchange *e)
{
	struct span method = http1_method(&e->head);
	return span_is(method, "GET") || span_is(method, "HEAD") ||
	    span_is(method, "OPTIONS");
}

bool pass_takes_body(const struct exchange *e)
{
	return !is_bare(e);
}

void pass_begin(struct exchange *e)
{
	ask_origin(e, channel_strip_passed(e->route->channel));
}

static void withhold(struct exchange *e, const char *why)
{
	exchange_log(e, LOG_WARN, why);
	exchange_refuse(
	    e, 403, "answer_withheld", "What is there cannot be shown.");
}

static struct guard_session session_of(const struct exchange *e)
{
	return (struct guard_session){.time_us = clock_now_us(),
	    .channel = channel_id(e->route->channel),
	    .aside = true,
	    .label = true};
}

static bool may_pass(struct exchange *e, const struct guard_session *session)
{
	struct buf words = {0};
	struct guard_verdict v = {.action = GUARD_HANDOFF};
	if (channel_body_words(e->route->channel,
		(struct span){e->answer.data, e->answer.len}, &words) == 0) {
		struct guard_message m = {GUARD_AI, words.data, words.len};
		guard_check(
		    e->worker->scanner, exchange_policy(e), session, &m, &v);
	}
	buf_clear(&words);
	return !v.undecided && v.action < GUARD_REDACT;
}

/* The answer to OPTIONS is its head; a body nobody reads stays here. */
static void send_answer(struct exchange *e, const struct guard_session *session)
{
	struct buf out = {0};
	const struct http1_head *head = origin_head(e->origin);
	bool none = head->framing == HTTP1_NO_BODY;
	struct media said;
	media_read(head, &said);
	char **drop = fields_to_drop(head, NULL,
	    &(struct fields_judge){
		e->worker->scanner, exchange_policy(e), session});
	http1_write_response(&out, head,
	    &(struct http1_out){
		.framing = none ? HTTP1_NO_BODY : HTTP1_LENGTH,
		.content_length = e->answer.len,
		.close = client_closes(e->client),
		.type = said.type,
		.drop = (const char *const *)drop,
	    });
	fields_free(drop);
	buf_add(&out, e->answer.data, e->answer.len);
	client_answer(e->client, head->status, &out);
	buf_clear(&out);
	exchange_done(e);
}

static void on_head(struct exchange *e)
{
	const struct http1_head *head = origin_head(e->origin);
	if (head->upgrade || head->status == 101) {
		ask_failed(e, ORIGIN_PROTOCOL, "it changes the protocol");
		return;
	}
	struct media said;
	media_read(head, &said);
	if (!span_is(http1_method(&e->head), "OPTIONS") &&
	    head->framing != HTTP1_NO_BODY &&
	    channel_framing(e->route->channel, false, &said, true) !=
		CHANNEL_JSON)
		withhold(e, "what is listed as free of text is no JSON");
}

static void on_body(struct exchange *e, struct span bytes)
{
	size_t max = channel_limits(e->route->channel)->max_body_bytes;
	if (span_is(http1_method(&e->head), "OPTIONS"))
		return;
	if (bytes.len > max - e->answer.len)
		withhold(e, "what is listed as free of text is too large");
	else
		buf_add(&e->answer, bytes.p, bytes.len);
}

static void on_end(struct exchange *e)
{
	struct guard_session session = session_of(e);
	if (e->answer.len && !may_pass(e, &session))
		withhold(e, "what is listed as free of text breaks a rule");
	else
		send_answer(e, &session);
}

void pass_origin(
    struct exchange *e, enum origin_event event, const struct origin_data *data)
{
	switch (event) {
	case ORIGIN_HEAD:
		on_head(e);
		break;
	case ORIGIN_BODY:
		on_body(e, data->body);
		break;
	case ORIGIN_END:
		on_end(e);
		break;
	case ORIGIN_FAILED:
		ask_failed(e, data->failure, data->text);
		break;
	}
}
