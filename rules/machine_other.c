/* machine_other - see machine_other.h. */
#include "rules/machine_other.h"

#include "rules/apart.h"
#include "rules/hidden.h"
#include "rules/hits.h"
#include "rules/machine.h"

#include <stdlib.h>

#define SLICE_BYTES 4096u

void machine_others_clear(struct machine_others *o)
{
	for (size_t i = 0; i < OTHERS; i++) {
		if (o->of[i].machine)
			machine_clear(o->of[i].machine);
		free(o->of[i].machine);
	}
	*o = (struct machine_others){0};
}

void machine_others_reset(struct machine_others *o)
{
	for (size_t i = 0; i < OTHERS; i++)
		o->of[i].on = false;
	o->self = OTHERS;
}

static int begin(struct machine *m, enum other which)
{
	struct machine_other *o = &m->others.of[which];
	if (!o->machine) {
		o->machine = malloc(sizeof(*o->machine));
		if (!o->machine)
			return -1;
		machine_init(o->machine);
	}
	const struct machine_how how = {
	    .policy = m->policy,
	    .session = m->scope.session,
	    .speaker = m->scope.speaker,
	    .purpose = m->scope.purpose,
	    .only = m->scope.only,
	    .visible = m,
	};
	machine_begin(o->machine, &how);
	o->machine->others.self = which;
	o->on = true;
	o->next = o->taken = 0;
	return 0;
}

static void take_hits(struct machine *m, struct machine_other *o)
{
	for (; o->taken < o->machine->n_founds; o->taken++)
		hits_take(m, &o->machine->founds[o->taken]);
	if (o->machine->has_best) /* also behind the last that is listed */
		hits_take_best(m, &o->machine->best);
	if (o->machine->undecided != GUARD_DECIDED)
		machine_give_up(m, o->machine->undecided);
}

static size_t read_piece(
    struct machine *m, enum other which, size_t from, char out[SLICE_BYTES])
{
	size_t *next = &m->others.of[which].next;
	return which == OTHER_APART
	    ? apart_read(&m->text, from, next, out, SLICE_BYTES)
	    : hidden_read(
		  &m->text, from, next, m->visible != NULL, out, SLICE_BYTES);
}

static void read_on(struct machine *m, enum other which)
{
	struct machine_other *o = &m->others.of[which];
	char reading[SLICE_BYTES];
	if (!o->on && begin(m, which)) {
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
		return;
	}
	const struct text *t = &o->machine->text;
	while (t->len < m->text.settled && !o->machine->stopped) {
		/* The text has read all that is before such markup, and it may
		 * have gone out: no other markup goes on into the gap. */
		if (which == OTHER_APART &&
		    apart_is_at(&m->text, o->next, t->len))
			machine_settle(o->machine);
		size_t n = read_piece(m, which, t->len, reading);
		machine_feed(o->machine, reading, n);
	}
	take_hits(m, o);
}

void machine_others_step(struct machine *m)
{
	if (m->scope.purpose == SCOPE_COUNT)
		return;
	if (m->text.hidden.n && m->others.self != OTHER_APART)
		read_on(m, OTHER_HIDDEN);
	if (m->text.apart.n && !m->visible)
		read_on(m, OTHER_APART);
}

void machine_others_close(struct machine *m)
{
	for (size_t i = 0; i < OTHERS; i++) {
		struct machine_other *o = &m->others.of[i];
		if (!o->on)
			continue;
		machine_close(o->machine);
		take_hits(m, o);
	}
}

struct machine *machine_other(const struct machine *m, enum other which)
{
	const struct machine_other *o = &m->others.of[which];
	return o->on ? o->machine : NULL;
}

const struct wording *machine_wording(const struct machine *m)
{
	while (m->visible)
		m = m->visible;
	return &m->wording;
}

bool machine_other_is_known(
    const struct machine *m, size_t rule, const struct match *match)
{
	switch (m->policy->detectors[match->detector].kind) {
	case DETECTOR_LINKS:
	case DETECTOR_PATTERN:
	case DETECTOR_SECRET:
		return m->policy->rules[rule].n_clauses == 1;
	case DETECTOR_PHRASES:
	case DETECTOR_NUMBER:
	case DETECTOR_ENTITY:
	case DETECTOR_TEXT_IS:
	case DETECTOR_CLASSIFIER:
	case DETECTOR_TOPIC:
	case DETECTOR_KINDS:
		break;
	}
	return false;
}
