/* classify - see classify.h. */
#include "rules/classify.h"

#include "rules/index.h"
#include "rules/machine.h"

#include <stdlib.h>
#include <string.h>

void classify_clear(struct classify *c)
{
	free(c->asks);
	free(c->sentences);
	*c = (struct classify){0};
}

void classify_begin(struct machine *m)
{
	struct classify *all = &m->classify;
	const struct index_rules *rules = &m->policy->index->classified;
	memset(all->of, 0, sizeof(all->of));
	memset(all->done, 0, sizeof(all->done));
	all->any = false;
	all->known = all->n_asks = all->n_told = 0;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &m->policy->rules[rules->rules[i]];
		if (scope_mode(&m->scope, rules->rules[i]) == GUARD_OFF)
			continue;
		struct classify_one *one = &all->of[rule_classifier(r) - 1];
		one->wanted = all->any = true;
		one->alone |= r->n_clauses == 1;
	}
}

/* ---- who wants to know ---- */

static bool pending_wants(struct machine *m, const struct combine_facts *facts,
    const struct pending *p, uint32_t sentence)
{
	return p->match.sentence == sentence && combine_lacks_answer(facts, p);
}

static bool is_wanted(struct machine *m, const struct combine_facts *facts,
    size_t classifier, uint32_t sentence)
{
	if (m->classify.of[classifier].alone)
		return true;
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		const struct rule *r = &m->policy->rules[p->rule];
		if (rule_classifier(r) == classifier + 1 &&
		    pending_wants(m, facts, p, sentence))
			return true;
	}
	return false;
}

static bool has(const struct clause *clause, uint32_t detector)
{
	for (size_t i = 0; i < clause->what.n; i++)
		if (clause->what.detectors[i] == detector)
			return true;
	return false;
}

/* Does a rule in force need to know this of the sentence? */
static bool is_enforced(struct machine *m, const struct combine_facts *facts,
    uint32_t detector, uint32_t sentence)
{
	const struct index_rules *hits = &m->policy->index->hits[detector];
	for (size_t i = 0; i < hits->n; i++)
		if (scope_mode(&m->scope, hits->rules[i]) == GUARD_ENFORCE)
			return true;
	for (size_t i = 0; i < m->n_pendings; i++) {
		const struct pending *p = &m->pendings[i];
		const struct rule *r = &m->policy->rules[p->rule];
		if (rule_classifier(r) &&
		    has(&r->clauses[r->n_clauses - 1], detector) &&
		    scope_mode(&m->scope, p->rule) == GUARD_ENFORCE &&
		    pending_wants(m, facts, p, sentence))
			return true;
	}
	return false;
}

/* ---- answers ---- */

/* What the classifier reads of a sentence. */
static struct guard_span_text sentence_text(
    const struct text *t, uint32_t sentence)
{
	const struct sentence *s = &t->sentences[sentence];
	return (struct guard_span_text){
	    t->plain.bytes + s->plain_start, s->plain_end - s->plain_start};
}

static const struct guard_answer *find_answer(
    const struct machine *m, size_t classifier, struct guard_span_text text)
{
	const struct guard_answers *all = m->scope.session->answers;
	const char *name = m->policy->classifiers[classifier].name;
	for (size_t i = 0; all && i < all->n; i++) {
		const struct guard_answer *a = &all->items[i];
		if ((!a->text ||
			(a->len == text.len &&
			    memcmp(a->text, text.text, text.len) == 0)) &&
		    strcmp(a->classifier, name) == 0)
			return a;
	}
	return NULL;
}

/* Of a label, or the highest of all; -1: the answer does not say. */
static int64_t score_of(const struct guard_answer *a, const char *label)
{
	int64_t score = -1;
	for (size_t i = 0; a && i < a->n_scores; i++)
		if ((!label || !a->scores[i].label ||
			strcmp(a->scores[i].label, label) == 0) &&
		    a->scores[i].score > score)
			score = a->scores[i].score;
	return score;
}

static int settle(struct machine *m, const struct combine_facts *facts,
    size_t classifier, uint32_t sentence, const struct guard_answer *answer)
{
	const struct any_of *all = &m->policy->of_kind[DETECTOR_CLASSIFIER];
	const struct sentence *s = &m->text.sentences[sentence];
	for (size_t i = 0; i < all->n; i++) {
		uint32_t detector = all->detectors[i];
		const struct detector *d = &m->policy->detectors[detector];
		if (d->classifier != classifier)
			continue;
		int64_t score = score_of(answer, d->label);
		if (score < 0 && is_enforced(m, facts, detector, sentence))
			machine_give_up(m, GUARD_UNDECIDED_CLASSIFIER);
		if (score <= (int64_t)d->score_above)
			continue;
		const struct match match = {
		    .detector = detector,
		    .start = s->start,
		    .end = s->end,
		    .first_token = s->first_token,
		    .n_tokens = s->n_tokens,
		    .sentence = sentence,
		    .value = score,
		};
		if (matches_add(&m->fresh, &match))
			return -1;
	}
	return 0;
}

/* ---- asks ---- */

