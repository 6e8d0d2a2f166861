/* pattern_program - see pattern_program.h. */
#include "rules/pattern_program.h"

#include "rules/glyph.h"

#include <stdlib.h>
#include <string.h>

struct builder {
	struct pattern_program *p;
	const struct pattern_tree *tree;
	size_t cap_steps, cap_branches;
	uint32_t looks[PATTERN_MAX_LOOKS]; /* their nodes */
	const char *refused;
	bool no_memory;
};

static bool failed(const struct builder *b)
{
	return b->refused || b->no_memory;
}

static void *grow(
    struct builder *b, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t want = *cap ? *cap * 2 : 16;
	void *more = reallocarray(items, want, size);
	b->no_memory |= !more;
	if (more)
		*cap = want;
	return more;
}

static uint32_t here(const struct builder *b)
{
	return (uint32_t)b->p->n_steps;
}

/* Its place; 0 after a failure, when nobody looks any more. */
static uint32_t add(struct builder *b, enum pattern_op op, uint32_t x)
{
	struct pattern_program *p = b->p;
	if (p->n_steps == PATTERN_MAX_STEPS)
		b->refused = "it is too large when its repeats are written "
			     "out; make {n,m} smaller";
	if (failed(b))
		return 0;
	void *more =
	    grow(b, p->steps, p->n_steps, &b->cap_steps, sizeof(*p->steps));
	if (!more)
		return 0;
	p->steps = more;
	p->steps[p->n_steps] = (struct pattern_step){.op = op, .x = x};
	return (uint32_t)p->n_steps++;
}

/* ---- steps ---- */

static void emit(struct builder *b, uint32_t node);

static void emit_all(struct builder *b, uint32_t child)
{
	for (; child != PATTERN_NO_NODE && !failed(b);
	     child = b->tree->nodes[child].next)
		emit(b, child);
}

/* Jumps to a place that is not known yet are chained by their x. */
static void settle_jumps(struct builder *b, uint32_t last)
{
	while (last != UINT32_MAX && !failed(b)) {
		uint32_t before = b->p->steps[last].x;
		b->p->steps[last].x = here(b);
		last = before;
	}
}

static void emit_any(struct builder *b, uint32_t child)
{
	uint32_t jumps = UINT32_MAX;
	for (; child != PATTERN_NO_NODE && !failed(b);
	     child = b->tree->nodes[child].next) {
		if (b->tree->nodes[child].next == PATTERN_NO_NODE) {
			emit(b, child);
			break;
		}
		uint32_t split = add(b, PATTERN_SPLIT, here(b) + 1);
		emit(b, child);
		jumps = add(b, PATTERN_JUMP, jumps);
		if (!failed(b))
			b->p->steps[split].y = here(b);
	}
	settle_jumps(b, jumps);
}

/* Point a split into the repeat and out of it; lazy: rather out. */
static void aim(
    struct builder *b, uint32_t split, uint32_t in, uint32_t out, bool lazy)
{
	if (failed(b))
		return;
	b->p->steps[split].x = lazy ? out : in;
	b->p->steps[split].y = lazy ? in : out;
}

static void emit_repeat(struct builder *b, const struct pattern_node *n)
{
	uint32_t last = 0;
	for (uint32_t i = 0; i < n->min && !failed(b); i++) {
		last = here(b);
		emit(b, n->child);
	}
	if (n->max == PATTERN_ENDLESS) {
		uint32_t skip = 0;
		if (n->min == 0) {
			skip = add(b, PATTERN_SPLIT, 0);
			last = here(b);
			emit(b, n->child);
		}
		uint32_t again = add(b, PATTERN_SPLIT, 0);
		aim(b, again, last, here(b), n->lazy);
		if (n->min == 0)
			aim(b, skip, last, here(b), n->lazy);
		return;
	}
	/* (x(x(x)?)?)?: the splits out are chained by their y */
	uint32_t out = UINT32_MAX;
	for (uint32_t i = n->min; i < n->max && !failed(b); i++) {
		uint32_t split = add(b, PATTERN_SPLIT, 0);
		if (!failed(b))
			b->p->steps[split].y = out;
		out = split;
		emit(b, n->child);
	}
	while (out != UINT32_MAX && !failed(b)) {
		uint32_t before = b->p->steps[out].y;
		aim(b, out, out + 1, here(b), n->lazy);
		out = before;
	}
}

