/*
 * guard_tests - a policy's own tests beyond single examples (guard_author.h):
 * whole conversations, and whether the tests are any good.
 *
 * What is asked here needs a policy of guard_policy_load_untested.
 */
#ifndef HANDRAIL_RULES_GUARD_TESTS_H
#define HANDRAIL_RULES_GUARD_TESTS_H

#include "rules/guard_author.h"

#pragma GCC visibility push(default)

/*
 * One turn of a conversation test (tests/ in the policy's folder) of which
 * something is expected, with its outcome.
 */
struct guard_step {
	const char *test; /* its name */
	const char *file;
	unsigned line, col;
	const struct guard_message *message;
	const struct guard_session *session; /* what was known then */
	bool has_action;
	enum guard_action action; /* that is expected */
	const char *because;      /* the rule that has to decide, or NULL */
	size_t rule;              /* its index */
	bool good;
	const struct guard_verdict *verdict;
};
/* Borrowed for the call. */
typedef void guard_step_fn(const struct guard_step *, void *arg);
/*
 * All of them, turn by turn. A conversation remembers what was said, counts the
 * AI's delivered turns, and spends an approval with the message that used it.
 * Rules are judged in the modes they are written with, whatever environment and
 * rollout say. 0, or -1 when memory runs out.
 */
int guard_conversations(const struct guard_policy *, guard_step_fn *, void *arg)
    __attribute__((warn_unused_result));
/* Why a turn went as it did, in one line. */
void guard_step_why(const struct guard_policy *, const struct guard_step *,
    char *out, size_t cap);

/* One phrase a rule looks for, as its author wrote it. */
struct guard_phrase {
	const char *text, *file;
	unsigned line;
	bool seen; /* in one of the rule's matches:, or its topic's like: */
};
/* What a rule's examples reach. */
struct guard_cover {
	const char *rule, *file;
	unsigned line;
	bool fired; /* by an example, or in a turn that is checked */
	const struct guard_phrase *phrases;
	size_t n_phrases, n_seen;
};
/* Borrowed for the call. */
typedef void guard_cover_fn(const struct guard_cover *, void *arg);
/* For each rule. 0, or -1 when memory runs out. */
int guard_cover(const struct guard_policy *, guard_cover_fn *, void *arg)
    __attribute__((warn_unused_result));

/* A rule changed in one place, and whether any of its examples would tell. */
struct guard_weakening {
	const char *rule, *file;
	unsigned line;
	const char *what; /* "limit 50 -> 70", "dropping near" */
	bool noticed;
	const char *advice; /* what example would tell; NULL when noticed */
};
/* Borrowed for the call. */
typedef void guard_weaken_fn(const struct guard_weakening *, void *arg);
/*
 * Each rule with examples is judged again with one limit looser, one exception
 * or one condition less at a time. 0, or -1 when memory runs out.
 */
int guard_weaken(const struct guard_policy *, guard_weaken_fn *, void *arg)
    __attribute__((warn_unused_result));

#pragma GCC visibility pop

#endif
