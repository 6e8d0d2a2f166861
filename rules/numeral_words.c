/* numeral_words - numbers in words, and the words behind any number. See
 * numeral.h. */
#include "rules/numeral.h"

#include <string.h>

#define MAX_TOKENS 20u /* of one number */

static int64_t from_whole(int64_t n)
{
	return numeral_scale(n, NUMERAL_ONE);
}

struct words {
	int64_t total;   /* closed by thousand, million ... */
	int64_t current; /* 0..999 and more: "twelve hundred" */
	bool any;
	bool last_and; /* "and" was read and waits for its number */
};

static bool ends_in_s(const char *s)
{
	return s[strlen(s) - 1] == 's';
}

/* May ones or tens follow what has been read: "twenty five", "hundred ten"? */
static bool takes_small(const struct words *w, const struct number_word *word)
{
	int64_t tail = w->current % 100;
	if (!w->any || (tail == 0 && (w->current || w->total)))
		return true;
	return word->kind == NUMBER_WORD_ONES && tail >= 20 && tail % 10 == 0 &&
	    word->value > 0 && word->value < 10;
}

/* Take one word into the number; false when it does not belong. */
static bool take_word(struct words *w, const struct number_word *word)
{
	switch (word->kind) {
	case NUMBER_WORD_ONES:
	case NUMBER_WORD_TENS:
		if (!takes_small(w, word))
			return false;
		w->current += word->value;
		break;
	case NUMBER_WORD_HUNDRED:
		if (w->current > 99 || (!w->any && ends_in_s(word->text)))
			return false;
		w->current = (w->current ? w->current : 1) * 100;
		break;
	case NUMBER_WORD_SCALE:
		if ((w->any && w->current == 0) ||
		    (!w->any &&
			(ends_in_s(word->text) || strlen(word->text) < 6)))
			return false;
		w->total = numeral_add(w->total,
		    numeral_scale(w->current ? w->current : 1, word->value));
		w->current = 0;
		break;
	case NUMBER_WORD_DOZEN:
		if (w->current > 99 || (!w->any && ends_in_s(word->text)))
			return false;
		w->current = (w->current ? w->current : 1) * 12;
		break;
	case NUMBER_WORD_A:
	case NUMBER_WORD_AND:
	case NUMBER_WORD_POINT:
	case NUMBER_WORD_PART:
	case NUMBER_WORD_PERCENT:
	case NUMBER_WORD_PER:
	case NUMBER_WORD_BASIS:
	case NUMBER_WORD_CURRENCY:
	case NUMBER_WORD_CODE:
	case NUMBER_WORD_COUNTRY:
	case NUMBER_WORD_UNIT:
	case NUMBER_WORD_KIND_OF:
	case NUMBER_WORD_FOR:
	case NUMBER_WORD_TO:
	case NUMBER_WORD_BETWEEN:
	case NUMBER_WORD_OFF:
	case NUMBER_WORD_PRICE:
	case NUMBER_WORD_COUPLE:
	case NUMBER_WORD_BUY:
	case NUMBER_WORD_FREE:
	case NUMBER_WORD_BOGO:
	case NUMBER_WORD_AMOUNT:
		return false;
	}
	w->any = true;
	w->last_and = false;
	return true;
}

/* "point two five": tenths and further, from token i; moves n->next. */
static void read_point(struct numeral_in *in, size_t i, struct numeral *n)
{
	int64_t unit = NUMERAL_ONE / 10;
	const struct number_word *word;
	for (i++; unit > 0; i++, unit /= 10) {
		word = numeral_next_word(in, i);
		if (!word || word->kind != NUMBER_WORD_ONES || word->value > 9)
			return;
		n->value = numeral_add(n->value, word->value * unit);
		n->next = i + 1;
	}
}

/* What may follow a number: "and a half", "point five", then "million". */
void numeral_read_tail(struct numeral_in *in, struct numeral *n)
{
	const struct number_word *word = numeral_next_word(in, n->next);
	if (number_word_is(word, NUMBER_WORD_POINT) && !n->digits)
		read_point(in, n->next, n);
	if (number_word_is(word, NUMBER_WORD_AND) &&
	    number_word_is(numeral_next_word(in, n->next + 1), NUMBER_WORD_A)) {
		word = numeral_next_word(in, n->next + 2);
		if (number_word_is(word, NUMBER_WORD_PART) &&
		    word->value == 5000) {
			n->value = numeral_add(n->value, NUMERAL_ONE / 2);
			n->next += 3;
		}
	}
	n->grouped = n->digits ? n->grouped : n->value;
}

