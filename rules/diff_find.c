/*
 * diff_find - what two versions of a rule look for. See diff.h.
 *
 * Each key under find is a clause; clauses of one kind belong together. One
 * more clause finds less, since all have to be met.
 */
#include "rules/diff.h"
#include "rules/limit.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define MAX_CLAUSES 32u /* of one rule: index.c */

static const char *kind_name(enum detector_kind kind)
{
	switch (kind) {
	case DETECTOR_PHRASES:
		return "phrases";
	case DETECTOR_NUMBER:
		return "number";
	case DETECTOR_ENTITY:
		return "entities";
	case DETECTOR_SECRET:
		return "secrets";
	case DETECTOR_LINKS:
		return "links";
	case DETECTOR_PATTERN:
		return "pattern";
	case DETECTOR_TEXT_IS:
		return "text_is";
	case DETECTOR_CLASSIFIER:
		return "classifier";
	case DETECTOR_TOPIC:
		return "topic";
	case DETECTOR_KINDS:
		break;
	}
	return "find";
}

static void add_phrases(struct diff *d, struct diff_set *s,
    const struct guard_policy *p, uint32_t detector, const char *prefix)
{
	for (size_t i = 0; i < p->n_written; i++)
		if (p->written[i].detector == detector)
			diff_add(d, s, "%s\"%s\"", prefix, p->written[i].text);
}

void diff_add_any(struct diff *d, struct diff_set *s,
    const struct guard_policy *p, const struct any_of *any, const char *prefix)
{
	char range[100];
	for (size_t i = 0; i < any->n; i++) {
		uint32_t number = any->detectors[i];
		const struct detector *x = &p->detectors[number];
		const char *words =
		    p->detector_words ? p->detector_words[number] : NULL;
		if (x->kind == DETECTOR_PHRASES) {
			add_phrases(d, s, p, number, prefix);
		} else if (x->kind == DETECTOR_NUMBER) {
			limit_print_range(range, sizeof(range), &x->number);
			diff_add(d, s, "%s%s", prefix, range);
		} else if (x->kind == DETECTOR_TEXT_IS) {
			for (const char *const *t = x->texts; *t; t++)
				diff_add(d, s, "%s\"%s\"", prefix, *t);
		} else {
			diff_add(d, s, "%s%s", prefix,
			    words ? words : kind_name(x->kind));
		}
	}
}

/* ---- numbers ---- */

static const struct number_range *range_of(
    const struct guard_policy *p, const struct clause *c)
{
	const struct detector *x =
	    c->what.n == 1 ? &p->detectors[c->what.detectors[0]] : NULL;
	return x && x->kind == DETECTOR_NUMBER ? &x->number : NULL;
}

struct bound {
	const char *name;
	bool has_a, has_b;
	int64_t a, b;
	bool more_is_looser;
};

static void diff_bound(
    struct diff *d, enum number_kind kind, const struct bound *of)
{
	char from[40] = "any", to[40] = "any";
	if (of->has_a == of->has_b && (!of->has_a || of->a == of->b))
		return;
	if (of->has_a)
		limit_print(from, sizeof(from), kind, of->a);
	if (of->has_b)
		limit_print(to, sizeof(to), kind, of->b);
	bool looser =
	    !of->has_a || (of->has_b && (of->b > of->a) == of->more_is_looser);
	diff_say(d, looser ? GUARD_LOOSER : GUARD_STRICTER, "%s %s -> %s",
	    of->name, from, to);
}

/* The limit of a rule that adds up over the conversation, or NULL. */
static const struct allowance *own_limit(const struct rule *r)
{
	for (size_t i = 0; i < r->n_allowances; i++)
		if (!r->allowances[i].name && r->allowances[i].has_number)
			return &r->allowances[i];
	return NULL;
}

/* A range with the limit its rule has, wherever that is kept. */
static struct number_range limited(
    const struct number_range *range, const struct rule *r)
{
	struct number_range out = *range;
	const struct allowance *own = own_limit(r);
	if (!out.has_above && own && own->number.kind == out.kind) {
		out.has_above = true;
		out.above = own->up_to;
	}
	return out;
}

