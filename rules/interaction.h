/*
 * interaction - whose conversations are whose: the matrix of complexity and
 * emotion, compiled.
 *
 *                     calm          upset
 *   low complexity    ai leads      ai starts
 *   high complexity   ai assists    human first
 *
 * A zone acts by rules of its own (policy/NAME), whose `when` is the zone; so
 * it is recorded, explained, paused and rolled out like any rule. What is here
 * says which zone a conversation is in (guard_interaction.h).
 */
#ifndef HANDRAIL_RULES_INTERACTION_H
#define HANDRAIL_RULES_INTERACTION_H

#include "rules/guard_interaction.h"

#define INTERACTION_UNKNOWN "unknown" /* the type nobody has told */
#define INTERACTION_UPSET "policy/upset"

enum complexity { COMPLEXITY_LOW, COMPLEXITY_HIGH, COMPLEXITIES };
enum emotion { EMOTION_CALM, EMOTION_UPSET, EMOTIONS };
enum ai_sends { AI_SENDS_NO, AI_SENDS_YES, AI_SENDS_DRAFTS };

struct interaction_type {
	const char *name;
	enum complexity complexity;
	enum emotion emotion; /* whatever the customer says */
	unsigned line;
};

struct interaction_zone {
	const char *name;
	enum ai_sends sends;
	uint32_t turns;     /* SENDS_YES: of the AI, then a person; 0: no end */
	uint32_t answer_ms; /* the bot may take; 0: as the policy says */
	unsigned line;
};

struct interactions {
	const struct interaction_type *types;
	size_t n_types;
	const struct interaction_zone *zones;
	size_t n_zones;
	uint32_t zone_of[COMPLEXITIES][EMOTIONS]; /* among zones */
	bool upset_by_repeat; /* a repeat contact is upset */
	size_t upset_rule;    /* says when a customer is; SIZE_MAX: none */
};

/* NULL: it is not in the list. */
const struct interaction_type *interaction_type_named(
    const struct interactions *, const char *name);
const struct interaction_zone *interaction_zone_named(
    const struct interactions *, const char *name);
/* The type of a conversation: the one named, else `unknown`, else (NULL) one of
 * high complexity. */
const struct interaction_type *interaction_type_of(
    const struct interactions *, const char *name);
/* Has this rule of the policy's own fired in the conversation so far? Of a
 * zone's: then a person has had it, and who returned it has decided that the AI
 * may go on. */
bool interaction_has_fired(const struct guard_session *, const char *rule);
const struct interaction_zone *interaction_zone_of(
    const struct interactions *, const struct interaction_type *, enum emotion);

#endif
