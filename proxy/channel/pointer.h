/*
 * pointer - where in a JSON document: RFC 6901 plus `*` (any member or
 * element), `-1` (last element), `[k=v]` behind a step (only objects whose
 * member k is v) and one `**` (any number of steps).
 *
 * A relative pointer ("message/content") is the same without the first slash;
 * it is matched below a node the caller names.
 */
#ifndef HANDRAIL_CHANNEL_POINTER_H
#define HANDRAIL_CHANNEL_POINTER_H

#include "proxy/wire/json.h"

#define POINTER_MAX_STEPS 16

enum pointer_step_kind {
	POINTER_KEY, /* a member, or an element by its number */
	POINTER_ANY,
	POINTER_LAST,
	POINTER_DEEP,
};

struct pointer_step {
	enum pointer_step_kind kind;
	char *key; /* POINTER_KEY, decoded */
	size_t key_len;
	char *filter_key, *filter_value; /* or NULL */
};

struct pointer {
	struct pointer_step *steps;
	size_t n_steps;
	size_t deep;   /* index of `**`, or n_steps */
	bool relative; /* written without the first slash */
	bool one;      /* keys alone: no document has two places for it */
};

/* 0, or -1 with *why a sentence fragment ("more than one **"). *out is clear
 * then. "" is the whole document. */
int pointer_parse(struct pointer *out, const char *text, const char **why)
    __attribute__((warn_unused_result));
void pointer_clear(struct pointer *);
/* Can the node be a member of that key? */
static inline bool pointer_may_be(const struct json_doc *doc,
    const struct json_node *n, const struct pointer_step *step)
{
	if (n->key_escaped || n->key_end == n->key_start)
		return true;
	return n->key_end - n->key_start - 2 == step->key_len &&
	    (step->key_len == 0 || doc->text[n->key_start + 1] == step->key[0]);
}

/* A comparison that refuses most nodes, before pointer_match: the last key of
 * the pointer is not as long as the node's, or its parent's, or begins
 * otherwise. */
static inline bool pointer_may_match(
    const struct pointer *p, const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	if (p->n_steps == 0)
		return true;
	const struct pointer_step *last = &p->steps[p->n_steps - 1];
	if (last->kind == POINTER_KEY)
		return pointer_may_be(doc, n, last);
	if (last->kind == POINTER_DEEP || p->n_steps == 1 ||
	    last[-1].kind != POINTER_KEY)
		return true;
	return n->parent != JSON_NONE &&
	    pointer_may_be(doc, &doc->nodes[n->parent], last - 1);
}
/* Does node stand at this pointer below base (0: the document)? */
bool pointer_match(const struct pointer *, const struct json_doc *,
    uint32_t base, uint32_t node);
/* The first such node after `after` (in document order; JSON_NONE: the first
 * of all), or JSON_NONE. */
uint32_t pointer_find(const struct pointer *, const struct json_doc *,
    uint32_t base, uint32_t after);

#endif
