/*
 * nested - inwards when reading, and edits carried outwards, one decoding at a
 * time.
 */
#include "proxy/channel/nested.h"

#include "proxy/base/mem.h"
#include "proxy/channel/joint.h"
#include "proxy/channel/pieces.h"
#include "proxy/wire/json.h"

#include <assert.h>
#include <stdlib.h>

#define MAX_VALUES 1000 /* one behind the other */

struct fibre { /* a text among those it may be put together with */
	uint64_t strand;
	uint32_t text;
};

struct reader {
	struct nested *nested;
	struct json_limits limits;
	struct buf *out;
	struct nested_step steps[NESTED_STEPS]; /* to the text at hand */
	unsigned n_steps;
	uint64_t strand; /* the keys above the text at hand */
	struct fibre *fibres;
	size_t n_fibres, cap_fibres;
};

/* The bytes of out from start on are a text; its number, or SEAMS_NO_SERIES. */
static uint32_t add_text(struct reader *r, size_t start)
{
	struct nested *n = r->nested;

	if (r->out->len == start)
		return SEAMS_NO_SERIES;
	if (n->n_texts == n->cap_texts) {
		n->cap_texts = n->cap_texts ? n->cap_texts * 2 : 16;
		n->texts =
		    mem_realloc_array(n->texts, n->cap_texts, sizeof *n->texts);
	}
	n->texts[n->n_texts] =
	    (struct nested_text){.start = start, .end = r->out->len};
	pieces_blank_surrogates(r->out->data + start, r->out->len - start);
	return (uint32_t)n->n_texts++;
}

static uint32_t add(struct reader *r, struct nested_step last, size_t start)
{
	uint32_t i = add_text(r, start);

	if (i == SEAMS_NO_SERIES)
		return i;
	struct nested_text *t = &r->nested->texts[i];
	memcpy(t->steps, r->steps, sizeof r->steps);
	t->n_steps = r->n_steps;
	t->steps[t->n_steps++] = last;
	return i;
}

/* ---- readings ---- */

static void mark(
    struct channel_seams *seams, size_t at, uint32_t text, size_t own)
{
	seams_mark(seams,
	    &(struct seams_mark){
		.at = at, .series = text, .own = own, .seam = true});
}

/* Bytes the escape at p takes; some take a second one for their character. */
static size_t escape_len(const char *p, size_t len)
{
	size_t n = p[1] == 'u' ? 6 : 2;

	if (n == 6 && len >= 12 && p[6] == '\\' && p[7] == 'u' &&
	    (p[2] | 0x20) == 'd' && strchr("89abAB", p[3]) != NULL)
		n = 12;
	return n;
}

/* A string that is a text, its inside standing at of the text around. */
static void mark_string(
    struct channel_seams *seams, size_t at, struct span inside, uint32_t text)
{
	size_t own = 0, i = 0;

	mark(seams, at, text, 0);
	while (i < inside.len) {
		const char *slash = memchr(inside.p + i, '\\', inside.len - i);
		struct buf one = {0};
		if (slash == NULL)
			break;
		size_t plain = (size_t)(slash - inside.p) - i;
		own += plain;
		i += plain;
		mark(seams, at + i, text, own);
		size_t n = escape_len(slash, inside.len - i);
		json_unescape((struct span){slash, n}, &one);
		own += one.len;
		i += n;
		mark(seams, at + i, text, own);
		buf_clear(&one);
	}
	mark(seams, at + inside.len, SEAMS_NO_SERIES, 0);
}

static void add_fibre(struct reader *r, uint64_t strand, uint32_t text)
{
	if (text == SEAMS_NO_SERIES)
		return;
	if (r->n_fibres == r->cap_fibres) {
		r->cap_fibres = r->cap_fibres ? r->cap_fibres * 2 : 16;
		r->fibres = mem_realloc_array(
		    r->fibres, r->cap_fibres, sizeof *r->fibres);
	}
	r->fibres[r->n_fibres++] = (struct fibre){strand, text};
}

