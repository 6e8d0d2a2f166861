/* load_keys_tests - what may stand in examples and conversation tests. See
 * load_keys.h. Nothing but tables. */
#include "rules/load_keys.h"

#include <stddef.h>

const struct load_key load_keys_examples[] = {
    {"matches", SHAPE_SENTENCES, "Messages the rule must find."},
    {"passes", SHAPE_SENTENCES, "Messages it must let pass."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_example[] = {
    {"text", SHAPE_ANY, "The message."},
    {"note", SHAPE_TEXT, "What the example shows."},
    {"given", SHAPE_MAP, "What is known about the conversation."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_tests[] = {
    {"format", SHAPE_TEXT, "Version of the rule language: 1."},
    {"kind", SHAPE_TEXT, "What this file is: conversation tests."},
    {"title", SHAPE_TEXT, "What the tests are about."},
    {"owner", SHAPE_TEXT, "Who answers for them."},
    {"tests", SHAPE_LIST, "The tests."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_test[] = {
    {"name", SHAPE_TEXT, "What the test shows."},
    {"note", SHAPE_TEXT, "More about it, for people."},
    {"given", SHAPE_MAP, "What is known before the first turn."},
    {"turns", SHAPE_LIST, "Who says what, and what is expected."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_turn[] = {
    {"ai", SHAPE_ANY, "What the AI says."},
    {"customer", SHAPE_ANY, "What the customer says."},
    {"human", SHAPE_ANY, "What a person of ours says."},
    {"given", SHAPE_MAP, "What is known from here on."},
    {"expect", SHAPE_TEXT,
	"What happens to it: deliver, log, flag, redact, prepend, append, "
	"replace, block or handoff."},
    {"because", SHAPE_TEXT, "The rule that decides it, as pack/id."},
    {"note", SHAPE_TEXT, "What the turn shows."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_given[] = {
    {"approvals", SHAPE_MAP, "Approvals that are there: name and id."},
    {"ai_turn", SHAPE_TEXT, "The how-manieth message of the AI this is."},
    {"segment", SHAPE_TEXT, "Customer group."},
    {"channel", SHAPE_TEXT, "Channel."},
    {"language", SHAPE_TEXT, "Language."},
    {"interaction_type", SHAPE_TEXT, "Type of the interaction."},
    {"zone", SHAPE_TEXT,
	"Zone of the matrix; that of its type and emotion unless said."},
    {"upset", SHAPE_TEXT, "yes: the customer is."},
    {"customer_is", SHAPE_TEXT, "The customer."},
    {"conversation", SHAPE_TEXT, "The conversation."},
    {"resolved", SHAPE_TEXT, "yes or no."},
    {"repeat_contact", SHAPE_TEXT, "yes or no."},
    {"time", SHAPE_TEXT, "Local time, as \"2026-11-03T21:15\"."},
    {"scores", SHAPE_MAP,
	"What classifiers say of every sentence: a score by name, or by "
	"name/label; none: there is no answer."},
    {"customer_said", SHAPE_WORDS, "What the customer said before."},
    {"ai_said", SHAPE_WORDS,
	"What the AI said before, delivered; its amounts and signals count."},
    {NULL, SHAPE_ANY, NULL},
};

const struct load_key load_keys_approval[] = {
    {"id", SHAPE_TEXT, "Its number."},
    {"up_to", SHAPE_TEXT, "The amount it covers; any unless said."},
    {"currency", SHAPE_TEXT, "Three letters."},
    {"expires", SHAPE_TEXT, "Local time, as \"2026-11-03T21:15\"."},
    {"uses", SHAPE_TEXT, "How often it still counts; 1 unless said."},
    {NULL, SHAPE_ANY, NULL},
};