static void emit_look(struct builder *b, uint32_t node)
{
	struct pattern_program *p = b->p;
	if (p->n_looks == PATTERN_MAX_LOOKS) {
		b->refused = "it looks around too often ((?=...) and the like)";
		return;
	}
	b->looks[p->n_looks] = node;
	add(b, PATTERN_LOOK, (uint32_t)p->n_looks++);
}

static void emit(struct builder *b, uint32_t node)
{
	const struct pattern_node *n = &b->tree->nodes[node];
	switch (n->kind) {
	case PATTERN_NODE_CHAR:
		add(b, PATTERN_CHAR, n->item);
		break;
	case PATTERN_NODE_ASSERT:
		add(b, PATTERN_ASSERT, n->assert);
		break;
	case PATTERN_NODE_LOOK:
		emit_look(b, node);
		break;
	case PATTERN_NODE_ALL:
		emit_all(b, n->child);
		break;
	case PATTERN_NODE_ANY:
		emit_any(b, n->child);
		break;
	case PATTERN_NODE_REPEAT:
		emit_repeat(b, n);
		break;
	}
}

/* ---- what looks around ---- */

static void add_branch(struct builder *b, uint32_t node)
{
	struct pattern_program *p = b->p;
	const struct pattern_node *n = &b->tree->nodes[node];
	if (n->shortest != n->longest) {
		b->refused = "(?<=...) has to look back over a fixed number of "
			     "characters; write each alternative out";
		return;
	}
	void *more = grow(b, p->branches, p->n_branches, &b->cap_branches,
	    sizeof(*p->branches));
	if (!more)
		return;
	p->branches = more;
	p->branches[p->n_branches++] =
	    (struct pattern_branch){here(b), n->shortest};
	emit(b, node);
	add(b, PATTERN_MATCH, 0);
}

static void add_behind(
    struct builder *b, struct pattern_look *look, uint32_t child)
{
	const struct pattern_node *n = &b->tree->nodes[child];
	look->first = (uint32_t)b->p->n_branches;
	if (n->kind != PATTERN_NODE_ANY) {
		add_branch(b, child);
	} else {
		for (uint32_t c = n->child; c != PATTERN_NO_NODE && !failed(b);
		     c = b->tree->nodes[c].next)
			add_branch(b, c);
	}
	look->n = (uint32_t)b->p->n_branches - look->first;
}

static void add_looks(struct builder *b)
{
	for (size_t i = 0; i < b->p->n_looks && !failed(b); i++) {
		const struct pattern_node *n = &b->tree->nodes[b->looks[i]];
		struct pattern_look *look = &b->p->looks[i];
		*look = (struct pattern_look){.behind = n->behind,
		    .negative = n->negative,
		    .endless = n->endless,
		    .first = here(b)};
		if (n->behind) {
			add_behind(b, look, n->child);
		} else {
			emit(b, n->child);
			add(b, PATTERN_MATCH, 0);
		}
	}
}

/* ---- sets ---- */

static void set_has(struct pattern_set *s, uint32_t c)
{
	s->ascii[c / 32] |= 1u << c % 32;
}

static enum pattern_chars_err set_ask(struct pattern_set *s,
    const struct pattern_item *item, const char *text, size_t len,
    struct pattern_asker *asker)
{
	enum pattern_chars_err err =
	    pattern_chars_new(&s->ask, text, len, item->caseless);
	for (uint32_t c = 0; c < 128 && !err; c++) {
		char byte = (char)c;
		int has = pattern_chars_have(s->ask, asker, &byte, 1);
		if (has < 0)
			err = PATTERN_CHARS_ERR_MEMORY;
		else if (has)
			set_has(s, c);
	}
	return err;
}

static bool is_letter(uint32_t c)
{
	return c < 128 && (c | 32) >= 'a' && (c | 32) <= 'z';
}

static enum pattern_chars_err make_set(struct pattern_set *s,
    const struct pattern_item *item, struct pattern_asker *asker)
{
	char text[sizeof("\\") + GLYPH_MAX_UTF8];
	if (!item->single)
		return set_ask(s, item, item->text, item->len, asker);
	/* Letters such as k have a third form that is not ASCII, but none that
	 * stands in the plain view. */
	if (item->cp < 128 && (!item->caseless || is_letter(item->cp))) {
		set_has(s, item->cp);
		if (item->caseless)
			set_has(s, item->cp ^ 32);
		return PATTERN_CHARS_OK;
	}
	if (item->cp < 128) {
		set_has(s, item->cp);
		return PATTERN_CHARS_OK;
	}
	if (!item->caseless) {
		s->cp = item->cp;
		return PATTERN_CHARS_OK;
	}
	size_t len = glyph_encode((int32_t)item->cp, text);
	return set_ask(s, item, text, len, asker);
}

