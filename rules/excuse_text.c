/*
 * excuse_text - why an exception did not excuse a hit, in words. See
 * guard_author.h. Asked only after the judging, so it may look again.
 */
#include "rules/check.h"
#include "rules/excuse.h"
#include "rules/guard_author.h"
#include "rules/index.h"

#include <stdio.h>
#include <string.h>

/* Is any of the words or numbers in the message at all? */
static int is_anywhere(const struct guard_policy *policy,
    const struct any_of *what, const struct guard_message *message,
    struct guard_hit *at)
{
	const struct clause clause = {.what = *what, .at_least = 1};
	const struct rule rule = {
	    .info = {.id = "exception",
		.action = GUARD_LOG,
		.mode = GUARD_ENFORCE,
		.speaker = message->speaker,
		.rollout_percent = 100},
	    .has_find = true,
	    .clauses = &clause,
	    .n_clauses = 1,
	};
	struct guard_policy probe;
	memcpy(&probe, policy, sizeof(probe));
	arena_init(&probe.arena);
	probe.rules = &rule;
	probe.n_rules = 1;
	probe.n_topics = 0;
	probe.index = NULL;
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_verdict v = {0};
	int found = scanner && index_build(&probe) == 0 ? 0 : -1;
	if (found == 0)
		guard_check_rule(scanner, &probe, 0, NULL, message, &v);
	if (found == 0 && v.n_hits) {
		*at = v.hits[0];
		found = 1;
	}
	guard_scanner_free(scanner);
	arena_clear(&probe.arena);
	return found;
}

static void say_approval(const struct excuse *e, const struct guard_session *s,
    char *out, size_t cap)
{
	const struct guard_approval *a = NULL;
	for (size_t i = 0; i < s->n_approvals && !a; i++)
		if (strcmp(s->approvals[i].name, e->approval) == 0)
			a = &s->approvals[i];
	if (!a)
		snprintf(out, cap, "approval \"%s\" not present", e->approval);
	else if (!a->uses)
		snprintf(out, cap, "approval \"%s\" is used up", e->approval);
	else if (a->expires_us && (!s->time_us || s->time_us >= a->expires_us))
		snprintf(out, cap, "approval \"%s\" has expired%s", e->approval,
		    s->time_us ? "" : ", for all we know: no time is given");
	else
		snprintf(
		    out, cap, "approval \"%s\" does not cover it", e->approval);
}

/* The exception holds on that day, and has not excused. */
static int say_why(const struct guard_policy *p, const struct excuse *e,
    const struct guard_session *session, const struct guard_message *message,
    char out[GUARD_MISS_BYTES])
{
	struct guard_hit at = {0};
	if (e->approval) {
		say_approval(e, session, out, GUARD_MISS_BYTES);
		return 0;
	}
	if (e->said_by_customer || e->texts) {
		snprintf(out, GUARD_MISS_BYTES, "%s",
		    e->texts ? "the value is none of the listed texts"
			     : "the customer has not said the value");
		return 0;
	}
	int found = is_anywhere(p, &e->beside, message, &at);
	if (found > 0)
		snprintf(out, GUARD_MISS_BYTES,
		    "\"%.*s\" is in another %s; an exception covers only its "
		    "own",
		    (int)(at.end - at.start), message->text + at.start,
		    e->in_clause ? "clause or sentence" : "sentence");
	else if (found == 0)
		snprintf(out, GUARD_MISS_BYTES,
		    "nothing of the exception in line %u is in the sentence",
		    e->line);
	return found < 0 ? -1 : 0;
}

size_t guard_exceptions(const struct guard_policy *p, size_t rule)
{
	return p->rules[rule].n_unless;
}

int guard_not_excused(const struct guard_policy *p,
    const struct guard_exception *of, const struct guard_session *session,
    const struct guard_message *message, char out[GUARD_MISS_BYTES])
{
	const struct guard_session nothing = {0};
	const struct excuse *e = &p->rules[of->rule].unless[of->index];
	const struct excuse_facts facts = {
	    .session = session ? session : &nothing};
	if (excuse_is_over(e, &facts)) {
		snprintf(out, GUARD_MISS_BYTES, "the exception in line %u %s",
		    e->line,
		    facts.session->time_us
			? "has ended"
			: "ends on a day, and no time is given");
		return 0;
	}
	return say_why(p, e, facts.session, message, out);
}
