/*
 * pattern_tree - see pattern_tree.h.
 *
 * Groups nest PATTERN_MAX_DEPTH deep at most, so reading them may call itself.
 */
#include "rules/pattern_reader.h"

#include <stdlib.h>
#include <string.h>

static uint32_t read_any(struct pattern_reader *r);

static bool failed(const struct pattern_reader *r)
{
	return r->refused || r->no_memory;
}

void pattern_refuse(struct pattern_reader *r, const char *why)
{
	if (!r->refused)
		r->refused = why;
}

/* ---- building ---- */

static void *grow(
    struct pattern_reader *r, void *items, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return items;
	size_t want = *cap ? *cap * 2 : 32;
	void *more = reallocarray(items, want, size);
	if (!more) {
		r->no_memory = true;
		return NULL;
	}
	*cap = want;
	return more;
}

uint32_t pattern_add_node(struct pattern_reader *r, struct pattern_node node)
{
	struct pattern_tree *t = r->tree;
	void *more = grow(r, t->nodes, t->n_nodes, &t->cap_nodes, sizeof(node));
	if (!more)
		return PATTERN_NO_NODE;
	t->nodes = more;
	t->nodes[t->n_nodes] = node;
	return (uint32_t)t->n_nodes++;
}

uint32_t pattern_add_item(struct pattern_reader *r, struct pattern_item item)
{
	struct pattern_tree *t = r->tree;
	void *more = grow(r, t->items, t->n_items, &t->cap_items, sizeof(item));
	if (!more)
		return PATTERN_NO_NODE;
	t->items = more;
	t->items[t->n_items] = item;
	return pattern_add_node(r,
	    (struct pattern_node){.kind = PATTERN_NODE_CHAR,
		.item = (uint32_t)t->n_items++,
		.shortest = 1,
		.longest = 1,
		.child = PATTERN_NO_NODE,
		.next = PATTERN_NO_NODE});
}

static uint32_t sum(uint32_t a, uint32_t b)
{
	return a > PATTERN_ENDLESS - b ? PATTERN_ENDLESS : a + b;
}

static uint32_t product(uint32_t a, uint32_t b)
{
	uint64_t p = (uint64_t)a * b;
	return p > PATTERN_ENDLESS ? PATTERN_ENDLESS : (uint32_t)p;
}

/* A chain of nodes under one of the given kind. */
struct chain {
	enum pattern_node_kind kind;
	uint32_t first, last, n;
	uint32_t shortest, longest;
	bool endless;
};

static void chain_add(struct pattern_reader *r, struct chain *c, uint32_t node)
{
	if (node == PATTERN_NO_NODE || failed(r))
		return;
	struct pattern_node *n = &r->tree->nodes[node];
	if (c->n == 0) {
		c->first = node;
		c->shortest = n->shortest;
		c->longest = n->longest;
	} else if (c->kind == PATTERN_NODE_ALL) {
		c->shortest = sum(c->shortest, n->shortest);
		c->longest = sum(c->longest, n->longest);
	} else {
		c->shortest =
		    n->shortest < c->shortest ? n->shortest : c->shortest;
		c->longest = n->longest > c->longest ? n->longest : c->longest;
	}
	if (c->n > 0)
		r->tree->nodes[c->last].next = node;
	c->last = node;
	c->n++;
	c->endless |= n->endless;
}

static uint32_t chain_end(struct pattern_reader *r, const struct chain *c)
{
	if (failed(r))
		return PATTERN_NO_NODE;
	if (c->n == 1)
		return c->first;
	return pattern_add_node(r,
	    (struct pattern_node){.kind = c->kind,
		.endless = c->endless,
		.shortest = c->shortest,
		.longest = c->longest,
		.child = c->n ? c->first : PATTERN_NO_NODE,
		.next = PATTERN_NO_NODE});
}

/* ---- groups ---- */

