/*
 * lexicon - see lexicon.h. States are placed breadth first; the children of
 * one go to the first place where all of them find a free slot. Where slots
 * have become rare the search does not begin any more.
 */
#include "rules/lexicon.h"

#include <stdlib.h>
#include <string.h>

#define BYTES 256u

/* A state whose children are to be placed: entries first..end begin with its
 * letters. */
struct open {
	uint32_t state, first, end, letters;
};

struct build {
	const struct lexicon_entry *entries;
	struct lexicon_state *states;
	size_t cap, used; /* states; behind the last one in use */
	size_t search;    /* where to look for free slots from */
	struct open *queue;
	size_t n_queue, cap_queue;
};

static int in_order(const void *a, const void *b)
{
	const struct lexicon_entry *x = a, *y = b;
	uint32_t n = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->bytes, y->bytes, n);
	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Slots up to n, and the bytes beyond them that may be looked at. */
static int reserve(struct build *b, size_t n)
{
	n += BYTES;
	if (n <= b->cap)
		return 0;
	size_t cap = b->cap ? b->cap : 4 * BYTES;
	while (cap < n)
		cap *= 2;
	if (cap > UINT32_MAX / 2)
		return -1;
	struct lexicon_state *p = realloc(b->states, cap * sizeof(*p));
	if (!p)
		return -1;
	for (size_t i = b->cap; i < cap; i++)
		p[i] = (struct lexicon_state){.parent = LEXICON_NONE};
	b->states = p;
	b->cap = cap;
	return 0;
}

static int push(struct build *b, const struct open *o)
{
	if (b->n_queue == b->cap_queue) {
		size_t cap = b->cap_queue ? b->cap_queue * 2 : 256;
		struct open *p = realloc(b->queue, cap * sizeof(*p));
		if (!p)
			return -1;
		b->queue = p;
		b->cap_queue = cap;
	}
	b->queue[b->n_queue++] = *o;
	return 0;
}

static bool is_free(const struct build *b, size_t slot)
{
	return slot != LEXICON_ROOT && b->states[slot].parent == LEXICON_NONE;
}

/* A base that finds all n children free slots; 0 when memory runs out. */
static uint32_t find_base(
    struct build *b, const unsigned char *children, size_t n)
{
	size_t slot = b->search > children[0] ? b->search : children[0] + 1u;
	size_t taken = 0, begin = slot;
	for (;; slot++) {
		if (reserve(b, slot + BYTES))
			return 0;
		size_t base = slot - children[0], i = 0;
		while (i < n && is_free(b, base + children[i]))
			i++;
		if (i == n)
			break;
		taken += i == 0;
	}
	if (taken * 20 >= (slot - begin + 1) * 19)
		b->search = slot;
	return (uint32_t)(slot - children[0]);
}

static unsigned char letter(const struct build *b, uint32_t entry, uint32_t i)
{
	return (unsigned char)b->entries[entry].bytes[i];
}

/* What ends at the state; the others go on. */
static uint32_t take_ends(struct build *b, const struct open *o)
{
	struct lexicon_state *s = &b->states[o->state];
	uint32_t i = o->first;
	for (; i < o->end && b->entries[i].len == o->letters; i++) {
		if (b->entries[i].prefix)
			s->prefix = b->entries[i].key;
		else
			s->word = b->entries[i].key;
	}
	return i;
}

static int place(struct build *b, struct open o)
{
	unsigned char children[BYTES];
	size_t n = 0;
	uint32_t first = take_ends(b, &o);
	for (uint32_t i = first; i < o.end; i++)
		if (!n || letter(b, i, o.letters) != children[n - 1])
			children[n++] = letter(b, i, o.letters);
	if (!n)
		return 0;
	uint32_t base = find_base(b, children, n);
	if (!base)
		return -1;
	b->states[o.state].base = base;
	for (size_t i = 0; i < n; i++) {
		struct open child = {.state = base + children[i],
		    .first = first,
		    .letters = o.letters + 1};
		while (
		    first < o.end && letter(b, first, o.letters) == children[i])
			first++;
		child.end = first;
		b->states[child.state].parent = o.state;
		if (child.state >= b->used)
			b->used = child.state + 1;
		if (push(b, &child))
			return -1;
	}
	return 0;
}

static int place_all(struct build *b, size_t n)
{
	const struct open root = {LEXICON_ROOT, 0, (uint32_t)n, 0};
	b->used = b->search = 1;
	if (reserve(b, 1) || push(b, &root))
		return -1;
	for (size_t i = 0; i < b->n_queue; i++)
		if (place(b, b->queue[i]))
			return -1;
	return 0;
}

const struct lexicon_state *lexicon_build(
    struct arena *a, struct lexicon_entry *entries, size_t n)
{
	struct build b = {.entries = entries};
	struct lexicon_state *states = NULL;
	if (n)
		qsort(entries, n, sizeof(*entries), in_order);
	if (n < UINT32_MAX && place_all(&b, n) == 0)
		states = arena_array(a, b.used + BYTES, sizeof(*states));
	if (states)
		memcpy(states, b.states, (b.used + BYTES) * sizeof(*states));
	free(b.states);
	free(b.queue);
	return states;
}
