/*
 * render_stream - frames written anew, and the endings of streams.
 */
#include "proxy/channel/scan.h"
#include "proxy/channel/splice.h"
#include "proxy/channel/stream_state.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <stdlib.h>

static bool is_below(
    const struct json_doc *doc, const uint8_t *marked, uint32_t node)
{
	while (node != JSON_NONE && !marked[node])
		node = doc->nodes[node].parent;
	return node != JSON_NONE;
}

/* The scan's texts that were STREAM or HELD parts, in order. */
static void splice_texts(struct splice *s, const struct scan *scan,
    const uint8_t *gone, const struct span *texts, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < scan->n_texts && k < n; i++) {
		const struct scan_text *t = &scan->texts[i];
		if (!scan_is_written(scan, t))
			continue;
		struct span text = texts[k++];
		/* What is below a dropped mirror goes with it. */
		if (text.p == NULL || is_below(scan->doc, gone, t->node))
			continue;
		const struct json_node *node = &scan->doc->nodes[t->node];
		struct buf quoted = {0};
		json_quote(&quoted, text);
		splice_add(s, node->start, node->end,
		    (struct span){quoted.data, quoted.len});
		buf_clear(&quoted);
	}
	assert(k == n);
}

/* The stream's number for a message of the frame. */
static uint32_t ordinal_of(
    const struct channel_stream *s, const struct scan *scan, uint32_t message)
{
	if (message == CHANNEL_NO_MESSAGE)
		return message;
	for (uint32_t i = 0; i < s->n_messages; i++)
		if (strcmp(s->messages[i].key, scan->messages[message].key) ==
		    0)
			return i;
	assert(!"a message of the stream");
	return message;
}

static void mark_gone(const struct channel_stream *s, const struct scan *scan,
    bool drop_mirrors, uint8_t *gone)
{
	bool mirrors = drop_mirrors || s->labels.dropped_mirrors;

	for (uint32_t i = 0; mirrors && i < scan->doc->n_nodes; i++)
		gone[i] = scan_is_mirror(scan, i);
	for (size_t i = 0; s->labels.dropped && i < scan->n_texts; i++) {
		const struct scan_text *t = &scan->texts[i];
		if ((t->sort == SCAN_LABEL || t->sort == SCAN_NOISE) &&
		    stream_drops(s, scan, t, ordinal_of(s, scan, t->message)))
			gone[scan_member_of(scan->doc, t->node)] = 1;
	}
}

static void render_data(const struct channel_stream *s,
    const struct json_doc *doc, const struct span *texts, size_t n,
    bool drop_mirrors, struct buf *out)
{
	struct scan scan = {0};
	struct splice splice = {0};
	uint8_t *gone = mem_array(doc->n_nodes, 1);

	if (scan_run(&scan, s->channel, &s->channel->sse, doc) != 0)
		assert(!"a frame that was read before");
	mark_gone(s, &scan, drop_mirrors, gone);
	splice_texts(&splice, &scan, gone, texts, n);
	splice_remove(&splice, doc, gone);
	splice_write(&splice, (struct span){doc->text, doc->len}, out);
	splice_clear(&splice);
	scan_clear(&scan);
	free(gone);
}

/* Comments and fields of unknown name are not written again. */
void channel_render_frame(const struct channel_stream *s, struct span raw,
    const struct span *texts, size_t n, bool drop_mirrors, struct buf *out)
{
	const struct channel_limits *l = channel_limits(s->channel);
	const struct json_limits limits = {
	    l->max_event_bytes, l->max_depth, l->max_nodes};
	const struct sse_limits whole = {.max_event_bytes = raw.len + 1};
	struct sse_decoder decoder;
	struct sse_frame frame;
	struct json_doc doc = {0};
	struct buf data = {0};

	sse_init(&decoder, &whole);
	sse_feed(&decoder, raw.p, raw.len);
	sse_end(&decoder);
	if (sse_next(&decoder, &frame) != 1)
		assert(!"not one whole frame");
	if (json_parse(&doc, frame.data.p, frame.data.len, &limits) == 0)
		render_data(s, &doc, texts, n, drop_mirrors, &data);
	else
		buf_add(&data, frame.data.p, frame.data.len);
	bool has_id = frame.has_id && !stream_drops_field(s, STREAM_ID);
	bool named = !stream_drops_field(s, STREAM_EVENT);
	struct span none = {NULL, 0};
	if (frame.dispatched)
		sse_write(out, named ? frame.event : none,
		    has_id ? frame.id : none,
		    (struct span){data.data, data.len});
	buf_clear(&data);
	json_clear(&doc);
	sse_clear(&decoder);
}

/* ---- endings ---- */

static void write_frame(const struct template *t,
    const struct template_values *values, struct buf *out)
{
	struct buf data = {0};

	if (t->pieces == NULL)
		return;
	template_write(t, values, &data);
	sse_write(out, (struct span){NULL, 0}, (struct span){NULL, 0},
	    (struct span){data.data, data.len});
	buf_clear(&data);
}

/* text as the last thing message `key` says, and its end. */
static void end_message(const struct variant *v, struct template_values values,
    const struct stream_message *m, struct buf *out)
{
	struct buf text = {0};

	if (m->sent_text && values.text.len > 0 && v->gap != NULL)
		buf_adds(&text, v->gap);
	buf_add(&text, values.text.p, values.text.len);
	values.text = (struct span){text.data, text.len};
	values.key = span_str(m->key);
	/* Without any text a first frame is still due: it has the role. */
	if (text.len > 0 || !m->sent_text)
		write_frame(&v->emit_text, &values, out);
	write_frame(&v->emit_end, &values, out);
	buf_clear(&text);
}

static struct template_values values_of(
    const struct channel_stream *s, const struct channel_emit *emit)
{
	bool has_up = s->up_doc.n_nodes > 0 && !s->labels.dropped;

	return (struct template_values){.text = emit->text,
	    .time_s = emit->time_s,
	    .id = emit->id,
	    .up = has_up ? &s->up_doc : NULL};
}

void channel_render_more(const struct channel_stream *s, uint32_t message,
    const struct channel_emit *emit, struct buf *out)
{
	struct template_values values = values_of(s, emit);

	values.key =
	    span_str(message < s->n_messages ? s->messages[message].key : "0");
	write_frame(&s->channel->sse.emit_text, &values, out);
}

void channel_render_cut(const struct channel_stream *s,
    const struct channel_emit *emit, struct buf *out)
{
	const struct variant *v = &s->channel->sse;
	struct template_values values = values_of(s, emit);
	const struct stream_message first = {.key = "0"};

	if (s->n_messages == 0)
		end_message(v, values, &first, out);
	for (size_t i = 0; i < s->n_messages; i++)
		if (!s->messages[i].sent_end)
			end_message(v, values, &s->messages[i], out);
	if (!s->sent_done)
		write_frame(&v->emit_done, &values, out);
}

void channel_render_stream(const struct channel *channel,
    const struct channel_emit *emit, struct buf *out)
{
	struct channel_stream *s = channel_stream_new(channel);

	channel_render_cut(s, emit, out);
	channel_stream_free(s);
}

const char *channel_content_type(enum channel_framing framing)
{
	switch (framing) {
	case CHANNEL_SSE:
		return "text/event-stream; charset=utf-8";
	case CHANNEL_JSON:
	case CHANNEL_EMPTY:
	case CHANNEL_UNREADABLE:
		break;
	}
	return "application/json";
}
