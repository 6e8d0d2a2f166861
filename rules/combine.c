/* combine - see combine.h. */
#include "rules/combine.h"
#include "rules/clause_end.h"
#include "rules/index.h"
#include "rules/numeral.h"
#include "rules/passage.h"
#include "rules/phrase.h"

#include <limits.h>
#include <string.h>

#define SPARE_COUNTS 64u

/* How many of these say it is there? */
static size_t says(const struct combine_facts *c, const struct any_of *any,
    const struct match *q)
{
	return index_says(c->policy->index, any, q->detector);
}

static size_t token_end(const struct match *m)
{
	return (size_t)m->first_token + m->n_tokens;
}

/* Words from token from up to token to, but no more than limit + 1. */
static unsigned words_between(
    const struct text *t, size_t from, size_t to, unsigned limit)
{
	unsigned n = 0;
	for (size_t i = from; i < to && n <= limit; i++)
		n += t->tokens[i].kind != TOKEN_SYMBOL;
	return n;
}

static bool is_near(const struct text *t, const struct match *a,
    const struct match *b, unsigned within)
{
	if (within == UINT_MAX)
		return true;
	if (token_end(a) <= b->first_token)
		return words_between(t, token_end(a), b->first_token, within) <=
		    within;
	if (token_end(b) <= a->first_token)
		return words_between(t, token_end(b), a->first_token, within) <=
		    within;
	return true;
}

/* Sentences in which something is asked: one, or those of a passage. */
struct stretch {
	uint32_t first, last;
};

static struct stretch one_sentence(uint32_t sentence)
{
	return (struct stretch){sentence, sentence};
}

static struct stretch stretch_of(const struct text *t, const struct pending *p)
{
	uint32_t sentence = p->match.sentence;
	if (!p->over_lines)
		return one_sentence(sentence);
	return (struct stretch){
	    t->sentences[sentence].passage, passage_last(t, sentence)};
}

/* All of it in the stretch it begins in. */
static bool in_stretch(
    const struct text *t, const struct match *q, struct stretch s)
{
	if (q->sentence < s.first || q->sentence > s.last)
		return false;
	return !q->n_tokens || t->tokens[token_end(q) - 1].sentence <= s.last;
}

static struct live_walk walk(const struct combine_facts *c, struct stretch s)
{
	return live_walk_begin(c->live, s.first, s.last);
}

static bool same_match(const struct match *a, const struct match *b)
{
	return a->detector == b->detector && a->start == b->start &&
	    a->end == b->end;
}

/* Can no match of these kinds come any more that lies in the stretch? A phrase
 * that goes on behind its end does not. */
static bool is_over_for(
    const struct combine_facts *c, unsigned kinds, struct stretch stretch)
{
	if (stretch.last >= c->text->n_sentences)
		return c->text->final;
	const struct sentence *s = &c->text->sentences[stretch.last];
	if (kinds >> DETECTOR_CLASSIFIER & 1 &&
	    c->alive[DETECTOR_CLASSIFIER] < s->end)
		return false;
	if (c->text->final)
		return true;
	if (!s->closed || c->settled < s->end)
		return false;
	for (unsigned kind = 0; kind < DETECTOR_KINDS; kind++)
		if (kind != DETECTOR_PHRASES && kind != DETECTOR_CLASSIFIER &&
		    kinds >> kind & 1 && c->alive[kind] < s->end)
			return false;
	return true;
}

bool combine_is_ripe(const struct combine_facts *c, uint32_t sentence)
{
	if (c->text->final)
		return true;
	const struct sentence *s = &c->text->sentences[sentence];
	return is_over_for(
		   c, ~(1u << DETECTOR_CLASSIFIER), one_sentence(sentence)) &&
	    c->alive[DETECTOR_PHRASES] >= s->end;
}

/* Can nothing come any more that the rule asks for in the stretch? */
static bool is_over_for_rule(const struct combine_facts *c,
    const struct pending *p, struct stretch stretch)
{
	const struct rule *r = &c->policy->rules[p->rule];
	uint32_t classifier = rule_classifier(r);
	unsigned asks = c->policy->index->asks[p->rule];
	if (classifier && r->n_clauses > 1 &&
	    c->classified[classifier - 1] <= p->match.sentence)
		return false;
	if (p->over_lines && !passage_is_over(c->text, stretch.first))
		return false;
	return is_over_for(c, asks & ~(1u << DETECTOR_CLASSIFIER), stretch);
}

