/*
 * guard_verdict - what was found in a message and what it gets for it.
 *
 * Offsets are bytes of the message's original UTF-8 text; a span is start
 * (inclusive) to end (exclusive). Whoever fills a struct guard_verdict says
 * how long its arrays live.
 */
#ifndef HANDRAIL_RULES_GUARD_VERDICT_H
#define HANDRAIL_RULES_GUARD_VERDICT_H

#include <stddef.h>

/* Weakest to strongest: the larger one wins. */
enum guard_action {
	GUARD_DELIVER,
	GUARD_ALLOW, /* excuses named rules; never a verdict */
	GUARD_LOG,
	GUARD_FLAG,
	GUARD_REDACT,
	GUARD_PREPEND,
	GUARD_APPEND,
	GUARD_REPLACE,
	GUARD_BLOCK,
	GUARD_HANDOFF,
};
enum guard_mode { GUARD_OFF, GUARD_SHADOW, GUARD_ENFORCE };

/* Why the engine could not decide. The policy's fallback is the verdict. */
enum guard_undecided {
	GUARD_DECIDED,
	GUARD_UNDECIDED_TOO_LONG, /* over max_text_bytes */
	GUARD_UNDECIDED_NOT_UTF8,
	GUARD_UNDECIDED_MEMORY,
	GUARD_UNDECIDED_PATTERN,    /* a pattern hit its match limit */
	GUARD_UNDECIDED_HITS,       /* over max_hits */
	GUARD_UNDECIDED_EDIT,       /* an edited text still breaks a rule */
	GUARD_UNDECIDED_CLASSIFIER, /* the answer of one is missing */
};

#pragma GCC visibility push(default)

/* The words used in YAML, logs and JSON: "deliver", "enforce", "too_long".
 * Constant; "unknown" for what is no member. */
const char *guard_action_name(enum guard_action);
const char *guard_mode_name(enum guard_mode);
const char *guard_undecided_name(enum guard_undecided);

struct guard_hit {
	size_t start, end; /* equal: the message as a whole */
	size_t rule;       /* index for guard_policy_rule */
	enum guard_action action;
	enum guard_mode mode; /* ENFORCE or SHADOW, rollout decided */
	const char *what; /* typed value in words, never text of the message:
			     "money 75.00 USD > 50.00"; or NULL. Borrowed like
			     the hit */
};

/* Replace bytes start..end of the original by text (redact, prepend, append).
 * In text order, not overlapping. */
struct guard_edit {
	size_t start, end;
	const char *text; /* the policy's; len bytes */
	size_t len;
	size_t rule; /* index for guard_policy_rule */
};

struct guard_policy;

struct guard_verdict {
	enum guard_action action; /* strongest enforced, after re-judging */
	enum guard_undecided undecided;
	const struct guard_hit *hits; /* by start, then rule */
	size_t n_hits;
	size_t deciding;  /* index into hits; n_hits when there is none */
	size_t edit_rule; /* undecided EDIT: the rule that fires on the text
			     with its edits, for guard_policy_rule; else
			     SIZE_MAX */
	const struct guard_edit *edits; /* only for REDACT, PREPEND, APPEND */
	size_t n_edits;
	const char *say;      /* REPLACE, BLOCK, HANDOFF: what the customer
				 gets instead; the policy's */
	const char *queue;    /* HANDOFF; the policy's */
	const char *priority; /* HANDOFF; the policy's */
};

/*
 * The hit whose rule tells people why, an index into hits; n_hits when no rule
 * decided. Several rules may ask for what was decided, and which of them comes
 * first in the text decides what is said and where it goes; of these the most
 * severe, of equals one that says why, and of those one that found a value
 * ("money 120.00 USD > 50.00"), says best what is wrong.
 */
size_t guard_verdict_reason(
    const struct guard_policy *, const struct guard_verdict *);

/*
 * A copy of text with the edits applied, NUL-terminated, of *out_len bytes.
 * Edits are in order; what of a place is behind the end of text is not there.
 * The caller frees it with free(). NULL when memory runs out.
 */
char *guard_apply_edits(const char *text, size_t len,
    const struct guard_edit *edits, size_t n_edits, size_t *out_len);

#pragma GCC visibility pop

#endif
