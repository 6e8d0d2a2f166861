/*
 * turns - one pass over the document: a node that is a message is read with
 * all below it and then left behind. The parts of a message are joined by line
 * ends, as they are shown.
 */
#include "proxy/channel/turns.h"

#include "proxy/base/mem.h"
#include "proxy/channel/model.h"
#include "proxy/channel/pieces.h"

#include <string.h>

#define MAX_TOGETHER 64 /* messages in a row, and media, that stay apart */

struct reader {
	const struct channel *channel;
	const struct json_doc *doc;
	struct channel_request *out;
	size_t cap;      /* of many */
	size_t together; /* of the customer's, since the AI spoke */
	size_t media;
};

/* Each costs a judgement and a row: what somebody sends by the thousand is
 * taken for one message, and nothing of it is lost. */
static bool join_last(struct reader *r, size_t start)
{
	struct channel_request *out = r->out;

	if (r->together < MAX_TOGETHER)
		return false;
	struct channel_turn *last = out->n_turns > CHANNEL_FEW_TURNS
	    ? &out->many[out->n_turns - 1]
	    : &out->few[out->n_turns - 1];
	if (last->kind != CHANNEL_TURN_CUSTOMER)
		return false;
	out->texts.data[start - 1] = '\n';
	last->len = out->texts.len - last->start;
	buf_addc(&out->texts, '\0');
	return true;
}

static void add_turn(
    struct reader *r, enum channel_turn_kind kind, size_t start)
{
	struct channel_request *out = r->out;
	struct channel_turn turn = {kind, start, out->texts.len - start};

	buf_addc(&out->texts, '\0');
	if (out->n_turns < CHANNEL_FEW_TURNS) {
		out->few[out->n_turns++] = turn;
		return;
	}
	if (out->n_turns >= r->cap) {
		r->cap = out->n_turns * 2;
		out->many =
		    mem_realloc_array(out->many, r->cap, sizeof(*out->many));
	}
	if (out->n_turns == CHANNEL_FEW_TURNS)
		memcpy(out->many, out->few, sizeof(out->few));
	out->many[out->n_turns++] = turn;
}

static bool is_text(const struct reader *r, uint32_t message, uint32_t node)
{
	const struct pointers *texts = &r->channel->inbound_text;

	if (r->doc->nodes[node].type != JSON_IS_STRING)
		return false;
	for (size_t i = 0; i < texts->n; i++)
		if (pointer_match(&texts->items[i], r->doc, message, node))
			return true;
	return false;
}

static void read_words(struct reader *r, enum channel_turn_kind kind,
    uint32_t message, uint32_t end)
{
	struct buf *texts = &r->out->texts;
	size_t start = texts->len;

	for (uint32_t i = message; i < end; i++) {
		if (!is_text(r, message, i))
			continue;
		if (texts->len > start)
			buf_addc(texts, '\n');
		size_t at = texts->len;
		json_decode(r->doc, i, texts);
		if (texts->len > at)
			pieces_blank_surrogates(
			    texts->data + at, texts->len - at);
	}
	r->together = kind == CHANNEL_TURN_AI ? 0 : r->together;
	if (texts->len == start && kind != CHANNEL_TURN_AI)
		return;
	if (kind == CHANNEL_TURN_CUSTOMER && join_last(r, start))
		return;
	add_turn(r, kind, start);
	r->together += kind == CHANNEL_TURN_CUSTOMER;
}

static void read_media(struct reader *r, uint32_t message, uint32_t end)
{
	const struct channel *c = r->channel;

	for (uint32_t i = message;
	     c->n_inbound_media && r->media < MAX_TOGETHER && i < end; i++)
		for (size_t k = 0; k < c->n_inbound_media; k++) {
			const struct media_rule *m = &c->inbound_media[k];
			size_t start = r->out->texts.len;
			if (!pointer_match(&m->ptr, r->doc, message, i))
				continue;
			buf_adds(&r->out->texts, m->word);
			add_turn(r, CHANNEL_TURN_MEDIA, start);
			r->media++;
			break;
		}
}

/* The first node behind this one and all below it. */
static uint32_t end_of(const struct json_doc *doc, uint32_t node)
{
	uint32_t end = node + 1;

	while (
	    end < doc->n_nodes && doc->nodes[end].start < doc->nodes[node].end)
		end++;
	return end;
}

void turns_read(const struct channel *c, const struct json_doc *doc,
    struct channel_request *out)
{
	struct reader r = {.channel = c, .doc = doc, .out = out};
	uint32_t next = 0;

	for (uint32_t i = 0; i < doc->n_nodes; i = next) {
		next = i + 1;
		bool customer = c->has_inbound &&
		    pointer_match(&c->inbound_message, doc, 0, i);
		if (!customer &&
		    !(c->has_inbound_answer &&
			pointer_match(&c->inbound_answer, doc, 0, i)))
			continue;
		next = end_of(doc, i);
		read_words(&r,
		    customer ? CHANNEL_TURN_CUSTOMER : CHANNEL_TURN_AI, i,
		    next);
		if (customer)
			read_media(&r, i, next);
	}
	out->turns = out->n_turns > CHANNEL_FEW_TURNS ? out->many : out->few;
}
