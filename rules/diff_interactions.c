/*
 * diff_interactions - whose conversations are whose in two versions of a
 * policy: more for people is stricter. See diff.h.
 */
#include "rules/diff.h"
#include "rules/interaction.h"
#include "rules/load_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How much of a conversation is a person's. */
static unsigned rank(const struct interaction_zone *z)
{
	switch (z->sends) {
	case AI_SENDS_NO:
		return 3;
	case AI_SENDS_DRAFTS:
		return 2;
	case AI_SENDS_YES:
		break;
	}
	return z->turns ? 1 : 0;
}

static enum guard_direction direction(
    const struct interaction_zone *a, const struct interaction_zone *b)
{
	if (rank(a) != rank(b))
		return rank(b) > rank(a) ? GUARD_STRICTER : GUARD_LOOSER;
	if (a->turns != b->turns)
		return b->turns < a->turns ? GUARD_STRICTER : GUARD_LOOSER;
	return GUARD_OTHER;
}

static void describe(char *out, size_t size, const struct interaction_zone *z)
{
	static const char *const words[] = {
	    "the AI sends", "the AI starts", "drafts", "people"};
	if (z->turns)
		snprintf(out, size, "%s (%" PRIu32 " turns of the AI)", z->name,
		    z->turns);
	else
		snprintf(out, size, "%s (%s)", z->name, words[rank(z)]);
}

static void diff_type(struct diff *d, const char *name)
{
	const struct interactions *x = d->older->interactions;
	const struct interactions *y = d->newer->interactions;
	const struct interaction_type *s = interaction_type_of(x, name);
	const struct interaction_type *t = interaction_type_of(y, name);
	for (unsigned e = 0; e < EMOTIONS; e++) {
		const struct interaction_zone *a =
		    interaction_zone_of(x, s, (enum emotion)e);
		const struct interaction_zone *b =
		    interaction_zone_of(y, t, (enum emotion)e);
		char from[120], to[120];
		describe(from, sizeof(from), a);
		describe(to, sizeof(to), b);
		if (strcmp(from, to) != 0)
			diff_say(d, direction(a, b),
			    "%s, %s customers: %s -> %s", name,
			    load_words_emotion[e], from, to);
	}
}

static void diff_types(struct diff *d)
{
	const struct interactions *x = d->older->interactions;
	const struct interactions *y = d->newer->interactions;
	for (size_t i = 0; i < y->n_types; i++) {
		d->line = y->types[i].line;
		diff_type(d, y->types[i].name);
	}
	d->line = 1;
	for (size_t i = 0; i < x->n_types; i++)
		if (!interaction_type_named(y, x->types[i].name))
			diff_type(d, x->types[i].name);
	if (!interaction_type_named(x, INTERACTION_UNKNOWN) &&
	    !interaction_type_named(y, INTERACTION_UNKNOWN))
		diff_type(d, INTERACTION_UNKNOWN);
	if (x->upset_by_repeat != y->upset_by_repeat)
		diff_say(d, GUARD_OTHER,
		    "a repeated contact is %s an upset one",
		    y->upset_by_repeat ? "now" : "no longer");
}

static void diff_answer_within(struct diff *d, const char *zone)
{
	uint32_t a = guard_answer_within_ms(d->older, zone);
	uint32_t b = guard_answer_within_ms(d->newer, zone);
	if (a != b)
		diff_say(d, !b || (a && b > a) ? GUARD_LOOSER : GUARD_STRICTER,
		    "the bot may take %" PRIu32 " ms -> %" PRIu32
		    " ms (0: any time)%s%s",
		    a, b, zone ? " in " : "", zone ? zone : "");
}

void diff_interactions(struct diff *d)
{
	const struct interactions *x = d->older->interactions;
	const struct interactions *y = d->newer->interactions;
	d->head = "interactions";
	d->line = 1;
	if (x && y)
		diff_types(d);
	else if (x || y)
		diff_say(d, y ? GUARD_STRICTER : GUARD_LOOSER, "zones %s",
		    y ? "added" : "removed");
	d->head = "bot_must_answer_within";
	d->line = d->newer->fallback_line[GUARD_BOT_LATE];
	if (!d->line)
		d->line = 1;
	if (d->older->answer_ms != d->newer->answer_ms)
		diff_answer_within(d, NULL);
	else
		for (size_t i = 0; y && i < y->n_zones; i++)
			diff_answer_within(d, y->zones[i].name);
}
