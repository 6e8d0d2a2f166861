/*
 * phrase - the walk of many beginnings through the trie (phrase.h).
 *
 * For every token the keys it answers to are looked up once (lexicon.h): its
 * folded form and its other reading, each as an exact word and as every prefix
 * the policy uses. Then each living beginning moves on, waits inside its gap,
 * or dies. The list of the living stays ordered by where they began, so that of
 * two beginnings that reach the same place the earlier one is kept.
 */
#include "rules/index.h"
#include "rules/passage.h"
#include "rules/phrase_walk.h"
#include "rules/policy.h"

#include <stdlib.h>
#include <string.h>

#define MAX_KEYS (2 * (TRIE_MAX_PREFIX_BYTES + 1))

struct keys {
	uint32_t items[MAX_KEYS];
	size_t n;
};

struct walk {
	struct phrase_walk on;
	size_t n_next; /* in scan->spare */
	struct keys keys;
};

void phrase_scan_init(struct phrase_scan *s)
{
	*s = (struct phrase_scan){0};
}

void phrase_scan_clear(struct phrase_scan *s)
{
	free(s->alive);
	free(s->spare);
	phrase_spelled_clear(&s->spelled);
	*s = (struct phrase_scan){0};
}

void phrase_scan_reset(struct phrase_scan *s)
{
	s->next_token = 0;
	s->n_alive = 0;
}

/* Every key a reading of a token answers to, the shortest first. */
static void find_keys(
    const struct phrases *p, const char *word, size_t len, struct keys *out)
{
	const struct lexicon_state *states = p->words;
	uint32_t at = LEXICON_ROOT;
	for (size_t i = 0; i < len; i++) {
		if (!lexicon_step(states, &at, word[i]))
			return;
		if (states[at].prefix)
			out->items[out->n++] = states[at].prefix;
	}
	if (states[at].word)
		out->items[out->n++] = states[at].word;
}

uint32_t phrase_find_child(const struct phrases *p, uint32_t node, uint32_t key)
{
	uint32_t i = trie_edge_slot(node, key, p->edge_mask);
	for (; p->edges[i].child != TRIE_NONE; i = (i + 1) & p->edge_mask)
		if (p->edges[i].node == node && p->edges[i].key == key)
			return p->edges[i].child;
	return TRIE_NONE;
}

int phrase_reserve(struct phrase_partial **list, size_t *cap, size_t n)
{
	if (n <= *cap)
		return 0;
	size_t more = *cap ? *cap : 16;
	while (more < n)
		more *= 2;
	struct phrase_partial *p = realloc(*list, more * sizeof(*p));
	if (!p)
		return -1;
	*list = p;
	*cap = more;
	return 0;
}

int phrase_emit(
    const struct phrase_walk *w, const struct phrase_partial *p, uint32_t end)
{
	const struct trie_node *n = &w->trie->nodes[p->node];
	struct match m = {
	    .start = p->start,
	    .end = end,
	    .first_token = p->first_token,
	    .n_tokens = (uint32_t)w->at - p->first_token + 1,
	    .sentence = w->text->tokens[p->first_token].sentence,
	};
	const uint32_t *said = w->trie->accepts + n->accept;
	const uint32_t *end_said = said + n->n_accept;
	if (w->index) {
		said = w->index->told + w->index->told_at[p->node];
		end_said = w->index->told + w->index->told_at[p->node + 1];
	}
	for (; said < end_said; said++) {
		m.detector = *said;
		if (matches_add(w->out, &m))
			return -1;
	}
	return 0;
}

static const struct token *token_of(const struct walk *w)
{
	return &w->on.text->tokens[w->on.at];
}

/* In a gap's passage, and the gap not used up. */
bool phrase_gap_goes_on(
    const struct phrase_walk *w, const struct phrase_partial *p)
{
	const struct token *k = &w->text->tokens[w->at];
	const struct sentence *s = w->text->sentences;
	return p->gap_left && s[p->sentence].passage == s[k->sentence].passage;
}

