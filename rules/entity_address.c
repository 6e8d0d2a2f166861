/* entity_address - postal addresses that begin with a number, post boxes, and
 * the way to the others. See entity_address.h. */
#include "rules/entity_address.h"

#include <string.h>

#define NAME_WORDS 5u
#define BOX_BYTES 24u

static bool is_ordinal(const struct entity_in *in, const struct address_word *w)
{
	size_t n = address_length(w);
	const char *tail = in->s + w->end - 2;
	return w->digits && n > 2 &&
	    (!memcmp(tail, "st", 2) || !memcmp(tail, "nd", 2) ||
		!memcmp(tail, "rd", 2) || !memcmp(tail, "th", 2));
}

/* A word of a street's name? said: small letters will do. */
static bool is_name(const struct entity_in *in, const struct address_word *w,
    struct address_said *said, bool first)
{
	if (w->sep != ' ' && w->sep != '.')
		return false;
	if (is_ordinal(in, w) || address_is(w, ADDRESS_DIRECTION))
		return true;
	if (w->digits || address_is(w, ADDRESS_COUNTED))
		return false;
	return w->capital || (!first && address_is(w, ADDRESS_SMALL)) ||
	    address_is_said(said);
}

/* 350 [fifth avenue]: the end of the street's name. */
static enum entity_answer read_name(const struct entity_in *in, size_t *at,
    struct address_said *said, bool *strong)
{
	struct address_word w;
	for (unsigned i = 0; i < NAME_WORDS; i++) {
		enum entity_answer answer = address_next(in, *at, &w);
		if (answer != ENTITY_YES)
			return answer;
		bool is_strong = address_is(&w, ADDRESS_STREET);
		bool street =
		    is_strong || address_is(&w, ADDRESS_PERHAPS_STREET);
		if (i > 0 && street && w.sep == ' ' &&
		    (w.capital || address_is_said(said))) {
			struct address_word next;
			*at = w.end;
			*strong = is_strong;
			answer = address_next(in, w.end, &next);
			if (answer == ENTITY_MORE)
				return answer;
			/* Lake View Road: the name goes on */
			if (answer == ENTITY_YES && next.sep == ' ' &&
			    address_is(&next, ADDRESS_STREET) && next.capital) {
				*at = next.end;
				*strong = true;
			}
			return ENTITY_YES;
		}
		if (!is_name(in, &w, said, i == 0))
			return ENTITY_NO;
		*at = w.end;
	}
	return ENTITY_NO;
}

/* 12 [rue de la Paix], 5 bis [avenue Victor Hugo] */
static enum entity_answer read_french(
    const struct entity_in *in, size_t *at, struct address_said *said)
{
	struct address_word w;
	enum entity_answer answer = address_next(in, *at, &w);
	if (answer == ENTITY_YES && address_is(&w, ADDRESS_BIS))
		answer = address_next(in, w.end, &w);
	if (answer != ENTITY_YES)
		return answer;
	if (!address_is(&w, ADDRESS_FRENCH))
		return ENTITY_NO;
	size_t end = 0;
	for (unsigned i = 0; i < NAME_WORDS; i++) {
		*at = w.end;
		answer = address_next(in, *at, &w);
		if (answer == ENTITY_MORE)
			return answer;
		bool joins = answer == ENTITY_YES && w.sep == ' ';
		bool name = joins && !w.digits &&
		    !address_is(&w, ADDRESS_SMALL) &&
		    (w.capital || address_is_said(said));
		if (name)
			end = w.end;
		else if (!joins || !address_is(&w, ADDRESS_SMALL))
			break;
	}
	*at = end;
	return end ? ENTITY_YES : ENTITY_NO;
}

/* "in 2024 Main Street banks": what stands in front of years. */
static bool is_year(const struct entity_in *in, const struct address_word *w)
{
	static const char *const times[] = {
	    "in ", "since ", "until ", "during ", "from ", "by "};
	if (address_length(w) != 4 ||
	    (memcmp(in->s + w->start, "19", 2) != 0 &&
		memcmp(in->s + w->start, "20", 2) != 0))
		return false;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		size_t n = strlen(times[i]);
		if (w->start >= n &&
		    memcmp(in->s + w->start - n, times[i], n) == 0)
			return true;
	}
	return false;
}

