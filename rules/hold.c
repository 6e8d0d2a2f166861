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
		return r->has_find;
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

void hold_begin(struct hold *h, struct machine *m)
{
	const struct index *x = m->policy->index;
	*h = (struct hold){.front = true};
	if (m->stopped)
		return;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++)
		for (size_t i = 0; i < x->kinds[kind].n; i++)
			if (scope_withholds(
				&m->scope, x->kinds[kind].rules[i])) {
				h->kinds[kind] = true;
				break;
			}
}

static bool detector_holds(void *arg, uint32_t detector)
{
	struct machine *m = arg;
	const struct index_rules *hits = &m->policy->index->hits[detector];
	for (size_t i = 0; i < hits->n; i++)
		if (scope_withholds(&m->scope, hits->rules[i]))
			return true;
	return false;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t hold_candidates(const struct hold *h, struct machine *m)
{
	const struct text *t = &m->text;
	if (t->final)
		return SIZE_MAX;
	size_t from = least(t->settled, t->open_token);
	if (m->texts_alive && h->kinds[DETECTOR_TEXT_IS])
		return 0;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++)
		if (h->kinds[kind] && m->alive[kind] < from)
			from = kind == DETECTOR_PHRASES
			    ? least(from,
				  phrase_scan_alive(&m->phrases, t,
				      m->policy->phrases, detector_holds, m))
			    : m->alive[kind];
	return from;
}

size_t hold_frontier(struct hold *h, struct machine *m)
{
	h->front = h->front && any_holds_front(m);
	if (h->front)
		return 0;
	size_t from = hold_candidates(h, m);
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		if (p->match.start < from &&
		    scope_withholds(&m->scope, p->rule))
			from = p->match.start;
	}
	return from;
}

bool hold_handoff_is_settled(const struct hold *h, struct machine *m)
{
	if (!m->has_best)
		return false;
	if (m->best.class == FOUND_AT_ONCE || m->text.final)
		return true;
	if (hold_candidates(h, m) <= m->best.start)
		return false;
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		const struct rule *r = &m->policy->rules[p->rule];
		if (p->match.start <= m->best.start &&
		    r->info.action == GUARD_HANDOFF && !requires_wording(r) &&
		    scope_withholds(&m->scope, p->rule))
			return false;
	}
	return true;
}
