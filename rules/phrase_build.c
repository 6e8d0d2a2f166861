/*
 * phrase_build - phrases in, trie out (phrase.h, phrase_trie.h).
 *
 * Phrase text is cut at its gaps; each part is read by text.c as a message
 * would be, after its stars have been taken out. A star must end a word: a
 * phrase that would silently match something else is refused.
 *
 * While building, nodes hang in lists of siblings and are found through one
 * hash of (parent, key); phrase_builder_finish numbers them depth first.
 */
#include "rules/phrase.h"
#include "rules/phrase_memo.h"
#include "rules/phrase_trie.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct build_node {
	uint32_t parent, key;
	uint32_t child, sibling; /* first child, next child of the parent */
	uint32_t accept;         /* first of its accepts, TRIE_NONE: none */
	uint32_t final;          /* its number in the finished trie */
};

struct build_accept {
	uint32_t detector, next;
};

struct build_key {
	uint32_t word, len; /* in words; len 0: the gap */
	bool prefix;
};

struct phrase_builder {
	struct build_node *nodes;
	struct build_accept *accepts;
	struct build_key *keys;
	char *words;
	uint32_t *key_slots, *node_slots; /* open addressing; 0: free */
	size_t n_nodes, cap_nodes, n_accepts, cap_accepts, n_keys, cap_keys;
	size_t words_len, words_cap;
	size_t key_slots_n, node_slots_n; /* powers of two */
	struct text text;
	uint32_t steps[PHRASE_MAX_WORDS * 2]; /* keys of the phrase at hand */
	size_t n_steps, n_gaps;
	struct phrase_memo memo[PHRASE_MEMO_SLOTS];
};

const char *phrase_err_text(enum phrase_err err)
{
	switch (err) {
	case PHRASE_OK:
		return "is good";
	case PHRASE_ERR_MEMORY:
		return "does not fit in memory";
	case PHRASE_ERR_EMPTY:
		return "has no word in it";
	case PHRASE_ERR_GAP:
		return "has a ... with no word on one side";
	case PHRASE_ERR_STAR:
		return "has a * that does not end a word";
	case PHRASE_ERR_INVISIBLE:
		return "has a character nobody can see";
	case PHRASE_ERR_LONG:
		return "is too long: 1024 bytes, 64 words, 8 gaps (...)";
	case PHRASE_ERR_NOT_UTF8:
		return "is not UTF-8";
	}
	return "cannot be used";
}

/* Make room for one more item of size bytes; 0, or -1 without memory. */
static int reserve(void **items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return 0;
	if (*cap > UINT32_MAX / 2 / size)
		return -1;
	size_t more = *cap ? *cap * 2 : 64;
	void *p = realloc(*items, more * size);
	if (!p)
		return -1;
	*items = p;
	*cap = more;
	return 0;
}

static int reserve_words(struct phrase_builder *b, size_t more)
{
	if (b->words_cap - b->words_len >= more)
		return 0;
	if (b->words_cap > UINT32_MAX / 4)
		return -1;
	size_t cap = b->words_cap ? b->words_cap * 2 : 4096;
	char *p = realloc(b->words, cap);
	if (!p)
		return -1;
	b->words = p;
	b->words_cap = cap;
	return 0;
}

static uint32_t key_hash(const char *word, size_t len, bool prefix)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)word[i]) * 16777619u;
	return prefix ? ~hash : hash;
}

static uint32_t *key_find(
    struct phrase_builder *b, const char *word, size_t len, bool prefix)
{
	uint32_t mask = (uint32_t)b->key_slots_n - 1;
	uint32_t hash = key_hash(word, len, prefix);
	uint32_t i = (hash ^ hash >> 15) & mask; /* the low bits are weak */
	for (; b->key_slots[i]; i = (i + 1) & mask) {
		const struct build_key *k = &b->keys[b->key_slots[i]];
		if (k->len == len && k->prefix == prefix &&
		    !memcmp(b->words + k->word, word, len))
			break;
	}
	return &b->key_slots[i];
}

