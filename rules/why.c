/* why - see why.h. */
#include "rules/why.h"

#include "rules/check.h"
#include "rules/index.h"

#include <string.h>

static const char *const texts[WHY_KINDS] = {
    [WHY_FIRES] = "fires",
    [WHY_SPEAKER] = "is for another speaker",
    [WHY_WHEN] = "does not apply here: its when does not hold",
    [WHY_DATES] = "is not in force at this time",
    [WHY_EXCUSED] = "is excused: something under unless holds",
    [WHY_NEGATED] = "takes the sentence as a refusal (ignore_negated)",
    [WHY_NEAR] = "finds nothing of near close enough",
    [WHY_WORDING] = "finds the required wording",
    [WHY_TOO_FEW] = "finds fewer of the topic's phrases than at_least",
    [WHY_TOGETHER] = "does not find everything in one sentence",
    [WHY_SEVERAL] = "is kept from firing by several conditions together",
    [WHY_NOT_FOUND] = "finds nothing of what it looks for",
    [WHY_UNDECIDED] = "could not be decided",
};

const char *why_text(enum why why)
{
	return texts[why];
}

/* Two rules for each reason, one without that condition and one with no other,
 * and a policy that holds only them. */
struct probe {
	struct guard_policy policy;
	struct rule rules[2 * WHY_KINDS];
	struct clause *bare; /* the clauses without near and at_least */
};

static void drop(struct probe *p, struct rule *r, enum why why)
{
	switch (why) {
	case WHY_FIRES:
	case WHY_NOT_FOUND:
	case WHY_UNDECIDED:
	case WHY_KINDS:
		break;
	case WHY_SPEAKER: /* judged as whoever speaks: see why_not */
		break;
	case WHY_WHEN:
		r->when = (struct when){0};
		break;
	case WHY_DATES:
		r->from_us = r->to_us = 0;
		break;
	case WHY_EXCUSED:
		r->n_unless = 0;
		break;
	case WHY_NEGATED:
		r->ignore_negated = false;
		break;
	case WHY_NEAR:
	case WHY_TOO_FEW:
		r->clauses = p->bare;
		break;
	case WHY_WORDING:
		r->must_say.n = r->must_also_say.n = 0;
		break;
	case WHY_TOGETHER:
		r->n_clauses = r->n_clauses ? 1 : 0;
		break;
	case WHY_SEVERAL:
		for (enum why w = WHY_WHEN; w < WHY_SEVERAL; w++)
			drop(p, r, w);
		break;
	}
}

static void keep_only(struct probe *p, struct rule *r, enum why why)
{
	const struct clause *clauses = r->clauses;
	size_t n_clauses = r->n_clauses;
	for (enum why w = WHY_WHEN; w < WHY_SEVERAL; w++)
		if (w != why)
			drop(p, r, w);
	if (why == WHY_NEAR || why == WHY_TOO_FEW)
		r->clauses = clauses;
	if (why == WHY_TOGETHER)
		r->n_clauses = n_clauses;
}

static int make_bare(struct probe *p, const struct rule *r)
{
	size_t n = r->n_clauses;
	p->bare = arena_array(&p->policy.arena, n + 1, sizeof(*p->bare));
	if (!p->bare)
		return -1;
	for (size_t i = 0; i < n; i++)
		p->bare[i] =
		    (struct clause){.what = r->clauses[i].what, .at_least = 1};
	return 0;
}

static int probe_init(struct probe *p, const struct guard_policy *policy,
    size_t rule, enum guard_speaker speaker)
{
	memcpy(&p->policy, policy, sizeof(p->policy));
	arena_init(&p->policy.arena);
	p->policy.rules = p->rules;
	p->policy.n_rules = 2 * WHY_KINDS;
	p->policy.n_topics = 0;
	p->policy.index = NULL;
	const struct rule *original = &policy->rules[rule];
	if (make_bare(p, original))
		return -1;
	for (size_t i = 0; i < 2 * WHY_KINDS; i++) {
		p->rules[i] = *original;
		p->rules[i].n_allows = 0;
		p->rules[i].info.speaker = speaker;
		if (i < WHY_KINDS)
			drop(p, &p->rules[i], (enum why)i);
		else
			keep_only(p, &p->rules[i], (enum why)(i - WHY_KINDS));
	}
	return index_build(&p->policy);
}

static bool has_near(const struct rule *r)
{
	for (size_t i = 0; i < r->n_clauses; i++)
		if (r->clauses[i].near.what.n)
			return true;
	return false;
}

static void judge(struct probe *p, struct guard_scanner *scanner,
    const struct guard_session *session, const struct guard_message *m,
    struct why_answer *out)
{
	struct guard_verdict v;
	bool any = false;
	for (size_t i = WHY_FIRES; i <= WHY_SEVERAL; i++) {
		if (i == WHY_SPEAKER || (i == WHY_SEVERAL && any))
			continue;
		guard_check_rule(scanner, &p->policy, i, session, m, &v);
		out->undecided |= v.undecided != GUARD_DECIDED;
		out->reasons[i] = v.n_hits > 0;
		any |= v.n_hits > 0 && i != WHY_SEVERAL;
		if (i == WHY_FIRES && v.n_hits) {
			out->hit = v.hits[0];
			out->hit.what = NULL;
			return;
		}
	}
	for (size_t i = WHY_WHEN; i < WHY_SEVERAL && !any; i++) {
		if (!out->reasons[WHY_SEVERAL])
			break;
		guard_check_rule(
		    scanner, &p->policy, WHY_KINDS + i, session, m, &v);
		out->reasons[i] = v.n_hits == 0;
	}
	out->reasons[WHY_NOT_FOUND] = !any && !out->reasons[WHY_SEVERAL];
}

int why_not(const struct guard_policy *policy, size_t rule,
    const struct guard_session *session, const struct guard_message *m,
    struct why_answer *out)
{
	*out = (struct why_answer){0};
	const struct rule *r = &policy->rules[rule];
	struct guard_scanner *scanner = guard_scanner_new();
	struct probe p;
	int rc = probe_init(&p, policy, rule, m->speaker);
	if (!scanner)
		rc = -1;
	if (rc == 0) {
		judge(&p, scanner, session, m, out);
		if (r->info.speaker != m->speaker) {
			out->reasons[WHY_SPEAKER] = true;
			out->reasons[WHY_FIRES] = false;
		}
		out->reasons[has_near(r) ? WHY_TOO_FEW : WHY_NEAR] = false;
		out->reasons[WHY_UNDECIDED] = out->undecided;
	}
	guard_scanner_free(scanner);
	arena_clear(&p.policy.arena);
	return rc;
}
