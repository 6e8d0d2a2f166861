/*
 * extract - the texts of a JSON body as series, each byte of a series knowing
 * its place in the document.
 *
 * A lone surrogate is judged as U+FFFD: as long as its three-byte form, so
 * offsets stay true.
 */
#include "proxy/channel/extract.h"

#include "proxy/base/mem.h"
#include "proxy/channel/joint.h"
#include "proxy/channel/pieces.h"
#include "proxy/channel/scan.h"
#include "proxy/channel/undo.h"

#include <assert.h>
#include <stdlib.h>

#define MAX_SERIES 4096 /* of one body; each costs a judgement */
#define MAX_PIECES 65536
#define MAX_ALONE 256        /* tokens judged one by one; more are one text */
#define LONG_NUMBER_DIGITS 9 /* no count, no time of day */

/* ---- bodies ---- */

static struct channel_series *new_series(struct channel_body *b)
{
	if (b->n_series == b->cap_series) {
		b->cap_series = b->cap_series ? b->cap_series * 2 : 16;
		b->series = mem_realloc_array(
		    b->series, b->cap_series, sizeof *b->series);
	}
	return &b->series[b->n_series++];
}

static struct channel_series *add_series(
    struct channel_body *b, const struct scan *s, const struct scan_text *t)
{
	struct channel_series *series = new_series(b);
	*series = (struct channel_series){
	    .kind = t->rule != NULL ? t->rule->kind : CHANNEL_OTHER,
	    .message = t->message,
	    .can_edit = scan_is_written(s, t),
	    .mirror = JSON_NONE,
	    .repeats = t->repeats,
	};
	struct buf name = {0};
	scan_name(s, t, &name);
	if (t->is_key)
		buf_adds(&name, " (key)");
	series->name = buf_steal(&name);
	return series;
}

/* Texts under one label of one message are joined. */
static struct channel_series *labelled(
    struct channel_body *b, const struct scan *s, const struct scan_text *t)
{
	for (size_t i = b->n_series; i > 0; i--) {
		struct channel_series *have = &b->series[i - 1];
		if (have->under == t->rule->label &&
		    have->message == t->message)
			return have;
	}
	struct channel_series *series = add_series(b, s, t);
	series->under = t->rule->label;
	return series;
}

static void add_piece(struct channel_body *b, struct channel_piece piece)
{
	if (b->n_pieces == b->cap_pieces) {
		b->cap_pieces = b->cap_pieces ? b->cap_pieces * 2 : 16;
		b->pieces = mem_realloc_array(
		    b->pieces, b->cap_pieces, sizeof *b->pieces);
	}
	b->pieces[b->n_pieces++] = piece;
}

static void read_plain(
    struct channel_body *b, const struct scan *s, const struct scan_text *t)
{
	bool label = t->rule != NULL && t->rule->label != 0;
	struct channel_series *series =
	    label ? labelled(b, s, t) : add_series(b, s, t);
	size_t start = series->text.len;

	scan_decode(s, t, &series->text);
	pieces_blank_surrogates(
	    series->text.data + start, series->text.len - start);
	add_piece(b,
	    (struct channel_piece){
		.node = t->node,
		.series = (uint32_t)(series - b->series),
		.is_key = t->is_key,
		.repeats = t->repeats,
		.join = scan_join(s, t),
		.start = start,
		.end = series->text.len,
	    });
}

/* base: the series of the first text that it is a reading of. */
static void take_reading(
    struct channel_series *series, struct nested_text *n, size_t base)
{
	series->beside = true;
	series->can_edit = false;
	series->seams = n->seams;
	n->seams = (struct channel_seams){.marks = NULL};
	seams_shift(&series->seams, (uint32_t)base);
}

static void read_nested(
    struct channel_body *b, const struct scan *s, const struct scan_text *t)
{
	struct nested nested = {0};
	struct buf outer = {0}, texts = {0};

	scan_decode(s, t, &outer);
	nested_read(
	    &nested, s->channel, (struct span){outer.data, outer.len}, &texts);
	size_t base = b->n_series;
	for (size_t i = 0; i < nested.n_texts && b->n_series < MAX_SERIES + 1;
	     i++) {
		struct nested_text *n = &nested.texts[i];
		struct channel_series *series = add_series(b, s, t);
		series->nested = true;
		buf_add(
		    &series->text, texts.data + n->start, n->end - n->start);
		if (n->n_steps == 0) {
			take_reading(series, n, base);
			continue;
		}
		add_piece(b,
		    (struct channel_piece){
			.node = t->node,
			.series = (uint32_t)(series - b->series),
			.nested = true,
			.inner = *n,
			.end = series->text.len,
		    });
	}
	buf_clear(&outer);
	buf_clear(&texts);
	nested_clear(&nested);
}

