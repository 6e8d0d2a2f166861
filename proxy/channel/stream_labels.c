/*
 * stream_labels - ids, names and comments of a stream, and the columns of its
 * token lists; see labels.h.
 */
#include "proxy/channel/stream_state.h"

#include "proxy/base/mem.h"
#include "proxy/channel/pieces.h"
#include "proxy/wire/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COMMENTS_KEPT 8   /* lines that are read with what comes, ... */
#define COMMENT_BYTES 256 /* ... of each so much */

/* by_number: see scan_label_place. */
static uint64_t place_of(const struct scan *scan, const struct scan_text *t,
    uint32_t message, bool by_number)
{
	uint64_t place = t->sort == SCAN_COLUMN
	    ? scan_column(scan, t)
	    : scan_label_place(scan, t, by_number);

	return (place ^ message) * 1099511628211u;
}

static uint64_t field_place(enum stream_place field)
{
	return UINT64_MAX - (uint64_t)field;
}

/* Those of the event itself, which nobody puts together. */
static bool is_field(uint64_t place)
{
	return place >= field_place(STREAM_COMMENT);
}

static uint32_t begin_series(
    struct channel_stream *s, uint32_t message, const char *what)
{
	return stream_add_series(s,
	    &(struct stream_series){.name = mem_strdup(what),
		.kind = CHANNEL_OTHER,
		.message = message});
}

/* Further text of the series of a label. */
static struct channel_part *add_change(
    struct channel_stream *s, uint32_t series, struct span text)
{
	struct channel_part *p =
	    &stream_add_part(s, CHANNEL_PART_BESIDE, CHANNEL_OTHER, text)->part;

	p->series = series;
	p->label = true;
	p->start = s->series[series].len;
	s->series[series].len += text.len;
	p->end = s->series[series].len;
	return p;
}

static bool is_open(const struct channel_stream *s, const struct label *label)
{
	return label->series != UINT32_MAX && !s->series[label->series].ended;
}

#define GLUED_BYTES 256

/* The official clients glue the pieces of an id, as they do those of a text.
 * Judged each time to its end: the last piece is not to have left by then. */
static struct channel_part *add_glued(
    struct channel_stream *s, struct label *label, const struct buf *before)
{
	struct buf *glued = &label->glued;

	if (glued->len == 0)
		buf_add(glued, before->data, before->len);
	buf_add(glued, label->value.data, label->value.len);
	if (glued->len > GLUED_BYTES)
		buf_drop(glued, glued->len - GLUED_BYTES);
	label->frame = s->n_frames;
	return &stream_add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER,
	    (struct span){glued->data, glued->len})
		    ->part;
}

/* Each value ends with a space, so that its last word is known to be over. */
static void add_changed(struct channel_stream *s, struct label *label,
    const struct buf *before, bool noise)
{
	struct buf text = {0};

	if (!is_open(s, label)) {
		label->series = begin_series(s, CHANNEL_NO_MESSAGE, "label");
		buf_add(&text, before->data, before->len);
		if (before->len > 0)
			buf_addc(&text, ' ');
	}
	buf_add(&text, label->value.data, label->value.len);
	buf_addc(&text, ' ');
	add_change(s, label->series, (struct span){text.data, text.len})
	    ->noise = noise;
	buf_clear(&text);
}

static bool is_one_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.p[i]))
			return false;
	return true;
}

static void add_fresh(struct channel_stream *s, struct span value)
{
	buf_add(&s->fresh_labels, value.p, value.len);
	buf_addc(&s->fresh_labels, '\n');
}

static bool add_label(
    struct channel_stream *s, uint64_t place, struct span value, bool noise)
{
	struct buf before = {0};
	struct label *label;
	enum labels_news news =
	    labels_take(&s->labels, place, value, s->n_frames, &before, &label);
	bool word = noise && is_one_word(value);

	if (news == LABELS_CHANGED || (news == LABELS_NEW && word)) {
		if (!noise && !is_field(place)) {
			add_glued(s, label, &before)->label = true;
			add_fresh(s, value);
		}
		add_changed(s, label, &before, word);
	} else if (news == LABELS_NEW) {
		add_fresh(s, value);
	}
	buf_clear(&before);
	return news != LABELS_FULL && s->n_series <= STREAM_MAX_SERIES;
}

/* A further piece of what is glued at that place: of a label, or of what is
 * none and stands where one would. */
static bool add_piece(struct channel_stream *s, uint64_t place,
    struct span value, enum scan_sort sort)
{
	struct buf before = {0};
	struct label *label;
	enum labels_news news =
	    labels_take(&s->labels, place, value, s->n_frames, &before, &label);

	if (news == LABELS_CHANGED)
		add_glued(s, label, &before)->label = sort == SCAN_LABEL;
	buf_clear(&before);
	return news != LABELS_FULL;
}

/* Tokens follow each other without a space of ours. */
static bool add_token(
    struct channel_stream *s, uint64_t place, struct span token, uint32_t m)
{
	struct label *label = labels_column(&s->labels, place);

	if (label == NULL)
		return false;
	if (!is_open(s, label))
		label->series = begin_series(s, m, "tokens");
	add_change(s, label->series, token)->message = m;
	if (scan_says_much(token) && !s->labels.dropped_mirrors) {
		struct channel_part *alone = &stream_add_part(
		    s, CHANNEL_PART_WHOLE, CHANNEL_OTHER, token)
						  ->part;
		alone->label = true;
		alone->message = m;
		alone->series = label->series;
	}
	return s->n_series <= STREAM_MAX_SERIES;
}

