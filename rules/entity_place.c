/* entity_place - the words of an address, and what stands behind its street:
 * apartment, city, state, ZIP code or postcode. See entity_address.h. */
#include "rules/entity_address.h"

#include <string.h>

#define MAX_SEPARATORS 4u
#define MAX_WORD 32u
#define TAIL_WORDS 12u

static const char *const context[] = {"address", "addresses", "live", "lives",
    "living", "located", "location", "reside", "resides", "residence", "ship",
    "shipped", "deliver", "delivered", "mail", "mailed", "send", "sent",
    "visit", "adresse", "anschrift", "wohne", "wohnt", "habite", "habita",
    "direcci\xc3\xb3n", "direccion", "indirizzo", "adres", "adress", "morada",
    "domicilio", NULL};

static bool is_separator(char c)
{
	return c == ' ' || c == ',' || c == '.' || c == '\n' || c == '#';
}

/* How much a separator says: a line break or a comma more than a space. */
static unsigned weight(char c)
{
	return c == '\n' ? 5 : c == ',' ? 4 : c == '#' ? 3 : c == '.' ? 2 : 1;
}

/* Signs inside a word: 12-14, 5/7, o'hare, saint-denis. */
static bool joins_word(const struct entity_in *in, size_t i)
{
	char c = in->s[i];
	return (c == '-' || c == '/' || c == '\'') && i + 1 < in->n &&
	    entity_word_char(in, i + 1);
}

enum entity_answer address_next(
    const struct entity_in *in, size_t i, struct address_word *w)
{
	*w = (struct address_word){.sep = '\0'};
	size_t first = i;
	for (; i < in->n && is_separator(in->s[i]); i++) {
		if (i - first >= MAX_SEPARATORS)
			return ENTITY_NO;
		if (weight(in->s[i]) > weight(w->sep) || !w->sep)
			w->sep = in->s[i];
	}
	if (i >= in->n)
		return in->final ? ENTITY_NO : ENTITY_MORE;
	if (!entity_word_char(in, i))
		return ENTITY_NO;
	w->start = i;
	w->digits = entity_is_digit(in->s[i]);
	w->capital = entity_is_capital(in, i);
	size_t len = 0;
	while (i < in->n && i - w->start <= MAX_WORD &&
	    ((len = entity_word_char(in, i)) || (len = joins_word(in, i))))
		i += len;
	if (i - w->start > MAX_WORD)
		return ENTITY_NO;
	/* A sign at the end may still join. */
	if (!in->final && i + 1 >= in->n)
		return ENTITY_MORE;
	w->end = i;
	w->is = address_words_find(
	    in->addresses, in->s + w->start, address_length(w));
	return ENTITY_YES;
}

bool address_is_house(const struct entity_in *in, const struct address_word *w)
{
	size_t i = w->start, n = 0;
	while (i < w->end && entity_is_digit(in->s[i])) {
		i++;
		n++;
	}
	if (n == 0 || n > 5 || (in->s[w->start] == '0'))
		return false;
	if (i == w->end)
		return true;
	if (in->s[i] == '-' || in->s[i] == '/') {
		for (i++; i < w->end && w->end - i <= 5; i++)
			if (!entity_is_digit(in->s[i]))
				return i + 1 == w->end;
		return i == w->end;
	}
	return i + 1 == w->end; /* one letter */
}

/* ---- postcodes ---- */

static size_t count_digits(const struct entity_in *in, size_t from, size_t to)
{
	size_t n = 0;
	while (from + n < to && entity_is_digit(in->s[from + n]))
		n++;
	return n;
}

