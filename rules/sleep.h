/*
 * sleep - matches whose rules wait for a second word.
 *
 *     ... $75.00 ............ refund ...
 *         sleeper             wakes the rules that ask for both
 *
 * A rule with `near`, or with several keys under `find`, can only fire where a
 * second match stands in its passage. Most never do, and a price may be in
 * the range of a thousand of them. So the match of a first clause sleeps, and
 * a rule gets its pending when both are there. What a pending is then asked
 * (combine.h) is the same as if it had been there from the beginning.
 *
 * A sleeper holds text as its rules would: it asks them one after the other,
 * those with the widest window first, and stays with the one that still may
 * fire. Private to the machine and what works for it.
 */
#ifndef HANDRAIL_RULES_SLEEP_H
#define HANDRAIL_RULES_SLEEP_H

#include "rules/combine.h"
#include "rules/index.h"

struct machine;
struct scope;

struct sleeper {
	struct match match; /* of a value: detector is its enum number_kind */
	bool value;
	const struct index_rules *rules; /* that sleep on it */
	size_t asked;      /* of them, that can hold the text no longer */
	struct pending as; /* what the next one would be, when begun */
	bool begun;
};

struct waker { /* a match that wakes rules, the first of its kind in its
		  sentence */
	uint32_t sentence, detector; /* or bundle (index.h) */
	uint32_t before; /* the waker before it in its chain, or LIVE_END */
};

struct wakers {
	struct waker *items;
	size_t n, cap;
	struct waker_chain {
		uint32_t last;
		uint64_t kinds; /* index_bit of those there are */
	} chains[LIVE_CHAINS];  /* by sentence, as in live.h */
};

struct sleepers {
	struct sleeper *items;
	size_t n, cap;
	struct wakers wakers;
};

void sleepers_reset(struct sleepers *); /* empty, keeps the memory */
void sleepers_clear(struct sleepers *);

/* A match of first clauses. value: of the number itself, whatever the ranges.
 * 0, or -1 when memory runs out. */
int sleep_add(struct machine *, const struct match *, bool value)
    __attribute__((warn_unused_result));
/* Wake what sleeps beside a match that rules may ask about. As above. */
int sleep_wake(struct machine *, const struct match *)
    __attribute__((warn_unused_result));
/* Forget those whose passage is over. */
void sleep_forget(struct machine *);
/* The live matches are those keep() says, and have new numbers (live_filter).
 */
void sleep_filter(struct machine *,
    bool (*keep)(const struct match *, const void *arg), const void *arg);

/* The first byte before limit that a rule holds which keeps text from the
 * customer and may still fire; limit: none. */
size_t sleep_frontier(struct machine *, size_t limit);
/* May a rule with is() still fire for a match that starts at or before the
 * byte? They must be among those that keep text from the customer. */
bool sleep_may_fire(
    struct machine *, size_t byte, bool (*is)(struct machine *, size_t rule));

#endif
