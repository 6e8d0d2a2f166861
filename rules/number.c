/*
 * number - see number.h.
 *
 * At each token an expression is tried: [currency] numeral [unit] [range].
 * When it would need a token that has not settled, the scan stops there and
 * tries again with more text: an expression is short, so nothing is read often.
 */
#include "rules/number.h"

#include "rules/number_unit.h"

#include <string.h>

#define MAX_FOUND 2u
#define HUNDREDTHS (NUMERAL_ONE / 100)

struct number_value {
	enum number_kind kind;
	int64_t value; /* in the unit of the kind */
	char currency[4];
};

struct found {
	struct number_value values[MAX_FOUND];
	size_t first[MAX_FOUND], next[MAX_FOUND]; /* tokens */
	size_t n;
	size_t resume; /* token to go on with */
};

static int64_t divide(int64_t value, int64_t factor, int64_t by)
{
	int64_t product = numeral_scale(value, factor);
	return product == INT64_MAX ? INT64_MAX : product / by;
}

static void add_value(struct found *f, const struct numeral *n,
    const struct number_unit *u, size_t first, size_t next)
{
	struct number_value *v = &f->values[f->n];
	*v = (struct number_value){.kind = u->kind};
	switch (u->kind) {
	case NUMBER_PERCENT:
		v->value = divide(n->value, u->factor, NUMERAL_ONE);
		break;
	case NUMBER_MONEY:
		v->value = divide(n->grouped, u->factor, NUMERAL_ONE);
		memcpy(v->currency, u->currency, sizeof(v->currency));
		break;
	case NUMBER_DURATION:
		v->value = divide(n->value, u->factor, NUMERAL_ONE);
		break;
	case NUMBER_COUNT:
		v->value =
		    n->value == INT64_MAX ? INT64_MAX : n->value / HUNDREDTHS;
		break;
	}
	f->first[f->n] = first;
	f->next[f->n] = next;
	f->n++;
}

/* ---- expressions ---- */

/* Numeral and unit from token i; "1 250" counts as one number only when it
 * has a unit. */
static bool read_amount(struct numeral_in *in, size_t i, bool money,
    struct numeral *n, struct number_unit *u)
{
	if (!numeral_read(in, i, true, n))
		return false;
	number_unit_of(in, n, money, u);
	if (n->spaced && u->kind == NUMBER_COUNT && !money) {
		if (!numeral_read(in, i, false, n))
			return false;
		number_unit_of(in, n, money, u);
	}
	return true;
}

static bool gap_has_dash(const struct text *t, size_t i)
{
	const struct token *a = &t->tokens[i - 1], *b = &t->tokens[i];
	uint32_t start = a->fold + a->fold_len;
	return memchr(t->folded.bytes + start, '-', b->fold - start) != NULL;
}

static bool between_before(const struct text *t, size_t i)
{
	return i > 0 &&
	    number_word_is(numeral_word(t, i - 1), NUMBER_WORD_BETWEEN);
}

/* The token the other end of a range starts at, or 0. */
static size_t range_end(
    struct numeral_in *in, size_t first, size_t next, bool *dash)
{
	*dash = false;
	if (!numeral_follows(in, next))
		return 0;
	if (gap_has_dash(in->t, next)) {
		*dash = true;
		return next;
	}
	const struct number_word *word = numeral_word(in->t, next);
	bool joins = number_word_is(word, NUMBER_WORD_TO) ||
	    (number_word_is(word, NUMBER_WORD_AND) &&
		between_before(in->t, first));
	return joins && numeral_follows(in, next + 1) ? next + 1 : 0;
}

