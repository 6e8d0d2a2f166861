/*
 * packet - the neutral handoff record and the events sent to destinations, as
 * canonical JSON, version 1.
 *
 * The record:
 *   v, handoff_id, time, family, channel, conversation_id
 *   customer        {id, and every fact that is known}
 *   bot, interaction_type, zone, queue, priority
 *   open_tasks      what the AI has begun, as the channel tells it
 *   include, missing  only where the policy says what the person sees: those
 *                   names, and which of them nobody knows; what is not among
 *                   them is left out
 *   reason          {cause, words, and of a rule: rule, title, why, severity,
 *                    line, version, match; policy; also: the other rules that
 *                    fired [{rule, title, why, severity, action, match}]}
 *   withheld        {text, parts: [{kind, text}], message_id}: what the AI
 *                    wrote and nobody saw, or null; text is the part that
 *                    was the reason
 *   customer_told   the bridging text, or null: nothing was said, or the
 *                   customer was refused because the store could not keep this
 *   transcript      {truncated, count, messages: [{n, time, speaker, status,
 *                    text}]}, status delivered|edited|withheld|draft;
 *                    speaker system: approved words of Handrail's own;
 *                    kind where a message is not simply words of the chat:
 *                    history (from before, as the client told it), media,
 *                    part and rest (of a message that was cut: what the
 *                    customer has and what not), original (before an edit),
 *                    tool, reasoning, error, other, unreadable
 *   ai_may_speak_again  true where a person's answer gives the conversation
 *                   back to the AI; else it is not there
 *   amounts         [{name, kind, currency, total, words}]: what was promised
 *                    so far, by the rule or offer it counts for, in the unit
 *                    of rules/guard_session.h and in plain words
 *   approvals       [{name, id, up_to_minor, currency}]
 *   links           {console}
 *   summary         a few sentences made of the above, no model needed
 *   incomplete      true: the disk was full. There is no transcript, withheld,
 *                   open_tasks, also, and of the customer only the id; the
 *                   event handoff.amended brings them
 *
 * An event: {event, id, v} and {handoff: record} for handoff.requested;
 * {handoff_id, family, conversation_id, time} and {message} for
 * message.customer, {note} for handoff.returned, {queue, priority, destination,
 * reason, handoff: record} for handoff.raised, {handoff: record} for
 * handoff.amended. id is the idempotency key.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_PACKET_H
#define HANDRAIL_PROXY_HANDOFF_PACKET_H

#include "proxy/base/buf.h"
#include "proxy/base/json_out.h"
#include "proxy/handoff/handoff.h"
#include "proxy/store/conversation_view.h"

#define PACKET_SUMMARY_BYTES 900

struct packet_source {
	const struct handoff_request *request;
	const struct conversation_view *view;
	const struct conversation_lock *lock;
	const char *family, *id;
};
void packet_write(struct buf *out, const struct packet_source *);
/* One message of the transcript. */
void packet_message(struct json_out *, const struct store_message *);
/* "amounts" of what has been counted. */
void packet_put_counted(struct json_out *, const struct guard_memory *);
/* Is this one for people? The whole of a message that was cut stands there in
 * its two parts already. */
bool packet_shows(const struct store_message *turns, size_t turn);
/* Why, in plain words: the rule's why or title, or a sentence for the cause. */
const char *packet_reason(const struct handoff_request *);

/* Events. key has room for PACKET_KEY_SIZE. */
#define PACKET_KEY_SIZE 64
void packet_requested(
    struct buf *out, char *key, const char *handoff, const struct buf *record);
struct packet_event {
	const char *handoff, *family, *id;
	int64_t time_us;
};
void packet_customer(struct buf *out, char *key, const struct packet_event *,
    const struct store_message *);
/* Who had it, or has it now, by the record that was made at first. */
struct handoff_raise;
void packet_raised(struct buf *out, char *key, const struct packet_event *,
    const struct handoff_raise *, const char *record);
/* The record, whole now. */
void packet_amended(struct buf *out, char *key, const struct packet_event *,
    const struct buf *record);
void packet_returned(
    struct buf *out, char *key, const struct packet_event *, const char *note);

#endif
