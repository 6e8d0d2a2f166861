/* machine_route - from what the scanners have found to the rules it concerns:
 * pendings, sleepers, and what others may ask about. */
#include "rules/machine.h"

static const struct rule *rule_of(const struct machine *m, size_t rule)
{
	return &m->policy->rules[rule];
}

static int count(struct machine *m, uint32_t rule, const struct match *match)
{
	struct combine_facts facts = machine_facts(m);
	if (!combine_is_distinct(&facts, rule, match))
		return 0;
	struct match counted = *match;
	counted.detector = rule;
	return matches_add(&m->counted, &counted);
}

/* What some rule may ask about. */
static int route_condition(struct machine *m, const struct match *match)
{
	return live_add(&m->live, match) || sleep_wake(m, match) ? -1 : 0;
}

static int route(struct machine *m, const struct match *match)
{
	const struct index *x = m->policy->index;
	uint32_t detector = match->detector;
	if (index_bundle_of(x, detector))
		return route_condition(m, match);
	if (!m->visible)
		wording_note(&m->wording, m->policy, detector);
	if (m->only.only && only_note(m, match))
		return -1;
	if (x->condition[detector] && route_condition(m, match))
		return -1;
	const struct index_rules *hits = &x->awake[detector];
	for (size_t i = 0; i < hits->n; i++) {
		uint32_t rule = hits->rules[i];
		if (scope_mode(&m->scope, rule) == GUARD_OFF ||
		    (m->visible && machine_other_is_known(m, rule, match)))
			continue;
		if (machine_add_pending(m, rule, match))
			return -1;
		if (rule_of(m, rule)->clauses[0].at_least > 1 &&
		    count(m, rule, match))
			return -1;
	}
	return x->asleep[detector].n ? sleep_add(m, match, false) : 0;
}

/* A number: for its detectors, and for all rules that sleep on its kind. */
static int route_value(struct machine *m, const struct match *value)
{
	const struct index *x = m->policy->index;
	const struct any_of *numbers = &x->numbers[value->detector];
	struct match match = *value;
	for (size_t i = 0; i < numbers->n; i++) {
		match.detector = numbers->detectors[i];
		if (number_matches(
			&m->policy->detectors[match.detector].number, value) &&
		    route(m, &match))
			return -1;
	}
	return x->values[value->detector].n ? sleep_add(m, value, true) : 0;
}

int machine_route(struct machine *m)
{
	for (size_t i = 0; i < m->fresh.n; i++)
		if (route(m, &m->fresh.items[i]))
			return -1;
	for (size_t i = 0; i < m->values.n; i++)
		if (route_value(m, &m->values.items[i]))
			return -1;
	return 0;
}
