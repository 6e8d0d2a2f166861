/* hold - see hold.h. */
#include "rules/hold.h"

static bool requires_wording(const struct rule *r)
{
	return r->must_say.n || r->must_also_say.n;
}

/* Would the rule, fired by the whole message, concern its first byte? */
static bool holds_front(struct machine *m, size_t rule)
{
	const struct rule *r = &m->policy->rules[rule];
	if (scope_mode(&m->scope, rule) != GUARD_ENFORCE ||
	    machine_has_fired(m, rule))
		return false;
	if (r->info.action != GUARD_PREPEND &&
	    !scope_withholds(&m->scope, rule))
		return false;
	if (!requires_wording(r))
		return r->has_find ||
		    (r->total.n &&
			(r->info.action != GUARD_PREPEND ||
			    totals_may_edit(m, rule))) ||
		    (m->whole_waits && m->policy->index->excused[rule].n);
	return !wording_is_complete(&m->wording, m->policy, r);
}

static bool any_holds_front(struct machine *m)
{
	const struct index *x = m->policy->index;
	if (m->scope.purpose == SCOPE_EDITED)
		return false; /* nothing more is put in front */
	for (size_t i = 0; i < x->whole.n; i++)
		if (holds_front(m, x->whole.rules[i]))
			return true;
	for (size_t i = 0; i < x->prepends.n; i++)
		if (holds_front(m, x->prepends.rules[i]))
			return true;
	return false;
}

static bool hands_off(struct scope *s, size_t rule)
{
	return s->policy->rules[rule].info.action == GUARD_HANDOFF &&
	    scope_withholds(s, rule);
}

static bool any_rule(struct machine *m, const struct index_rules *list,
    bool (*is)(struct scope *, size_t rule))
{
	for (size_t i = 0; i < list->n; i++)
		if (is(&m->scope, list->rules[i]))
			return true;
	return false;
}

/* The kinds of numbers that some such rule reads. */
static unsigned number_kinds(
    struct machine *m, bool (*is)(struct scope *, size_t rule))
{
	const struct guard_policy *p = m->policy;
	const struct any_of *all = &p->of_kind[DETECTOR_NUMBER];
	unsigned kinds = 0;
	for (size_t i = 0; i < all->n; i++) {
		uint32_t d = all->detectors[i];
		if (any_rule(m, &p->index->hits[d], is))
			kinds |= 1u << p->detectors[d].number.kind;
	}
	return kinds;
}

void hold_begin(struct hold *h, struct machine *m)
{
	const struct index *x = m->policy->index;
	*h = (struct hold){.front = true};
	if (m->stopped)
		return;
	h->numbers = number_kinds(m, scope_withholds);
	h->cut_numbers = number_kinds(m, hands_off);
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++) {
		h->kinds[kind] = any_rule(m, &x->kinds[kind], scope_withholds);
		h->cuts[kind] = any_rule(m, &x->kinds[kind], hands_off);
	}
}

/* Can what has begun be the one that makes a topic, with those before it? */
static bool may_be_enough(const struct machine *m, size_t rule)
{
	unsigned need = m->policy->rules[rule].clauses[0].at_least;
	size_t n = m->phrases.n_alive;
	for (size_t i = 0; n < need && i < m->counted.n; i++)
		n += m->counted.items[i].detector == rule;
	return n >= need;
}

static bool any_begun(struct machine *m, uint32_t detector,
    bool (*is)(struct scope *, size_t rule))
{
	const struct index_rules *hits = &m->policy->index->hits[detector];
	for (size_t i = 0; i < hits->n; i++)
		if (is(&m->scope, hits->rules[i]) &&
		    may_be_enough(m, hits->rules[i]))
			return true;
	return false;
}

static bool detector_holds(void *arg, uint32_t detector)
{
	return any_begun(arg, detector, scope_withholds);
}

static bool detector_cuts(void *arg, uint32_t detector)
{
	return any_begun(arg, detector, hands_off);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* No match of a rule that holds (or, with cuts, hands off) will start before
 * this byte. */
static size_t candidates(const struct hold *h, struct machine *m, bool cuts)
{
	const struct text *t = &m->text;
	const bool *reads = cuts ? h->cuts : h->kinds;
	size_t from = SIZE_MAX; /* only answers come after the end */
	if (!t->final)
		from = least(t->settled, t->open_token);
	if (m->texts_alive && reads[DETECTOR_TEXT_IS])
		return 0;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++) {
		size_t alive = m->alive[kind];
		if (!reads[kind] || alive >= from)
			continue;
		if (kind == DETECTOR_CLASSIFIER)
			alive = classify_alive(
			    m, cuts ? hands_off : scope_withholds);
		if (kind == DETECTOR_NUMBER &&
		    !(m->numbers.kinds & (cuts ? h->cut_numbers : h->numbers)))
			continue;
		if (kind == DETECTOR_PHRASES)
			alive = phrase_scan_alive(&m->phrases, t,
			    m->policy->phrases,
			    cuts ? detector_cuts : detector_holds, m);
		from = least(from, alive);
	}
	return from;
}