bool combine_is_over(const struct combine_facts *c, uint32_t sentence)
{
	const struct text *t = c->text;
	if (sentence >= t->n_sentences)
		return t->final;
	uint32_t last = passage_last(t, sentence);
	return passage_is_over(t, sentence) &&
	    is_over_for(c, ~0u, one_sentence(last));
}

bool combine_is_past(const struct combine_facts *c, uint32_t sentence)
{
	if (!combine_is_over(c, sentence))
		return false;
	const struct text *t = c->text;
	return t->final ||
	    c->alive[DETECTOR_PHRASES] >=
	    t->sentences[passage_last(t, sentence)].end;
}

static bool is_one_of(void *arg, uint32_t detector)
{
	return index_has(arg, detector);
}

/* No phrase of these that is still to come will start before this byte. */
static bool phrases_known(
    const struct combine_facts *c, const struct any_of *any, size_t byte)
{
	if (c->settled < byte)
		return false;
	return c->alive[DETECTOR_PHRASES] >= byte ||
	    phrase_scan_alive(c->phrases, c->text, c->policy->phrases,
		is_one_of, (void *)any) >= byte;
}

/* Where the last word ends that may be the first of something in the window
 * from a token on; SIZE_MAX when it is still to come. */
static size_t window_end(const struct text *t, size_t from, unsigned within)
{
	size_t words = 0;
	for (size_t i = from; i < t->n_tokens; i++)
		if (t->tokens[i].kind != TOKEN_SYMBOL && ++words > within)
			return t->tokens[i].end;
	return SIZE_MAX;
}

/* Nothing near that is still to come can lie in the window behind the match.
 */
static bool window_is_over(
    struct combine_facts *c, const struct match *m, const struct near *near)
{
	size_t from = token_end(m);
	if (near->within == UINT_MAX)
		return false;
	if (!c->window.known || c->window.from != from ||
	    c->window.within != near->within) {
		c->window.from = from;
		c->window.within = near->within;
		c->window.end = window_end(c->text, from, near->within);
		c->window.known = true;
	}
	return c->window.end != SIZE_MAX &&
	    phrases_known(c, &near->what, c->window.end);
}

/* Does the exception reach from its words to the hit? */
static bool reaches(const struct text *t, const struct excuse *e,
    const struct match *words, const struct match *hit)
{
	if (!e->in_clause)
		return true;
	if (token_end(words) <= hit->first_token)
		return !clause_ends(t, token_end(words), hit);
	if (token_end(hit) <= words->first_token)
		return !clause_ends(t, token_end(hit), words);
	return true;
}

/* Is a negation taken back by one in front of it? */
static bool is_taken_back(const struct combine_facts *c, struct stretch stretch,
    const struct match *q)
{
	struct live_walk w = walk(c, stretch);
	while (live_walk_next(&w))
		if (w.match->detector == c->policy->negation &&
		    in_stretch(c->text, w.match, stretch) &&
		    clause_affirms(c->text, w.match, q))
			return true;
	return false;
}

/* "No way I won't" negates nothing, and neither half of it does. */
static bool is_negated(const struct combine_facts *c, const struct pending *p)
{
	const struct match *m = &p->match;
	struct stretch stretch = stretch_of(c->text, p);
	struct live_walk w = walk(c, stretch);
	bool negated = false;
	while (live_walk_next(&w)) {
		const struct match *q = w.match;
		if (q->detector != c->policy->negation ||
		    !in_stretch(c->text, q, stretch) ||
		    !is_near(c->text, q, m, COMBINE_NEGATION_WORDS) ||
		    !clause_is_before(c->text, q, m) ||
		    !clause_negates(c->text, q, m))
			continue;
		if (is_taken_back(c, stretch, q))
			return false;
		negated = true;
	}
	return negated && !clause_ends_in(c->text, m);
}

