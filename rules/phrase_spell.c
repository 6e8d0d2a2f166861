/*
 * phrase_spell - phrases in letters that stand apart.
 *
 *     w e   a   r e f u n d   I   g u a r a n t e e      the letters
 *    0 1 2 3 4 5 6 7 8 9 ...                             places between them
 *
 * Nobody says where the words end, so each place keeps the beginnings that got
 * there, and from each place on every known word is read. A letter may always
 * be a word by itself ("Plan A B, I guarantee"). Letters joined must be six,
 * or all there are but one: "S-L-O-A-N-E" is no loan. What is said of letters
 * holds for the parts of a word with signs inside ("hidden_treasure"), too;
 * each counts as many as it has.
 *
 * A gap counts the whole token as one word. Cost: for each place as many looks
 * as the longest word that begins there has letters; a token has at most
 * TEXT_SPELLED_LETTERS.
 */
#include "rules/phrase_walk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SURE_LETTERS 6u    /* joined, they are a word wherever they stand */
#define LEFT_OVER 1u       /* or no more than this is left of all, ... */
#define LEFT_OVER_OF 3u    /* ... nothing if they are fewer than this */
#define ENDING_LETTERS 16u /* of a word known by its beginning */

struct spell {
	const struct phrase_walk *walk;
	struct phrase_spelled *s;
	const struct token *letters;
	size_t n;
	uint32_t at[TEXT_SPELLED_LETTERS + 1];    /* first partial of a place */
	uint16_t chars[TEXT_SPELLED_LETTERS + 1]; /* letters in front of it */
};

/* A known word: from a place to a place. */
struct spelled_word {
	uint32_t key;
	size_t from, to;
	size_t known; /* letters of it that the key says */
	bool prefix;
};

void phrase_spelled_clear(struct phrase_spelled *s)
{
	free(s->items);
	*s = (struct phrase_spelled){0};
}

static size_t letters_between(const struct spell *sp, size_t from, size_t to)
{
	return (size_t)sp->chars[to] - sp->chars[from];
}

static bool is_sure(const struct phrase_letters *p)
{
	return !p->joined || p->joined >= SURE_LETTERS;
}

static bool counts(const struct phrase_letters *p, size_t rest)
{
	size_t left = p->joined < LEFT_OVER_OF ? 0 : LEFT_OVER;
	return is_sure(p) || p->before + rest <= left;
}

static bool covers(
    const struct phrase_letters *a, const struct phrase_letters *b)
{
	return a->partial.node == b->partial.node &&
	    a->partial.start <= b->partial.start &&
	    a->partial.gap_left >= b->partial.gap_left &&
	    (is_sure(a) ||
		(!is_sure(b) && a->before <= b->before &&
		    a->joined >= b->joined)) &&
	    a->fresh >= b->fresh;
}

static int put(struct spell *sp, size_t place, const struct phrase_letters *p)
{
	struct phrase_spelled *s = sp->s;
	for (uint32_t i = sp->at[place]; i != TRIE_NONE; i = s->items[i].next)
		if (covers(&s->items[i], p))
			return 0;
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 32;
		struct phrase_letters *items =
		    realloc(s->items, cap * sizeof(*items));
		if (!items)
			return -1;
		s->items = items;
		s->cap = cap;
	}
	s->items[s->n] = *p;
	s->items[s->n].next = sp->at[place];
	sp->at[place] = (uint32_t)s->n++;
	return 0;
}

/* p has come to a place by a word: it stands there, and in the gap behind. */
static int arrive(
    struct spell *sp, const struct phrase_letters *p, size_t place)
{
	const struct trie_node *n = &sp->walk->trie->nodes[p->partial.node];
	if (put(sp, place, p))
		return -1;
	if (n->gap == TRIE_NONE)
		return 0;
	struct phrase_letters gap = *p;
	gap.partial = phrase_into_gap(sp->walk, &p->partial);
	gap.fresh = false;
	return put(sp, place, &gap);
}

/* Letters count as joined only if the word has more than one. */
static uint8_t joined(const struct spelled_word *w, uint8_t before)
{
	size_t n = w->to - w->from > 1 ? before + w->known : before;
	return n > UINT8_MAX ? UINT8_MAX : (uint8_t)n;
}

/* Is there a reason to read a word to this place? What only ends there is
 * found where the letters end. */
