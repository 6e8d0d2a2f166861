/*
 * pointer - matched from the node upwards, so that most nodes are refused by
 * one comparison of the last step. No recursion, no allocation in matching.
 */
#include "proxy/channel/pointer.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define MAX_PATH_NODES 160 /* deeper documents match no pointer */

/* ---- parsing ---- */

/* ~0 and ~1, in place. False: a stray ~. */
static bool unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (*s != '~') {
			*to++ = *s;
			continue;
		}
		s++;
		if (*s != '0' && *s != '1')
			return false;
		*to++ = *s == '0' ? '~' : '/';
	}
	*to = '\0';
	return true;
}

/* "[k=v]" at the end of the step: cut off and kept. */
static bool take_filter(struct pointer_step *step, char *text)
{
	char *open = strchr(text, '[');
	size_t len = strlen(text);

	if (open == NULL)
		return true;
	char *equals = strchr(open, '=');
	if (equals == NULL || equals == open + 1 || text[len - 1] != ']')
		return false;
	step->filter_key = mem_strndup(open + 1, (size_t)(equals - open) - 1);
	step->filter_value =
	    mem_strndup(equals + 1, len - (size_t)(equals - text) - 2);
	*open = '\0';
	return true;
}

static const char *parse_step(struct pointer *p, char *text)
{
	struct pointer_step *step = &p->steps[p->n_steps];

	*step = (struct pointer_step){.kind = POINTER_KEY};
	p->n_steps++;
	if (!take_filter(step, text))
		return "a condition is written [member=value]";
	if (strcmp(text, "**") == 0) {
		step->kind = POINTER_DEEP;
		if (step->filter_key != NULL)
			return "** takes no condition";
		if (p->deep != SIZE_MAX)
			return "more than one **";
		p->deep = p->n_steps - 1;
	} else if (strcmp(text, "*") == 0 ||
	    (*text == '\0' && step->filter_key != NULL)) {
		step->kind = POINTER_ANY;
	} else if (strcmp(text, "-1") == 0) {
		step->kind = POINTER_LAST;
	} else {
		if (!unescape(text))
			return "~ is written ~0";
		step->key = mem_strdup(text);
		step->key_len = strlen(text);
	}
	return NULL;
}

static const char *parse_steps(struct pointer *p, char *text)
{
	char *at = text;

	if (*text == '\0')
		return NULL;
	p->relative = *text != '/';
	if (!p->relative)
		at++;
	for (;;) {
		/* A slash inside a condition's value does not end the step. */
		char *end = at;
		while (*end != '\0' && *end != '/') {
			if (*end == '[' && strchr(end, ']') != NULL)
				end = strchr(end, ']');
			end++;
		}
		bool last = *end == '\0';
		*end = '\0';
		if (p->n_steps == POINTER_MAX_STEPS)
			return "more than 16 steps";
		const char *why = parse_step(p, at);
		if (why != NULL || last)
			return why;
		at = end + 1;
	}
}

int pointer_parse(struct pointer *out, const char *text, const char **why)
{
	char *copy = mem_strdup(text);

	*out = (struct pointer){
	    .steps = mem_array(POINTER_MAX_STEPS, sizeof *out->steps),
	    .deep = SIZE_MAX,
	};
	*why = parse_steps(out, copy);
	free(copy);
	if (out->deep == SIZE_MAX)
		out->deep = out->n_steps;
	out->one = true;
	for (size_t i = 0; i < out->n_steps; i++)
		out->one = out->one && out->steps[i].kind == POINTER_KEY;
	if (*why == NULL)
		return 0;
	pointer_clear(out);
	return -1;
}

void pointer_clear(struct pointer *p)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		free(p->steps[i].key);
		free(p->steps[i].filter_key);
		free(p->steps[i].filter_value);
	}
	free(p->steps);
	*p = (struct pointer){.steps = NULL};
}

/* ---- matching ---- */

static bool index_is(const struct json_node *n, const struct pointer_step *s)
{
	size_t value = 0;

	if (s->key_len == 0 || s->key_len > 9)
		return false;
	for (size_t i = 0; i < s->key_len; i++) {
		if (s->key[i] < '0' || s->key[i] > '9')
			return false;
		value = value * 10 + (size_t)(s->key[i] - '0');
	}
	return n->index == value;
}