static void diff_ranges(
    struct diff *d, const struct number_range *a, const struct number_range *b)
{
	diff_bound(d, a->kind,
	    &(struct bound){
		"limit", a->has_above, b->has_above, a->above, b->above, true});
	diff_bound(d, a->kind,
	    &(struct bound){"below", a->has_below, b->has_below, a->below,
		b->below, false});
	if (strcmp(a->currency, b->currency) != 0)
		diff_say(d, GUARD_OTHER, "currency %s -> %s",
		    *a->currency ? a->currency : "any",
		    *b->currency ? b->currency : "any");
}

/* ---- clauses ---- */

static void diff_near(
    struct diff *d, const struct near *a, const struct near *b)
{
	static const struct diff_words words = {
	    "near: added", "near: removed", GUARD_STRICTER, GUARD_LOOSER};
	struct diff_set x = {0}, y = {0};
	if (!a->what.n != !b->what.n) {
		diff_say(d, a->what.n ? GUARD_STRICTER : GUARD_LOOSER,
		    a->what.n ? "near removed: the words need not be close by"
			      : "near added: words have to be close by");
		return;
	}
	if (!a->what.n)
		return;
	diff_add_any(d, &x, d->older, &a->what, "");
	diff_add_any(d, &y, d->newer, &b->what, "");
	diff_sets(d, &x, &y, &words);
	if (a->within == b->within)
		return;
	enum guard_direction direction =
	    b->within < a->within ? GUARD_LOOSER : GUARD_STRICTER;
	if (a->within == UINT_MAX || b->within == UINT_MAX)
		diff_say(d, direction, "within changed, to or from a sentence");
	else
		diff_say(d, direction, "within %u -> %u words", a->within,
		    b->within);
}

static void diff_clause(
    struct diff *d, const struct clause *a, const struct clause *b)
{
	static const struct diff_words words = {
	    "find: added", "find: removed", GUARD_STRICTER, GUARD_LOOSER};
	const struct number_range *x = range_of(d->older, a);
	const struct number_range *y = range_of(d->newer, b);
	struct diff_set older = {0}, newer = {0};
	if (x && y) {
		struct number_range from = limited(x, d->a);
		struct number_range to = limited(y, d->b);
		diff_ranges(d, &from, &to);
	} else {
		diff_add_any(d, &older, d->older, &a->what, "");
		diff_add_any(d, &newer, d->newer, &b->what, "");
		diff_sets(d, &older, &newer, &words);
	}
	diff_near(d, &a->near, &b->near);
	if (a->at_least != b->at_least)
		diff_say(d,
		    b->at_least > a->at_least ? GUARD_LOOSER : GUARD_STRICTER,
		    "at_least %u -> %u", a->at_least, b->at_least);
}

/* Of one kind, and of one kind of number. */
static bool belong_together(
    const struct diff *d, const struct clause *a, const struct clause *b)
{
	const struct detector *x = &d->older->detectors[a->what.detectors[0]];
	const struct detector *y = &d->newer->detectors[b->what.detectors[0]];
	return x->kind == y->kind &&
	    (x->kind != DETECTOR_NUMBER || x->number.kind == y->number.kind);
}

static void tell_lone(struct diff *d, const struct guard_policy *p,
    const struct clause *c, bool added)
{
	enum detector_kind kind = p->detectors[c->what.detectors[0]].kind;
	const struct number_range *r = range_of(p, c);
	diff_say(d, added ? GUARD_LOOSER : GUARD_STRICTER,
	    added ? "find: has to meet %s, too" : "find: need not meet %s",
	    r ? limit_kind(r->kind) : kind_name(kind));
}

static void diff_clauses(struct diff *d)
{
	const struct rule *a = d->a, *b = d->b;
	assert(b->n_clauses <= MAX_CLAUSES);
	bool used[MAX_CLAUSES] = {false};
	for (size_t i = 0; i < a->n_clauses; i++) {
		size_t k = 0;
		while (k < b->n_clauses &&
		    (used[k] ||
			!belong_together(d, &a->clauses[i], &b->clauses[k])))
			k++;
		if (k == b->n_clauses) {
			tell_lone(d, d->older, &a->clauses[i], false);
			continue;
		}
		used[k] = true;
		diff_clause(d, &a->clauses[i], &b->clauses[k]);
	}
	for (size_t k = 0; k < b->n_clauses; k++)
		if (!used[k])
			tell_lone(d, d->newer, &b->clauses[k], true);
}

