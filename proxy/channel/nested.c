/*
 * nested - inwards when reading, and edits carried outwards, one decoding at a
 * time.
 */
#include "proxy/channel/nested.h"

#include "proxy/base/mem.h"
#include "proxy/channel/pieces.h"
#include "proxy/wire/json.h"

#include <assert.h>
#include <stdlib.h>

#define MAX_VALUES 1000 /* one behind the other */

struct reader {
	struct nested *nested;
	struct json_limits limits;
	struct buf *out;
	struct nested_step steps[NESTED_STEPS]; /* to the text at hand */
	unsigned n_steps;
};

static void add(struct reader *r, struct nested_step last, size_t start)
{
	struct nested *n = r->nested;

	if (r->out->len == start)
		return;
	if (n->n_texts == n->cap_texts) {
		n->cap_texts = n->cap_texts ? n->cap_texts * 2 : 16;
		n->texts =
		    mem_realloc_array(n->texts, n->cap_texts, sizeof *n->texts);
	}
	struct nested_text *t = &n->texts[n->n_texts++];
	*t = (struct nested_text){.start = start, .end = r->out->len};
	memcpy(t->steps, r->steps, sizeof r->steps);
	t->n_steps = r->n_steps;
	t->steps[t->n_steps++] = last;
	pieces_blank_surrogates(r->out->data + start, r->out->len - start);
}

static bool read_text(struct reader *r, struct span text);

static bool looks_like_json(struct span s)
{
	size_t i = 0;

	while (i < s.len && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t'))
		i++;
	return i < s.len && (s.p[i] == '{' || s.p[i] == '[' || s.p[i] == '"');
}

/* A string of the document at base of the text; the JSON in it if there is. */
static void read_string(
    struct reader *r, const struct json_doc *doc, uint32_t i, size_t base)
{
	const struct json_node *node = &doc->nodes[i];
	const struct nested_step step = {
	    NESTED_STRING, base + node->start + 1, node->end - node->start - 2};
	struct buf inner = {0};
	bool read = false;

	json_decode(doc, i, &inner);
	struct span text = {inner.data, inner.len};
	if (r->n_steps + 1 < NESTED_STEPS && looks_like_json(text)) {
		r->steps[r->n_steps++] = step;
		read = read_text(r, text);
		r->n_steps--;
	}
	size_t start = r->out->len;
	if (!read)
		buf_add(r->out, text.p, text.len);
	add(r, step, start);
	buf_clear(&inner);
}

static void read_node(
    struct reader *r, const struct json_doc *doc, uint32_t i, size_t base)
{
	const struct json_node *node = &doc->nodes[i];
	struct span raw = json_raw(doc, i);
	size_t start = r->out->len;

	if (node->key_end > node->key_start) {
		json_decode_key(doc, i, r->out);
		add(r,
		    (struct nested_step){NESTED_STRING,
			base + node->key_start + 1,
			node->key_end - node->key_start - 2},
		    start);
	}
	start = r->out->len;
	if (node->type == JSON_IS_NUMBER) {
		json_spell_number(raw, r->out);
		add(r,
		    (struct nested_step){
			NESTED_NUMBER, base + node->start, raw.len},
		    start);
	} else if (node->type == JSON_IS_STRING) {
		read_string(r, doc, i, base);
	}
}

/* The value at the beginning of text; bytes it takes, or 0: it is no JSON. */
static size_t read_value(
    struct reader *r, struct span text, struct json_doc *doc)
{
	int err = json_parse(doc, text.p, text.len, &r->limits);

	if (err == JSON_ERR_TRAILING) {
		text.len = doc->error_at;
		err = json_parse(doc, text.p, text.len, &r->limits);
	}
	return err == 0 ? text.len : 0;
}

/* False, and nothing added: it is not JSON from end to end. */
static bool read_text(struct reader *r, struct span text)
{
	size_t n_texts = r->nested->n_texts, n_out = r->out->len, at = 0;
	struct json_doc doc = {0};

	for (int i = 0; at < text.len; i++) {
		struct span rest = {text.p + at, text.len - at};
		size_t n = i < MAX_VALUES ? read_value(r, rest, &doc) : 0;
		if (n == 0)
			break;
		for (uint32_t k = 0; k < doc.n_nodes; k++)
			read_node(r, &doc, k, at);
		at += n;
	}
	json_clear(&doc);
	if (at == text.len && at > 0)
		return true;
	r->nested->n_texts = n_texts;
	r->out->len = n_out;
	return false;
}

void nested_read(struct nested *n, const struct channel *channel,
    struct span text, struct buf *out)
{
	const struct channel_limits *l = channel_limits(channel);
	struct reader r = {
	    .nested = n,
	    .limits = {l->max_body_bytes, l->max_depth, l->max_nodes},
	    .out = out,
	};

	n->n_texts = 0;
	/* Nothing in it is a text as well: {} and null. */
	if (!read_text(&r, text) || n->n_texts == 0) {
		size_t start = out->len;
		buf_add(out, text.p, text.len);
		add(&r, (struct nested_step){NESTED_RAW, 0, text.len}, start);
	}
}

void nested_clear(struct nested *n)
{
	free(n->texts);
	*n = (struct nested){.texts = NULL};
}

/* ---- edits ---- */

static void map_step(const struct nested_step *s, struct span around,
    struct span text, struct channel_edit *edit, struct buf *out)
{
	struct span inside = {around.p + s->raw, s->raw_len};
	struct buf whole = {0};

	assert(s->raw + s->raw_len <= around.len && edit->end <= text.len);
	switch (s->kind) {
	case NESTED_STRING:
		edit->start =
		    s->raw + json_raw_offset(inside, edit->start, false);
		edit->end = s->raw + json_raw_offset(inside, edit->end, true);
		json_escape(out, edit->text);
		return;
	case NESTED_NUMBER:
		/* What is left of it is no number any more. */
		buf_add(&whole, text.p, edit->start);
		buf_add(&whole, edit->text.p, edit->text.len);
		buf_add(&whole, text.p + edit->end, text.len - edit->end);
		edit->start = s->raw;
		edit->end = s->raw + s->raw_len;
		json_quote(out, (struct span){whole.data, whole.len});
		buf_clear(&whole);
		return;
	case NESTED_RAW:
		buf_add(out, edit->text.p, edit->text.len);
		return;
	}
	assert(!"kind");
}

void nested_map(const struct nested_text *n, struct span outer,
    struct span text, struct channel_edit *edit, struct buf *out)
{
	/* texts[i] is what step i goes into; the last step ends at text. */
	struct buf texts[NESTED_STEPS] = {{0}}, written[NESTED_STEPS] = {{0}};

	buf_add(&texts[0], outer.p, outer.len);
	for (unsigned i = 0; i + 1 < n->n_steps; i++)
		json_unescape((struct span){texts[i].data + n->steps[i].raw,
				  n->steps[i].raw_len},
		    &texts[i + 1]);
	for (unsigned i = n->n_steps; i-- > 0;) {
		struct span inner = text;
		if (i + 1 < n->n_steps)
			inner =
			    (struct span){texts[i + 1].data, texts[i + 1].len};
		buf_adds(&written[i], "");
		map_step(&n->steps[i],
		    (struct span){texts[i].data, texts[i].len}, inner, edit,
		    &written[i]);
		edit->text = (struct span){written[i].data, written[i].len};
	}
	buf_add(out, written[0].data, written[0].len);
	edit->text = (struct span){NULL, 0};
	for (unsigned i = 0; i < NESTED_STEPS; i++) {
		buf_clear(&texts[i]);
		buf_clear(&written[i]);
	}
}
