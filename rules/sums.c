/* sums - see sums.h. */
#include "rules/sums.h"
#include "rules/numeral.h"
#include "rules/when.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const enum guard_counted_kind counted_kinds[] = {
    [NUMBER_PERCENT] = GUARD_COUNTED_PERCENT,
    [NUMBER_MONEY] = GUARD_COUNTED_MONEY,
    [NUMBER_DURATION] = GUARD_COUNTED_DURATION,
    [NUMBER_COUNT] = GUARD_COUNTED_COUNT,
};

void sums_clear(struct sums *s)
{
	free(s->charges);
	free(s->totals);
	free(s->waiting);
	free(s->ahead);
	*s = (struct sums){0};
}

void sums_begin(struct sums *s, bool any_when)
{
	s->n = s->n_totals = s->n_waiting = s->n_ahead = 0;
	memset(s->last, 0xff, sizeof(s->last)); /* SUMS_CHAIN_END */
	s->any_when = any_when;
}

void sums_look_again(struct sums *s)
{
	s->n_waiting = 0;
}

/* items with room for one more; NULL when memory runs out, and items stays. */
static void *grown(void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t wanted = *cap ? *cap * 2 : 8;
	void *p = reallocarray(items, wanted, size);
	if (p)
		*cap = wanted;
	return p;
}

/* ---- what an amount is to an allowance ---- */

static const struct number_range *number_of(
    const struct combine_facts *c, const struct match *m)
{
	const struct detector *d = &c->policy->detectors[m->detector];
	return d->kind == DETECTOR_NUMBER ? &d->number : NULL;
}

static bool fits(const struct sums *s, const struct combine_facts *c,
    const struct allowance *a, const struct match *m)
{
	const struct number_range *n = number_of(c, m);
	if (!s->any_when && !when_holds(&a->when, c->excuse.session))
		return false;
	if (!a->has_number)
		return true;
	if (!n || n->kind != a->number.kind)
		return false;
	return !a->number.currency[0] || !m->currency[0] ||
	    !strcmp(a->number.currency, m->currency);
}

/* The row the amount would be counted in. "two grand" counts as the currency
 * of the allowance. */
static struct guard_counted row_of(
    const struct allowance *a, const struct match *m)
{
	struct guard_counted row = {
	    .name = a->sum,
	    .kind = counted_kinds[a->number.kind],
	    .value = m->value,
	    .times = 1,
	};
	memcpy(row.currency, m->currency[0] ? m->currency : a->number.currency,
	    sizeof(row.currency));
	return row;
}

static bool is_alike(
    const struct guard_counted *a, const struct guard_counted *b)
{
	return a->kind == b->kind && !strcmp(a->currency, b->currency) &&
	    !strcmp(a->name, b->name);
}

static struct guard_counted *total_of(
    const struct sums *s, const struct guard_counted *row)
{
	for (size_t i = 0; i < s->n_totals; i++)
		if (is_alike(&s->totals[i], row))
			return &s->totals[i];
	return NULL;
}

static int64_t counted_before(
    const struct guard_session *session, const struct guard_counted *row)
{
	return guard_counted_total(session->counted, session->n_counted, row);
}

/* From scratch. */
static int64_t total_without(const struct sums *s, int64_t total,
    const struct guard_counted *row, const struct charge *skip)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct charge *c = &s->charges[i];
		if (c->sum && c != skip && is_alike(&c->row, row))
			total = numeral_add(total, c->row.value);
	}
	return total;
}

/* All that counts before the amount, but for skip. */
static int64_t total_before(const struct sums *s,
    const struct guard_session *session, const struct guard_counted *row,
    const struct charge *skip)
{
	const struct guard_counted *total = total_of(s, row);
	if (!total)
		return counted_before(session, row);
	if (!skip || !skip->sum || !is_alike(&skip->row, row))
		return total->value;
	/* A total that has reached the top does not say what is in it. */
	if (total->value == INT64_MAX)
		return total_without(
		    s, counted_before(session, row), row, skip);
	return total->value - skip->row.value;
}

static uint32_t *chain_of(struct sums *s, int64_t value)
{
	uint64_t mixed = (uint64_t)value * 0x9e3779b97f4a7c15u;
	return &s->last[(mixed >> 32) % SUMS_CHAINS];
}

static void chain(struct sums *s, uint32_t i)
{
	uint32_t *last = chain_of(s, s->charges[i].row.value);
	s->charges[i].before = *last;
	*last = i;
}

static void unchain(struct sums *s, uint32_t i)
{
	uint32_t *p = chain_of(s, s->charges[i].row.value);
	while (*p != i)
		p = &s->charges[*p].before;
	*p = s->charges[i].before;
}

static bool has_equal(struct sums *s, const struct guard_session *session,
    const struct guard_counted *row)
{
	for (size_t i = 0; i < session->n_counted; i++)
		if (session->counted[i].value == row->value &&
		    is_alike(&session->counted[i], row))
			return true;
	for (uint32_t i = *chain_of(s, row->value); i != SUMS_CHAIN_END;
	     i = s->charges[i].before)
		if (s->charges[i].row.value == row->value &&
		    is_alike(&s->charges[i].row, row))
			return true;
	return false;
}

