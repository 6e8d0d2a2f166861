/* totals - see totals.h. */
#include "rules/totals.h"
#include "rules/hits.h"
#include "rules/numeral.h"

#include <stdlib.h>
#include <string.h>

void totals_clear(struct totals *t)
{
	free(t->signals);
	free(t->before);
	*t = (struct totals){0};
}

/* ---- the conversation so far ---- */

static void add_before(
    struct machine *m, struct before *out, const struct total *t)
{
	const struct guard_session *s = m->scope.session;
	const struct rule *rules = m->policy->rules;
	for (size_t i = 0; i < s->n_counted; i++) {
		const struct guard_counted *row = &s->counted[i];
		if (row->kind != GUARD_COUNTED_SIGNAL)
			continue;
		for (size_t k = 0; k < t->n; k++) {
			const struct rule *r = &rules[t->adds[k]];
			if (strcmp(r->info.id, row->name))
				continue;
			int64_t score = numeral_scale(row->times, r->score);
			out->all = numeral_add(out->all, score);
			if (scope_force(&m->scope, t->adds[k]) == GUARD_ENFORCE)
				out->enforced =
				    numeral_add(out->enforced, score);
		}
	}
}

static int make_room(struct totals *t, const struct index *x)
{
	if (t->cap_signals < x->scorers.n) {
		struct signal *signals =
		    reallocarray(t->signals, x->scorers.n, sizeof(*signals));
		if (!signals)
			return -1;
		t->signals = signals;
		t->cap_signals = x->scorers.n;
	}
	if (t->cap_before < x->totals.n) {
		struct before *before =
		    reallocarray(t->before, x->totals.n, sizeof(*before));
		if (!before)
			return -1;
		t->before = before;
		t->cap_before = x->totals.n;
	}
	return 0;
}

int totals_begin(struct machine *m)
{
	const struct index *x = m->policy->index;
	struct totals *t = &m->totals;
	t->n_seen = 0;
	if (make_room(t, x))
		return -1;
	for (size_t i = 0; i < x->scorers.n; i++)
		t->signals[i] = (struct signal){.rule = x->scorers.rules[i]};
	for (size_t i = 0; i < x->totals.n; i++) {
		const struct total *total =
		    &m->policy->rules[x->totals.rules[i]].total;
		t->before[i] = (struct before){0};
		if (total->over_conversation)
			add_before(m, &t->before[i], total);
	}
	return 0;
}

/* ---- signals ---- */

static struct signal *signal_of(struct machine *m, uint32_t rule)
{
	uint32_t slot = m->policy->index->scorer_of[rule];
	return slot == INDEX_NO_SLOT ? NULL : &m->totals.signals[slot];
}

void totals_note(struct machine *m, const struct found *f)
{
	struct signal *s = signal_of(m, f->rule);
	bool later = s && s->seen &&
	    (f->start > s->start || (f->start == s->start && f->end >= s->end));
	if (!s || later)
		return;
	m->totals.n_seen += !s->seen;
	s->seen = true;
	s->enforced = f->mode == GUARD_ENFORCE;
	s->start = f->start;
	s->end = f->end;
}

/* ---- what a total comes to ---- */

/* Does a stand before b in the text? */
static bool stands_before(const struct signal *a, const struct signal *b)
{
	return a->start != b->start ? a->start < b->start : a->rule < b->rule;
}

/* The next signal of the total behind one (NULL: the first), or NULL. */
static const struct signal *next_signal(struct machine *m,
    const struct total *t, const struct signal *behind, bool all)
{
	const struct signal *next = NULL;
	for (size_t i = 0; i < t->n; i++) {
		const struct signal *s = signal_of(m, t->adds[i]);
		if (!s->seen || (!all && !s->enforced) ||
		    (behind && !stands_before(behind, s)))
			continue;
		if (!next || stands_before(s, next))
			next = s;
	}
	return next;
}

/* The signal that brings a total up to its limit, and to what; NULL: none. */
static const struct signal *find_reached(
    struct machine *m, size_t number, bool all, int64_t *score)
{
	const struct rule *rules = m->policy->rules;
	const struct total *t =
	    &rules[m->policy->index->totals.rules[number]].total;
	const struct before *before = &m->totals.before[number];
	const struct signal *s = NULL;
	*score = all ? before->all : before->enforced;
	while ((s = next_signal(m, t, s, all))) {
		*score = numeral_add(*score, rules[s->rule].score);
		if (*score >= t->at_least)
			return s;
	}
	return NULL;
}