/* ---- what adds up ---- */

static void add_allowances(
    struct diff *d, struct diff_set *s, const struct rule *r)
{
	for (size_t i = 0; i < r->n_allowances; i++) {
		const struct allowance *a = &r->allowances[i];
		char limit[40] = "any";
		if (a == own_limit(r))
			continue; /* diff_ranges */
		if (a->has_number)
			limit_print(
			    limit, sizeof(limit), a->number.kind, a->up_to);
		diff_add(d, s, "%s: %s up to %s%s%.3s%s",
		    a->name ? a->name : "limit",
		    a->has_number ? limit_kind(a->number.kind) : "offer", limit,
		    *a->number.currency ? " " : "", a->number.currency,
		    a->sum ? " over the conversation" : "");
	}
}

static void add_signals(struct diff *d, struct diff_set *s,
    const struct guard_policy *p, const struct rule *r)
{
	for (size_t i = 0; i < r->total.n; i++)
		diff_add(d, s, "%s", p->rules[r->total.adds[i]].info.id);
}

static void diff_sums(struct diff *d)
{
	static const struct diff_words allowed = {
	    "now allowed:", "no longer allowed:", GUARD_LOOSER, GUARD_STRICTER};
	static const struct diff_words signals = {
	    "it also adds", "it no longer adds", GUARD_STRICTER, GUARD_LOOSER};
	const struct rule *a = d->a, *b = d->b;
	struct diff_set x = {0}, y = {0}, s = {0}, t = {0};
	add_allowances(d, &x, a);
	add_allowances(d, &y, b);
	diff_sets(d, &x, &y, &allowed);
	add_signals(d, &s, d->older, a);
	add_signals(d, &t, d->newer, b);
	diff_sets(d, &s, &t, &signals);
	if (!own_limit(a) != !own_limit(b))
		diff_say(d, own_limit(b) ? GUARD_STRICTER : GUARD_LOOSER,
		    "limit counts over %s",
		    own_limit(b) ? "the conversation" : "one message only");
	if (a->score != b->score)
		diff_say(d, b->score < a->score ? GUARD_LOOSER : GUARD_STRICTER,
		    "score %" PRIu32 " -> %" PRIu32, a->score, b->score);
	if (a->total.at_least != b->total.at_least)
		diff_say(d,
		    b->total.at_least > a->total.at_least ? GUARD_LOOSER
							  : GUARD_STRICTER,
		    "at_least %" PRIu32 " -> %" PRIu32, a->total.at_least,
		    b->total.at_least);
	if (a->total.over_conversation != b->total.over_conversation)
		diff_say(d,
		    a->total.over_conversation ? GUARD_LOOSER : GUARD_STRICTER,
		    "over %s",
		    b->total.over_conversation ? "the conversation"
					       : "one message only");
}

/* ---- scope ---- */

static void add_only(struct diff *d, struct diff_set *s,
    const struct guard_policy *p, const struct only *only)
{
	char prefix[160];
	for (size_t i = 0; only && i < only->n; i++) {
		const struct only_topic *t = &only->topics[i];
		snprintf(
		    prefix, sizeof(prefix), "%s (%u): ", t->name, t->at_least);
		diff_add_any(d, s, p, &t->says, prefix);
	}
	if (only)
		diff_add_any(d, s, p, &only->small_talk, "small talk: ");
}

static void diff_only(struct diff *d)
{
	static const struct diff_words words = {"now in scope:",
	    "no longer in scope:", GUARD_LOOSER, GUARD_STRICTER};
	struct diff_set a = {0}, b = {0};
	add_only(d, &a, d->older, d->a->only);
	add_only(d, &b, d->newer, d->b->only);
	diff_sets(d, &a, &b, &words);
}

void diff_find(struct diff *d)
{
	diff_clauses(d);
	diff_sums(d);
	diff_only(d);
	if (d->a->ignore_negated != d->b->ignore_negated)
		diff_say(d,
		    d->b->ignore_negated ? GUARD_LOOSER : GUARD_STRICTER,
		    "ignore_negated %s -> %s",
		    d->a->ignore_negated ? "yes" : "no",
		    d->b->ignore_negated ? "yes" : "no");
}