/* ---- labels ---- */

static struct channel_series *add_label(
    struct channel_body *b, const char *name)
{
	struct channel_series *series = new_series(b);

	*series = (struct channel_series){
	    .name = mem_strdup(name),
	    .kind = CHANNEL_OTHER,
	    .message = CHANNEL_NO_MESSAGE,
	    .label = true,
	    .mirror = JSON_NONE,
	};
	return series;
}

static struct channel_series *column_of(
    struct channel_body *b, const struct scan *s, const struct scan_text *t)
{
	uint64_t column = scan_column(s, t);
	uint32_t mirror = scan_mirror_of(s, t->node);

	for (size_t i = b->n_series; i > 0; i--)
		if (b->series[i - 1].mirror == mirror &&
		    b->series[i - 1].column == column)
			return &b->series[i - 1];
	struct channel_series *series = add_label(b, "tokens");
	series->column = column;
	series->mirror = mirror;
	return series;
}

/* Ids and names, one a line. */
static struct channel_series *labels_of(struct channel_body *b)
{
	for (size_t i = b->n_series; i > 0; i--)
		if (b->series[i - 1].label &&
		    b->series[i - 1].mirror == JSON_NONE)
			return &b->series[i - 1];
	return add_label(b, "labels");
}

static void read_label(
    struct channel_body *b, const struct scan *s, const struct scan_text *t)
{
	bool token = t->sort == SCAN_COLUMN;
	struct channel_series *series =
	    token ? column_of(b, s, t) : labels_of(b);
	struct buf *text = &series->text;

	if (!token && text->len > 0)
		buf_addc(text, '\n');
	size_t start = text->len;
	scan_decode(s, t, text);
	pieces_blank_surrogates(text->data + start, text->len - start);
	if (!token)
		add_piece(b,
		    (struct channel_piece){
			.node = t->node,
			.series = (uint32_t)(series - b->series),
			.is_key = true, /* never edited */
			.start = start,
			.end = text->len,
		    });
}

/* Where the token goes, each but once; NULL: it is there. first: the first
 * series of such tokens. */
static struct channel_series *alone(
    struct channel_body *b, size_t first, uint32_t mirror, struct span token)
{
	struct channel_series *last = NULL;

	for (size_t i = first; i < b->n_series; i++) {
		struct channel_series *have = &b->series[i];
		if (have->mirror != mirror)
			continue;
		if (span_eq(
			(struct span){have->text.data, have->text.len}, token))
			return NULL;
		last = have;
	}
	if (last == NULL || b->n_series - first < MAX_ALONE) {
		last = add_label(b, "token");
		last->mirror = mirror;
	}
	return last;
}

static void read_alone(struct channel_body *b, const struct scan *s)
{
	size_t first = b->n_series;
	struct buf token = {0};

	for (size_t i = 0; i < s->n_texts && b->n_series <= MAX_SERIES; i++) {
		const struct scan_text *t = &s->texts[i];
		if (t->sort != SCAN_COLUMN)
			continue;
		buf_reset(&token);
		scan_decode(s, t, &token);
		pieces_blank_surrogates(token.data, token.len);
		struct span text = {token.data, token.len};
		struct channel_series *series = scan_says_much(text)
		    ? alone(b, first, scan_mirror_of(s, t->node), text)
		    : NULL;
		if (series == NULL)
			continue;
		if (series->text.len > 0)
			buf_addc(&series->text, '\n');
		buf_add(&series->text, text.p, text.len);
	}
	buf_clear(&token);
}

void channel_body_drop(struct channel_body *b, uint32_t series)
{
	assert(series < b->n_series && b->series[series].label);
	b->series[series].dropped = b->dropped = true;
}

/* ---- escapes undone ---- */

/* The series read once more, and again, while there are escapes. False: there
 * are more than that. */
static bool read_undone(struct channel_body *b, uint32_t of)
{
	bool deep = false;

	for (int level = 0; level < UNDO_LEVELS; level++) {
		struct channel_series below = b->series[of];
		struct span text = {below.text.data, below.text.len};
		struct undo u = {.open = false};
		if (memchr(text.p, '\\', text.len) == NULL)
			return true;
		undo_add(&u, of, text);
		undo_finish(&u, of);
		if (u.fresh.len == 0) {
			undo_clear(&u);
			return true;
		}
		struct channel_series *series = new_series(b);
		*series = (struct channel_series){
		    .name = mem_printf("%s/undone", below.name),
		    .kind = below.kind,
		    .message = below.message,
		    .beside = true,
		    .mirror = JSON_NONE,
		    .text = u.fresh,
		    .seams = u.seams,
		};
		of = (uint32_t)(b->n_series - 1);
		deep = u.deep;
	}
	return !deep;
}