static uint32_t *node_find(
    struct phrase_builder *b, uint32_t parent, uint32_t key)
{
	uint32_t mask = (uint32_t)b->node_slots_n - 1;
	uint32_t i = trie_edge_slot(parent, key, mask);
	for (; b->node_slots[i]; i = (i + 1) & mask) {
		const struct build_node *n = &b->nodes[b->node_slots[i]];
		if (n->parent == parent && n->key == key)
			break;
	}
	return &b->node_slots[i];
}

static int grow_key_slots(struct phrase_builder *b)
{
	if (b->n_keys < b->key_slots_n / 2)
		return 0;
	size_t n = b->key_slots_n ? b->key_slots_n * 2 : 256;
	uint32_t *slots = calloc(n, sizeof(*slots));
	if (!slots)
		return -1;
	free(b->key_slots);
	b->key_slots = slots;
	b->key_slots_n = n;
	for (uint32_t i = 1; i < b->n_keys; i++) {
		const struct build_key *k = &b->keys[i];
		*key_find(b, b->words + k->word, k->len, k->prefix) = i;
	}
	return 0;
}

static int grow_node_slots(struct phrase_builder *b)
{
	if (b->n_nodes < b->node_slots_n / 2)
		return 0;
	size_t n = b->node_slots_n ? b->node_slots_n * 2 : 256;
	uint32_t *slots = calloc(n, sizeof(*slots));
	if (!slots)
		return -1;
	free(b->node_slots);
	b->node_slots = slots;
	b->node_slots_n = n;
	for (uint32_t i = 1; i < b->n_nodes; i++)
		*node_find(b, b->nodes[i].parent, b->nodes[i].key) = i;
	return 0;
}

/* The key of a word, new or known; TRIE_NONE without memory. */
static uint32_t key_of(
    struct phrase_builder *b, const char *word, size_t len, bool prefix)
{
	if (grow_key_slots(b))
		return TRIE_NONE;
	uint32_t *slot = key_find(b, word, len, prefix);
	if (*slot)
		return *slot;
	if (reserve(
		(void **)&b->keys, b->n_keys, &b->cap_keys, sizeof(*b->keys)) ||
	    reserve_words(b, len))
		return TRIE_NONE;
	memcpy(b->words + b->words_len, word, len);
	b->keys[b->n_keys] =
	    (struct build_key){(uint32_t)b->words_len, (uint32_t)len, prefix};
	b->words_len += len;
	*slot = (uint32_t)b->n_keys;
	return (uint32_t)b->n_keys++;
}

static uint32_t child_of(
    struct phrase_builder *b, uint32_t parent, uint32_t key)
{
	if (grow_node_slots(b))
		return TRIE_NONE;
	uint32_t *slot = node_find(b, parent, key);
	if (*slot)
		return *slot;
	if (reserve((void **)&b->nodes, b->n_nodes, &b->cap_nodes,
		sizeof(*b->nodes)))
		return TRIE_NONE;
	uint32_t id = (uint32_t)b->n_nodes++;
	b->nodes[id] = (struct build_node){
	    parent, key, TRIE_NONE, b->nodes[parent].child, TRIE_NONE, 0};
	b->nodes[parent].child = id;
	*slot = id;
	return id;
}

static int accept(struct phrase_builder *b, uint32_t node, uint32_t detector)
{
	uint32_t *at = &b->nodes[node].accept;
	for (; *at != TRIE_NONE; at = &b->accepts[*at].next)
		if (b->accepts[*at].detector >= detector)
			break;
	if (*at != TRIE_NONE && b->accepts[*at].detector == detector)
		return 0;
	/* at may point into accepts, which may move: remember where. */
	bool inside = at != &b->nodes[node].accept;
	size_t where = inside ? (size_t)((char *)at - (char *)b->accepts) : 0;
	if (reserve((void **)&b->accepts, b->n_accepts, &b->cap_accepts,
		sizeof(*b->accepts)))
		return -1;
	if (inside)
		at = (uint32_t *)(void *)((char *)b->accepts + where);
	b->accepts[b->n_accepts] = (struct build_accept){detector, *at};
	*at = (uint32_t)b->n_accepts++;
	return 0;
}

