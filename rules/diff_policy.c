/*
 * diff_policy - what two versions of policy.yaml say besides their packs. See
 * diff.h. A rule may be as strict as before and no longer be reached.
 */
#include "rules/diff.h"

#include "rules/load_words.h"

#include <inttypes.h>
#include <string.h>

/* ---- what happens when nothing could be judged ---- */

static const char *const keys[] = {
    [GUARD_CANNOT_DECIDE] = "if_the_engine_cannot_decide",
    [GUARD_CANNOT_READ] = "if_a_message_cannot_be_read",
    [GUARD_CANNOT_RECORD] = "if_the_audit_log_cannot_write",
    [GUARD_BOT_FAILED] = "if_the_bot_fails",
    [GUARD_HAS_MEDIA] = "if_a_message_has_media",
    [GUARD_BOT_LATE] = "bot_must_answer_within",
};

static void diff_fallback(struct diff *d, const struct guard_fallback *a,
    const struct guard_fallback *b)
{
	if (a->action != b->action)
		diff_say(d,
		    b->action < a->action ? GUARD_LOOSER : GUARD_STRICTER,
		    "%s -> %s", guard_action_name(a->action),
		    guard_action_name(b->action));
	if (a->after != b->after)
		diff_say(d, b->after > a->after ? GUARD_LOOSER : GUARD_STRICTER,
		    "handoff after %" PRIu32 " -> after %" PRIu32, a->after,
		    b->after);
	if (!diff_same(a->say, b->say))
		diff_say(d, GUARD_WORDING, "customer text changed");
	if (!diff_same(a->queue, b->queue) ||
	    !diff_same(a->priority, b->priority))
		diff_say(d, GUARD_OTHER, "queue or priority changed");
}

static void diff_fallbacks(struct diff *d)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		d->head = keys[i];
		d->line = d->newer->fallback_line[i];
		if (!d->line)
			d->line = 1;
		diff_fallback(
		    d, &d->older->fallback[i], &d->newer->fallback[i]);
	}
}

/* ---- environments ---- */

static const struct environment *environment_named(
    const struct guard_policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_environments; i++)
		if (strcmp(p->environments[i].name, name) == 0)
			return &p->environments[i];
	return NULL;
}

static uint32_t percent_of(const struct environment *e, const char *rule)
{
	for (size_t i = 0; i < e->n_rollouts; i++)
		if (strcmp(e->rollouts[i].rule, rule) == 0)
			return e->rollouts[i].percent;
	return 100;
}

static void diff_rollout(
    struct diff *d, const char *rule, uint32_t a, uint32_t b)
{
	if (a != b)
		diff_say(d, b < a ? GUARD_LOOSER : GUARD_STRICTER,
		    "%s rolled out to %" PRIu32 "%% -> %" PRIu32 "%%", rule, a,
		    b);
}

static void diff_rollouts(
    struct diff *d, const struct environment *a, const struct environment *b)
{
	for (size_t i = 0; i < b->n_rollouts; i++)
		diff_rollout(d, b->rollouts[i].rule,
		    percent_of(a, b->rollouts[i].rule), b->rollouts[i].percent);
	for (size_t i = 0; i < a->n_rollouts; i++) {
		const char *rule = a->rollouts[i].rule;
		bool both = false;
		for (size_t k = 0; k < b->n_rollouts; k++)
			both |= strcmp(b->rollouts[k].rule, rule) == 0;
		if (!both)
			diff_rollout(d, rule, a->rollouts[i].percent, 100);
	}
}

static void diff_environment(
    struct diff *d, const struct environment *a, const struct environment *b)
{
	if (a->most != b->most)
		diff_say(d, b->most < a->most ? GUARD_LOOSER : GUARD_STRICTER,
		    "mode %s -> %s", guard_mode_name(a->most),
		    guard_mode_name(b->most));
	diff_rollouts(d, a, b);
}

/* Of the one that was chosen the rules tell. */
static bool is_chosen(const struct guard_policy *p, const char *name)
{
	return p->environment && strcmp(p->environment, name) == 0;
}

static void diff_environments(struct diff *d)
{
	const struct guard_policy *older = d->older, *newer = d->newer;
	for (size_t i = 0; i < newer->n_environments; i++) {
		const struct environment *b = &newer->environments[i];
		const struct environment *a = environment_named(older, b->name);
		d->head = b->name;
		d->line = b->line;
		if (!a)
			diff_say(d, GUARD_OTHER, "environment added, mode %s",
			    guard_mode_name(b->most));
		else if (!is_chosen(newer, b->name))
			diff_environment(d, a, b);
	}
	for (size_t i = 0; i < older->n_environments; i++) {
		d->head = older->environments[i].name;
		d->line = older->environments[i].line;
		if (!environment_named(newer, d->head))
			diff_say(d, GUARD_OTHER, "environment removed");
	}
}

void diff_policy(struct diff *d)
{
	diff_interactions(d);
	diff_fallbacks(d);
	d->head = "handoff_defaults";
	d->line = 1;
	if (d->older->include != d->newer->include)
		diff_say(d, GUARD_OTHER, "the person sees other things");
	if (d->older->ai_may_speak_again != d->newer->ai_may_speak_again)
		diff_say(d,
		    d->newer->ai_may_speak_again ? GUARD_LOOSER
						 : GUARD_STRICTER,
		    d->newer->ai_may_speak_again
			? "a person's answer gives the conversation back"
			: "only a person gives the conversation back");
	diff_environments(d);
}