/*
 * gap_left counts places left to look at: the words of the gap and the word
 * behind it.
 */
struct phrase_partial phrase_into_gap(
    const struct phrase_walk *w, const struct phrase_partial *p)
{
	return (struct phrase_partial){
	    .node = w->trie->nodes[p->node].gap,
	    .first_token = p->first_token,
	    .start = p->start,
	    .sentence = w->text->tokens[w->at].sentence,
	    .gap_left = PHRASE_GAP_WORDS + 1,
	};
}

static bool is_behind(
    const struct phrase_partial *a, const struct phrase_partial *b)
{
	return a->start != b->start ? a->start > b->start : a->node > b->node;
}

static int by_first(const void *a, const void *b)
{
	return is_behind(a, b) - is_behind(b, a);
}

void phrase_put_in_order(struct phrase_scan *s)
{
	if (s->n_alive > 1)
		qsort(s->alive, s->n_alive, sizeof(*s->alive), by_first);
}

/* Will be alive, in order: nearly all come in it. */
static int keep(struct walk *w, const struct phrase_partial *p)
{
	struct phrase_scan *s = w->on.scan;
	if (w->n_next == s->cap_spare &&
	    phrase_reserve(&s->spare, &s->cap_spare, w->n_next + 1))
		return -1;
	size_t i = w->n_next++;
	for (; i > 0 && is_behind(&s->spare[i - 1], p); i--)
		s->spare[i] = s->spare[i - 1];
	s->spare[i] = *p;
	return 0;
}

/* from has read the token at hand and stands on node. */
static int reach(
    struct walk *w, uint32_t node, const struct phrase_partial *from)
{
	const struct trie_node *n = &w->on.trie->nodes[node];
	const struct phrase_partial p = {.node = node,
	    .first_token = from->first_token,
	    .start = from->start};
	if (n->n_accept && phrase_emit(&w->on, &p, token_of(w)->end))
		return -1;
	if (n->words && keep(w, &p))
		return -1;
	if (n->gap == TRIE_NONE)
		return 0;
	const struct phrase_partial gap = phrase_into_gap(&w->on, &p);
	return keep(w, &gap);
}

/* Has none that began before it the same place? Where one goes, all would. */
static bool is_first(const struct walk *w, size_t partial)
{
	const struct phrase_partial *alive = w->on.scan->alive;
	for (size_t i = 0; i < partial; i++)
		if (alive[i].node == alive[partial].node &&
		    (!alive[i].gap_left ||
			phrase_gap_goes_on(&w->on, &alive[i])))
			return false;
	return true;
}

static int step_partial(struct walk *w, size_t partial)
{
	const struct phrase_partial *p = &w->on.scan->alive[partial];
	if (p->gap_left && !phrase_gap_goes_on(&w->on, p))
		return 0;
	for (size_t i = 0; i < w->keys.n; i++) {
		uint32_t to =
		    phrase_child(w->on.trie, p->node, w->keys.items[i]);
		if (to != TRIE_NONE && is_first(w, partial) && reach(w, to, p))
			return -1;
	}
	unsigned spent = token_of(w)->kind != TOKEN_SYMBOL;
	if (p->gap_left <= spent)
		return 0;
	struct phrase_partial on = *p;
	on.gap_left -= spent;
	return keep(w, &on);
}

static int step_root(struct walk *w)
{
	const struct phrase_partial from = {
	    .first_token = (uint32_t)w->on.at, .start = token_of(w)->start};
	for (size_t i = 0; i < w->keys.n; i++) {
		uint32_t to = w->on.trie->from_root[w->keys.items[i]];
		if (to != TRIE_NONE && reach(w, to, &from))
			return -1;
	}
	return 0;
}

