/* interaction - see interaction.h. */
#include "rules/interaction.h"
#include "rules/check.h"
#include "rules/policy.h"

#include <string.h>

const struct interaction_type *interaction_type_named(
    const struct interactions *x, const char *name)
{
	for (size_t i = 0; name && i < x->n_types; i++)
		if (strcmp(x->types[i].name, name) == 0)
			return &x->types[i];
	return NULL;
}

const struct interaction_zone *interaction_zone_named(
    const struct interactions *x, const char *name)
{
	for (size_t i = 0; name && i < x->n_zones; i++)
		if (strcmp(x->zones[i].name, name) == 0)
			return &x->zones[i];
	return NULL;
}

const struct interaction_type *interaction_type_of(
    const struct interactions *x, const char *name)
{
	const struct interaction_type *t = interaction_type_named(x, name);
	return t ? t : interaction_type_named(x, INTERACTION_UNKNOWN);
}

const struct interaction_zone *interaction_zone_of(const struct interactions *x,
    const struct interaction_type *t, enum emotion emotion)
{
	enum complexity complexity = t ? t->complexity : COMPLEXITY_HIGH;
	if (t && t->emotion == EMOTION_UPSET)
		emotion = EMOTION_UPSET;
	return &x->zones[x->zone_of[complexity][emotion]];
}

bool interaction_has_fired(const struct guard_session *s, const char *rule)
{
	for (size_t i = 0; i < s->n_counted; i++)
		if (s->counted[i].kind == GUARD_COUNTED_SIGNAL &&
		    strcmp(s->counted[i].name, rule) == 0)
			return true;
	return false;
}

static bool was_upset(const struct guard_session *s)
{
	return interaction_has_fired(s, INTERACTION_UPSET);
}

static bool sounds_upset(struct guard_scanner *scanner,
    const struct guard_policy *p, const struct guard_session *s,
    const struct guard_message *said)
{
	size_t rule = p->interactions->upset_rule;
	if (!said || said->speaker != GUARD_CUSTOMER || rule >= p->n_rules)
		return false;
	struct guard_verdict v;
	guard_check_rule(scanner, p, rule, s, said, &v);
	return v.n_hits || v.undecided != GUARD_DECIDED;
}

bool guard_interaction(struct guard_scanner *scanner,
    const struct guard_policy *p, struct guard_session *s,
    const struct guard_message *said)
{
	const struct interactions *x = p->interactions;
	if (!x)
		return false;
	const struct interaction_type *t =
	    interaction_type_of(x, s->interaction_type);
	bool upset = s->upset == GUARD_YES ||
	    (t && t->emotion == EMOTION_UPSET) || was_upset(s) ||
	    (x->upset_by_repeat && s->repeat_contact == GUARD_YES) ||
	    sounds_upset(scanner, p, s, said);
	if (!s->interaction_type && t)
		s->interaction_type = t->name;
	s->upset = upset ? GUARD_YES : GUARD_NO;
	s->zone =
	    interaction_zone_of(x, t, upset ? EMOTION_UPSET : EMOTION_CALM)
		->name;
	return true;
}

uint32_t guard_answer_within_ms(const struct guard_policy *p, const char *zone)
{
	const struct interaction_zone *z = p->interactions
	    ? interaction_zone_named(p->interactions, zone)
	    : NULL;
	return z && z->answer_ms ? z->answer_ms : p->answer_ms;
}
