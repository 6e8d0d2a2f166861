/* weaken_sums - what adds up, changed in one place at a time: the limits of
 * amounts over a conversation and of offers, and those of totals. */
#include "rules/weaken.h"

#include <inttypes.h>
#include <string.h>

/* A copy whose i-th allowance may be changed; NULL: no room. */
static struct allowance *own_allowance(
    struct weaken *w, size_t i, struct weaken_copy **copy)
{
	size_t n = w->rule->n_allowances;
	struct weaken_copy *c = weaken_add_copy(w);
	struct allowance *own = arena_array(&w->probe.arena, n, sizeof(*own));
	w->no_memory |= !own;
	if (!c || !own)
		return NULL;
	memcpy(own, w->rule->allowances, n * sizeof(*own));
	c->rule.allowances = own;
	*copy = c;
	return &own[i];
}

static const char *of(const struct allowance *a)
{
	return a->name ? a->name : "all";
}

static void raise_limit(struct weaken *w, size_t i)
{
	struct weaken_copy *c;
	struct allowance *a = own_allowance(w, i, &c);
	char from[40], to[40];
	if (!a)
		return;
	int64_t step = limit_step(a->number.kind, a->up_to);
	int64_t by = a->up_to / 5 * 2 > 2 * step ? a->up_to / 5 * 2 : 2 * step;
	limit_print(from, sizeof(from), a->number.kind, a->up_to);
	a->up_to = a->up_to > INT64_MAX - by ? INT64_MAX : a->up_to + by;
	limit_print(to, sizeof(to), a->number.kind, a->up_to);
	weaken_say(c->what, WEAKEN_WHAT_BYTES, "limit of %s %s -> %s", of(a),
	    from, to);
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a matches: example between %s and %s", from, to);
}

static void count_each_alone(struct weaken *w, size_t i)
{
	struct weaken_copy *c;
	struct allowance *a = own_allowance(w, i, &c);
	if (!a)
		return;
	a->sum = NULL;
	weaken_say(c->what, WEAKEN_WHAT_BYTES,
	    "dropping \"over: conversation\" of %s", of(a));
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a matches: example with given: {ai_said: [...]} whose amounts "
	    "are allowed alone");
}

static void drop_near(struct weaken *w, size_t i)
{
	struct weaken_copy *c;
	struct allowance *a = own_allowance(w, i, &c);
	if (!a)
		return;
	a->near = (struct near){0};
	weaken_say(c->what, WEAKEN_WHAT_BYTES, "dropping near of %s", of(a));
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a matches: example without these words close by");
}

static void drop_when(struct weaken *w, size_t i)
{
	struct weaken_copy *c;
	struct allowance *a = own_allowance(w, i, &c);
	if (!a)
		return;
	a->when = (struct when){0};
	weaken_say(c->what, WEAKEN_WHAT_BYTES, "dropping when of %s", of(a));
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a matches: example with a given: in which it does not hold");
}

static void change_total(struct weaken *w)
{
	const struct total *t = &w->rule->total;
	struct weaken_copy *c = t->n ? weaken_add_copy(w) : NULL;
	if (c) {
		c->rule.total.at_least++;
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "at_least %" PRIu32 " -> %" PRIu32, t->at_least,
		    t->at_least + 1);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a matches: example that scores exactly %" PRIu32,
		    t->at_least);
	}
	c = t->n && t->over_conversation ? weaken_add_copy(w) : NULL;
	if (c) {
		c->rule.total.over_conversation = false;
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping \"over: conversation\"");
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a matches: example with given: {ai_said: [...]} that "
		    "scores too little alone");
	}
}

void weaken_copy_sums(struct weaken *w)
{
	for (size_t i = 0; i < w->rule->n_allowances; i++) {
		const struct allowance *a = &w->rule->allowances[i];
		if (a->has_number)
			raise_limit(w, i);
		if (a->sum)
			count_each_alone(w, i);
		if (a->near.what.n)
			drop_near(w, i);
		if (a->when.set)
			drop_when(w, i);
	}
	change_total(w);
}
