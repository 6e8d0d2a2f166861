/* load_words - see load_words.h. Nothing but tables. */
#include "rules/load_words.h"

#include "rules/interaction.h"
#include "rules/rule.h"

const char *const load_words_mode[] = {
    [GUARD_OFF] = "off",
    [GUARD_SHADOW] = "shadow",
    [GUARD_ENFORCE] = "enforce",
    NULL,
};
const char *const load_words_severity[] = {
    [GUARD_SEVERITY_LOW] = "low",
    [GUARD_SEVERITY_MEDIUM] = "medium",
    [GUARD_SEVERITY_HIGH] = "high",
    [GUARD_SEVERITY_CRITICAL] = "critical",
    NULL,
};
const char *const load_words_speaker[] = {
    [GUARD_AI] = "ai",
    [GUARD_CUSTOMER] = "customer",
    [GUARD_HUMAN] = "human",
    NULL,
};
const char *const load_words_where[] = {
    [MUST_SAME_MESSAGE] = "same message",
    [MUST_CONVERSATION] = "conversation so far",
    NULL,
};
const char *const load_words_reach[] = {"sentence", "clause", NULL};
const char *const load_words_yes[] = {"no", "yes", NULL};
const char *const load_words_priority[] = {
    "low", "normal", "high", "urgent", NULL};
const char *const load_words_number[] = {
    [NUMBER_PERCENT] = "percent",
    [NUMBER_MONEY] = "money",
    [NUMBER_DURATION] = "duration",
    [NUMBER_COUNT] = "count",
    NULL,
};
const char *const load_words_complexity[] = {
    [COMPLEXITY_LOW] = "low",
    [COMPLEXITY_HIGH] = "high",
    NULL,
};
const char *const load_words_emotion[] = {
    [EMOTION_CALM] = "calm",
    [EMOTION_UPSET] = "upset",
    NULL,
};
const char *const load_words_ai_sends[] = {
    [AI_SENDS_NO] = "no",
    [AI_SENDS_YES] = "yes",
    [AI_SENDS_DRAFTS] = "drafts to a human",
    NULL,
};
const char *const load_words_over[] = {"message", "conversation", NULL};
const char *const load_words_rollout_by[] = {"conversation", "customer", NULL};
const char *const load_words_include[] = {"transcript", "withheld_draft",
    "rule", "interaction_type", "customer_facts", "open_tasks", NULL};
const char *const load_words_entity[] = {
    [ENTITY_PAYMENT_CARD] = "payment_card",
    [ENTITY_IBAN] = "iban",
    [ENTITY_US_SSN] = "us_ssn",
    [ENTITY_UK_NINO] = "uk_nino",
    [ENTITY_EMAIL] = "email",
    [ENTITY_PHONE] = "phone",
    [ENTITY_POSTAL_ADDRESS] = "postal_address",
    [ENTITY_KINDS] = NULL,
};
const char *const load_words_secret[] = {
    [SECRET_API_KEY] = "api_key",
    [SECRET_PRIVATE_KEY] = "private_key",
    [SECRET_JWT] = "jwt",
    [SECRET_PASSWORD] = "password",
    [SECRET_HIGH_ENTROPY] = "high_entropy",
    [SECRET_KINDS] = NULL,
};
const char *const load_words_check[] = {
    [CHECKSUM_NONE] = "none",
    [CHECKSUM_LUHN] = "luhn",
    [CHECKSUM_MOD97] = "mod97",
    [CHECKSUM_MOD11] = "mod11",
    NULL,
};
