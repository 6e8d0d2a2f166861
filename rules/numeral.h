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
	bool prefixed;  /* a currency stands in front: it is money */
	bool grand;     /* it may be money whatever stands behind it */
	bool rows;      /* read digits that were taken apart as one number */
	bool row;       /* such digits were met */
	size_t asked;   /* 1 + the token whose word was asked for last */
	const struct number_word *word; /* its word: most ask for the same */
};

struct numeral {
	int64_t value;   /* in 1/NUMERAL_ONE; INT64_MAX: that or more */
	int64_t grouped; /* the same if "1.250" means a thousand and more */
	size_t next;     /* token behind it */
	size_t repeated; /* token behind it and its repetition, or 0 */
	bool digits;     /* written in digits */
	bool spaced;     /* groups of digits with ordinary spaces between */
	bool grand;      /* "two grand" can only be money */
	bool vague;      /* "a few", "hundreds of": no count, but with a unit */
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
/* The same with signs of extra between as well. */
bool numeral_follows_over(struct numeral_in *, size_t i, const char *extra);
/* What stands between token i and the one before it. */
const char *numeral_gap(const struct text *, size_t i, size_t *len);
/* Is token i, which exists, that word? */
bool numeral_is_word(const struct text *, size_t i, const char *word);
/* Does token i follow, and is it that word? */
bool numeral_is(struct numeral_in *, size_t i, const char *word);
/* The number word that token i is, or NULL. The token exists. */
const struct number_word *numeral_word(struct numeral_in *, size_t i);
/* The word if token i follows, else NULL. */
const struct number_word *numeral_next_word(struct numeral_in *, size_t i);

/* "4**0", "2 0 0": does token i go on with the digits of the one before it,
 * when emphasis between digits is none of the text, or they stand apart? */
bool numeral_goes_on(struct numeral_in *, size_t i);
/* "1/2" from token i: a part in 1/NUMERAL_ONE; the numeral ends behind it. */
bool numeral_read_fraction(struct numeral_in *, size_t i, struct numeral *out);
/* Read the number that starts with token i, which exists. spaces: "1 250" is
 * one number. False when there is none. */
bool numeral_read(
    struct numeral_in *, size_t i, bool spaces, struct numeral *out);
/* The number behind letters glued in front: "usd75"; skip is their length. */
bool numeral_read_behind(
    const struct text *, size_t i, size_t skip, struct numeral *out);

/* ---- numeral_words.c ---- */

/* The number that begins with the word of token i. */
bool numeral_read_words(struct numeral_in *, size_t i,
    const struct number_word *, struct numeral *);
/* What may follow a number: "and a half", "point five"; then "million". */
void numeral_read_tail(struct numeral_in *, struct numeral *);
void numeral_read_scale(struct numeral_in *, struct numeral *);

/* Saturating. */
int64_t numeral_scale(int64_t value, int64_t factor);
int64_t numeral_add(int64_t a, int64_t b);

#endif
