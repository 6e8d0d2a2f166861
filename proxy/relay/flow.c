/*
 * flow - a streamed answer: what is safe goes out while the rest comes in.
 *
 *   opening record -> head -> frames -> [edits on disk -> edited frames] ->
 *   closing record -> last frames
 *
 * A cut ends the upstream at once and closes the stream in the channel's own
 * dialect with the bridging text; the connection stays usable.
 */
#include "proxy/relay/steps.h"

#include "proxy/admin/metrics.h"
#include "proxy/audit/audit.h"
#include "proxy/base/clock.h"
#include "proxy/base/id.h"
#include "proxy/base/log.h"
#include "proxy/relay/fields.h"
#include "proxy/relay/server.h"
#include "proxy/relay/unread.h"

#include <stdlib.h>

static void release(struct exchange *e);
static void close_flow(struct exchange *e);
static void step(struct exchange *e, enum frames_state state);

static void beat(void *arg)
{
	struct exchange *e = arg;
	struct channel_hold hold;
	channel_hold(e->route->channel, &hold);
	if (e->state == EXCHANGE_FLOW && e->head_sent && e->client)
		client_send_body(e->client, hold.heartbeat);
	loop_timer_arm_ms(&e->beat, hold.heartbeat_ms);
}

static void read_enough(void *arg)
{
	struct exchange *e = arg;
	e->flow_over = true;
	if (e->origin)
		origin_pause(e->origin);
	close_flow(e);
}

/* How long words may be held, by the configuration and the channel. */
static int64_t hold_limit_us(const struct exchange *e)
{
	uint64_t ms = exchange_config(e)->limits.hold_timeout_ms;
	struct channel_hold hold;
	channel_hold(e->route->channel, &hold);
	if (hold.max_hold_ms && hold.max_hold_ms < ms)
		ms = hold.max_hold_ms;
	return (int64_t)ms * 1000;
}

/* For how long words have been held that more of the stream could free: not
 * while nobody reads it, since the client is slow, nor while they only wait for
 * the record of an edit. 0: none are. */
static int64_t held_us(const struct exchange *e)
{
	int64_t since = frames_held_since(e->frames);
	if (!since || e->client_full || e->edit_pending || e->flow_over ||
	    frames_withheld(e->frames))
		return 0;
	if (since < e->drained_us)
		since = e->drained_us;
	return clock_mono_us() - since + 1;
}

/* Looks again when the words that are held now would have been too long. */
static void watch_hold(struct exchange *e)
{
	if (loop_timer_is_armed(&e->hold))
		return;
	int64_t held = held_us(e);
	if (!held)
		return;
	int64_t left = hold_limit_us(e) - held;
	if (left < 0)
		left = 0;
	loop_timer_arm_ms(&e->hold, (uint64_t)(left / 1000 + 1));
}

/* The bot need not go on; its head may still have to be sent. */
static void stop_bot(struct exchange *e)
{
	if (!e->head_sent) {
		if (e->origin)
			origin_pause(e->origin);
		return;
	}
	origin_free(e->origin);
	e->origin = NULL;
}

void flow_give_up(struct exchange *e, const char *why)
{
	if (!e->flow_over) {
		e->given_up = why;
		e->flow_over = true;
		stop_bot(e);
	}
	scores_end(e);
	close_flow(e);
}

static void look_at_hold(void *arg)
{
	struct exchange *e = arg;
	if (held_us(e) < hold_limit_us(e)) {
		watch_hold(e);
		return;
	}
	exchange_log(e, LOG_WARN,
	    "words were held for longer than the limit: not decided");
	flow_give_up(e, "hold_timeout");
}

static void rearm(struct exchange *e)
{
	struct channel_hold hold;
	channel_hold(e->route->channel, &hold);
	if (hold.heartbeat_ms)
		loop_timer_arm_ms(&e->beat, hold.heartbeat_ms);
}

