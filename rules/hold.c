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
		    (m->whole_waits && m->policy->index->excused[rule].n);
	return !wording_is_complete(&m->wording, m->policy, r);
}

static bool any_holds_front(struct machine *m)
{
	const struct index *x = m->policy->index;
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

void hold_begin(struct hold *h, struct machine *m)
{
	const struct index *x = m->policy->index;
	*h = (struct hold){.front = true};
	if (m->stopped)
		return;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++) {
		h->kinds[kind] = any_rule(m, &x->kinds[kind], scope_withholds);
		h->cuts[kind] = any_rule(m, &x->kinds[kind], hands_off);
	}
}

static bool detector_holds(void *arg, uint32_t detector)
{
	struct machine *m = arg;
	return any_rule(m, &m->policy->index->hits[detector], scope_withholds);
}

static bool detector_cuts(void *arg, uint32_t detector)
{
	struct machine *m = arg;
	return any_rule(m, &m->policy->index->hits[detector], hands_off);
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
	if (t->final)
		return SIZE_MAX;
	size_t from = least(t->settled, t->open_token);
	if (m->texts_alive && reads[DETECTOR_TEXT_IS])
		return 0;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++) {
		size_t alive = m->alive[kind];
		if (!reads[kind] || alive >= from)
			continue;
		if (kind == DETECTOR_PHRASES)
			alive = phrase_scan_alive(&m->phrases, t,
			    m->policy->phrases,
			    cuts ? detector_cuts : detector_holds, m);
		from = least(from, alive);
	}
	return from;
}

size_t hold_frontier(struct hold *h, struct machine *m)
{
	h->front = h->front && any_holds_front(m);
	if (h->front)
		return 0;
	size_t from = candidates(h, m, false);
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		if (p->match.start < from &&
		    scope_withholds(&m->scope, p->rule))
			from = p->match.start;
	}
	return sleep_frontier(m, from);
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

bool hold_handoff_is_settled(const struct hold *h, struct machine *m)
{
	if (!m->has_best || handoff_waits(m))
		return false;
	if (m->best.class == FOUND_AT_ONCE || m->text.final)
		return true;
	if (candidates(h, m, true) <= m->best.start)
		return false;
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		if (p->match.start <= m->best.start &&
		    hands_off_by_text(m, p->rule))
			return false;
	}
	return !sleep_may_fire(m, m->best.start, hands_off_by_text);
}
