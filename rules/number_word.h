/*
 * number_word - the words numbers, currencies and units are written with.
 */
#ifndef HANDRAIL_RULES_NUMBER_WORD_H
#define HANDRAIL_RULES_NUMBER_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum number_word_kind {
	NUMBER_WORD_ONES, /* value 0..19 */
	NUMBER_WORD_TENS, /* value 20..90 */
	NUMBER_WORD_HUNDRED,
	NUMBER_WORD_SCALE, /* value 1000 and up; may follow digits */
	NUMBER_WORD_DOZEN,
	NUMBER_WORD_A, /* one, if a larger word follows */
	NUMBER_WORD_AND,
	NUMBER_WORD_POINT,  /* decimal point; "percentage points" */
	NUMBER_WORD_PART,   /* half, third: value in basis points */
	NUMBER_WORD_COUPLE, /* some: value, at least so many */
	NUMBER_WORD_PERCENT,
	NUMBER_WORD_PER,
	NUMBER_WORD_BASIS,
	NUMBER_WORD_CURRENCY, /* value: hundredths of the unit; currency */
	NUMBER_WORD_CODE,     /* ISO 4217; value 1: only in capitals */
	NUMBER_WORD_COUNTRY,  /* "US" in "US dollars"; currency */
	NUMBER_WORD_UNIT,     /* of time; value in seconds */
	NUMBER_WORD_KIND_OF,  /* "business" in "5 business days" */
	NUMBER_WORD_FOR,
	NUMBER_WORD_TO, /* to, or: between the ends of a range */
	NUMBER_WORD_BETWEEN,
	NUMBER_WORD_OFF,   /* half off */
	NUMBER_WORD_PRICE, /* half price */
	NUMBER_WORD_BUY,   /* buy one get one */
	NUMBER_WORD_FREE,
	NUMBER_WORD_BOGO,   /* value in basis points */
	NUMBER_WORD_AMOUNT, /* fiver: value in hundredths; currency */
};

struct number_word {
	const char *text;
	enum number_word_kind kind;
	int32_t value;
	char currency[4];
};

/* The word, folded, or NULL. Most words cost a look at a few lengths. */
const struct number_word *number_word_find(const char *s, size_t len);
/* The words one after the other, NULL behind the last: for tests and docs. */
const struct number_word *number_word_at(size_t i);
/* What letters glued behind digits mean: "k", "pct", "h"; NULL: nothing. */
const struct number_word *number_word_suffix(const char *s, size_t len);
/* The currency of a sign; "" when it has no one country. *hundredths of the
 * unit it stands for: 100, or 1 for the cent sign. */
const char *number_word_sign(int32_t cp, int32_t *hundredths);

static inline bool number_word_is(
    const struct number_word *w, enum number_word_kind kind)
{
	return w && w->kind == kind;
}

#endif