/* What may not stand behind "(?". */
static const char *refused_head(const struct pattern_reader *r)
{
	static const struct {
		const char *head, *why;
	} refused[] = {
	    {"C", "it calls out (?C)"},
	    {"R", "it calls itself (?R)"},
	    {"&", "it calls a group of its own (?&name)"},
	    {"P>", "it calls a group of its own (?P>name)"},
	    {"P=", "it refers back to what it matched (?P=name)"},
	    {"(", "it has a condition (?(...)...); write two patterns"},
	    {"#", "comments (?#...) are not needed; use why:"},
	    {"|", "branch reset (?|...) is not needed; use (?:...)"},
	    {">",
		"(?>...) only stops a search from going back, which this "
		"one never does; use (?:...)"},
	    {"*", "(?*...) is not supported; use (?=...)"},
	    {"<*", "(?<*...) is not supported; use (?<=...)"},
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (pattern_at(r, refused[i].head))
			return refused[i].why;
	char c = pattern_peek(r, 0), next = pattern_peek(r, 1);
	if (pattern_is_digit(c) ||
	    ((c == '+' || c == '-') && pattern_is_digit(next)))
		return "it calls a group of its own (?1)";
	return NULL;
}

/* (?i) (?i-s: (?^: ; leaves s at the ) or : behind. */
static void read_flags(struct pattern_reader *r)
{
	bool on = true;
	for (; r->s < r->end && *r->s != ')' && *r->s != ':'; r->s++) {
		switch (*r->s) {
		case '^':
			r->flags = (struct pattern_flags){0};
			break;
		case '-':
			on = false;
			break;
		case 'i':
			r->flags.caseless = on;
			break;
		case 's':
			r->flags.dot_all = on;
			break;
		case 'm':
			r->flags.lines = on;
			break;
		case 'n':
			break; /* nothing is captured anyway */
		case 'x':
			pattern_refuse(r, "(?x) is not supported");
			break;
		default:
			pattern_refuse(
			    r, "of options it may have (?i), (?m) and (?s)");
			break;
		}
	}
}

/* Skip the name of a group that captures: <name> or 'name'. */
static void skip_name(struct pattern_reader *r)
{
	char close = *r->s == '<' ? '>' : '\'';
	r->s++;
	while (r->s < r->end && *r->s != close)
		r->s++;
	if (r->s < r->end)
		r->s++;
}

static uint32_t close_group(struct pattern_reader *r, uint32_t inner)
{
	if (failed(r))
		return PATTERN_NO_NODE;
	if (pattern_peek(r, 0) != ')') {
		pattern_refuse(r, "a ( is not closed");
		return PATTERN_NO_NODE;
	}
	r->s++;
	return inner;
}

static uint32_t read_look(struct pattern_reader *r, bool behind)
{
	bool negative = pattern_peek(r, behind) == '!';
	r->s += behind ? 2 : 1;
	if (r->looking) {
		pattern_refuse(r,
		    "it looks around ((?=...) and the like) inside "
		    "what looks around; write two patterns");
		return PATTERN_NO_NODE;
	}
	r->looking = true;
	uint32_t inner = close_group(r, read_any(r));
	r->looking = false;
	if (inner == PATTERN_NO_NODE)
		return inner;
	const struct pattern_node *n = &r->tree->nodes[inner];
	return pattern_add_node(r,
	    (struct pattern_node){.kind = PATTERN_NODE_LOOK,
		.behind = behind,
		.negative = negative,
		.endless = n->endless,
		.child = inner,
		.next = PATTERN_NO_NODE});
}

/* Behind "(?". Options of this group end with it, but (?i) alone goes on to
 * the end of the group around it. */
static uint32_t read_special(
    struct pattern_reader *r, struct pattern_flags *outer)
{
	const char *why = refused_head(r);
	if (why) {
		pattern_refuse(r, why);
		return PATTERN_NO_NODE;
	}
	char c = pattern_peek(r, 0), next = pattern_peek(r, 1);
	if (c == '=' || c == '!')
		return read_look(r, false);
	if (c == '<' && (next == '=' || next == '!'))
		return read_look(r, true);
	if (c == 'P' && next == '<')
		r->s++;
	if (*r->s == '<' || *r->s == '\'') {
		skip_name(r);
	} else {
		read_flags(r);
		if (pattern_peek(r, 0) == ')') {
			*outer = r->flags;
			r->s++;
			return chain_end(
			    r, &(struct chain){.kind = PATTERN_NODE_ALL});
		}
		r->s++;
	}
	return close_group(r, read_any(r));
}

static uint32_t read_group(struct pattern_reader *r)
{
	struct pattern_flags outer = r->flags;
	uint32_t node = PATTERN_NO_NODE;
	r->s++;
	if (pattern_peek(r, 0) == '*')
		pattern_refuse(r, "it has a (*VERB)");
	else if (r->depth == PATTERN_MAX_DEPTH)
		pattern_refuse(r, "its groups are nested too deeply");
	if (failed(r))
		return node;
	r->depth++;
	if (pattern_peek(r, 0) == '?') {
		r->s++;
		node = read_special(r, &outer);
	} else {
		node = close_group(r, read_any(r));
	}
	r->depth--;
	r->flags = outer;
	return node;
}

/* ---- repeats ---- */

/* {2} {2,} {2,5}: 0 when the brace stands for itself, else its length. */
static size_t read_bounds(
    const struct pattern_reader *r, uint32_t *min, uint32_t *max)
{
	const char *p = r->s + 1;
	uint32_t bounds[2] = {0, 0};
	for (unsigned i = 0; i < 2; i++) {
		const char *first = p;
		while (p < r->end && pattern_is_digit(*p) && bounds[i] < 100000)
			bounds[i] = bounds[i] * 10 + (uint32_t)(*p++ - '0');
		bool some = p > first;
		if (i == 0 && !some)
			return 0;
		if (p >= r->end)
			return 0;
		if (i == 0 && *p == ',') {
			p++;
			continue;
		}
		if (*p != '}')
			return 0;
		*min = bounds[0];
		*max = i == 0 ? bounds[0] : some ? bounds[1] : PATTERN_ENDLESS;
		return (size_t)(p + 1 - r->s);
	}
	return 0;
}

/* At a repeat: its length, 0: there is none. */
static size_t repeat_at(
    const struct pattern_reader *r, uint32_t *min, uint32_t *max)
{
	*min = pattern_peek(r, 0) == '+';
	*max = PATTERN_ENDLESS;
	switch (pattern_peek(r, 0)) {
	case '*':
	case '+':
		return 1;
	case '?':
		*max = 1;
		return 1;
	case '{':
		return read_bounds(r, min, max);
	default:
		return 0;
	}
}

static void check_repeat(
    struct pattern_reader *r, const struct pattern_node *n, uint32_t max)
{
	if (n->kind == PATTERN_NODE_ASSERT || n->kind == PATTERN_NODE_LOOK)
		pattern_refuse(r,
		    "it repeats what has no length, such as \\b or "
		    "(?=...)");
	if (max != PATTERN_ENDLESS)
		return;
	if (n->endless)
		pattern_refuse(r,
		    "it repeats a group that already repeats without "
		    "end, such as (a+)+: that can take for ever");
	if (n->shortest == 0)
		pattern_refuse(r,
		    "it repeats without end what may be empty, such as "
		    "(a?)*; leave the ? out");
}

static uint32_t read_repeat(struct pattern_reader *r, uint32_t node)
{
	uint32_t min, max;
	size_t len = repeat_at(r, &min, &max);
	if (len == 0 || node == PATTERN_NO_NODE || failed(r))
		return node;
	check_repeat(r, &r->tree->nodes[node], max);
	r->s += len;
	bool lazy = pattern_peek(r, 0) == '?';
	r->s += lazy;
	if (pattern_peek(r, 0) == '+')
		pattern_refuse(r,
		    "a++ only stops a search from going back, which "
		    "this one never does; write a+");
	uint32_t again[2];
	if (repeat_at(r, &again[0], &again[1]))
		pattern_refuse(r,
		    "two repeats follow each other; put the first in "
		    "(?:...)");
	const struct pattern_node *n = &r->tree->nodes[node];
	return pattern_add_node(r,
	    (struct pattern_node){.kind = PATTERN_NODE_REPEAT,
		.lazy = lazy,
		.endless = n->endless || max == PATTERN_ENDLESS,
		.min = min,
		.max = max,
		.shortest = product(n->shortest, min),
		.longest = product(n->longest, max),
		.child = node,
		.next = PATTERN_NO_NODE});
}

/* ---- the whole ---- */

static uint32_t read_atom(struct pattern_reader *r)
{
	switch (*r->s) {
	case '\\':
		return pattern_read_escape(r);
	case '[':
		return pattern_read_class(r);
	case '(':
		return read_group(r);
	case '.':
		return pattern_read_dot(r);
	case '^':
		r->s++;
		return pattern_add_assert(
		    r, r->flags.lines ? PATTERN_LINE_START : PATTERN_START);
	case '$':
		r->s++;
		return pattern_add_assert(
		    r, r->flags.lines ? PATTERN_LINE_END : PATTERN_LAST_END);
	default:
		return pattern_read_literal(r);
	}
}

static uint32_t read_all(struct pattern_reader *r)
{
	struct chain all = {.kind = PATTERN_NODE_ALL, .first = PATTERN_NO_NODE};
	while (r->s < r->end && *r->s != '|' && *r->s != ')' && !failed(r))
		chain_add(r, &all, read_repeat(r, read_atom(r)));
	return chain_end(r, &all);
}

static uint32_t read_any(struct pattern_reader *r)
{
	struct chain any = {.kind = PATTERN_NODE_ANY, .first = PATTERN_NO_NODE};
	chain_add(r, &any, read_all(r));
	while (pattern_peek(r, 0) == '|' && !failed(r)) {
		r->s++;
		chain_add(r, &any, read_all(r));
	}
	return chain_end(r, &any);
}

enum pattern_tree_err pattern_tree_read(
    struct pattern_tree *t, const char *source, size_t len, const char **why)
{
	struct pattern_reader r = {.tree = t, .s = source, .end = source + len};
	*t = (struct pattern_tree){0};
	*why = NULL;
	t->root = read_any(&r);
	if (!failed(&r) && r.s < r.end)
		pattern_refuse(&r, "a ) closes nothing");
	if (!failed(&r))
		return PATTERN_TREE_OK;
	pattern_tree_clear(t);
	*why = r.refused;
	return r.no_memory ? PATTERN_TREE_ERR_MEMORY : PATTERN_TREE_ERR_REFUSED;
}

void pattern_tree_clear(struct pattern_tree *t)
{
	free(t->nodes);
	free(t->items);
	*t = (struct pattern_tree){0};
}
