/*
 * number_deal - what is off, without a percent sign. See number_deal.h.
 *
 *   half off, half the price, two thirds off, 1/2 off, half an hour
 *   two for one, 3 for the price of 2, 2for1
 *   buy one get one free, buy 2, get the 3rd free, BOGO
 */
#include "rules/number_deal.h"

#include <string.h>

#define MOST_BOUGHT 20

static void add_percent(
    struct number_found *f, int64_t part, int64_t of, size_t first, size_t next)
{
	struct numeral off = {.value = (int64_t)NUMERAL_ONE * 100 * part / of};
	struct number_unit percent = {.kind = NUMBER_PERCENT, .factor = 100};
	number_found_add(f, &off, &percent, first, next);
	f->resume = next;
}

/* A whole number from 1 to MOST_BOUGHT, or 0. */
static int64_t small(const struct numeral *n)
{
	int64_t whole = n->value / NUMERAL_ONE;
	return n->value % NUMERAL_ONE == 0 && whole >= 1 && whole <= MOST_BOUGHT
	    ? whole
	    : 0;
}

static bool is_one_of(struct numeral_in *in, size_t i, const char *const *words)
{
	for (; *words; words++)
		if (numeral_is(in, i, *words))
			return true;
	return false;
}

/* ---- so many for so many ---- */

static bool read_paid(struct numeral_in *in, size_t i, struct numeral *paid,
    struct number_unit *u)
{
	numeral_begin_second(in);
	return number_read_amount(in, i, false, paid, u);
}

bool number_deal_bundle(struct numeral_in *in, size_t i,
    const struct numeral *n, struct number_found *f)
{
	struct numeral paid;
	struct number_unit u;
	size_t at = n->next + 1;
	int64_t get = small(n);
	if (get < 2 ||
	    !number_word_is(numeral_next_word(in, n->next), NUMBER_WORD_FOR))
		return false;
	if (numeral_is(in, at, "the") && numeral_is(in, at + 1, "price") &&
	    numeral_is(in, at + 2, "of"))
		at += 3;
	if (!numeral_follows(in, at) || !read_paid(in, at, &paid, &u) ||
	    u.kind != NUMBER_COUNT)
		return false;
	int64_t pay = small(&paid);
	/* 2 for 1 and 5 for 4, but not 10 for 3: that is what it costs */
	if (!pay || pay >= get || (at == n->next + 1 && get - pay > 1))
		return false;
	add_percent(f, get - pay, get, i, paid.next);
	return true;
}

bool number_deal_glued_bundle(
    struct numeral_in *in, size_t i, struct number_found *f)
{
	const struct token *tok = &in->t->tokens[i];
	const char *s = text_fold(in->t, tok);
	if (tok->fold_len != 5 || memcmp(s + 1, "for", 3) != 0 || s[0] < '2' ||
	    s[0] > '9' || s[4] < '1' || s[4] > '9' || s[0] - s[4] != 1)
		return false;
	add_percent(f, 1, s[0] - '0', i, i + 1);
	return true;
}

/* ---- buy and get ---- */

/* One more: another, the second, the 3rd. */
static size_t read_next_one(struct numeral_in *in, size_t i)
{
	static const char *const ones[] = {"second", "third", "fourth", "next",
	    "other", "2nd", "3rd", "4th", NULL};
	if (numeral_is(in, i, "another"))
		return i + 1;
	return numeral_is(in, i, "the") && is_one_of(in, i + 1, ones) ? i + 2
								      : 0;
}

/* A word that is bought: "pairs" in "buy two pairs". */
static size_t skip_noun(struct numeral_in *in, size_t i)
{
	static const char *const others[] = {
	    "and", "get", "receive", "you", "you'll", "is", "at", NULL};
	return numeral_follows(in, i) && !numeral_word(in, i) &&
		in->t->tokens[i].kind == TOKEN_WORD && !is_one_of(in, i, others)
	    ? i + 1
	    : i;
}

/* "the third (one) is free": behind it, or 0. */
static size_t read_free_one(struct numeral_in *in, size_t i)
{
	static const char *const ones[] = {"one", "item", NULL};
	static const char *const is[] = {"is", "comes", "for", NULL};
	size_t next = read_next_one(in, i);
	if (!next)
		return 0;
	next = is_one_of(in, next, ones) ? next + 1 : skip_noun(in, next);
	next += is_one_of(in, next, is);
	return number_word_is(numeral_next_word(in, next), NUMBER_WORD_FREE)
	    ? next
	    : 0;
}

