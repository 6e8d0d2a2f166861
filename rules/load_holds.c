/* load_holds - see load_holds.h. Nothing but tables. */
#include "rules/load_holds.h"

#include "rules/load_words.h"

#define WORD(list)                                                             \
	{                                                                      \
		GUARD_HOLDER_ONE, GUARD_HELD_WORD, NULL, list                  \
	}
#define WORDS(list)                                                            \
	{                                                                      \
		GUARD_HOLDER_LIST, GUARD_HELD_WORD, NULL, list                 \
	}
#define BLOCK(name)                                                            \
	{                                                                      \
		GUARD_HOLDER_ONE, GUARD_HELD_BLOCK, name, NULL                 \
	}
#define BLOCKS(name)                                                           \
	{                                                                      \
		GUARD_HOLDER_LIST, GUARD_HELD_BLOCK, name, NULL                \
	}
#define NAMED(name)                                                            \
	{                                                                      \
		GUARD_HOLDER_NAMED, GUARD_HELD_BLOCK, name, NULL               \
	}
#define HOLDS(holder, held)                                                    \
	{                                                                      \
		holder, held, NULL, NULL                                       \
	}
#define TEXT HOLDS(GUARD_HOLDER_ONE, GUARD_HELD_TEXT)
#define TEXTS HOLDS(GUARD_HOLDER_LIST, GUARD_HELD_TEXT)
#define NOTHING HOLDS(GUARD_HOLDER_ONE, GUARD_HELD_NOTHING)

static const char *const format[] = {"1", NULL};
static const char *const policy[] = {"policy", NULL};
static const char *const pack[] = {"pack", NULL};
static const char *const lists[] = {"lists", NULL};
static const char *const tests[] = {"conversation tests", NULL};
static const char *const strict[] = {"handoff", "block", NULL};
static const char *const media[] = {
    "deliver", "flag", "handoff", "block", NULL};
static const char *const bare_actions[] = {
    "log", "flag", "redact", "block", "handoff", NULL};
static const char *const expected[] = {"deliver", "log", "flag", "redact",
    "prepend", "append", "replace", "block", "handoff", NULL};

