/*
 * scan_tokens - mirrors that repeat a text token by token, with what else it
 * might have been (log probabilities).
 *
 *   [{"token": "I", "bytes": [73], "top_logprobs": [{"token": "I", ...},
 *                                                   {"token": "We", ...}]},
 *    {"token": " do", ...}]
 *
 * A client shows the tokens one after the other, or the first of the others;
 * so each place within a row is a column that is read from row to row. Bytes
 * only repeat their token, and have to. What is more than the piece of a word
 * that tokens are is a text by itself, too: "x", "4111 1111 1111 1111".
 */
#include "proxy/channel/scan_parts.h"

#include <stdlib.h>

#define MAX_DEPTH 160 /* deeper is one column */

bool scan_is_mirror(const struct scan *s, uint32_t node)
{
	enum scan_class c = s->class[node];
	uint32_t parent = s->doc->nodes[node].parent;

	return (c == SCAN_MIRROR || c == SCAN_TOKENS) &&
	    (parent == JSON_NONE || s->class[parent] != c);
}

uint32_t scan_mirror_of(const struct scan *s, uint32_t node)
{
	while (!scan_is_mirror(s, node))
		node = s->doc->nodes[node].parent;
	return node;
}

static uint64_t mix_bytes(uint64_t h, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)p[i]) * 1099511628211u;
	return h;
}

/* The steps from the top of the mirror, the first element left out. */
uint64_t scan_column(const struct scan *s, const struct scan_text *t)
{
	uint32_t path[MAX_DEPTH], top = scan_mirror_of(s, t->node);
	uint64_t h = 14695981039346656037u ^ (uint64_t)t->is_key;
	size_t n = 0;
	bool row = true;

	for (uint32_t i = t->node; i != top && n < MAX_DEPTH;
	     i = s->doc->nodes[i].parent)
		path[n++] = i;
	while (n > 0) {
		const struct json_node *node = &s->doc->nodes[path[--n]];
		if (node->key_end > node->key_start) {
			struct span key = scan_raw_key(s->doc, path[n]);
			h = mix_bytes(
			    h ^ 1, key.p, t->is_key && n == 0 ? 0 : key.len);
		} else if (row) {
			row = false;
		} else {
			h = mix_bytes(h ^ 2, (const char *)&node->index,
			    sizeof node->index);
		}
	}
	return h;
}

#define PIECE_BYTES 8 /* so long a word is hardly a piece of another */

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool scan_says_much(struct span token)
{
	while (token.len > 0 && is_space(token.p[0]))
		token = (struct span){token.p + 1, token.len - 1};
	while (token.len > 0 && is_space(token.p[token.len - 1]))
		token.len--;
	bool much = token.len >= PIECE_BYTES;
	for (size_t i = 0; i < token.len && !much; i++)
		much = is_space(token.p[i]);
	return much;
}

/* ---- bytes ---- */

/* "\\xf0\\x9f": how a token that is no text is written. */
static void undo_hex(struct buf *b)
{
	size_t to = 0;

	for (size_t i = 0; i < b->len; to++) {
		char hex[3] = {0};
		if (b->len - i >= 4 && b->data[i] == '\\' &&
		    b->data[i + 1] == 'x') {
			memcpy(hex, b->data + i + 2, 2);
			char *end;
			long value = strtol(hex, &end, 16);
			if (end == hex + 2) {
				b->data[to] = (char)value;
				i += 4;
				continue;
			}
		}
		b->data[to] = b->data[i++];
	}
	b->len = to;
}

static bool are_bytes(
    const struct json_doc *doc, uint32_t array, const struct buf *want)
{
	size_t n = 0;
	uint32_t i = doc->nodes[array].child;

	for (; i != JSON_NONE && n < want->len; i = doc->nodes[i].next, n++) {
		struct span raw = json_raw(doc, i);
		unsigned value = 0;
		for (size_t k = 0; k < raw.len; k++) {
			if (raw.p[k] < '0' || raw.p[k] > '9' || k == 3)
				return false;
			value = value * 10 + (unsigned)(raw.p[k] - '0');
		}
		if (value != (unsigned char)want->data[n])
			return false;
	}
	return i == JSON_NONE && n == want->len;
}

bool scan_bytes_differ(const struct scan *s, uint32_t node)
{
	const struct json_doc *doc = s->doc;
	const struct json_node *n = &doc->nodes[node];
	struct buf token = {0};

	if (!json_key_is(doc, node, span_str("bytes")) ||
	    n->type == JSON_IS_NULL || n->type == JSON_IS_STRING)
		return false;
	uint32_t beside = json_member(doc, n->parent, span_str("token"));
	if (n->type != JSON_IS_ARRAY || beside == JSON_NONE ||
	    doc->nodes[beside].type != JSON_IS_STRING)
		return true;
	buf_adds(&token, "");
	json_decode(doc, beside, &token);
	bool same = are_bytes(doc, node, &token);
	if (!same) {
		undo_hex(&token);
		same = are_bytes(doc, node, &token);
	}
	buf_clear(&token);
	return !same;
}
