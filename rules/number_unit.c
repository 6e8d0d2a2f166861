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
	case NUMBER_WORD_PER:
		number_unit_is(in,
		    NUMBER_UNIT_KIND(NUMBER_PERCENT) |
			NUMBER_UNIT_KIND(NUMBER_COUNT));
		u->next = i + 2;
		return numeral_is(in, i + 1, "cent") ||
		    numeral_is(in, i + 1, "ciento") ||
		    numeral_is(in, i + 1, "cento");
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
	bool kind_of =
	    word->kind == NUMBER_WORD_KIND_OF || word->kind == NUMBER_WORD_FREE;
	if (kind_of)
		number_unit_is(in,
		    NUMBER_UNIT_KIND(NUMBER_DURATION) |
			NUMBER_UNIT_KIND(NUMBER_COUNT));
	if (kind_of || word->kind == NUMBER_WORD_A)
		word = numeral_next_word(in, ++i); /* 5 business days */
	if (!number_word_is(word, NUMBER_WORD_UNIT))
		return false;
	u->kind = NUMBER_DURATION;
	u->factor = word->value;
	u->next = i + 1;
	return true;
}

/* 50,- and 50.-- are whole amounts. */
static bool follows_whole(struct numeral_in *in, size_t i)
{
	size_t len;
	if (i == 0)
		return false;
	const char *gap = numeral_gap(in->t, i, &len);
	bool sign = len > 0 && (gap[0] == ',' || gap[0] == '.');
	if (sign && len > 1 && gap[1] != '-')
		return false;
	return sign ? numeral_follows_over(in, i, ",.") && len > 1
		    : numeral_follows(in, i);
}

static bool unit_at(struct numeral_in *in, size_t i, struct number_unit *u)
{
	if (sign_unit(in, i, u))
		return true;
	const struct number_word *word = numeral_word(in, i);
	return word &&
	    (percent_unit(in, i, word, u) || money_word(in, i, word, u) ||
		time_word(in, i, word, u));
}

bool number_unit_read(
    struct numeral_in *in, size_t i, bool money, struct number_unit *u)
{
	if (!follows_whole(in, i))
		return false;
	if (!numeral_follows(in, i))
		return unit_at(in, i, u) && u->kind == NUMBER_MONEY;
	return (!money || number_unit_sign(in->t, i) == 0) && unit_at(in, i, u);
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

/* "a grand opening" is no money; such words come behind money: */
static bool is_great(struct numeral_in *in, struct numeral *n)
{
	static const char *const behind[] = {"in", "off", "back", "for", "per",
	    "a", "to", "and", "or", "on", "as", "at", "from", "more", "extra",
	    "each", "cash", "worth", "today", "now", "less", "if", "when",
	    NULL};
	if (n->digits || n->value != 1000 * (int64_t)NUMERAL_ONE ||
	    !numeral_follows(in, n->next))
		return false;
	for (size_t i = 0; behind[i]; i++)
		if (numeral_is(in, n->next, behind[i]))
			return false;
	n->vague = true;
	return true;
}

void number_unit_of(
    struct numeral_in *in, struct numeral *n, bool money, struct number_unit *u)
{
	*u = (struct number_unit){.kind = NUMBER_COUNT, .next = n->next};
	in->grand = n->grand;
	if (n->repeated && unit_at(in, n->repeated, u))
		return;
	if (n->suffix) {
		suffix_unit(in, n, money, u);
	} else if (!number_unit_read(in, n->next, money, u)) {
		*u =
		    (struct number_unit){.kind = NUMBER_COUNT, .next = n->next};
		if (n->grand && !is_great(in, n))
			number_unit_money(u, "", 100);
	}
}

/* twenty-five (25) percent, 25 (twenty-five) percent: the number said again. */
static void skip_repeat(struct numeral_in *in, struct numeral *n)
{
	size_t len;
	struct numeral again;
	size_t i = n->next;
	if (!numeral_follows_over(in, i, "("))
		return;
	const char *gap = numeral_gap(in->t, i, &len);
	if (!memchr(gap, '(', len))
		return;
	numeral_begin_second(in);
	bool digits = in->t->tokens[i].kind == TOKEN_NUMBER;
	if (digits == n->digits || !numeral_read(in, i, false, &again) ||
	    again.value != n->value ||
	    !numeral_follows_over(in, again.next, ")"))
		return;
	n->repeated = again.next;
}

static bool no_number_follows(const struct text *t, size_t i)
{
	return i + 1 < t->n_tokens && t->tokens[i + 1].kind != TOKEN_NUMBER;
}

/* 1/2 hour, 2 1/2 percent: only with a unit, as 3/4 is also a date. */
static bool read_fraction(
    struct numeral_in *in, size_t i, struct numeral *n, struct number_unit *u)
{
	struct numeral whole = {0}, part;
	if (!numeral_read_fraction(in, i, &part)) {
		if (in->t->tokens[i].kind != TOKEN_NUMBER ||
		    no_number_follows(in->t, i) ||
		    !numeral_read(in, i, false, &whole) || whole.suffix ||
		    whole.next != i + 1 || !numeral_follows(in, i + 1) ||
		    !numeral_read_fraction(in, i + 1, &part))
			return false;
	}
	*n = part;
	n->value = numeral_add(part.value, whole.value);
	n->grouped = n->value;
	size_t unit = n->next + numeral_is(in, n->next, "of");
	return number_unit_read(in, unit, false, u) && u->kind != NUMBER_COUNT;
}

/* "1 250" counts as one number only when it has a unit. */
bool number_read_amount(struct numeral_in *in, size_t i, bool money,
    struct numeral *n, struct number_unit *u)
{
	if (!money && read_fraction(in, i, n, u))
		return true;
	if (!numeral_read(in, i, true, n))
		return false;
	skip_repeat(in, n);
	number_unit_of(in, n, money, u);
	if (n->spaced && u->kind == NUMBER_COUNT && !money) {
		if (!numeral_read(in, i, false, n))
			return false;
		number_unit_of(in, n, money, u);
	}
	return true;
}
