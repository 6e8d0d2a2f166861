/*
 * number_unit - what stands around a numeral and makes it an amount: signs,
 * currency codes, words of percent, money and time. Private to the
 * number_*.c files.
 */
#ifndef HANDRAIL_RULES_NUMBER_UNIT_H
#define HANDRAIL_RULES_NUMBER_UNIT_H

#include "rules/detector.h"
#include "rules/numeral.h"

struct number_unit {
	enum number_kind kind;
	int64_t factor; /* MONEY: hundredths; DURATION: seconds; PERCENT: 100,
			   or 1 for basis points */
	char currency[4];
	size_t next; /* token behind it */
};

#define NUMBER_UNIT_KIND(kind) (1u << (kind))

/* Whatever comes next, the number can only be of these kinds. */
static inline void number_unit_is(struct numeral_in *in, unsigned kinds)
{
	if (!in->more && !in->second && !in->prefixed)
		in->kinds =
		    kinds | (in->grand ? NUMBER_UNIT_KIND(NUMBER_MONEY) : 0);
}

void number_unit_money(
    struct number_unit *, const char *currency, int64_t factor);
/* The code point of token i when it is a sign, else 0. */
int32_t number_unit_sign(const struct text *, size_t i);
/* Is the word at token i the code of a currency? */
bool number_unit_is_code(
    const struct text *, size_t i, const struct number_word *);
/* The unit that token i is, if it follows. Behind an amount of money, only
 * words are: "$75 USD", but "$75 $80". */
bool number_unit_read(
    struct numeral_in *, size_t i, bool money, struct number_unit *);
/* The unit of a numeral, behind it or glued to it; COUNT when there is none.
 * A glued one may change the numeral's value: "1.5k". */
void number_unit_of(
    struct numeral_in *, struct numeral *, bool money, struct number_unit *);
/* Numeral and unit from token i. */
bool number_read_amount(struct numeral_in *, size_t i, bool money,
    struct numeral *, struct number_unit *);

#endif
