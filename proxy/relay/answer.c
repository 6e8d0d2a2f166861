/*
 * answer - a whole answer of the bot: collected, judged text by text, sent as
 * it came, edited, or with approved words in its place.
 */
#include "proxy/relay/steps.h"

#include "proxy/audit/audit.h"
#include "proxy/base/clock.h"
#include "proxy/base/id.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff.h"
#include "proxy/relay/fields.h"
#include "proxy/relay/refuse.h"
#include "proxy/relay/server.h"

#include <stdlib.h>

/* No longer true of a body that was changed (RFC 9110 8.8, 9530). */
static const char *const validators[] = {"ETag", "Digest", "Content-Digest",
    "Repr-Digest", "Content-MD5", "Last-Modified", "Content-Range",
    "Accept-Ranges", NULL};

void answer_begin(struct exchange *e)
{
	exchange_goto(e, EXCHANGE_BODY);
}

void answer_body(struct exchange *e, struct span bytes)
{
	size_t max = channel_limits(e->route->channel)->max_body_bytes;
	if (bytes.len > max - e->answer.len) {
		answer_fall_back(e, GUARD_CANNOT_READ, "too_large");
		return;
	}
	buf_add(&e->answer, bytes.p, bytes.len);
}

void answer_fall_back(
    struct exchange *e, enum guard_event event, const char *word)
{
	origin_free(e->origin);
	e->origin = NULL;
	verdicts_fall_back(
	    &e->verdicts, exchange_policy(e), event, GUARD_DECIDED);
	e->undecided = word;
	if (!e->cause)
		e->cause = "cannot_read";
	struct buf said = {0};
	if (e->has_read)
		channel_body_said(&e->read, &said);
	settle_decision(e,
	    &(struct settle_message){.speaker = GUARD_AI,
		.text = {said.data, said.len},
		.released = -1},
	    answer_send);
	buf_clear(&said);
}

static void judge_series(struct exchange *e, uint32_t i)
{
	const struct channel_series *s = &e->read.series[i];
	struct guard_session session = e->facts.session;
	struct guard_message m = {GUARD_AI, s->text.data, s->text.len};
	struct guard_verdict v;
	session.aside = s->kind != CHANNEL_SAID;
	guard_check(e->worker->scanner, exchange_policy(e), &session, &m, &v);
	bool stuck = v.n_edits && !s->can_edit;
	if (stuck)
		v.n_edits = 0;
	verdicts_add(&e->verdicts, i, &v);
	if (stuck)
		verdicts_fall_back(&e->verdicts, exchange_policy(e),
		    GUARD_CANNOT_DECIDE, GUARD_UNDECIDED_EDIT);
}

static void judge_media(struct exchange *e, bool has_media)
{
	if (!has_media)
		return;
	struct guard_fallback fall;
	guard_policy_fallback(exchange_policy(e), GUARD_HAS_MEDIA, &fall);
	if (fall.action <= e->verdicts.action)
		return;
	verdicts_fall_back(
	    &e->verdicts, exchange_policy(e), GUARD_HAS_MEDIA, GUARD_DECIDED);
	e->undecided = "has_media";
	e->cause = "has_media";
}

static bool hand_off_after_failure(struct exchange *e, int status)
{
	struct guard_fallback fall;
	if (status < 500) {
		conversation_bot_answered(e->lease);
		return false;
	}
	guard_policy_fallback(exchange_policy(e), GUARD_BOT_FAILED, &fall);
	return fall.action == GUARD_HANDOFF &&
	    conversation_bot_failed(e->lease) >= (fall.after ? fall.after : 1);
}

static bool read_answer(struct exchange *e)
{
	e->has_read = true;
	int err = channel_body_read(e->route->channel,
	    (struct span){e->answer.data, e->answer.len}, &e->read);
	return err == CHANNEL_BODY_OK &&
	    e->read.n_messages <= e->asked.messages;
}

/* What the customer will read, in the layout of channel_body_said. */
static void said_edited(const struct exchange *e, struct buf *out)
{
	const struct verdicts *v = &e->verdicts;
	if (!e->has_read)
		return;
	if (v->n_edits == 0) {
		channel_body_said(&e->read, out);
		return;
	}
	struct guard_edit *edits = mem_array(v->n_edits, sizeof(*edits));
	for (uint32_t i = 0; i < e->read.n_series; i++) {
		const struct channel_series *s = &e->read.series[i];
		size_t n = 0, len = 0;
		if (s->kind != CHANNEL_SAID)
			continue;
		for (size_t k = 0; k < v->n_edits; k++)
			if (v->edits[k].series == i)
				edits[n++] = v->edits[k].edit;
		char *text = guard_apply_edits(
		    s->text.data, s->text.len, edits, n, &len);
		if (out->len)
			buf_addc(out, '\n');
		buf_add(out, text, text ? len : 0);
		free(text);
	}
	free(edits);
}