struct one_rule {
	struct machine *m;
	size_t rule;
};

static bool detector_is_of(void *arg, uint32_t detector)
{
	const struct one_rule *one = arg;
	const struct index_rules *hits = &one->m->policy->index->hits[detector];
	for (size_t i = 0; i < hits->n; i++)
		if (hits->rules[i] == one->rule)
			return true;
	return false;
}

static size_t alive_of_kind(
    struct machine *m, size_t rule, enum detector_kind kind)
{
	struct one_rule one = {m, rule};
	if (m->text.final && kind != DETECTOR_CLASSIFIER)
		return SIZE_MAX;
	if (kind == DETECTOR_TEXT_IS)
		return m->texts_alive ? 0 : SIZE_MAX;
	if (kind != DETECTOR_PHRASES || m->alive[kind] == SIZE_MAX)
		return m->alive[kind];
	return phrase_scan_alive(
	    &m->phrases, &m->text, m->policy->phrases, detector_is_of, &one);
}

/* From where on may a rule match that has begun to? */
static size_t alive_of_rule(struct machine *m, size_t rule)
{
	const struct any_of *what = &m->policy->rules[rule].clauses[0].what;
	size_t from = SIZE_MAX;
	bool asked[DETECTOR_KINDS] = {false};
	for (size_t i = 0; i < what->n; i++) {
		enum detector_kind kind =
		    m->policy->detectors[what->detectors[i]].kind;
		if (!asked[kind])
			from = least(from, alive_of_kind(m, rule, kind));
		asked[kind] = true;
	}
	return from;
}

static size_t totals_from(
    struct machine *m, bool (*is)(struct scope *, size_t rule))
{
	const struct totals_ask ask = {is, alive_of_rule};
	return totals_earliest(m, &ask);
}

static size_t frontier_of(const struct hold *h, struct machine *m)
{
	size_t from = candidates(h, m, false);
	from = least(from, totals_from(m, scope_withholds));
	if (m->only.only && scope_withholds(&m->scope, m->only.rule))
		from = least(from, only_frontier(m));
	struct combine_facts facts = machine_facts(m);
	sums_ahead_begin(&m->sums);
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		/* Amounts are asked about whether they hold or not: those
		 * behind them have to know. */
		bool breaks = sums_may_break(&m->sums, &facts, p);
		if (breaks && p->match.start < from &&
		    scope_withholds(&m->scope, p->rule))
			from = p->match.start;
	}
	return sleep_frontier(m, from);
}

/* Of the text and its other readings. */
static size_t frontier_of_all(const struct hold *h, struct machine *m)
{
	size_t from = frontier_of(h, m);
	for (enum other i = 0; from && i < OTHERS; i++) {
		struct machine *other = machine_other(m, i);
		if (other)
			from = least(from, frontier_of_all(h, other));
	}
	return from;
}

size_t hold_frontier(struct hold *h, struct machine *m)
{
	h->front = h->front && any_holds_front(m);
	return h->front ? 0 : frontier_of_all(h, m);
}

/* A rule with only `when` would decide before any that reads the text. */
static bool handoff_waits(struct machine *m)
{
	const struct index *x = m->policy->index;
	for (size_t i = 0; m->whole_waits && i < x->whole.n; i++)
		if (x->excused[x->whole.rules[i]].n &&
		    !requires_wording(&m->policy->rules[x->whole.rules[i]]) &&
		    hands_off(&m->scope, x->whole.rules[i]))
			return true;
	return false;
}

static bool hands_off_by_text(struct machine *m, size_t rule)
{
	return hands_off(&m->scope, rule) &&
	    !requires_wording(&m->policy->rules[rule]);
}

/* May a handoff still be found that stands before this byte, or at it? */
static bool handoff_may_come(const struct hold *h, struct machine *m, size_t at)
{
	if (candidates(h, m, true) <= at || totals_from(m, hands_off) <= at)
		return true;
	struct combine_facts facts = machine_facts(m);
	sums_ahead_begin(&m->sums);
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		if (sums_may_break(&m->sums, &facts, p) &&
		    p->match.start <= at && hands_off_by_text(m, p->rule))
			return true;
	}
	return sleep_may_fire(m, at, hands_off_by_text);
}

/* In the text or another reading of it. */
static bool any_handoff_may_come(
    const struct hold *h, struct machine *m, size_t at)
{
	bool may = handoff_may_come(h, m, at);
	for (enum other i = 0; !may && i < OTHERS; i++) {
		struct machine *other = machine_other(m, i);
		may = other && any_handoff_may_come(h, other, at);
	}
	return may;
}

bool hold_handoff_is_settled(const struct hold *h, struct machine *m)
{
	if (!m->has_best || handoff_waits(m))
		return false;
	if (m->best.class == FOUND_AT_ONCE)
		return true;
	/* What is missing at the end is known at the end. */
	if (m->best.class == FOUND_AT_END)
		return m->ended;
	if (m->text.final && !classify_waits(m))
		return true;
	if (m->best.class == FOUND_AT_END)
		return false; /* whatever is found goes before it */
	return !any_handoff_may_come(h, m, m->best.start);
}
