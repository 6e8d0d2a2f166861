/*
 * policy - a compiled policy: what load.c builds and decide.c reads.
 *
 * Everything lives in one arena and is immutable once load.c returns. Whatever
 * can be found in a text is a detector with a number; rules name detectors.
 * So each text is scanned once per kind of detector, however many rules there
 * are, and a rule only combines matches.
 */
#ifndef HANDRAIL_RULES_POLICY_H
#define HANDRAIL_RULES_POLICY_H

#include "rules/arena.h"
#include "rules/guard.h"
#include "rules/queue.h"
#include "rules/rule.h"

#include <stdatomic.h>

struct conversation;
struct interactions; /* interaction.h */
struct phrases;      /* phrase.h: the trie of all groups */

struct written {
	const char *text, *file;
	unsigned line;
	uint32_t detector; /* it belongs to */
};

struct rollout {
	const char *rule;
	uint32_t percent;
};

#define POLICY_MAX_CLASSIFIERS 8u

struct classifier { /* that some rule names */
	const char *name;
	struct guard_place at;
};

struct environment {
	const char *name;
	unsigned line;
	enum guard_mode most; /* no rule goes further */
	const struct rollout *rollouts;
	size_t n_rollouts;
};

struct guard_policy {
	atomic_uint refs;
	struct arena arena;
	struct guard_limits limits; /* no zeros */
	const char *name;
	char digest[sizeof("sha256:") + 64];
	const struct rule *rules;
	size_t n_rules;
	const struct rule *topics; /* as rules that find them, for their
				      examples only (examples.h) */
	size_t n_topics;
	const struct conversation *conversations; /* tests */
	size_t n_conversations;
	/* For authors' tools only: each phrase as it was written, and a trie
	 * in which it is a group of its own (its number here). */
	const struct written *written;
	size_t n_written;
	const struct phrases *written_phrases;
	const char *const *detector_words; /* a name of each, or NULL */
	const struct detector *detectors;
	size_t n_detectors;
	struct any_of of_kind[DETECTOR_KINDS]; /* their numbers, by kind */
	const struct phrases *phrases;
	const struct index *index; /* set by index_build, called last */
	uint32_t negation;         /* detector of the built-in negations */
	const struct classifier *classifiers;
	size_t n_classifiers; /* at most POLICY_MAX_CLASSIFIERS */
	const struct queue *queues;
	size_t n_queues;
	struct guard_fallback fallback[GUARD_EVENTS];
	unsigned fallback_line[GUARD_EVENTS];    /* of its key; 0: none */
	const struct interactions *interactions; /* or NULL */
	uint32_t answer_ms; /* the bot may take, wherever; 0: not said */
	const char *handoff_say, *handoff_queue, *handoff_priority;
	unsigned include; /* bits of enum guard_include; 0: not said */
	bool ai_may_speak_again;
	/* As they are written, for those who compare policies. */
	const char *environment; /* the one that was chosen, or NULL */
	const struct environment *environments;
	size_t n_environments;
};

#endif
