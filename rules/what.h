/*
 * what - the value of a hit in words, for logs and people: never text of the
 * message.
 *
 *     money 75.00 USD > 50.00
 *     money 40.00 USD, 80.00 in this conversation > 50.00
 *     money 30.00 USD > 25.00 of goodwill credit
 *     percent 20, no allowed offer
 *     score 4 of 4
 *     toxicity insult 0.93 > 0.8
 *     topic investment advice 2.310 > 0.904
 */
#ifndef HANDRAIL_RULES_WHAT_H
#define HANDRAIL_RULES_WHAT_H

#include "rules/machine.h"

#define WHAT_BYTES 192u

/* False when the hit has none. */
bool what_print(
    char out[WHAT_BYTES], const struct guard_policy *, const struct found *);

#endif
