/*
 * number_deal - what is off, without a percent sign: bundles and parts. Private
 * to number.c.
 */
#ifndef HANDRAIL_RULES_NUMBER_DEAL_H
#define HANDRAIL_RULES_NUMBER_DEAL_H

#include "rules/number_unit.h"

#define NUMBER_MAX_FOUND 2u

struct number_value {
	enum number_kind kind;
	int64_t value; /* in the unit of the kind */
	char currency[4];
};

/* What an expression comes to. */
struct number_found {
	struct number_value values[NUMBER_MAX_FOUND];
	size_t first[NUMBER_MAX_FOUND], next[NUMBER_MAX_FOUND]; /* tokens */
	size_t n;
	size_t resume; /* token to go on with */
};

/* number.c: add the value of a numeral in a unit, from token first to next. */
void number_found_add(struct number_found *, const struct numeral *,
    const struct number_unit *, size_t first, size_t next);

/* Each reads from token i; false when there is no such thing. */

/* "2 for 1", "two thirds off": the numeral has been read. */
bool number_deal_bundle(struct numeral_in *, size_t i, const struct numeral *,
    struct number_found *);
bool number_deal_parts(struct numeral_in *, size_t i, const struct numeral *,
    struct number_found *);
/* The word "2for1". */
bool number_deal_glued_bundle(
    struct numeral_in *, size_t i, struct number_found *);
/* "1/2 off" */
bool number_deal_fraction_off(
    struct numeral_in *, size_t i, struct number_found *);
/* "buy one get one free" from the word "buy". */
bool number_deal_buy(struct numeral_in *, size_t i, struct number_found *);
/* "half off" and the like, from the word. */
bool number_deal_part(struct numeral_in *, size_t i, const struct number_word *,
    struct number_found *);

/* number_formula.c: $15%$, $15$%. "$15%" alone may be a formula that goes on,
 * or money. */
bool number_formula(struct numeral_in *, size_t i, struct number_found *);

#endif
