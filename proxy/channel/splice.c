/*
 * splice - see splice.h. What is not in an item is copied as it is.
 */
#include "proxy/channel/splice.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

void splice_add(struct splice *s, size_t start, size_t end, struct span text)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 16;
		s->items =
		    mem_realloc_array(s->items, s->cap, sizeof *s->items);
	}
	s->items[s->n++] =
	    (struct splice_item){start, end, s->texts.len, text.len};
	buf_add(&s->texts, text.p, text.len);
}

/*
 *   {"a":1 , "b":2 , "c":3}     behind a kept member its comma goes too,
 *         |-------|             before the first kept one the next member's
 *    |-----|
 */
static void remove_members(struct splice *s, const struct json_doc *doc,
    uint32_t object, const uint8_t *gone)
{
	bool kept = false;
	size_t before = 0;

	for (uint32_t i = doc->nodes[object].child; i != JSON_NONE;
	     i = doc->nodes[i].next) {
		const struct json_node *n = &doc->nodes[i];
		size_t next = n->next == JSON_NONE
		    ? n->end
		    : doc->nodes[n->next].key_start;
		if (!gone[i])
			kept = true;
		else if (kept)
			splice_add(s, before, n->end, (struct span){NULL, 0});
		else
			splice_add(
			    s, n->key_start, next, (struct span){NULL, 0});
		before = n->end;
	}
}

void splice_remove(
    struct splice *s, const struct json_doc *doc, const uint8_t *gone)
{
	uint32_t last = JSON_NONE;

	for (uint32_t i = 1; i < doc->n_nodes; i++) {
		uint32_t parent = doc->nodes[i].parent;
		if (!gone[i] || parent == last || gone[parent] ||
		    doc->nodes[parent].type != JSON_IS_OBJECT)
			continue;
		/* Once for each object: at its first marked member. */
		uint32_t first = doc->nodes[parent].child;
		while (!gone[first])
			first = doc->nodes[first].next;
		if (first == i)
			remove_members(s, doc, parent, gone);
		last = parent;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct splice_item *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* Insertions keep the order in which they were added. */
	return x->text < y->text ? -1 : x->text > y->text;
}

void splice_write(struct splice *s, struct span document, struct buf *out)
{
	size_t at = 0;

	if (s->n > 0)
		qsort(s->items, s->n, sizeof *s->items, by_start);
	for (size_t i = 0; i < s->n; i++) {
		const struct splice_item *item = &s->items[i];
		if (item->start > at)
			buf_add(out, document.p + at, item->start - at);
		if (item->len > 0)
			buf_add(out, s->texts.data + item->text, item->len);
		if (item->end > at)
			at = item->end;
	}
	buf_add(out, document.p + at, document.len - at);
}

void splice_clear(struct splice *s)
{
	free(s->items);
	buf_clear(&s->texts);
	*s = (struct splice){.items = NULL};
}