/* What is got, with a "get" in front and a comma or "and" before that. */
static size_t read_got(struct numeral_in *in, size_t i, int64_t *got)
{
	static const char *const gets[] = {"get", "receive", NULL};
	struct numeral n;
	*got = 1;
	i += numeral_is(in, i, "and");
	i += numeral_is(in, i, "you") || numeral_is(in, i, "you'll");
	if (!numeral_follows_over(in, i, ","))
		return 0;
	bool is_get = false;
	for (size_t k = 0; gets[k]; k++)
		is_get |= numeral_is_word(in->t, i, gets[k]);
	if (!is_get)
		return read_free_one(in, i);
	size_t next = read_next_one(in, i + 1);
	if (next)
		return next;
	if (!numeral_follows(in, i + 1) ||
	    !numeral_read(in, i + 1, false, &n) || n.suffix)
		return 0;
	*got = small(&n);
	return *got ? n.next : 0;
}

bool number_deal_buy(struct numeral_in *in, size_t i, struct number_found *f)
{
	struct numeral n;
	int64_t got;
	numeral_begin_second(in);
	if (!numeral_follows(in, i + 1) ||
	    !numeral_read(in, i + 1, false, &n) || n.suffix || !small(&n))
		return false;
	size_t next = read_got(in, skip_noun(in, n.next), &got);
	if (!next)
		return false;
	size_t noun = skip_noun(in, next);
	if (number_word_is(numeral_next_word(in, noun), NUMBER_WORD_FREE))
		next = noun;
	const struct number_word *word = numeral_next_word(in, next);
	bool free = number_word_is(word, NUMBER_WORD_FREE);
	/* "get one half off" is worth what it says, no more */
	bool less = word && !free;
	bool digits =
	    numeral_follows(in, next) && in->t->tokens[next].kind != TOKEN_WORD;
	if (less || digits || numeral_is(in, next, "at"))
		return false;
	add_percent(f, got, got + small(&n), i, free ? next + 1 : next);
	return true;
}

/* ---- parts ---- */

/* off, price, the price, of your bill: the token behind it, or 0. */
static size_t read_what(struct numeral_in *in, size_t i, bool half)
{
	static const char *const whose[] = {
	    "the", "your", "our", "its", "this", "that", NULL};
	const struct number_word *word = numeral_next_word(in, i);
	if (number_word_is(word, NUMBER_WORD_OFF))
		return i + 1;
	if (!half) /* a third of the price is what is left */
		return 0;
	i += numeral_is(in, i, "of");
	bool is_whose = is_one_of(in, i, whose);
	word = is_whose ? numeral_next_word(in, i + 1) : word;
	return number_word_is(word, NUMBER_WORD_PRICE) ? i + 1 + is_whose : 0;
}

bool number_deal_parts(struct numeral_in *in, size_t i, const struct numeral *n,
    struct number_found *f)
{
	const struct number_word *part = numeral_next_word(in, n->next);
	int64_t many = small(n);
	if (!many || !number_word_is(part, NUMBER_WORD_PART) ||
	    many * part->value > 10000)
		return false;
	size_t next = read_what(in, n->next + 1, many * part->value == 5000);
	if (!next)
		return false;
	add_percent(f, many * part->value, 10000, i, next);
	return true;
}

bool number_deal_fraction_off(
    struct numeral_in *in, size_t i, struct number_found *f)
{
	struct numeral n;
	if (!numeral_read_fraction(in, i, &n))
		return false;
	size_t next = read_what(in, n.next, n.value == NUMERAL_ONE / 2);
	if (!next)
		return false;
	add_percent(f, n.value, NUMERAL_ONE, i, next);
	return true;
}

/* half an hour, a quarter of an hour, half a percent */
static bool read_part_of_unit(struct numeral_in *in, size_t i,
    const struct number_word *part, struct number_found *f)
{
	struct numeral n = {0};
	struct number_unit u;
	size_t at = i + 1 + numeral_is(in, i + 1, "of");
	if (!number_word_is(numeral_next_word(in, at), NUMBER_WORD_A) ||
	    !number_unit_read(in, at + 1, false, &u))
		return false;
	n.value = n.grouped = (int64_t)part->value * (NUMERAL_ONE / 10000);
	number_found_add(f, &n, &u, i, u.next);
	f->resume = u.next;
	return true;
}

bool number_deal_part(struct numeral_in *in, size_t i,
    const struct number_word *part, struct number_found *f)
{
	size_t next = read_what(in, i + 1, part->value == 5000);
	if (next) {
		add_percent(f, part->value, 10000, i, next);
		return true;
	}
	return read_part_of_unit(in, i, part, f);
}
