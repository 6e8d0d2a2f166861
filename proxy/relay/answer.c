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
#include "proxy/relay/beside.h"
#include "proxy/relay/fields.h"
#include "proxy/relay/quote.h"
#include "proxy/relay/refuse.h"
#include "proxy/relay/server.h"
#include "proxy/relay/unread.h"

#include <stdlib.h>

#define UNREADABLE_BYTES 4096 /* shown to people */
#define UNREADABLE_MS 300     /* they are waited for */

/* No longer true of a body that was changed (RFC 9110 8.8, 9530). */
static const char *const stale[] = {"ETag", "Digest", "Content-Digest",
    "Repr-Digest", "Content-MD5", "Last-Modified", "Content-Range",
    "Accept-Ranges", NULL};

void answer_begin(struct exchange *e)
{
	exchange_goto(e, EXCHANGE_BODY);
}

static void seen_enough(void *arg)
{
	answer_fall_back(arg, GUARD_CANNOT_READ, "cannot_read");
}

/* The person who takes over wants to see what came, the customer is not to
 * wait for it. */
void answer_unreadable(struct exchange *e)
{
	e->unreadable = true;
	unread_head(&e->unread, origin_head(e->origin), e->asked.stream);
	exchange_goto(e, EXCHANGE_BODY);
	loop_timer_init(&e->read_on, e->worker->loop, seen_enough, e);
	loop_timer_arm_ms(&e->read_on, UNREADABLE_MS);
}

void answer_failed(
    struct exchange *e, enum origin_failure failure, const char *text)
{
	if (e->unreadable)
		answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
	else
		ask_failed(e, failure, text);
}

void answer_body(struct exchange *e, struct span bytes)
{
	if (e->unreadable) {
		buf_add(&e->answer, bytes.p, bytes.len);
		if (e->answer.len > UNREADABLE_BYTES)
			answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
		return;
	}
	size_t max = channel_limits(e->route->channel)->max_body_bytes;
	if (bytes.len > max - e->answer.len) {
		unread_limit(&e->unread, "the channel's limits.max_body", max);
		answer_fall_back(e, GUARD_CANNOT_READ, "too_large");
		return;
	}
	buf_add(&e->answer, bytes.p, bytes.len);
}

void answer_fall_back(
    struct exchange *e, enum guard_event event, const char *word)
{
	if (event == GUARD_CANNOT_READ)
		settle_log_unread(e);
	loop_timer_disarm(&e->late);
	loop_timer_disarm(&e->read_on);
	origin_free(e->origin);
	e->origin = NULL;
	verdicts_fall_back(
	    &e->verdicts, exchange_policy(e), event, GUARD_DECIDED);
	e->undecided = word;
	if (!e->cause)
		e->cause = "cannot_read";
	told_clear(&e->told);
	if (e->frames)
		frames_told(e->frames, &e->verdicts,
		    verdicts_withhold(&e->verdicts), &e->told);
	else if (e->has_read)
		told_body(&e->told, &e->read, &e->verdicts);
	else
		told_unreadable(
		    &e->told, (struct span){e->answer.data, e->answer.len});
	settle_decision(e,
	    &(struct settle_message){.speaker = GUARD_AI, .released = -1},
	    answer_send);
}

static bool edited(void *arg, uint32_t series, size_t start, size_t end)
{
	const struct exchange *e = arg;
	const struct channel_series *s = &e->read.series[series];
	if (s->beside) /* a reading of a reading */
		return channel_seams_edited(&s->seams, start, end, edited, arg);
	return beside_is_redacted(&e->verdicts, series, start, end);
}

static void judge_reading(struct exchange *e, uint32_t i)
{
	const struct channel_series *s = &e->read.series[i];
	struct guard_session session = e->facts.session;
	struct guard_message m = {GUARD_AI, s->text.data, s->text.len};
	struct guard_verdict v;
	struct beside b = {&s->seams, 0, edited, e};
	session.aside = true;
	guard_check(e->worker->scanner, exchange_policy(e), &session, &m, &v);
	scores_note(e);
	beside_add(&e->verdicts, i, exchange_policy(e), &b, &v);
}

/* What is no part of the message is left out where a rule would change it. */
static void judge_label(struct exchange *e, uint32_t i)
{
	const struct channel_series *s = &e->read.series[i];
	struct guard_session session = e->facts.session;
	struct guard_message m = {GUARD_AI, s->text.data, s->text.len};
	struct guard_verdict v;
	session.aside = session.label = true;
	guard_check(e->worker->scanner, exchange_policy(e), &session, &m, &v);
	if (!v.undecided && v.action < GUARD_REDACT)
		return;
	exchange_log(e, LOG_WARN,
	    "an id or name of the bot's answer breaks a rule and is left out");
	channel_body_drop(&e->read, i);
}

