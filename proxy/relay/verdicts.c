/* verdicts - see verdicts.h. */
#include "proxy/relay/verdicts.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

void verdicts_init(struct verdicts *v)
{
	*v = (struct verdicts){.deciding = SIZE_MAX, .edit_rule = SIZE_MAX};
}

void verdicts_clear(struct verdicts *v)
{
	for (size_t i = 0; i < v->n_hits; i++)
		free((void *)v->hits[i].hit.what);
	free(v->hits);
	free(v->edits);
	for (size_t i = 0; i < v->n_owned; i++)
		free(v->owned[i]);
	free(v->owned);
	verdicts_init(v);
}

const char *verdicts_own(struct verdicts *v, char *text)
{
	v->owned = mem_realloc(v->owned, (v->n_owned + 1) * sizeof(*v->owned));
	v->owned[v->n_owned++] = text;
	return text;
}

static void add_hit(
    struct verdicts *v, uint32_t series, const struct guard_hit *hit)
{
	if (v->n_hits == v->cap_hits) {
		v->cap_hits = v->cap_hits ? v->cap_hits * 2 : 8;
		v->hits = mem_realloc(v->hits, v->cap_hits * sizeof(*v->hits));
	}
	struct verdicts_hit *h = &v->hits[v->n_hits++];
	*h = (struct verdicts_hit){series, *hit};
	h->hit.what = hit->what ? mem_strdup(hit->what) : NULL;
}

static void add_edit(
    struct verdicts *v, uint32_t series, const struct guard_edit *edit)
{
	if (v->n_edits == v->cap_edits) {
		v->cap_edits = v->cap_edits ? v->cap_edits * 2 : 8;
		v->edits =
		    mem_realloc(v->edits, v->cap_edits * sizeof(*v->edits));
	}
	v->edits[v->n_edits++] = (struct verdicts_edit){series, *edit};
}

void verdicts_add(
    struct verdicts *v, uint32_t series, const struct guard_verdict *one)
{
	size_t first = v->n_hits;
	for (size_t i = 0; i < one->n_hits; i++)
		add_hit(v, series, &one->hits[i]);
	for (size_t i = 0; i < one->n_edits; i++)
		add_edit(v, series, &one->edits[i]);
	if (v->undecided == GUARD_DECIDED) {
		v->undecided = one->undecided;
		if (v->undecided == GUARD_UNDECIDED_EDIT)
			v->edit_rule = one->edit_rule;
	}
	if (one->action <= v->action && v->deciding != SIZE_MAX)
		return;
	if (one->action < v->action)
		return;
	v->action = one->action;
	if (one->deciding < one->n_hits)
		v->deciding = first + one->deciding;
	v->say = one->say;
	v->queue = one->queue;
	v->priority = one->priority;
}

void verdicts_fall_back(struct verdicts *v, const struct guard_policy *policy,
    enum guard_event event, enum guard_undecided why)
{
	struct guard_fallback fall;
	guard_policy_fallback(policy, event, &fall);
	if (v->undecided == GUARD_DECIDED)
		v->undecided = why;
	bool decided = v->deciding != SIZE_MAX;
	if (fall.action < v->action || (fall.action == v->action && decided))
		return; /* the rule that decided stays the reason */
	v->action = fall.action;
	v->say = fall.say;
	v->queue = fall.queue;
	v->priority = fall.priority;
	v->include = fall.include;
	v->deciding = SIZE_MAX;
}