static bool add_of_scan(struct channel_stream *s, const struct scan_text *t)
{
	uint32_t message = CHANNEL_NO_MESSAGE;

	if (t->message != CHANNEL_NO_MESSAGE)
		message = s->ordinal[t->message];
	uint64_t place = place_of(&s->scan, t, message, false);
	uint64_t numbered = place_of(&s->scan, t, message, true);
	buf_reset(&s->decoded);
	scan_decode(&s->scan, t, &s->decoded);
	pieces_blank_surrogates(s->decoded.data, s->decoded.len);
	struct span value = {s->decoded.data, s->decoded.len};
	if (t->sort == SCAN_COLUMN)
		return add_token(s, place, value, message);
	bool good = t->sort == SCAN_TEXT
	    ? add_piece(s, place, value, t->sort)
	    : add_label(s, place, value, t->sort == SCAN_NOISE);
	if (numbered != place && t->sort != SCAN_NOISE)
		good = good && add_piece(s, numbered, value, t->sort);
	return good;
}

/* A line without its colon and space: what a comment says. */
static struct span body_of(struct span line)
{
	if (line.len > 0 && line.p[0] == ':')
		line = (struct span){line.p + 1, line.len - 1};
	if (line.len > 0 && line.p[0] == ' ')
		line = (struct span){line.p + 1, line.len - 1};
	return line;
}

/* The latest lines, each with its LF; of a long one its end. */
static void keep_comments(struct buf *all, struct span lines)
{
	size_t n = 0, gone = 0;

	while (lines.len > 0) {
		const char *end = memchr(lines.p, '\n', lines.len);
		size_t len = end ? (size_t)(end - lines.p) : lines.len;
		struct span body = body_of((struct span){lines.p, len});
		size_t from =
		    body.len > COMMENT_BYTES ? body.len - COMMENT_BYTES : 0;
		while (from < body.len &&
		    ((unsigned char)body.p[from] & 0xc0) == 0x80)
			from++;
		buf_add(all, body.p + from, body.len - from);
		buf_addc(all, '\n');
		len += end != NULL;
		lines = (struct span){lines.p + len, lines.len - len};
	}
	for (size_t i = all->len; i > 0 && gone == 0; i--)
		if (all->data[i - 1] == '\n' && n++ == COMMENTS_KEPT)
			gone = i;
	buf_drop(all, gone);
}

/* Comments may be a text that was cut anywhere: the latest are read in one
 * piece, too, from each of them on. */
static void add_comments(struct channel_stream *s, struct span lines)
{
	struct buf *all = &s->comments;

	keep_comments(all, lines);
	for (size_t i = 0; i < all->len;) {
		struct buf glued = {0};
		size_t n = 0, next = all->len;
		for (size_t k = i; k < all->len; k++)
			if (all->data[k] != '\n')
				buf_addc(&glued, all->data[k]);
			else if (n++ == 0)
				next = k + 1;
		if (n > 1 && glued.len > 0)
			stream_add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER,
			    (struct span){glued.data, glued.len});
		buf_clear(&glued);
		i = next;
	}
}

/* What is more than a token is a text, each time it says something new. */
static bool add_field(
    struct channel_stream *s, enum stream_place field, struct span value)
{
	const struct label *old = labels_find(&s->labels, field_place(field));

	if (value.len == 0)
		return true;
	if (!utf8_is_valid(value.p, value.len))
		return false;
	bool news = old == NULL ||
	    !span_eq((struct span){old->value.data, old->value.len}, value);
	if (news && !model_is_token(value))
		stream_add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER, value);
	if (news && field == STREAM_COMMENT)
		add_comments(s, value);
	return add_label(s, field_place(field), value, false);
}

bool stream_add_labels(
    struct channel_stream *s, const struct sse_frame *f, bool has_data)
{
	bool good = add_field(s, STREAM_COMMENT, f->extra) &&
	    add_field(s, STREAM_EVENT, f->event) &&
	    (!f->has_id || add_field(s, STREAM_ID, f->id));

	for (size_t i = 0; good && has_data && i < s->scan.n_texts; i++)
		if (s->scan.texts[i].sort != SCAN_TEXT ||
		    s->scan.texts[i].instead)
			good = add_of_scan(s, &s->scan.texts[i]);
	if (good && s->fresh_labels.len > 0)
		stream_add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER,
		    (struct span){s->fresh_labels.data, s->fresh_labels.len})
		    ->part.label = true;
	buf_reset(&s->fresh_labels);
	return good;
}

bool stream_drops(const struct channel_stream *s, const struct scan *scan,
    const struct scan_text *t, uint32_t message)
{
	for (int by_number = 0; by_number < 2; by_number++) {
		const struct label *label = labels_find(
		    &s->labels, place_of(scan, t, message, by_number));
		if (label != NULL && label->dropped)
			return true;
	}
	return false;
}

bool stream_drops_field(const struct channel_stream *s, enum stream_place field)
{
	const struct label *label = labels_find(&s->labels, field_place(field));

	return label != NULL && label->dropped;
}
