/*
 * scan - one walk over the nodes in document order; a node inherits the class
 * and the message of its parent, so subtrees cost nothing extra.
 *
 * What no rule names is a text: a server's new field is judged before anybody
 * here has heard of it.
 */
#include "proxy/channel/scan.h"

#include "proxy/base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_NAME_STEP_BYTES 64
#define MAX_NAME_STEPS 24

void scan_clear(struct scan *s)
{
	free(s->texts);
	free(s->class);
	free(s->message);
	*s = (struct scan){.texts = NULL};
}

static void add_text(
    struct scan *s, uint32_t node, bool is_key, const struct text_rule *rule)
{
	if (s->n_texts == s->cap_texts) {
		s->cap_texts = s->cap_texts ? s->cap_texts * 2 : 16;
		s->texts =
		    mem_realloc_array(s->texts, s->cap_texts, sizeof *s->texts);
	}
	s->texts[s->n_texts++] =
	    (struct scan_text){node, is_key, rule, s->message[node]};
}

static struct span inside(struct span quoted)
{
	return (struct span){quoted.p + 1, quoted.len - 2};
}

static struct span raw_key(const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	return inside(
	    (struct span){doc->text + n->key_start, n->key_end - n->key_start});
}

static bool at(const struct scan *s, const struct pointer *p, uint32_t node)
{
	uint32_t base = 0;

	if (!pointer_may_match(p, s->doc, node))
		return false;
	if (p->relative && s->variant->has_messages) {
		if (s->message[node] == CHANNEL_NO_MESSAGE)
			return false;
		base = s->messages[s->message[node]].node;
	}
	return pointer_match(p, s->doc, base, node);
}

static bool at_any(
    const struct scan *s, const struct pointers *p, uint32_t node)
{
	for (size_t i = 0; i < p->n; i++)
		if (at(s, &p->items[i], node))
			return true;
	return false;
}

static const struct text_rule *text_rule(const struct scan *s, uint32_t node)
{
	for (size_t i = 0; i < s->variant->n_texts; i++)
		if (at(s, &s->variant->texts[i].ptr, node))
			return &s->variant->texts[i];
	return NULL;
}

static const struct mirror_rule *mirror_rule(
    const struct scan *s, uint32_t node)
{
	for (size_t i = 0; i < s->variant->n_mirrors; i++)
		if (at(s, &s->variant->mirrors[i].ptr, node))
			return &s->variant->mirrors[i];
	return NULL;
}

/* ---- messages ---- */

/* The number a message or element goes by: its key member if that is a small
 * number, else its place. */
static void number_of(
    const struct scan *s, uint32_t node, const char *key, char out[24])
{
	uint32_t m = key ? json_member(s->doc, node, span_str(key)) : JSON_NONE;
	struct span raw = {"", 0};

	if (m != JSON_NONE && s->doc->nodes[m].type == JSON_IS_NUMBER)
		raw = json_raw(s->doc, m);
	bool digits = raw.len > 0 && raw.len < 10;
	for (size_t i = 0; i < raw.len && digits; i++)
		digits = raw.p[i] >= '0' && raw.p[i] <= '9';
	if (digits) {
		memcpy(out, raw.p, raw.len);
		out[raw.len] = '\0';
	} else {
		snprintf(out, 24, "%u", s->doc->nodes[node].index);
	}
}

static bool ends(const struct scan *s, uint32_t message)
{
	const struct pointer *end_if = &s->variant->end_if;

	if (!s->variant->has_end_if)
		return false;
	uint32_t m = pointer_find(end_if, s->doc, message, JSON_NONE);
	return m != JSON_NONE && s->doc->nodes[m].type != JSON_IS_NULL;
}