/* ---- settling ---- */

static bool is_word(const struct text *t, size_t i, const char *word)
{
	const struct token *k = &t->tokens[i];
	return k->fold_len == strlen(word) &&
	    memcmp(text_fold(t, k), word, k->fold_len) == 0;
}

static bool gap_has(const struct text *t, size_t token, char sign)
{
	const struct token *k = &t->tokens[token];
	size_t from = k[-1].fold + k[-1].fold_len;
	return memchr(t->folded.bytes + from, sign, k->fold - from) != NULL;
}

/* $20-$40, $20 to $40, between $20 and $40; $40 (40 dollars) */
static bool is_same_amount(
    const struct text *t, const struct charge *c, const struct pending *p)
{
	size_t to = p->match.first_token, behind = c->end_token;
	if (c->ranged ||
	    t->tokens[c->first_token].sentence != p->match.sentence)
		return false;
	if (to == behind && behind > 0)
		return gap_has(t, to, '-') ||
		    (c->row.value == p->match.value && gap_has(t, to, '('));
	if (to != behind + 1)
		return false;
	return is_word(t, behind, "to") ||
	    (is_word(t, behind, "and") && c->first_token > 0 &&
		is_word(t, c->first_token - 1, "between"));
}

/* The other end of the same range, settled before; NULL: none. */
static struct charge *other_end(
    const struct sums *s, const struct text *t, const struct pending *p)
{
	for (size_t i = s->n; i-- > 0;) {
		struct charge *c = &s->charges[i];
		if (c->rule == p->rule)
			return c->end_token > p->match.first_token ||
				is_same_amount(t, c, p)
			    ? c
			    : NULL;
	}
	return NULL;
}

/* Room for the total of the charge; 0, or -1 when memory runs out. */
static int begin_total(struct sums *s, const struct guard_session *session,
    const struct guard_counted *row)
{
	if (total_of(s, row))
		return 0;
	struct guard_counted *totals =
	    grown(s->totals, s->n_totals, &s->cap_totals, sizeof(*totals));
	if (!totals)
		return -1;
	s->totals = totals;
	totals[s->n_totals] = *row;
	totals[s->n_totals++].value = counted_before(session, row);
	return 0;
}

static void add_to_total(struct sums *s, const struct guard_counted *row)
{
	struct guard_counted *total = total_of(s, row);
	total->value = numeral_add(total->value, row->value);
}

/* The larger end of a range counts instead of the other. */
static void charge_instead(struct sums *s, const struct guard_session *session,
    struct charge *before, const struct charge *one)
{
	const struct guard_counted old = before->row;
	uint32_t at = (uint32_t)(before - s->charges);
	if (!one->sum) {
		*before = *one;
		return;
	}
	unchain(s, at);
	*before = *one;
	chain(s, at);
	struct guard_counted *total = total_of(s, &old);
	bool is_known = total->value < INT64_MAX;
	if (is_known)
		total->value -= old.value;
	else
		total->value =
		    total_without(s, counted_before(session, &old), &old, NULL);
	if (is_known || !is_alike(&old, &one->row))
		add_to_total(s, &one->row);
}

static int charge(struct sums *s, const struct combine_facts *c,
    const struct pending *p, const struct allowance *a, bool approved)
{
	const struct guard_session *session = c->excuse.session;
	if (!approved && (!a || !a->sum))
		return 0;
	struct charge one = {
	    .sum = approved ? NULL : a->sum,
	    .rule = p->rule,
	    .first_token = p->match.first_token,
	    .end_token = (size_t)p->match.first_token + p->match.n_tokens,
	    .approved = approved,
	};
	if (one.sum)
		one.row = row_of(a, &p->match);
	else
		one.row.value = p->match.value;
	if (one.sum && begin_total(s, session, &one.row))
		return -1;
	struct charge *before = other_end(s, c->text, p);
	if (before && one.sum == before->sum) {
		one.ranged = before->ranged = true;
		if (one.row.value > before->row.value)
			charge_instead(s, session, before, &one);
		return 0;
	}
	struct charge *charges =
	    grown(s->charges, s->n, &s->cap, sizeof(*charges));
	if (!charges)
		return -1;
	s->charges = charges;
	charges[s->n++] = one;
	if (one.sum) {
		chain(s, (uint32_t)s->n - 1);
		add_to_total(s, &one.row);
	}
	return 0;
}

static int64_t approved_before(
    const struct sums *s, const struct text *t, const struct pending *p)
{
	const struct charge *skip = other_end(s, t, p);
	int64_t total = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct charge *c = &s->charges[i];
		if (c->approved && c->rule == p->rule && c != skip)
			total = numeral_add(total, c->row.value);
	}
	return total;
}

struct choice { /* among a rule's allowances, in their order */
	const struct allowance *room; /* the first that covers the amount */
	const struct allowance *fits; /* the first that does not; best one that
					 adds up */
	int64_t total;                /* with the amount, of fits */
	bool again; /* an amount that has counted is said again */
};