struct phrase_builder *phrase_builder_new(void)
{
	struct phrase_builder *b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	if (text_init(&b->text, PHRASE_MAX_BYTES) ||
	    reserve((void **)&b->nodes, 0, &b->cap_nodes, sizeof(*b->nodes)) ||
	    reserve((void **)&b->keys, 0, &b->cap_keys, sizeof(*b->keys))) {
		phrase_builder_free(b);
		return NULL;
	}
	b->nodes[0] = (struct build_node){
	    TRIE_NONE, 0, TRIE_NONE, TRIE_NONE, TRIE_NONE, 0};
	b->n_nodes = 1;
	b->keys[0] = (struct build_key){0, 0, false};
	b->n_keys = 1;
	return b;
}

void phrase_builder_free(struct phrase_builder *b)
{
	if (!b)
		return;
	text_clear(&b->text);
	free(b->nodes);
	free(b->accepts);
	free(b->keys);
	free(b->words);
	free(b->key_slots);
	free(b->node_slots);
	free(b);
}

/* ---- reading one phrase ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes of a gap at s, or 0: three dots or more, or one U+2026. */
static size_t gap_at(const char *s, size_t len)
{
	size_t n = 0;
	while (n < len && s[n] == '.')
		n++;
	if (n >= 3)
		return n;
	return len >= 3 && !memcmp(s, "\xe2\x80\xa6", 3) ? 3 : 0;
}

/* The code point at s (well-formed or not), and its bytes. */
static uint32_t code_point(const char *s, size_t len, size_t *n)
{
	unsigned char c = (unsigned char)s[0];
	size_t want = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t cp = c & (want == 1 ? 0x7fu : 0x7fu >> want);
	*n = want < len ? want : len;
	for (size_t i = 1; i < *n; i++)
		cp = cp << 6 | ((unsigned char)s[i] & 0x3fu);
	return cp;
}

/* Characters that look like nothing and would never be typed on purpose. */
static bool is_invisible(uint32_t c)
{
	static const uint32_t ranges[][2] = {{0x00, 0x08}, {0x0b, 0x0c},
	    {0x0e, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f},
	    {0x61c, 0x61c}, {0x115f, 0x1160}, {0x17b4, 0x17b5},
	    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x202a, 0x202e},
	    {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},
	    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xe0000, 0xe0fff}};
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static bool has_invisible(const char *s, size_t len)
{
	for (size_t i = 0, n = 1; i < len; i += n, n = 1)
		if ((s[i] < ' ' || s[i] >= 0x7f) && /* hardly ever */
		    is_invisible(code_point(s + i, len - i, &n)))
			return true;
	return false;
}

static enum phrase_err add_step(struct phrase_builder *b, uint32_t key)
{
	if (key == TRIE_NONE)
		return PHRASE_ERR_MEMORY;
	if (b->n_steps == sizeof(b->steps) / sizeof(b->steps[0]) ||
	    (key == TRIE_KEY_GAP && b->n_gaps++ == PHRASE_MAX_GAPS))
		return PHRASE_ERR_LONG;
	b->steps[b->n_steps++] = key;
	return PHRASE_OK;
}

/* A part with its stars taken out; stars holds where they stood. */
struct part {
	char bytes[PHRASE_MAX_BYTES];
	size_t len;
	size_t stars[PHRASE_MAX_WORDS];
	size_t n_stars;
};

static enum phrase_err part_read(struct part *p, const char *s, size_t len)
{
	p->len = p->n_stars = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] != '*') {
			p->bytes[p->len++] = s[i];
			continue;
		}
		bool ends = i + 1 == len || is_space(s[i + 1]);
		if (i == 0 || is_space(s[i - 1]))
			return ends ? PHRASE_ERR_EMPTY : PHRASE_ERR_STAR;
		if (!ends)
			return PHRASE_ERR_STAR;
		if (p->n_stars == PHRASE_MAX_WORDS)
			return PHRASE_ERR_LONG;
		p->stars[p->n_stars++] = p->len;
	}
	return PHRASE_OK;
}

