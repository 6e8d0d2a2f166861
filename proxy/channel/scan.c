/*
 * scan - one walk over the nodes in document order; a node inherits the class
 * and the message of its parent, so subtrees cost nothing extra, and its state
 * among the pointers follows from its parent's.
 *
 * What no rule names is a text: a server's new field is judged before anybody
 * here has heard of it.
 */
#include "proxy/channel/scan_parts.h"

#include "proxy/base/mem.h"

#include <ctype.h>
#include <stdlib.h>

void scan_clear(struct scan *s)
{
	free(s->texts);
	free(s->class);
	free(s->message);
	free(s->state);
	free(s->under);
	*s = (struct scan){.texts = NULL};
}

static void add_text(struct scan *s, enum scan_sort sort, uint32_t node,
    bool is_key, const struct text_rule *rule)
{
	if (s->n_texts == s->cap_texts) {
		s->cap_texts = s->cap_texts ? s->cap_texts * 2 : 16;
		s->texts =
		    mem_realloc_array(s->texts, s->cap_texts, sizeof *s->texts);
	}
	s->texts[s->n_texts++] = (struct scan_text){.sort = sort,
	    .node = node,
	    .is_key = is_key,
	    .rule = rule,
	    .message = s->message[node],
	    .state = s->state[node],
	    .under = s->under[node]};
	if (rule == NULL || rule->label == 0 ||
	    s->message[node] == CHANNEL_NO_MESSAGE)
		return;
	struct scan_message *m = &s->messages[s->message[node]];
	if (m->label == 0)
		m->label = rule->label;
	s->is_mixed = s->is_mixed || m->label != rule->label;
}

/* ---- messages ---- */

/* Two messages of one number cannot be told apart by a client. */
static bool is_taken(const struct scan *s, const char *key)
{
	for (size_t i = 0; i < s->n_messages; i++)
		if (strcmp(s->messages[i].key, key) == 0)
			return true;
	return false;
}

/* node stands where messages do. */
static int begin_message(struct scan *s, uint32_t node)
{
	struct scan_message m = {.node = node};
	enum scan_numbering how = scan_ordinal(s, node, s->variant->key, m.key);

	if (how == SCAN_NO_NUMBER || s->n_messages == SCAN_MAX_MESSAGES ||
	    is_taken(s, m.key))
		return -1;
	m.numbered = how == SCAN_BY_NUMBER;
	s->message[node] = (uint32_t)s->n_messages;
	s->messages[s->n_messages++] = m;
	return 0;
}

/* The elements between a text and its message: their numbers count. */
static bool can_number(const struct scan *s, uint32_t node)
{
	char number[SCAN_NUMBER_BYTES];

	for (; node != JSON_NONE; node = s->doc->nodes[node].parent) {
		const struct json_node *n = &s->doc->nodes[node];
		if (s->message[node] == CHANNEL_NO_MESSAGE ||
		    s->messages[s->message[node]].node == node)
			break;
		if (n->key_end == n->key_start &&
		    scan_ordinal(s, node, "index", number) == SCAN_NO_NUMBER)
			return false;
	}
	return true;
}

/* ---- classes ---- */

static bool is_token(struct span inside, bool escaped)
{
	return !escaped && model_is_token(inside);
}

/* Of a string or key in a part of that class that no rule lists. */
static enum scan_sort sort_of(enum scan_class class, bool token)
{
	switch (class) {
	case SCAN_PLAIN:
	case SCAN_MIRROR:
		break;
	case SCAN_IGNORED:
		return token ? SCAN_LABEL : SCAN_TEXT;
	case SCAN_TOKENS:
		return SCAN_COLUMN;
	}
	return SCAN_TEXT;
}

static void take_key(struct scan *s, uint32_t node)
{
	const struct json_node *n = &s->doc->nodes[node];

	if (n->key_end - n->key_start <= 2)
		return;
	struct span key = scan_raw_key(s->doc, node);
	if (!n->key_escaped && model_knows_key(s->channel, key))
		return;
	add_text(s,
	    sort_of((enum scan_class)s->class[n->parent],
		is_token(key, n->key_escaped)),
	    node, true, NULL);
}

static bool is_one_of(char *const *words, struct span s)
{
	while (words != NULL && *words != NULL && !span_is(s, *words))
		words++;
	return words != NULL && *words != NULL;
}

bool scan_is_uuid(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
		if (hyphen ? s.p[i] != '-' : !isxdigit((unsigned char)s.p[i]))
			return false;
	}
	return s.len == 36;
}

