/*
 * entity_phone - telephone numbers in the plans people write: international
 * with + or 00 (E.164), North American 3-3-4, national ones with a leading 0,
 * and what other countries write when a word in front says that it is one.
 *
 * What the words in front say (entity_said.h) decides where the shape does not:
 * "call", "Handy" and "portable" make a number of it, "order" and "IBAN" unmake
 * it. What has a telephone number's own shape they unmake only where they name
 * the number itself: "order no. 020 7946 0958".
 * Dates, card numbers and security numbers have other shapes.
 */
#include "rules/entity_kinds.h"
#include "rules/entity_said.h"

#include <stdint.h>
#include <string.h>

#define LOCAL_DIGITS ENTITY_LEAST_DIGITS
#define SHORTEST_NOTED 9u /* digits a note may stand behind: [1] */
#define MIN_DIGITS 8u
#define MAX_DIGITS 15u   /* E.164 */
#define WHOLE_DIGITS 10u /* most have no fewer, with the area's */

struct candidate {
	const struct entity_in *in;
	size_t start;
	const struct entity_run *run;
	enum entity_said said; /* asked for when digits do not decide */
};

/* What the words in front say it is. */
static enum entity_said what_is_said(struct candidate *c)
{
	if (c->said == ENTITY_UNASKED)
		c->said = entity_said(c->in, c->start);
	return c->said;
}