static bool is_of_use(
    const struct spell *sp, const struct spelled_word *w, uint32_t node)
{
	const struct trie_node *n = &sp->walk->trie->nodes[node];
	return !w->prefix || w->to == sp->n || n->words || n->gap != TRIE_NONE;
}

static int begin(struct spell *sp, const struct spelled_word *w)
{
	uint32_t to = sp->walk->trie->from_root[w->key];
	if (to == TRIE_NONE || !is_of_use(sp, w, to))
		return 0;
	struct phrase_letters p = {.partial = {.node = to,
				       .first_token = (uint32_t)sp->walk->at,
				       .start = sp->letters[w->from].start},
	    .joined = joined(w, 0),
	    .before = sp->chars[w->from],
	    .fresh = true,
	    .until_end = w->prefix};
	return arrive(sp, &p, w->to);
}

static int go_on(struct spell *sp, const struct spelled_word *w)
{
	uint32_t i = sp->at[w->from];
	for (; i != TRIE_NONE; i = sp->s->items[i].next) {
		struct phrase_letters p = sp->s->items[i];
		uint32_t to =
		    phrase_child(sp->walk->trie, p.partial.node, w->key);
		if (to == TRIE_NONE || !is_of_use(sp, w, to))
			continue;
		p.partial.node = to;
		p.partial.gap_left = 0;
		p.joined = joined(w, p.joined);
		p.fresh = true;
		p.until_end = w->prefix;
		p.paid = false;
		if (arrive(sp, &p, w->to))
			return -1;
	}
	return begin(sp, w);
}

/* A word known by its beginning ends at its last letter or later. */
static int read_prefix(struct spell *sp, struct spelled_word w)
{
	w.prefix = true;
	for (size_t to = w.to; to <= sp->n; to++) {
		if (to - w.to > ENDING_LETTERS && to < sp->n)
			continue;
		struct spelled_word longer = w;
		longer.to = to;
		if (go_on(sp, &longer))
			return -1;
	}
	return 0;
}

/* The key is the beginning of the word: a part of several letters is all of it,
 * where letters stand apart it may have more. */
static int read_beginning(struct spell *sp, const struct spelled_word *w)
{
	bool part = letters_between(sp, w->to - 1, w->to) > 1;
	return part ? go_on(sp, w) : read_prefix(sp, *w);
}

/* The letter as it is written, or in its other reading. */
static const char *letter_bytes(
    const struct spell *sp, size_t i, bool other, size_t *len)
{
	const struct token *l = &sp->letters[i];
	other = other && l->alt_len;
	*len = other ? l->alt_len : l->fold_len;
	return other ? sp->walk->text->alt + l->alt
		     : text_fold(sp->walk->text, l);
}

/* Every known word that begins at a place. */
static int read_from(struct spell *sp, size_t place, bool other)
{
	const struct lexicon_state *states = sp->walk->trie->words;
	uint32_t at = LEXICON_ROOT;
	for (size_t i = place; i < sp->n; i++) {
		size_t len;
		const char *s = letter_bytes(sp, i, other, &len);
		struct spelled_word w = {.from = place,
		    .to = i + 1,
		    .known = letters_between(sp, place, i + 1)};
		for (size_t k = 0; k < len; k++) {
			if (!lexicon_step(states, &at, s[k]))
				return 0;
			w.key = states[at].prefix;
			if (w.key && read_beginning(sp, &w))
				return -1;
		}
		w.key = states[at].word;
		if (w.key && go_on(sp, &w))
			return -1;
	}
	return 0;
}

/* The word all of it is in its other reading. */
static int read_all(struct spell *sp)
{
	const struct token *k = &sp->walk->text->tokens[sp->walk->at];
	const struct lexicon_state *states = sp->walk->trie->words;
	const char *s = sp->walk->text->alt + k->alt;
	uint32_t at = LEXICON_ROOT;
	struct spelled_word w = {
	    .to = sp->n, .known = letters_between(sp, 0, sp->n)};
	for (size_t i = 0; i < k->alt_len; i++)
		if (!lexicon_step(states, &at, s[i]))
			return 0;
	w.key = states[at].word;
	return w.key && k->alt_len ? go_on(sp, &w) : 0;
}