static const struct before *before_of(const struct machine *m, size_t total)
{
	const struct index_rules *totals = &m->policy->index->totals;
	size_t i = 0;
	while (i + 1 < totals->n && totals->rules[i] != total)
		i++;
	return &m->totals.before[i];
}

bool totals_may_edit(struct machine *m, size_t total)
{
	const struct rule *rules = m->policy->rules;
	const struct total *t = &rules[total].total;
	int64_t score = before_of(m, total)->enforced;
	bool any = false;
	for (size_t i = 0; i < t->n; i++) {
		const struct rule *r = &rules[t->adds[i]];
		if (r->info.action >= GUARD_REPLACE ||
		    scope_mode(&m->scope, t->adds[i]) != GUARD_ENFORCE)
			continue;
		any = true;
		score = numeral_add(score, r->score);
	}
	return any && score >= t->at_least;
}

static bool adds(const struct total *t, uint32_t rule)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->adds[i] == rule)
			return true;
	return false;
}

/* Can nothing come any more that would bring it there earlier, or from the
 * same place? */
static bool is_settled(
    const struct machine *m, const struct total *t, const struct signal *at)
{
	if (machine_frontier(m) <= at->start)
		return false;
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		if (p->match.start <= at->start && adds(t, p->rule))
			return false;
	}
	return true;
}

void totals_look(struct machine *m)
{
	const struct index_rules *totals = &m->policy->index->totals;
	for (size_t i = 0; m->totals.n_seen && i < totals->n; i++) {
		uint32_t rule = totals->rules[i];
		int64_t score;
		if (scope_mode(&m->scope, rule) != GUARD_ENFORCE ||
		    machine_has_fired(m, rule))
			continue;
		const struct signal *at = find_reached(m, i, false, &score);
		if (at && is_settled(m, &m->policy->rules[rule].total, at))
			hits_add_total(m, rule, at, score);
	}
}

void totals_end(struct machine *m)
{
	const struct index_rules *totals = &m->policy->index->totals;
	for (size_t i = 0; m->totals.n_seen && i < totals->n; i++) {
		uint32_t rule = totals->rules[i];
		int64_t score;
		if (scope_mode(&m->scope, rule) == GUARD_OFF ||
		    machine_has_fired(m, rule))
			continue;
		const struct signal *at = find_reached(m, i, true, &score);
		if (at)
			hits_add_total_in_shadow(m, rule, at, score);
	}
}

/* ---- what may still happen ---- */

static void find_from(struct machine *m, const struct totals_ask *ask)
{
	const struct index_rules *scorers = &m->policy->index->scorers;
	for (size_t i = 0; i < scorers->n; i++) {
		struct signal *s = &m->totals.signals[i];
		s->from = SIZE_MAX;
		if (scope_mode(&m->scope, s->rule) != GUARD_ENFORCE)
			continue;
		s->from = ask->alive(m, s->rule);
		if (s->seen && s->start < s->from)
			s->from = s->start;
	}
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		struct signal *s = signal_of(m, p->rule);
		if (s && p->match.start < s->from &&
		    scope_mode(&m->scope, p->rule) == GUARD_ENFORCE)
			s->from = p->match.start;
	}
}

/* The earliest byte by which so much may have been scored. */
static size_t reachable_from(struct machine *m, size_t number)
{
	const struct rule *rules = m->policy->rules;
	const struct total *t =
	    &rules[m->policy->index->totals.rules[number]].total;
	int64_t score = m->totals.before[number].enforced;
	size_t at = 0;
	bool first = true;
	for (;;) {
		size_t next = SIZE_MAX;
		for (size_t i = 0; i < t->n; i++) {
			size_t from = signal_of(m, t->adds[i])->from;
			if ((first || from > at) && from < next)
				next = from;
		}
		if (next == SIZE_MAX)
			return SIZE_MAX;
		for (size_t i = 0; i < t->n; i++)
			if (signal_of(m, t->adds[i])->from == next)
				score =
				    numeral_add(score, rules[t->adds[i]].score);
		if (score >= t->at_least)
			return next;
		at = next;
		first = false;
	}
}

size_t totals_earliest(struct machine *m, const struct totals_ask *ask)
{
	const struct index_rules *totals = &m->policy->index->totals;
	size_t earliest = SIZE_MAX;
	bool looked = false;
	for (size_t i = 0; i < totals->n; i++) {
		if (!ask->is(&m->scope, totals->rules[i]) ||
		    machine_has_fired(m, totals->rules[i]))
			continue;
		if (!looked)
			find_from(m, ask);
		looked = true;
		size_t from = reachable_from(m, i);
		earliest = from < earliest ? from : earliest;
	}
	return earliest;
}
