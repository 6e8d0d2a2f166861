/*
 * number - see number.h.
 *
 * At each token an expression is tried: [currency] numeral [unit] [range].
 * When it would need a token that has not settled, the scan stops there and
 * tries again with more text: an expression is short, so nothing is read often.
 */
#include "rules/number.h"

#include "rules/glyph.h"
#include "rules/numeral.h"

#include <string.h>

#define MAX_FOUND 2u
#define HUNDREDTHS (NUMERAL_ONE / 100)

/* What stands around a numeral. */
struct unit {
	enum number_kind kind;
	int64_t factor; /* MONEY: hundredths; DURATION: seconds; PERCENT: 100,
			   or 1 for basis points */
	char currency[4];
	size_t next; /* token behind it */
};

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
    const struct unit *u, size_t first, size_t next)
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

static bool is_kind(const struct number_word *w, enum number_word_kind kind)
{
	return w && w->kind == kind;
}

static void set_money(struct unit *u, const char *currency, int64_t factor)
{
	u->kind = NUMBER_MONEY;
	u->factor = factor;
	strncpy(u->currency, currency, sizeof(u->currency) - 1);
	u->currency[sizeof(u->currency) - 1] = '\0';
}

static int32_t sign_of(const struct text *t, size_t i)
{
	int32_t cp = 0;
	const struct token *tok = &t->tokens[i];
	if (tok->kind == TOKEN_SYMBOL)
		glyph_decode(text_fold(t, tok), tok->fold_len, &cp);
	return cp;
}

/* Codes that are also words count only in capitals. */
static bool is_code(
    const struct text *t, size_t i, const struct number_word *word)
{
	if (!is_kind(word, NUMBER_WORD_CODE))
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

static bool sign_unit(struct numeral_in *in, size_t i, struct unit *u)
{
	int32_t cp = sign_of(in->t, i);
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
		set_money(u, currency, hundredths);
	}
	u->next = i + 1;
	return true;
}

/* "per cent", "percentage points", "basis points" */
static bool percent_unit(struct numeral_in *in, size_t i,
    const struct number_word *word, struct unit *u)
{
	const struct number_word *next = numeral_next_word(in, i + 1);
	u->next = i + 1;
	u->kind = NUMBER_PERCENT;
	u->factor = 100;
	switch (word->kind) {
	case NUMBER_WORD_PERCENT:
		if (is_kind(next, NUMBER_WORD_POINT))
			u->next = i + 2;
		return true;
	case NUMBER_WORD_PER:
		u->next = i + 2;
		return is_kind(next, NUMBER_WORD_CURRENCY) &&
		    next->value == 1 && strcmp(next->text, "cent") == 0;
	case NUMBER_WORD_BASIS:
		u->factor = 1;
		if (strcmp(word->text, "bps") == 0)
			return true;
		u->next = i + 2;
		return is_kind(next, NUMBER_WORD_POINT);
	default:
		return false;
	}
}

static bool money_word(struct numeral_in *in, size_t i,
    const struct number_word *word, struct unit *u)
{
	u->next = i + 1;
	if (word->kind == NUMBER_WORD_COUNTRY) { /* US dollars */
		const struct number_word *next = numeral_next_word(in, i + 1);
		if (!is_kind(next, NUMBER_WORD_CURRENCY))
			return false;
		set_money(u, word->currency, next->value);
		u->next = i + 2;
		return true;
	}
	if (word->kind != NUMBER_WORD_CURRENCY && !is_code(in->t, i, word))
		return false;
	set_money(u, word->currency,
	    word->kind == NUMBER_WORD_CURRENCY ? word->value : 100);
	return true;
}

static bool time_word(struct numeral_in *in, size_t i,
    const struct number_word *word, struct unit *u)
{
	if (word->kind == NUMBER_WORD_KIND_OF || word->kind == NUMBER_WORD_A)
		word = numeral_next_word(in, ++i); /* 5 business days */
	if (!is_kind(word, NUMBER_WORD_UNIT))
		return false;
	u->kind = NUMBER_DURATION;
	u->factor = word->value;
	u->next = i + 1;
	return true;
}

/* The unit that token i is, if it follows. Behind an amount of money, only
 * words are: "$75 USD", but "$75 $80". */