static enum pattern_chars_err make_sets(struct builder *b)
{
	const struct pattern_item word = {.text = "\\w", .len = 2};
	struct pattern_program *p = b->p;
	const struct pattern_tree *t = b->tree;
	struct pattern_asker *asker = pattern_asker_new();
	p->sets = calloc(t->n_items + 1, sizeof(*p->sets));
	enum pattern_chars_err err =
	    asker && p->sets ? PATTERN_CHARS_OK : PATTERN_CHARS_ERR_MEMORY;
	for (size_t i = 0; i <= t->n_items && !err; i++) {
		p->n_sets = i + 1;
		err = make_set(
		    &p->sets[i], i < t->n_items ? &t->items[i] : &word, asker);
	}
	p->word = (uint32_t)t->n_items;
	pattern_asker_free(asker);
	return err;
}

/* ---- where a match may begin ---- */

static void begins_with(struct pattern_program *p, const struct pattern_set *s)
{
	for (uint32_t c = 0; c < 128; c++)
		p->first[c] |= s->ascii[c / 32] >> c % 32 & 1;
	char utf8[GLYPH_MAX_UTF8];
	if (s->cp && glyph_encode((int32_t)s->cp, utf8))
		p->first[(unsigned char)utf8[0]] = true;
	for (unsigned c = 0xC2; s->ask && c < 0xF5; c++)
		p->first[c] = true;
}

static int find_first(struct pattern_program *p)
{
	bool *seen = calloc(p->n_steps, sizeof(*seen));
	uint32_t *todo = calloc(2 * p->n_steps + 1, sizeof(*todo));
	size_t n = 1; /* the first step */
	while (seen && todo && n > 0) {
		uint32_t at = todo[--n];
		const struct pattern_step *s = &p->steps[at];
		if (seen[at])
			continue;
		seen[at] = true;
		switch ((enum pattern_op)s->op) {
		case PATTERN_CHAR:
			begins_with(p, &p->sets[s->x]);
			break;
		case PATTERN_SPLIT:
			todo[n++] = s->y;
			todo[n++] = s->x;
			break;
		case PATTERN_JUMP:
			todo[n++] = s->x;
			break;
		case PATTERN_ASSERT:
		case PATTERN_LOOK:
			todo[n++] = at + 1;
			break;
		case PATTERN_MATCH:
			break;
		}
	}
	bool good = seen && todo;
	free(seen);
	free(todo);
	return good ? 0 : -1;
}

enum pattern_program_err pattern_program_make(struct pattern_program *p,
    const struct pattern_tree *tree, const char **why)
{
	struct builder b = {.p = p, .tree = tree};
	*p = (struct pattern_program){0};
	*why = NULL;
	emit(&b, tree->root);
	add(&b, PATTERN_MATCH, 0);
	add_looks(&b);
	if (!failed(&b)) {
		p->endless = tree->nodes[tree->root].longest == PATTERN_ENDLESS;
		enum pattern_chars_err err = make_sets(&b);
		b.no_memory |= err == PATTERN_CHARS_ERR_MEMORY;
		if (err == PATTERN_CHARS_ERR_REFUSED)
			b.refused = "one of its [...] or \\ escapes cannot "
				    "stand alone";
	}
	if (!failed(&b) && find_first(p))
		b.no_memory = true;
	if (failed(&b)) {
		pattern_program_clear(p);
		*why = b.refused;
		return b.no_memory ? PATTERN_PROGRAM_ERR_MEMORY
				   : PATTERN_PROGRAM_ERR_REFUSED;
	}
	pattern_fixed_find(p, tree);
	return PATTERN_PROGRAM_OK;
}

void pattern_program_clear(struct pattern_program *p)
{
	for (size_t i = 0; i < p->n_sets; i++)
		pattern_chars_free(p->sets[i].ask);
	free(p->sets);
	free(p->steps);
	free(p->branches);
	*p = (struct pattern_program){0};
}