/* 10118, 10118-1234 */
static bool is_zip(const struct entity_in *in, const struct address_word *w)
{
	size_t n = count_digits(in, w->start, w->end), len = address_length(w);
	return n == 5 &&
	    (len == 5 ||
		(len == 10 && in->s[w->start + 5] == '-' &&
		    count_digits(in, w->start + 6, w->end) == 4));
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* SW1A, LS1, M1: the first half of a UK postcode. */
static bool is_outward(const struct entity_in *in, const struct address_word *w)
{
	const char *s = in->s + w->start;
	size_t n = address_length(w), letters = 0;
	while (letters < n && is_letter(s[letters]))
		letters++;
	if (letters < 1 || letters > 2 || n - letters < 1 || n - letters > 2)
		return false;
	return entity_is_digit(s[letters]) &&
	    (n - letters == 1 || entity_is_digit(s[n - 1]) ||
		is_letter(s[n - 1]));
}

/* 2AA, and 1AA at the end of sw1a1aa */
static bool is_inward(const char *s)
{
	return entity_is_digit(s[0]) && is_letter(s[1]) && is_letter(s[2]);
}

/* 1017 GC: the second half of a Dutch postcode is two letters. */
static bool is_pair(const struct entity_in *in, const struct address_word *w)
{
	return address_length(w) == 2 && is_letter(in->s[w->start]) &&
	    is_letter(in->s[w->start + 1]) && w->capital;
}

enum place { PLACE_NONE, PLACE_CODE, PLACE_CODE_WORD };

/* What w begins, together with the word behind it. */
static enum entity_answer read_code(const struct entity_in *in,
    const struct address_word *w, enum place *place, size_t *end)
{
	struct address_word next;
	size_t n = address_length(w);
	*place = PLACE_NONE;
	*end = w->end;
	struct address_word half = *w;
	half.end -= n > 4 && n < 8 && is_inward(in->s + w->end - 3) ? 3 : 0;
	if (half.end != w->end && is_outward(in, &half)) {
		*place = PLACE_CODE;
		return ENTITY_YES;
	}
	bool outward = is_outward(in, w);
	size_t digits = w->digits ? count_digits(in, w->start, w->end) : 0;
	if (is_zip(in, w)) {
		*place = w->sep == ',' || w->sep == '\n' ? PLACE_CODE_WORD
							 : PLACE_CODE;
		return ENTITY_YES;
	}
	bool portuguese = digits == 4 && n == 8 && in->s[w->start + 4] == '-' &&
	    count_digits(in, w->start + 5, w->end) == 3;
	bool polish = digits == 2 && n == 6 && in->s[w->start + 2] == '-' &&
	    count_digits(in, w->start + 3, w->end) == 3;
	if (portuguese || polish) {
		*place = PLACE_CODE;
		return ENTITY_YES;
	}
	if (!outward && !(digits == n && (n == 3 || n == 4)))
		return ENTITY_YES;
	enum entity_answer answer = address_next(in, w->end, &next);
	if (answer != ENTITY_YES)
		return answer == ENTITY_MORE ? answer : ENTITY_YES;
	if (outward && address_length(&next) == 3 &&
	    is_inward(in->s + next.start)) {
		*place = PLACE_CODE;
		*end = next.end;
	} else if (n == 4 && digits == 4 && is_pair(in, &next)) {
		*place = PLACE_CODE;
		*end = next.end;
	} else if (n == 4 && digits == 4) {
		*place = PLACE_CODE_WORD;
	} else if (n == 3 && digits == 3 && address_length(&next) == 2 &&
	    count_digits(in, next.start, next.end) == 2) {
		*place = PLACE_CODE_WORD; /* 111 22 Stockholm */
		*end = next.end;
	}
	return ENTITY_YES;
}

/* ---- the tail ---- */

struct tail {
	const struct entity_in *in;
	size_t at;   /* read so far */
	size_t last; /* length of the word before */
	size_t *end; /* what is known to belong */
	bool certain;
	struct address_said *said;
	bool after_code; /* a city may follow: 75002 Paris */
};

static void belongs(struct tail *t, size_t end)
{
	*t->end = t->at = end;
}

/* Apt 4B, Suite 200, # 12, 2nd floor: the word behind what it is. */
static enum entity_answer read_unit(
    struct tail *t, const struct address_word *w, bool *is)
{
	struct address_word next;
	*is = false;
	if (w->sep == '#' && w->digits) {
		*is = true;
		belongs(t, w->end);
		return ENTITY_YES;
	}
	if (!address_is(w, ADDRESS_UNIT))
		return ENTITY_YES;
	enum entity_answer answer = address_next(t->in, w->end, &next);
	if (answer != ENTITY_YES)
		return answer == ENTITY_MORE ? answer : ENTITY_YES;
	if (next.digits || address_length(&next) == 1) {
		*is = true;
		belongs(t, next.end);
	}
	return ENTITY_YES;
}

static bool is_state(const struct entity_in *in, const struct address_word *w)
{
	return w->capital &&
	    (address_is(w, ADDRESS_STATE_NAME) ||
		(address_length(w) == 2 &&
		    entity_is_capital(in, w->start + 1) &&
		    address_is(w, ADDRESS_STATE)));
}

/* One word on. NO: it does not belong to the address. */
static enum entity_answer read_word(struct tail *t, bool *more)
{
	struct address_word w;
	enum place place;
	size_t end;
	bool unit;
	*more = false;
	enum entity_answer answer = address_next(t->in, t->at, &w);
	if (answer != ENTITY_YES)
		return answer;
	if ((answer = read_unit(t, &w, &unit)) != ENTITY_YES)
		return answer;
	*more = unit;
	if (unit)
		return ENTITY_YES;
	/* A sentence ends behind a word that is no abbreviation. */
	if (w.sep == '.' && t->last > 4)
		return ENTITY_NO;
	t->last = address_length(&w);
	if ((answer = read_code(t->in, &w, &place, &end)) != ENTITY_YES)
		return answer;
	*more = true;
	if (place == PLACE_CODE) {
		t->certain = true;
		/* but not behind US and UK codes, which come last */
		t->after_code = w.digits && !is_zip(t->in, &w);
		belongs(t, end);
		return ENTITY_YES;
	}
	if (place == PLACE_CODE_WORD && w.sep != '\0') {
		struct address_word city;
		answer = address_next(t->in, end, &city);
		if (answer == ENTITY_MORE)
			return answer;
		bool named = answer == ENTITY_YES && city.capital &&
		    !city.digits && city.sep == ' ';
		t->certain |= named;
		belongs(t, named ? city.end : end);
		*more = named;
		return ENTITY_YES;
	}
	if (is_state(t->in, &w) && (w.sep == ',' || t->at > *t->end)) {
		t->certain = true;
		belongs(t, w.end);
		return ENTITY_YES;
	}
	if (w.digits ||
	    (!w.capital && !address_is(&w, ADDRESS_JOIN) &&
		!address_is_said(t->said)))
		return ENTITY_NO;
	t->at = w.end;
	if (t->after_code && w.capital && w.sep == ' ') {
		t->after_code = false;
		*t->end = w.end;
	}
	return ENTITY_YES;
}

enum entity_answer address_tail(
    const struct entity_in *in, size_t *end, struct address_tail *out)
{
	struct tail t = {.in = in, .at = *end, .end = end, .said = out->said};
	while (t.last < *end && entity_is_alnum(in->s[*end - t.last - 1]))
		t.last++;
	bool more = true;
	for (unsigned i = 0; i < TAIL_WORDS && more; i++)
		if (read_word(&t, &more) == ENTITY_MORE)
			return ENTITY_MORE;
	out->certain = t.certain;
	return ENTITY_YES;
}

bool address_is_said(struct address_said *said)
{
	if (!said)
		return false;
	if (!said->asked)
		said->is = entity_has_context(said->in, said->start, context);
	said->asked = true;
	return said->is;
}