/* "2 for 1" is half off, "3 for 2" a third. */
static bool read_bundle(
    struct numeral_in *in, size_t i, const struct numeral *n, struct found *f)
{
	if (n->value != 2 * NUMERAL_ONE && n->value != 3 * NUMERAL_ONE)
		return false;
	if (!number_word_is(numeral_next_word(in, n->next), NUMBER_WORD_FOR) ||
	    !numeral_follows(in, n->next + 1))
		return false;
	struct numeral paid;
	struct number_unit u;
	numeral_begin_second(in);
	if (!read_amount(in, n->next + 1, false, &paid, &u) ||
	    u.kind != NUMBER_COUNT || paid.value != n->value - NUMERAL_ONE)
		return false;
	struct numeral off = {
	    .value = (int64_t)NUMERAL_ONE * 100 * NUMERAL_ONE / n->value};
	struct number_unit percent = {.kind = NUMBER_PERCENT, .factor = 100};
	add_value(f, &off, &percent, i, paid.next);
	f->resume = paid.next;
	return true;
}

/* "five dollars and fifty cents" is one amount. */
static void read_cents(
    struct numeral_in *in, struct numeral *n, struct number_unit *u)
{
	struct numeral cents;
	size_t i = u->next;
	if (u->kind != NUMBER_MONEY || u->factor != 100)
		return;
	if (number_word_is(numeral_next_word(in, i), NUMBER_WORD_AND))
		i++;
	if (!numeral_follows(in, i))
		return;
	numeral_begin_second(in);
	if (!numeral_read(in, i, false, &cents) || cents.suffix ||
	    cents.value >= 100 * NUMERAL_ONE)
		return;
	const struct number_word *word = numeral_next_word(in, cents.next);
	if (!number_word_is(word, NUMBER_WORD_CURRENCY) || word->value != 1)
		return;
	n->grouped = numeral_add(n->grouped, cents.value / 100);
	u->next = cents.next + 1;
}

/* A numeral from token i that is the amount of the expression from first. */
static bool read_expression(struct numeral_in *in, size_t first, size_t i,
    const struct number_unit *prefix, struct found *f)
{
	struct numeral n, other;
	struct number_unit u, v;
	bool dash;
	if (!read_amount(in, i, prefix != NULL, &n, &u))
		return false;
	if (prefix && !(u.kind == NUMBER_MONEY && u.factor == 100)) {
		v = *prefix; /* "$75 USD" is the latter's; "$75%" is money */
		v.next = n.next;
		u = v;
	}
	if (u.kind != NUMBER_COUNT)
		number_unit_is(in, NUMBER_UNIT_KIND(u.kind));
	read_cents(in, &n, &u);
	if (!prefix && u.kind == NUMBER_COUNT && read_bundle(in, i, &n, f))
		return true;
	size_t end = u.kind == NUMBER_COUNT || prefix
	    ? range_end(in, first, u.next, &dash)
	    : 0;
	if (end)
		numeral_begin_second(in);
	if (end && read_amount(in, end, prefix != NULL, &other, &v)) {
		if (v.kind == NUMBER_COUNT && prefix && dash) {
			size_t next = v.next;
			v = u;
			v.next = next;
		}
		if (!prefix && v.kind != NUMBER_COUNT) {
			u = v; /* "10-15%": the unit is that of both */
		} else if (!(prefix && dash && v.kind == NUMBER_MONEY)) {
			end = 0; /* two numbers that have nothing to do */
		}
	} else {
		end = 0;
	}
	add_value(f, &n, &u, first, end ? v.next : u.next);
	if (end)
		add_value(f, &other, &v, end, v.next);
	f->resume = end ? v.next : u.next;
	return true;
}

/* "half off", "half price", "half an hour", "half a percent" */
static bool read_part(struct numeral_in *in, size_t i,
    const struct number_word *part, struct found *f)
{
	struct number_unit u = {.kind = NUMBER_PERCENT, .factor = 100};
	struct numeral n = {0};
	n.value = (int64_t)part->value * (NUMERAL_ONE / 100);
	const struct number_word *word = numeral_next_word(in, i + 1);
	u.next = i + 2;
	if (!number_word_is(word, NUMBER_WORD_OFF) &&
	    !(number_word_is(word, NUMBER_WORD_PRICE) && part->value == 5000)) {
		if (!number_word_is(word, NUMBER_WORD_A) || part->value != 5000)
			return false;
		n.value = n.grouped = NUMERAL_ONE / 2;
		if (!number_unit_read(in, i + 2, false, &u))
			return false;
	}
	add_value(f, &n, &u, i, u.next);
	f->resume = u.next;
	return true;
}

