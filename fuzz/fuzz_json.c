/*
 * Property: spans of siblings are ordered and lie inside their parent, every
 * string decoded and encoded again decodes to the same, and each decoded
 * offset has a raw one.
 */
#include "proxy/wire/json.h"

#include <assert.h>

static void check_string(const struct json_doc *d, uint32_t i)
{
	struct buf text = {0}, raw = {0}, again = {0};
	struct json_doc copy = {0};
	const struct json_node *n = &d->nodes[i];
	struct span inside = {d->text + n->start + 1, n->end - n->start - 2};

	json_decode(d, i, &text);
	json_quote(&raw, (struct span){text.data, text.len});
	assert(json_parse(&copy, raw.data, raw.len, NULL) == 0);
	json_decode(&copy, 0, &again);
	assert(again.len == text.len);
	assert(text.len == 0 || memcmp(text.data, again.data, text.len) == 0);
	assert(json_raw_offset(inside, text.len, false) == inside.len);
	json_clear(&copy);
	buf_clear(&text);
	buf_clear(&raw);
	buf_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_doc d = {0};

	if (json_parse(&d, (const char *)data, size, NULL) == 0)
		assert(d.n_nodes > 0);
	for (uint32_t i = 0; i < d.n_nodes; i++) {
		const struct json_node *n = &d.nodes[i];
		assert(n->start < n->end && n->end <= size);
		if (n->parent != JSON_NONE)
			assert(n->start > d.nodes[n->parent].start &&
			    n->end < d.nodes[n->parent].end);
		if (n->next != JSON_NONE)
			assert(d.nodes[n->next].start >= n->end);
		if (n->type == JSON_IS_STRING)
			check_string(&d, i);
	}
	json_clear(&d);
	return 0;
}
