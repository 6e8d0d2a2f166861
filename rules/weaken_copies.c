/* weaken_copies - one rule, changed in one place at a time. See weaken.h. */
#include "rules/weaken.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PART_BYTES 80u

/* ---- words ---- */

void weaken_say(char *out, size_t cap, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(out, cap, fmt, args);
	va_end(args);
}

/* What the set looks for: its first phrase as it was written, or number. */
static const char *part(
    const struct weaken *w, const struct any_of *any, char out[PART_BYTES])
{
	const struct guard_policy *p = w->policy;
	for (size_t i = 0; i < p->n_written; i++)
		for (size_t k = 0; k < any->n; k++)
			if (p->written[i].detector == any->detectors[k])
				return p->written[i].text;
	const struct detector *d =
	    any->n ? &p->detectors[any->detectors[0]] : NULL;
	if (d && d->kind == DETECTOR_NUMBER)
		limit_print_range(out, PART_BYTES, &d->number);
	else
		weaken_say(out, PART_BYTES, "what it looks for");
	return out;
}

/* ---- copies ---- */

struct weaken_copy *weaken_add_copy(struct weaken *w)
{
	if (w->n == WEAKEN_COPIES)
		return NULL;
	struct weaken_copy *c = &w->copies[w->n++];
	*c = (struct weaken_copy){.rule = *w->rule};
	return c;
}

static struct clause *own_clauses(struct weaken *w, struct weaken_copy *c)
{
	size_t n = w->rule->n_clauses;
	struct clause *own = arena_array(&w->probe.arena, n + 1, sizeof(*own));
	if (!own) {
		w->no_memory = true;
		return NULL;
	}
	memcpy(own, w->rule->clauses, n * sizeof(*own));
	c->rule.clauses = own;
	return own;
}

static struct any_of new_number(
    struct weaken *w, const struct number_range *range)
{
	uint32_t *one = arena_alloc(&w->probe.arena, sizeof(*one));
	if (!one) {
		w->no_memory = true;
		return (struct any_of){0};
	}
	*one = (uint32_t)w->n_detectors;
	w->detectors[w->n_detectors++] =
	    (struct detector){.kind = DETECTOR_NUMBER, .number = *range};
	return (struct any_of){one, 1};
}

static void move_limit(struct weaken *w, size_t clause, bool above)
{
	const struct any_of *what = &w->rule->clauses[clause].what;
	struct number_range r = w->policy->detectors[what->detectors[0]].number;
	int64_t *limit = above ? &r.above : &r.below, old = *limit;
	int64_t step = limit_step(r.kind, old);
	int64_t by = old / 5 * 2 > 2 * step ? old / 5 * 2 : 2 * step;
	char from[40], to[40];
	if (!above && old <= step)
		return; /* nothing is left below it */
	struct weaken_copy *c = weaken_add_copy(w);
	struct clause *own = c ? own_clauses(w, c) : NULL;
	if (!own)
		return;
	*limit = above ? old + by : old > by ? old - by : 0;
	own[clause].what = new_number(w, &r);
	c->has_limit = true;
	c->clause = clause;
	c->sample = above ? old + step : old - step;
	limit_print(from, sizeof(from), r.kind, old);
	limit_print(to, sizeof(to), r.kind, *limit);
	weaken_say(c->what, WEAKEN_WHAT_BYTES, "%s %s -> %s",
	    above ? "limit" : "below", from, to);
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a matches: example between %s and %s", above ? from : to,
	    above ? to : from);
}

static void copy_limits(struct weaken *w)
{
	for (size_t i = 0; i < w->rule->n_clauses; i++) {
		const struct any_of *what = &w->rule->clauses[i].what;
		const struct detector *d = what->n == 1
		    ? &w->policy->detectors[what->detectors[0]]
		    : NULL;
		if (!d || d->kind != DETECTOR_NUMBER)
			continue;
		if (d->number.has_above)
			move_limit(w, i, true);
		if (d->number.has_below)
			move_limit(w, i, false);
	}
}