/* A string no text rule lists. ignore: the rule it stands at, or NULL. */
static void take_unlisted(
    struct scan *s, uint32_t node, const struct ignore_rule *ignore)
{
	const struct json_node *n = &s->doc->nodes[node];
	struct span inside = scan_inside(json_raw(s->doc, node));
	enum scan_sort sort = sort_of(
	    (enum scan_class)s->class[node], is_token(inside, n->escaped));

	if (ignore != NULL && sort == SCAN_LABEL) {
		if (is_one_of(ignore->is, inside) || scan_is_uuid(inside))
			return;
		sort = ignore->noise ? SCAN_NOISE : SCAN_LABEL;
	}
	/* What cannot be left out has to be a text. */
	if (sort != SCAN_TEXT && scan_member_of(s->doc, node) == JSON_NONE)
		sort = SCAN_TEXT;
	add_text(s, sort, node, false, NULL);
	s->texts[s->n_texts - 1].instead = sort == SCAN_TEXT &&
	    s->class[node] == SCAN_IGNORED &&
	    !(ignore != NULL && ignore->noise);
}

#define COUNT_DIGITS 8  /* an unknown number may have, and say nothing */
#define KNOWN_DIGITS 12 /* a time in milliseconds has 13, and is judged */

/* Numbers are read too, when they are as long as those people remember. */
static void take_number(struct scan *s, uint32_t node)
{
	struct span raw = json_raw(s->doc, node);
	size_t digits = 0, whole = 0;
	bool exponent = false, point = false;

	for (size_t i = 0; i < raw.len && !exponent; i++) {
		exponent = raw.p[i] == 'e' || raw.p[i] == 'E';
		point = point || raw.p[i] == '.';
		digits += raw.p[i] >= '0' && raw.p[i] <= '9';
		whole += !point && raw.p[i] >= '0' && raw.p[i] <= '9';
	}
	enum scan_class class = s->class[node];
	bool known = class == SCAN_IGNORED || class == SCAN_TOKENS;
	if ((exponent ? digits : whole) <=
	    (known ? KNOWN_DIGITS : COUNT_DIGITS))
		return;
	/* An edit cannot be made in it, but it can be left out. */
	bool label =
	    class != SCAN_MIRROR && scan_member_of(s->doc, node) != JSON_NONE;
	add_text(s, label ? SCAN_LABEL : SCAN_TEXT, node, false, NULL);
}

/* What a node is by the pointers that lead to it; its message is settled on
 * the way. -1: there cannot be such a one. */
static int find_roles(
    struct scan *s, uint32_t node, bool *exact, struct paths_roles *roles)
{
	const struct paths *paths = &s->variant->paths;
	uint32_t parent = s->doc->nodes[node].parent;
	uint32_t base = JSON_NONE;

	s->state[node] = PATHS_ROOT;
	s->message[node] = CHANNEL_NO_MESSAGE;
	*exact = false;
	if (parent != JSON_NONE) {
		s->message[node] = s->message[parent];
		s->state[node] =
		    paths_step(paths, s->state[parent], s->doc, node, exact);
	}
	if (s->message[node] != CHANNEL_NO_MESSAGE)
		base = s->messages[s->message[node]].node;
	else if (!s->variant->has_messages)
		base = 0;
	paths_roles(paths, s->state[node], s->doc, base, node, roles);
	if (roles->message && base == JSON_NONE) {
		/* What is no message has no parts of one. */
		if (s->doc->nodes[node].type != JSON_IS_OBJECT)
			s->state[node] = PATHS_NOWHERE;
		else if (begin_message(s, node) != 0)
			return -1;
	}
	return 0;
}

/* null, false, 0 and "" are nothing to a client that asks whether it is there:
 * some servers send such a reason with every frame. */
static bool says_something(const struct json_doc *doc, uint32_t node)
{
	struct span raw = json_raw(doc, node);

	return !span_is(raw, "null") && !span_is(raw, "false") &&
	    !span_is(raw, "\"\"") && !span_is(raw, "0");
}

/* Roles of a node that is in no special part of the document. */
static void take_roles(
    struct scan *s, uint32_t node, const struct paths_roles *roles)
{
	bool there = s->doc->nodes[node].type != JSON_IS_NULL;

	if (roles->text == 0 && roles->mirror != 0)
		s->class[node] = s->variant->mirrors[roles->mirror - 1].tokens
		    ? SCAN_TOKENS
		    : SCAN_MIRROR;
	else if (roles->text == 0 && roles->ignore != 0)
		s->class[node] = SCAN_IGNORED;
	s->has_media = s->has_media || (roles->media && there);
	s->is_error = s->is_error || (roles->error && there);
	if (roles->hold && s->doc->nodes[node].child != JSON_NONE)
		*(s->message[node] == CHANNEL_NO_MESSAGE
			? &s->holds
			: &s->messages[s->message[node]].holds) = true;
	if (roles->end_if && says_something(s->doc, node) &&
	    s->message[node] != CHANNEL_NO_MESSAGE)
		s->messages[s->message[node]].ends = true;
}