const struct load_hold load_holds[] = {
    {"policy", "format", WORD(format)},
    {"policy", "kind", WORD(policy)},
    {"policy", "extends", BLOCKS("extended")},
    {"policy", "changes", BLOCKS("change")},
    {"policy", "environments", NAMED("environment")},
    {"policy", "queues", NAMED("queue")},
    {"policy", "queues", HOLDS(GUARD_HOLDER_NAMED, GUARD_HELD_NOTHING)},
    {"policy", "handoff_defaults", BLOCK("handoff_defaults")},
    {"policy", "if_the_engine_cannot_decide", WORD(strict)},
    {"policy", "if_the_engine_cannot_decide", BLOCK("fallback")},
    {"policy", "if_a_message_cannot_be_read", WORD(strict)},
    {"policy", "if_a_message_cannot_be_read", BLOCK("fallback")},
    {"policy", "if_the_audit_log_cannot_write", WORD(strict)},
    {"policy", "if_the_audit_log_cannot_write", BLOCK("fallback")},
    {"policy", "if_the_bot_fails", TEXT}, /* handoff after 3 */
    {"policy", "if_the_bot_fails", BLOCK("fallback")},
    {"policy", "if_a_message_has_media", WORD(media)},
    {"policy", "if_a_message_has_media", BLOCK("fallback")},
    {"pack", "format", WORD(format)},
    {"pack", "kind", WORD(pack)},
    {"pack", "topics", NAMED("topic")},
    {"pack", "entities", NAMED("entity")},
    {"entity", "check", WORD(load_words_check)},
    {"pack", "rules", BLOCKS("rule")},
    {"pack", "totals", BLOCKS("total")},
    {"pack", "offers", BLOCK("offers")},
    {"lists", "format", WORD(format)},
    {"lists", "kind", WORD(lists)},
    {"lists", "lists", HOLDS(GUARD_HOLDER_NAMED_LIST, GUARD_HELD_TEXT)},
    {"environment", "mode", WORD(load_words_mode)},
    {"environment", "rollout", BLOCKS("rollout")},
    {"rollout", "by", WORD(load_words_rollout_by)},
    {"queue", "priority", WORD(load_words_priority)},
    {"change", "set", BLOCK("set")},
    {"change", "add_to", BLOCK("add_to")},
    {"set", "mode", WORD(load_words_mode)},
    {"set", "severity", WORD(load_words_severity)},
    {"set", "ignore_negated", WORD(load_words_yes)},
    {"set", "then", WORD(bare_actions)},
    {"set", "then", BLOCK("then")},
    {"set", "find", BLOCK("set find")},
    {"set", "examples", BLOCK("examples")},
    {"set find", "percent", BLOCK("set limit")},
    {"set find", "money", BLOCK("set limit")},
    {"set find", "duration", BLOCK("set limit")},
    {"set find", "count", BLOCK("set limit")},
    {"add_to", "find", BLOCK("add_to find")},
    {"add_to", "unless", BLOCKS("unless")},
    {"add_to", "examples", BLOCK("examples")},
    {"handoff_defaults", "priority", WORD(load_words_priority)},
    {"handoff_defaults", "say", TEXT},
    {"handoff_defaults", "include", WORD(load_words_include)},
    {"handoff_defaults", "include", WORDS(load_words_include)},
    {"handoff_defaults", "ai_may_speak_again", WORD(load_words_yes)},
    {"rule", "severity", WORD(load_words_severity)},
    {"rule", "mode", WORD(load_words_mode)},
    {"rule", "speaker", WORD(load_words_speaker)},
    {"rule", "when", BLOCK("when")},
    {"rule", "find", BLOCK("find")},
    {"rule", "ignore_negated", WORD(load_words_yes)},
    {"rule", "unless", BLOCKS("unless")},
    {"rule", "must_say", BLOCKS("must_say item")},
    {"rule", "must_say", BLOCK("must_say")},
    {"rule", "must_also_say", BLOCKS("must_say item")},
    {"rule", "must_also_say", BLOCK("must_say")},
    {"rule", "then", WORD(bare_actions)},
    {"rule", "then", BLOCK("then")},
    {"rule", "effective", BLOCK("effective")},
    {"rule", "examples", BLOCK("examples")},
    {"find", "percent", BLOCK("percent")},
    {"find", "money", BLOCK("money")},
    {"find", "duration", BLOCK("duration")},
    {"find", "count", BLOCK("count")},
    {"find", "links", BLOCK("links")},
    {"find", "secrets", WORD(load_words_secret)},
    {"find", "secrets", WORDS(load_words_secret)},
    {"percent", "over", WORD(load_words_over)},
    {"money", "over", WORD(load_words_over)},
    {"duration", "over", WORD(load_words_over)},
    {"count", "over", WORD(load_words_over)},
    {"total", "severity", WORD(load_words_severity)},
    {"total", "mode", WORD(load_words_mode)},
    {"total", "speaker", WORD(load_words_speaker)},
    {"total", "when", BLOCK("when")},
    {"total", "over", WORD(load_words_over)},
    {"total", "then", WORD(bare_actions)},
    {"total", "then", BLOCK("then")},
    {"total", "effective", BLOCK("effective")},
    {"total", "examples", BLOCK("examples")},
    {"offers", "severity", WORD(load_words_severity)},
    {"offers", "mode", WORD(load_words_mode)},
    {"offers", "when", BLOCK("when")},
    {"offers", "detect", BLOCK("detect")},
    {"offers", "allowed", BLOCKS("allowed")},
    {"offers", "ignore_negated", WORD(load_words_yes)},
    {"offers", "unless", BLOCKS("unless")},
    {"offers", "otherwise", WORD(bare_actions)},
    {"offers", "otherwise", BLOCK("then")},
    {"offers", "effective", BLOCK("effective")},
    {"offers", "examples", BLOCK("examples")},
    {"detect", "with", WORD(load_words_number)},
    {"detect", "with", WORDS(load_words_number)},
    {"allowed", "percent", BLOCK("allowed percent")},
    {"allowed", "money", BLOCK("allowed money")},
    {"allowed", "duration", BLOCK("allowed percent")},
    {"allowed", "count", BLOCK("allowed percent")},
    {"allowed", "when", BLOCK("when")},
    {"allowed percent", "over", WORD(load_words_over)},
    {"allowed money", "over", WORD(load_words_over)},
    {"unless", "percent", BLOCK("percent")},
    {"unless", "money", BLOCK("money")},
    {"unless", "duration", BLOCK("duration")},
    {"unless", "count", BLOCK("count")},
    {"unless", "within", WORD(load_words_reach)},
    {"unless", "said_by_customer", WORD(load_words_yes)},
    {"when", "resolved", WORD(load_words_yes)},
    {"when", "repeat_contact", WORD(load_words_yes)},
    {"must_say", "all", BLOCKS("must_say item")},
    {"must_say", "where", WORD(load_words_where)},
    {"then", "log", NOTHING},
    {"then", "flag", NOTHING},
    {"then", "redact", BLOCK("redact")},
    {"then", "redact", NOTHING},
    {"then", "prepend", TEXT},
    {"then", "append", TEXT},
    {"then", "replace", TEXT},
    {"then", "block", BLOCK("block")},
    {"then", "block", NOTHING},
    {"then", "handoff", BLOCK("handoff")},
    {"then", "handoff", NOTHING},
    {"then", "allow", BLOCK("allow")},
    {"block", "say", TEXT},
    {"handoff", "priority", WORD(load_words_priority)},
    {"handoff", "say", TEXT},
    {"examples", "matches", TEXT},
    {"examples", "matches", TEXTS},
    {"examples", "matches", BLOCKS("example")},
    {"examples", "passes", TEXT},
    {"examples", "passes", TEXTS},
    {"examples", "passes", BLOCKS("example")},
    {"example", "text", TEXT},
    {"example", "given", BLOCK("given")},
    {"tests", "format", WORD(format)},
    {"tests", "kind", WORD(tests)},
    {"tests", "tests", BLOCKS("test")},
    {"test", "given", BLOCK("given")},
    {"test", "turns", BLOCKS("turn")},
    {"turn", "ai", TEXT},
    {"turn", "customer", TEXT},
    {"turn", "human", TEXT},
    {"turn", "given", BLOCK("given")},
    {"turn", "expect", WORD(expected)},
    {"given", "approvals", HOLDS(GUARD_HOLDER_NAMED, GUARD_HELD_TEXT)},
    {"given", "approvals", NAMED("approval")},
    {"given", "resolved", WORD(load_words_yes)},
    {"given", "repeat_contact", WORD(load_words_yes)},
    {"fallback", "handoff", BLOCK("handoff")},
    {"fallback", "block", BLOCK("block")},
    {0},
};