static bool filter_fits(
    const struct json_doc *doc, uint32_t node, const struct pointer_step *s)
{
	if (s->filter_key == NULL)
		return true;
	struct span want = span_str(s->filter_value);
	uint32_t m = json_member(doc, node, span_str(s->filter_key));
	if (m == JSON_NONE)
		return false;
	return json_string_is(doc, m, want) ||
	    (doc->nodes[m].type != JSON_IS_STRING &&
		span_eq(json_raw(doc, m), want));
}

/* Does the node stand where the step leads, whatever its condition? */
static bool place_fits(
    const struct json_doc *doc, uint32_t node, const struct pointer_step *s)
{
	const struct json_node *n = &doc->nodes[node];

	if (n->parent == JSON_NONE)
		return false;
	bool in_object = doc->nodes[n->parent].type == JSON_IS_OBJECT;
	switch (s->kind) {
	case POINTER_KEY:
		return in_object
		    ? json_key_is(doc, node, (struct span){s->key, s->key_len})
		    : index_is(n, s);
	case POINTER_ANY:
		return true;
	case POINTER_LAST:
		return !in_object && n->next == JSON_NONE;
	case POINTER_DEEP:
		break;
	}
	return false;
}

static bool step_fits(
    const struct json_doc *doc, uint32_t node, const struct pointer_step *s)
{
	return place_fits(doc, node, s) && filter_fits(doc, node, s);
}

/* Steps from..to against the nodes that end at *node, upwards. Conditions are
 * looked at last: most nodes stand elsewhere. */
static bool steps_fit(const struct pointer *p, const struct json_doc *doc,
    size_t from, size_t to, uint32_t *node)
{
	uint32_t at = *node;

	for (size_t i = to; i > from; i--) {
		if (at == JSON_NONE || !place_fits(doc, at, &p->steps[i - 1]))
			return false;
		at = doc->nodes[at].parent;
	}
	for (; to > from; to--) {
		if (!filter_fits(doc, *node, &p->steps[to - 1]))
			return false;
		*node = doc->nodes[*node].parent;
	}
	return true;
}

bool pointer_match(const struct pointer *p, const struct json_doc *doc,
    uint32_t base, uint32_t node)
{
	uint32_t path[MAX_PATH_NODES];
	size_t n = 0;

	if (!pointer_may_match(p, doc, node))
		return false;
	if (p->deep == p->n_steps)
		return steps_fit(p, doc, 0, p->n_steps, &node) && node == base;
	if (!steps_fit(p, doc, p->deep + 1, p->n_steps, &node))
		return false;
	/* What is left must begin below base with the steps before `**`. */
	for (; node != JSON_NONE && node != base; n++) {
		if (n == MAX_PATH_NODES)
			return false;
		path[n] = node;
		node = doc->nodes[node].parent;
	}
	if (node != base || n < p->deep)
		return false;
	for (size_t i = 0; i < p->deep; i++)
		if (!step_fits(doc, path[n - 1 - i], &p->steps[i]))
			return false;
	return true;
}

/* Where a pointer of keys alone leads. */
static uint32_t descend(
    const struct pointer *p, const struct json_doc *doc, uint32_t node)
{
	for (size_t i = 0; i < p->n_steps && node != JSON_NONE; i++) {
		node = doc->nodes[node].child;
		while (
		    node != JSON_NONE && !place_fits(doc, node, &p->steps[i]))
			node = doc->nodes[node].next;
		if (node != JSON_NONE && !filter_fits(doc, node, &p->steps[i]))
			node = JSON_NONE;
	}
	return node;
}

uint32_t pointer_find(const struct pointer *p, const struct json_doc *doc,
    uint32_t base, uint32_t after)
{
	if (base >= doc->n_nodes)
		return JSON_NONE;
	if (p->one) {
		uint32_t node = descend(p, doc, base);
		bool behind =
		    after == JSON_NONE || (node != JSON_NONE && node > after);
		return behind ? node : JSON_NONE;
	}
	uint32_t i = after == JSON_NONE ? base : after + 1;
	for (; i < doc->n_nodes; i++)
		if (pointer_may_match(p, doc, i) &&
		    pointer_match(p, doc, base, i))
			return i;
	return JSON_NONE;
}
