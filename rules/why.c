/* why - see guard_author.h. */
#include "rules/guard_author.h"

#include "rules/check.h"
#include "rules/index.h"
#include "rules/when.h"

#include <string.h>

static const char *const texts[GUARD_WHY_KINDS] = {
    [GUARD_WHY_FIRES] = "fires",
    [GUARD_WHY_SPEAKER] = "is for another speaker",
    [GUARD_WHY_WHEN] = "does not apply here: its when does not hold",
    [GUARD_WHY_DATES] = "is not in force at this time",
    [GUARD_WHY_EXCUSED] = "is excused: something under unless holds",
    [GUARD_WHY_NEGATED] = "takes the sentence as a refusal (ignore_negated)",
    [GUARD_WHY_NEAR] = "finds nothing of near close enough",
    [GUARD_WHY_WORDING] = "finds the required wording",
    [GUARD_WHY_TOO_FEW] = "finds fewer of the topic's phrases than at_least",
    [GUARD_WHY_TOGETHER] = "does not find everything in one sentence",
    [GUARD_WHY_ALLOWED] = "finds only amounts that are allowed, or said again",
    [GUARD_WHY_TOTAL] = "adds up to less than its at_least",
    [GUARD_WHY_TOPIC] = "finds a topic that is in scope",
    [GUARD_WHY_TALK] = "finds nothing but small talk",
    [GUARD_WHY_SEVERAL] = "is kept from firing by several conditions together",
    [GUARD_WHY_NOT_FOUND] = "finds nothing of what it looks for",
    [GUARD_WHY_UNDECIDED] = "could not be decided",
};

const char *guard_why_text(enum guard_why why)
{
	return texts[why];
}

/* Two rules for each reason, one without that condition and one with no other,
 * and a policy that holds only them and, behind them, what a total adds. */
struct probe {
	struct guard_policy policy;
	struct rule *rules;
	uint32_t *adds;
	struct clause *bare;  /* the clauses without near and at_least */
	struct only onlys[3]; /* its scope without topics, without small talk,
				 without both */
};

/* A scope without its topics, or without small talk. */
static const struct only *bare_only(
    const struct probe *p, const struct only *only, enum guard_why why)
{
	if (!only)
		return NULL;
	bool topics = only->n && why != GUARD_WHY_TOPIC;
	bool talk = only->small_talk.n && why != GUARD_WHY_TALK;
	return topics ? &p->onlys[1] : talk ? &p->onlys[0] : &p->onlys[2];
}

static void drop(struct probe *p, struct rule *r, enum guard_why why)
{
	switch (why) {
	case GUARD_WHY_FIRES:
	case GUARD_WHY_NOT_FOUND:
	case GUARD_WHY_UNDECIDED:
	case GUARD_WHY_KINDS:
		break;
	case GUARD_WHY_SPEAKER: /* judged as whoever speaks: see why_not */
		break;
	case GUARD_WHY_WHEN:
		r->when = (struct when){0};
		r->once = NULL;
		break;
	case GUARD_WHY_DATES:
		r->from_us = r->to_us = 0;
		break;
	case GUARD_WHY_EXCUSED:
		r->n_unless = 0;
		break;
	case GUARD_WHY_NEGATED:
		r->ignore_negated = false;
		break;
	case GUARD_WHY_NEAR:
	case GUARD_WHY_TOO_FEW:
		r->clauses = p->bare;
		break;
	case GUARD_WHY_WORDING:
		r->must_say.n = r->must_also_say.n = 0;
		break;
	case GUARD_WHY_TOGETHER:
		r->n_clauses = r->n_clauses ? 1 : 0;
		break;
	case GUARD_WHY_ALLOWED:
		r->has_allowances = false;
		r->n_allowances = 0;
		break;
	case GUARD_WHY_TOTAL:
		r->total.at_least = 1;
		break;
	case GUARD_WHY_TOPIC:
	case GUARD_WHY_TALK:
		r->only = bare_only(p, r->only, why);
		break;
	case GUARD_WHY_SEVERAL:
		for (enum guard_why w = GUARD_WHY_WHEN; w < GUARD_WHY_SEVERAL;
		     w++)
			drop(p, r, w);
		break;
	}
}

