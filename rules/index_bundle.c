/*
 * index_bundle - which detectors of phrases are found as one (index.h).
 *
 * "fee" may be a near word of a hundred rules, each with a detector of its own.
 * What only conditions ask about need not be told one by one: a bundle says
 * where the word stands, and whoever asks looks into the bundle.
 */
#include "rules/index.h"
#include "rules/phrase_trie.h"

#include <stdlib.h>

struct build {
	struct guard_policy *policy;
	struct index *index;
	bool *joins; /* by detector: it may be in a bundle */
	uint32_t *told, *told_at, *members;
	struct index_bundle *bundles;
	size_t n_told, n_members, n_bundles;
};

size_t index_says_bundle(
    const struct index *x, const struct any_of *any, uint32_t said)
{
	const struct any_of *of = &index_bundle_of(x, said)->of;
	size_t n = 0;
	for (size_t i = 0; i < any->n; i++) {
		size_t low = 0, high = of->n;
		while (low < high) {
			size_t mid = low + (high - low) / 2;
			if (of->detectors[mid] < any->detectors[i])
				low = mid + 1;
			else
				high = mid;
		}
		n += low < of->n && of->detectors[low] == any->detectors[i];
	}
	return n;
}

static void stays_alone(struct build *b, const struct any_of *any)
{
	for (size_t i = 0; i < any->n; i++)
		b->joins[any->detectors[i]] = false;
}

/* Who asks about more than whether it stands in a place. */
static void find_alone(struct build *b, const struct rule *r)
{
	for (size_t i = 1; i < r->n_clauses; i++) {
		if (!r->clauses[i].near.what.n)
			continue;
		stays_alone(b, &r->clauses[i].what);
		stays_alone(b, &r->clauses[i].near.what);
	}
	if (!r->only)
		return;
	for (size_t i = 0; i < r->only->n; i++)
		stays_alone(b, &r->only->topics[i].says);
	stays_alone(b, &r->only->small_talk);
}

static void find_joins(struct build *b)
{
	const struct guard_policy *p = b->policy;
	const struct index *x = b->index;
	for (uint32_t d = 0; d < p->n_detectors; d++)
		b->joins[d] = p->detectors[d].kind == DETECTOR_PHRASES &&
		    x->condition[d] && !x->hits[d].n && d != p->negation &&
		    x->must_slot[d] == INDEX_NO_SLOT;
	for (size_t i = 0; i < p->n_rules; i++)
		find_alone(b, &p->rules[i]);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* The rules that any of the members wakes, each once. */
static int put_wakes(struct build *b, struct index_bundle *bundle)
{
	const struct index_rules *wakes = b->index->wakes;
	struct index_rules *all = &bundle->wakes;
	size_t n = 0;
	for (size_t i = 0; i < bundle->of.n; i++)
		n += wakes[bundle->of.detectors[i]].n;
	all->rules = arena_array(&b->policy->arena, n, sizeof(*all->rules));
	if (!all->rules)
		return -1;
	n = 0;
	for (size_t i = 0; i < bundle->of.n; i++) {
		const struct index_rules *one = &wakes[bundle->of.detectors[i]];
		for (size_t k = 0; k < one->n; k++)
			all->rules[n++] = one->rules[k];
	}
	qsort(all->rules, n, sizeof(*all->rules), by_number);
	for (size_t i = 0; i < n; i++)
		if (!i || all->rules[i] != all->rules[i - 1])
			all->rules[all->n++] = all->rules[i];
	return 0;
}

static int put_bundle(struct build *b, const uint32_t *members, size_t n)
{
	struct index_bundle *bundle = &b->bundles[b->n_bundles++];
	bundle->of = (struct any_of){members, n};
	for (size_t i = 0; i < n; i++)
		bundle->bits |= index_bit(members[i]);
	return put_wakes(b, bundle);
}

/* What a phrase that ends at the node is found as. */
static int tell(struct build *b, const struct trie_node *node)
{
	const uint32_t *accepts = b->policy->phrases->accepts + node->accept;
	uint32_t *members = b->members + b->n_members;
	size_t n = 0;
	for (size_t i = 0; i < node->n_accept; i++) {
		if (b->joins[accepts[i]])
			members[n++] = accepts[i];
		else
			b->told[b->n_told++] = accepts[i];
	}
	if (n == 1)
		b->told[b->n_told++] = members[0];
	if (n < 2)
		return 0;
	b->told[b->n_told++] = b->index->first_bundle + (uint32_t)b->n_bundles;
	b->n_members += n;
	return put_bundle(b, members, n);
}

static int tell_all(struct build *b)
{
	const struct phrases *trie = b->policy->phrases;
	for (size_t i = 0; i < trie->n_nodes; i++) {
		b->told_at[i] = (uint32_t)b->n_told;
		if (tell(b, &trie->nodes[i]))
			return -1;
	}
	b->told_at[trie->n_nodes] = (uint32_t)b->n_told;
	return 0;
}

int index_build_bundles(struct guard_policy *p, struct index *x)
{
	struct build b = {.policy = p, .index = x};
	const struct phrases *trie = p->phrases;
	x->first_bundle = (uint32_t)p->n_detectors;
	if (!trie)
		return 0;
	size_t n_told = trie->n_accepts, n_nodes = trie->n_nodes;
	b.joins = calloc(p->n_detectors + 1, sizeof(*b.joins));
	b.told = arena_array(&p->arena, n_told, sizeof(*b.told));
	b.told_at = arena_array(&p->arena, n_nodes + 1, sizeof(*b.told_at));
	b.members = arena_array(&p->arena, n_told, sizeof(*b.members));
	b.bundles = arena_array(&p->arena, n_nodes, sizeof(*b.bundles));
	int err = -1;
	if (b.joins && b.told && b.told_at && b.members && b.bundles) {
		find_joins(&b);
		err = tell_all(&b);
	}
	free(b.joins);
	x->told = b.told;
	x->told_at = b.told_at;
	x->bundles = b.bundles;
	return err;
}