static void describe_excuse(
    const struct weaken *w, const struct excuse *e, struct weaken_copy *c)
{
	if (e->approval) {
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping \"approval: %s\"", e->approval);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example with given: {approvals: {%s: ...}}",
		    e->approval);
	} else if (e->said_by_customer) {
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping \"said_by_customer: yes\"");
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example with given: {customer_said: [...]}");
	} else if (e->texts) {
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping \"text_is: %s\"", e->texts[0]);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example with \"%s\"", e->texts[0]);
	} else {
		char words[PART_BYTES];
		const char *phrase = part(w, &e->beside, words);
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping the exception \"%s\"", phrase);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example with \"%s\" in the sentence that "
		    "would be found",
		    phrase);
	}
}

static void copy_excuses(struct weaken *w)
{
	size_t n = w->rule->n_unless;
	for (size_t i = 0; i < n; i++) {
		struct weaken_copy *c = weaken_add_copy(w);
		struct excuse *own =
		    arena_array(&w->probe.arena, n, sizeof(*own));
		if (!own)
			w->no_memory = true;
		if (!c || !own)
			return;
		size_t kept = 0;
		for (size_t k = 0; k < n; k++)
			if (k != i)
				own[kept++] = w->rule->unless[k];
		c->rule.unless = own;
		c->rule.n_unless = kept;
		describe_excuse(w, &w->rule->unless[i], c);
	}
}

static void copy_nears(struct weaken *w)
{
	for (size_t i = 0; i < w->rule->n_clauses; i++) {
		const struct near *near = &w->rule->clauses[i].near;
		struct weaken_copy *c =
		    near->what.n ? weaken_add_copy(w) : NULL;
		struct clause *own = c ? own_clauses(w, c) : NULL;
		if (!own)
			continue;
		own[i].near = (struct near){0};
		char words[PART_BYTES];
		const char *phrase = part(w, &near->what, words);
		weaken_say(
		    c->what, WEAKEN_WHAT_BYTES, "dropping near \"%s\"", phrase);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example that says the rest, without \"%s\" "
		    "or its like close by",
		    phrase);
	}
}

/* All clauses but the first, which marks the hit. */
static void copy_clauses(struct weaken *w)
{
	for (size_t i = 1; i < w->rule->n_clauses; i++) {
		struct weaken_copy *c = weaken_add_copy(w);
		struct clause *own = c ? own_clauses(w, c) : NULL;
		if (!own)
			return;
		memmove(&own[i], &own[i + 1],
		    (w->rule->n_clauses - i - 1) * sizeof(*own));
		c->rule.n_clauses--;
		char words[PART_BYTES];
		const char *phrase = part(w, &w->rule->clauses[i].what, words);
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping part %zu of find", i + 1);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example that lacks only that part (\"%s\")",
		    phrase);
	}
}

/* "iban", or what the author calls it. */
static const char *kind_words(const struct weaken *w, uint32_t detector)
{
	const char *const *all = w->policy->detector_words;
	return all && all[detector] ? all[detector] : "one of the list";
}

/* Each kind of data on its own is worth an example. */
static void copy_kinds(struct weaken *w)
{
	const struct any_of *what =
	    w->rule->n_clauses ? &w->rule->clauses[0].what : NULL;
	for (size_t i = 0; what && what->n > 1 && i < what->n; i++) {
		enum detector_kind kind =
		    w->policy->detectors[what->detectors[i]].kind;
		if (kind != DETECTOR_ENTITY && kind != DETECTOR_SECRET &&
		    kind != DETECTOR_PATTERN)
			continue;
		struct weaken_copy *c = weaken_add_copy(w);
		struct clause *own = c ? own_clauses(w, c) : NULL;
		uint32_t *rest =
		    arena_array(&w->probe.arena, what->n, sizeof(*rest));
		if (!own || !rest) {
			w->no_memory |= !rest;
			return;
		}
		size_t n = 0;
		for (size_t k = 0; k < what->n; k++)
			if (k != i)
				rest[n++] = what->detectors[k];
		own[0].what = (struct any_of){rest, n};
		const char *name = kind_words(w, what->detectors[i]);
		weaken_say(c->what, WEAKEN_WHAT_BYTES, "dropping %s", name);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a matches: example with only %s", name);
	}
}

