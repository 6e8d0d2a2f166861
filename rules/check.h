/*
 * check - judging for the engine's own use: one rule alone (its examples), and
 * the texts a policy sends itself.
 *
 * Verdicts are borrowed from the scanner as in guard_check. A policy that is
 * being loaded may be judged with as soon as index_build (index.h) has run.
 */
#ifndef HANDRAIL_RULES_CHECK_H
#define HANDRAIL_RULES_CHECK_H

#include "rules/guard.h"

/*
 * Judge as if the policy had only this rule, enforced whatever its mode and
 * rollout; effective counts only when the session has a time. Nothing excuses
 * by `allow`, no edit is judged again. The rule fired when out->n_hits > 0 or
 * out->undecided is set.
 */
void guard_check_rule(struct guard_scanner *, const struct guard_policy *,
    size_t rule, const struct guard_session *, const struct guard_message *,
    struct guard_verdict *out);

/* guard_remember_said as if the policy had only this rule and, of a total, what
 * it adds, enforced whatever its mode and rollout. */
int guard_remember_rule(struct guard_scanner *, const struct guard_policy *,
    size_t rule, const struct guard_session *, struct guard_memory *into)
    __attribute__((warn_unused_result));

/*
 * Judge a text of the policy's own (say, replace, append, prepend, redact
 * with, bridge, fallback) as the AI's message under all enforced rules, as if
 * every `when` held; rules with no find, and must_say and must_also_say, are
 * left out, and nothing excuses by approval or by what a customer said.
 * Returns the index of the first rule that would redact it or worse, or
 * guard_policy_rules() when it may be sent. A text that could not be decided
 * is reported in *undecided (never NULL).
 */
size_t guard_check_own_text(struct guard_scanner *, const struct guard_policy *,
    const char *text, size_t len, enum guard_undecided *undecided);

#endif
