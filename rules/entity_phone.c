/*
 * entity_phone - telephone numbers in the plans people write: international
 * with + or 00 (E.164), North American 3-3-4, national ones with a leading 0.
 * A bare string of digits counts only behind a word that says so; dates, card
 * numbers and order numbers have other shapes.
 */
#include "rules/entity_kinds.h"

#include <string.h>

#define MIN_DIGITS 8u
#define MAX_DIGITS 15u /* E.164 */

static const char *const context[] = {"phone", "phones", "call", "calling",
    "tel", "telephone", "mobile", "cell", "fax", "dial", "text", "sms",
    "whatsapp", "hotline", "helpline", "contact", "reach", "ring", "number",
    NULL};
static const char *const other_numbers[] = {"order", "account", "reference",
    "ref", "case", "ticket", "tracking", "invoice", "confirmation", "booking",
    "card", "id", "policy", "claim", "transaction", "serial", "member",
    "membership", "customer", "reservation", "code", "flight", "ssn", "iban",
    "routing", "$", NULL};

static bool is_called_a_phone(const struct entity_in *in, size_t start)
{
	return entity_has_context(in, start, context) &&
	    !entity_has_context(in, start, other_numbers);
}

/* Digits of the groups from digit i on: 3 3 4 gives 334, at most n groups. */
static unsigned shape_of(
    const struct entity_run *run, size_t i, size_t n, size_t *next)
{
	unsigned shape = 0;
	for (; n > 0 && i < run->n; n--) {
		unsigned group = 1;
		while (!entity_run_breaks(run, i)) {
			group++;
			i++;
		}
		i++;
		shape = shape * 10 + (group > 9 ? 9 : group);
	}
	*next = i;
	return shape;
}

/* Area and exchange codes of the North American plan. */
static bool is_american(const char *d)
{
	return d[0] >= '2' && d[3] >= '2' && memcmp(d + 1, "11", 2) != 0 &&
	    memcmp(d + 4, "11", 2) != 0;
}

/* Length of the national number of some country codes, 0: any. */
static size_t plan_length(const char *d)
{
	static const struct {
		char code[4];
		unsigned char digits; /* with the code */
	} plans[] = {{"1", 11}, {"33", 11}, {"34", 11}, {"44", 12}, {"45", 10},
	    {"46", 11}, {"47", 10}, {"48", 11}, {"61", 11}, {"7", 11},
	    {"86", 13}, {"91", 12}};
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		if (strncmp(plans[i].code, d, strlen(plans[i].code)) == 0)
			return plans[i].digits;
	}
	return 0;
}

/* The digits behind + or 00, from digit first of the run. */
static bool international(
    const struct entity_run *run, size_t first, size_t *last)
{
	size_t n = run->n - first;
	if (n < MIN_DIGITS || run->digits[first] == '0')
		return false;
	size_t want = plan_length(run->digits + first);
	/* +44 (0)20: the 0 is written, not dialled */
	if (want == 12 && run->digits[first + 2] == '0')
		want++;
	if (want && want <= n && entity_run_breaks(run, first + want - 1)) {
		*last = first + want - 1;
		return true;
	}
	size_t most = n < MAX_DIGITS ? n : MAX_DIGITS;
	while (most >= MIN_DIGITS && !entity_run_breaks(run, first + most - 1))
		most--;
	*last = first + most - 1;
	return most >= MIN_DIGITS;
}

/* (415) 555-0132, 1-800-555-0100, 415.555.0132 */
static bool american(const struct entity_in *in, size_t start,
    const struct entity_run *run, size_t *last)
{
	size_t first = run->digits[0] == '1' && run->n > 10 ? 1 : 0;
	size_t next;
	if (run->n < first + 10 || !is_american(run->digits + first) ||
	    !entity_run_breaks(run, first + 9))
		return false;
	*last = first + 9;
	unsigned shape = shape_of(run, first, 3, &next);
	if (next == first + 10 && shape == 334)
		return first == 0 || run->seps[1] != '\0';
	return (shape == 9 ||
		   (first == 0 && shape_of(run, 0, 1, &next) == 9)) &&
	    next == run->n && is_called_a_phone(in, start);
}

static bool is_date(const struct entity_run *run)
{
	size_t next;
	unsigned shape = shape_of(run, 0, 3, &next);
	const char *d = run->digits;
	if (shape == 224)
		return memcmp(d + 4, "19", 2) == 0 ||
		    memcmp(d + 4, "20", 2) == 0;
	return shape == 422;
}

/* 020 7946 0958, 01 42 68 53 00, 09-7625400 */
static bool national(const struct entity_in *in, size_t start,
    const struct entity_run *run, size_t *last)
{
	size_t next;
	unsigned first = shape_of(run, 0, 1, &next);
	if (run->n < 9 || run->digits[0] != '0' || run->digits[1] == '0' ||
	    is_date(run))
		return false;
	if (shape_of(run, 0, 3, &next) == 324 && next == run->n)
		return false; /* a US social security number */
	size_t most = run->n < 12 ? run->n : 11;
	while (most >= 9 && !entity_run_breaks(run, most - 1))
		most--;
	if (most < 9)
		return false;
	*last = most - 1;
	if (first >= 2 && first <= 5)
		return true;
	return first == 9 && most == run->n && most >= 10 &&
	    is_called_a_phone(in, start);
}

static bool follows_digits(const struct entity_in *in, size_t start)
{
	return start > 1 && strchr(" -./)", in->s[start - 1]) &&
	    entity_is_digit(in->s[start - 2]);
}

/* The number may not be the tail of another: 91-415-555-0132. */
static bool begins(const struct entity_in *in, size_t start)
{
	if (start == 0)
		return true;
	char before = in->s[start - 1];
	if (before == '+' || before == '(')
		return false; /* tried from there */
	if (before == '$' || before == '#')
		return false;
	if (!strchr(" -./)", before))
		return true;
	return start < 2 || !entity_is_digit(in->s[start - 2]) || before == ' ';
}

enum entity_answer entity_phone(
    const struct entity_in *in, size_t start, size_t *end)
{
	size_t first = start;
	char c = in->s[start];
	bool plus = c == '+';
	if (!begins(in, start))
		return ENTITY_NO;
	if (c == '+')
		first++;
	if (first < in->n && in->s[first] == '(')
		first++;
	if (first >= in->n)
		return in->final ? ENTITY_NO : ENTITY_MORE;
	if (!entity_is_digit(in->s[first]))
		return ENTITY_NO;
	struct entity_run run;
	entity_run_read(in, first, " -./()", ENTITY_RUN_DIGITS, &run);
	if (run.more)
		return ENTITY_MORE;
	size_t behind = run.ends[run.n - 1];
	if (behind < in->n && entity_is_alnum(in->s[behind]) &&
	    run.n < ENTITY_RUN_DIGITS)
		return ENTITY_NO;
	bool tail = !plus && follows_digits(in, start);
	if (tail && run.digits[0] == '0')
		return ENTITY_NO; /* groups of a longer number */
	size_t zeros =
	    !plus && run.n > 2 && memcmp(run.digits, "00", 2) == 0 ? 2 : 0;
	size_t last;
	bool yes = plus || zeros ? international(&run, zeros, &last)
				 : american(in, first, &run, &last) ||
		national(in, first, &run, &last);
	if (!yes)
		return ENTITY_NO;
	*end = run.ends[last];
	return ENTITY_YES;
}
