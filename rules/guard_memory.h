/*
 * guard_memory - what a conversation remembers of the messages that were
 * delivered in it: amounts that were promised, how often a weak signal fired,
 * which required wording has been said.
 *
 *     guard_check(scanner, policy, &session, &message, &v);
 *     ... deliver, then say so:
 *     guard_remember(scanner, policy, &session, &delivered, &memory);
 *     session.counted = memory.rows;
 *     session.n_counted = memory.n;
 *
 * Judging only reads it; it grows by the explicit second call. So a message
 * that was withheld counts for nothing, and judging the same message again
 * with the same memory gives the same verdict.
 */
#ifndef HANDRAIL_RULES_GUARD_MEMORY_H
#define HANDRAIL_RULES_GUARD_MEMORY_H

#include "rules/guard_policy.h"
#include "rules/guard_session.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

struct guard_scanner;

/* Distinct values of one name, kind and currency that are kept apart; what
 * comes after is added to the smallest of them, rounded up: the total never
 * comes out too small. */
#define GUARD_MEMORY_VALUES 64u

struct guard_memory {               /* all zeros: nothing is remembered */
	struct guard_counted *rows; /* names are the memory's own */
	size_t n, cap;
};
void guard_memory_clear(struct guard_memory *);
/* Count one row more; equal ones become one. 0, or -1 when memory runs out. */
int guard_memory_add(struct guard_memory *, const struct guard_counted *)
    __attribute__((warn_unused_result));

/*
 * Add what a message counts for once it has been delivered. message holds the
 * text the customer has got, edits applied, and of a stream that was cut only
 * what had left; session is that of its judgement, with what was counted
 * before it (it may be into's rows: they are read first). 0, or -1 when memory
 * runs out: into may then hold a part of it.
 */
int guard_remember(struct guard_scanner *, const struct guard_policy *,
    const struct guard_session *, const struct guard_message *,
    struct guard_memory *into) __attribute__((warn_unused_result));
/* The same for all of the session's ai_said, one after the other: for tests
 * and tools that have what was said and no memory of it. */
int guard_remember_said(struct guard_scanner *, const struct guard_policy *,
    const struct guard_session *, struct guard_memory *into)
    __attribute__((warn_unused_result));
/* Does any rule of the policy count? If not, guard_remember adds nothing. */
bool guard_policy_remembers(const struct guard_policy *);

/* "signal", "percent", "money", "duration", "count", "wording"; "unknown" for
 * what is no member. */
const char *guard_counted_kind_name(enum guard_counted_kind);
/* The total of all rows of that name, kind and currency; at most INT64_MAX. */
int64_t guard_counted_total(const struct guard_counted *rows, size_t n,
    const struct guard_counted *like);

#pragma GCC visibility pop

#endif