/* Letters and digits in one word: "usd75". */
static bool read_glued_code(struct numeral_in *in, size_t i, struct found *f)
{
	const struct text *t = in->t;
	const struct token *tok = &t->tokens[i];
	const char *s = text_fold(t, tok);
	size_t skip = 0;
	while (skip < tok->fold_len && s[skip] >= 'a' && s[skip] <= 'z')
		skip++;
	if (skip < 2 || skip > 3 || skip == tok->fold_len)
		return false;
	const struct number_word *word = number_word_find(s, skip);
	struct numeral n;
	struct number_unit u = {0};
	if (!word ||
	    (word->kind != NUMBER_WORD_CODE && strcmp(word->text, "rs") != 0) ||
	    !numeral_read_behind(t, i, skip, &n))
		return false;
	number_unit_money(&u, word->currency, 100);
	add_value(f, &n, &u, i, i + 1);
	f->resume = i + 1;
	return true;
}

static bool starts_with_digit(const struct text *t, size_t i)
{
	char c = text_fold(t, &t->tokens[i])[0];
	return c >= '0' && c <= '9';
}

static bool is_capital_a(const struct text *t, size_t i) /* A$50 */
{
	const struct token *tok = &t->tokens[i];
	return tok->end - tok->start == 1 && t->bytes[tok->start] == 'A';
}

/* A currency in front of the number: "$", "US$", "USD", "USD $", "Rs". */
static bool read_prefixed(struct numeral_in *in, size_t i,
    const struct number_word *word, struct found *f)
{
	const struct text *t = in->t;
	struct number_unit u = {0};
	int32_t hundredths = 100;
	int32_t cp = number_unit_sign(t, i);
	size_t next = i + 1;
	if (cp && cp != '%') {
		number_unit_money(&u, number_word_sign(cp, &hundredths), 100);
	} else if (number_word_is(word, NUMBER_WORD_COUNTRY) ||
	    is_capital_a(t, i)) {
		const struct token *tok = &t->tokens[i];
		size_t at = tok->fold + tok->fold_len;
		if (at >= t->folded.len || t->folded.bytes[at] != '$')
			return false;
		number_unit_is(in, NUMBER_UNIT_KIND(NUMBER_MONEY));
		if (!numeral_follows(in, next) ||
		    number_unit_sign(t, next) != '$')
			return false;
		number_unit_money(
		    &u, word->currency[0] ? word->currency : "AUD", 100);
		next++;
	} else if (number_unit_is_code(t, i, word) ||
	    (number_word_is(word, NUMBER_WORD_CURRENCY) &&
		strcmp(word->text, "rs") == 0)) {
		number_unit_money(&u, word->currency, 100);
		number_unit_is(in, NUMBER_UNIT_KIND(NUMBER_MONEY));
		if (numeral_follows(in, next) && number_unit_sign(t, next) &&
		    number_unit_sign(t, next) != '%')
			next++;
	} else {
		return false;
	}
	u.factor = hundredths;
	number_unit_is(in, NUMBER_UNIT_KIND(NUMBER_MONEY));
	if (!numeral_follows(in, next))
		return false;
	bool fifty = cp && t->tokens[next].glued; /* "$fifty" */
	if (!starts_with_digit(t, next) && !fifty)
		return false;
	return read_expression(in, i, next, &u, f);
}