static void keep_only(struct probe *p, struct rule *r, enum guard_why why)
{
	const struct clause *clauses = r->clauses;
	size_t n_clauses = r->n_clauses;
	for (enum guard_why w = GUARD_WHY_WHEN; w < GUARD_WHY_SEVERAL; w++)
		if (w != why)
			drop(p, r, w);
	if (why == GUARD_WHY_NEAR || why == GUARD_WHY_TOO_FEW)
		r->clauses = clauses;
	if (why == GUARD_WHY_TOGETHER)
		r->n_clauses = n_clauses;
}

static int make_bare(struct probe *p, const struct rule *r)
{
	size_t n = r->n_clauses;
	p->bare = arena_array(&p->policy.arena, n + 1, sizeof(*p->bare));
	if (!p->bare)
		return -1;
	for (size_t i = 0; i < n; i++)
		p->bare[i] = (struct clause){.what = r->clauses[i].what,
		    .at_least = 1,
		    .classifier = r->clauses[i].classifier};
	return 0;
}

static int add_scorers(struct probe *p, const struct guard_policy *policy,
    const struct rule *original, enum guard_speaker speaker)
{
	struct arena *a = &p->policy.arena;
	size_t n = original->total.n;
	p->policy.n_rules = 2 * GUARD_WHY_KINDS + n;
	p->rules = arena_array(a, p->policy.n_rules, sizeof(*p->rules));
	p->adds = arena_array(a, n + 1, sizeof(*p->adds));
	if (!p->rules || !p->adds)
		return -1;
	p->policy.rules = p->rules;
	for (size_t i = 0; i < n; i++) {
		p->adds[i] = (uint32_t)(2 * GUARD_WHY_KINDS + i);
		struct rule *r = &p->rules[p->adds[i]];
		*r = policy->rules[original->total.adds[i]];
		r->n_allows = 0;
		r->info.speaker = speaker;
	}
	return 0;
}