bool combine_folds_alike(
    const struct text *t, const struct match *a, const struct match *b)
{
	if (a->n_tokens != b->n_tokens)
		return false;
	for (size_t i = 0; i < a->n_tokens; i++) {
		const struct token *x = &t->tokens[a->first_token + i];
		const struct token *y = &t->tokens[b->first_token + i];
		if (x->fold_len != y->fold_len ||
		    memcmp(text_fold(t, x), text_fold(t, y), x->fold_len))
			return false;
	}
	return true;
}

bool combine_is_distinct(
    const struct combine_facts *c, uint32_t rule, const struct match *m)
{
	size_t n = 0;
	for (size_t i = 0; i < c->counted->n; i++) {
		const struct match *q = &c->counted->items[i];
		if (q->detector != rule)
			continue;
		n++;
		if (q->start <= m->start && combine_folds_alike(c->text, q, m))
			return false;
	}
	/* More are never asked for; some may still arrive out of order. */
	return n < c->policy->rules[rule].clauses[0].at_least + SPARE_COUNTS;
}

/* Distinct matches of the first clause before the match, and itself. */
static enum combine is_enough(
    const struct combine_facts *c, const struct pending *p, unsigned at_least)
{
	size_t n = 0;
	for (size_t i = 0; i < c->counted->n; i++) {
		const struct match *q = &c->counted->items[i];
		n += q->detector == p->rule && q->start < p->match.start &&
		    !combine_folds_alike(c->text, q, &p->match);
	}
	if (n + 1 >= at_least)
		return COMBINE_YES;
	bool all = c->text->final ||
	    phrases_known(
		c, &c->policy->rules[p->rule].clauses[0].what, p->match.start);
	return all ? COMBINE_NO : COMBINE_OPEN;
}

static bool has_near(const struct combine_facts *c, const struct near *near,
    const struct match *q, struct stretch stretch)
{
	struct live_walk w = walk(c, stretch);
	while (live_walk_next(&w))
		if (says(c, &near->what, w.match) &&
		    in_stretch(c->text, w.match, stretch) &&
		    !same_match(q, w.match) &&
		    is_near(c->text, q, w.match, near->within))
			return true;
	return false;
}

enum combine combine_near(
    struct combine_facts *c, const struct near *near, const struct match *m)
{
	struct stretch stretch = one_sentence(m->sentence);
	if (has_near(c, near, m, stretch))
		return COMBINE_YES;
	bool over = is_over_for(c, 1u << DETECTOR_PHRASES, stretch) ||
	    window_is_over(c, m, near);
	return over ? COMBINE_NO : COMBINE_OPEN;
}

/* What has to be near a match of the clause: what its detector asks for, or
 * what the clause does. */
static const struct near *near_of(const struct combine_facts *c,
    const struct clause *clause, const struct match *m)
{
	if (index_bundle_of(c->policy->index, m->detector))
		return &clause->near;
	const struct near *own = &c->policy->detectors[m->detector].context;
	return own->what.n ? own : &clause->near;
}

/* One of the clauses behind the first, looked at from scratch. */
static bool clause_holds(const struct combine_facts *c,
    const struct clause *clause, struct stretch stretch)
{
	struct live_walk w = walk(c, stretch);
	size_t n = 0;
	while (live_walk_next(&w)) {
		size_t said = says(c, &clause->what, w.match);
		if (!said || !in_stretch(c->text, w.match, stretch))
			continue;
		const struct near *near = near_of(c, clause, w.match);
		if (!near->what.n || has_near(c, near, w.match, stretch))
			n += said;
		if (n >= clause->at_least)
			return true;
	}
	return false;
}

static bool excuses(const struct combine_facts *c, const struct pending *p,
    const struct match *q)
{
	const struct rule *r = &c->policy->rules[p->rule];
	for (size_t i = 0; i < r->n_unless; i++) {
		const struct excuse *e = &r->unless[i];
		if (says(c, &e->beside, q) && !excuse_is_over(e, &c->excuse) &&
		    reaches(c->text, e, q, &p->match))
			return true;
	}
	return false;
}

