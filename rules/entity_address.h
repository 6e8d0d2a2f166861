/*
 * entity_address - postal addresses, word by word. Private to entity_address.c
 * (a number first, as in the US, the UK and France), entity_street.c (a street
 * first, as elsewhere in Europe) and entity_place.c (words, and what stands
 * behind the street).
 *
 *   350 5th Ave, Apt 4B, New York, NY 10118     10 Downing Street, SW1A 2AA
 *   12 bis rue de la Paix, 75002 Paris          PO Box 123
 *   Hauptstr. 5, 10115 Berlin    Kerkstraat 12  Calle Mayor 5, 28013 Madrid
 */
#ifndef HANDRAIL_RULES_ENTITY_ADDRESS_H
#define HANDRAIL_RULES_ENTITY_ADDRESS_H

#include "rules/address_words.h"
#include "rules/entity_kinds.h"

struct address_word {
	size_t start, end; /* bytes of the folded view */
	char sep;          /* in front: a space, a comma, a full stop, a line
			      break, a # or '\0'; the most telling one */
	bool capital;      /* as it was written */
	bool digits;       /* begins with a digit */
	uint32_t is;       /* lists it is in: address_words.h */
};

/* The word behind byte i, in the same sentence or on the next line. NO: there
 * is none. */
enum entity_answer address_next(
    const struct entity_in *, size_t i, struct address_word *);
static inline size_t address_length(const struct address_word *w)
{
	return w->end - w->start;
}
/* Is it in one of the lists? */
static inline bool address_is(const struct address_word *w, uint32_t lists)
{
	return w->is & lists;
}
/* What it ends with, if it is longer. */
static inline uint32_t address_end(
    const struct entity_in *in, const struct address_word *w)
{
	return address_words_end(
	    in->addresses, in->s + w->start, address_length(w));
}
/* 12, 12a, 221B, 12-14, 5/7: a number of a house. */
bool address_is_house(const struct entity_in *, const struct address_word *);

/* Does a word in front of start say that it is an address? Asked once. */
struct address_said {
	const struct entity_in *in;
	size_t start;
	bool asked, is;
};
bool address_is_said(struct address_said *); /* accepts NULL: false */

/* What stands behind the street, which ends at *end. */
struct address_tail {
	struct address_said *said; /* in: then capitals are not asked for */
	bool certain; /* out: a ZIP code, a postcode, a state is there */
};
/* Moves *end behind what belongs to the address. YES or MORE. */
enum entity_answer address_tail(
    const struct entity_in *, size_t *end, struct address_tail *);

enum entity_answer address_from_number(
    const struct entity_in *, const struct address_word *, size_t *end);
enum entity_answer address_from_street(
    const struct entity_in *, const struct address_word *, size_t *end);

#endif