void answer_end(struct exchange *e)
{
	int status = origin_head(e->origin)->status;
	if (hand_off_after_failure(e, status)) {
		e->cause = "bot_failed";
		answer_fall_back(e, GUARD_BOT_FAILED, "bot_failed");
		return;
	}
	if (e->answer.len && !read_answer(e)) {
		if (status >= 400)
			ask_failed(e, ORIGIN_PROTOCOL,
			    "an error whose body cannot be read");
		else
			answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
		return;
	}
	int64_t start = clock_mono_us();
	struct buf said = {0};
	for (uint32_t i = 0; e->has_read && i < e->read.n_series; i++)
		judge_series(e, i);
	if (e->has_read) {
		judge_media(e, e->read.has_media);
		channel_body_said(&e->read, &said);
	}
	e->verdicts.judged_us = clock_mono_us() - start;
	if (e->verdicts.n_edits || (e->has_read && e->read.mirror_differs))
		e->end = EXCHANGE_EDITED;
	struct buf seen = {0};
	said_edited(e, &seen);
	settle_decision(e,
	    &(struct settle_message){
		.speaker = GUARD_AI,
		.text = {said.data, said.len},
		.seen = {seen.data, seen.len},
		.released = -1,
	    },
	    answer_send);
	buf_clear(&seen);
	buf_clear(&said);
}

static void render_edits(struct exchange *e, struct buf *out)
{
	const struct verdicts *v = &e->verdicts;
	struct channel_edit *edits = mem_array(v->n_edits + 1, sizeof(*edits));
	for (size_t i = 0; i < v->n_edits; i++)
		edits[i] = (struct channel_edit){v->edits[i].series,
		    v->edits[i].edit.start, v->edits[i].edit.end,
		    {v->edits[i].edit.text, v->edits[i].edit.len}};
	channel_render_edits(
	    e->route->channel, &e->read, edits, v->n_edits, out);
	free(edits);
}

/* The bot's own answer, as it came or with edits. */
static void send_answer(struct exchange *e)
{
	struct buf out = {0};
	struct buf body = {0};
	bool edited = e->end == EXCHANGE_EDITED && e->has_read;
	if (edited)
		render_edits(e, &body);
	else
		buf_add(&body, e->answer.data, e->answer.len);
	const struct http1_head *head = origin_head(e->origin);
	bool none = head->framing == HTTP1_NO_BODY;
	char **drop = fields_to_drop(head, edited ? validators : NULL,
	    &(struct fields_judge){
		e->worker->scanner, exchange_policy(e), &e->facts.session});
	http1_write_response(&out, head,
	    &(struct http1_out){
		.framing = none ? HTTP1_NO_BODY : HTTP1_LENGTH,
		.content_length = body.len,
		.close = client_closes(e->client),
		.drop = (const char *const *)drop,
	    });
	fields_free(drop);
	buf_add(&out, body.data, body.len);
	client_answer(e->client, head->status, &out);
	buf_clear(&body);
	buf_clear(&out);
}

/* Approved words in the client's own dialect, whatever the bot had sent: a
 * whole answer that clients do not retry. */
static void send_words(struct exchange *e)
{
	char id[ID_BYTES];
	struct buf body = {0};
	struct buf out = {0};
	id_new(id);
	struct channel_emit emit = {
	    .text = {e->say.data, e->say.len},
	    .time_s = clock_now_us() / CLOCK_SECOND_US,
	    .id = id,
	};
	enum channel_framing framing =
	    e->asked.stream ? CHANNEL_SSE : CHANNEL_JSON;
	if (framing == CHANNEL_SSE)
		channel_render_stream(e->route->channel, &emit, &body);
	else
		channel_render_replaced(e->route->channel,
		    e->has_read ? &e->read : NULL, &emit, &body);
	http1_write_answer(&out, 200, channel_content_type(framing),
	    (struct span){body.data, body.len},
	    &(struct http1_out){.close = client_closes(e->client)});
	client_answer(e->client, 200, &out);
	buf_clear(&body);
	buf_clear(&out);
}

/* Somebody may have taken the conversation since the bot was asked. */
static bool taken_meanwhile(struct exchange *e)
{
	return e->end != EXCHANGE_SAY && e->lease &&
	    conversation_is_locked(e->lease);
}

void answer_send(struct exchange *e)
{
	if (e->replies.n && e->settle.record_failed) {
		exchange_refuse(e, 503, "conversation_unavailable",
		    "This conversation cannot go on at the moment. Please try "
		    "again shortly.");
		return;
	}
	if (e->settle.record_failed && verdicts_withhold(&e->verdicts) &&
	    e->end != EXCHANGE_SAY) {
		buf_reset(&e->say);
		buf_adds(&e->say, e->verdicts.say ? e->verdicts.say : "");
		e->end = EXCHANGE_SAY;
	}
	if (taken_meanwhile(e)) {
		buf_reset(&e->say);
		e->end = EXCHANGE_SAY;
	}
	if (e->client) {
		if (e->end == EXCHANGE_SAY)
			send_words(e);
		else
			send_answer(e);
		if (e->replies.n)
			handoff_replies_sent(e->worker->server->handoffs,
			    e->lease, e->replies.items, e->replies.n);
	}
	exchange_done(e);
}
