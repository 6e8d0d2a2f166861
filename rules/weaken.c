/*
 * weaken - would a policy's examples notice if a rule were changed? See
 * guard_tests.h and weaken.h.
 */
#include "rules/weaken.h"

#include "rules/examples.h"
#include "rules/index.h"

#include <stdlib.h>
#include <string.h>

/* ---- judging ---- */

/* What a total adds stands behind the copies. */
static int add_scorers(struct weaken *w)
{
	const struct total *t = &w->rule->total;
	uint32_t *adds = arena_array(&w->probe.arena, t->n + 1, sizeof(*adds));
	if (!adds)
		return -1;
	for (size_t i = 0; i < t->n; i++) {
		adds[i] = (uint32_t)(w->n + 1 + i);
		w->rules[adds[i]] = w->policy->rules[t->adds[i]];
		w->rules[adds[i]].n_allows = 0;
	}
	for (size_t i = 0; i <= w->n; i++)
		w->rules[i].total.adds = adds;
	return 0;
}

static int probe_ready(struct weaken *w)
{
	struct guard_policy *p = &w->probe;
	w->rules[0] = *w->rule;
	w->rules[0].n_allows = 0;
	for (size_t i = 0; i < w->n; i++) {
		w->rules[i + 1] = w->copies[i].rule;
		w->rules[i + 1].n_allows = 0;
	}
	if (add_scorers(w))
		return -1;
	p->rules = w->rules;
	p->n_rules = w->n + 1 + w->rule->total.n;
	p->detectors = w->detectors;
	p->n_detectors = w->n_detectors;
	uint32_t *numbers =
	    arena_array(&p->arena, w->n_detectors + 1, sizeof(*numbers));
	if (!numbers)
		return -1;
	size_t n = 0;
	for (size_t i = 0; i < w->n_detectors; i++)
		if (w->detectors[i].kind == DETECTOR_NUMBER)
			numbers[n++] = (uint32_t)i;
	p->of_kind[DETECTOR_NUMBER] = (struct any_of){numbers, n};
	return index_build(p);
}

static int fires(
    struct weaken *w, size_t rule, const struct example *e, bool *out)
{
	struct guard_verdict v;
	int err = examples_run(w->scanner, &w->probe, rule, e, &v);
	*out = v.n_hits > 0 || v.undecided != GUARD_DECIDED;
	return err;
}

static int judge_example(struct weaken *w, const struct example *e)
{
	bool original, changed;
	int err = fires(w, 0, e, &original);
	for (size_t i = 0; i < w->n && !err; i++) {
		if (w->copies[i].noticed)
			continue;
		err = fires(w, i + 1, e, &changed);
		w->copies[i].noticed = changed != original;
	}
	return err;
}

/* "$75.00" with the digits of another number: "$51". False without digits. */
static bool put_number(
    char *out, size_t cap, const char *text, size_t len, const char *number)
{
	static const char digits[] = "0123456789";
	size_t from = 0, to;
	while (from < len && !strchr(digits, text[from]))
		from++;
	for (to = from; to < len && strchr("0123456789.,", text[to]); to++)
		;
	while (to > from && !strchr(digits, text[to - 1]))
		to--;
	if (to == from)
		return false;
	weaken_say(out, cap, "%.*s%s%.*s", (int)from, text, number,
	    (int)(len - to), text + to);
	return true;
}

/* An example of the rule's own with a value between the limits, if only the
 * rule itself finds that one. */
static int add_sample(struct weaken *w, size_t copy)
{
	struct weaken_copy *c = &w->copies[copy];
	const struct number_range *r =
	    &w->policy->detectors[w->rule->clauses[c->clause].what.detectors[0]]
		 .number;
	char number[40], value[100], text[400];
	bool time = r->kind == NUMBER_DURATION;
	int64_t step = limit_step(r->kind, c->sample);
	limit_print(number, sizeof(number), NUMBER_COUNT,
	    time ? c->sample / step * 100 : c->sample);
	for (size_t i = 0; i < w->rule->n_examples && c->clause == 0; i++) {
		const struct example *e = &w->rule->examples[i];
		struct guard_verdict v;
		if (!e->matches)
			continue;
		if (examples_run(w->scanner, &w->probe, 0, e, &v))
			return -1;
		if (!v.n_hits)
			continue;
		size_t start = v.hits[0].start, end = v.hits[0].end;
		if (!put_number(value, sizeof(value), e->text + start,
			end - start, number))
			continue;
		weaken_say(text, sizeof(text), "%.*s%s%.*s", (int)start,
		    e->text, value, (int)(e->len - end), e->text + end);
		struct example made = *e;
		bool original, changed;
		made.text = text;
		made.len = strlen(text);
		if (fires(w, 0, &made, &original) ||
		    fires(w, copy + 1, &made, &changed))
			return -1;
		if (!original || changed)
			continue;
		size_t used = strlen(c->advice);
		weaken_say(c->advice + used, WEAKEN_ADVICE_BYTES - used,
		    ", e.g. \"%s\"", text);
		return 0;
	}
	return 0;
}

/* ---- one rule after the other ---- */

static int weaken_rule(struct weaken *w, guard_weaken_fn *report, void *arg)
{
	const struct rule *r = w->rule;
	int err = weaken_make_copies(w);
	if (!err)
		err = probe_ready(w);
	for (size_t i = 0; i < r->n_examples && !err; i++)
		err = judge_example(w, &r->examples[i]);
	for (size_t i = 0; i < w->n && !err; i++) {
		struct weaken_copy *c = &w->copies[i];
		if (!c->noticed && c->has_limit)
			err = add_sample(w, i);
		if (err)
			break;
		report(
		    &(struct guard_weakening){
			.rule = r->info.id,
			.file = r->info.file,
			.line = r->info.line,
			.what = c->what,
			.noticed = c->noticed,
			.advice = c->noticed ? NULL : c->advice,
		    },
		    arg);
	}
	return err;
}

static int weaken_all(struct weaken *w, const struct guard_policy *of,
    guard_weaken_fn *report, void *arg)
{
	int err = 0;
	for (size_t i = 0; i < of->n_rules && !err; i++) {
		w->rule = &of->rules[i];
		if (!w->rule->n_examples)
			continue;
		memcpy(&w->probe, of, sizeof(w->probe));
		arena_init(&w->probe.arena);
		w->probe.n_topics = 0;
		w->probe.index = NULL;
		err = weaken_rule(w, report, arg);
		arena_clear(&w->probe.arena);
	}
	return err;
}

int guard_weaken(
    const struct guard_policy *policy, guard_weaken_fn *report, void *arg)
{
	size_t n = policy->n_detectors;
	struct guard_policy topics;
	struct weaken w = {
	    .policy = policy,
	    .scanner = guard_scanner_new(),
	    .copies = calloc(WEAKEN_COPIES, sizeof(*w.copies)),
	    .rules =
		calloc(WEAKEN_COPIES + 1 + policy->n_rules, sizeof(*w.rules)),
	    .detectors = calloc(n + WEAKEN_COPIES, sizeof(*w.detectors)),
	};
	int err = examples_topics(&topics, policy);
	if (!w.scanner || !w.copies || !w.rules || !w.detectors)
		err = -1;
	if (!err && n)
		memcpy(
		    w.detectors, policy->detectors, n * sizeof(*w.detectors));
	if (!err)
		err = weaken_all(&w, policy, report, arg);
	if (!err)
		err = weaken_all(&w, &topics, report, arg);
	arena_clear(&topics.arena);
	guard_scanner_free(w.scanner);
	free(w.copies);
	free(w.rules);
	free(w.detectors);
	return err;
}