static bool read_all_undone(struct channel_body *b)
{
	size_t n = b->n_series;
	bool good = true;

	for (uint32_t i = 0; i < n && good && b->n_series <= MAX_SERIES; i++)
		good = b->series[i].label || read_undone(b, i);
	return good;
}

/* ---- texts put together ---- */

struct fibre { /* a piece among those it may be put together with */
	uint32_t message;
	uint64_t strand; /* 0: all of the message */
	const struct channel_piece *piece;
};

static void add_readings(
    struct channel_body *b, const struct fibre *first, struct joint *j)
{
	for (int how = 0; how < JOINT_HOWS; how++) {
		const struct channel_series of =
		    b->series[first->piece->series];
		struct joint_reading *r = &j->readings[how];
		if (r->fresh.len == 0)
			continue;
		struct channel_series *series = new_series(b);
		*series = (struct channel_series){
		    .name = mem_printf("%s/joined", of.name),
		    .kind = first->strand == 0 ? CHANNEL_SAID : of.kind,
		    .message = of.message,
		    .beside = true,
		    .mirror = JSON_NONE,
		    .text = r->fresh,
		    .seams = r->seams,
		};
		r->fresh = (struct buf){0};
		r->seams = (struct channel_seams){.marks = NULL};
	}
}

/* False: it cannot be read. */
static bool read_strand(
    struct channel_body *b, const struct fibre *fibres, size_t n)
{
	struct joint j = {.begun = false};
	bool good = true;

	for (size_t i = 0; i < n && good; i++) {
		const struct channel_piece *p = fibres[i].piece;
		const struct channel_series *series = &b->series[p->series];
		good = joint_add(&j,
		    &(struct joint_piece){
			.label = fibres[i].strand == 0 ? p->join.label : 0,
			.apart = p->join.apart,
			.place = p->node,
			.series = p->series,
			.own = p->start,
			.text = {series->text.data + p->start,
			    p->end - p->start},
		    },
		    SIZE_MAX);
	}
	if (good)
		add_readings(b, &fibres[0], &j);
	joint_clear(&j);
	return good;
}

static bool is_same(const struct fibre *x, const struct fibre *y)
{
	return x->message == y->message && x->strand == y->strand;
}

static int by_strand(const void *a, const void *b)
{
	const struct fibre *x = a, *y = b;

	if (x->message != y->message)
		return x->message < y->message ? -1 : 1;
	if (x->strand != y->strand)
		return x->strand < y->strand ? -1 : 1;
	return x->piece < y->piece ? -1 : x->piece > y->piece;
}

static bool read_joined(struct channel_body *b)
{
	struct fibre *all = mem_array(2 * b->n_pieces + 1, sizeof *all);
	size_t n = 0, end;
	bool good = true;

	for (size_t i = 0; i < b->n_pieces; i++) {
		const struct channel_piece *p = &b->pieces[i];
		uint32_t message = b->series[p->series].message;
		if (p->join.label != 0)
			all[n++] = (struct fibre){message, 0, p};
		if (p->join.strand != 0)
			all[n++] = (struct fibre){message, p->join.strand, p};
	}
	qsort(all, n, sizeof *all, by_strand);
	for (size_t i = 0; i < n && good; i = end) {
		for (end = i + 1; end < n && is_same(&all[i], &all[end]);)
			end++;
		good = end - i < 2 || read_strand(b, all + i, end - i);
	}
	free(all);
	return good;
}

static int read_texts(struct channel_body *b, const struct scan *s)
{
	size_t max = channel_limits(s->channel)->max_text_bytes;

	for (size_t i = 0; i < s->n_texts; i++) {
		const struct scan_text *t = &s->texts[i];
		if (t->sort != SCAN_TEXT)
			continue;
		if (t->rule != NULL && t->rule->nested)
			read_nested(b, s, t);
		else
			read_plain(b, s, t);
		if (b->n_series > MAX_SERIES || b->n_pieces > MAX_PIECES)
			return CHANNEL_BODY_TEXT_LIMIT;
	}
	for (size_t i = 0; i < s->n_texts; i++) {
		if (s->texts[i].sort != SCAN_TEXT)
			read_label(b, s, &s->texts[i]);
		if (b->n_series > MAX_SERIES || b->n_pieces > MAX_PIECES)
			return CHANNEL_BODY_TEXT_LIMIT;
	}
	read_alone(b, s);
	if (!read_all_undone(b))
		return CHANNEL_BODY_SHAPE;
	if (b->n_series > MAX_SERIES)
		return CHANNEL_BODY_TEXT_LIMIT;
	if (!read_joined(b) || b->n_series > MAX_SERIES)
		return CHANNEL_BODY_TEXT_LIMIT;
	for (size_t i = 0; i < b->n_series; i++)
		if (b->series[i].text.len > max)
			return CHANNEL_BODY_TEXT_LIMIT;
	return CHANNEL_BODY_OK;
}

