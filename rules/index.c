/*
 * index - see index.h. Lists are counted first and filled in a second round,
 * both by the same walk over the rules.
 */
#include "rules/index.h"
#include "rules/number_start.h"
#include "rules/pattern_wake.h"
#include "rules/text.h"

#include <assert.h>
#include <string.h>

struct build {
	struct guard_policy *policy;
	struct index *index;
	bool fill; /* second round */
};

static void put(const struct build *b, struct index_rules *list, uint32_t rule)
{
	if (b->fill) {
		/* A rule may name a detector twice. */
		if (list->n && list->rules[list->n - 1] == rule)
			return;
		list->rules[list->n] = rule;
	}
	list->n++;
}

/* The detectors are looked for in what the rule's speaker says. */
static void put_heard(
    const struct build *b, uint32_t rule, const struct any_of *any)
{
	uint16_t *heard = &b->index->heard[b->policy->rules[rule].info.speaker];
	for (size_t i = 0; i < any->n; i++)
		*heard |= (uint16_t)(1u
		    << b->policy->detectors[any->detectors[i]].kind);
}

static void put_kinds(
    const struct build *b, const struct any_of *any, uint32_t rule)
{
	bool has[DETECTOR_KINDS] = {false};
	put_heard(b, rule, any);
	for (size_t i = 0; i < any->n; i++)
		has[b->policy->detectors[any->detectors[i]].kind] = true;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++)
		if (has[kind])
			put(b, &b->index->kinds[kind], rule);
}

static void put_condition(
    const struct build *b, uint32_t rule, const struct any_of *any)
{
	put_heard(b, rule, any);
	for (size_t i = 0; i < any->n; i++) {
		uint32_t d = any->detectors[i];
		b->index->condition[d] = true;
		b->index->asks[rule] |=
		    (uint16_t)(1u << b->policy->detectors[d].kind);
		b->index->asks_for[rule] |= index_bit(d);
	}
}

/* What the detectors of a clause ask for themselves. */
static void put_contexts(
    const struct build *b, uint32_t rule, const struct any_of *any)
{
	for (size_t i = 0; i < any->n; i++)
		put_condition(b, rule,
		    &b->policy->detectors[any->detectors[i]].context.what);
}

static void put_conditions(const struct build *b, uint32_t rule)
{
	const struct rule *r = &b->policy->rules[rule];
	for (size_t i = 0; i < r->n_clauses; i++) {
		if (i)
			put_condition(b, rule, &r->clauses[i].what);
		put_contexts(b, rule, &r->clauses[i].what);
		put_condition(b, rule, &r->clauses[i].near.what);
	}
	for (size_t i = 0; i < r->n_unless; i++)
		put_condition(b, rule, &r->unless[i].beside);
}

static void put_allowances(const struct build *b, uint32_t id)
{
	const struct rule *r = &b->policy->rules[id];
	for (size_t i = 0; i < r->n_allowances; i++) {
		put_condition(b, id, &r->allowances[i].near.what);
		b->index->remembers |= r->allowances[i].sum != NULL;
	}
	if (r->has_allowances && r->repeats < b->policy->n_detectors) {
		put_heard(b, id, &(struct any_of){&r->repeats, 1});
		b->index->condition[r->repeats] = true;
	}
}

static void put_total(const struct build *b, uint32_t id)
{
	const struct total *t = &b->policy->rules[id].total;
	struct index *x = b->index;
	put(b, &x->totals, id);
	x->remembers |= t->over_conversation;
	for (size_t i = 0; i < t->n; i++) {
		uint32_t *slot = &x->scorer_of[t->adds[i]];
		if (*slot != INDEX_NO_SLOT)
			continue;
		*slot = (uint32_t)x->scorers.n;
		x->scorers.rules[x->scorers.n++] = t->adds[i];
	}
}