static bool read_unit(
    struct numeral_in *in, size_t i, bool money, struct unit *u)
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
    struct numeral_in *in, struct numeral *n, bool money, struct unit *u)
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
		set_money(u, s->currency,
		    s->kind == NUMBER_WORD_CURRENCY ? s->value : 100);
	} else {
		bool unit = read_unit(in, n->next, money, u);
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

static void unit_of(
    struct numeral_in *in, struct numeral *n, bool money, struct unit *u)
{
	*u = (struct unit){.kind = NUMBER_COUNT, .next = n->next};
	if (n->suffix) {
		suffix_unit(in, n, money, u);
	} else if (!read_unit(in, n->next, money, u)) {
		*u = (struct unit){.kind = NUMBER_COUNT, .next = n->next};
		if (n->grand)
			set_money(u, "", 100);
	}
}

/* ---- expressions ---- */

/* Numeral and unit from token i; "1 250" counts as one number only when it
 * has a unit. */
static bool read_amount(struct numeral_in *in, size_t i, bool money,
    struct numeral *n, struct unit *u)
{
	if (!numeral_read(in, i, true, n))
		return false;
	unit_of(in, n, money, u);
	if (n->spaced && u->kind == NUMBER_COUNT && !money) {
		if (!numeral_read(in, i, false, n))
			return false;
		unit_of(in, n, money, u);
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
	return i > 0 && is_kind(numeral_word(t, i - 1), NUMBER_WORD_BETWEEN);
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
	bool joins = is_kind(word, NUMBER_WORD_TO) ||
	    (is_kind(word, NUMBER_WORD_AND) && between_before(in->t, first));
	return joins && numeral_follows(in, next + 1) ? next + 1 : 0;
}

/* "2 for 1" is half off, "3 for 2" a third. */
static bool read_bundle(
    struct numeral_in *in, size_t i, const struct numeral *n, struct found *f)
{
	if (n->value != 2 * NUMERAL_ONE && n->value != 3 * NUMERAL_ONE)
		return false;
	if (!is_kind(numeral_next_word(in, n->next), NUMBER_WORD_FOR) ||
	    !numeral_follows(in, n->next + 1))
		return false;
	struct numeral paid;
	struct unit u;
	if (!read_amount(in, n->next + 1, false, &paid, &u) ||
	    u.kind != NUMBER_COUNT || paid.value != n->value - NUMERAL_ONE)
		return false;
	struct numeral off = {
	    .value = (int64_t)NUMERAL_ONE * 100 * NUMERAL_ONE / n->value};
	struct unit percent = {.kind = NUMBER_PERCENT, .factor = 100};
	add_value(f, &off, &percent, i, paid.next);
	f->resume = paid.next;
	return true;
}

/* "five dollars and fifty cents" is one amount. */
static void read_cents(struct numeral_in *in, struct numeral *n, struct unit *u)
{
	struct numeral cents;
	struct unit v;
	size_t i = u->next;
	if (u->kind != NUMBER_MONEY || u->factor != 100)
		return;
	if (is_kind(numeral_next_word(in, i), NUMBER_WORD_AND))
		i++;
	if (!numeral_follows(in, i) || !numeral_read(in, i, false, &cents) ||
	    cents.suffix || cents.value >= 100 * NUMERAL_ONE)
		return;
	unit_of(in, &cents, true, &v);
	if (v.kind != NUMBER_MONEY || v.factor != 1)
		return;
	n->grouped = numeral_add(n->grouped, cents.value / 100);
	u->next = v.next;
}

/* A numeral from token i that is the amount of the expression from first. */
static bool read_expression(struct numeral_in *in, size_t first, size_t i,
    const struct unit *prefix, struct found *f)
{
	struct numeral n, other;
	struct unit u, v;
	bool dash;
	if (!read_amount(in, i, prefix != NULL, &n, &u))
		return false;
	if (prefix && !(u.kind == NUMBER_MONEY && u.factor == 100)) {
		v = *prefix; /* "$75 USD" is the latter's; "$75%" is money */
		v.next = n.next;
		u = v;
	}
	read_cents(in, &n, &u);
	if (!prefix && u.kind == NUMBER_COUNT && read_bundle(in, i, &n, f))
		return true;
	size_t end = u.kind == NUMBER_COUNT || prefix
	    ? range_end(in, first, u.next, &dash)
	    : 0;
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
	struct unit u = {.kind = NUMBER_PERCENT, .factor = 100};
	struct numeral n = {0};
	n.value = (int64_t)part->value * (NUMERAL_ONE / 100);
	const struct number_word *word = numeral_next_word(in, i + 1);
	u.next = i + 2;
	if (!is_kind(word, NUMBER_WORD_OFF) &&
	    !(is_kind(word, NUMBER_WORD_PRICE) && part->value == 5000)) {
		if (!is_kind(word, NUMBER_WORD_A) || part->value != 5000)
			return false;
		n.value = n.grouped = NUMERAL_ONE / 2;
		if (!read_unit(in, i + 2, false, &u))
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
	struct unit u = {0};
	if (!word ||
	    (word->kind != NUMBER_WORD_CODE && strcmp(word->text, "rs") != 0) ||
	    !numeral_read_behind(t, i, skip, &n))
		return false;
	set_money(&u, word->currency, 100);
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
	struct unit u = {0};
	int32_t hundredths = 100;
	int32_t cp = sign_of(t, i);
	size_t next = i + 1;
	if (cp && cp != '%') {
		set_money(&u, number_word_sign(cp, &hundredths), 100);
	} else if (is_kind(word, NUMBER_WORD_COUNTRY) || is_capital_a(t, i)) {
		const struct token *tok = &t->tokens[i];
		size_t at = tok->fold + tok->fold_len;
		if (at >= t->folded.len || t->folded.bytes[at] != '$')
			return false;
		if (!numeral_follows(in, next) || sign_of(t, next) != '$')
			return false;
		set_money(&u, word->currency[0] ? word->currency : "AUD", 100);
		next++;
	} else if (is_code(t, i, word) ||
	    (is_kind(word, NUMBER_WORD_CURRENCY) &&
		strcmp(word->text, "rs") == 0)) {
		set_money(&u, word->currency, 100);
		if (numeral_follows(in, next) && sign_of(t, next) &&
		    sign_of(t, next) != '%')
			next++;
	} else {
		return false;
	}
	u.factor = hundredths;
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
	if (is_kind(word, NUMBER_WORD_PART) && read_part(in, i, word, f))
		return true;
	return read_prefixed(in, i, word, f) ||
	    read_expression(in, i, i, NULL, f);
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
		struct numeral_in in = {.t = t};
		struct found f = {.n = 0};
		bool found = read_at(&in, s->next_token, &f);
		if (in.more) {
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
