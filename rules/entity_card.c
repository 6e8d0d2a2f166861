/* entity_card - payment cards: an issuer's prefix and length, the Luhn sum
 * (ISO/IEC 7812-1), groups written with one kind of separator. A word may be
 * glued in front: "card4111 1111 1111 1111". */
#include "rules/checksum.h"
#include "rules/entity_kinds.h"

#include <stdint.h>
#include <string.h>

#define MIN_DIGITS 13u
#define MAX_DIGITS 19u
#define USUAL_SEPARATORS " -."
#define MIN_GLUED 2u /* letters in front: one is of a part's number */
#define MAX_GLUED 32u

struct issuer {
	uint32_t first, last; /* prefix, inclusive */
	unsigned char digits; /* of the prefix */
	unsigned char min, max;
};

/* The first that has the prefix need not be the one: lengths add up. */
static const struct issuer issuers[] = {
    {1, 1, 1, 15, 15},                                /* UATP, JCB 1800 */
    {4, 4, 1, 13, 13}, {4, 4, 1, 16, 16},             /* Visa */
    {4, 4, 1, 19, 19}, {51, 55, 2, 16, 16},           /* Mastercard */
    {2221, 2720, 4, 16, 16}, {2131, 2131, 4, 15, 15}, /* JCB */
    {34, 34, 2, 15, 15}, {37, 37, 2, 15, 15},         /* American Express */
    {300, 305, 3, 14, 19},                            /* Diners Club */
    {3095, 3095, 4, 14, 19}, {36, 36, 2, 14, 19}, {38, 39, 2, 14, 19},
    {3528, 3589, 4, 16, 19},                          /* JCB */
    {50, 50, 2, 16, 19}, {56, 58, 2, 16, 19},         /* Maestro, Dankort, */
    {5018, 5018, 4, 13, 19}, {5020, 5020, 4, 13, 19}, /* Elo, Verve */
    {5038, 5038, 4, 13, 19}, {5893, 5893, 4, 13, 19},
    {6, 6, 1, 16, 19}, /* Discover, UnionPay, RuPay, Maestro, Hipercard ... */
    {6304, 6304, 4, 13, 19}, {6759, 6759, 4, 13, 19}, {6761, 6763, 4, 13, 19},
    {81, 82, 2, 16, 19},                              /* UnionPay, RuPay */
    {2200, 2204, 4, 16, 19},                          /* Mir */
    {9792, 9792, 4, 16, 16},                          /* Troy */
    {8600, 8600, 4, 16, 16}, {9860, 9860, 4, 16, 16}, /* Uzcard, Humo */
};

/* How many digits the cards of these first four may have, as bits. */
static uint32_t lengths_of(const char *digits)
{
	uint32_t prefix[5] = {0}, lengths = 0;
	for (size_t i = 0; i < 4; i++)
		prefix[i + 1] = prefix[i] * 10 + (uint32_t)(digits[i] - '0');
	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
		const struct issuer *one = &issuers[i];
		uint32_t p = prefix[one->digits];
		if (p >= one->first && p <= one->last)
			lengths |= (2u << one->max) - (1u << one->min);
	}
	return lengths;
}

static bool is_varied(const char *digits, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (digits[i] != digits[0])
			return true;
	}
	return false;
}

/* Digits of the group that begins at digit i. */
static size_t group_length(const struct entity_run *run, size_t i)
{
	size_t end = i;
	while (!entity_run_breaks(run, end))
		end++;
	return end + 1 - i;
}

#define MOST_GROUPS 6u /* a row of small numbers has more: 1 2 3 ... 12 13 */

/* Groups of four, or few of one kind, or all of one length. Signs that seldom
 * stand in a number only between groups as they are printed on cards. A row
 * that goes on with groups of the length is a list of numbers: 1 2 3, or 4021,
 * 5033, 6057. */
static bool is_grouped(const struct entity_run *run, size_t n)
{
	char kind = '\0';
	bool same = true, fours = true, amex = true, usual = true, even = true;
	size_t first = group_length(run, 0), least = first, last = first;
	size_t groups = 1;
	for (size_t i = 1; i < n; i++) {
		if (run->seps[i] == '\0')
			continue;
		same &= kind == '\0' || run->seps[i] == kind;
		kind = run->seps[i];
		usual &= strchr(USUAL_SEPARATORS, kind) != NULL;
		fours &= i % 4 == 0;
		amex &= i == 4 || i == 10;
		groups++;
		last = group_length(run, i);
		even &= i % first == 0 && last <= first;
		least = last < least ? last : least;
	}
	bool goes_on = kind != '\0' && n < run->n && run->seps[n] == kind &&
	    group_length(run, n) >= last;
	if (goes_on && (!usual || least < 3))
		return false;
	if (!usual)
		return fours || (same && amex);
	return fours || (same && (groups <= MOST_GROUPS || even));
}

/* May a card begin at start although letters stand in front? Not in a code that
 * has digits before, and what is an IBAN is no card. */
static enum entity_answer may_be_glued(const struct entity_in *in, size_t start)
{
	size_t i = start, end;
	while (entity_is_glued(in, i)) {
		i = beside_back(in->s, i);
		if (entity_is_digit(in->s[i]) || start - i > MAX_GLUED)
			return ENTITY_NO;
	}
	if (start - i < MIN_GLUED)
		return ENTITY_NO;
	enum entity_answer iban = entity_iban(in, i, &end);
	return iban == ENTITY_NO ? ENTITY_YES
	    : iban == ENTITY_YES ? ENTITY_NO
				 : ENTITY_MORE;
}

enum entity_answer entity_card(
    const struct entity_in *in, size_t start, size_t *end)
{
	/* No issuer has another first digit. */
	if (!entity_is_digit(in->s[start]) || in->s[start] == '0' ||
	    in->s[start] == '7')
		return ENTITY_NO;
	enum entity_answer may =
	    entity_is_glued(in, start) ? may_be_glued(in, start) : ENTITY_YES;
	if (may != ENTITY_YES)
		return may;
	struct entity_run run;
	entity_run_read(in, start, NULL, MAX_DIGITS + 1, &run);
	if (run.more && run.n <= MAX_DIGITS)
		return ENTITY_MORE;
	size_t longest = run.n < MAX_DIGITS ? run.n : MAX_DIGITS;
	uint32_t lengths = longest < MIN_DIGITS ? 0 : lengths_of(run.digits);
	for (size_t n = longest; n >= MIN_DIGITS; n--) {
		if ((lengths >> n & 1) && entity_run_breaks(&run, n - 1) &&
		    is_grouped(&run, n) && is_varied(run.digits, n) &&
		    checksum_luhn(run.digits, n)) {
			*end = run.ends[n - 1];
			return ENTITY_YES;
		}
	}
	return ENTITY_NO;
}
