/*
 * only - is a message on one of the topics a policy lists, or small talk? What
 * is neither is out of scope.
 *
 *     Hello!     Butter melts at 35 degrees.    Your order has shipped.
 *     small talk | strayed: held from here on   | on a topic: let go
 *
 * A message is on a topic when so many of the topic's phrases are anywhere in
 * it. A sentence is small talk when at least half of its words belong to
 * phrases of small talk. The hit is the first sentence that is none, of a
 * message that ends without a topic. Private to the machine.
 */
#ifndef HANDRAIL_RULES_ONLY_H
#define HANDRAIL_RULES_ONLY_H

#include "rules/match.h"
#include "rules/rule.h"

struct machine;

struct only_scan {
	const struct only *only; /* NULL: no such rule applies */
	uint32_t rule;
	bool on_topic, strayed;
	uint32_t start, end;    /* strayed: of the sentence */
	size_t next;            /* the sentence to be looked at */
	unsigned char *talk;    /* by token: 1 in a phrase of small talk */
	size_t n_talk, cap;     /* those behind n_talk are 0 */
	struct matches counted; /* distinct ones of topics that want several;
				   detector is the topic */
};

void only_clear(struct only_scan *);
/* Start over, after scope_begin. */
void only_begin(struct machine *);
/* A match has been found. 0, or -1 when memory runs out. */
int only_note(struct machine *, const struct match *)
    __attribute__((warn_unused_result));
/* Look at the sentences that are complete. */
void only_look(struct machine *);
/* The message strays from this byte on, or may; SIZE_MAX: it does not. */
size_t only_frontier(const struct machine *);
/* The message has ended: is it out of scope? */
bool only_is_broken(const struct machine *);

#endif
