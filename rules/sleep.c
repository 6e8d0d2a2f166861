/* sleep - see sleep.h. */
#include "rules/sleep.h"
#include "rules/machine.h"

#include <stdlib.h>

#define NEWEST_WAKERS 8u

static void wakers_reset(struct wakers *w)
{
	w->n = 0;
	for (size_t i = 0; i < LIVE_CHAINS; i++)
		w->chains[i] = (struct waker_chain){.last = LIVE_END};
}

void sleepers_reset(struct sleepers *s)
{
	s->n = 0;
	wakers_reset(&s->wakers);
}

void sleepers_clear(struct sleepers *s)
{
	free(s->items);
	free(s->wakers.items);
	*s = (struct sleepers){0};
	sleepers_reset(s);
}

static const struct rule *rule_of(const struct machine *m, uint32_t rule)
{
	return &m->policy->rules[rule];
}

/* Is the sleeper's match one of the detector's? */
static bool is_of(
    const struct machine *m, const struct sleeper *s, uint32_t detector)
{
	if (!s->value)
		return s->match.detector == detector;
	const struct detector *d = &m->policy->detectors[detector];
	return d->kind == DETECTOR_NUMBER &&
	    number_matches(&d->number, &s->match);
}

/* Its detector of the rule's first clause from the i-th on; DETECTOR_NONE:
 * there is none. */
static uint32_t next_detector(
    const struct machine *m, const struct sleeper *s, uint32_t rule, size_t *i)
{
	const struct any_of *what = &rule_of(m, rule)->clauses[0].what;
	while (*i < what->n) {
		uint32_t detector = what->detectors[(*i)++];
		if (is_of(m, s, detector))
			return detector;
	}
	return DETECTOR_NONE;
}

/* ---- waking ---- */

static struct waker_chain *chain_of(struct wakers *w, uint32_t sentence)
{
	return &w->chains[sentence % LIVE_CHAINS];
}

/* There is room for it. */
static void chain(struct wakers *w, uint32_t sentence, uint32_t detector)
{
	struct waker_chain *c = chain_of(w, sentence);
	w->items[w->n] = (struct waker){sentence, detector, c->last};
	c->last = (uint32_t)w->n++;
	c->kinds |= index_bit(detector);
}

/* Is there one, among the newest? Two of a kind do no harm, they only cost. */
static bool has_waker(struct wakers *w, uint32_t sentence, uint32_t detector)
{
	const struct waker_chain *c = chain_of(w, sentence);
	if (!(c->kinds & index_bit(detector)))
		return false;
	uint32_t i = c->last;
	for (unsigned n = 0; i != LIVE_END && n < NEWEST_WAKERS; n++) {
		if (w->items[i].sentence == sentence &&
		    w->items[i].detector == detector)
			return true;
		i = w->items[i].before;
	}
	return false;
}

/* May what stands in two sentences be asked about together? If it may once, it
 * may always. */
static bool are_together(const struct text *t, uint32_t a, uint32_t b)
{
	uint32_t before = a < b ? a : b, behind = a < b ? b : a;
	return a == b ||
	    (behind < t->n_sentences &&
		t->sentences[behind].together <= before);
}

/* The wakers of the sentences that may be asked about together with one, from
 * the newest of the first on. */
struct waker_walk {
	const struct machine *m;
	uint32_t of, sentence, next;
};

static struct waker_walk walk_wakers(struct machine *m, uint32_t of)
{
	const struct text *t = &m->text;
	uint32_t first = of < t->n_sentences ? t->sentences[of].together : of;
	uint32_t next = chain_of(&m->sleepers.wakers, first)->last;
	return (struct waker_walk){m, of, first, next};
}

static bool next_sentence(struct waker_walk *w)
{
	const struct text *t = &w->m->text;
	uint32_t to = ++w->sentence;
	if (to > w->of && (to >= t->n_sentences || !are_together(t, w->of, to)))
		return false;
	w->next = w->m->sleepers.wakers.chains[to % LIVE_CHAINS].last;
	return true;
}

/* NULL: no more. */
static const struct waker *next_waker(struct waker_walk *w)
{
	do {
		while (w->next != LIVE_END) {
			const struct waker *waker =
			    &w->m->sleepers.wakers.items[w->next];
			w->next = waker->before;
			if (waker->sentence == w->sentence)
				return waker;
		}
	} while (next_sentence(w));
	return NULL;
}

/* Has an older waker woken the rule for the sleeper? */
static bool is_awake(struct machine *m, uint32_t rule, const struct sleeper *s,
    const struct waker *waker)
{
	const struct any_of *wakers = index_wakers(rule_of(m, rule));
	struct waker_walk walk = walk_wakers(m, s->match.sentence);
	const struct waker *old;
	while ((old = next_waker(&walk)))
		if (old < waker &&
		    index_says(m->policy->index, wakers, old->detector))
			return true;
	return false;
}

static int wake(struct machine *m, const struct sleeper *s, uint32_t rule)
{
	struct match match = s->match;
	size_t i = 0;
	if (scope_mode(&m->scope, rule) == GUARD_OFF)
		return 0;
	while (
	    (match.detector = next_detector(m, s, rule, &i)) != DETECTOR_NONE)
		if (machine_add_pending(m, rule, &match))
			return -1;
	return 0;
}

static bool has_rule(const struct index_rules *ascending, uint32_t rule)
{
	size_t low = 0, high = ascending->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (ascending->rules[mid] < rule)
			low = mid + 1;
		else
			high = mid;
	}
	return low < ascending->n && ascending->rules[low] == rule;
}

/* Both may stand in one passage: wake the rules that ask for both, by the
 * shorter list. */
