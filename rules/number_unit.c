/* number_unit - see number_unit.h. The next word is asked for only where it
 * matters: asking for one that has not settled holds the number. */
#include "rules/number_unit.h"

#include "rules/glyph.h"

#include <string.h>

void number_unit_money(
    struct number_unit *u, const char *currency, int64_t factor)
{
	u->kind = NUMBER_MONEY;
	u->factor = factor;
	strncpy(u->currency, currency, sizeof(u->currency) - 1);
	u->currency[sizeof(u->currency) - 1] = '\0';
}

int32_t number_unit_sign(const struct text *t, size_t i)
{
	int32_t cp = 0;
	const struct token *tok = &t->tokens[i];
	if (tok->kind == TOKEN_SYMBOL)
		glyph_decode(text_fold(t, tok), tok->fold_len, &cp);
	return cp;
}

/* Codes that are also words count only in capitals. */
bool number_unit_is_code(
    const struct text *t, size_t i, const struct number_word *word)
{
	if (!number_word_is(word, NUMBER_WORD_CODE))
		return false;
	const struct token *tok = &t->tokens[i];
	return !word->value ||
	    (tok->end - tok->start == tok->fold_len &&
		t->bytes[tok->start] >= 'A' && t->bytes[tok->start] <= 'Z' &&
		t->bytes[tok->end - 1] >= 'A' && t->bytes[tok->end - 1] <= 'Z');
}

/* Is token i a number in digits, glued to the one before? Then a sign in
 * front belongs to it: "5 $10". */
static bool is_glued_number(struct numeral_in *in, size_t i)
{
	if (!numeral_follows(in, i))
		return false;
	const struct token *tok = &in->t->tokens[i];
	char c = text_fold(in->t, tok)[0];
	return tok->glued && c >= '0' && c <= '9';
}

/* ---- units behind a numeral ---- */

static bool sign_unit(struct numeral_in *in, size_t i, struct number_unit *u)
{
	int32_t cp = number_unit_sign(in->t, i);
	if (cp == 0)
		return false;
	if (cp == '%') {
		u->kind = NUMBER_PERCENT;
		u->factor = 100;
	} else {
		if (is_glued_number(in, i + 1))
			return false;
		int32_t hundredths;
		const char *currency = number_word_sign(cp, &hundredths);
		number_unit_money(u, currency, hundredths);
	}
	u->next = i + 1;
	return true;
}

/* "per cent", "percentage points", "basis points" */
static bool percent_unit(struct numeral_in *in, size_t i,
    const struct number_word *word, struct number_unit *u)
{
	u->next = i + 1;
	u->kind = NUMBER_PERCENT;
	u->factor = 100;
	switch (word->kind) {
	case NUMBER_WORD_PERCENT:
		number_unit_is(in, NUMBER_UNIT_KIND(NUMBER_PERCENT));
		if (number_word_is(
			numeral_next_word(in, i + 1), NUMBER_WORD_POINT))
			u->next = i + 2;
		return true;
	case NUMBER_WORD_PER: {
		number_unit_is(in,
		    NUMBER_UNIT_KIND(NUMBER_PERCENT) |
			NUMBER_UNIT_KIND(NUMBER_COUNT));
		const struct number_word *next = numeral_next_word(in, i + 1);
		u->next = i + 2;
		return number_word_is(next, NUMBER_WORD_CURRENCY) &&
		    next->value == 1 && strcmp(next->text, "cent") == 0;
	}
	case NUMBER_WORD_BASIS:
		u->factor = 1;
		if (strcmp(word->text, "bps") == 0)
			return true;
		u->next = i + 2;
		return number_word_is(
		    numeral_next_word(in, i + 1), NUMBER_WORD_POINT);
	default:
		return false;
	}
}

static bool money_word(struct numeral_in *in, size_t i,
    const struct number_word *word, struct number_unit *u)
{
	u->next = i + 1;
	if (word->kind == NUMBER_WORD_COUNTRY) { /* US dollars */
		const struct number_word *next = numeral_next_word(in, i + 1);
		if (!number_word_is(next, NUMBER_WORD_CURRENCY))
			return false;
		number_unit_money(u, word->currency, next->value);
		u->next = i + 2;
		return true;
	}
	if (word->kind != NUMBER_WORD_CURRENCY &&
	    !number_unit_is_code(in->t, i, word))
		return false;
	number_unit_money(u, word->currency,
	    word->kind == NUMBER_WORD_CURRENCY ? word->value : 100);
	return true;
}

static bool time_word(struct numeral_in *in, size_t i,
    const struct number_word *word, struct number_unit *u)
{
	if (word->kind == NUMBER_WORD_KIND_OF)
		number_unit_is(in,
		    NUMBER_UNIT_KIND(NUMBER_DURATION) |
			NUMBER_UNIT_KIND(NUMBER_COUNT));
	if (word->kind == NUMBER_WORD_KIND_OF || word->kind == NUMBER_WORD_A)
		word = numeral_next_word(in, ++i); /* 5 business days */
	if (!number_word_is(word, NUMBER_WORD_UNIT))
		return false;
	u->kind = NUMBER_DURATION;
	u->factor = word->value;
	u->next = i + 1;
	return true;
}

/* The unit that token i is, if it follows. Behind an amount of money, only
 * words are: "$75 USD", but "$75 $80". */
bool number_unit_read(
    struct numeral_in *in, size_t i, bool money, struct number_unit *u)
{
	if (!numeral_follows(in, i))
		return false;
	if (!money && sign_unit(in, i, u))
		return true;
	const struct number_word *word = numeral_word(in->t, i);
	return word &&
	    (percent_unit(in, i, word, u) || money_word(in, i, word, u) ||
		time_word(in, i, word, u));
}

/* "75usd", "15pct", "1.5k", "30m" */
static void suffix_unit(
    struct numeral_in *in, struct numeral *n, bool money, struct number_unit *u)
{
	const struct number_word *s = n->suffix;
	u->kind = NUMBER_COUNT;
	u->next = n->next;
	if (s->kind == NUMBER_WORD_PERCENT || s->kind == NUMBER_WORD_BASIS) {
		u->kind = NUMBER_PERCENT;
		u->factor = s->kind == NUMBER_WORD_PERCENT ? 100 : 1;
	} else if (s->kind == NUMBER_WORD_UNIT) {
		u->kind = NUMBER_DURATION;
		u->factor = s->value;
	} else if (s->kind != NUMBER_WORD_SCALE) {
		number_unit_money(u, s->currency,
		    s->kind == NUMBER_WORD_CURRENCY ? s->value : 100);
	} else {
		bool unit = number_unit_read(in, n->next, money, u);
		if (!unit && !money && strcmp(s->text, "m") == 0) {
			u->kind = NUMBER_DURATION; /* minutes */
			u->factor = 60;
			u->next = n->next;
			return;
		}
		n->value = numeral_scale(n->value, s->value);
		n->grouped = numeral_scale(n->grouped, s->value);
		if (!unit) {
			u->kind = NUMBER_COUNT;
			u->next = n->next;
		}
	}
}

void number_unit_of(
    struct numeral_in *in, struct numeral *n, bool money, struct number_unit *u)
{
	*u = (struct number_unit){.kind = NUMBER_COUNT, .next = n->next};
	if (n->suffix) {
		suffix_unit(in, n, money, u);
	} else if (!number_unit_read(in, n->next, money, u)) {
		*u =
		    (struct number_unit){.kind = NUMBER_COUNT, .next = n->next};
		if (n->grand)
			number_unit_money(u, "", 100);
	}
}
