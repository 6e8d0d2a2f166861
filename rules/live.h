/*
 * live - the matches rules may still ask about, by sentence.
 *
 * Matches are numbered in the order they come; those of one sentence are
 * chained from the last to the first, so that a rule looks at its own sentence
 * and at nothing else, and only at what is new to it.
 *
 *     for (uint32_t i = live_last(l, sentence); i != LIVE_END;
 *          i = live_before(l, i)) { ... l->list.items[i] ... }
 *
 * A chain may hold matches of other sentences: compare.
 */
#ifndef HANDRAIL_RULES_LIVE_H
#define HANDRAIL_RULES_LIVE_H

#include "rules/match.h"

#include <stdbool.h>

#define LIVE_END UINT32_MAX
#define LIVE_CHAINS 32u

struct live {
	struct matches list;
	uint32_t *before; /* by match: the one before it in its chain */
	size_t cap;
	uint32_t last[LIVE_CHAINS];
};

void live_reset(struct live *); /* empty, keeps the memory */
void live_clear(struct live *);
/* 0, or -1 when memory runs out. */
int live_add(struct live *, const struct match *)
    __attribute__((warn_unused_result));
/* Keep those keep() says; the numbers change. */
void live_filter(struct live *,
    bool (*keep)(const struct match *, const void *arg), const void *arg);

static inline uint32_t live_last(const struct live *l, uint32_t sentence)
{
	return l->last[sentence % LIVE_CHAINS];
}

static inline uint32_t live_before(const struct live *l, uint32_t match)
{
	return l->before[match];
}

#endif