static int by_strand(const void *a, const void *b)
{
	const struct fibre *x = a, *y = b;

	if (x->strand != y->strand)
		return x->strand < y->strand ? -1 : 1;
	return x->text < y->text ? -1 : x->text > y->text;
}

/* The texts of one strand, put together. */
static void join(struct reader *r, const struct fibre *fibres, size_t n)
{
	struct joint j = {.begun = false};

	for (size_t i = 0; i < n; i++) {
		const struct nested_text *t = &r->nested->texts[fibres[i].text];
		bool good = joint_add(&j,
		    &(struct joint_piece){.apart = true,
			.place = fibres[i].text,
			.series = fibres[i].text,
			.text = {r->out->data + t->start, t->end - t->start}},
		    SIZE_MAX);
		assert(good);
	}
	for (int how = 0; how < JOINT_HOWS; how++) {
		struct joint_reading *reading = &j.readings[how];
		size_t start = r->out->len;
		buf_add(r->out, reading->fresh.data, reading->fresh.len);
		uint32_t i = add_text(r, start);
		if (i == SEAMS_NO_SERIES)
			continue;
		r->nested->texts[i].seams = reading->seams;
		reading->seams = (struct channel_seams){.marks = NULL};
	}
	joint_clear(&j);
}

static bool is_number(const struct reader *r, const struct fibre *f)
{
	const struct nested_text *t = &r->nested->texts[f->text];

	return t->n_steps > 0 && t->steps[t->n_steps - 1].kind == NESTED_NUMBER;
}

/* Numbers in a row are data: nobody reads them as one, but for a client that
 * shows the JSON as it stands. */
static bool goes_on(const struct reader *r, const struct fibre *f)
{
	return f[1].strand == f[0].strand &&
	    !(is_number(r, &f[0]) && is_number(r, &f[1]));
}

static void join_all(struct reader *r)
{
	size_t end;

	if (r->n_fibres > 0)
		qsort(r->fibres, r->n_fibres, sizeof *r->fibres, by_strand);
	for (size_t i = 0; i < r->n_fibres; i = end) {
		for (end = i + 1;
		     end < r->n_fibres && goes_on(r, &r->fibres[end - 1]);)
			end++;
		if (end - i > 1)
			join(r, r->fibres + i, end - i);
	}
	free(r->fibres);
}

/* ---- texts ---- */

static bool read_text(struct reader *r, struct span text);

static uint64_t strand_below(uint64_t strand, struct span key)
{
	for (size_t i = 0; i < key.len; i++)
		strand = (strand ^ (unsigned char)key.p[i]) * 1099511628211u;
	return (strand ^ '/') * 1099511628211u;
}