static void send_head(struct exchange *e)
{
	struct buf out = {0};
	const struct http1_head *head = origin_head(e->origin);
	enum http1_framing framing = client_framing(e->client);
	struct media said;
	media_read(head, &said);
	char **drop = fields_to_drop(head, NULL,
	    &(struct fields_judge){
		e->worker->scanner, exchange_policy(e), &e->facts.session});
	http1_write_response(&out, head,
	    &(struct http1_out){
		.framing = framing,
		.close =
		    client_closes(e->client) || framing == HTTP1_UNTIL_CLOSE,
		.type = said.type,
		.drop = (const char *const *)drop,
	    });
	fields_free(drop);
	client_answer(e->client, head->status, &out);
	e->head_sent = true;
	buf_clear(&out);
}

/* The log knows of the stream: its first byte may leave. */
static void opened(struct exchange *e)
{
	if (e->settle.record_failed) {
		answer_fall_back(e, GUARD_CANNOT_RECORD, "cannot_record");
		return;
	}
	e->opened = true;
	if (!e->client) {
		flow_client_gone(e);
		return;
	}
	send_head(e);
	rearm(e);
	flow_drained(e);
	release(e);
	if (e->flow_over && e->state == EXCHANGE_FLOW)
		close_flow(e);
}

static bool on_ask(void *arg, const struct guard_ask *asks, size_t n)
{
	struct exchange *e = arg;
	scores_ask(e, asks, n);
	return e->scores.waiting > 0;
}

static void answered(struct exchange *e)
{
	if (e->state != EXCHANGE_FLOW)
		return;
	flow_drained(e);
	enum frames_state state = frames_answered(e->frames);
	if (e->flow_over)
		close_flow(e);
	else
		step(e, state);
}

void flow_begin(struct exchange *e)
{
	exchange_goto(e, EXCHANGE_FLOW);
	metrics_add(e->worker->server->metrics, METRIC_STREAMS, 1);
	conversation_bot_answered(e->lease);
	id_new(e->stream);
	loop_timer_init(&e->beat, e->worker->loop, beat, e);
	loop_timer_init(&e->read_on, e->worker->loop, read_enough, e);
	loop_timer_init(&e->hold, e->worker->loop, look_at_hold, e);
	e->frames = frames_new(&(struct frames_options){
	    .channel = e->route->channel,
	    .policy = exchange_policy(e),
	    .session = &e->facts.session,
	    .scanner = e->worker->scanner,
	    .messages = e->asked.messages,
	    .max_held_bytes = exchange_config(e)->limits.max_held_bytes,
	    .ask = on_ask,
	    .arg = e,
	});
	e->scores.then = answered;
	struct record r = {.type = RECORD_STREAM_OPEN, .speaker = GUARD_AI};
	settle_number(e, false);
	settle_fill(e, &r);
	e->settle.storing = 0;
	settle_record(e, &r, AUDIT_WRITTEN, opened);
}

static void edits_recorded(struct exchange *e)
{
	e->edit_pending = false;
	if (e->settle.record_failed) {
		verdicts_fall_back(frames_verdicts(e->frames),
		    exchange_policy(e), GUARD_CANNOT_RECORD, GUARD_DECIDED);
		e->flow_over = true;
		close_flow(e);
		return;
	}
	frames_edits_recorded(e->frames, e->edits_asked);
	flow_drained(e);
	release(e);
	if (e->flow_over && e->state == EXCHANGE_FLOW)
		close_flow(e);
}

/* An edit is on disk before the edited bytes leave. */
static void record_edits(struct exchange *e)
{
	if (e->edit_pending || frames_edits(e->frames) == e->edits_asked)
		return;
	e->edit_pending = true;
	e->edits_asked = frames_edits(e->frames);
	struct guard_hit *hits;
	size_t n = frames_new_edits(e->frames, &hits);
	struct guard_verdict made = {
	    .action = GUARD_REDACT, .hits = hits, .n_hits = n};
	struct record r = {
	    .type = RECORD_STREAM_EDIT, .speaker = GUARD_AI, .verdict = &made};
	settle_fill(e, &r);
	r.time_us = clock_now_us();
	settle_record(e, &r, AUDIT_DURABLE, edits_recorded);
	free(hits);
}

/* While the bot was speaking somebody may have taken the conversation, or all
 * speech of the AI may have been paused. */
