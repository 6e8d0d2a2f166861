/*
 * diff - what the files that compare policies share (guard_diff.h).
 *
 * Whatever is a set - phrases, exceptions, required wording - becomes a sorted
 * list of texts, and two lists are compared by what is only in one of them.
 */
#ifndef HANDRAIL_RULES_DIFF_H
#define HANDRAIL_RULES_DIFF_H

#include "rules/guard_diff.h"
#include "rules/policy.h"

#define DIFF_WHAT_BYTES 320u

struct diff {
	const struct guard_policy *older, *newer;
	const struct rule *a, *b; /* the rule in both; NULL and NULL: */
	const char *head;         /* a key of policy.yaml, */
	unsigned line;            /* and its line */
	struct arena *arena;      /* of the comparison */
	guard_diff_fn *report;
	void *arg;
	bool no_memory;
};

/* printf-like; may cut. */
void diff_say(struct diff *, enum guard_direction, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Both absent, or the same text. */
bool diff_same(const char *, const char *);

/* A growing list of texts. */
struct diff_set {
	const char **items;
	size_t n, cap;
};
void diff_add(struct diff *, struct diff_set *, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The texts of what a set of detectors looks for, each behind a prefix. */
void diff_add_any(struct diff *, struct diff_set *, const struct guard_policy *,
    const struct any_of *, const char *prefix);

/* How two sets are told: "phrase added "x"" is stricter, say. */
struct diff_words {
	const char *added, *removed; /* in front of the text */
	enum guard_direction if_added, if_removed;
};
void diff_sets(struct diff *, struct diff_set *older, struct diff_set *newer,
    const struct diff_words *);

/* diff_find.c: what is looked for. */
void diff_find(struct diff *);
/* diff_interactions.c: zones, and how long the bot may take. */
void diff_interactions(struct diff *);
/* diff_policy.c: what policy.yaml says besides its packs. */
void diff_policy(struct diff *);
/* diff_when.c: where, when, unless, what has to be said. */
void diff_conditions(struct diff *);

#endif