/* What waits in a gap passes a letter; the first costs a word. */
static int pass_letter(struct spell *sp, size_t place)
{
	uint32_t i = sp->at[place];
	for (; i != TRIE_NONE; i = sp->s->items[i].next) {
		struct phrase_letters p = sp->s->items[i];
		if (!p.partial.gap_left)
			continue;
		if (!p.paid)
			p.partial.gap_left--;
		p.paid = true;
		if (p.partial.gap_left && put(sp, place + 1, &p))
			return -1;
	}
	return 0;
}

/* Of all that say the same here, the one that began first says it. */
static bool is_first(const struct spell *sp, size_t place, uint32_t i)
{
	const struct phrase_letters *p = &sp->s->items[i];
	for (uint32_t k = sp->at[place]; k != TRIE_NONE;
	     k = sp->s->items[k].next) {
		const struct phrase_letters *q = &sp->s->items[k];
		if (k != i && q->fresh && q->partial.node == p->partial.node &&
		    counts(q, letters_between(sp, place, sp->n)) &&
		    (q->partial.start < p->partial.start ||
			(q->partial.start == p->partial.start && k < i)))
			return false;
	}
	return true;
}

static int emit_at(const struct spell *sp, size_t place)
{
	uint32_t i = sp->at[place];
	for (; i != TRIE_NONE; i = sp->s->items[i].next) {
		const struct phrase_letters *p = &sp->s->items[i];
		if (!p->fresh || (p->until_end && place < sp->n) ||
		    !counts(p, letters_between(sp, place, sp->n)) ||
		    !is_first(sp, place, i))
			continue;
		if (phrase_emit(
			sp->walk, &p->partial, sp->letters[place - 1].end))
			return -1;
	}
	return 0;
}

/* What was alive before the letters. */
static int enter(struct spell *sp)
{
	const struct phrase_scan *scan = sp->walk->scan;
	for (size_t i = 0; i <= sp->n; i++)
		sp->at[i] = TRIE_NONE;
	sp->s->n = 0;
	for (size_t i = 0; i < scan->n_alive; i++) {
		struct phrase_letters p = {.partial = scan->alive[i]};
		if (p.partial.gap_left &&
		    !phrase_gap_goes_on(sp->walk, &p.partial))
			continue;
		if (put(sp, 0, &p))
			return -1;
	}
	return 0;
}

/* What is alive behind them. */
static int leave(struct spell *sp)
{
	struct phrase_scan *scan = sp->walk->scan;
	scan->n_alive = 0;
	uint32_t i = sp->at[sp->n];
	for (; i != TRIE_NONE; i = sp->s->items[i].next) {
		const struct phrase_letters *p = &sp->s->items[i];
		const struct trie_node *n =
		    &sp->walk->trie->nodes[p->partial.node];
		if (!counts(p, 0) || (!p->partial.gap_left && !n->words))
			continue;
		if (phrase_reserve(
			&scan->alive, &scan->cap_alive, scan->n_alive + 1))
			return -1;
		scan->alive[scan->n_alive++] = p->partial;
	}
	phrase_put_in_order(scan);
	return 0;
}

/* How many letters each has; is there another reading of any? */
static bool count_letters(struct spell *sp)
{
	bool other = false;
	sp->chars[0] = 0;
	for (size_t i = 0; i < sp->n; i++) {
		const struct token *l = &sp->letters[i];
		const char *s = text_fold(sp->walk->text, l);
		uint16_t n = 0;
		for (size_t k = 0; k < l->fold_len; k++)
			n += ((unsigned char)s[k] & 0xC0) != 0x80;
		sp->chars[i + 1] = (uint16_t)(sp->chars[i] + n);
		other |= l->alt_len > 0;
	}
	return other;
}

int phrase_spell(struct phrase_walk *walk)
{
	const struct token *k = &walk->text->tokens[walk->at];
	struct spell sp = {.walk = walk,
	    .s = &walk->scan->spelled,
	    .letters = walk->text->letters + k->letters,
	    .n = k->n_letters};
	assert(sp.n <= TEXT_SPELLED_LETTERS);
	bool other = count_letters(&sp);
	if (enter(&sp) || read_all(&sp))
		return -1;
	for (size_t place = 0; place < sp.n; place++) {
		if (emit_at(&sp, place) || read_from(&sp, place, false) ||
		    (other && read_from(&sp, place, true)) ||
		    pass_letter(&sp, place))
			return -1;
	}
	return emit_at(&sp, sp.n) ? -1 : leave(&sp);
}
