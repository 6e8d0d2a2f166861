/*
 * cover - what the examples of a policy reach: which rules fire, which of
 * their phrases are ever met. See guard_tests.h.
 */
#include "rules/examples.h"
#include "rules/guard_tests.h"
#include "rules/index.h"
#include "rules/phrase.h"
#include "rules/policy.h"

#include <stdlib.h>
#include <string.h>

struct cover {
	const struct guard_policy *policy;
	struct guard_policy words; /* of which each written phrase is a group */
	struct guard_scanner *scanner;
	struct text text;
	struct phrase_scan scan;
	struct matches matches;
	bool *fired; /* by rule: in a conversation test */
	guard_cover_fn *report;
	void *arg;
};

static bool looks_for(const struct rule *r, uint32_t detector)
{
	for (size_t i = 0; i < r->n_clauses; i++)
		for (size_t k = 0; k < r->clauses[i].what.n; k++)
			if (r->clauses[i].what.detectors[k] == detector)
				return true;
	for (size_t i = 0; r->only && i < r->only->n; i++)
		for (size_t k = 0; k < r->only->topics[i].says.n; k++)
			if (r->only->topics[i].says.detectors[k] == detector)
				return true;
	return false;
}

/* What is not text is not a place for phrases. */
static int find_phrases(struct cover *c, const struct example *e)
{
	size_t alive;
	text_reset(&c->text);
	phrase_scan_reset(&c->scan);
	c->matches.n = 0;
	int err = text_feed(&c->text, e->text, e->len);
	if (!err)
		err = text_end(&c->text);
	if (err)
		return err == TEXT_ERR_MEMORY ? -1 : 0;
	return phrase_scan(&c->scan, &c->text, &c->words, &c->matches, &alive);
}

/* What a rule reaches: its own examples, and those of topics it looks for. */
struct reach {
	const struct rule *rule;
	bool *seen; /* by number of the written phrase */
};

static int reach_phrases(
    struct cover *c, const struct reach *to, const struct rule *of)
{
	int err = 0;
	for (size_t i = 0; i < of->n_examples && !err; i++) {
		/* What is in scope passes. */
		if (of->examples[i].matches == (of->only != NULL))
			continue;
		err = find_phrases(c, &of->examples[i]);
		for (size_t k = 0; k < c->matches.n && !err; k++)
			to->seen[c->matches.items[k].detector] = true;
	}
	return err;
}

static bool is_of_topic(const struct rule *r, const struct rule *topic)
{
	for (size_t i = 0; i < r->n_clauses; i++)
		if (topic->n_clauses &&
		    r->clauses[i].what.detectors ==
			topic->clauses[0].what.detectors)
			return true;
	for (size_t i = 0; r->only && topic->n_clauses && i < r->only->n; i++)
		if (r->only->topics[i].says.detectors ==
		    topic->clauses[0].what.detectors)
			return true;
	return false;
}

static int reach_all(struct cover *c, const struct reach *to)
{
	const struct guard_policy *p = c->policy;
	int err = reach_phrases(c, to, to->rule);
	for (size_t i = 0; i < p->n_topics && !err; i++)
		if (is_of_topic(to->rule, &p->topics[i]))
			err = reach_phrases(c, to, &p->topics[i]);
	return err;
}

static int has_fired(struct cover *c, size_t index, bool *fired)
{
	const struct rule *r = &c->policy->rules[index];
	struct guard_verdict v;
	int err = 0;
	*fired = c->fired[index];
	for (size_t i = 0; i < r->n_examples && !err && !*fired; i++) {
		if (!r->examples[i].matches)
			continue;
		err = examples_run(
		    c->scanner, c->policy, index, &r->examples[i], &v);
		*fired = !err && v.n_hits > 0;
	}
	return err;
}

static int cover_rule(struct cover *c, size_t index)
{
	const struct guard_policy *p = c->policy;
	const struct rule *r = &p->rules[index];
	bool *seen = calloc(p->n_written + 1, sizeof(*seen));
	struct guard_phrase *phrases =
	    calloc(p->n_written + 1, sizeof(*phrases));
	struct guard_cover out = {.rule = r->info.id,
	    .file = r->info.file,
	    .line = r->info.line,
	    .phrases = phrases};
	int err = seen && phrases ? has_fired(c, index, &out.fired) : -1;
	if (!err)
		err = reach_all(c, &(struct reach){r, seen});
	for (size_t i = 0; i < p->n_written && !err; i++) {
		const struct written *w = &p->written[i];
		if (!looks_for(r, w->detector))
			continue;
		phrases[out.n_phrases++] =
		    (struct guard_phrase){w->text, w->file, w->line, seen[i]};
		out.n_seen += seen[i];
	}
	if (!err)
		c->report(&out, c->arg);
	free(seen);
	free(phrases);
	return err;
}

/* Phrases alone: all a scan of them asks a policy for. */
static void words_init(
    struct guard_policy *words, const struct guard_policy *policy)
{
	memcpy(words, policy, sizeof(*words));
	words->phrases = policy->written_phrases;
	words->index = NULL;
}

/* A total, say, can hardly be shown by one message. */
static void see_step(const struct guard_step *s, void *arg)
{
	struct cover *c = arg;
	for (size_t i = 0; i < s->verdict->n_hits; i++)
		c->fired[s->verdict->hits[i].rule] = true;
}

int guard_cover(
    const struct guard_policy *policy, guard_cover_fn *report, void *arg)
{
	struct cover c = {
	    .policy = policy,
	    .scanner = guard_scanner_new(),
	    .report = report,
	    .arg = arg,
	};
	bool has_text = text_init(&c.text, policy->limits.max_text_bytes) == 0;
	words_init(&c.words, policy);
	phrase_scan_init(&c.scan);
	c.fired = calloc(policy->n_rules + 1, sizeof(*c.fired));
	int err = c.scanner && has_text && c.fired ? 0 : -1;
	if (!err)
		err = guard_conversations(policy, see_step, &c);
	for (size_t i = 0; i < policy->n_rules && !err; i++)
		err = cover_rule(&c, i);
	phrase_scan_clear(&c.scan);
	matches_clear(&c.matches);
	if (has_text)
		text_clear(&c.text);
	guard_scanner_free(c.scanner);
	free(c.fired);
	return err;
}