static int settle_message(struct scan *s, uint32_t node)
{
	uint32_t parent = s->doc->nodes[node].parent;

	s->message[node] =
	    parent == JSON_NONE ? CHANNEL_NO_MESSAGE : s->message[parent];
	if (!s->variant->has_messages ||
	    s->message[node] != CHANNEL_NO_MESSAGE ||
	    s->doc->nodes[node].type != JSON_IS_OBJECT ||
	    !pointer_match(&s->variant->messages, s->doc, 0, node))
		return 0;
	if (s->n_messages == SCAN_MAX_MESSAGES)
		return -1;
	struct scan_message *m = &s->messages[s->n_messages];
	m->node = node;
	m->ends = ends(s, node);
	number_of(s, node, s->variant->key, m->key);
	/* Two messages of one number cannot be told apart by a client. */
	for (size_t i = 0; i < s->n_messages; i++)
		if (strcmp(s->messages[i].key, m->key) == 0)
			return -1;
	s->message[node] = (uint32_t)s->n_messages++;
	return 0;
}

/* ---- classes ---- */

static bool is_scalar_token(const struct scan *s, uint32_t node)
{
	return !s->doc->nodes[node].escaped &&
	    model_is_token(inside(json_raw(s->doc, node)));
}

static void take_key(struct scan *s, uint32_t node)
{
	const struct json_node *n = &s->doc->nodes[node];
	enum scan_class above = s->class[n->parent];

	if (n->key_end == n->key_start || n->key_end - n->key_start == 2)
		return;
	struct span key = raw_key(s->doc, node);
	bool known = !n->key_escaped && model_knows_key(s->channel, key);
	if (above == SCAN_IGNORED)
		known = known || (!n->key_escaped && model_is_token(key));
	if (!known && above != SCAN_MIRROR)
		add_text(s, node, true, NULL);
}

/* Sets the node's class; -1: a listed text is a number or a flag. */
static int take_value(struct scan *s, uint32_t node)
{
	const struct json_node *n = &s->doc->nodes[node];
	enum scan_class above =
	    n->parent == JSON_NONE ? SCAN_PLAIN : s->class[n->parent];
	const struct text_rule *rule = NULL;
	const struct mirror_rule *mirror = NULL;

	s->class[node] = above;
	if (above == SCAN_MIRROR)
		return 0;
	if (above == SCAN_PLAIN) {
		rule = text_rule(s, node);
		mirror = rule == NULL ? mirror_rule(s, node) : NULL;
		if (mirror != NULL)
			s->class[node] =
			    mirror->judge ? SCAN_MIRROR_JUDGED : SCAN_MIRROR;
		else if (rule == NULL && at_any(s, &s->variant->ignore, node))
			s->class[node] = SCAN_IGNORED;
		if (at_any(s, &s->variant->media, node) &&
		    n->type != JSON_IS_NULL)
			s->has_media = true;
		if (s->variant->has_error && n->type != JSON_IS_NULL &&
		    pointer_match(&s->variant->error, s->doc, 0, node))
			s->is_error = true;
	}
	if (above == SCAN_MIRROR_JUDGED && at_any(s, &s->variant->ignore, node))
		s->class[node] = SCAN_IGNORED;
	if (rule != NULL &&
	    (n->type == JSON_IS_NUMBER || n->type == JSON_IS_TRUE ||
		n->type == JSON_IS_FALSE))
		return -1;
	if (n->type != JSON_IS_STRING || s->class[node] == SCAN_MIRROR ||
	    n->end - n->start == 2)
		return 0;
	if (s->class[node] != SCAN_IGNORED || !is_scalar_token(s, node))
		add_text(s, node, false, rule);
	return 0;
}

int scan_run(struct scan *s, const struct channel *channel,
    const struct variant *variant, const struct json_doc *doc)
{
	s->channel = channel;
	s->variant = variant;
	s->doc = doc;
	s->n_texts = s->n_messages = 0;
	s->has_media = s->is_error = false;
	if (doc->n_nodes > s->cap_nodes) {
		s->cap_nodes = doc->n_nodes;
		s->class = mem_realloc_array(s->class, s->cap_nodes, 1);
		s->message = mem_realloc_array(
		    s->message, s->cap_nodes, sizeof *s->message);
	}
	for (uint32_t i = 0; i < doc->n_nodes; i++) {
		if (settle_message(s, i) != 0)
			return -1;
		if (i > 0)
			take_key(s, i);
		if (take_value(s, i) != 0)
			return -1;
	}
	return 0;
}