enum entity_answer address_from_number(
    const struct entity_in *in, const struct address_word *number, size_t *end)
{
	if (!address_is_house(in, number) || is_year(in, number))
		return ENTITY_NO;
	bool strong = true;
	struct address_said said = {.in = in, .start = number->start};
	struct address_tail tail = {.said = &said};
	size_t at = number->end;
	enum entity_answer answer = read_french(in, &at, &said);
	if (answer == ENTITY_NO) {
		at = number->end;
		answer = read_name(in, &at, &said, &strong);
	}
	if (answer != ENTITY_YES)
		return answer;
	answer = address_tail(in, &at, &tail);
	if (answer == ENTITY_MORE)
		return answer;
	if (!strong && !tail.certain && !address_is_said(&said))
		return ENTITY_NO;
	*end = at;
	return ENTITY_YES;
}

/* ---- post boxes ---- */

static const char *const boxes[] = {"pobox", "postofficebox", "postfach",
    "postbus", "gpobox", "apartadodecorreos", "casellapostale",
    "bo\xc3\xaetepostale"};
#define N_BOXES (sizeof(boxes) / sizeof(boxes[0]))

/* Do the bytes at start, with points and spaces left out, begin with word? */
static enum entity_answer spells(
    const struct entity_in *in, size_t start, const char *word, size_t *end)
{
	size_t i = start;
	for (; i < in->n && *word && i - start < BOX_BYTES; i++) {
		if (in->s[i] == *word)
			word++;
		else if (in->s[i] != ' ' && in->s[i] != '.')
			return ENTITY_NO;
	}
	*end = i;
	if (!*word)
		return ENTITY_YES;
	return i >= in->n && !in->final ? ENTITY_MORE : ENTITY_NO;
}

/* PO Box 123, Postfach 12 34 */
static enum entity_answer post_box(
    const struct entity_in *in, size_t start, size_t *end)
{
	for (size_t i = 0; i < N_BOXES; i++) {
		struct address_word w;
		struct address_tail tail = {.said = NULL};
		size_t at;
		enum entity_answer answer = spells(in, start, boxes[i], &at);
		if (answer == ENTITY_YES)
			answer = address_next(in, at, &w);
		if (answer == ENTITY_YES && w.digits && w.start > at) {
			*end = w.end;
			return address_tail(in, end, &tail);
		}
		if (answer == ENTITY_MORE)
			return answer;
	}
	return ENTITY_NO;
}

#define LETTER(c) (1u << ((c) - 'a'))
#define FIRST_OF_BOXES                                                         \
	(LETTER('a') | LETTER('b') | LETTER('c') | LETTER('g') | LETTER('p'))

/* Not, if its first two letters are those of no post box. */
static bool may_be_box(const struct entity_in *in, size_t start)
{
	char first = in->s[start];
	if (!chars_are(first, CHARS_SMALL) || !(FIRST_OF_BOXES & LETTER(first)))
		return false;
	char then = start + 1 < in->n ? in->s[start + 1] : ' ';
	for (size_t i = 0; i < N_BOXES; i++)
		if (boxes[i][0] == first &&
		    (boxes[i][1] == then || then == ' ' || then == '.'))
			return true;
	return false;
}

bool entity_may_be_postal(const struct entity_in *in, size_t start)
{
	if (entity_is_digit(in->s[start]) || entity_is_capital(in, start))
		return true;
	size_t end = start, len;
	while (end < in->n && (len = entity_word_char(in, end)))
		end += len;
	if (end == in->n && !in->final)
		return true;
	uint32_t is =
	    address_words_find(in->addresses, in->s + start, end - start);
	return is & (ADDRESS_BEGIN | ADDRESS_PERHAPS_BEGIN) ||
	    may_be_box(in, start);
}

enum entity_answer entity_address(
    const struct entity_in *in, size_t start, size_t *end)
{
	struct address_word w;
	if (entity_is_digit(in->s[start]) && start > 1 &&
	    entity_is_digit(in->s[start - 2]) &&
	    strchr(".,'-/:", in->s[start - 1]))
		return ENTITY_NO; /* 1,250 or 12.50 */
	enum entity_answer answer =
	    may_be_box(in, start) ? post_box(in, start, end) : ENTITY_NO;
	if (answer != ENTITY_NO)
		return answer;
	answer = address_next(in, start, &w);
	if (answer != ENTITY_YES)
		return answer;
	return w.digits ? address_from_number(in, &w, end)
			: address_from_street(in, &w, end);
}
