/*
 * entity - card and account numbers, e-mail and postal addresses, phone
 * numbers.
 *
 * Reads the folded view, so disguises do not help. A shape alone is not
 * enough where a check exists: cards need their issuer's lengths and the Luhn
 * sum, IBANs their country's length and mod 97, US and UK numbers the ranges
 * that are given out, phone numbers a known plan, addresses a street
 * with a number.
 *
 * Entities of one kind do not overlap each other; of different kinds they may.
 */
#ifndef HANDRAIL_RULES_ENTITY_H
#define HANDRAIL_RULES_ENTITY_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

#define ENTITY_MAX_BYTES 320u /* of the folded view: the longest address */

struct entity_scan {
	size_t next;               /* byte of the folded view not read yet */
	size_t calm;               /* calm.h */
	size_t free[ENTITY_KINDS]; /* end of the last entity of the kind */
};

void entity_scan_init(struct entity_scan *);
/*
 * Add a match for every ENTITY detector of the policy (of_kind) whose kind is
 * found; otherwise as match.h says. 0, or -1 when memory runs out.
 */
int entity_scan(struct entity_scan *, const struct text *,
    const struct guard_policy *, struct matches *out, size_t *alive_from)
    __attribute__((warn_unused_result));

#endif
