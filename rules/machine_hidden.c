/* machine_hidden - see machine_hidden.h. */
#include "rules/machine_hidden.h"

#include "rules/hidden.h"
#include "rules/hits.h"
#include "rules/machine.h"

#include <stdlib.h>

#define SLICE_BYTES 4096u

void machine_hidden_clear(struct machine_hidden *h)
{
	if (h->machine)
		machine_clear(h->machine);
	free(h->machine);
	*h = (struct machine_hidden){0};
}

static int begin(struct machine *m)
{
	struct machine_hidden *h = &m->hidden;
	if (!h->machine) {
		h->machine = malloc(sizeof(*h->machine));
		if (!h->machine)
			return -1;
		machine_init(h->machine);
	}
	const struct machine_how how = {
	    .policy = m->policy,
	    .session = m->scope.session,
	    .speaker = m->scope.speaker,
	    .purpose = m->scope.purpose,
	    .only = m->scope.only,
	    .visible = m,
	};
	machine_begin(h->machine, &how);
	h->on = true;
	h->next = h->taken = 0;
	return 0;
}

static void take_hits(struct machine *m)
{
	struct machine_hidden *h = &m->hidden;
	for (; h->taken < h->machine->n_founds; h->taken++)
		hits_take(m, &h->machine->founds[h->taken]);
	if (h->machine->has_best) /* also behind the last that is listed */
		hits_take_best(m, &h->machine->best);
	if (h->machine->undecided != GUARD_DECIDED)
		machine_give_up(m, h->machine->undecided);
}

void machine_hidden_step(struct machine *m)
{
	struct machine_hidden *h = &m->hidden;
	char reading[SLICE_BYTES];
	if (m->scope.purpose == SCOPE_COUNT)
		return;
	if (!h->on && begin(m)) {
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
		return;
	}
	const struct text *t = &h->machine->text;
	while (t->len < m->text.settled && !h->machine->stopped) {
		size_t n = hidden_read(&m->text, t->len, &h->next,
		    m->visible != NULL, reading, sizeof(reading));
		machine_feed(h->machine, reading, n);
	}
	take_hits(m);
}

void machine_hidden_close(struct machine *m)
{
	if (!m->hidden.on)
		return;
	machine_close(m->hidden.machine);
	take_hits(m);
}

const struct wording *machine_wording(const struct machine *m)
{
	while (m->visible)
		m = m->visible;
	return &m->wording;
}

bool machine_hidden_is_known(
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