/* What a text says counts for those behind it. */
static void count_series(struct counting *c, const struct guard_message *m,
    const struct guard_edit *edits, size_t n)
{
	struct guard_message seen = *m;
	char *text = NULL;
	if (n) {
		seen.text = text =
		    guard_apply_edits(m->text, m->len, edits, n, &seen.len);
		if (!text)
			mem_exhausted();
	}
	counting_add(c, &seen, NULL);
	free(text);
}

/* The edits as they must be written where the text is JSON itself; false: one
 * of them would break it. For free(). */
static bool quote_edits(struct exchange *e, const struct channel_series *s,
    const struct guard_verdict *v, struct guard_edit **out)
{
	struct quoted q = {0};
	struct span text = {s->text.data, s->text.len};
	bool good = true;
	*out = mem_array(v->n_edits + 1, sizeof(**out));
	for (size_t i = 0; i < v->n_edits && good; i++) {
		char *own = NULL;
		(*out)[i] = v->edits[i];
		if (!s->nested)
			good = quote_edit(&q, text, &(*out)[i], &own);
		if (own)
			verdicts_own(&e->verdicts, own);
	}
	return good;
}

static void judge_series(struct exchange *e, struct counting *c, uint32_t i)
{
	const struct channel_series *s = &e->read.series[i];
	if (s->label) {
		judge_label(e, i);
		return;
	}
	if (s->beside) {
		judge_reading(e, i);
		return;
	}
	struct guard_session session = c->session;
	struct guard_message m = {GUARD_AI, s->text.data, s->text.len};
	struct guard_verdict v;
	session.aside = s->kind != CHANNEL_SAID;
	guard_check(e->worker->scanner, exchange_policy(e), &session, &m, &v);
	scores_note(e);
	struct guard_edit *edits = NULL;
	bool stuck =
	    v.n_edits && (!s->can_edit || !quote_edits(e, s, &v, &edits));
	if (edits)
		v.edits = edits;
	if (stuck)
		v.n_edits = 0;
	verdicts_add(&e->verdicts, i, &v);
	if (stuck)
		verdicts_fall_back(&e->verdicts, exchange_policy(e),
		    GUARD_CANNOT_DECIDE, GUARD_UNDECIDED_EDIT);
	if (c->on && s->kind == CHANNEL_SAID && !s->repeats &&
	    i + 1 < e->read.n_series)
		count_series(c, &m, v.edits, v.n_edits);
	free(edits);
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

static void judge_all(struct exchange *e)
{
	struct counting c;
	counting_begin(
	    &c, e->worker->scanner, exchange_policy(e), &e->facts.session);
	for (uint32_t i = 0; i < e->read.n_series; i++)
		judge_series(e, &c, i);
	counting_clear(&c);
	judge_media(e, e->read.has_media);
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
	int err = channel_body_read(e->route->channel,
	    (struct span){e->answer.data, e->answer.len}, &e->read);
	e->has_read =
	    err == CHANNEL_BODY_OK && e->read.n_messages <= e->asked.messages;
	if (!e->has_read) {
		unread_body(&e->unread, err, &e->read, e->asked.messages);
		channel_body_clear(&e->read);
	}
	return e->has_read;
}

/* Good by its status, and what was announced or asked for is not there. */
static bool lacks_body(const struct exchange *e)
{
	const struct http1_head *head = origin_head(e->origin);
	struct media said;
	if (e->answer.len || head->status != 200)
		return false;
	media_read(head, &said);
	return e->asked.stream || said.kind == MEDIA_JSON;
}

/* Again, with what classifiers have said since, until all have. */
static void judge_and_settle(struct exchange *e)
{
	if (e->scores.waiting)
		return;
	int64_t start = clock_mono_us();
	if (e->has_read)
		judge_all(e);
	if (e->scores.waiting) {
		verdicts_clear(&e->verdicts);
		verdicts_init(&e->verdicts);
		e->undecided = e->cause = NULL;
		e->scores.then = judge_and_settle;
		if (e->state != EXCHANGE_JUDGE)
			exchange_goto(e, EXCHANGE_JUDGE);
		return;
	}
	e->scores.then = NULL;
	e->verdicts.judged_us = clock_mono_us() - start;
	if (e->verdicts.n_edits ||
	    (e->has_read && (e->read.mirror_differs || e->read.dropped)))
		e->end = EXCHANGE_EDITED;
	settle_moment(e);
	if (e->has_read)
		told_body(&e->told, &e->read, &e->verdicts);
	settle_decision(e,
	    &(struct settle_message){.speaker = GUARD_AI, .released = -1},
	    answer_send);
}

void answer_end(struct exchange *e)
{
	loop_timer_disarm(&e->late);
	if (e->unreadable) {
		answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
		return;
	}
	if (lacks_body(e)) {
		ask_failed(e, ORIGIN_PROTOCOL, "its answer has no body");
		return;
	}
	int status = origin_head(e->origin)->status;
	bool good = e->answer.len == 0 || read_answer(e);
	if (hand_off_after_failure(e, status)) {
		e->cause = "bot_failed";
		answer_fall_back(e, GUARD_BOT_FAILED, "bot_failed");
		return;
	}
	if (!good) {
		if (status >= 500)
			ask_refuse_failed(e);
		else
			answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
		return;
	}
	e->streamed = e->asked.stream && status < 300 && e->has_read;
	if (e->streamed && !channel_can_stream(e->route->channel, &e->read)) {
		buf_adds(&e->unread,
		    "it is one JSON body where a stream was asked for, with "
		    "parts that have no place in a stream");
		answer_fall_back(e, GUARD_CANNOT_READ, "cannot_read");
		return;
	}
	judge_and_settle(e);
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

/* The bot's own answer with edits; as a stream where the client asked for
 * one. */
static void change_body(struct exchange *e, bool edited, struct buf *out)
{
	char id[ID_BYTES];
	struct buf body = {0};
	struct span whole = {e->answer.data, e->answer.len};
	if (edited) {
		render_edits(e, e->streamed ? &body : out);
		whole = (struct span){body.data, body.len};
	}
	if (e->streamed) {
		id_new(id);
		channel_render_streamed(e->route->channel, whole,
		    &(struct channel_emit){
			.time_s = clock_now_us() / CLOCK_SECOND_US, .id = id},
		    out);
	}
	buf_clear(&body);
}

static void send_answer(struct exchange *e)
{
	struct buf out = {0};
	struct buf changed = {0};
	bool edited = e->end == EXCHANGE_EDITED && e->has_read;
	bool same = !e->streamed && !edited;
	if (!same)
		change_body(e, edited, &changed);
	const struct buf *body = same ? &e->answer : &changed;
	const struct http1_head *head = origin_head(e->origin);
	bool none = head->framing == HTTP1_NO_BODY;
	struct media said;
	media_read(head, &said);
	char **drop = fields_to_drop(head, same ? NULL : stale,
	    &(struct fields_judge){
		e->worker->scanner, exchange_policy(e), &e->facts.session});
	buf_reserve(&out, head->raw_len + body->len + 256);
	http1_write_response(&out, head,
	    &(struct http1_out){
		.framing = none ? HTTP1_NO_BODY : HTTP1_LENGTH,
		.content_length = body->len,
		.close = client_closes(e->client),
		.type =
		    e->streamed ? channel_content_type(CHANNEL_SSE) : said.type,
		.drop = (const char *const *)drop,
	    });
	fields_free(drop);
	buf_add(&out, body->data, body->len);
	client_answer(e->client, head->status, &out);
	buf_clear(&changed);
	buf_clear(&out);
}

/* Its status, or where clients would ask again on that one they do not. */
static int status_of_error(const struct exchange *e)
{
	switch (e->bot_status) {
	case 408:
	case 409:
	case 425:
	case 429:
		return 424;
	default:
		return e->bot_status < 500 ? e->bot_status : 424;
	}
}

/* A bot that fails is not to look as if it had answered; its own words are
 * withheld all the same. */
static void send_error(struct exchange *e)
{
	struct buf out = {0};
	int status = status_of_error(e);
	exchange_log(e, LOG_WARN,
	    "the bot's error breaks a rule: approved words go in its place");
	refuse_write(&out, status, "bot_failed",
	    e->say.len ? e->say.data
		       : "The assistant cannot answer at the moment.",
	    client_closes(e->client));
	client_answer(e->client, status, &out);
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

/* Does the bot report a failure that no person takes over from? */
static bool is_error(const struct exchange *e)
{
	return e->bot_status >= 400 && !e->not_the_ai &&
	    !(e->lease && conversation_is_locked(e->lease));
}

void answer_send(struct exchange *e)
{
	if (settle_is_unkept(e)) {
		keep_untold(e);
		exchange_refuse(e, 503, "conversation_unavailable",
		    "This conversation cannot go on at the moment. Please try "
		    "again shortly.");
		return;
	}
	if (taken_meanwhile(e)) {
		keep_withheld(e);
		buf_reset(&e->say);
		e->end = EXCHANGE_SAY;
	}
	if (e->client) {
		if (e->end != EXCHANGE_SAY)
			send_answer(e);
		else if (is_error(e))
			send_error(e);
		else
			send_words(e);
	}
	if (e->client && e->replies.n)
		takeover_sending(e);
	else
		exchange_done(e);
}
