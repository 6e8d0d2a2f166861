/* load_keys - see load_keys.h: all but those of policy.yaml. Nothing but
 * tables.
 */
#include "rules/load_keys.h"

#include <stddef.h>

const struct load_key load_keys_pack[] = {
    {"format", SHAPE_TEXT, "Version of the rule language: 1."},
    {"kind", SHAPE_TEXT, "What this file is: pack."},
    {"pack", SHAPE_TEXT, "Name of the pack: that of its file."},
    {"title", SHAPE_TEXT, "What the pack is for, in a few words."},
    {"version", SHAPE_TEXT, "Counts changes; in every record."},
    {"owner", SHAPE_TEXT, "Who answers for it."},
    {"approved_by", SHAPE_TEXT, "Who approved it."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"references", SHAPE_WORDS, "Laws, contracts, policies behind it."},
    {"languages", SHAPE_WORDS, "Languages it was written for."},
    {"timezone", SHAPE_TEXT,
	"Where its hours and dates count; the policy's "
	"unless said."},
    {"use_lists", SHAPE_WORDS, "Files of lists its rules use."},
    {"topics", SHAPE_MAP, "Topics its rules can find."},
    {"rules", SHAPE_LIST, "The rules."},
    {"totals", SHAPE_LIST, "Sums of weak signals."},
    {"offers", SHAPE_MAP, "What the AI may offer; nothing else."},
    {"entities", SHAPE_MAP, "Kinds of data of your own, by name."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_lists[] = {
    {"format", SHAPE_TEXT, "Version of the rule language: 1."},
    {"kind", SHAPE_TEXT, "What this file is: lists."},
    {"title", SHAPE_TEXT, "What the lists are for."},
    {"version", SHAPE_TEXT, "Counts changes."},
    {"owner", SHAPE_TEXT, "Who answers for it."},
    {"languages", SHAPE_WORDS, "Languages they were written for."},
    {"lists", SHAPE_MAP, "Lists of phrases, by name."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_topic[] = {
    {"definition", SHAPE_TEXT, "What belongs to the topic, in a sentence."},
    {"says", SHAPE_WORDS, "Phrases that speak of it."},
    {"at_least", SHAPE_TEXT,
	"How many of them make it the topic: 1 unless "
	"said."},
    {"like", SHAPE_SENTENCES, "Sentences on the topic; tested."},
    {"unlike", SHAPE_SENTENCES, "Sentences near it, but not on it; tested."},
    {"learned", SHAPE_TEXT,
	"File beside the pack with a model that handrail topic train makes of "
	"like and unlike."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_entity[] = {
    {"definition", SHAPE_TEXT, "What it is, in a sentence."},
    {"pattern", SHAPE_TEXT,
	"What it looks like: a regular expression, in "
	"quotes."},
    {"check", SHAPE_TEXT,
	"How its digits add up: luhn, mod97, mod11 or none (default)."},
    {"context", SHAPE_WORDS,
	"One of these phrases or <lists> has to stand near it."},
    {"within", SHAPE_TEXT, "How near: N words (10 unless said), or sentence."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_rule[] = {
    {"id", SHAPE_TEXT, "Short name: small letters, digits and -."},
    {"title", SHAPE_TEXT, "What the rule says, for people."},
    {"why", SHAPE_TEXT, "The reason, for whoever reads the log."},
    {"severity", SHAPE_TEXT, "low, medium, high or critical."},
    {"mode", SHAPE_TEXT, "off, shadow or enforce (default)."},
    {"shadow_until", SHAPE_TEXT, "When to look at a shadow rule again."},
    {"speaker", SHAPE_TEXT, "ai (default), customer or human."},
    {"when", SHAPE_MAP, "Where and when the rule applies; all must hold."},
    {"find", SHAPE_MAP, "What is looked for; all must be in one sentence."},
    {"ignore_negated", SHAPE_TEXT, "yes: \"we can't refund\" is no hit."},
    {"unless", SHAPE_LIST, "Exceptions; any one excuses."},
    {"must_say", SHAPE_ANY, "Wording the message has to contain."},
    {"must_also_say", SHAPE_ANY,
	"Wording it has to contain when find is "
	"in it."},
    {"then", SHAPE_ANY, "What happens."},
    {"effective", SHAPE_MAP, "From when to when the rule is in force."},
    {"references", SHAPE_WORDS, "Laws, contracts, policies behind it."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"approved_by", SHAPE_TEXT, "Who approved it."},
    {"owner", SHAPE_TEXT,
	"Who answers for it; the pack's owner unless "
	"said."},
    {"examples", SHAPE_MAP, "Sentences that match and that pass; tested."},
    {"score", SHAPE_TEXT, "Weight in a total, once a message."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_find[] = {
    {"phrases", SHAPE_WORDS,
	"Any of these phrases; a <list> stands for its own."},
    {"near", SHAPE_WORDS, "The hit needs one of these close by."},
    {"within", SHAPE_TEXT, "How close: N words, or sentence."},
    {"percent", SHAPE_MAP, "A percentage."},
    {"money", SHAPE_MAP, "An amount of money."},
    {"duration", SHAPE_MAP, "A length of time."},
    {"count", SHAPE_MAP, "A number."},
    {"pattern", SHAPE_TEXT, "A regular expression, in quotes."},
    {"entities", SHAPE_WORDS,
	"Kinds of data: payment_card, iban, us_ssn, uk_nino, email, phone, "
	"postal_address, or the pack's own."},
    {"secrets", SHAPE_WORDS,
	"api_key, private_key, jwt, password, high_entropy."},
    {"links", SHAPE_MAP, "Links to hosts that are not listed."},
    {"topic", SHAPE_TEXT, "A topic of the pack."},
    {"text_is", SHAPE_SENTENCES, "The whole message is one of these."},
    {"classifier", SHAPE_MAP,
	"What a service of the operator's says of the sentence."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_classifier[] = {
    {"name", SHAPE_TEXT, "Which: a classifier of the operator's."},
    {"label", SHAPE_WORDS, "Which of its labels; the highest unless said."},
    {"score_above", SHAPE_TEXT, "Hits score above this: 0 to 0.999999."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_number[] = {
    {"above", SHAPE_TEXT, "Hits are above this."},
    {"below", SHAPE_TEXT, "Hits are below this."},
    {"near", SHAPE_WORDS, "The hit needs one of these close by."},
    {"within", SHAPE_TEXT, "How close: N words, or sentence."},
    {"over", SHAPE_TEXT,
	"conversation: above is the limit of all delivered so far and in this "
	"message together; message (default): of each."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_money[] = {
    {"currency", SHAPE_TEXT, "Three letters; any unless said."},
    {"above", SHAPE_TEXT, "Hits are above this."},
    {"below", SHAPE_TEXT, "Hits are below this."},
    {"near", SHAPE_WORDS, "The hit needs one of these close by."},
    {"within", SHAPE_TEXT, "How close: N words, or sentence."},
    {"over", SHAPE_TEXT,
	"conversation: above is the limit of all delivered so far and in this "
	"message together, by currency; message (default): of each."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_total[] = {
    {"name", SHAPE_TEXT, "Its name; the rule is PACK/NAME."},
    {"title", SHAPE_TEXT, "What it means, for people; the name unless said."},
    {"why", SHAPE_TEXT, "The reason, for whoever reads the log."},
    {"severity", SHAPE_TEXT, "low, medium, high or critical."},
    {"mode", SHAPE_TEXT, "off, shadow or enforce (default)."},
    {"shadow_until", SHAPE_TEXT, "When to look at a shadow rule again."},
    {"speaker", SHAPE_TEXT,
	"That of its rules: ai (default), customer or human."},
    {"when", SHAPE_MAP, "Where and when it applies; all must hold."},
    {"adds", SHAPE_WORDS, "The rules whose scores it adds: id, or pack/id."},
    {"over", SHAPE_TEXT, "message (default) or conversation."},
    {"at_least", SHAPE_TEXT, "The total that makes it fire."},
    {"then", SHAPE_ANY, "What happens."},
    {"effective", SHAPE_MAP, "From when to when it is in force."},
    {"references", SHAPE_WORDS, "Laws, contracts, policies behind it."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"owner", SHAPE_TEXT,
	"Who answers for it; the pack's owner unless "
	"said."},
    {"examples", SHAPE_MAP, "Sentences that match and that pass; tested."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_offers[] = {
    {"title", SHAPE_TEXT, "What the rule PACK/offers says, for people."},
    {"why", SHAPE_TEXT, "The reason, for whoever reads the log."},
    {"severity", SHAPE_TEXT, "low, medium, high or critical."},
    {"mode", SHAPE_TEXT, "off, shadow or enforce (default)."},
    {"shadow_until", SHAPE_TEXT, "When to look at a shadow rule again."},
    {"when", SHAPE_MAP, "Where and when it applies; all must hold."},
    {"detect", SHAPE_MAP, "What reads as an offer."},
    {"allowed", SHAPE_LIST, "The offers that may be made."},
    {"ignore_negated", SHAPE_TEXT,
	"yes (default): \"I can't offer 20% off\" is no offer."},
    {"unless", SHAPE_LIST, "Exceptions; any one excuses."},
    {"otherwise", SHAPE_ANY, "What happens with every other offer."},
    {"effective", SHAPE_MAP, "From when to when it is in force."},
    {"references", SHAPE_WORDS, "Laws, contracts, policies behind it."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {"owner", SHAPE_TEXT,
	"Who answers for it; the pack's owner unless "
	"said."},
    {"examples", SHAPE_MAP,
	"matches: messages with an offer that is not allowed; passes: others. "
	"Tested."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_detect[] = {
    {"phrases", SHAPE_WORDS, "Words an offer is made with."},
    {"with", SHAPE_WORDS,
	"Kinds of numbers it has in the same sentence: percent, money, "
	"duration, count. Each such number is an offer; without with: each "
	"phrase is."},
    {"within", SHAPE_TEXT, "How close they stand: N words, or sentence."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_allowed[] = {
    {"name", SHAPE_TEXT, "What it is called, in reasons and sums."},
    {"percent", SHAPE_MAP, "Percentages up to a limit."},
    {"money", SHAPE_MAP, "Amounts of money up to a limit."},
    {"duration", SHAPE_MAP, "Lengths of time up to a limit."},
    {"count", SHAPE_MAP, "Numbers up to a limit."},
    {"near", SHAPE_WORDS, "Only with one of these close by."},
    {"within", SHAPE_TEXT, "How close: N words, or sentence."},
    {"when", SHAPE_MAP, "Only where and when all of this holds."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_allowed_number[] = {
    {"up_to", SHAPE_TEXT, "The most that may be offered."},
    {"over", SHAPE_TEXT,
	"conversation: the limit is that of all such offers together; message "
	"(default): of each."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_allowed_money[] = {
    {"currency", SHAPE_TEXT, "Three letters; any unless said."},
    {"up_to", SHAPE_TEXT, "The most that may be offered."},
    {"over", SHAPE_TEXT,
	"conversation: the limit is that of all such offers together, by "
	"currency; message (default): of each."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_links[] = {
    {"outside", SHAPE_WORDS, "Hosts that are ours; *.host for those below."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_unless[] = {
    {"phrases", SHAPE_WORDS, "One of these is in the same sentence."},
    {"percent", SHAPE_MAP, "Such a percentage is in the same sentence."},
    {"money", SHAPE_MAP, "Such an amount is in the same sentence."},
    {"duration", SHAPE_MAP, "Such a time is in the same sentence."},
    {"count", SHAPE_MAP, "Such a number is in the same sentence."},
    {"within", SHAPE_TEXT,
	"clause: these excuse only before the next but, so, semicolon, and I; "
	"or sentence."},
    {"approval", SHAPE_TEXT, "An approval of this name is there."},
    {"said_by_customer", SHAPE_TEXT, "yes: the customer said the same value."},
    {"text_is", SHAPE_SENTENCES, "The value is one of these."},
    {"until", SHAPE_TEXT, "Last day of the exception."},
    {"reason", SHAPE_TEXT, "Why there is an exception."},
    {"ticket", SHAPE_TEXT, "Where it was decided."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_when[] = {
    {"channel", SHAPE_WORDS, "Any of these channels."},
    {"segment", SHAPE_WORDS, "Any of these customer groups."},
    {"segment_not", SHAPE_WORDS, "None of these customer groups."},
    {"language", SHAPE_WORDS, "Any of these languages."},
    {"interaction_type", SHAPE_WORDS, "Any of these types."},
    {"zone", SHAPE_WORDS, "Any of these zones of the matrix."},
    {"customer_is", SHAPE_WORDS, "Any of these customers."},
    {"hours", SHAPE_TEXT, "08:00-20:00, or outside 08:00-20:00."},
    {"ai_turn", SHAPE_TEXT, "first, N, more than N, or less than N."},
    {"resolved", SHAPE_TEXT, "yes or no."},
    {"repeat_contact", SHAPE_TEXT, "yes or no."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_must[] = {
    {"all", SHAPE_LIST, "Each of these has to be said."},
    {"where", SHAPE_TEXT, "same message (default) or conversation so far."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_must_item[] = {
    {"phrases", SHAPE_WORDS, "Any one of these will do."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_effective[] = {
    {"from", SHAPE_TEXT, "First day, as 2026-11-01."},
    {"to", SHAPE_TEXT, "Last day, as 2027-03-31."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_then[] = {
    {"log", SHAPE_ANY, "Record only."},
    {"flag", SHAPE_ANY, "Deliver, and show to the supervisor."},
    {"redact", SHAPE_ANY, "Mask what was found, deliver."},
    {"prepend", SHAPE_ANY,
	"Put this in front, deliver. An answer in JSON is none then."},
    {"append", SHAPE_ANY,
	"Add this at the end, deliver. An answer in JSON is none then."},
    {"replace", SHAPE_ANY, "Deliver this instead."},
    {"block", SHAPE_ANY, "Withhold; the AI continues."},
    {"handoff", SHAPE_ANY, "Withhold; a person takes over."},
    {"allow", SHAPE_MAP, "Excuse exactly the named rules."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_redact[] = {
    {"with", SHAPE_TEXT,
	"What stands there instead; [removed] unless "
	"said."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_block[] = {
    {"say", SHAPE_ANY, "What the customer gets instead."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_handoff[] = {
    {"queue", SHAPE_TEXT, "One of the policy's queues."},
    {"priority", SHAPE_TEXT, "low, normal, high or urgent."},
    {"say", SHAPE_ANY, "What the customer reads while a person comes."},
    {"include", SHAPE_WORDS,
	"What the person gets to see: transcript, withheld_draft, rule, "
	"interaction_type, customer_facts, open_tasks; that of "
	"handoff_defaults unless said."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_allow[] = {
    {"rules", SHAPE_WORDS, "The rules that are excused, as pack/id."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_block load_blocks[] = {
    {"policy", "in policy.yaml", load_keys_policy},
    {"pack", "in a pack", load_keys_pack},
    {"lists", "in a file of lists", load_keys_lists},
    {"environment", "in an environment", load_keys_environment},
    {"rollout", "in a rollout", load_keys_rollout},
    {"queue", "in a queue", load_keys_queue},
    {"handoff_defaults", "under handoff_defaults", load_keys_handoff_defaults},
    {"extended", "under extends", load_keys_extended},
    {"change", "in a change", load_keys_change},
    {"set", "under set", load_keys_set},
    {"set find", "under find", load_keys_set_find},
    {"set limit", "here", load_keys_set_limit},
    {"add_to", "under add_to", load_keys_add_to},
    {"add_to find", "under find", load_keys_add_find},
    {"topic", "in a topic", load_keys_topic},
    {"entity", "in an entity", load_keys_entity},
    {"interactions", "under interactions", load_keys_interactions},
    {"interaction", "in a type", load_keys_interaction},
    {"upset", "under upset_when", load_keys_upset},
    {"zones", "under zones", load_keys_zones},
    {"zone row", "under zones", load_keys_zone_row},
    {"zone", "in a zone", load_keys_zone},
    {"only", "under only", load_keys_only},
    {"rule", "in a rule", load_keys_rule},
    {"find", "under find", load_keys_find},
    {"classifier", "under classifier", load_keys_classifier},
    {"percent", "under percent", load_keys_number},
    {"money", "under money", load_keys_money},
    {"duration", "under duration", load_keys_number},
    {"count", "under count", load_keys_number},
    {"total", "in a total", load_keys_total},
    {"offers", "under offers", load_keys_offers},
    {"detect", "under detect", load_keys_detect},
    {"allowed", "in an allowed offer", load_keys_allowed},
    {"allowed percent", "in an allowed offer", load_keys_allowed_number},
    {"allowed money", "in an allowed offer", load_keys_allowed_money},
    {"links", "under links", load_keys_links},
    {"unless", "under unless", load_keys_unless},
    {"when", "under when", load_keys_when},
    {"must_say", "under must_say", load_keys_must},
    {"must_say item", "in required wording", load_keys_must_item},
    {"effective", "under effective", load_keys_effective},
    {"then", "under then", load_keys_then},
    {"redact", "under redact", load_keys_redact},
    {"block", "under block", load_keys_block},
    {"handoff", "under handoff", load_keys_handoff},
    {"allow", "under allow", load_keys_allow},
    {"examples", "under examples", load_keys_examples},
    {"example", "in an example", load_keys_example},
    {"tests", "in a file of tests", load_keys_tests},
    {"test", "in a conversation test", load_keys_test},
    {"turn", "in a turn", load_keys_turn},
    {"given", "under given", load_keys_given},
    {"approval", "in an approval", load_keys_approval},
    {"fallback", "here", load_keys_fallback},
    {NULL, NULL, NULL},
};