static int join(
    struct machine *m, const struct sleeper *s, const struct waker *waker)
{
	const struct index_rules *wakes =
	    index_wakes(m->policy->index, waker->detector);
	bool by_waker = wakes->n < s->rules->n;
	const struct index_rules *rules = by_waker ? wakes : s->rules;
	for (size_t i = 0; i < rules->n; i++) {
		uint32_t rule = rules->rules[i];
		size_t from = 0;
		bool both = by_waker
		    ? next_detector(m, s, rule, &from) != DETECTOR_NONE
		    : has_rule(wakes, rule);
		if (both && !is_awake(m, rule, s, waker) && wake(m, s, rule))
			return -1;
	}
	return 0;
}

int sleep_add(struct machine *m, const struct match *match, bool value)
{
	struct sleepers *all = &m->sleepers;
	const struct index *x = m->policy->index;
	if (all->n == all->cap) {
		size_t cap = all->cap ? all->cap * 2 : 4;
		struct sleeper *p = realloc(all->items, cap * sizeof(*p));
		if (!p)
			return -1;
		all->items = p;
		all->cap = cap;
	}
	struct sleeper *s = &all->items[all->n++];
	*s = (struct sleeper){.match = *match,
	    .value = value,
	    .rules = value ? &x->values[match->detector]
			   : &x->asleep[match->detector]};
	struct waker_walk walk = walk_wakers(m, match->sentence);
	const struct waker *waker;
	while ((waker = next_waker(&walk)))
		if (join(m, s, waker))
			return -1;
	return 0;
}

static int grow(struct wakers *w)
{
	size_t cap = w->cap ? w->cap * 2 : 32;
	struct waker *p = realloc(w->items, cap * sizeof(*p));
	if (!p)
		return -1;
	w->items = p;
	w->cap = cap;
	return 0;
}

int sleep_wake(struct machine *m, const struct match *match)
{
	struct sleepers *all = &m->sleepers;
	struct wakers *w = &all->wakers;
	uint32_t detector = match->detector, sentence = match->sentence;
	/* Another one of a kind would find its rules awake. */
	if (!index_wakes(m->policy->index, detector)->n ||
	    has_waker(w, sentence, detector))
		return 0;
	if (w->n == w->cap && grow(w))
		return -1;
	chain(w, sentence, detector);
	for (size_t i = 0; i < all->n; i++)
		if (are_together(
			&m->text, all->items[i].match.sentence, sentence) &&
		    join(m, &all->items[i], &w->items[w->n - 1]))
			return -1;
	return 0;
}

void sleep_forget(struct machine *m)
{
	struct combine_facts facts = machine_facts(m);
	struct sleepers *all = &m->sleepers;
	size_t kept = 0;
	for (size_t i = 0; i < all->n; i++) {
		if (combine_is_over(&facts, all->items[i].match.sentence))
			continue;
		if (kept != i)
			all->items[kept] = all->items[i];
		kept++;
	}
	all->n = kept;
}

void sleep_filter(struct machine *m,
    bool (*keep)(const struct match *, const void *arg), const void *arg)
{
	struct wakers *w = &m->sleepers.wakers;
	size_t n = w->n;
	for (size_t i = 0; i < m->sleepers.n; i++)
		m->sleepers.items[i].as.seen = 0;
	wakers_reset(w);
	for (size_t i = 0; i < n; i++) {
		struct match match = {.sentence = w->items[i].sentence,
		    .detector = w->items[i].detector};
		if (keep(&match, arg))
			chain(w, match.sentence, match.detector);
	}
}

/* ---- holding ---- */

/* As the k-th rule that sleeps on it; false when its range is another. */
static bool begin(const struct machine *m, const struct sleeper *s, size_t k,
    struct pending *as)
{
	size_t from = 0;
	uint32_t rule = s->rules->rules[k];
	*as = (struct pending){.match = s->match, .rule = rule};
	as->match.detector = next_detector(m, s, rule, &from);
	return as->match.detector != DETECTOR_NONE;
}

/* What is awake has a pending, which holds for itself. */
static bool is_open(struct combine_facts *facts, struct pending *as)
{
	enum combine answer = combine_look(facts, as);
	return answer == COMBINE_OPEN || answer == COMBINE_NO_MEMORY;
}

static bool holds(
    struct machine *m, struct sleeper *s, struct combine_facts *facts)
{
	for (; s->asked < s->rules->n; s->asked++) {
		bool asks =
		    scope_withholds(&m->scope, s->rules->rules[s->asked]);
		if (asks && !s->begun)
			asks = s->begun = begin(m, s, s->asked, &s->as);
		if (asks && is_open(facts, &s->as))
			return true;
		s->begun = false;
	}
	return false;
}

size_t sleep_frontier(struct machine *m, size_t limit)
{
	struct combine_facts facts = machine_facts(m);
	for (size_t i = 0; i < m->sleepers.n; i++) {
		struct sleeper *s = &m->sleepers.items[i];
		if (s->match.start < limit && holds(m, s, &facts))
			limit = s->match.start;
	}
	return limit;
}

bool sleep_may_fire(
    struct machine *m, size_t byte, bool (*is)(struct machine *, size_t rule))
{
	struct combine_facts facts = machine_facts(m);
	for (size_t i = 0; i < m->sleepers.n; i++) {
		const struct sleeper *s = &m->sleepers.items[i];
		if (s->match.start > byte)
			continue;
		for (size_t k = s->asked; k < s->rules->n; k++) {
			struct pending as;
			if (is(m, s->rules->rules[k]) && begin(m, s, k, &as) &&
			    is_open(&facts, &as))
				return true;
		}
	}
	return false;
}
