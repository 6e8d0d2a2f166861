/* load_keys_policy - the keys of policy.yaml: see load_keys.h. Nothing but
 * tables.
 */
#include "rules/load_keys.h"

#include <stddef.h>

const struct load_key load_keys_policy[] = {
    {"format", SHAPE_TEXT, "Version of the rule language: 1."},
    {"kind", SHAPE_TEXT, "What this file is: policy."},
    {"name", SHAPE_TEXT, "Name of the policy, in logs and reports."},
    {"title", SHAPE_TEXT, "What the policy is for, in a few words."},
    {"owner", SHAPE_TEXT, "Who answers for it."},
    {"approved_by", SHAPE_TEXT, "Who approved it."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"version", SHAPE_TEXT, "Counts changes."},
    {"languages", SHAPE_WORDS, "Languages it was written for."},
    {"timezone", SHAPE_TEXT,
	"Where its hours and dates count, such as "
	"Europe/Berlin."},
    {"packs", SHAPE_WORDS, "The packs in force, by name."},
    {"extends", SHAPE_LIST, "Packs of others, each pinned to its bytes."},
    {"changes", SHAPE_LIST, "Changes to rules of packs of others."},
    {"environments", SHAPE_MAP, "Modes and rollouts by environment."},
    {"queues", SHAPE_MAP, "Where handoffs go."},
    {"handoff_defaults", SHAPE_MAP,
	"What a handoff says and where it goes "
	"unless a rule says otherwise."},
    {"if_the_engine_cannot_decide", SHAPE_ANY, "handoff (default) or block."},
    {"if_a_message_cannot_be_read", SHAPE_ANY,
	"handoff (default) or block: unknown type or coding, over a limit."},
    {"if_the_audit_log_cannot_write", SHAPE_ANY, "handoff (default) or block."},
    {"if_the_bot_fails", SHAPE_ANY,
	"error (default: its own), handoff, handoff after N, or block."},
    {"if_a_message_has_media", SHAPE_ANY,
	"deliver, flag (default), handoff or block: images, audio, files."},
    {"interactions", SHAPE_MAP,
	"Whose conversations are whose: a matrix of complexity and emotion."},
    {"bot_must_answer_within", SHAPE_ANY,
	"How long the bot may take to answer: 10 s; or by zone, {ZONE: 10 s, "
	"then: handoff}. then: handoff (default) or block."},
    {"only", SHAPE_ANY,
	"The only topics the AI may speak about, by name, or a block that says "
	"more: what is on none of them and no small talk is out of scope."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_environment[] = {
    {"mode", SHAPE_TEXT,
	"The most a rule may do here: off, shadow or "
	"enforce."},
    {"rollout", SHAPE_LIST,
	"Rules enforced for a part of the "
	"conversations."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_rollout[] = {
    {"rule", SHAPE_TEXT, "The rule, as pack/id."},
    {"percent", SHAPE_TEXT, "For how many of a hundred it is enforced."},
    {"by", SHAPE_TEXT, "conversation (default) or customer."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_queue[] = {
    {"destination", SHAPE_TEXT, "A destination of the operator's, or desk."},
    {"priority", SHAPE_TEXT, "low, normal, high or urgent."},
    {"hours", SHAPE_WORDS,
	"When people work this queue: Mon-Fri 08:00-20:00, one or more, in the "
	"policy's time zone; always unless said."},
    {"otherwise", SHAPE_TEXT, "The queue outside these hours."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_extended[] = {
    {"pack", SHAPE_TEXT, "Name of the pack, such as vendor/baseline."},
    {"version", SHAPE_TEXT, "The version that was agreed on."},
    {"digest", SHAPE_TEXT,
	"sha256: and the digest of the pack's file, as sha256sum prints it."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_change[] = {
    {"rule", SHAPE_TEXT, "The rule that is changed, as pack/id."},
    {"written_for", SHAPE_TEXT, "Version of its pack the change is made for."},
    {"set", SHAPE_MAP, "What takes the place of the rule's own."},
    {"add_to", SHAPE_MAP, "What is added to the rule's own."},
    {"reason", SHAPE_TEXT, "Why the rule is changed."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"until", SHAPE_TEXT,
	"Last day, in the policy's time zone, of its exceptions and of a "
	"lowered mode."},
    {NULL, SHAPE_ANY, NULL},
};

/* Everything a change may touch. Not: what the rule is called and why it is
 * there, who speaks, where and when it applies, what wording it asks for; that
 * would be another rule. */
const struct load_key load_keys_set[] = {
    {"mode", SHAPE_TEXT, "off, shadow or enforce."},
    {"shadow_until", SHAPE_TEXT, "When to look at a shadow rule again."},
    {"severity", SHAPE_TEXT, "low, medium, high or critical."},
    {"owner", SHAPE_TEXT, "Who answers for it here."},
    {"ignore_negated", SHAPE_TEXT, "yes: \"we can't refund\" is no hit."},
    {"then", SHAPE_ANY, "What happens."},
    {"find", SHAPE_MAP, "Its limits."},
    {"examples", SHAPE_MAP,
	"Sentences instead of the pack's, where the change makes those wrong."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_set_find[] = {
    {"percent", SHAPE_MAP, "The limit of a percentage."},
    {"money", SHAPE_MAP, "The limit of an amount of money."},
    {"duration", SHAPE_MAP, "The limit of a length of time."},
    {"count", SHAPE_MAP, "The limit of a number."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_set_limit[] = {
    {"above", SHAPE_TEXT, "Hits are above this."},
    {"below", SHAPE_TEXT, "Hits are below this."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_add_to[] = {
    {"find", SHAPE_MAP, "More that is looked for."},
    {"unless", SHAPE_LIST,
	"Exceptions; each needs until, reason and ticket, its own or the "
	"change's."},
    {"references", SHAPE_WORDS, "Laws, contracts, policies behind it."},
    {"examples", SHAPE_MAP, "Sentences that match and that pass; tested."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_add_find[] = {
    {"phrases", SHAPE_WORDS, "More phrases, where it looks for phrases."},
    {"near", SHAPE_WORDS, "More words that may be near."},
    {"entities", SHAPE_WORDS, "More kinds of data."},
    {"secrets", SHAPE_WORDS, "More kinds of secrets."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_only[] = {
    {"title", SHAPE_TEXT, "What the rule policy/only says, for people."},
    {"why", SHAPE_TEXT, "The reason, for whoever reads the log."},
    {"severity", SHAPE_TEXT, "low, medium, high or critical."},
    {"mode", SHAPE_TEXT, "off, shadow or enforce (default)."},
    {"shadow_until", SHAPE_TEXT, "When to look at a shadow rule again."},
    {"when", SHAPE_MAP, "Where and when it applies; all must hold."},
    {"topics", SHAPE_WORDS,
	"The topics in scope: topic, or pack/topic where several packs have "
	"one of that name."},
    {"small_talk", SHAPE_WORDS,
	"More phrases or <lists> of small talk; a sentence is small talk when "
	"they and the usual ones are at least half of its words."},
    {"then", SHAPE_ANY,
	"What happens with the rest of the message: handoff unless said."},
    {"effective", SHAPE_MAP, "From when to when it is in force."},
    {"references", SHAPE_WORDS, "Laws, contracts, policies behind it."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"owner", SHAPE_TEXT,
	"Who answers for it; the policy's owner unless said."},
    {"examples", SHAPE_MAP,
	"matches: messages out of scope; passes: others. Tested."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_interactions[] = {
    {"types", SHAPE_MAP,
	"The types of interactions by name, as interaction_type tells them. "
	"unknown: those whose type is not told, or not listed."},
    {"upset_when", SHAPE_LIST, "What shows that a customer is upset; any."},
    {"zones", SHAPE_MAP, "Which zone each corner of the matrix is."},
    {"zone_behaviour", SHAPE_MAP, "What happens in each zone, by name."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_interaction[] = {
    {"complexity", SHAPE_TEXT, "low or high."},
    {"emotion", SHAPE_TEXT,
	"calm (default), or upset: such a customer is, whatever they say."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_upset[] = {
    {"phrases", SHAPE_WORDS,
	"The customer says one of these; it holds for the conversation."},
    {"repeat_contact", SHAPE_TEXT,
	"within 7 days: the channel tells that it is a repeated contact."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_zones[] = {
    {"low complexity", SHAPE_MAP, "Zones of the simple types."},
    {"high complexity", SHAPE_MAP, "Zones of the complex ones."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_zone_row[] = {
    {"calm", SHAPE_TEXT, "The zone of calm customers."},
    {"upset", SHAPE_TEXT, "The zone of upset ones."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_zone[] = {
    {"ai_sends", SHAPE_TEXT,
	"yes; no: a person has it from the first message on; drafts to a "
	"human: what the AI writes goes to a person, not to the customer."},
    {"hand_off_after", SHAPE_TEXT,
	"So many answers of the AI, then a person: 2 ai turns."},
    {"then", SHAPE_ANY,
	"handoff (default), with queue, priority and say of its own."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_handoff_defaults[] = {
    {"queue", SHAPE_TEXT, "Queue unless a rule names one."},
    {"priority", SHAPE_TEXT, "low, normal, high or urgent."},
    {"say", SHAPE_ANY, "What the customer reads while a person comes."},
    {"include", SHAPE_WORDS,
	"What the person gets to see: transcript, withheld_draft, rule, "
	"interaction_type, customer_facts, open_tasks; everything unless "
	"said."},
    {"ai_may_speak_again", SHAPE_TEXT,
	"no (default): the AI is silent until a person returns the "
	"conversation. yes: a person's answer returns it, once the customer "
	"has it."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_fallback[] = {
    {"handoff", SHAPE_MAP, "Withhold; a person takes over."},
    {"block", SHAPE_MAP, "Withhold; the AI continues."},
    {NULL, SHAPE_ANY, NULL},
};