static bool may_be_called_phone(struct candidate *c)
{
	enum entity_said said = what_is_said(c);
	return said == ENTITY_SAID_PHONE || said == ENTITY_SAID_PERHAPS;
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

static unsigned groups_of(const struct entity_run *run)
{
	unsigned groups = 0;
	for (size_t i = 0; i < run->n; i++)
		groups += entity_run_breaks(run, i);
	return groups;
}

static unsigned two(const char *d)
{
	return (unsigned)(d[0] - '0') * 10 + (unsigned)(d[1] - '0');
}

static bool is_year(const char *d)
{
	return memcmp(d, "19", 2) == 0 || memcmp(d, "20", 2) == 0;
}

/* 03.11.2026, 2026-11-03, 03/11/26 (and what follows it), 2024-2026 */
static bool is_date(const struct entity_run *run)
{
	size_t next;
	const char *d = run->digits;
	if (run->n < 6)
		return false;
	unsigned shape = shape_of(run, 0, 3, &next);
	bool days = two(d) >= 1 && two(d) <= 31 && two(d + 2) >= 1 &&
	    two(d + 2) <= 31 && (two(d) <= 12 || two(d + 2) <= 12);
	if (shape == 224)
		return days && is_year(d + 4);
	if (shape == 222 && groups_of(run) < 5)
		return days && run->seps[2] == run->seps[4] &&
		    run->seps[2] != ' ';
	if (shape == 422)
		return is_year(d);
	return shape_of(run, 0, 2, &next) == 44 && is_year(d) &&
	    is_year(d + 4) && next == run->n;
}

/* ---- North America ---- */

/* Area and exchange codes that are given out. */
static bool is_american(const char *d)
{
	return d[0] >= '2' && d[3] >= '2' && memcmp(d + 1, "11", 2) != 0 &&
	    memcmp(d + 4, "11", 2) != 0;
}

/* (415) 555-0132, 1-800-555-0100, 415.555.0132 */
static bool american(struct candidate *c, size_t *last)
{
	const struct entity_run *run = c->run;
	size_t first = run->digits[0] == '1' && run->n > 10 ? 1 : 0;
	size_t next;
	if (run->n < first + 10 || !entity_run_breaks(run, first + 9))
		return false;
	bool given = is_american(run->digits + first);
	*last = first + 9;
	unsigned shape = shape_of(run, first, 3, &next);
	if (next == first + 10 && shape == 334) {
		/* People also write numbers nobody has: (555) 123-4567. */
		bool typical =
		    run->seps[first + 6] == '-' || run->seps[first + 6] == '.';
		return (first == 0 || run->seps[1] != '\0') &&
		    (given || may_be_called_phone(c) ||
			(typical && !entity_is_named(c->in, c->start, true)));
	}
	return given &&
	    (shape == 9 || (first == 0 && shape_of(run, 0, 1, &next) == 9)) &&
	    next == run->n && may_be_called_phone(c);
}

/* 555-0132, where it is called a phone */
static bool local(struct candidate *c, size_t *last)
{
	const struct entity_run *run = c->run;
	size_t next;
	*last = run->n - 1;
	return run->n == LOCAL_DIGITS && run->digits[0] >= '2' &&
	    run->seps[3] == '-' && shape_of(run, 0, 2, &next) == 34 &&
	    what_is_said(c) == ENTITY_SAID_PHONE;
}

/* ---- international ---- */

/* Length of the national number of some country codes, 0: any. */
static size_t plan_length(const char *d)
{
	static const struct {
		char code[4];
		unsigned char digits; /* with the code */
	} plans[] = {{"1", 11}, {"33", 11}, {"34", 11}, {"44", 12}, {"45", 10},
	    {"47", 10}, {"48", 11}, {"61", 11}, {"7", 11}, {"86", 13},
	    {"91", 12}};
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
	if (want > 10 && run->digits[first + 2] == '0')
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

/* ---- national ---- */

/* 020 7946 0958, 01 42 68 53 00, 09-7625400, 07700900123 */
static bool national(struct candidate *c, size_t *last)
{
	const struct entity_run *run = c->run;
	size_t next;
	unsigned first = shape_of(run, 0, 1, &next);
	bool grouped = first >= 2 && first <= 5;
	if (run->n < 9 || run->digits[0] != '0' || run->digits[1] == '0' ||
	    entity_is_named(c->in, c->start, grouped))
		return false;
	unsigned shape = shape_of(run, 0, 3, &next);
	if (next == run->n &&
	    (shape == 324 ||
		(shape == 54 && what_is_said(c) != ENTITY_SAID_PHONE)))
		return false; /* a US social security number, a ZIP code */
	size_t most = run->n < 12 ? run->n : 12;
	while (most >= 9 && !entity_run_breaks(run, most - 1))
		most--;
	if (most < 9)
		return false;
	*last = most - 1;
	if (grouped)
		return true;
	bool british =
	    run->n == 11 && run->digits[1] == '7' && run->digits[2] != '0';
	return first == 9 && most == run->n && most >= 10 &&
	    (british || may_be_called_phone(c));
}

/* 612 34 56 78, 22 33 44 55: where it is called a phone, or the shape and a
 * word say so together. */
static bool elsewhere(struct candidate *c, size_t *last)
{
	const struct entity_run *run = c->run;
	static const unsigned shapes[] = {
	    333, 2322, 3222, 2222, 344, 2333, 233, 3322, 2223, 0};
	size_t next;
	unsigned groups = groups_of(run);
	*last = run->n - 1;
	if (run->n < MIN_DIGITS || run->n > 12 || groups > 5 ||
	    !may_be_called_phone(c))
		return false;
	if (groups == 1)
		return c->said == ENTITY_SAID_PHONE && run->n >= 9 &&
		    run->n <= 11;
	unsigned shape = shape_of(run, 0, 5, &next);
	for (size_t i = 0; shapes[i]; i++)
		if (shape == shapes[i])
			return true;
	for (size_t i = 0, first = 0; i < run->n; i++) {
		if (!entity_run_breaks(run, i))
			continue;
		if (i == first) /* a group of one digit */
			return false;
		first = i + 1;
	}
	return c->said == ENTITY_SAID_PHONE;
}

/* ---- where it stands ---- */

/* Is a line break or a tag between bytes i and k of the view? */
static bool is_parted(const struct entity_in *in, size_t i, size_t k)
{
	const struct text *t = in->text;
	size_t from = text_to(&t->folded, i), to = text_from(&t->folded, k);
	return memchr(t->bytes + from, '\n', to - from) ||
	    memchr(t->bytes + from, '<', to - from);
}

/* Groups of a longer number may be in front. */
static bool follows_digits(const struct entity_in *in, size_t start)
{
	return start > 1 && strchr(" -./)", in->s[start - 1]) &&
	    entity_is_digit(in->s[start - 2]) && in->behind != start - 1 &&
	    !is_parted(in, start - 2, start);
}

/* The number may not be the tail of another: 91-415-555-0132. */
static bool begins(const struct entity_in *in, size_t start)
{
	if (start == 0)
		return true;
	char before = in->s[start - 1];
	if (before == '+')
		return false; /* tried from there */
	if (before == '$' || before == '#')
		return false;
	if (!strchr(" -./)", before))
		return true;
	return start < 2 || !entity_is_digit(in->s[start - 2]) || before == ' ';
}

/* Where the digits begin: behind + and (. */
static size_t first_digit(const struct entity_in *in, size_t start, bool *plus)
{
	size_t first = start;
	*plus = false;
	for (unsigned signs = 0; signs < 2 && first < in->n; signs++) {
		char c = in->s[first];
		if (c != '(' && (c != '+' || *plus))
			break;
		*plus |= c == '+';
		first++;
	}
	return first;
}

/* Only up to a parenthesis the other of which is not in the number: of (020
 * 7946 0958) and (+44) 20 7946 0958 the second is all of it. */
static void cut_at_parenthesis(
    const struct entity_in *in, size_t start, struct entity_run *run)
{
	size_t open = start, cut = SIZE_MAX;
	bool is_open = false;
	for (size_t i = start; i < run->ends[run->n - 1] && cut == SIZE_MAX;
	     i++) {
		if (in->s[i] == '(' && !is_open)
			open = i;
		if ((in->s[i] == '(' && is_open) ||
		    (in->s[i] == ')' && !is_open))
			cut = i;
		if (in->s[i] == '(' || in->s[i] == ')')
			is_open = in->s[i] == '(';
	}
	if (is_open)
		cut = open;
	while (run->n > 0 && run->ends[run->n - 1] > cut)
		run->n--;
}

/* Only up to a line break or a tag, once there are digits enough. */
static void cut_at_line(const struct entity_in *in, struct entity_run *run)
{
	for (size_t i = WHOLE_DIGITS; i < run->n; i++)
		if (run->seps[i] &&
		    is_parted(in, run->ends[i - 1] - 1, run->ends[i] - 1))
			run->n = i;
}

/* An extension may follow at once: 415-555-0132x20. */
static bool ends_inside(const struct entity_in *in, size_t end)
{
	return entity_goes_on(in, end) && in->s[end] != 'x';
}

/* 0044 20 7946 0958 in groups has a shape of its own. */
static bool is_said_otherwise(struct candidate *c)
{
	return groups_of(c->run) > 1 ? entity_is_named(c->in, c->start, true)
				     : what_is_said(c) == ENTITY_SAID_OTHER;
}

static bool is_phone(const struct entity_in *in, size_t start, bool plus,
    const struct entity_run *run, size_t *last)
{
	if (run->n < LOCAL_DIGITS)
		return false; /* whatever is said in front */
	size_t zeros =
	    !plus && run->n > 2 && memcmp(run->digits, "00", 2) == 0 ? 2 : 0;
	bool tail = !plus && follows_digits(in, start);
	if (tail && run->digits[0] == '0')
		return false; /* groups of a longer number */
	struct candidate c = {.in = in, .start = start, .run = run};
	if (plus || zeros)
		return international(run, zeros, last) &&
		    (plus || !is_said_otherwise(&c));
	if (is_date(run))
		return false;
	return american(&c, last) || national(&c, last) ||
	    (!tail && (local(&c, last) || elsewhere(&c, last)));
}

/* Only up to the last group, which letters go on from, if it may be a time of
 * its own: 0800 555 0199 8am. */
static bool cut_word(struct entity_run *run)
{
	size_t group = 1;
	while (group < run->n && !run->seps[run->n - group])
		group++;
	if (group > 2 || group == run->n || run->seps[run->n - group] != ' ')
		return false;
	run->n -= group;
	return true;
}

/* Digits one by one are in no groups: 0 7 7 0 0 9 0 0 1 2 3. */
static void join_digits(struct entity_run *run)
{
	for (size_t i = 1; i < run->n; i++)
		if (!run->seps[i])
			return;
	memset(run->seps, '\0', run->n);
}

/* Without a last digit that stands by itself: 07700 900123 7 days a week. */
static size_t without_lone(const struct entity_run *run, size_t last)
{
	bool lone = last >= MIN_DIGITS && run->seps[last] == ' ' &&
	    run->seps[last - 1] == '\0';
	return lone ? last - 1 : last;
}

enum entity_answer entity_phone(
    const struct entity_in *in, size_t start, size_t *end)
{
	if (!begins(in, start))
		return ENTITY_NO;
	bool plus;
	size_t first = first_digit(in, start, &plus);
	if (first >= in->n)
		return in->final ? ENTITY_NO : ENTITY_MORE;
	if (!entity_is_digit(in->s[first]))
		return ENTITY_NO;
	struct entity_run run;
	entity_run_read(in, first, " -./()", ENTITY_RUN_DIGITS, &run);
	for (size_t i = SHORTEST_NOTED; i < run.n; i++)
		if (run.noted[i])
			run.n = i;
	if (run.more)
		return ENTITY_MORE;
	if (run.n < ENTITY_RUN_DIGITS && ends_inside(in, run.ends[run.n - 1]) &&
	    !cut_word(&run))
		return ENTITY_NO;
	size_t last;
	cut_at_parenthesis(in, start, &run);
	cut_at_line(in, &run);
	join_digits(&run);
	if (!is_phone(in, start, plus, &run, &last))
		return ENTITY_NO;
	*end = run.ends[without_lone(&run, last)];
	return ENTITY_YES;
}