/* Can a number begin with the word? The others only go on with one. */
static bool may_begin(const struct number_word *word)
{
	switch (word->kind) {
	case NUMBER_WORD_ONES:
	case NUMBER_WORD_TENS:
	case NUMBER_WORD_HUNDRED:
	case NUMBER_WORD_SCALE:
	case NUMBER_WORD_DOZEN:
	case NUMBER_WORD_A:
	case NUMBER_WORD_PART:
	case NUMBER_WORD_CURRENCY:
	case NUMBER_WORD_CODE:
	case NUMBER_WORD_COUNTRY:
		return true;
	case NUMBER_WORD_AND:
	case NUMBER_WORD_POINT:
	case NUMBER_WORD_PERCENT:
	case NUMBER_WORD_PER:
	case NUMBER_WORD_BASIS:
	case NUMBER_WORD_UNIT:
	case NUMBER_WORD_KIND_OF:
	case NUMBER_WORD_FOR:
	case NUMBER_WORD_TO:
	case NUMBER_WORD_BETWEEN:
	case NUMBER_WORD_OFF:
	case NUMBER_WORD_PRICE:
		break;
	}
	return false;
}

/* What starts at token i; false when nothing does. */
static bool read_at(struct numeral_in *in, size_t i, struct found *f)
{
	const struct text *t = in->t;
	const struct token *tok = &t->tokens[i];
	if (tok->kind == TOKEN_NUMBER)
		return read_expression(in, i, i, NULL, f);
	if (tok->kind == TOKEN_SYMBOL)
		return read_prefixed(in, i, NULL, f);
	if (starts_with_digit(t, i))
		return read_expression(in, i, i, NULL, f);
	const struct number_word *word = numeral_word(t, i);
	if (!word)
		return read_glued_code(in, i, f);
	if (!may_begin(word))
		return false;
	if (number_word_is(word, NUMBER_WORD_PART) && read_part(in, i, word, f))
		return true;
	if (read_prefixed(in, i, word, f))
		return true;
	number_unit_is(in, NUMERAL_ANY_KIND); /* no prefix after all */
	return read_expression(in, i, i, NULL, f);
}

/* ---- the scan ---- */

static int report(
    const struct text *t, const struct found *f, size_t k, struct matches *out)
{
	const struct token *first = &t->tokens[f->first[k]];
	const struct token *last = &t->tokens[f->next[k] - 1];
	const struct number_value *v = &f->values[k];
	struct match m = {.detector = (uint32_t)v->kind,
	    .start = first->start,
	    .end = last->end,
	    .first_token = (uint32_t)f->first[k],
	    .n_tokens = (uint32_t)(f->next[k] - f->first[k]),
	    .sentence = first->sentence,
	    .value = v->value};
	memcpy(m.currency, v->currency, sizeof(m.currency));
	return matches_add(out, &m);
}

void number_scan_init(struct number_scan *s)
{
	*s = (struct number_scan){0};
}

int number_scan(struct number_scan *s, const struct text *t,
    struct matches *out, size_t *alive_from)
{
	*alive_from = SIZE_MAX;
	while (s->next_token < t->n_tokens) {
		struct numeral_in in = {.t = t, .kinds = NUMERAL_ANY_KIND};
		struct found f = {.n = 0};
		bool found = read_at(&in, s->next_token, &f);
		if (in.more) {
			s->kinds = in.kinds;
			*alive_from = t->tokens[s->next_token].start;
			return 0;
		}
		for (size_t k = 0; found && k < f.n; k++) {
			if (report(t, &f, k, out))
				return -1;
		}
		s->next_token = found ? f.resume : s->next_token + 1;
	}
	return 0;
}

bool number_matches(const struct number_range *r, const struct match *v)
{
	if ((uint32_t)r->kind != v->detector)
		return false;
	/* "two grand" names no currency: it may be any */
	if (r->kind == NUMBER_MONEY && r->currency[0] && v->currency[0] &&
	    strcmp(r->currency, v->currency) != 0)
		return false;
	return (!r->has_above || v->value > r->above) &&
	    (!r->has_below || v->value < r->below);
}