static int add_ask(struct machine *m, size_t classifier, uint32_t sentence)
{
	struct classify *c = &m->classify;
	if (c->n_asks == c->cap_asks) {
		size_t cap = c->cap_asks ? c->cap_asks * 2 : 8;
		void *asks = realloc(c->asks, cap * sizeof(*c->asks));
		if (asks)
			c->asks = asks;
		void *sentences =
		    realloc(c->sentences, cap * sizeof(*c->sentences));
		if (sentences)
			c->sentences = sentences;
		if (!asks || !sentences)
			return -1;
		c->cap_asks = cap;
	}
	const struct sentence *s = &m->text.sentences[sentence];
	c->sentences[c->n_asks] = sentence;
	c->asks[c->n_asks++] = (struct guard_ask){
	    .classifier = classifier, .start = s->start, .end = s->end};
	return 0;
}

const struct guard_ask *classify_asks(struct machine *m, size_t from, size_t *n)
{
	struct classify *c = &m->classify;
	*n = c->n_asks - from;
	for (size_t i = from; i < c->n_asks; i++) {
		struct guard_span_text text =
		    sentence_text(&m->text, c->sentences[i]);
		c->asks[i].text = text.text;
		c->asks[i].len = text.len;
	}
	return c->asks ? c->asks + from : NULL;
}

/* ---- sentence by sentence ---- */

/* One classifier. An open sentence is passed over, not those behind it: they
 * are asked about, too, and wait. */
static int step(struct machine *m, size_t classifier, bool last)
{
	struct combine_facts facts = machine_facts(m);
	struct classify_one *one = &m->classify.of[classifier];
	const struct guard_answers *answers = m->scope.session->answers;
	bool new = last || (answers && answers->n != m->classify.known);
	bool in_order = new || one->asked == one->done;
	int moved = 0;
	for (uint32_t s = new ? one->done : one->asked;
	     s < m->text.n_sentences &&combine_is_ripe(&facts, s); s++) {
		struct guard_span_text text = sentence_text(&m->text, s);
		bool wanted = text.len && is_wanted(m, &facts, classifier, s);
		const struct guard_answer *a =
		    wanted ? find_answer(m, classifier, text) : NULL;
		bool open = wanted && !a && !last;
		if (open && s >= one->asked && add_ask(m, classifier, s))
			return -1;
		if (s >= one->asked)
			one->asked = s + 1;
		in_order = in_order && !open;
		if (!in_order)
			continue;
		if (wanted && settle(m, &facts, classifier, s, a))
			return -1;
		one->done = m->classify.done[classifier] = s + 1;
		moved = 1;
	}
	return moved;
}

int classify_step(struct machine *m, bool last)
{
	const struct guard_answers *answers = m->scope.session->answers;
	int moved = 0;
	for (size_t i = 0; i < m->policy->n_classifiers; i++) {
		if (!m->classify.of[i].wanted)
			continue;
		int one = step(m, i, last);
		if (one < 0)
			return -1;
		moved |= one;
	}
	m->classify.known = answers ? answers->n : 0;
	return moved;
}

/* ---- what is still to come ---- */

static bool reads_alone(struct machine *m, size_t classifier,
    bool (*is)(struct scope *, size_t rule))
{
	const struct index_rules *rules = &m->policy->index->classified;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &m->policy->rules[rules->rules[i]];
		if (rule_classifier(r) == classifier + 1 && r->n_clauses == 1 &&
		    is(&m->scope, rules->rules[i]))
			return true;
	}
	return false;
}

size_t classify_alive(
    struct machine *m, bool (*is)(struct scope *, size_t rule))
{
	size_t from = SIZE_MAX;
	for (size_t i = 0; m->classify.any && i < m->policy->n_classifiers;
	     i++) {
		const struct classify_one *one = &m->classify.of[i];
		if (!one->alone || one->done >= m->text.n_sentences ||
		    (is && !reads_alone(m, i, is)))
			continue;
		size_t start = m->text.sentences[one->done].start;
		from = start < from ? start : from;
	}
	return from;
}

bool classify_waits(const struct machine *m)
{
	if (!m->text.final && !machine_is_faulty(m))
		return false;
	for (size_t i = 0; i < m->policy->n_classifiers; i++) {
		const struct classify_one *one = &m->classify.of[i];
		/* No more is asked of a text that has gone wrong. */
		size_t n = m->text.final ? m->text.n_sentences : one->asked;
		if (one->wanted && one->done < n)
			return true;
	}
	return false;
}

/* ---- the policy's ---- */

size_t guard_policy_classifiers(const struct guard_policy *p)
{
	return p->n_classifiers;
}

const char *guard_policy_classifier(const struct guard_policy *p, size_t index)
{
	return p->classifiers[index].name;
}

struct guard_place guard_policy_classifier_place(
    const struct guard_policy *p, size_t index)
{
	return p->classifiers[index].at;
}

bool guard_policy_wants_label(
    const struct guard_policy *p, size_t index, const char *label)
{
	const struct any_of *all = &p->of_kind[DETECTOR_CLASSIFIER];
	for (size_t i = 0; i < all->n; i++) {
		const struct detector *d = &p->detectors[all->detectors[i]];
		if (d->classifier == index && d->label &&
		    strcmp(d->label, label) == 0)
			return true;
	}
	return false;
}
