/*
 * render_body - a JSON body with edits spliced in, or saying something else.
 */
#include "proxy/channel/pieces.h"
#include "proxy/channel/scan.h"
#include "proxy/channel/splice.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <stdlib.h>

/* ---- edits ---- */

void channel_render_part(struct span part, size_t start,
    const struct channel_edit *edits, size_t n, struct buf *out)
{
	size_t end = start + part.len, at = start;

	for (size_t i = 0; i < n; i++) {
		const struct channel_edit *e = &edits[i];
		if (e->start >= end || e->end < start ||
		    (e->end == start && e->start < start))
			continue;
		if (e->start > at)
			buf_add(out, part.p + (at - start), e->start - at);
		if (e->start >= start)
			buf_add(out, e->text.p, e->text.len);
		size_t to = e->end < end ? e->end : end;
		if (to > at)
			at = to;
	}
	buf_add(out, part.p + (at - start), end - at);
}

static int by_place(const void *a, const void *b)
{
	const struct channel_edit *x = a, *y = b;

	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

/* edit: bytes of the decoded string of piece->node. */
static void splice_string(struct splice *s, const struct json_doc *doc,
    uint32_t node, const struct channel_edit *edit)
{
	const struct json_node *n = &doc->nodes[node];
	struct span inside = {doc->text + n->start + 1, n->end - n->start - 2};
	struct buf text = {0};

	json_escape(&text, edit->text);
	splice_add(s,
	    n->start + 1 + json_raw_offset(inside, edit->start, false),
	    n->start + 1 + json_raw_offset(inside, edit->end, true),
	    (struct span){text.data, text.len});
	buf_clear(&text);
}

static void splice_nested(struct splice *s, const struct channel_body *b,
    const struct channel_piece *p, struct channel_edit edit)
{
	const struct buf *text = &b->series[p->series].text;
	struct buf outer = {0}, out = {0};

	json_decode(&b->doc, p->node, &outer);
	nested_map(&p->inner, (struct span){outer.data, outer.len},
	    (struct span){text->data, text->len}, &edit, &out);
	edit.text = (struct span){out.data, out.len};
	splice_string(s, &b->doc, p->node, &edit);
	buf_clear(&outer);
	buf_clear(&out);
}

/* The share of an edit of the series that falls to one piece of it. */
static bool share(const struct channel_body *b, const struct channel_piece *p,
    const struct channel_edit *edit, struct channel_edit *out)
{
	bool last = p->end == b->series[p->series].text.len;
	bool owns = edit->start >= p->start &&
	    (edit->start < p->end || (last && edit->start == p->end));

	*out = *edit;
	if (!owns)
		out->text = (struct span){NULL, 0};
	out->start = edit->start > p->start ? edit->start : p->start;
	out->end = edit->end < p->end ? edit->end : p->end;
	if (!owns && out->start >= out->end)
		return false;
	out->start -= p->start;
	out->end -= p->start;
	return true;
}

static bool is_below(
    const struct json_doc *doc, const uint8_t *marked, uint32_t node)
{
	while (node != JSON_NONE && !marked[node])
		node = doc->nodes[node].parent;
	return node != JSON_NONE;
}

static void splice_edits(struct splice *s, const struct channel_body *b,
    const struct channel_edit *edits, size_t n, const uint8_t *gone)
{
	struct channel_edit *sorted = mem_array(n + 1, sizeof *sorted);
	struct channel_edit mine;

	if (n > 0)
		memcpy(sorted, edits, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, by_place);
	for (size_t i = 0; i < b->n_pieces; i++) {
		const struct channel_piece *p = &b->pieces[i];
		if (p->is_key || is_below(&b->doc, gone, p->node))
			continue;
		for (size_t k = 0; k < n; k++) {
			if (sorted[k].series != p->series ||
			    !share(b, p, &sorted[k], &mine))
				continue;
			if (p->nested)
				splice_nested(s, b, p, mine);
			else
				splice_string(s, &b->doc, p->node, &mine);
		}
	}
	free(sorted);
}

/* Mirrors of the messages that are touched; of all when `all`. */
static void mark_mirrors(
    const struct scan *scan, const bool *touched, bool all, uint8_t *gone)
{
	for (uint32_t i = 0; i < scan->doc->n_nodes; i++) {
		uint32_t m = scan->message[i];
		if (scan_is_mirror(scan, i) &&
		    (all || m == CHANNEL_NO_MESSAGE || touched[m]))
			gone[i] = 1;
	}
}

/* What is left out for a rule's sake. */
static void mark_dropped(const struct channel_body *b, uint8_t *gone)
{
	for (size_t i = 0; i < b->n_pieces; i++)
		if (b->series[b->pieces[i].series].dropped)
			gone[scan_member_of(&b->doc, b->pieces[i].node)] = 1;
	for (size_t i = 0; i < b->n_series; i++)
		if (b->series[i].dropped && b->series[i].mirror != JSON_NONE)
			gone[b->series[i].mirror] = 1;
}

static void scan_again(struct scan *scan, const struct channel *channel,
    const struct channel_body *b)
{
	if (scan_run(scan, channel, &channel->json, &b->doc) != 0)
		assert(!"a body that was read before");
}

void channel_render_edits(const struct channel *channel,
    const struct channel_body *b, const struct channel_edit *edits, size_t n,
    struct buf *out)
{
	bool touched[SCAN_MAX_MESSAGES] = {false};
	struct scan scan = {0};
	struct splice splice = {0};
	uint8_t *gone = mem_array(b->doc.n_nodes + 1, 1);

	scan_again(&scan, channel, b);
	for (size_t i = 0; i < n; i++) {
		assert(edits[i].series < b->n_series);
		uint32_t m = b->series[edits[i].series].message;
		if (m != CHANNEL_NO_MESSAGE)
			touched[m] = true;
	}
	if (n > 0 || b->mirror_differs)
		mark_mirrors(&scan, touched, b->mirror_differs, gone);
	mark_dropped(b, gone);
	splice_edits(&splice, b, edits, n, gone);
	splice_remove(&splice, &b->doc, gone);
	splice_write(&splice, (struct span){b->doc.text, b->doc.len}, out);
	splice_clear(&splice);
	scan_clear(&scan);
	free(gone);
}

/* ---- replacement ---- */

static void fresh(const struct channel *channel, const struct json_doc *up,
    const struct channel_emit *emit, struct buf *out)
{
	const struct template_values values = {.text = emit->text,
	    .time_s = emit->time_s,
	    .id = emit->id,
	    .up = up};

	template_write(&channel->json.emit_text, &values, out);
}

static void mark_removed(const struct scan *scan, uint8_t *gone)
{
	const struct pointers *remove = &scan->variant->remove;

	for (size_t m = 0; m < scan->n_messages; m++)
		for (size_t i = 0; i < remove->n; i++) {
			uint32_t node = pointer_find(&remove->items[i],
			    scan->doc, scan->messages[m].node, JSON_NONE);
			if (node != JSON_NONE)
				gone[node] = 1;
		}
}

/* Write the set values of each message; false: one has no place for it. */
static bool splice_sets(struct splice *s, const struct scan *scan,
    const struct channel_emit *emit, uint8_t *set)
{
	struct template_values values = {.text = emit->text,
	    .time_s = emit->time_s,
	    .id = emit->id,
	    .up = scan->doc};
	const struct variant *v = scan->variant;

	for (size_t k = 0; k < scan->n_messages * v->n_sets; k++) {
		const struct set_rule *rule = &v->sets[k % v->n_sets];
		const struct scan_message *m = &scan->messages[k / v->n_sets];
		uint32_t node =
		    pointer_find(&rule->ptr, scan->doc, m->node, JSON_NONE);
		if (node == JSON_NONE)
			return false;
		struct buf value = {0};
		values.key = span_str(m->key);
		template_write(&rule->value, &values, &value);
		splice_add(s, scan->doc->nodes[node].start,
		    scan->doc->nodes[node].end,
		    (struct span){value.data, value.len});
		buf_clear(&value);
		set[node] = 1;
	}
	return true;
}

/* Nothing the upstream said is left standing. */
static bool all_covered(
    const struct scan *scan, const uint8_t *gone, const uint8_t *set)
{
	for (size_t i = 0; i < scan->n_texts; i++) {
		uint32_t node = scan->texts[i].node;
		bool key = scan->texts[i].is_key;
		if (scan->texts[i].sort != SCAN_TEXT)
			continue; /* judged, and none has to go */
		/* A set value keeps its own key. */
		uint32_t below = key ? scan->doc->nodes[node].parent : node;
		if (!is_below(scan->doc, gone, node) &&
		    !is_below(scan->doc, set, below))
			return false;
	}
	return true;
}

void channel_render_replaced(const struct channel *channel,
    const struct channel_body *b, const struct channel_emit *emit,
    struct buf *out)
{
	struct scan scan = {0};
	struct splice splice = {0};
	const struct json_doc *up = NULL;

	if (b != NULL && b->doc.n_nodes > 0 && !b->dropped)
		up = &b->doc;
	if (up == NULL || scan_run(&scan, channel, &channel->json, up) != 0 ||
	    scan.n_messages == 0 || channel->json.n_sets == 0) {
		fresh(channel, up, emit, out);
		scan_clear(&scan);
		return;
	}
	uint8_t *gone = mem_array(up->n_nodes, 1);
	uint8_t *set = mem_array(up->n_nodes, 1);
	mark_mirrors(&scan, NULL, true, gone);
	mark_removed(&scan, gone);
	if (splice_sets(&splice, &scan, emit, set) &&
	    all_covered(&scan, gone, set)) {
		splice_remove(&splice, up, gone);
		splice_write(&splice, (struct span){up->text, up->len}, out);
	} else {
		fresh(channel, up, emit, out);
	}
	splice_clear(&splice);
	scan_clear(&scan);
	free(gone);
	free(set);
}
