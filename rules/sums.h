/*
 * sums - amounts that add up: what of a rule's amounts its allowances cover,
 * each alone or together with what the conversation has counted before.
 *
 *     counted before   |  $20 ... $20 ... $20        limit 50 in all
 *     0                |   20      40      60
 *                                          ^ the hit
 *
 * A rule's amounts are settled in the order they stand in the text, whatever
 * the order in which they become known, so that the hit is at the number that
 * breaks the limit for every cutting. Every amount counts once, but for one
 * that its sentence says again ("as I said") when an equal one has counted.
 * Both ends of a range are one amount, the larger; one said twice, the second
 * time in brackets, is one.
 */
#ifndef HANDRAIL_RULES_SUMS_H
#define HANDRAIL_RULES_SUMS_H

#include "rules/combine.h"

struct charge {          /* an amount of this message that was settled */
	const char *sum; /* NULL: an approval covers it, or it is alone */
	uint32_t rule;
	size_t first_token, end_token; /* behind it */
	bool approved;
	bool ranged;              /* it has its other end */
	struct guard_counted row; /* name is sum */
	uint32_t before; /* the one before it in the chain of its value */
};

#define SUMS_CHAINS 256u /* a power of two */
#define SUMS_CHAIN_END UINT32_MAX

struct sums {
	struct charge *charges; /* in text order by rule */
	size_t n, cap;
	uint32_t last[SUMS_CHAINS];   /* of the charges that add up, by value */
	struct guard_counted *totals; /* of all charges and what counted before,
					 by sum: one look for each amount */
	size_t n_totals, cap_totals;
	bool any_when;     /* as if every `when` held */
	uint32_t *waiting; /* rules with an amount that is still open */
	size_t n_waiting, cap_waiting;
	struct guard_counted *ahead; /* what open amounts may add, by sum */
	size_t n_ahead, cap_ahead;
	bool blind; /* memory ran out while looking ahead */
};

void sums_clear(struct sums *);
void sums_begin(struct sums *, bool any_when);
/* Before each look at all pendings. */
void sums_look_again(struct sums *);
/*
 * A pending of a rule with allowances, all of whose words are there (ready) or
 * not yet: is it a hit (YES; what it breaks is noted in it), allowed (NO), or
 * open? To be asked for all of them in their order until it is settled.
 */
enum combine sums_settle(
    struct sums *, struct combine_facts *, struct pending *, bool ready);

/* Before asking about all pendings in their order: */
void sums_ahead_begin(struct sums *);
/* May the pending still become a hit, whatever the text goes on to say? */
bool sums_may_break(
    struct sums *, struct combine_facts *, const struct pending *);

#endif
