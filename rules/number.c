/*
 * number - see number.h.
 *
 * At each token an expression is tried: [currency] numeral [unit] [range].
 * When it would need a token that has not settled, the scan stops there and
 * tries again with more text: an expression is short, so nothing is read often.
 */
#include "rules/number.h"

#include "rules/number_deal.h"
#include "rules/number_start.h"

#include <string.h>

#define HUNDREDTHS (NUMERAL_ONE / 100)

static int64_t divide(int64_t value, int64_t factor, int64_t by)
{
	int64_t product = numeral_scale(value, factor);
	return product == INT64_MAX ? INT64_MAX : product / by;
}

void number_found_add(struct number_found *f, const struct numeral *n,
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

#define MOST_TIMES 60 /* a unit of time is of the next smaller one */
#define MINUTE 60     /* its seconds are not worth waiting for */

/* ---- expressions ---- */

static bool gap_has_dash(const struct text *t, size_t i)
{
	const struct token *a = &t->tokens[i - 1], *b = &t->tokens[i];
	uint32_t start = a->fold + a->fold_len;
	return memchr(t->folded.bytes + start, '-', b->fold - start) != NULL;
}

static bool between_before(struct numeral_in *in, size_t i)
{
	return i > 0 &&
	    number_word_is(numeral_word(in, i - 1), NUMBER_WORD_BETWEEN);
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
	const struct number_word *word = numeral_word(in, next);
	bool joins = number_word_is(word, NUMBER_WORD_TO) ||
	    (number_word_is(word, NUMBER_WORD_AND) &&
		between_before(in, first));
	return joins && numeral_follows(in, next + 1) ? next + 1 : 0;
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

/* "1 year and 6 months", "1h 30m" are one length of time, in seconds. */
static void read_rest_of_time(
    struct numeral_in *in, struct numeral *n, struct number_unit *u)
{
	struct numeral rest;
	struct number_unit v;
	size_t i = u->next;
	if (u->kind != NUMBER_DURATION || u->factor <= MINUTE)
		return;
	if (number_word_is(numeral_next_word(in, i), NUMBER_WORD_AND))
		i++;
	if (!numeral_follows(in, i))
		return;
	numeral_begin_second(in);
	if (!number_read_amount(in, i, false, &rest, &v) ||
	    v.kind != NUMBER_DURATION || v.factor >= u->factor ||
	    v.factor < u->factor / MOST_TIMES ||
	    numeral_scale(rest.value, v.factor) >=
		numeral_scale(NUMERAL_ONE, u->factor))
		return;
	n->value = numeral_add(numeral_scale(n->value, u->factor),
	    numeral_scale(rest.value, v.factor));
	u->factor = 1;
	u->next = v.next;
}

/* A numeral from token i that is the amount of the expression from first. */
static bool read_expression(struct numeral_in *in, size_t first, size_t i,
    const struct number_unit *prefix, struct number_found *f)
{
	struct numeral n, other;
	struct number_unit u, v;
	bool dash;
	if (!prefix && number_deal_fraction_off(in, i, f))
		return true;
	if (!number_read_amount(in, i, prefix != NULL, &n, &u))
		return false;
	if (prefix && !(u.kind == NUMBER_MONEY && u.factor == 100)) {
		v = *prefix; /* "$75 USD" is the latter's; "$75%" is money */
		v.next = n.next;
		u = v;
	}
	if (u.kind != NUMBER_COUNT)
		number_unit_is(in, NUMBER_UNIT_KIND(u.kind));
	read_cents(in, &n, &u);
	read_rest_of_time(in, &n, &u);
	if (!prefix && u.kind == NUMBER_COUNT &&
	    (number_deal_bundle(in, i, &n, f) ||
		number_deal_parts(in, i, &n, f)))
		return true;
	if (n.vague && u.kind == NUMBER_COUNT)
		return false;
	size_t end = u.kind == NUMBER_COUNT || prefix
	    ? range_end(in, first, u.next, &dash)
	    : 0;
	if (end)
		numeral_begin_second(in);
	if (end && number_read_amount(in, end, prefix != NULL, &other, &v)) {
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
	number_found_add(f, &n, &u, first, end ? v.next : u.next);
	if (end)
		number_found_add(f, &other, &v, end, v.next);
	f->resume = end ? v.next : u.next;
	return true;
}

/* Letters and digits in one word: "usd75". */
static bool read_glued_code(
    struct numeral_in *in, size_t i, struct number_found *f)
{
	const struct text *t = in->t;
	const struct token *tok = &t->tokens[i];
	const char *s = text_fold(t, tok);
	size_t skip = 0;
	while (skip < tok->fold_len && skip <= 3 && s[skip] >= 'a' &&
	    s[skip] <= 'z')
		skip++; /* one more than a code has tells as much as all */
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
	number_found_add(f, &n, &u, i, i + 1);
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

/* Words for currencies that stand in front of amounts. */
static bool is_before(const struct number_word *word)
{
	static const char *const before[] = {"rs", "rp", "rm", "kr", "fr",
	    "sfr", "zl", "z\u0142", "k\u010D", NULL};
	for (size_t i = 0;
	     number_word_is(word, NUMBER_WORD_CURRENCY) && before[i]; i++)
		if (strcmp(word->text, before[i]) == 0)
			return true;
	return false;
}

/* Does the number at token i follow its currency: "$5", "Rs. 5", "$.50"? */
static bool follows_currency(struct numeral_in *in, size_t i)
{
	size_t len;
	if (!numeral_follows_over(in, i, "."))
		return false;
	const char *gap = numeral_gap(in->t, i, &len);
	return len == 0 || gap[0] != '.' ||
	    (number_unit_sign(in->t, i - 1) ? len == 1 : len <= 2);
}

/* A currency in front of the number: "$", "US$", "USD", "USD $", "Rs". */
static bool read_prefixed(struct numeral_in *in, size_t i,
    const struct number_word *word, struct number_found *f)
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
	} else if (number_unit_is_code(t, i, word) || is_before(word)) {
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
	if (!follows_currency(in, next))
		return false;
	const struct number_word *digits = numeral_word(in, next);
	bool fifty = cp && /* "$fifty", "$ fifty" */
	    (t->tokens[next].glued ||
		number_word_is(digits, NUMBER_WORD_ONES) ||
		number_word_is(digits, NUMBER_WORD_TENS));
	if (!starts_with_digit(t, next) && !fifty)
		return false;
	in->prefixed = true; /* "USD 7 percent" is money */
	return read_expression(in, i, next, &u, f);
}

/* ---- words that are amounts by themselves ---- */

static void add_whole(struct number_found *f, const struct number_unit *u,
    int64_t value, size_t first)
{
	struct numeral n = {.value = value, .grouped = value};
	number_found_add(f, &n, u, first, u->next);
	f->resume = u->next;
}

/* "$75 a month", "twice a day": how often, not how long. */
static bool is_rate(struct numeral_in *in, size_t i)
{
	static const char *const often[] = {
	    "once", "twice", "times", "thrice", "per", "every", NULL};
	const struct text *t = in->t;
	if (!numeral_follows(in, i))
		return false;
	const struct number_word *word = numeral_word(in, i - 1);
	if (number_word_is(word, NUMBER_WORD_FOR) ||
	    number_word_is(word, NUMBER_WORD_TO) ||
	    number_word_is(word, NUMBER_WORD_AND) ||
	    number_word_is(word, NUMBER_WORD_BETWEEN))
		return false;
	if (word || t->tokens[i - 1].kind != TOKEN_WORD ||
	    starts_with_digit(t, i - 1))
		return true;
	for (size_t k = 0; often[k]; k++)
		if (numeral_is_word(t, i - 1, often[k]))
			return true;
	return false;
}

/* an hour, a whole year, a week and a half, a tenner */
static bool read_single(struct numeral_in *in, size_t i, struct number_found *f)
{
	struct number_unit u = {.kind = NUMBER_DURATION};
	int64_t value = NUMERAL_ONE;
	const struct number_word *word = numeral_next_word(in, i + 1);
	if (number_word_is(word, NUMBER_WORD_AMOUNT)) {
		number_unit_money(&u, word->currency, word->value);
		u.next = i + 2;
	} else {
		if (is_rate(in, i) || !number_unit_read(in, i + 1, false, &u) ||
		    u.kind != NUMBER_DURATION)
			return false;
		if (numeral_is(in, u.next, "and") &&
		    numeral_is(in, u.next + 1, "a") &&
		    numeral_is(in, u.next + 2, "half")) {
			value += NUMERAL_ONE / 2;
			u.next += 3;
		}
	}
	add_whole(f, &u, value, i);
	return true;
}

/* %15, as some write it */
static bool read_percent_in_front(
    struct numeral_in *in, size_t i, struct number_found *f)
{
	struct numeral n;
	struct number_unit u = {.kind = NUMBER_PERCENT, .factor = 100};
	if (number_unit_sign(in->t, i) != '%' || !numeral_follows(in, i + 1) ||
	    !in->t->tokens[i + 1].glued || !starts_with_digit(in->t, i + 1) ||
	    !numeral_read(in, i + 1, false, &n) || n.suffix)
		return false;
	number_found_add(f, &n, &u, i, n.next);
	f->resume = n.next;
	return true;
}

/* ---- clocks and dates ---- */

#define MOST_PARTS                                                             \
	8u /* of a date; a longer row of numbers is read bit by bit */

/* The sign that glues the number at token i to another one behind it. */
static char glue_behind(struct numeral_in *in, size_t i)
{
	const struct text *t = in->t;
	size_t at = t->tokens[i].fold + t->tokens[i].fold_len;
	const char *s = t->folded.bytes;
	if (at >= t->folded.len || !strchr(":/-", s[at])) {
		in->more |= at >= t->folded.len && !t->final;
		return '\0';
	}
	if (at + 1 >= t->folded.len)
		in->more |= !t->final;
	else if (s[at + 1] >= '0' && s[at + 1] <= '9')
		return s[at];
	return '\0';
}

static bool is_date(struct numeral_in *in, size_t i, char glue, size_t parts)
{
	return parts >= 3 ||
	    (parts == 2 &&
		(glue == ':' ||
		    (glue == '/' && numeral_is_word(in->t, i, "24"))));
}

/* Behind 12:30, 2026-11-03, 10/11/2026, 24/7; i when it is none of these, or
 * an amount: 10-20-30%. */
static size_t skip_date(struct numeral_in *in, size_t i)
{
	char glue = glue_behind(in, i);
	size_t parts = 1, last = i;
	struct number_unit u;
	while (glue && !in->more && parts < MOST_PARTS) {
		if (++last >= in->t->n_tokens) {
			in->more |= !in->t->final;
			return i;
		}
		parts++;
		if (glue_behind(in, last) != glue)
			break;
	}
	if (in->more || !is_date(in, i, glue, parts))
		return i;
	if (parts == MOST_PARTS)
		return i + 1;
	bool amount = number_unit_read(in, last + 1, false, &u);
	in->kinds = NUMERAL_ANY_KIND; /* the unit is that of the last only */
	return amount ? i : last + 1;
}

/* What starts at token i; false when nothing does. */
static bool read_at(struct numeral_in *in, size_t i, struct number_found *f)
{
	const struct text *t = in->t;
	const struct token *tok = &t->tokens[i];
	if (tok->kind == TOKEN_NUMBER) {
		f->resume = skip_date(in, i);
		return f->resume > i || read_expression(in, i, i, NULL, f);
	}
	if (tok->kind == TOKEN_SYMBOL)
		return number_formula(in, i, f) ||
		    read_prefixed(in, i, NULL, f) ||
		    read_percent_in_front(in, i, f);
	if (starts_with_digit(t, i))
		return number_deal_glued_bundle(in, i, f) ||
		    read_expression(in, i, i, NULL, f);
	const struct number_word *word = numeral_word(in, i);
	if (!word)
		return read_glued_code(in, i, f);
	if (!number_start_is(word))
		return false;
	if (number_word_is(word, NUMBER_WORD_PART) &&
	    number_deal_part(in, i, word, f))
		return true;
	if (number_word_is(word, NUMBER_WORD_BUY))
		return number_deal_buy(in, i, f);
	if (number_word_is(word, NUMBER_WORD_BOGO)) {
		struct number_unit u = {NUMBER_PERCENT, 1, "", i + 1};
		add_whole(f, &u, word->value * (int64_t)NUMERAL_ONE, i);
		return true;
	}
	if (number_word_is(word, NUMBER_WORD_A) && read_single(in, i, f))
		return true;
	if (read_prefixed(in, i, word, f))
		return true;
	in->prefixed = false; /* no prefix after all */
	number_unit_is(in, NUMERAL_ANY_KIND);
	return read_expression(in, i, i, NULL, f);
}

/* ---- the scan ---- */

static int report(const struct text *t, const struct number_found *f, size_t k,
    struct matches *out)
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

static bool has_value(
    const struct number_found *f, const struct number_found *other, size_t k)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->values[i].kind == other->values[k].kind &&
		    f->values[i].value == other->values[k].value &&
		    f->next[i] == other->next[k])
			return true;
	return false;
}

/* "4**0%" is 40 % to who sees emphasis, and 0 % behind a product to who does
 * not: what token i is to the first. In in, what it was to the second. */
static void read_row_at(
    struct numeral_in *in, size_t i, struct number_found *out)
{
	struct numeral_in rows = {
	    .t = in->t, .kinds = NUMERAL_ANY_KIND, .rows = true};
	if (in->more || !in->row || numeral_goes_on(in, i) ||
	    !read_at(&rows, i, out))
		out->n = 0;
	in->more |= rows.more;
}

/* What may begin behind token i, whether or not that takes it: "$50 a" may go
 * on with "dozen". */
static unsigned kinds_behind(
    const struct lexicon_state *starts, const struct text *t, size_t i)
{
	unsigned kinds = 0;
	while (++i < t->n_tokens) {
		struct numeral_in in = {.t = t, .kinds = NUMERAL_ANY_KIND};
		struct number_found f = {.n = 0};
		if (t->tokens[i].kind != TOKEN_WORD ||
		    !number_start_at(starts, t, i))
			continue;
		bool found = read_at(&in, i, &f);
		if (in.more)
			kinds |= in.row ? NUMERAL_ANY_KIND : in.kinds;
		for (size_t k = 0; found && k < f.n; k++)
			kinds |= NUMBER_UNIT_KIND(f.values[k].kind);
	}
	return kinds;
}

void number_scan_init(struct number_scan *s)
{
	*s = (struct number_scan){0};
}

int number_scan(struct number_scan *s, const struct text *t,
    const struct lexicon_state *starts, struct matches *out, size_t *alive_from)
{
	*alive_from = SIZE_MAX;
	while (s->next_token < t->n_tokens) {
		if (!number_start_at(starts, t, s->next_token)) {
			s->next_token++;
			continue;
		}
		struct numeral_in in = {.t = t, .kinds = NUMERAL_ANY_KIND};
		struct number_found f = {.n = 0}, row = {.n = 0};
		bool found = read_at(&in, s->next_token, &f);
		read_row_at(&in, s->next_token, &row);
		if (in.more) {
			s->kinds = in.row ? NUMERAL_ANY_KIND : in.kinds;
			s->kinds |= kinds_behind(starts, t, s->next_token);
			*alive_from = t->tokens[s->next_token].start;
			return 0;
		}
		for (size_t k = 0; found && k < f.n; k++) {
			if (report(t, &f, k, out))
				return -1;
		}
		for (size_t k = 0; k < row.n; k++) {
			if (!has_value(&f, &row, k) && report(t, &row, k, out))
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