static enum phrase_err part_tokens(
    struct phrase_builder *b, const struct part *p)
{
	text_reset(&b->text);
	int err = text_feed(&b->text, p->bytes, p->len);
	if (!err)
		err = text_end(&b->text);
	switch (err) {
	case TEXT_OK:
		return b->text.n_tokens ? PHRASE_OK : PHRASE_ERR_EMPTY;
	case TEXT_ERR_NOT_UTF8:
		return PHRASE_ERR_NOT_UTF8;
	case TEXT_ERR_TOO_LONG:
		return PHRASE_ERR_LONG;
	}
	return PHRASE_ERR_MEMORY;
}

/* Which of the part's stars stands behind the next word. */
struct star {
	const struct part *part;
	size_t next;
};

static enum phrase_err add_word(
    struct phrase_builder *b, const struct token *k, struct star *star)
{
	const struct part *p = star->part;
	bool prefix = star->next < p->n_stars && p->stars[star->next] == k->end;
	star->next += prefix;
	if (prefix && k->fold_len > TRIE_MAX_PREFIX_BYTES)
		return PHRASE_ERR_LONG;
	return add_step(
	    b, key_of(b, text_fold(&b->text, k), k->fold_len, prefix));
}

/* One part between gaps: its words as steps. "Plan A B C" is four words. */
static enum phrase_err read_part(
    struct phrase_builder *b, const char *s, size_t len)
{
	struct part p;
	enum phrase_err err = part_read(&p, s, len);
	if (!err)
		err = part_tokens(b, &p);
	if (err)
		return err;
	struct star star = {.part = &p};
	for (size_t i = 0; i < b->text.n_tokens && !err; i++) {
		const struct token *k = &b->text.tokens[i];
		size_t n = k->n_letters ? k->n_letters : 1;
		if (k->n_letters)
			k = &b->text.letters[k->letters];
		for (size_t l = 0; l < n && !err; l++)
			err = add_word(b, &k[l], &star);
	}
	if (err)
		return err;
	return star.next == p.n_stars ? PHRASE_OK : PHRASE_ERR_STAR;
}

static enum phrase_err add_part(
    struct phrase_builder *b, const char *s, size_t len)
{
	uint32_t slot = key_hash(s, len, false) & (PHRASE_MEMO_SLOTS - 1);
	struct phrase_memo *m = &b->memo[slot];
	size_t from = b->n_steps;
	enum phrase_err err = PHRASE_OK;
	if (phrase_memo_is(m, s, len)) {
		for (size_t i = 0; i < m->n && !err; i++)
			err = add_step(b, m->steps[i]);
		return err;
	}
	err = read_part(b, s, len);
	if (!err)
		phrase_memo_keep(m, s, len, b->steps + from, b->n_steps - from);
	return err;
}

static enum phrase_err read_steps(
    struct phrase_builder *b, const char *s, size_t len)
{
	b->n_steps = b->n_gaps = 0;
	for (size_t i = 0, from = 0; i <= len; i++) {
		size_t gap = i < len ? gap_at(s + i, len - i) : 0;
		if (!gap && i < len)
			continue;
		enum phrase_err err = add_part(b, s + from, i - from);
		bool has_gap = gap || from;
		if (err == PHRASE_ERR_EMPTY && has_gap)
			return PHRASE_ERR_GAP;
		if (!err && gap)
			err = add_step(b, TRIE_KEY_GAP);
		if (err)
			return err;
		if (gap) {
			from = i + gap;
			i = from - 1;
		}
	}
	return PHRASE_OK;
}

enum phrase_err phrase_builder_add(
    struct phrase_builder *b, uint32_t detector, const char *text, size_t len)
{
	if (len > PHRASE_MAX_BYTES)
		return PHRASE_ERR_LONG;
	if (has_invisible(text, len))
		return PHRASE_ERR_INVISIBLE;
	enum phrase_err err = read_steps(b, text, len);
	if (err)
		return err;
	uint32_t node = TRIE_ROOT;
	for (size_t i = 0; i < b->n_steps; i++) {
		node = child_of(b, node, b->steps[i]);
		if (node == TRIE_NONE)
			return PHRASE_ERR_MEMORY;
	}
	return accept(b, node, detector) ? PHRASE_ERR_MEMORY : PHRASE_OK;
}

/* ---- the finished trie ---- */

struct finish {
	const struct phrase_builder *b;
	struct trie_node *nodes;
	uint32_t *accepts;
	uint32_t *from_root;
	struct trie_edge *edges;
	struct phrases *out;
};

