/*
 * render_streamed - a body as a stream. A client that asked for a stream and
 * gets a body reads nothing at all, without a word of warning.
 */
#include "proxy/channel/render.h"
#include "proxy/channel/scan.h"
#include "proxy/channel/splice.h"
#include "proxy/wire/sse.h"

#include <assert.h>
#include <stdio.h>

/* ---- what a stream needs ---- */

/* Has a message everything the frames copy? */
static bool is_complete(const struct scan *scan, uint32_t message)
{
	for (size_t i = 0; i < scan->variant->n_streamed; i++) {
		const struct template *t = &scan->variant->streamed[i];
		for (size_t k = 0; k < t->n; k++) {
			if (t->pieces[k].hole != TEMPLATE_COPY)
				continue;
			uint32_t node = pointer_find(
			    &t->pieces[k].up, scan->doc, message, JSON_NONE);
			if (node == JSON_NONE ||
			    scan->doc->nodes[node].type == JSON_IS_NULL)
				return false;
		}
	}
	return true;
}

bool channel_can_stream(
    const struct channel *channel, const struct channel_body *b)
{
	struct scan scan = {0};
	bool can = channel->json.n_streamed > 0 &&
	    scan_run(&scan, channel, &channel->json, &b->doc) == 0 &&
	    (scan.n_messages > 0 || scan.is_error);

	for (size_t i = 0; can && i < scan.n_messages; i++)
		can = is_complete(&scan, scan.messages[i].node);
	scan_clear(&scan);
	return can;
}

/* ---- numbers ---- */

/* The objects of an array get the number of their place, if they have none:
 * in a body the place says it, in a stream nothing would. */
static void number_objects(
    struct splice *s, const struct json_doc *doc, uint32_t array)
{
	uint32_t i = doc->nodes[array].child;

	for (; i != JSON_NONE; i = doc->nodes[i].next) {
		const struct json_node *n = &doc->nodes[i];
		uint32_t at;
		char text[32];
		if (n->type != JSON_IS_OBJECT ||
		    !paths_find_member(doc, i, "index", &at) || at != JSON_NONE)
			continue;
		snprintf(text, sizeof text, "\"index\":%u%s", n->index,
		    n->child != JSON_NONE ? "," : "");
		splice_add(s, n->start + 1, n->start + 1, span_str(text));
	}
}

static void number_all(
    const struct scan *scan, struct span body, struct buf *out)
{
	const struct pointers *number = &scan->variant->number;
	struct splice splice = {0};

	for (size_t m = 0; m < scan->n_messages; m++)
		for (size_t i = 0; i < number->n; i++) {
			uint32_t node = pointer_find(&number->items[i],
			    scan->doc, scan->messages[m].node, JSON_NONE);
			if (node != JSON_NONE)
				number_objects(&splice, scan->doc, node);
		}
	splice_write(&splice, body, out);
	splice_clear(&splice);
}

/* ---- frames ---- */

static void write_data(
    const struct template *t, const struct template_values *v, struct buf *out)
{
	const struct span none = {NULL, 0};
	struct buf data = {0};

	if (t->pieces == NULL)
		return;
	template_write(t, v, &data);
	sse_write(out, none, none, (struct span){data.data, data.len});
	buf_clear(&data);
}

/* What was read once and has only been edited; our numbers count as well. */
static void read_again(const struct channel *channel, struct span body,
    struct json_doc *doc, struct scan *scan)
{
	const struct json_limits limits = {
	    UINT32_MAX - 1, channel_limits(channel)->max_depth, UINT32_MAX - 1};

	if (json_parse(doc, body.p, body.len, &limits) != 0 ||
	    scan_run(scan, channel, &channel->json, doc) != 0)
		assert(!"a body that was read before");
}

void channel_render_streamed(const struct channel *channel, struct span body,
    const struct channel_emit *emit, struct buf *out)
{
	const struct variant *v = &channel->json;
	const struct span none = {NULL, 0};
	struct template_values values = {
	    .time_s = emit->time_s, .id = emit->id};
	struct json_doc doc = {0};
	struct scan scan = {0};
	struct buf numbered = {0};

	read_again(channel, body, &doc, &scan);
	number_all(&scan, body, &numbered);
	read_again(
	    channel, (struct span){numbered.data, numbered.len}, &doc, &scan);
	values.up = &doc;
	if (scan.n_messages == 0)
		sse_write(out, none, none, body);
	for (size_t m = 0; m < scan.n_messages; m++)
		for (size_t i = 0; i < v->n_streamed; i++) {
			values.message = scan.messages[m].node;
			values.key = span_str(scan.messages[m].key);
			write_data(&v->streamed[i], &values, out);
		}
	write_data(&channel->sse.emit_done, &values, out);
	buf_clear(&numbered);
	scan_clear(&scan);
	json_clear(&doc);
}