/* Is it, or what it is in, a member of any name where elements are meant? */
static bool is_any_member(const struct scan *s, uint32_t node)
{
	const struct paths *paths = &s->variant->paths;
	uint32_t base = s->message[node] == CHANNEL_NO_MESSAGE
	    ? 0
	    : s->messages[s->message[node]].node;

	for (; node != base; node = s->doc->nodes[node].parent) {
		const struct json_node *n = &s->doc->nodes[node];
		if (n->key_end > n->key_start &&
		    paths_is_any(paths, s->state[n->parent], s->state[node]))
			return true;
	}
	return false;
}

/* Can the listed text be read in one way only? */
static bool is_readable(const struct scan *s, uint32_t node)
{
	switch ((enum json_type)s->doc->nodes[node].type) {
	case JSON_IS_NUMBER:
	case JSON_IS_TRUE:
	case JSON_IS_FALSE:
		return false;
	case JSON_IS_STRING:
		return can_number(s, node);
	case JSON_IS_NULL:
	case JSON_IS_ARRAY:
	case JSON_IS_OBJECT:
		break;
	}
	return true;
}

static int take_value(
    struct scan *s, uint32_t node, const struct paths_roles *roles)
{
	const struct json_node *n = &s->doc->nodes[node];
	enum scan_class above =
	    n->parent == JSON_NONE ? SCAN_PLAIN : s->class[n->parent];
	const struct text_rule *rule = NULL;
	const struct ignore_rule *ignore = NULL;

	s->class[node] = above;
	s->under[node] = n->parent == JSON_NONE ? 0 : s->under[n->parent];
	if (roles->ignore != 0)
		ignore = &s->variant->ignores[roles->ignore - 1];
	if (above == SCAN_PLAIN) {
		take_roles(s, node, roles);
		if (roles->text != 0)
			rule = &s->variant->texts[roles->text - 1];
	} else if (above == SCAN_MIRROR && ignore != NULL) {
		s->class[node] = SCAN_IGNORED;
	}
	if (rule != NULL && rule->label != 0)
		s->under[node] = rule->label;
	else if (roles->otherwise && s->under[node] == 0)
		s->under[node] = SCAN_OTHERWISE;
	if (rule != NULL && !is_readable(s, node))
		return -1;
	if (n->type == JSON_IS_NUMBER)
		take_number(s, node);
	if (s->class[node] == SCAN_TOKENS && scan_bytes_differ(s, node))
		s->mirror_differs = true;
	if (n->type != JSON_IS_STRING || n->end - n->start == 2)
		return 0;
	if (rule != NULL) {
		add_text(s, SCAN_TEXT, node, false, rule);
		s->texts[s->n_texts - 1].member =
		    rule->label != 0 && is_any_member(s, node);
	} else {
		take_unlisted(s, node, ignore);
	}
	return 0;
}

static int take_node(struct scan *s, uint32_t node)
{
	struct paths_roles roles;
	bool exact;

	if (find_roles(s, node, &exact, &roles) != 0)
		return -1;
	const struct json_node *n = &s->doc->nodes[node];
	if (n->key_end > n->key_start && !exact) {
		take_key(s, node);
		if (s->state[node] != PATHS_NOWHERE &&
		    paths_is_double(
			&s->variant->paths, s->state[n->parent], s->doc, node))
			return -1;
	}
	return take_value(s, node, &roles);
}

static void make_room(struct scan *s, size_t n)
{
	if (n <= s->cap_nodes)
		return;
	s->cap_nodes = n;
	s->class = mem_realloc_array(s->class, n, sizeof *s->class);
	s->message = mem_realloc_array(s->message, n, sizeof *s->message);
	s->state = mem_realloc_array(s->state, n, sizeof *s->state);
	s->under = mem_realloc_array(s->under, n, sizeof *s->under);
}

int scan_run(struct scan *s, const struct channel *channel,
    const struct variant *variant, const struct json_doc *doc)
{
	s->channel = channel;
	s->variant = variant;
	s->doc = doc;
	s->n_texts = s->n_messages = 0;
	s->has_media = s->is_error = s->holds = false;
	s->is_mixed = s->mirror_differs = false;
	make_room(s, doc->n_nodes);
	for (uint32_t i = 0; i < doc->n_nodes; i++)
		if (take_node(s, i) != 0)
			return -1;
	return s->is_mixed ? scan_settle_either(s) : 0;
}