static bool must_stop(struct exchange *e)
{
	return conversation_is_locked(e->lease) || settle_is_silenced(e);
}

static void release(struct exchange *e)
{
	if (!e->opened || e->state != EXCHANGE_FLOW || !e->client)
		return;
	if (must_stop(e)) {
		e->flow_over = true;
		close_flow(e);
		return;
	}
	record_edits(e);
	struct buf out = {0};
	frames_take(e->frames, &out);
	if (out.len) {
		rearm(e);
		if (!client_send_body(
			e->client, (struct span){out.data, out.len}) &&
		    e->origin) {
			e->client_full = true;
			origin_pause(e->origin);
		}
	}
	buf_clear(&out);
	watch_hold(e);
}

void flow_drained(struct exchange *e)
{
	if (!e->origin)
		return;
	e->client_full = false;
	e->drained_us = clock_mono_us();
	origin_resume(e->origin);
	watch_hold(e);
}

static void step(struct exchange *e, enum frames_state state)
{
	release(e);
	if (e->state != EXCHANGE_FLOW)
		return;
	if (state == FRAMES_OPEN) {
		if (frames_withheld(e->frames) &&
		    !loop_timer_is_armed(&e->read_on))
			loop_timer_arm_ms(&e->read_on,
			    exchange_config(e)->limits.read_on_timeout_ms);
		return;
	}
	e->flow_over = true;
	if (state != FRAMES_OVER)
		stop_bot(e);
	close_flow(e);
}

/* A record that is slow to be written, or a classifier that is slow to answer,
 * is no fault of the stream's: the bot waits for it, rather than that too much
 * is held. */
static void wait_for_others(struct exchange *e)
{
	size_t half = exchange_config(e)->limits.max_held_bytes / 2;
	bool waits = !e->opened || e->edit_pending || e->scores.waiting;
	if (waits && e->origin && frames_held(e->frames) > half)
		origin_pause(e->origin);
}

void flow_body(struct exchange *e, struct span bytes)
{
	if (e->flow_over)
		return;
	enum frames_state state = frames_feed(e->frames, bytes.p, bytes.len);
	if (state != FRAMES_OPEN || frames_has_text(e->frames))
		loop_timer_disarm(&e->late);
	step(e, state);
	if (e->state == EXCHANGE_FLOW)
		wait_for_others(e);
}

void flow_late(struct exchange *e)
{
	if (e->flow_over)
		return;
	if (e->head_sent) {
		origin_free(e->origin);
		e->origin = NULL;
	} else {
		origin_pause(e->origin); /* its head is still to be sent */
	}
	verdicts_fall_back(frames_verdicts(e->frames), exchange_policy(e),
	    GUARD_BOT_LATE, GUARD_DECIDED);
	e->undecided = "bot_late";
	e->flow_over = true;
	close_flow(e);
}

void flow_end(struct exchange *e)
{
	if (!e->flow_over)
		step(e, frames_end(e->frames));
}

/* The bot broke off: what was said is judged, the rest is what the policy says
 * of a bot that fails. */
void flow_failed(
    struct exchange *e, enum origin_failure failure, const char *text)
{
	metrics_add(e->worker->server->metrics, METRIC_UPSTREAM_ERRORS, 1,
	    e->route->name, origin_failure_name(failure));
	exchange_log(e, LOG_WARN, text);
	if (e->flow_over)
		return;
	struct guard_fallback fall;
	guard_policy_fallback(exchange_policy(e), GUARD_BOT_FAILED, &fall);
	e->undecided = "bot_failed";
	if (fall.action == GUARD_HANDOFF &&
	    conversation_bot_failed(e->lease) >=
		(fall.after ? fall.after : 1)) {
		verdicts_fall_back(frames_verdicts(e->frames),
		    exchange_policy(e), GUARD_BOT_FAILED, GUARD_DECIDED);
		e->cause = "bot_failed";
	}
	e->flow_over = true;
	close_flow(e);
}

void flow_client_gone(struct exchange *e)
{
	e->flow_over = true;
	if (e->opened)
		close_flow(e);
}