static void swap_lists(struct phrase_scan *s, size_t n_alive)
{
	struct phrase_partial *items = s->alive;
	size_t cap = s->cap_alive;
	s->alive = s->spare;
	s->cap_alive = s->cap_spare;
	s->n_alive = n_alive;
	s->spare = items;
	s->cap_spare = cap;
}

/* A word that stands in no phrase: what waits in a gap waits on. */
static void pass_word(struct walk *w)
{
	struct phrase_scan *s = w->on.scan;
	unsigned spent = token_of(w)->kind != TOKEN_SYMBOL;
	size_t n = 0;
	for (size_t i = 0; i < s->n_alive; i++) {
		struct phrase_partial *p = &s->alive[i];
		if (p->gap_left <= spent || !phrase_gap_goes_on(&w->on, p))
			continue;
		s->alive[n] = *p;
		s->alive[n++].gap_left -= spent;
	}
	s->n_alive = n;
}

/* Those of the other reading that are not known from the first. */
static void find_other_keys(struct walk *w)
{
	const struct token *k = token_of(w);
	struct keys other;
	size_t n = w->keys.n;
	other.n = 0;
	find_keys(w->on.trie, w->on.text->alt + k->alt, k->alt_len, &other);
	for (size_t i = 0; i < other.n; i++) {
		size_t same = 0;
		while (same < n && w->keys.items[same] != other.items[i])
			same++;
		if (same == n)
			w->keys.items[w->keys.n++] = other.items[i];
	}
}

static int step(struct walk *w)
{
	struct phrase_scan *s = w->on.scan;
	const struct text *t = w->on.text;
	const struct token *k = token_of(w);
	if (k->n_letters)
		return phrase_spell(&w->on);
	w->keys.n = 0;
	find_keys(w->on.trie, text_fold(t, k), k->fold_len, &w->keys);
	if (k->alt_len)
		find_other_keys(w);
	if (!w->keys.n) {
		pass_word(w);
		return 0;
	}
	w->n_next = 0;
	for (size_t i = 0; i < s->n_alive; i++)
		if (step_partial(w, i))
			return -1;
	if (step_root(w))
		return -1;
	swap_lists(s, w->n_next);
	return 0;
}

static bool is_dead(const struct phrase_partial *p, const struct text *t)
{
	if (t->final)
		return true;
	return p->gap_left && passage_is_over(t, p->sentence) &&
	    t->sentences[passage_last(t, p->sentence)].closed;
}

int phrase_scan(struct phrase_scan *s, const struct text *t,
    const struct guard_policy *policy, struct matches *out, size_t *alive_from)
{
	*alive_from = SIZE_MAX;
	if (!policy->phrases)
		return 0;
	struct walk w = {.on = {
			     .scan = s,
			     .text = t,
			     .trie = policy->phrases,
			     .index = policy->index,
			     .out = out,
			 }};
	for (; s->next_token < t->n_tokens; s->next_token++) {
		w.on.at = s->next_token;
		if (step(&w))
			return -1;
	}
	for (size_t i = 0; i < s->n_alive; i++) {
		if (is_dead(&s->alive[i], t))
			continue;
		*alive_from = s->alive[i].start;
		break; /* ordered by where they began */
	}
	return 0;
}

size_t phrase_scan_alive(const struct phrase_scan *s, const struct text *t,
    const struct phrases *p, bool (*holds)(void *arg, uint32_t detector),
    void *arg)
{
	for (size_t i = 0; i < s->n_alive; i++) {
		const struct phrase_partial *a = &s->alive[i];
		const struct trie_node *n = &p->nodes[a->node];
		if (is_dead(a, t))
			continue;
		/* What a node has accepted is a match, no longer alive. */
		uint32_t from = n->accept + n->n_accept;
		for (uint32_t k = from; k < n->subtree_end; k++)
			if (holds(arg, p->accepts[k]))
				return a->start;
	}
	return SIZE_MAX;
}