static bool looks_like_json(struct span s)
{
	size_t i = 0;

	while (i < s.len && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t'))
		i++;
	return i < s.len && (s.p[i] == '{' || s.p[i] == '[' || s.p[i] == '"');
}

/* A string of the document at base of the text; the JSON in it if there is.
 * The number of the text that it is. */
static uint32_t read_string(
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
	uint32_t number = (uint32_t)r->nested->n_texts - 1;
	size_t start = r->out->len;
	if (!read) {
		buf_add(r->out, text.p, text.len);
		number = add(r, step, start);
		add_fibre(r, r->strand, number);
	}
	buf_clear(&inner);
	return number;
}

static void read_key(struct reader *r, const struct json_doc *doc, uint32_t i,
    size_t base, struct channel_seams *seams)
{
	const struct json_node *node = &doc->nodes[i];
	size_t start = r->out->len;
	const struct nested_step step = {NESTED_STRING,
	    base + node->key_start + 1, node->key_end - node->key_start - 2};

	json_decode_key(doc, i, r->out);
	mark_string(seams, step.raw,
	    (struct span){doc->text + node->key_start + 1, step.raw_len},
	    add(r, step, start));
}

static void read_value(struct reader *r, const struct json_doc *doc, uint32_t i,
    size_t base, struct channel_seams *seams)
{
	const struct json_node *node = &doc->nodes[i];
	struct span raw = json_raw(doc, i);
	size_t start = r->out->len;

	if (node->type == JSON_IS_NUMBER) {
		json_spell_number(raw, r->out);
		uint32_t text = add(r,
		    (struct nested_step){
			NESTED_NUMBER, base + node->start, raw.len},
		    start);
		mark(seams, base + node->start, text, 0);
		mark(seams, base + node->end, SEAMS_NO_SERIES, 0);
		/* Of a record they are what their keys say. */
		if (node->key_end == node->key_start)
			add_fibre(r, r->strand, text);
	} else if (node->type == JSON_IS_STRING) {
		mark_string(seams, base + node->start + 1,
		    (struct span){raw.p + 1, raw.len - 2},
		    read_string(r, doc, i, base));
	}
}

/* All texts of a document at base of the text around. */
static void read_document(struct reader *r, const struct json_doc *doc,
    size_t base, struct channel_seams *seams)
{
	uint64_t above = r->strand;
	uint64_t *strands = mem_array(doc->n_nodes, sizeof *strands);

	for (uint32_t i = 0; i < doc->n_nodes; i++) {
		const struct json_node *node = &doc->nodes[i];
		strands[i] =
		    node->parent == JSON_NONE ? above : strands[node->parent];
		size_t start = r->out->len;
		if (node->key_end > node->key_start) {
			read_key(r, doc, i, base, seams);
			strands[i] = strand_below(strands[i],
			    (struct span){
				r->out->data + start, r->out->len - start});
		}
		r->strand = strands[i];
		read_value(r, doc, i, base, seams);
	}
	r->strand = above;
	free(strands);
}

/* The value at the beginning of text; bytes it takes, or 0: it is no JSON. */
static size_t parse_value(
    struct reader *r, struct span text, struct json_doc *doc)
{
	int err = json_parse(doc, text.p, text.len, &r->limits);

	if (err == JSON_ERR_TRAILING) {
		text.len = doc->error_at;
		err = json_parse(doc, text.p, text.len, &r->limits);
	}
	return err == 0 ? text.len : 0;
}

static void drop_texts(struct nested *n, size_t from)
{
	while (n->n_texts > from)
		seams_clear(&n->texts[--n->n_texts].seams);
}

/* The last text is the whole as it stands. False, and nothing added: it is not
 * JSON from end to end, or there is nothing in it. */
static bool read_text(struct reader *r, struct span text)
{
	size_t n_texts = r->nested->n_texts, n_out = r->out->len, at = 0;
	size_t n_fibres = r->n_fibres;
	struct channel_seams seams = {.marks = NULL};
	struct json_doc doc = {0};

	for (int i = 0; at < text.len; i++) {
		struct span rest = {text.p + at, text.len - at};
		size_t n = i < MAX_VALUES ? parse_value(r, rest, &doc) : 0;
		if (n == 0)
			break;
		read_document(r, &doc, at, &seams);
		at += n;
	}
	json_clear(&doc);
	bool whole = at > 0 && at == text.len && r->nested->n_texts > n_texts;
	if (whole) {
		size_t start = r->out->len;
		buf_add(r->out, text.p, text.len);
		uint32_t i = add_text(r, start); /* texts may move */
		r->nested->texts[i].seams = seams;
	} else {
		seams_clear(&seams);
		drop_texts(r->nested, n_texts);
		r->out->len = n_out;
		r->n_fibres = n_fibres;
	}
	return whole;
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

	drop_texts(n, 0);
	if (!read_text(&r, text)) {
		size_t start = out->len;
		buf_add(out, text.p, text.len);
		add(&r, (struct nested_step){NESTED_RAW, 0, text.len}, start);
	}
	join_all(&r);
}

void nested_clear(struct nested *n)
{
	drop_texts(n, 0);
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