static void copy_wording(struct weaken *w, bool also)
{
	const struct must *must =
	    also ? &w->rule->must_also_say : &w->rule->must_say;
	for (size_t i = 0; i < must->n; i++) {
		struct weaken_copy *c = weaken_add_copy(w);
		struct any_of *own =
		    arena_array(&w->probe.arena, must->n, sizeof(*own));
		if (!own)
			w->no_memory = true;
		if (!c || !own)
			return;
		size_t n = 0;
		for (size_t k = 0; k < must->n; k++)
			if (k != i)
				own[n++] = must->all[k];
		struct must *mine =
		    also ? &c->rule.must_also_say : &c->rule.must_say;
		mine->all = own;
		mine->n = n;
		char words[PART_BYTES];
		const char *phrase = part(w, &must->all[i], words);
		weaken_say(c->what, WEAKEN_WHAT_BYTES,
		    "dropping the required \"%s\"", phrase);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a matches: example that lacks only \"%s\" or its like",
		    phrase);
	}
}

static void copy_conditions(struct weaken *w)
{
	struct weaken_copy *c =
	    w->rule->ignore_negated ? weaken_add_copy(w) : NULL;
	if (c) {
		c->rule.ignore_negated = false;
		weaken_say(
		    c->what, WEAKEN_WHAT_BYTES, "dropping ignore_negated");
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example that refuses, such as \"I'm sorry, "
		    "I can't ...\"");
	}
	bool has_more =
	    w->rule->has_find || w->rule->must_say.n || w->rule->only;
	c = w->rule->when.set && has_more ? weaken_add_copy(w) : NULL;
	if (c) {
		c->rule.when = (struct when){0};
		weaken_say(c->what, WEAKEN_WHAT_BYTES, "dropping when");
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: example with a given: in which it does not "
		    "hold");
	}
	c = w->rule->n_clauses && w->rule->clauses[0].at_least > 1
	    ? weaken_add_copy(w)
	    : NULL;
	struct clause *own = c ? own_clauses(w, c) : NULL;
	if (own) {
		own[0].at_least--;
		weaken_say(c->what, WEAKEN_WHAT_BYTES, "at_least %u -> %u",
		    own[0].at_least + 1, own[0].at_least);
		weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
		    "add a passes: (of a topic unlike:) example with exactly "
		    "%u of its phrases",
		    own[0].at_least);
	}
}

/* ---- scope ---- */

/* A copy with a scope that may be changed; NULL: no room. */
static struct only *own_only(struct weaken *w, struct weaken_copy **copy)
{
	const struct only *only = w->rule->only;
	struct arena *a = &w->probe.arena;
	struct weaken_copy *c = weaken_add_copy(w);
	struct only *own = arena_alloc(a, sizeof(*own));
	struct only_topic *topics =
	    arena_array(a, only->n + 1, sizeof(*topics));
	w->no_memory |= !own || !topics;
	if (!c || !own || !topics)
		return NULL;
	if (only->n)
		memcpy(topics, only->topics, only->n * sizeof(*topics));
	*own = *only;
	own->topics = topics;
	c->rule.only = own;
	*copy = c;
	return own;
}

/* Here less is stricter: what would be missed are messages in scope. */
static void copy_topic(struct weaken *w, size_t i)
{
	struct weaken_copy *c;
	struct only *own = own_only(w, &c);
	const struct only_topic *t = &w->rule->only->topics[i];
	if (!own)
		return;
	struct only_topic *topics = (struct only_topic *)own->topics;
	memmove(&topics[i], &topics[i + 1], (own->n - i - 1) * sizeof(*topics));
	own->n--;
	weaken_say(
	    c->what, WEAKEN_WHAT_BYTES, "dropping the topic \"%s\"", t->name);
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a passes: example that is on \"%s\" and no other topic",
	    t->name);
}

static void copy_only(struct weaken *w)
{
	const struct only *only = w->rule->only;
	struct weaken_copy *c;
	for (size_t i = 0; only && i < only->n; i++)
		copy_topic(w, i);
	struct only *own = only ? own_only(w, &c) : NULL;
	if (!own)
		return;
	own->small_talk.n = 0;
	weaken_say(c->what, WEAKEN_WHAT_BYTES, "dropping small talk");
	weaken_say(c->advice, WEAKEN_ADVICE_BYTES,
	    "add a passes: example that is nothing but small talk");
}

int weaken_make_copies(struct weaken *w)
{
	w->n = 0;
	w->n_detectors = w->policy->n_detectors;
	copy_limits(w);
	copy_excuses(w);
	copy_nears(w);
	copy_clauses(w);
	copy_kinds(w);
	copy_wording(w, false);
	copy_wording(w, true);
	copy_conditions(w);
	copy_only(w);
	weaken_copy_sums(w);
	return w->no_memory ? -1 : 0;
}
