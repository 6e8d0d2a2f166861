/* entity_street - postal addresses that begin with the street, as in most of
 * Europe: its name, then the number of the house. See entity_address.h. */
#include "rules/entity_address.h"

#include <string.h>

#define NAME_WORDS 5u

/* What a street's name ends with, in one word or as a word of its own. */
static const char ends[] =
    " strasse str platz allee gasse damm straat laan plein gracht gatan "
    "v\xc3\xa4gen utca chaussee ";
/* The same, but also the ends of other words: a postcode has to follow. */
static const char perhaps_ends[] =
    " weg ring ufer steig pfad markt hof kade dijk singel gata gade vej "
    "all\xc3\xa9 plads veien vegen gate vei katu tie kuja polku torg \xc3\xbat "
    "t\xc3\xa9r ";
/* What one begins with. */
static const char begins[] =
    " calle avenida avda avd paseo viale piazza rua ulica ul rue praceta "
    "travessa carrer ulice ";
static const char perhaps_begins[] =
    " via plaza corso largo al aleja os avenue av boulevard bd chemin strada "
    "place c pra\xc3\xa7"
    "a ";
static const char of[] =
    " de del della dei degli delle di da do dos das la las los el le les du "
    "des van der den het i y e san santa sant s ";
/* German streets are also Am Markt and Unter den Linden. */
static const char prepositions[] = " am an auf im in unter zum zur beim vor ";

struct street {
	size_t end;
	bool strong;
};

/* The number behind the street, then what follows. */
static enum entity_answer read_house(const struct entity_in *in,
    const struct street *street, bool said, size_t *end)
{
	struct address_word w;
	struct address_tail tail = {.said = said};
	enum entity_answer answer = address_next(in, street->end, &w);
	if (answer == ENTITY_YES && address_is(in, &w, " n nr no num numero "))
		answer = address_next(in, w.end, &w);
	if (answer != ENTITY_YES)
		return answer;
	if (!address_is_house(in, &w) || w.sep == '\n')
		return ENTITY_NO;
	size_t at = w.end;
	answer = address_tail(in, &at, &tail);
	if (answer == ENTITY_MORE)
		return answer;
	if (!street->strong && !said && !tail.certain)
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
		bool joins = address_is(in, &w, of);
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
	bool strong = address_is(in, w, ends) || address_ends_with(in, w, ends);
	bool perhaps = address_is(in, w, perhaps_ends) ||
	    address_ends_with(in, w, perhaps_ends);
	street->strong = strong;
	street->end = w->end;
	return strong || perhaps;
}

/* Hauptstrasse, Berliner Allee, Kossuth Lajos utca, Am Markt */
static enum entity_answer read_ended(const struct entity_in *in,
    const struct address_word *first, struct street *street)
{
	struct address_word w = *first;
	bool german = address_is(in, first, prepositions);
	if (!german &&
	    (address_ends_with(in, &w, ends) ||
		address_ends_with(in, &w, perhaps_ends)))
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
		if (!w.capital && !address_is(in, &w, " den der dem die "))
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
	bool strong = address_is(in, first, begins);
	bool begun = strong || address_is(in, first, perhaps_begins);
	if (!begun && !first->capital)
		return ENTITY_NO; /* nearly every word */
	bool said = address_is_said(in, first->start);
	if (begun) {
		if (!first->capital && !said && address_length(first) > 2)
			return ENTITY_NO;
		street.strong = strong;
		answer = read_begun(in, first, &street);
	} else {
		answer = read_ended(in, first, &street);
	}
	return answer == ENTITY_YES ? read_house(in, &street, said, end)
				    : answer;
}
