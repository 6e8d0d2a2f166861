/*
 * diff_when - where and when two versions of a rule apply, what excuses, what
 * has to be said. See diff.h.
 */
#include "rules/diff.h"
#include "rules/zone.h"

#include <stdio.h>
#include <string.h>

/* ---- unless ---- */

static void add_excuse(struct diff *d, struct diff_set *s,
    const struct guard_policy *p, const struct excuse *e)
{
	struct diff_set beside = {0};
	const char *until = e->until ? " until " : "";
	const char *day = e->until ? e->until : "";
	diff_add_any(d, &beside, p, &e->beside, "");
	for (size_t i = 0; i < beside.n; i++)
		diff_add(d, s, "%s%s%s%s", beside.items[i],
		    e->in_clause ? " within its clause" : "", until, day);
	if (e->approval)
		diff_add(d, s, "approval \"%s\"%s%s", e->approval, until, day);
	if (e->said_by_customer)
		diff_add(d, s, "said_by_customer%s%s", until, day);
	for (const char *const *t = e->texts; t && *t; t++)
		diff_add(d, s, "the text \"%s\"%s%s", *t, until, day);
}

static void diff_excuses(struct diff *d)
{
	static const struct diff_words words = {"exception added:",
	    "exception removed:", GUARD_LOOSER, GUARD_STRICTER};
	struct diff_set a = {0}, b = {0};
	for (size_t i = 0; i < d->a->n_unless; i++)
		add_excuse(d, &a, d->older, &d->a->unless[i]);
	for (size_t i = 0; i < d->b->n_unless; i++)
		add_excuse(d, &b, d->newer, &d->b->unless[i]);
	diff_sets(d, &a, &b, &words);
}

/* ---- required wording ---- */

static void diff_must(
    struct diff *d, const struct must *a, const struct must *b)
{
	static const struct diff_words words = {"wording that will do, added:",
	    "wording that will do, removed:", GUARD_LOOSER, GUARD_STRICTER};
	if (a->n != b->n) {
		diff_say(d, b->n < a->n ? GUARD_LOOSER : GUARD_STRICTER,
		    "%zu -> %zu wordings required", a->n, b->n);
		return;
	}
	for (size_t i = 0; i < a->n; i++) {
		struct diff_set x = {0}, y = {0};
		diff_add_any(d, &x, d->older, &a->all[i], "");
		diff_add_any(d, &y, d->newer, &b->all[i], "");
		diff_sets(d, &x, &y, &words);
	}
	if (a->n && a->where != b->where)
		diff_say(d,
		    b->where == MUST_CONVERSATION ? GUARD_LOOSER
						  : GUARD_STRICTER,
		    "required wording counts in the %s",
		    b->where == MUST_CONVERSATION ? "conversation so far"
						  : "same message");
}

/* ---- when ---- */

static void diff_list(struct diff *d, const char *key, const struct words *a,
    const struct words *b)
{
	struct diff_words words = {key, key, GUARD_STRICTER, GUARD_LOOSER};
	struct diff_set x = {0}, y = {0};
	bool not = strcmp(key, "when: segment_not") == 0;
	if (!a->n != !b->n && !not ) {
		diff_say(d, b->n ? GUARD_LOOSER : GUARD_STRICTER,
		    b->n ? "%s now has to be one of a list"
			 : "%s no longer matters",
		    key);
		return;
	}
	if (not ) {
		words.if_added = GUARD_LOOSER;
		words.if_removed = GUARD_STRICTER;
	}
	for (size_t i = 0; i < a->n; i++)
		diff_add(d, &x, "%s", a->any[i]);
	for (size_t i = 0; i < b->n; i++)
		diff_add(d, &y, "%s", b->any[i]);
	char added[64], removed[64];
	snprintf(added, sizeof(added), "%s, added:", key);
	snprintf(removed, sizeof(removed), "%s, removed:", key);
	words.added = added;
	words.removed = removed;
	diff_sets(d, &x, &y, &words);
}

static void diff_lists(
    struct diff *d, const struct when *a, const struct when *b)
{
	diff_list(d, "when: channel", &a->channel, &b->channel);
	diff_list(d, "when: segment", &a->segment, &b->segment);
	diff_list(d, "when: segment_not", &a->segment_not, &b->segment_not);
	diff_list(d, "when: language", &a->language, &b->language);
	diff_list(d, "when: interaction_type", &a->interaction_type,
	    &b->interaction_type);
	diff_list(d, "when: zone", &a->zone, &b->zone);
	diff_list(d, "when: customer_is", &a->customer_is, &b->customer_is);
}

#define DAY_S INT64_C(86400)
#define SOME_DAY (INT64_C(20454) * DAY_S) /* 2026-01-01 */

/* Do two zones differ on any day of two years? */
static bool same_clock(const struct zone_rules *a, const struct zone_rules *b)
{
	if (!a || !b)
		return a == b;
	for (int64_t day = 0; day < 2 * 366; day++)
		if (zone_offset(a, SOME_DAY + day * DAY_S) !=
		    zone_offset(b, SOME_DAY + day * DAY_S))
			return false;
	return true;
}

static void diff_when(struct diff *d)
{
	const struct when *a = &d->a->when, *b = &d->b->when;
	diff_lists(d, a, b);
	if (a->hours.set != b->hours.set || a->hours.from != b->hours.from ||
	    a->hours.to != b->hours.to || a->hours.outside != b->hours.outside)
		diff_say(d, GUARD_OTHER, "when: hours changed");
	else if (a->hours.set && !same_clock(a->zone_rules, b->zone_rules))
		diff_say(d, GUARD_LOOSER,
		    "when: hours are those of another timezone, so at some it "
		    "no longer applies");
	if (a->ai_turn.min != b->ai_turn.min ||
	    a->ai_turn.max != b->ai_turn.max)
		diff_say(d, GUARD_OTHER, "when: ai_turn changed");
	if (a->resolved != b->resolved)
		diff_say(d, GUARD_OTHER, "when: resolved changed");
	if (a->repeat_contact != b->repeat_contact)
		diff_say(d, GUARD_OTHER, "when: repeat_contact changed");
}

/* Longer in force is stricter, but for a rule that allows. */
static void diff_effective(struct diff *d)
{
	const struct rule *a = d->a, *b = d->b;
	bool allow = b->info.action == GUARD_ALLOW;
	if (a->from_us != b->from_us) {
		bool longer = b->from_us < a->from_us;
		diff_say(d, longer == allow ? GUARD_LOOSER : GUARD_STRICTER,
		    "in force %s", longer ? "earlier" : "later");
	}
	if (a->to_us == b->to_us)
		return;
	bool longer = !b->to_us || (a->to_us && b->to_us > a->to_us);
	diff_say(d, longer == allow ? GUARD_LOOSER : GUARD_STRICTER,
	    "in force %s", longer ? "for longer" : "for a shorter time");
}

void diff_conditions(struct diff *d)
{
	diff_excuses(d);
	diff_must(d, &d->a->must_say, &d->b->must_say);
	diff_must(d, &d->a->must_also_say, &d->b->must_also_say);
	diff_when(d);
	diff_effective(d);
}
