/*
 * numeral - one number in digits or words, from the tokens of a text.
 *
 *   1,250.00   1.250,00   1 250,00   1'250   1.5k   25
 *   twenty five   a hundred and twenty   two and a half million   one point two
 *
 * A text that grows may not say yet where a number ends: then in->more is set
 * and the answer does not count.
 */
#ifndef HANDRAIL_RULES_NUMERAL_H
#define HANDRAIL_RULES_NUMERAL_H

#include "rules/number_word.h"
#include "rules/text.h"

#define NUMERAL_ONE 10000 /* values are ten-thousandths */
#define NUMERAL_ANY_KIND (~0u)

struct numeral_in {
	const struct text *t;
	bool more;      /* looked at a token that has not settled */
	unsigned kinds; /* bits 1 << enum number_kind: what it may be yet; for
			   number.c, NUMERAL_ANY_KIND to begin with */
	bool second;    /* these are no longer known to be fewer */
};

struct numeral {
	int64_t value;   /* in 1/NUMERAL_ONE; INT64_MAX: that or more */
	int64_t grouped; /* the same if "1.250" means a thousand and more */
	size_t next;     /* token behind it */
	bool digits;     /* written in digits */
	bool spaced;     /* groups of digits with ordinary spaces between */
	bool grand;      /* "two grand" can only be money */
	const struct number_word *suffix; /* letters glued behind, or NULL */
};

/* Another number is being read behind it, and may be one of its own. */
static inline void numeral_begin_second(struct numeral_in *in)
{
	if (in->more)
		return;
	in->second = true;
	in->kinds = NUMERAL_ANY_KIND;
}

/* Does token i belong to the one before it, with at most a space or a dash
 * between? False and in->more when it has not settled. */
bool numeral_follows(struct numeral_in *, size_t i);
/* The number word that token i is, or NULL. The token exists. */
const struct number_word *numeral_word(const struct text *, size_t i);
/* The word if token i follows, else NULL. */
const struct number_word *numeral_next_word(struct numeral_in *, size_t i);

/* Read the number that starts with token i, which exists. spaces: "1 250" is
 * one number. False when there is none. */
bool numeral_read(
    struct numeral_in *, size_t i, bool spaces, struct numeral *out);
/* The number behind letters glued in front: "usd75"; skip is their length. */
bool numeral_read_behind(
    const struct text *, size_t i, size_t skip, struct numeral *out);
/* Saturating. */
int64_t numeral_scale(int64_t value, int64_t factor);
int64_t numeral_add(int64_t a, int64_t b);

#endif
