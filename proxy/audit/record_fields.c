/*
 * record_fields - see record_fields.h. Rows are sorted by name: that is the
 * order on disk (RFC 8785), and json_out asserts it.
 */
#include "proxy/audit/record_fields.h"

#define T(type) (1u << RECORD_##type)
#define ALL ((1u << RECORD_TYPES) - 1)
#define HANDOFFS                                                               \
	(T(HANDOFF_REQUESTED) | T(HANDOFF_ACCEPTED) | T(HANDOFF_RETURNED) |    \
	    T(HANDOFF_FAILED))
#define STREAM (T(STREAM_OPEN) | T(STREAM_EDIT) | T(INTERRUPTED))
#define MESSAGE (STREAM | T(DECISION))
#define FOUND (T(DECISION) | T(STREAM_EDIT))
#define AT(member) .offset = offsetof(struct record, member)

/* A table. */
/* clang-format off */
const struct record_field record_fields[] = {
    {"action", T(OPERATOR_ACTION), RECORD_TEXT, AT(action_name),
	.about = "what the operator did: pause, mode.change, handoff.take, ..."},
    {"actor", T(OPERATOR_ACTION) | T(ERASE) | T(POLICY_LOAD) | HANDOFFS,
	RECORD_TEXT, AT(actor), .about = "who did it"},
    {"basis", T(ERASE), RECORD_TEXT, AT(basis),
	.about = "legal basis of the erasure"},
    {"channel", T(STREAM_OPEN), RECORD_TEXT, AT(channel),
	.about = "the channel the stream belongs to"},
    {"conv_seq", MESSAGE | HANDOFFS, RECORD_COUNT32, AT(conv_seq),
	.about = "number of the judged message in its conversation: each "
		 "from 1 on has one decision or interrupted; of a handoff: the "
		 "message that led to it"},
    {"conversation", MESSAGE | HANDOFFS | T(ERASE) | T(OPERATOR_ACTION),
	RECORD_OTHER, .write = record_put_conversation, .schema = "string",
	.about = "keyed pseudonym of the conversation"},
    {"detail", T(OPERATOR_ACTION) | T(ERASE) | T(POLICY_LOAD) | HANDOFFS,
	RECORD_TEXT, AT(detail), .about = "what else is to be known"},
    {"engine", T(START), RECORD_TEXT, AT(engine),
	.about = "versions of everything that decides"},
    {"environment", T(POLICY_LOAD), RECORD_TEXT, AT(environment),
	.about = "which of the policy's environments; absent: none"},
    {"examples", T(POLICY_LOAD), RECORD_COUNT, AT(examples), .always = true,
	.about = "embedded examples that passed"},
    {"forwarded_total", T(HEARTBEAT), RECORD_COUNT, AT(forwarded_total),
	.always = true, .about = "messages sent on since the start"},
    {"from", T(GAP), RECORD_TIME, AT(from_us), .about = "when the gap began"},
    {"handoff", T(DECISION) | T(OPERATOR_ACTION) | HANDOFFS, RECORD_OTHER,
	.write = record_put_handoff, .schema = "object",
	.about = "id, queue, priority, destination, cause"},
    {"held_total", T(HEARTBEAT), RECORD_COUNT, AT(held_total), .always = true,
	.about = "messages withheld since the start"},
    {"inputs", T(DECISION), RECORD_OTHER, .write = record_put_inputs,
	.schema = "object",
	.about = "what a rule could look at besides the text"},
    {"judged_total", T(HEARTBEAT), RECORD_COUNT, AT(judged_total),
	.always = true, .about = "messages judged since the start"},
    {"judged_us", T(DECISION), RECORD_AMOUNT, AT(judged_us),
	.about = "microseconds the judging took"},
    {"lost", T(GAP), RECORD_COUNT, AT(lost), .always = true,
	.about = "records that could not be written"},
    {"modes", T(POLICY_LOAD), RECORD_OTHER, .write = record_put_modes,
	.schema = "object",
	.about = "how many rules enforce, only watch (shadow), are off"},
    {"msg", T(DECISION), RECORD_OTHER, .write = record_put_msg,
	.schema = "object",
	.about = "bytes and commit of the text; vault: its number in the "
		 "transcript, where salt and text are"},
    {"node", ALL, RECORD_OTHER, .write = record_put_node, .always = true,
	.schema = "string", .about = "which proxy wrote this"},
    {"opened", T(INTERRUPTED), RECORD_COUNT, AT(opened),
	.about = "seq of the stream.open it closes"},
    {"policy", MESSAGE | T(POLICY_LOAD) | T(HEARTBEAT), RECORD_TEXT, AT(policy),
	.about = "digest of the policy that judged"},
    {"previous", T(POLICY_LOAD), RECORD_TEXT, AT(previous),
	.about = "digest of the policy before"},
    {"reason",
	FOUND | T(INTERRUPTED) | T(GAP) | T(STOP) | T(OPERATOR_ACTION) |
	    T(POLICY_LOAD) | HANDOFFS,
	RECORD_OTHER, .write = record_put_reason, .schema = "string",
	.about = "why, in plain words"},
    {"released", T(DECISION) | T(INTERRUPTED), RECORD_AMOUNT, AT(released),
	.about = "bytes of a stream the customer has; absent: not known"},
    {"rules", FOUND, RECORD_OTHER, .write = record_put_rules, .schema = "array",
	.about = "rules that fired, with spans"},
    {"rules_total", T(POLICY_LOAD), RECORD_COUNT, AT(n_rules), .always = true,
	.about = "rules in the policy"},
    {"seq", ALL, RECORD_OTHER, .write = record_put_seq, .always = true,
	.schema = "integer", .about = "number of the record, dense"},
    {"shortened", ALL, RECORD_OTHER, .write = record_put_shortened,
	.schema = "boolean", .about = "true: something was too long"},
    {"speaker", FOUND | T(STREAM_OPEN), RECORD_OTHER,
	.write = record_put_speaker, .always = true, .schema = "string",
	.about = "who wrote the message: ai, customer, human"},
    {"stream", MESSAGE, RECORD_TEXT, AT(stream),
	.about = "id that ties the records of one stream together"},
    {"time", ALL, RECORD_TIME, AT(time_us), .always = true,
	.about = "when, UTC"},
    {"to", T(GAP), RECORD_TIME, AT(to_us), .about = "when the gap ended"},
    {"trace", MESSAGE | HANDOFFS, RECORD_TEXT, AT(trace),
	.about = "W3C trace id of the exchange"},
    {"type", ALL, RECORD_OTHER, .write = record_put_type, .always = true,
	.schema = "string", .about = "type of the record"},
    {"undecided", FOUND, RECORD_OTHER, .write = record_put_undecided,
	.schema = "string", .about = "why no decision could be made"},
    {"until", T(OPERATOR_ACTION), RECORD_TIME, AT(until_us),
	.about = "when the action ends by itself"},
    {"v", ALL, RECORD_OTHER, .write = record_put_version, .always = true,
	.schema = "integer", .about = "version of this format"},
    {"verdict", T(DECISION), RECORD_OTHER, .write = record_put_verdict,
	.always = true, .schema = "string",
	.about = "what was done: deliver, redact, block, handoff, ..."},
};
/* clang-format on */
const size_t record_n_fields = sizeof(record_fields) / sizeof(record_fields[0]);
