/*
 * scan_text - where a text stands, what it is called, what it says.
 */
#include "proxy/channel/scan_parts.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_NAME_STEP_BYTES 64
#define MAX_NAME_STEPS 24

struct span scan_raw_key(const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	return scan_inside(
	    (struct span){doc->text + n->key_start, n->key_end - n->key_start});
}

/* ---- numbers ---- */

/* "0", "17": one way to write a number, and to read it. */
static bool is_plain_number(struct span raw)
{
	bool plain =
	    raw.len > 0 && raw.len < 10 && (raw.len == 1 || raw.p[0] != '0');

	for (size_t i = 0; i < raw.len && plain; i++)
		plain = raw.p[i] >= '0' && raw.p[i] <= '9';
	return plain;
}

enum scan_numbering scan_ordinal(const struct scan *s, uint32_t node,
    const char *key, char out[SCAN_NUMBER_BYTES])
{
	uint32_t m = JSON_NONE;
	struct span raw = {NULL, 0};
	bool clear = key == NULL || paths_find_member(s->doc, node, key, &m);

	if (m != JSON_NONE)
		raw = json_raw(s->doc, m);
	if (clear && is_plain_number(raw)) {
		memcpy(out, raw.p, raw.len);
		out[raw.len] = '\0';
		return SCAN_BY_NUMBER;
	}
	snprintf(out, SCAN_NUMBER_BYTES, "%u", s->doc->nodes[node].index);
	bool none = m == JSON_NONE || s->doc->nodes[m].type == JSON_IS_NULL;
	return clear && none ? SCAN_BY_PLACE : SCAN_NO_NUMBER;
}

uint32_t scan_number_of(const struct scan *s, uint32_t node)
{
	char number[SCAN_NUMBER_BYTES];

	scan_ordinal(s, node, "index", number);
	return (uint32_t)strtoul(number, NULL, 10);
}

/* ---- places ---- */

uint64_t scan_place(const struct scan *s, const struct scan_text *t)
{
	uint64_t place = t->state;
	uint32_t base = 0, node = t->node;

	if (t->message != CHANNEL_NO_MESSAGE)
		base = s->messages[t->message].node;
	for (; node != base; node = s->doc->nodes[node].parent) {
		const struct json_node *n = &s->doc->nodes[node];
		if (n->key_end > n->key_start)
			continue;
		place = place * 1000003 + scan_number_of(s, node) + 1;
	}
	return place;
}

static uint64_t mix(uint64_t h, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 1099511628211u;
	return h;
}

uint64_t scan_label_place(
    const struct scan *s, const struct scan_text *t, bool by_number)
{
	uint32_t base = 0, node = t->node;
	uint64_t h = 14695981039346656037u ^ (uint64_t)t->is_key;

	if (t->message != CHANNEL_NO_MESSAGE)
		base = s->messages[t->message].node;
	for (; node != base; node = s->doc->nodes[node].parent) {
		const struct json_node *n = &s->doc->nodes[node];
		struct span key = {(const char *)&n->index, sizeof n->index};
		if (s->state[node] != PATHS_NOWHERE)
			key = (struct span){(const char *)&s->state[node],
			    sizeof s->state[node]};
		else if (n->key_end > n->key_start)
			key = scan_raw_key(s->doc, node);
		h = mix(h, key.p, key.len);
		if (n->key_end > n->key_start)
			continue;
		uint32_t number =
		    by_number ? scan_number_of(s, node) : n->index;
		h = mix(h, &number, sizeof number);
	}
	return h;
}

/* The keys above a text, whatever the places in lists between them. */
static uint64_t strand_of(const struct scan *s, const struct scan_text *t)
{
	uint32_t base = 0, node = t->node;
	uint64_t h = 14695981039346656037u;

	if (t->message != CHANNEL_NO_MESSAGE)
		base = s->messages[t->message].node;
	for (; node != base; node = s->doc->nodes[node].parent) {
		const struct json_node *n = &s->doc->nodes[node];
		struct buf key = {0};
		if (n->key_end == n->key_start)
			continue;
		json_decode_key(s->doc, node, &key);
		h = mix(h, key.data, key.len);
		h = mix(h, "/", 1);
		buf_clear(&key);
	}
	return h | 1;
}

/* Is its member called as one the channel leaves out somewhere: a type, an id?
 * It stands between the pieces of a text, and nobody shows it there. */
static bool is_called_ignored(const struct scan *s, const struct scan_text *t)
{
	uint32_t member = scan_member_of(s->doc, t->node);

	for (size_t i = 0; member != JSON_NONE && i < s->variant->n_ignores;
	     i++) {
		const struct pointer *p = &s->variant->ignores[i].ptr;
		if (p->n_steps == 0)
			continue;
		const struct pointer_step *last = &p->steps[p->n_steps - 1];
		if (last->kind == POINTER_KEY &&
		    json_key_is(s->doc, member,
			(struct span){last->key, last->key_len}))
			return true;
	}
	return false;
}

#define OF_STRAND 0x8000 /* labels that no rule has */

struct scan_join scan_join(const struct scan *s, const struct scan_text *t)
{
	struct scan_join join = {.apart = true};
	bool below = t->under != 0 && t->message != CHANNEL_NO_MESSAGE;

	if (t->is_key || t->sort != SCAN_TEXT || t->repeats)
		return join;
	if (t->rule != NULL && t->rule->label != 0) {
		join.apart = false;
		join.label = below ? t->rule->label : 0;
	} else if (t->rule == NULL || t->rule->kind != CHANNEL_TOOL) {
		join.strand = strand_of(s, t);
		if (below && !is_called_ignored(s, t))
			join.label =
			    (uint16_t)(OF_STRAND | (join.strand & 0x7fff));
	}
	return join;
}

uint32_t scan_member_of(const struct json_doc *doc, uint32_t node)
{
	while (node != JSON_NONE &&
	    doc->nodes[node].key_end == doc->nodes[node].key_start)
		node = doc->nodes[node].parent;
	return node;
}

uint32_t scan_numbered(const struct scan *s, const struct scan_text *t)
{
	char number[SCAN_NUMBER_BYTES];
	uint32_t base = 0, bits = 0, node = t->node;

	if (t->message != CHANNEL_NO_MESSAGE)
		base = s->messages[t->message].node;
	for (; node != base; node = s->doc->nodes[node].parent) {
		const struct json_node *n = &s->doc->nodes[node];
		if (n->key_end == n->key_start)
			bits = bits << 1 |
			    (scan_ordinal(s, node, "index", number) ==
				SCAN_BY_NUMBER);
	}
	return bits;
}

void scan_decode(
    const struct scan *s, const struct scan_text *t, struct buf *out)
{
	if (t->is_key)
		json_decode_key(s->doc, t->node, out);
	else if (s->doc->nodes[t->node].type == JSON_IS_NUMBER)
		json_spell_number(json_raw(s->doc, t->node), out);
	else
		json_decode(s->doc, t->node, out);
}

/* ---- names ---- */

static void add_step(const struct scan *s, uint32_t node, struct buf *out)
{
	const struct json_node *n = &s->doc->nodes[node];
	char number[SCAN_NUMBER_BYTES];

	buf_addc(out, '/');
	if (n->key_end == n->key_start) {
		scan_ordinal(s, node, "index", number);
		buf_adds(out, number);
		return;
	}
	struct span key = scan_raw_key(s->doc, node);
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