const struct load_required load_required[] = {
    {"policy", "format"},
    {"policy", "kind"},
    {"policy", "name"},
    {"pack", "format"},
    {"pack", "kind"},
    {"pack", "pack"},
    {"lists", "format"},
    {"lists", "kind"},
    {"lists", "lists"},
    {"rollout", "rule"},
    {"rollout", "percent"},
    {"extended", "pack"},
    {"extended", "version"},
    {"extended", "digest"},
    {"change", "rule"},
    {"change", "written_for"},
    {"change", "reason"},
    {"topic", "says"},
    {"entity", "pattern"},
    {"rule", "id"},
    {"rule", "title"},
    {"rule", "then"},
    {"total", "name"},
    {"total", "adds"},
    {"total", "at_least"},
    {"total", "then"},
    {"offers", "detect"},
    {"offers", "otherwise"},
    {"detect", "phrases"},
    {"allowed", "name"},
    {"allowed percent", "up_to"},
    {"allowed money", "up_to"},
    {"links", "outside"},
    {"must_say item", "phrases"},
    {"allow", "rules"},
    {"example", "text"},
    {"tests", "format"},
    {"tests", "kind"},
    {"tests", "tests"},
    {"test", "name"},
    {"test", "turns"},
    {"approval", "id"},
    {0},
};