/* "thousand", "million", "hundred" behind any number. */
void numeral_read_scale(struct numeral_in *in, struct numeral *n)
{
	const struct number_word *word;
	while ((word = numeral_next_word(in, n->next))) {
		bool scale = word->kind == NUMBER_WORD_SCALE ||
		    word->kind == NUMBER_WORD_HUNDRED ||
		    word->kind == NUMBER_WORD_DOZEN;
		if (!scale)
			return;
		n->value = numeral_scale(n->value, word->value);
		n->grouped = numeral_scale(n->grouped, word->value);
		n->grand |= strcmp(word->text, "grand") == 0;
		n->vague = false;
		n->next++;
	}
}

/* half a million, half a dozen */
static bool read_half(struct numeral_in *in, size_t i, struct numeral *n)
{
	if (!number_word_is(numeral_next_word(in, i + 1), NUMBER_WORD_A))
		return false;
	const struct number_word *word = numeral_next_word(in, i + 2);
	if (!number_word_is(word, NUMBER_WORD_SCALE) &&
	    !number_word_is(word, NUMBER_WORD_HUNDRED) &&
	    !number_word_is(word, NUMBER_WORD_DOZEN))
		return false;
	n->value = numeral_scale(word->value, NUMERAL_ONE / 2);
	n->next = i + 3;
	return true;
}

/* a couple (of), a few, several; i is that word */
static bool read_couple(struct numeral_in *in, size_t i,
    const struct number_word *word, struct numeral *n)
{
	n->value = from_whole(word->value);
	n->vague = true;
	n->next = numeral_is(in, i + 1, "of") ? i + 2 : i + 1;
	return true;
}

/* hundreds of, hundreds of thousands of: two at least */
static bool read_plural(struct numeral_in *in, size_t i, struct numeral *n)
{
	const struct number_word *word = numeral_word(in, i);
	n->value = from_whole(2);
	n->vague = true;
	while ((number_word_is(word, NUMBER_WORD_HUNDRED) ||
		   number_word_is(word, NUMBER_WORD_SCALE) ||
		   number_word_is(word, NUMBER_WORD_DOZEN)) &&
	    ends_in_s(word->text)) {
		n->value = numeral_scale(n->value, word->value);
		if (!numeral_is(in, i + 1, "of"))
			return false;
		n->next = i += 2;
		word = numeral_next_word(in, i);
	}
	return n->next > 0;
}

/* .5 as "point five" */
static bool read_pointed(struct numeral_in *in, size_t i, struct numeral *n)
{
	n->next = 0;
	read_point(in, i, n);
	return n->next > 0;
}

/* twenty five thousand; first: the token the number begins with */
static bool read_sum(struct numeral_in *in, size_t first, size_t i,
    struct words *w, struct numeral *n)
{
	const struct number_word *word = numeral_word(in, i);
	n->next = 0;
	while (word && i - first < MAX_TOKENS) {
		if (number_word_is(word, NUMBER_WORD_AND)) {
			if (!w->any || w->last_and || w->current % 100 != 0)
				break;
			w->last_and = true;
		} else if (take_word(w, word)) {
			n->next = i + 1;
			n->grand |= strcmp(word->text, "grand") == 0;
		} else {
			break;
		}
		word = numeral_next_word(in, ++i);
	}
	n->value = from_whole(numeral_add(w->total, w->current));
	return n->next > 0;
}

bool numeral_read_words(struct numeral_in *in, size_t i,
    const struct number_word *word, struct numeral *n)
{
	struct words w = {0};
	size_t first = i;
	if (number_word_is(word, NUMBER_WORD_PART))
		return word->value == 5000 && read_half(in, i, n);
	if (number_word_is(word, NUMBER_WORD_POINT))
		return read_pointed(in, i, n);
	if (number_word_is(
		word, NUMBER_WORD_A)) { /* a hundred, a dozen, a few */
		word = numeral_next_word(in, ++i);
		if (number_word_is(word, NUMBER_WORD_COUPLE))
			return read_couple(in, i, word, n);
		if (!number_word_is(word, NUMBER_WORD_HUNDRED) &&
		    !number_word_is(word, NUMBER_WORD_SCALE) &&
		    !number_word_is(word, NUMBER_WORD_DOZEN))
			return false;
		w.current = 1;
		w.any = true;
	}
	if (number_word_is(word, NUMBER_WORD_COUPLE))
		return read_couple(in, i, word, n);
	return read_sum(in, first, i, &w, n) || read_plural(in, i, n);
}
