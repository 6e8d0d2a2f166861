/* hits - see hits.h. */
#include "rules/hits.h"

#include <stdlib.h>
#include <string.h>

/* The readings of a text are read side by side: what both find is not far. More
 * than are listed where no limit says otherwise. */
#define LOOK_BACK_FOUNDS 1024u

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

/* Has it been found in the other reading of the same words? */
static bool is_known(const struct machine *m, const struct found *f)
{
	if (!machine_other(m, OTHER_APART))
		return false;
	size_t n = m->n_founds;
	size_t first = n > LOOK_BACK_FOUNDS ? n - LOOK_BACK_FOUNDS : 0;
	for (size_t i = n; i-- > first;) {
		const struct found *o = &m->founds[i];
		if (o->start == f->start && o->end == f->end &&
		    o->rule == f->rule && o->detector == f->detector &&
		    o->value == f->value && o->total == f->total)
			return true;
	}
	return false;
}

static void keep(struct machine *m, const struct found *f)
{
	if (f->mode == GUARD_ENFORCE)
		withhold(m, f);
	if (is_known(m, f))
		return;
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

static void add(struct machine *m, struct found *f, enum guard_mode most)
{
	enum guard_mode mode = scope_mode(&m->scope, f->rule);
	f->mode = (uint8_t)(mode < most ? mode : most);
	if (f->mode == GUARD_OFF)
		return;
	totals_note(m, f);
	/* Judged for a total alone: its signals are no hits of it. */
	if (m->scope.purpose == SCOPE_RULE && f->rule != m->scope.only)
		return;
	keep(m, f);
}

void hits_add_whole(struct machine *m, uint32_t rule, enum found_class class)
{
	struct found f = {
	    .rule = rule, .class = (uint8_t) class, .detector = DETECTOR_NONE};
	add(m, &f, GUARD_ENFORCE);
}

void hits_add_stray(struct machine *m)
{
	struct found f = {.rule = m->only.rule,
	    .class = FOUND_AT_END,
	    .start = m->only.start,
	    .end = m->only.end,
	    .detector = DETECTOR_NONE};
	add(m, &f, GUARD_ENFORCE);
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
	    .total = p->total,
	    .allowance = p->allowance,
	};
	memcpy(f.currency, p->match.currency, sizeof(f.currency));
	add(m, &f, GUARD_ENFORCE);
}

static void add_total(struct machine *m, struct found f,
    const struct signal *at, enum guard_mode most)
{
	f.start = at->start;
	f.end = at->end;
	f.class = FOUND_BY_TEXT;
	f.detector = DETECTOR_NONE;
	add(m, &f, most);
}

void hits_add_total(
    struct machine *m, uint32_t rule, const struct signal *at, int64_t score)
{
	add_total(
	    m, (struct found){.rule = rule, .total = score}, at, GUARD_ENFORCE);
}

void hits_add_total_in_shadow(
    struct machine *m, uint32_t rule, const struct signal *at, int64_t score)
{
	add_total(
	    m, (struct found){.rule = rule, .total = score}, at, GUARD_SHADOW);
}

void hits_take(struct machine *m, const struct found *f)
{
	if (m->policy->rules[f->rule].info.action != GUARD_ALLOW)
		keep(m, f);
}

void hits_take_best(struct machine *m, const struct found *best)
{
	withhold(m, best);
}