/* What one more match of the sentence means; false: it excuses the hit. */
static bool look_at(
    const struct combine_facts *c, struct pending *p, const struct match *q)
{
	const struct rule *r = &c->policy->rules[p->rule];
	const struct near *near = near_of(c, &r->clauses[0], &p->match);
	if (!in_stretch(c->text, q, stretch_of(c->text, p)))
		return true;
	if (excuses(c, p, q))
		return false;
	if (says(c, &near->what, q) && !same_match(q, &p->match) &&
	    is_near(c->text, &p->match, q, near->within))
		p->found |= 1;
	return true;
}

static bool all_found(const struct combine_facts *c, struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	bool all =
	    !near_of(c, &r->clauses[0], &p->match)->what.n || (p->found & 1);
	for (size_t i = 1; i < r->n_clauses; i++) {
		uint32_t bit = (uint32_t)1 << i;
		if (!(p->found & bit) &&
		    clause_holds(c, &r->clauses[i], stretch_of(c->text, p)))
			p->found |= bit;
		all &= (p->found & bit) != 0;
	}
	return all;
}

static bool may_be_excused(const struct combine_facts *c, const struct rule *r)
{
	for (size_t i = 0; i < r->n_unless; i++)
		if (r->unless[i].beside.n &&
		    !excuse_is_over(&r->unless[i], &c->excuse))
			return true;
	return false;
}

static bool is_money(const struct combine_facts *c, const struct match *m)
{
	if (index_bundle_of(c->policy->index, m->detector))
		return false;
	const struct detector *d = &c->policy->detectors[m->detector];
	return d->kind == DETECTOR_NUMBER && d->number.kind == NUMBER_MONEY;
}

/* The match that names the amount of a hit: itself, or the largest of the
 * other clauses and near words; NULL: none. */
static const struct match *amount_of(
    const struct combine_facts *c, const struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	const struct match *amount = NULL;
	if (is_money(c, &p->match))
		return &p->match;
	struct stretch stretch = stretch_of(c->text, p);
	struct live_walk w = walk(c, stretch);
	while (live_walk_next(&w)) {
		const struct match *q = w.match;
		bool part = says(c, &r->clauses[0].near.what, q);
		for (size_t k = 1; k < r->n_clauses && !part; k++)
			part = says(c, &r->clauses[k].what, q);
		if (part && in_stretch(c->text, q, stretch) && is_money(c, q) &&
		    (!amount || q->value > amount->value))
			amount = q;
	}
	return amount;
}

bool combine_is_approved(
    const struct combine_facts *c, const struct pending *p, int64_t more)
{
	const struct rule *r = &c->policy->rules[p->rule];
	if (!c->excuse.session->n_approvals)
		return false;
	for (size_t i = 0; i < r->n_unless; i++) {
		const struct excuse *e = &r->unless[i];
		if (!e->approval || excuse_is_over(e, &c->excuse))
			continue;
		const struct match *m = amount_of(c, p);
		int64_t amount = m ? numeral_add(m->value, more) : -1;
		if (excuse_by_approval(e->approval, c->excuse.session, amount,
			m ? m->currency : ""))
			return true;
	}
	return false;
}

/* May an approval cover what the sentence names so far, but not a larger amount
 * that is still to come? */
static bool amount_is_open(
    const struct combine_facts *c, const struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	const struct guard_session *s = c->excuse.session;
	bool reads_numbers =
	    c->policy->index->asks[p->rule] >> DETECTOR_NUMBER & 1;
	if (!reads_numbers || is_money(c, &p->match))
		return false;
	for (size_t i = 0; i < r->n_unless; i++) {
		const struct excuse *e = &r->unless[i];
		if (!e->approval || excuse_is_over(e, &c->excuse))
			continue;
		for (size_t k = 0; k < s->n_approvals; k++)
			if (!strcmp(s->approvals[k].name, e->approval))
				return true;
	}
	return false;
}

/* What is known at once: negation and the value itself. */
static enum combine begin(const struct combine_facts *c, struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	if (r->ignore_negated && is_negated(c, p))
		return COMBINE_NO;
	for (size_t i = 0; i < r->n_unless; i++) {
		if (excuse_is_over(&r->unless[i], &c->excuse))
			continue;
		int found =
		    excuse_by_value(&r->unless[i], &c->excuse, &p->match);
		if (found)
			return found < 0 ? COMBINE_NO_MEMORY : COMBINE_NO;
	}
	p->begun = true;
	return COMBINE_OPEN;
}