static void put_remembered(const struct build *b, uint32_t id)
{
	struct index *x = b->index;
	x->remembers = true;
	if (x->scorer_of[id] != INDEX_NO_SLOT)
		return;
	x->scorer_of[id] = (uint32_t)x->scorers.n;
	x->scorers.rules[x->scorers.n++] = id;
}

static void put_must(
    const struct build *b, uint32_t id, const struct must *must)
{
	struct index *x = b->index;
	for (size_t i = 0; i < must->n; i++) {
		const struct any_of *any = &must->all[i];
		put_heard(b, id, any);
		for (size_t k = 0; k < any->n; k++) {
			uint32_t *slot = &x->must_slot[any->detectors[k]];
			if (*slot == INDEX_NO_SLOT)
				*slot = (uint32_t)x->n_must_slots++;
		}
	}
	if (must->n && must->where == MUST_CONVERSATION) {
		put(b, &x->wordings, id);
		x->remembers = true;
	}
}

static void put_rule(const struct build *b, uint32_t id)
{
	const struct rule *r = &b->policy->rules[id];
	struct index *x = b->index;
	enum guard_action action = r->info.action;
	bool by_text = r->has_find || r->total.n || r->only;
	if (!by_text)
		put(b, &x->whole, id);
	else if (action == GUARD_PREPEND)
		put(b, &x->prepends, id);
	if (action == GUARD_ALLOW)
		put(b, &x->allows, id);
	for (size_t i = 0; i < r->n_allows; i++)
		put(b, &x->excused[r->allows[i]], id);
	put_conditions(b, id);
	put_allowances(b, id);
	if (r->total.n)
		put_total(b, id);
	x->heard[r->info.speaker] |= 1u << DETECTOR_PHRASES; /* negations */
	if (r->only) { /* looks at all there is */
		put(b, &x->onlys, id);
		x->heard[r->info.speaker] = UINT16_MAX;
	}
	if (rule_classifier(r))
		put(b, &x->classified, id);
	if (r->remembered)
		put_remembered(b, id);
	put_must(b, id, &r->must_say);
	put_must(b, id, &r->must_also_say);
	for (size_t i = 0; i < r->n_unless; i++)
		x->wants_customer |= r->unless[i].said_by_customer;
	if (!r->has_find)
		return;
	assert(r->n_clauses > 0 && r->n_clauses <= 32);
	const struct any_of *any = &r->clauses[0].what;
	put_kinds(b, any, id);
	for (size_t i = 0; i < any->n; i++)
		put(b, &x->hits[any->detectors[i]], id);
}

static int make_room(struct arena *a, struct index_rules *lists, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!lists[i].n)
			continue;
		lists[i].rules =
		    arena_array(a, lists[i].n, sizeof(*lists[i].rules));
		if (!lists[i].rules)
			return -1;
		lists[i].n = 0;
	}
	return 0;
}

static int build_lists(struct build *b)
{
	struct guard_policy *p = b->policy;
	struct index *x = b->index;
	struct arena *a = &p->arena;
	for (uint32_t i = 0; i < p->n_rules; i++)
		put_rule(b, i);
	if (make_room(a, x->hits, p->n_detectors) ||
	    make_room(a, x->excused, p->n_rules) ||
	    make_room(a, x->kinds, DETECTOR_KINDS) ||
	    make_room(a, &x->whole, 1) || make_room(a, &x->prepends, 1) ||
	    make_room(a, &x->allows, 1) || make_room(a, &x->totals, 1) ||
	    make_room(a, &x->onlys, 1) || make_room(a, &x->wordings, 1) ||
	    make_room(a, &x->classified, 1))
		return -1;
	b->fill = true;
	for (uint32_t i = 0; i < p->n_rules; i++)
		put_rule(b, i);
	return 0;
}

