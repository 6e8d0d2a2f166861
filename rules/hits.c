/* hits - see hits.h. */
#include "rules/hits.h"

#include <stdlib.h>
#include <string.h>

static bool decides_before(const struct found *a, const struct found *b)
{
	if (a->class != b->class)
		return a->class < b->class;
	if (a->start != b->start)
		return a->start < b->start;
	if (a->rule != b->rule)
		return a->rule < b->rule;
	return a->end < b->end;
}

/* Keep the text of an enforced hit from the customer. */
static void withhold(struct machine *m, const struct found *f)
{
	switch (m->policy->rules[f->rule].info.action) {
	case GUARD_DELIVER:
	case GUARD_ALLOW:
	case GUARD_LOG:
	case GUARD_FLAG:
	case GUARD_APPEND:
		return;
	case GUARD_PREPEND:
		m->has_prepend = true;
		return;
	case GUARD_REDACT:
		m->has_redact = true;
		if (m->scope.purpose == SCOPE_MESSAGE && f->start != f->end)
			return;
		break;
	case GUARD_HANDOFF:
		if (!m->has_best || decides_before(f, &m->best)) {
			m->best = *f;
			m->has_best = true;
		}
		break;
	case GUARD_REPLACE:
	case GUARD_BLOCK:
		break;
	}
	if (f->start < m->withheld_from)
		m->withheld_from = f->start;
}

static void add(struct machine *m, struct found *f)
{
	f->mode = (uint8_t)scope_mode(&m->scope, f->rule);
	if (f->mode == GUARD_OFF)
		return;
	if (f->mode == GUARD_ENFORCE)
		withhold(m, f);
	if (m->n_founds >= m->policy->limits.max_hits) {
		machine_give_up(m, GUARD_UNDECIDED_HITS);
		return;
	}
	if (m->n_founds == m->cap_founds) {
		size_t cap = m->cap_founds ? m->cap_founds * 2 : 8;
		struct found *p = realloc(m->founds, cap * sizeof(*p));
		if (!p) {
			machine_give_up(m, GUARD_UNDECIDED_MEMORY);
			return;
		}
		m->founds = p;
		m->cap_founds = cap;
	}
	m->founds[m->n_founds++] = *f;
}

void hits_add_whole(struct machine *m, uint32_t rule, enum found_class class)
{
	struct found f = {
	    .rule = rule, .class = (uint8_t) class, .detector = DETECTOR_NONE};
	add(m, &f);
}

void hits_add_match(
    struct machine *m, const struct pending *p, enum found_class class)
{
	struct found f = {
	    .start = p->match.start,
	    .end = p->match.end,
	    .rule = p->rule,
	    .class = (uint8_t) class,
	    .detector = p->match.detector,
	    .value = p->match.value,
	};
	memcpy(f.currency, p->match.currency, sizeof(f.currency));
	add(m, &f);
}