static void send_rest(struct exchange *e, struct buf *out)
{
	char id[ID_BYTES];
	id_new(id);
	struct channel_emit emit = {
	    .time_s = clock_now_us() / CLOCK_SECOND_US, .id = id};
	if (e->end == EXCHANGE_SAY) {
		emit.text = (struct span){e->say.data, e->say.len};
		frames_cut(e->frames, &emit, out);
		return;
	}
	frames_release(e->frames, &emit);
	frames_take(e->frames, out);
}

/* Settled: the end may leave. */
static void finish(struct exchange *e)
{
	if (!e->client) {
		exchange_done(e);
		return;
	}
	if (e->end != EXCHANGE_SAY && conversation_is_locked(e->lease)) {
		keep_withheld(e);
		buf_reset(&e->say);
		e->end = EXCHANGE_SAY;
	}
	if (e->end != EXCHANGE_SAY && frames_state(e->frames) != FRAMES_OVER) {
		exchange_abort(e, "the bot broke off");
		return;
	}
	struct buf out = {0};
	if (settle_is_unkept(e)) {
		keep_untold(e);
		buf_reset(&e->say);
	}
	if (!e->head_sent)
		send_head(e);
	send_rest(e, &out);
	client_send_body(e->client, (struct span){out.data, out.len});
	buf_clear(&out);
	client_send_last(e->client);
	exchange_done(e);
}

/* What is safe of the frame the cut goes through. */
static void send_last_safe(struct exchange *e)
{
	struct buf out = {0};
	frames_close(e->frames);
	if (e->client && !must_stop(e)) {
		frames_take(e->frames, &out);
		client_send_body(e->client, (struct span){out.data, out.len});
	}
	buf_clear(&out);
}

/* What could not be decided is the policy's to decide. */
static void fall_back(
    struct exchange *e, enum guard_event event, const char *word)
{
	struct verdicts *v = frames_verdicts(e->frames);
	verdicts_fall_back(v, exchange_policy(e), event, GUARD_DECIDED);
	e->undecided = word;
	if (v->deciding == SIZE_MAX)
		e->cause = event == GUARD_CANNOT_READ ? "cannot_read"
						      : "cannot_decide";
}

static void cannot_read(struct exchange *e, enum frames_state state)
{
	bool large = state == FRAMES_TOO_LARGE;
	if (large)
		unread_limit(&e->unread, "limits.max_held_bytes",
		    exchange_config(e)->limits.max_held_bytes);
	else
		buf_adds(&e->unread,
		    "an event of its stream is not what the channel "
		    "describes, or the stream ends within one");
	settle_log_unread(e);
	fall_back(e, GUARD_CANNOT_READ, large ? "too_large" : "cannot_read");
}

/* The verdict is complete, or will not get better: record it, then end. */
static void close_flow(struct exchange *e)
{
	if (!e->opened || e->edit_pending || e->state != EXCHANGE_FLOW)
		return;
	loop_timer_disarm(&e->late);
	/* A handoff that is settled waits for nobody. */
	if (frames_state(e->frames) != FRAMES_CUT && !frames_settled(e->frames))
		return;
	loop_timer_disarm(&e->beat);
	loop_timer_disarm(&e->read_on);
	loop_timer_disarm(&e->hold);
	if (frames_state(e->frames) != FRAMES_OVER ||
	    frames_withheld(e->frames))
		send_last_safe(e);
	enum frames_state state = frames_state(e->frames);
	if (state == FRAMES_UNREADABLE || state == FRAMES_TOO_LARGE)
		cannot_read(e, state);
	else if (e->given_up)
		fall_back(e, GUARD_CANNOT_DECIDE, e->given_up);
	verdicts_clear(&e->verdicts);
	e->verdicts = *frames_verdicts(e->frames);
	verdicts_init(frames_verdicts(e->frames));
	settle_moment(e);
	frames_told(
	    e->frames, &e->verdicts, verdicts_withhold(&e->verdicts), &e->told);
	settle_decision(e,
	    &(struct settle_message){
		.speaker = GUARD_AI,
		.released = (int64_t)frames_released(e->frames),
	    },
	    finish);
}
