/* scope - see scope.h. */
#include "rules/scope.h"
#include "rules/index.h"
#include "rules/interaction.h"
#include "rules/when.h"

#include <stdlib.h>
#include <string.h>

/* A byte of modes: in which round it was found out, and the mode. */
#define MODE_BITS 2
#define ROUNDS (1u << (8 - MODE_BITS))

static unsigned char note(const struct scope *s, enum guard_mode mode)
{
	return (unsigned char)(s->round << MODE_BITS | (unsigned)mode);
}

int scope_begin(struct scope *s, const struct scope *how)
{
	unsigned char *modes = s->modes;
	unsigned round = s->round + 1;
	size_t cap = s->cap, n = how->policy->n_rules;
	*s = *how; /* of this message, also when memory runs out */
	s->modes = modes;
	s->cap = cap;
	s->round = round;
	if (n > cap) {
		modes = realloc(modes, n);
		if (!modes)
			return -1;
		s->modes = modes;
		s->cap = n;
	}
	if (s->cap && (n > cap || round >= ROUNDS)) {
		memset(s->modes, 0, s->cap);
		s->round = 1;
	}
	return 0;
}

void scope_clear(struct scope *s)
{
	free(s->modes);
	s->modes = NULL;
	s->cap = 0;
}

/* Does it fire by what is not there? */
static bool misses_something(const struct rule *r)
{
	return r->must_say.n || r->must_also_say.n || r->only;
}

/* Without a time every rule is in force, as who asks without one sees it. */
static bool in_force(const struct scope *s, const struct rule *r)
{
	int64_t now = s->session->time_us;
	if (!now || (!r->from_us && !r->to_us))
		return true;
	return (!r->from_us || now >= r->from_us) &&
	    (!r->to_us || now < r->to_us);
}

/* FNV-1a: the same bucket on every machine, and by rule, so that a customer
 * is not in every rollout or in none. */
static uint32_t hash_more(uint32_t hash, const char *s)
{
	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 16777619u;
	return (hash ^ 0xffu) * 16777619u;
}

static bool rolled_out(
    const struct guard_session *session, const struct rule *r)
{
	const char *who =
	    r->rollout_by_customer ? session->customer : session->conversation;
	if (r->info.rollout_percent >= 100 || !who)
		return true;
	uint32_t hash = hash_more(2166136261u, r->info.id);
	hash = hash_more(hash, who);
	hash ^= hash >> 16;
	hash *= 2246822519u;
	hash ^= hash >> 13;
	return hash % 100 < r->info.rollout_percent;
}

/* Without a time nobody knows whether a lowered mode still holds. */
static enum guard_mode own_mode(const struct scope *s, const struct rule *r)
{
	int64_t now = s->session->time_us;
	bool over = r->mode_until_us && (!now || now >= r->mode_until_us);
	bool stricter = r->mode_after > r->info.mode;
	return over && stricter ? r->mode_after : r->info.mode;
}

/* Is the rule the one that is judged alone, or does it score for it? */
static bool is_alone(const struct scope *s, size_t index)
{
	const struct total *t = &s->policy->rules[s->only].total;
	for (size_t i = 0; i < t->n; i++)
		if (t->adds[i] == index)
			return true;
	return index == s->only;
}

static bool counts(const struct rule *r)
{
	return r->has_allowances || r->score || r->remembered ||
	    r->info.action == GUARD_ALLOW;
}

enum guard_mode scope_force(const struct scope *s, size_t index)
{
	const struct rule *r = &s->policy->rules[index];
	if (s->purpose == SCOPE_RULE)
		return is_alone(s, index) ? GUARD_ENFORCE : GUARD_OFF;
	enum guard_mode mode = own_mode(s, r);
	if (s->purpose == SCOPE_OWN_TEXT || mode != GUARD_ENFORCE)
		return mode;
	if (r->info.speaker == GUARD_HUMAN || !rolled_out(s->session, r) ||
	    (s->session->paused && s->session->paused[index]))
		return GUARD_SHADOW;
	return GUARD_ENFORCE;
}

/* Does it ask about more than what a reading of markup says? */
static bool asks_more(const struct rule *r)
{
	return !r->has_find || r->total.n || r->only || rule_classifier(r);
}

static enum guard_mode find_mode(const struct scope *s, size_t index)
{
	const struct rule *r = &s->policy->rules[index];
	const struct guard_session *session = s->session;
	if (s->purpose == SCOPE_COUNT && !counts(r))
		return GUARD_OFF;
	if (r->info.speaker != s->speaker || !in_force(s, r))
		return GUARD_OFF;
	bool text_only =
	    s->purpose == SCOPE_EDITED || s->purpose == SCOPE_OWN_TEXT;
	if (misses_something(r) && (session->aside || text_only))
		return GUARD_OFF;
	if (text_only && !r->has_find && !r->total.n)
		return GUARD_OFF;
	if (rule_classifier(r) && (session->label || text_only))
		return GUARD_OFF;
	if (s->hidden && asks_more(r))
		return GUARD_OFF;
	if (s->purpose != SCOPE_OWN_TEXT && !when_holds(&r->when, session))
		return GUARD_OFF;
	if (r->once && interaction_has_fired(session, r->once))
		return GUARD_OFF;
	return scope_force(s, index);
}

enum guard_mode scope_mode(struct scope *s, size_t rule)
{
	unsigned char *known = &s->modes[rule];
	if (s->purpose == SCOPE_RULE && !is_alone(s, rule))
		return GUARD_OFF;
	if (*known >> MODE_BITS != s->round)
		*known = note(s, find_mode(s, rule));
	return (enum guard_mode)(*known & ((1u << MODE_BITS) - 1));
}

bool scope_withholds(struct scope *s, size_t rule)
{
	switch (s->policy->rules[rule].info.action) {
	case GUARD_DELIVER:
	case GUARD_ALLOW:
	case GUARD_LOG:
	case GUARD_FLAG:
	case GUARD_PREPEND:
	case GUARD_APPEND:
		return false;
	case GUARD_REDACT:
	case GUARD_REPLACE:
	case GUARD_BLOCK:
	case GUARD_HANDOFF:
		break;
	}
	return scope_mode(s, rule) == GUARD_ENFORCE;
}