static int probe_init(struct probe *p, const struct guard_policy *policy,
    size_t rule, enum guard_speaker speaker)
{
	memcpy(&p->policy, policy, sizeof(p->policy));
	arena_init(&p->policy.arena);
	p->policy.n_topics = 0;
	p->policy.index = NULL;
	p->onlys[2] = (struct only){.n = 0};
	const struct rule *original = &policy->rules[rule];
	if (original->only) {
		p->onlys[0] = p->onlys[1] = *original->only;
		p->onlys[0].n = p->onlys[1].small_talk.n = 0;
	}
	if (make_bare(p, original) || add_scorers(p, policy, original, speaker))
		return -1;
	for (size_t i = 0; i < 2 * GUARD_WHY_KINDS; i++) {
		p->rules[i] = *original;
		p->rules[i].n_allows = 0;
		p->rules[i].total.adds = p->adds;
		p->rules[i].info.speaker = speaker;
		if (i < GUARD_WHY_KINDS)
			drop(p, &p->rules[i], (enum guard_why)i);
		else
			keep_only(p, &p->rules[i],
			    (enum guard_why)(i - GUARD_WHY_KINDS));
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
    struct guard_why_answer *out)
{
	struct guard_verdict v;
	bool any = false;
	for (size_t i = GUARD_WHY_FIRES; i <= GUARD_WHY_SEVERAL; i++) {
		if (i == GUARD_WHY_SPEAKER || (i == GUARD_WHY_SEVERAL && any))
			continue;
		guard_check_rule(scanner, &p->policy, i, session, m, &v);
		out->reasons[GUARD_WHY_UNDECIDED] |=
		    v.undecided != GUARD_DECIDED;
		out->reasons[i] = v.n_hits > 0;
		any |= v.n_hits > 0 && i != GUARD_WHY_SEVERAL;
		if (i == GUARD_WHY_FIRES && v.n_hits) {
			out->hit = v.hits[0];
			out->hit.what = NULL;
			return;
		}
	}
	for (size_t i = GUARD_WHY_WHEN; i < GUARD_WHY_SEVERAL && !any; i++) {
		if (!out->reasons[GUARD_WHY_SEVERAL])
			break;
		guard_check_rule(
		    scanner, &p->policy, GUARD_WHY_KINDS + i, session, m, &v);
		out->reasons[i] = v.n_hits == 0;
	}
	out->reasons[GUARD_WHY_NOT_FOUND] =
	    !any && !out->reasons[GUARD_WHY_SEVERAL];
}

/* Several exceptions may only do it together: then none is named. */
static void name_exception(struct probe *p, struct guard_scanner *scanner,
    const struct guard_session *session, const struct guard_message *m,
    struct guard_why_answer *out)
{
	size_t bare = GUARD_WHY_KINDS + GUARD_WHY_EXCUSED;
	struct rule *r = &p->rules[bare];
	const struct excuse *all = r->unless;
	size_t n = r->n_unless;
	r->n_unless = 1;
	for (size_t i = 0; i < n && !out->exception_file; i++) {
		struct guard_verdict v;
		r->unless = &all[i];
		guard_check_rule(scanner, &p->policy, bare, session, m, &v);
		if (v.n_hits || v.undecided != GUARD_DECIDED)
			continue;
		out->exception_file = all[i].file;
		out->exception_line = all[i].line;
	}
	r->unless = all;
	r->n_unless = n;
}

/* The first key of when that does not hold. */
static const char *unmet_key(
    const struct when *w, const struct guard_session *s)
{
	const struct {
		const char *key;
		struct when alone;
	} keys[] = {
	    {"channel", {.channel = w->channel}},
	    {"segment", {.segment = w->segment}},
	    {"segment_not", {.segment_not = w->segment_not}},
	    {"language", {.language = w->language}},
	    {"interaction_type", {.interaction_type = w->interaction_type}},
	    {"zone", {.zone = w->zone}},
	    {"customer_is", {.customer_is = w->customer_is}},
	    {"hours", {.hours = w->hours}},
	    {"ai_turn", {.ai_turn = w->ai_turn}},
	    {"resolved", {.resolved = w->resolved}},
	    {"repeat_contact", {.repeat_contact = w->repeat_contact}},
	};
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct when alone = keys[i].alone;
		alone.set = true;
		alone.zone_rules = w->zone_rules;
		if (!when_holds(&alone, s))
			return keys[i].key;
	}
	return NULL;
}

int guard_why_not(const struct guard_policy *policy, size_t rule,
    const struct guard_session *session, const struct guard_message *m,
    struct guard_why_answer *out)
{
	*out = (struct guard_why_answer){0};
	const struct rule *r = &policy->rules[rule];
	struct guard_scanner *scanner = guard_scanner_new();
	struct probe p;
	int rc = probe_init(&p, policy, rule, m->speaker);
	if (!scanner)
		rc = -1;
	if (rc == 0) {
		judge(&p, scanner, session, m, out);
		if (out->reasons[GUARD_WHY_EXCUSED])
			name_exception(&p, scanner, session, m, out);
		if (out->reasons[GUARD_WHY_WHEN])
			out->unmet = unmet_key(&r->when, session);
		if (r->info.speaker != m->speaker) {
			out->reasons[GUARD_WHY_SPEAKER] = true;
			out->reasons[GUARD_WHY_FIRES] = false;
		}
		out->reasons[has_near(r) ? GUARD_WHY_TOO_FEW : GUARD_WHY_NEAR] =
		    false;
	}
	guard_scanner_free(scanner);
	arena_clear(&p.policy.arena);
	return rc;
}
