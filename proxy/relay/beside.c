/* beside - see beside.h. */
#include "proxy/relay/beside.h"

bool beside_covers(
    const struct guard_edit *edits, size_t n, size_t start, size_t end)
{
	for (size_t i = 0; i < n && start < end; i++)
		if (edits[i].start <= start && edits[i].end > start)
			start = edits[i].end;
	return start >= end;
}

static bool reaches(size_t *at, size_t start, size_t end)
{
	bool on = start <= *at && end > *at;
	if (on)
		*at = end;
	return on;
}

bool beside_is_redacted(
    const struct verdicts *v, uint32_t series, size_t start, size_t end)
{
	bool more = true;
	while (more && start < end) {
		more = false;
		for (size_t i = 0; i < v->n_edits; i++) {
			const struct guard_edit *e = &v->edits[i].edit;
			if (v->edits[i].series == series)
				more |= reaches(&start, e->start, e->end);
		}
		for (size_t i = 0; i < v->n_hits; i++) {
			const struct guard_hit *h = &v->hits[i].hit;
			if (v->hits[i].series == series &&
			    h->action == GUARD_REDACT &&
			    h->mode == GUARD_ENFORCE)
				more |= reaches(&start, h->start, h->end);
		}
	}
	return start >= end;
}

bool beside_is_stuck(const struct beside *b, size_t start, size_t end)
{
	return channel_seams_near(b->seams, start, end) &&
	    !channel_seams_edited(b->seams, start, end, b->edited, b->arg);
}

/* The rule has been found to withhold the answer: once is enough. */
static bool is_known(const struct verdicts *all, const struct guard_hit *hit)
{
	for (size_t i = 0; i < all->n_hits; i++) {
		const struct guard_hit *h = &all->hits[i].hit;
		if (h->rule == hit->rule && h->mode == hit->mode &&
		    h->action == hit->action)
			return true;
	}
	return false;
}

/* The strongest hit that counts; n_hits when there is none. *stuck: a
 * redaction that cannot be made. */
static size_t strongest(const struct verdicts *all, const struct beside *b,
    const struct guard_verdict *v, bool *stuck)
{
	size_t best = v->n_hits;

	*stuck = false;
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		size_t start = b->base + h->start, end = b->base + h->end;
		if (h->mode != GUARD_ENFORCE)
			continue;
		if (h->action == GUARD_REDACT)
			*stuck = *stuck || beside_is_stuck(b, start, end);
		if (h->action < GUARD_REPLACE || is_known(all, h) ||
		    !channel_seams_near(b->seams, start, end))
			continue;
		if (best == v->n_hits || h->action > v->hits[best].action ||
		    i == v->deciding)
			best = i;
	}
	return best;
}

bool beside_hands_off(const struct verdicts *all, const struct beside *b,
    const struct guard_verdict *v)
{
	bool stuck;
	size_t best = strongest(all, b, v, &stuck);
	return v->undecided != GUARD_DECIDED ||
	    (best < v->n_hits && v->hits[best].action == GUARD_HANDOFF);
}

void beside_add(struct verdicts *verdicts, uint32_t series,
    const struct guard_policy *policy, const struct beside *b,
    const struct guard_verdict *v)
{
	bool stuck;
	size_t best = strongest(verdicts, b, v, &stuck);
	struct guard_verdict one = *v;

	one.edits = NULL;
	one.n_edits = 0;
	if (v->undecided != GUARD_DECIDED) {
		one.n_hits = one.deciding = 0;
		verdicts_add(verdicts, series, &one);
	} else if (best < v->n_hits && best == v->deciding) {
		one.hits = &v->hits[best];
		one.n_hits = 1;
		one.deciding = 0;
		verdicts_add(verdicts, series, &one);
	} else if (stuck || best < v->n_hits) {
		/* Its own words are not at hand, or it would be an edit. */
		verdicts_fall_back(verdicts, policy, GUARD_CANNOT_DECIDE,
		    GUARD_UNDECIDED_EDIT);
	}
}