static int add_text(
    struct build *b, struct text *t, uint32_t detector, const char *s)
{
	struct index *x = b->index;
	if (!b->fill) {
		x->n_texts++;
		return 0;
	}
	text_reset(t);
	int err = text_feed(t, s, strlen(s));
	if (!err)
		err = text_end(t);
	/* What is not text or too long is never the message. */
	if (err)
		return err == TEXT_ERR_MEMORY ? -1 : 0;
	const char *folded = t->folded.bytes;
	size_t len = t->folded.len;
	while (len && folded[len - 1] == ' ')
		len--;
	for (; len && *folded == ' '; len--)
		folded++;
	const char *copy = arena_strndup(&b->policy->arena, folded, len);
	if (!copy)
		return -1;
	x->texts[x->n_texts++] = (struct index_text){detector, copy, len};
	return 0;
}

static int walk_texts(struct build *b, struct text *t)
{
	const struct guard_policy *p = b->policy;
	b->index->n_texts = 0;
	for (uint32_t d = 0; d < p->n_detectors; d++) {
		if (p->detectors[d].kind != DETECTOR_TEXT_IS)
			continue;
		for (const char *const *s = p->detectors[d].texts; *s; s++)
			if (add_text(b, t, d, *s))
				return -1;
	}
	return 0;
}

static int build_texts(struct build *b)
{
	struct text t = {0};
	b->fill = false;
	if (walk_texts(b, &t))
		return -1;
	if (!b->index->n_texts)
		return 0;
	b->index->texts = arena_array(
	    &b->policy->arena, b->index->n_texts, sizeof(*b->index->texts));
	if (!b->index->texts)
		return -1;
	if (text_init(&t, b->policy->limits.max_text_bytes))
		return -1;
	b->fill = true;
	int err = walk_texts(b, &t);
	text_clear(&t);
	return err;
}

static int build_addresses(struct build *b)
{
	const struct guard_policy *p = b->policy;
	const struct any_of *all = &p->of_kind[DETECTOR_ENTITY];
	for (size_t i = 0; i < all->n; i++)
		if (p->detectors[all->detectors[i]].entity ==
		    ENTITY_POSTAL_ADDRESS)
			return address_words_build(
			    &b->index->addresses, &b->policy->arena);
	return 0;
}

int index_build(struct guard_policy *p)
{
	struct arena *a = &p->arena;
	struct index *x = arena_alloc(a, sizeof(*x));
	if (!x)
		return -1;
	x->hits = arena_array(a, p->n_detectors, sizeof(*x->hits));
	x->must_slot = arena_array(a, p->n_detectors, sizeof(*x->must_slot));
	x->condition = arena_array(a, p->n_detectors, sizeof(*x->condition));
	x->excused = arena_array(a, p->n_rules, sizeof(*x->excused));
	x->asks = arena_array(a, p->n_rules, sizeof(*x->asks));
	x->asks_for = arena_array(a, p->n_rules, sizeof(*x->asks_for));
	x->scorer_of = arena_array(a, p->n_rules, sizeof(*x->scorer_of));
	x->scorers.rules =
	    arena_array(a, p->n_rules, sizeof(*x->scorers.rules));
	x->number_starts = number_start_words(a);
	if (!x->hits || !x->must_slot || !x->condition || !x->excused ||
	    !x->asks || !x->asks_for || !x->scorer_of || !x->scorers.rules ||
	    !x->number_starts)
		return -1;
	for (size_t i = 0; i < p->n_rules; i++)
		x->scorer_of[i] = INDEX_NO_SLOT;
	for (size_t i = 0; i < p->n_detectors; i++)
		x->must_slot[i] = INDEX_NO_SLOT;
	if (p->negation < p->n_detectors)
		x->condition[p->negation] = true;
	struct build b = {.policy = p, .index = x};
	if (build_addresses(&b) || build_lists(&b) || build_texts(&b) ||
	    index_build_sleep(p, x) || index_build_bundles(p, x) ||
	    pattern_wake_build(&x->patterns, p))
		return -1;
	p->index = x;
	return 0;
}
