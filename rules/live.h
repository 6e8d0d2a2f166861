/*
 * live - the matches rules may still ask about, by sentence.
 *
 * Matches are numbered in the order they come; those of one sentence are
 * chained from the last to the first, so that a rule looks at its own sentence
 * and at nothing else, and only at what is new to it.
 *
 *     struct live_walk w = live_walk_begin(l, first, last);
 *     while (live_walk_next(&w)) { ... w.match ... }
 *
 * walks over the matches of sentences first to last; set w.seen to pass over
 * those before a number. A chain may hold matches of other sentences: compare.
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

struct live_walk {
	const struct live *live;
	const struct match *match;
	uint32_t sentence, last; /* where it is, and goes to */
	uint32_t next;           /* match of the sentence */
	uint32_t seen;
};

static inline uint32_t live_last(const struct live *l, uint32_t sentence)
{
	return l->last[sentence % LIVE_CHAINS];
}

static inline struct live_walk live_walk_begin(
    const struct live *l, uint32_t first, uint32_t last)
{
	return (struct live_walk){.live = l,
	    .sentence = first,
	    .last = last,
	    .next = live_last(l, first)};
}

static inline bool live_walk_next(struct live_walk *w)
{
	while (w->next == LIVE_END || w->next < w->seen) {
		if (w->sentence >= w->last)
			return false;
		w->next = live_last(w->live, ++w->sentence);
	}
	w->match = &w->live->list.items[w->next];
	w->next = w->live->before[w->next];
	return true;
}

#endif
