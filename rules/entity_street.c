/* entity_street - postal addresses that begin with the street, as in most of
 * Europe: its name, then the number of the house. See entity_address.h. */
#include "rules/entity_address.h"

#include <string.h>

#define NAME_WORDS 5u

struct street {
	size_t end;
	bool strong;
};

/* The number behind the street, then what follows. */
static enum entity_answer read_house(const struct entity_in *in,
    const struct street *street, struct address_said *said, size_t *end)
{
	struct address_word w;
	struct address_tail tail = {.said = said};
	enum entity_answer answer = address_next(in, street->end, &w);
	if (answer == ENTITY_YES && address_is(&w, ADDRESS_NUMBER))
		answer = address_next(in, w.end, &w);
	if (answer != ENTITY_YES)
		return answer;
	if (!address_is_house(in, &w) || w.sep == '\n')
		return ENTITY_NO;
	size_t at = w.end;
	answer = address_tail(in, &at, &tail);
	if (answer == ENTITY_MORE)
		return answer;
	if (!street->strong && !tail.certain && !address_is_said(said))
		return ENTITY_NO;
	*end = at;
	return ENTITY_YES;
}

/* Calle Mayor, Via Giuseppe Verdi, ul. Marszalkowska: up to a number. */
static enum entity_answer read_begun(const struct entity_in *in,
    const struct address_word *first, struct street *street)
{
	struct address_word w;
	street->end = first->end;
	bool named = false;
	for (unsigned i = 0; i < NAME_WORDS; i++) {
		enum entity_answer answer = address_next(in, street->end, &w);
		if (answer != ENTITY_YES)
			return answer;
		if (w.digits || (named && w.sep != ' '))
			break;
		bool joins = address_is(&w, ADDRESS_OF);
		if (!w.capital && !joins)
			return ENTITY_NO;
		named |= w.capital;
		street->end = w.end;
	}
	return named ? ENTITY_YES : ENTITY_NO;
}

static bool is_end(const struct entity_in *in, const struct address_word *w,
    struct street *street)
{
	uint32_t is = w->is | address_end(in, w);
	street->strong = is & ADDRESS_END;
	street->end = w->end;
	return is & (ADDRESS_END | ADDRESS_PERHAPS_END);
}

/* Hauptstrasse, Berliner Allee, Kossuth Lajos utca, Am Markt */
static enum entity_answer read_ended(const struct entity_in *in,
    const struct address_word *first, struct street *street)
{
	struct address_word w = *first;
	bool german = address_is(first, ADDRESS_PREPOSITION);
	if (!german && address_end(in, &w))
		return is_end(in, &w, street) ? ENTITY_YES : ENTITY_NO;
	for (unsigned i = 0; i < 3; i++) {
		enum entity_answer answer = address_next(in, w.end, &w);
		if (answer != ENTITY_YES)
			return answer;
		if (w.digits && german && i > 0)
			return ENTITY_YES;
		if (w.digits || (w.sep != ' ' && w.sep != '.'))
			return ENTITY_NO;
		if (!german && is_end(in, &w, street))
			return ENTITY_YES;
		if (!w.capital && !address_is(&w, ADDRESS_ARTICLE))
			return ENTITY_NO;
		street->end = w.end;
		street->strong = false;
	}
	return ENTITY_NO;
}

enum entity_answer address_from_street(
    const struct entity_in *in, const struct address_word *first, size_t *end)
{
	struct street street = {0};
	enum entity_answer answer;
	bool strong = address_is(first, ADDRESS_BEGIN);
	bool begun = strong || address_is(first, ADDRESS_PERHAPS_BEGIN);
	if (!begun && !first->capital)
		return ENTITY_NO; /* nearly every word */
	struct address_said said = {.in = in, .start = first->start};
	if (begun) {
		if (!first->capital && address_length(first) > 2 &&
		    !address_is_said(&said))
			return ENTITY_NO;
		street.strong = strong;
		answer = read_begun(in, first, &street);
	} else {
		answer = read_ended(in, first, &street);
	}
	return answer == ENTITY_YES ? read_house(in, &street, &said, end)
				    : answer;
}