static uint32_t power_above(size_t n)
{
	uint32_t p = 16;
	while (p < n)
		p *= 2;
	return p;
}

static int finish_keys(struct finish *f, struct arena *a)
{
	const struct phrase_builder *b = f->b;
	struct phrases *out = f->out;
	size_t n = b->n_keys - 1; /* without the gap */
	struct lexicon_entry *words = calloc(n + 1, sizeof(*words));
	f->from_root = arena_array(a, b->n_keys, sizeof(*f->from_root));
	for (uint32_t i = 0; words && i < n; i++) {
		const struct build_key *k = &b->keys[i + 1];
		words[i] = (struct lexicon_entry){
		    b->words + k->word, k->len, i + 1, k->prefix};
	}
	out->words = words ? lexicon_build(a, words, n) : NULL;
	free(words);
	if (!f->from_root || !out->words)
		return -1;
	for (size_t i = 0; i < b->n_keys; i++)
		f->from_root[i] = TRIE_NONE;
	out->from_root = f->from_root;
	out->n_keys = (uint32_t)b->n_keys;
	return 0;
}

static void finish_node(struct finish *f, uint32_t id)
{
	struct build_node *n = &f->b->nodes[id];
	struct phrases *out = f->out;
	n->final = out->n_nodes++;
	struct trie_node *t = &f->nodes[n->final];
	*t = (struct trie_node){out->n_accepts, 0, 0, TRIE_NONE, 0};
	for (uint32_t a = n->accept; a != TRIE_NONE; a = f->b->accepts[a].next)
		f->accepts[out->n_accepts++] = f->b->accepts[a].detector;
	t->n_accept = out->n_accepts - t->accept;
	if (id == TRIE_ROOT)
		return;
	uint32_t parent = f->b->nodes[n->parent].final;
	if (n->key == TRIE_KEY_GAP) {
		f->nodes[parent].gap = n->final;
		return;
	}
	f->nodes[parent].words |= trie_word_bit(n->key);
	if (parent == TRIE_ROOT) {
		f->from_root[n->key] = n->final;
		return;
	}
	uint32_t i = trie_edge_slot(parent, n->key, out->edge_mask);
	while (f->edges[i].child != TRIE_NONE)
		i = (i + 1) & out->edge_mask;
	f->edges[i] = (struct trie_edge){parent, n->key, n->final};
}

/* Down to the first child, else along to the next sibling, else up. */
static void finish_walk(struct finish *f)
{
	const struct build_node *nodes = f->b->nodes;
	uint32_t id = TRIE_ROOT;
	finish_node(f, id);
	for (;;) {
		if (nodes[id].child != TRIE_NONE) {
			id = nodes[id].child;
			finish_node(f, id);
			continue;
		}
		while (nodes[id].sibling == TRIE_NONE) {
			f->nodes[nodes[id].final].subtree_end =
			    f->out->n_accepts;
			if (id == TRIE_ROOT)
				return;
			id = nodes[id].parent;
		}
		f->nodes[nodes[id].final].subtree_end = f->out->n_accepts;
		id = nodes[id].sibling;
		finish_node(f, id);
	}
}

const struct phrases *phrase_builder_finish(
    struct phrase_builder *b, struct arena *a)
{
	struct finish f = {.b = b};
	uint32_t edges = power_above(b->n_nodes * 2);
	f.out = arena_alloc(a, sizeof(*f.out));
	f.nodes = arena_array(a, b->n_nodes, sizeof(*f.nodes));
	f.accepts = arena_array(a, b->n_accepts, sizeof(*f.accepts));
	f.edges = arena_array(a, edges, sizeof(*f.edges));
	if (!f.out || !f.nodes || !f.accepts || !f.edges)
		return NULL;
	for (uint32_t i = 0; i < edges; i++)
		f.edges[i].child = TRIE_NONE;
	f.out->edge_mask = edges - 1;
	if (finish_keys(&f, a))
		return NULL;
	finish_walk(&f);
	assert(f.out->n_nodes == b->n_nodes);
	f.out->nodes = f.nodes;
	f.out->accepts = f.accepts;
	f.out->edges = f.edges;
	return f.out;
}
