/*
 * policy_kit - policies made in C, for tests of what reads them.
 *
 *     struct policy_kit kit;
 *     policy_kit_init(&kit);
 *     uint32_t words = policy_kit_phrases(&kit, "refund*", "money back", NULL);
 *     struct rule *r = policy_kit_rule(&kit, "r", GUARD_HANDOFF, words);
 *     r->ignore_negated = true;
 *     struct guard_policy *p = policy_kit_policy(&kit);
 *     ...
 *     policy_kit_clear(&kit);
 *
 * Pointers to rules stay valid until policy_kit_policy; what it returns is
 * valid until policy_kit_clear. Out of memory and bad phrases end the
 * program.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_POLICY_KIT_H
#define HANDRAIL_TESTS_SUPPORT_POLICY_KIT_H

#include "rules/phrase.h"
#include "rules/policy.h"

#define POLICY_KIT_MAX 64

struct policy_kit {
	struct guard_policy *policy;
	struct phrase_builder *builder;
	struct rule *rules;
	struct detector *detectors;
};

void policy_kit_init(struct policy_kit *);
void policy_kit_clear(struct policy_kit *);

/* New detectors; phrases and texts end with NULL. */
uint32_t policy_kit_phrases(struct policy_kit *, const char *first, ...)
    __attribute__((sentinel));
uint32_t policy_kit_texts(struct policy_kit *, const char *first, ...)
    __attribute__((sentinel));
uint32_t policy_kit_detector(struct policy_kit *, const struct detector *);
/* A set of one detector. */
struct any_of policy_kit_any(struct policy_kit *, uint32_t detector);
/* An enforced rule of the AI's that finds a detector, or nothing
 * (DETECTOR_NONE). */
struct rule *policy_kit_rule(
    struct policy_kit *, const char *id, enum guard_action, uint32_t detector);
struct clause *policy_kit_clauses(struct policy_kit *, struct rule *, size_t n);
struct excuse *policy_kit_excuse(struct policy_kit *, struct rule *);
struct guard_policy *policy_kit_policy(struct policy_kit *);

#endif
