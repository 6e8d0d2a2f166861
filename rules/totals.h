/*
 * totals - rules that fire by the scores of others, in this message or in the
 * conversation.
 *
 *     before  |  ... last chance ... something special ...   at least 4
 *     0       |      2               4
 *                                    ^ the total's hit
 *
 * A rule counts once in a message, where it first hits; the total's hit is
 * that of the rule which brings it up to its limit, in the order of the text,
 * so it is looked for only as far as no earlier one can come any more. A total
 * is enforced by what enforced rules have scored; with what rules in shadow
 * add to it, it hits in shadow.
 */
#ifndef HANDRAIL_RULES_TOTALS_H
#define HANDRAIL_RULES_TOTALS_H

#include "rules/scope.h"

struct machine;
struct found;

struct signal { /* the first hit of a rule with a score */
	bool seen, enforced;
	uint32_t rule, start, end;
	size_t from; /* no hit of it will start before; totals_earliest */
};
struct before { /* scored in the conversation before this message */
	int64_t enforced, all;
};

struct totals {
	struct signal *signals; /* by index.scorers */
	size_t n_seen;
	struct before *before; /* by index.totals */
	size_t cap_signals, cap_before;
};

void totals_clear(struct totals *);
/* After scope_begin. 0, or -1 when memory runs out. */
int totals_begin(struct machine *) __attribute__((warn_unused_result));
/* A rule with a score has hit. */
void totals_note(struct machine *, const struct found *);
/* Can rules that leave room for an edit bring this total up to its limit? What
 * the others add comes with a block or a handoff. */
bool totals_may_edit(struct machine *, size_t total);
/* Look for totals that are reached; at the end also for those in shadow. */
void totals_look(struct machine *);
void totals_end(struct machine *);

/*
 * No hit of a total that is() says of will start before this byte, as far as
 * the text has been read; alive says from where on a rule may still match.
 */
struct totals_ask {
	bool (*is)(struct scope *, size_t total);
	size_t (*alive)(struct machine *, size_t rule);
};
size_t totals_earliest(struct machine *, const struct totals_ask *);

#endif