void scan_decode(
    const struct scan *s, const struct scan_text *t, struct buf *out)
{
	if (t->is_key)
		json_decode_key(s->doc, t->node, out);
	else
		json_decode(s->doc, t->node, out);
}

/* ---- names ---- */

static void add_step(const struct scan *s, uint32_t node, struct buf *out)
{
	const struct json_node *n = &s->doc->nodes[node];
	char number[24];

	buf_addc(out, '/');
	if (n->key_end == n->key_start) {
		number_of(s, node, "index", number);
		buf_adds(out, number);
		return;
	}
	struct span key = raw_key(s->doc, node);
	buf_add(out, key.p,
	    key.len > MAX_NAME_STEP_BYTES ? MAX_NAME_STEP_BYTES : key.len);
}

void scan_name(const struct scan *s, const struct scan_text *t, struct buf *out)
{
	uint32_t path[MAX_NAME_STEPS], base = 0, node = t->node;
	size_t n = 0;

	if (t->message != CHANNEL_NO_MESSAGE) {
		buf_adds(out, s->messages[t->message].key);
		base = s->messages[t->message].node;
	}
	if (t->rule != NULL && t->rule->as != NULL) {
		buf_addc(out, '/');
		buf_adds(out, t->rule->as);
		return;
	}
	for (; node != base && n < MAX_NAME_STEPS;
	     node = s->doc->nodes[node].parent)
		path[n++] = node;
	while (n > 0)
		add_step(s, path[--n], out);
}

/* ---- mirrors ---- */

bool scan_is_mirror(const struct scan *s, uint32_t node)
{
	enum scan_class c = s->class[node];
	uint32_t parent = s->doc->nodes[node].parent;

	return (c == SCAN_MIRROR || c == SCAN_MIRROR_JUDGED) &&
	    (parent == JSON_NONE || s->class[parent] != c);
}

static bool is_labelled(const struct scan_text *t, char *const *labels)
{
	if (t->rule == NULL || t->rule->as == NULL)
		return false;
	while (*labels != NULL && strcmp(*labels, t->rule->as) != 0)
		labels++;
	return *labels != NULL;
}

static void text_of(const struct scan *s, uint32_t message, char *const *labels,
    struct buf *out)
{
	for (size_t i = 0; i < s->n_texts; i++)
		if (s->texts[i].message == message &&
		    is_labelled(&s->texts[i], labels))
			scan_decode(s, &s->texts[i], out);
}

static bool repeats(
    const struct scan *s, const struct mirror_rule *rule, uint32_t mirror)
{
	struct buf mine = {0}, text = {0};
	uint32_t i = JSON_NONE;

	while ((i = pointer_find(&rule->same, s->doc, mirror, i)) != JSON_NONE)
		if (s->doc->nodes[i].type == JSON_IS_STRING)
			json_decode(s->doc, i, &mine);
	text_of(s, s->message[mirror], rule->labels, &text);
	bool same = mine.len == text.len &&
	    (mine.len == 0 || memcmp(mine.data, text.data, mine.len) == 0);
	buf_clear(&mine);
	buf_clear(&text);
	return same;
}

bool scan_mirror_differs(const struct scan *s)
{
	for (uint32_t i = 0; i < s->doc->n_nodes; i++) {
		if (!scan_is_mirror(s, i) ||
		    s->doc->nodes[i].type == JSON_IS_NULL)
			continue;
		const struct mirror_rule *rule = mirror_rule(s, i);
		if (rule != NULL && rule->repeats && !repeats(s, rule, i))
			return true;
	}
	return false;
}