/* Look at one allowance; OPEN: its words may still come. */
static enum combine look_at(struct sums *s, struct combine_facts *c,
    const struct pending *p, const struct allowance *a, struct choice *out)
{
	const struct match *m = &p->match;
	if (!fits(s, c, a, m))
		return COMBINE_NO;
	enum combine near =
	    a->near.what.n ? combine_near(c, &a->near, m) : COMBINE_YES;
	if (near != COMBINE_YES)
		return near;
	int64_t total = m->value;
	if (a->sum) {
		const struct guard_session *session = c->excuse.session;
		struct guard_counted row = row_of(a, m);
		const struct near again = {
		    {&c->policy->rules[p->rule].repeats, 1}, UINT_MAX};
		if (m->value > 0 && has_equal(s, session, &row)) {
			enum combine said = combine_near(c, &again, m);
			if (said == COMBINE_OPEN)
				return said;
			out->again |= said == COMBINE_YES;
		}
		total = numeral_add(
		    total_before(s, session, &row, other_end(s, c->text, p)),
		    total);
	}
	if (!a->has_number || total <= a->up_to || m->value <= 0) {
		out->room = out->room ? out->room : a;
	} else if (!out->fits || (a->sum && !out->fits->sum)) {
		out->fits = a;
		out->total = total;
	}
	return COMBINE_YES;
}

static enum combine settle(
    struct sums *s, struct combine_facts *c, struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	const struct guard_session *session = c->excuse.session;
	struct choice found = {0};
	for (size_t i = 0; i < r->n_allowances; i++)
		if (look_at(s, c, p, &r->allowances[i], &found) == COMBINE_OPEN)
			return COMBINE_OPEN;
	if (found.again)
		return COMBINE_NO;
	if (found.room)
		return p->match.value > 0 && charge(s, c, p, found.room, false)
		    ? COMBINE_NO_MEMORY
		    : COMBINE_NO;
	bool approved = session->n_approvals &&
	    combine_is_approved(c, p, approved_before(s, c->text, p));
	if (charge(s, c, p, found.fits, approved))
		return COMBINE_NO_MEMORY;
	p->allowance = found.fits;
	p->total = found.total;
	p->settled = true;
	return approved ? COMBINE_NO : COMBINE_YES;
}

static bool is_waiting(const struct sums *s, uint32_t rule)
{
	for (size_t i = 0; i < s->n_waiting; i++)
		if (s->waiting[i] == rule)
			return true;
	return false;
}

static enum combine wait(struct sums *s, uint32_t rule)
{
	uint32_t *waiting =
	    grown(s->waiting, s->n_waiting, &s->cap_waiting, sizeof(*waiting));
	if (!waiting)
		return COMBINE_NO_MEMORY;
	s->waiting = waiting;
	waiting[s->n_waiting++] = rule;
	return COMBINE_OPEN;
}

enum combine sums_settle(
    struct sums *s, struct combine_facts *c, struct pending *p, bool ready)
{
	if (is_waiting(s, p->rule))
		return COMBINE_OPEN;
	enum combine answer = ready ? settle(s, c, p) : COMBINE_OPEN;
	return answer == COMBINE_OPEN ? wait(s, p->rule) : answer;
}

/* ---- what may still happen ---- */

void sums_ahead_begin(struct sums *s)
{
	s->n_ahead = 0;
	s->blind = false;
}

static int64_t *ahead_of(struct sums *s, const struct guard_counted *row)
{
	for (size_t i = 0; i < s->n_ahead; i++)
		if (is_alike(&s->ahead[i], row))
			return &s->ahead[i].value;
	struct guard_counted *ahead =
	    grown(s->ahead, s->n_ahead, &s->cap_ahead, sizeof(*ahead));
	s->blind |= !ahead;
	if (!ahead)
		return NULL;
	s->ahead = ahead;
	ahead[s->n_ahead] = *row;
	ahead[s->n_ahead].value = 0;
	return &ahead[s->n_ahead++].value;
}

/* Does the allowance cover the amount even if all before it counts? */
static bool covers_surely(struct sums *s, struct combine_facts *c,
    const struct pending *p, const struct allowance *a)
{
	const struct match *m = &p->match;
	int64_t total = m->value;
	if (a->sum) {
		struct guard_counted row = row_of(a, m);
		int64_t *ahead = ahead_of(s, &row);
		if (!ahead)
			return false;
		total = numeral_add(total, *ahead);
		*ahead = total;
		total = numeral_add(total,
		    total_before(
			s, c->excuse.session, &row, other_end(s, c->text, p)));
	}
	if (a->has_number && m->value > 0 && total > a->up_to)
		return false;
	return !a->near.what.n || combine_near(c, &a->near, m) == COMBINE_YES;
}

bool sums_may_break(
    struct sums *s, struct combine_facts *c, const struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	bool breaks = true;
	if (!r->has_allowances || p->settled)
		return true;
	/* All of them, so that what is ahead is complete. */
	for (size_t i = 0; i < r->n_allowances; i++)
		if (fits(s, c, &r->allowances[i], &p->match) &&
		    covers_surely(s, c, p, &r->allowances[i]))
			breaks = false;
	return breaks || s->blind;
}
