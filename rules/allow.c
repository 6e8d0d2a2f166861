/* allow - see allow.h. */
#include "rules/allow.h"

#include "rules/edit.h"
#include "rules/index.h"

/* Has an ALLOW that names the rule fired (YES), or may it still (OPEN)? */
static enum combine look(struct machine *m, uint32_t rule)
{
	const struct index_rules *by = &m->policy->index->excused[rule];
	enum combine answer = COMBINE_NO;
	for (size_t i = 0; i < by->n; i++) {
		if (by->rules[i] == rule ||
		    scope_mode(&m->scope, by->rules[i]) != GUARD_ENFORCE)
			continue;
		if (machine_has_fired(m, by->rules[i]))
			return COMBINE_YES;
		const struct rule *r = &m->policy->rules[by->rules[i]];
		bool only_texts = r->has_find;
		for (size_t k = 0; only_texts && k < r->clauses[0].what.n; k++)
			only_texts =
			    m->policy
				->detectors[r->clauses[0].what.detectors[k]]
				.kind == DETECTOR_TEXT_IS;
		if (!m->text.final && (m->texts_alive || !only_texts))
			answer = COMBINE_OPEN;
	}
	return answer;
}

/* What excuses a text excuses its markup, not the other way round.
 *
 * A text that is approved as it was written stays so behind and before what
 * the policy itself adds; with a change in it, it is another one. */
enum combine allow_look(struct machine *m, uint32_t rule)
{
	const struct unedited *u = &m->unedited;
	enum combine answer = look(m, rule);
	if (answer == COMBINE_NO && m->visible)
		return allow_look(m->visible, rule);
	if (answer != COMBINE_NO || !u->machine || !edits_only_add(u->edits))
		return answer;
	return look(u->machine, rule);
}