bool combine_lacks_answer(
    const struct combine_facts *c, const struct pending *p)
{
	const struct rule *r = &c->policy->rules[p->rule];
	if (p->combined || r->n_clauses < 2 || !rule_classifier(r))
		return false;
	uint32_t answer = (uint32_t)1 << (r->n_clauses - 1);
	uint32_t rest = answer - 1;
	if (!near_of(c, &r->clauses[0], &p->match)->what.n)
		rest &= ~(uint32_t)1;
	return (p->found & rest) == rest && !(p->found & answer);
}

/* The words behind the match may still be on their way to being tokens. */
static bool is_readable(const struct combine_facts *c, const struct match *m)
{
	return c->text->final || token_end(m) <= c->text->n_tokens;
}

/* Is there, or may there be, more of the passage than the sentence? */
static bool has_lines(const struct combine_facts *c, const struct pending *p)
{
	const struct text *t = c->text;
	uint32_t sentence = p->match.sentence;
	if (rule_classifier(&c->policy->rules[p->rule]) ||
	    sentence >= t->n_sentences)
		return false;
	const struct sentence *s = &t->sentences[sentence];
	return s->passage != sentence ||
	    passage_last(t, sentence) != sentence ||
	    (s->closed && !passage_is_over(t, sentence));
}

/* Does a sentence that may still leave the passage stand at its end? */
static bool is_unsure(const struct combine_facts *c, struct stretch s)
{
	return s.last < c->text->n_sentences &&
	    c->text->sentences[s.last].unsure;
}

/* Look at what is new. False: something excuses the hit. */
static bool look_at_new(
    const struct combine_facts *c, struct pending *p, struct stretch stretch)
{
	uint64_t asks = c->policy->index->asks_for[p->rule];
	struct live_walk w = walk(c, stretch);
	w.seen = p->seen;
	while (live_walk_next(&w))
		if ((asks & index_bits(c->policy->index, w.match->detector)) &&
		    !look_at(c, p, w.match))
			return false;
	p->seen = (uint32_t)c->live->list.n;
	return true;
}

/* In its sentence; over its lines when p says so. *lacks: the answer is no
 * since something that is asked for does not stand there. */
static enum combine look_in_stretch(
    struct combine_facts *c, struct pending *p, bool *lacks)
{
	const struct rule *r = &c->policy->rules[p->rule];
	struct stretch stretch = stretch_of(c->text, p);
	*lacks = false;
	if (p->over_lines && is_unsure(c, stretch))
		return COMBINE_OPEN;
	if (!p->begun) {
		enum combine first = begin(c, p);
		if (first != COMBINE_OPEN)
			return first;
	}
	if (!look_at_new(c, p, stretch))
		return COMBINE_NO;
	bool all_there = is_over_for_rule(c, p, stretch);
	if (!all_found(c, p)) {
		const struct near *near = near_of(c, &r->clauses[0], &p->match);
		bool missed = near->what.n && !(p->found & 1) &&
		    window_is_over(c, &p->match, near);
		*lacks = all_there || missed;
		return *lacks ? COMBINE_NO : COMBINE_OPEN;
	}
	if (!all_there && (may_be_excused(c, r) || amount_is_open(c, p)))
		return COMBINE_OPEN;
	if (r->clauses[0].at_least > 1) {
		enum combine n = is_enough(c, p, r->clauses[0].at_least);
		if (n != COMBINE_YES)
			return n;
	}
	if (r->has_allowances)
		return COMBINE_YES;
	return combine_is_approved(c, p, 0) ? COMBINE_NO : COMBINE_YES;
}

enum combine combine_look(struct combine_facts *c, struct pending *p)
{
	bool lacks;
	if (!is_readable(c, &p->match))
		return COMBINE_OPEN;
	enum combine answer = look_in_stretch(c, p, &lacks);
	if (!lacks || p->over_lines || !has_lines(c, p))
		return answer;
	p->over_lines = true;
	p->begun = false;
	p->seen = p->found = 0;
	return look_in_stretch(c, p, &lacks);
}