int channel_body_read(
    const struct channel *channel, struct span bytes, struct channel_body *b)
{
	const struct channel_limits *l = channel_limits(channel);
	const struct json_limits limits = {
	    l->max_body_bytes, l->max_depth, l->max_nodes};
	struct scan s = {0};

	*b = (struct channel_body){.n_series = 0};
	b->json_error = json_parse(&b->doc, bytes.p, bytes.len, &limits);
	if (b->json_error != 0)
		return CHANNEL_BODY_NOT_JSON;
	int err = scan_run(&s, channel, &channel->json, &b->doc);
	if (err != 0)
		err = CHANNEL_BODY_SHAPE;
	else
		err = read_texts(b, &s);
	if (err == CHANNEL_BODY_OK) {
		b->n_messages = s.n_messages;
		b->has_media = s.has_media;
		b->mirror_differs = s.mirror_differs;
	}
	scan_clear(&s);
	return err;
}

void channel_body_clear(struct channel_body *b)
{
	for (size_t i = 0; i < b->n_series; i++) {
		free(b->series[i].name);
		buf_clear(&b->series[i].text);
		seams_clear(&b->series[i].seams);
	}
	free(b->series);
	free(b->pieces);
	json_clear(&b->doc);
	*b = (struct channel_body){.n_series = 0};
}

/* The string a nested series lies in; JSON_NONE: it is not nested. A nested
 * one has one piece, made with it. */
static uint32_t outer_of(
    const struct channel_body *b, size_t series, size_t *piece)
{
	while (*piece < b->n_pieces && b->pieces[*piece].series < series)
		(*piece)++;
	if (*piece < b->n_pieces && b->pieces[*piece].series == series &&
	    b->pieces[*piece].nested)
		return b->pieces[*piece].node;
	return JSON_NONE;
}

void channel_body_told(
    const struct channel_body *b, enum channel_kind kind, struct buf *out)
{
	uint32_t last = JSON_NONE;
	size_t start = out->len, piece = 0;

	for (size_t i = 0; i < b->n_series; i++) {
		const struct channel_series *s = &b->series[i];
		if (s->kind != kind || s->beside || s->repeats || s->label)
			continue;
		uint32_t outer =
		    kind == CHANNEL_TOOL ? outer_of(b, i, &piece) : JSON_NONE;
		if (outer != JSON_NONE && outer == last)
			continue;
		last = outer;
		if (out->len > start)
			buf_addc(out, '\n');
		if (outer != JSON_NONE)
			json_decode(&b->doc, outer, out);
		else
			buf_add(out, s->text.data, s->text.len);
	}
}

static void add_key(const struct json_doc *doc, uint32_t node, struct buf *out)
{
	const struct json_node *n = &doc->nodes[node];

	if (n->key_end == n->key_start)
		return;
	json_decode_key(doc, node, out);
	buf_addc(out, '\n');
}

static void add_value(
    const struct json_doc *doc, uint32_t node, struct buf *out)
{
	const struct json_node *n = &doc->nodes[node];
	struct span raw = json_raw(doc, node);

	if (n->type == JSON_IS_STRING)
		json_decode(doc, node, out);
	else if (n->type == JSON_IS_NUMBER && raw.len >= LONG_NUMBER_DIGITS)
		buf_add(out, raw.p, raw.len);
	else
		return;
	buf_addc(out, '\n');
}

int channel_body_words(
    const struct channel *channel, struct span bytes, struct buf *out)
{
	const struct channel_limits *l = channel_limits(channel);
	const struct json_limits limits = {
	    l->max_body_bytes, l->max_depth, l->max_nodes};
	struct json_doc doc = {0};
	int err = CHANNEL_BODY_OK;

	buf_adds(out, "");
	if (json_parse(&doc, bytes.p, bytes.len, &limits) != 0)
		err = CHANNEL_BODY_NOT_JSON;
	for (uint32_t i = 0; i < doc.n_nodes; i++)
		add_value(&doc, i, out);
	for (uint32_t i = 0; i < doc.n_nodes; i++)
		add_key(&doc, i, out);
	pieces_blank_surrogates(out->data, out->len);
	json_clear(&doc);
	return err;
}
