/* diff - see guard_diff.h and diff.h. Rules in pairs, and their heads. */
#include "rules/diff.h"

#include "rules/load_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_MAX 8u /* texts of one set; the rest are counted */

const char *guard_direction_name(enum guard_direction direction)
{
	switch (direction) {
	case GUARD_LOOSER:
		return "looser";
	case GUARD_STRICTER:
		return "stricter";
	case GUARD_OTHER:
		return "other";
	case GUARD_WORDING:
		break;
	}
	return "wording";
}

void diff_say(
    struct diff *d, enum guard_direction direction, const char *fmt, ...)
{
	char what[DIFF_WHAT_BYTES];
	va_list args;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	const struct rule *at = d->b ? d->b : d->a;
	d->report(
	    &(struct guard_difference){
		.direction = direction,
		.rule = at ? at->info.id : d->head,
		.file = at ? at->info.file : "policy.yaml",
		.line = at ? at->info.line : d->line,
		.what = what,
	    },
	    d->arg);
}

/* ---- sets ---- */

void diff_add(struct diff *d, struct diff_set *s, const char *fmt, ...)
{
	char text[DIFF_WHAT_BYTES];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (s->n == s->cap) {
		size_t cap = s->cap ? 2 * s->cap : 16;
		const char **items = arena_array(d->arena, cap, sizeof(*items));
		if (!items) {
			d->no_memory = true;
			return;
		}
		if (s->n)
			memcpy(items, s->items, s->n * sizeof(*items));
		s->items = items;
		s->cap = cap;
	}
	const char *copy = arena_strdup(d->arena, text);
	if (copy)
		s->items[s->n++] = copy;
	else
		d->no_memory = true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort(struct diff_set *s)
{
	if (s->n > 1)
		qsort(s->items, s->n, sizeof(*s->items), by_text);
}

struct side { /* what is only in one of two sets */
	const char *words;
	enum guard_direction direction;
	size_t n;
};

static void tell_item(struct diff *d, struct side *side, const char *text)
{
	if (side->n++ < TOLD_MAX)
		diff_say(d, side->direction, "%s %s", side->words, text);
}

void diff_sets(struct diff *d, struct diff_set *a, struct diff_set *b,
    const struct diff_words *words)
{
	struct side added = {words->added, words->if_added, 0};
	struct side removed = {words->removed, words->if_removed, 0};
	size_t i = 0, k = 0;
	sort(a);
	sort(b);
	while (i < a->n || k < b->n) {
		int order = i == a->n ? 1
		    : k == b->n       ? -1
				      : strcmp(a->items[i], b->items[k]);
		if (order < 0)
			tell_item(d, &removed, a->items[i]);
		else if (order > 0)
			tell_item(d, &added, b->items[k]);
		i += order <= 0;
		k += order >= 0;
	}
	struct side *sides[] = {&removed, &added};
	for (size_t s = 0; s < 2; s++)
		if (sides[s]->n > TOLD_MAX)
			diff_say(d, sides[s]->direction, "%s %zu more",
			    sides[s]->words, sides[s]->n - TOLD_MAX);
}

/* ---- heads ---- */

static const char *no(const char *text)
{
	return text ? text : "none";
}

bool diff_same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static void diff_modes(struct diff *d)
{
	const struct guard_rule_info *a = &d->a->info, *b = &d->b->info;
	if (a->mode != b->mode)
		diff_say(d, b->mode < a->mode ? GUARD_LOOSER : GUARD_STRICTER,
		    "mode %s -> %s", guard_mode_name(a->mode),
		    guard_mode_name(b->mode));
	if (a->rollout_percent != b->rollout_percent)
		diff_say(d,
		    b->rollout_percent < a->rollout_percent ? GUARD_LOOSER
							    : GUARD_STRICTER,
		    "rolled out to %u%% -> %u%%", a->rollout_percent,
		    b->rollout_percent);
	if (a->speaker != b->speaker) {
		diff_say(d, GUARD_LOOSER,
		    "it no longer judges what the %s says",
		    load_words_speaker[a->speaker]);
		diff_say(d, GUARD_STRICTER, "it judges what the %s says",
		    load_words_speaker[b->speaker]);
	}
}

static void diff_action(struct diff *d)
{
	const struct guard_rule_info *a = &d->a->info, *b = &d->b->info;
	if (a->action != b->action) {
		/* An ALLOW works against other rules. */
		bool allow =
		    a->action == GUARD_ALLOW || b->action == GUARD_ALLOW;
		diff_say(d,
		    allow                       ? GUARD_OTHER
			: b->action < a->action ? GUARD_LOOSER
						: GUARD_STRICTER,
		    "action %s -> %s", guard_action_name(a->action),
		    guard_action_name(b->action));
		return;
	}
	if (!diff_same(d->a->text, d->b->text))
		diff_say(d, GUARD_WORDING,
		    "customer text changed (no effect on what is caught)");
	if (!diff_same(d->a->queue, d->b->queue))
		diff_say(d, GUARD_OTHER, "queue %s -> %s", no(d->a->queue),
		    no(d->b->queue));
	if (d->a->include != d->b->include)
		diff_say(d, GUARD_OTHER, "the person sees other things");
	if (!diff_same(d->a->priority, d->b->priority))
		diff_say(d, GUARD_OTHER, "priority %s -> %s",
		    no(d->a->priority), no(d->b->priority));
}

static void add_allowed(struct diff *d, struct diff_set *s,
    const struct guard_policy *p, const struct rule *r)
{
	for (size_t i = 0; i < r->n_allows; i++)
		diff_add(d, s, "%s", p->rules[r->allows[i]].info.id);
}

static void diff_allows(struct diff *d)
{
	static const struct diff_words words = {"it also allows",
	    "it no longer allows", GUARD_LOOSER, GUARD_STRICTER};
	struct diff_set a = {0}, b = {0};
	add_allowed(d, &a, d->older, d->a);
	add_allowed(d, &b, d->newer, d->b);
	diff_sets(d, &a, &b, &words);
}

static void diff_words_of_head(struct diff *d)
{
	const struct guard_rule_info *a = &d->a->info, *b = &d->b->info;
	if (!diff_same(a->title, b->title) || !diff_same(a->why, b->why))
		diff_say(d, GUARD_WORDING, "title or why changed");
	if (a->severity != b->severity)
		diff_say(d, GUARD_WORDING, "severity %s -> %s",
		    guard_severity_name(a->severity),
		    guard_severity_name(b->severity));
	if (!diff_same(a->owner, b->owner))
		diff_say(d, GUARD_WORDING, "owner %s -> %s", no(a->owner),
		    no(b->owner));
}

/* ---- pairs ---- */

static void only_new(struct diff *d)
{
	const struct rule *r = d->b;
	bool allow = r->info.action == GUARD_ALLOW;
	if (r->info.mode != GUARD_ENFORCE)
		diff_say(d, GUARD_OTHER, "rule added, mode %s",
		    guard_mode_name(r->info.mode));
	else
		diff_say(d, allow ? GUARD_LOOSER : GUARD_STRICTER,
		    "rule added, enforced without time in shadow: %s",
		    r->info.title);
}

static void only_old(struct diff *d)
{
	bool allow = d->a->info.action == GUARD_ALLOW;
	diff_say(d, allow ? GUARD_STRICTER : GUARD_LOOSER, "rule removed: %s",
	    d->a->info.title);
}

static int diff_pair(struct diff *d)
{
	struct arena arena;
	arena_init(&arena);
	d->arena = &arena;
	if (!d->a) {
		only_new(d);
	} else if (!d->b) {
		only_old(d);
	} else {
		diff_modes(d);
		diff_find(d);
		diff_conditions(d);
		diff_action(d);
		diff_allows(d);
		diff_words_of_head(d);
	}
	arena_clear(&arena);
	return d->no_memory ? -1 : 0;
}

/* Both lists are in the order of their ids. */
int guard_diff(const struct guard_policy *older,
    const struct guard_policy *newer, guard_diff_fn *report, void *arg)
{
	struct diff d = {
	    .older = older, .newer = newer, .report = report, .arg = arg};
	size_t i = 0, k = 0;
	int err = 0;
	while ((i < older->n_rules || k < newer->n_rules) && !err) {
		const struct rule *a =
		    i < older->n_rules ? &older->rules[i] : NULL;
		const struct rule *b =
		    k < newer->n_rules ? &newer->rules[k] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->info.id, b->info.id);
		d.a = order <= 0 ? a : NULL;
		d.b = order >= 0 ? b : NULL;
		err = diff_pair(&d);
		i += order <= 0;
		k += order >= 0;
	}
	d.a = d.b = NULL;
	diff_policy(&d);
	return err;
}
