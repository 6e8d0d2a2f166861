/*
 * hits - what becomes of a hit once a machine has found it: its mode, whether
 * it keeps text from the customer, whether it is the one that decides.
 *
 * Private to the machine and what works for it.
 */
#ifndef HANDRAIL_RULES_HITS_H
#define HANDRAIL_RULES_HITS_H

#include "rules/machine.h"

/* A hit of the whole message. */
void hits_add_whole(struct machine *, uint32_t rule, enum found_class);
/* A match that has become a hit. */
void hits_add_match(struct machine *, const struct pending *, enum found_class);
/* The sentence that strays from the scope (only.h). */
void hits_add_stray(struct machine *);

/* A total that is reached with a signal (totals.h). */
void hits_add_total(
    struct machine *, uint32_t rule, const struct signal *, int64_t score);
void hits_add_total_in_shadow(
    struct machine *, uint32_t rule, const struct signal *, int64_t score);

/* A hit of a reading of the same bytes: it scores nothing, and excuses nothing
 * of the text; the handoff that decides there. */
void hits_take(struct machine *, const struct found *);
void hits_take_best(struct machine *, const struct found *);

#endif
