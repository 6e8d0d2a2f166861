/* load_words - see load_words.h. Nothing but tables. */
#include "rules/load_words.h"

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
const char *const load_words_over[] = {"message", "conversation", NULL};
const char *const load_words_rollout_by[] = {"conversation", "customer", NULL};
const char *const load_words_include[] = {"transcript", "withheld_draft",
    "rule", "interaction_type", "customer_facts", "open_tasks", NULL};
