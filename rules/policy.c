/*
 * policy - a compiled policy's life, and what the outside may ask it. See
 * guard.h. Everything but the patterns lives in the arena.
 */
#include "rules/policy.h"

#include "rules/guard_author.h"
#include "rules/load_words.h"
#include "rules/pattern.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct guard_policy *guard_policy_ref(struct guard_policy *p)
{
	unsigned before =
	    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	assert(before > 0);
	return p;
}

void guard_policy_unref(struct guard_policy *p)
{
	if (!p ||
	    atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
		return;
	for (size_t i = 0; i < p->n_detectors; i++)
		pattern_free((struct pattern *)p->detectors[i].pattern);
	arena_clear(&p->arena);
	free(p);
}

const char *guard_policy_digest(const struct guard_policy *p)
{
	return p->digest;
}

const char *guard_policy_name(const struct guard_policy *p)
{
	return p->name;
}

size_t guard_policy_rules(const struct guard_policy *p)
{
	return p->n_rules;
}

size_t guard_policy_examples(const struct guard_policy *p)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_rules; i++)
		n += p->rules[i].n_examples;
	return n;
}

void guard_policy_rule(
    const struct guard_policy *p, size_t index, struct guard_rule_info *out)
{
	assert(index < p->n_rules);
	*out = p->rules[index].info;
}

const struct guard_change *guard_policy_changes(
    const struct guard_policy *p, size_t rule, size_t *n)
{
	assert(rule < p->n_rules);
	*n = p->rules[rule].n_changes;
	return p->rules[rule].changes;
}

void guard_policy_fallback(const struct guard_policy *p, enum guard_event event,
    struct guard_fallback *out)
{
	*out = p->fallback[event];
}

unsigned guard_policy_include(const struct guard_policy *p, size_t rule)
{
	unsigned own = rule < p->n_rules ? p->rules[rule].include : 0;
	return own ? own : p->include;
}

bool guard_policy_ai_may_speak_again(const struct guard_policy *p)
{
	return p->ai_may_speak_again;
}

const char *guard_include_name(unsigned bit)
{
	return bit < GUARD_INCLUDES ? load_words_include[bit] : "unknown";
}

const char *guard_policy_unknown_channel(
    const struct guard_policy *p, size_t index, const char *const *channels)
{
	const struct words *w = &p->rules[index].when.channel;
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; channels[k]; k++)
			if (strcmp(w->any[i], channels[k]) == 0)
				return NULL;
	return w->n ? w->any[0] : NULL;
}

const char *guard_policy_destination(
    const struct guard_policy *p, const char *queue)
{
	for (size_t i = 0; queue && i < p->n_queues; i++)
		if (strcmp(p->queues[i].name, queue) == 0)
			return p->queues[i].destination;
	return "desk";
}
