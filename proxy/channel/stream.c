/*
 * stream - frames into parts of series; see stream.h for how it is driven.
 *
 * Invariants: a series is one growing text, and start/end of its parts are
 * consecutive; texts of a frame come in document order, the same in which
 * render finds them again; whatever cannot be read makes the frame UNREADABLE
 * rather than empty.
 */
#include "proxy/channel/stream.h"

#include "proxy/base/mem.h"
#include "proxy/channel/stream_state.h"
#include "proxy/channel/stream_values.h"
#include "proxy/wire/utf8.h"

#include <assert.h>
#include <stdlib.h>

struct channel_stream *channel_stream_new(const struct channel *channel)
{
	struct channel_stream *s = mem_zero(sizeof *s);

	s->channel = channel;
	s->max_messages = SCAN_MAX_MESSAGES;
	return s;
}

void channel_stream_expect(struct channel_stream *s, size_t messages)
{
	if (messages < s->max_messages)
		s->max_messages = messages;
}

static void clear_parts(struct channel_stream *s)
{
	for (size_t i = 0; i < s->n_parts; i++)
		seams_clear(&s->parts[i].seams);
	s->n_parts = 0;
}

void channel_stream_free(struct channel_stream *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_series; i++) {
		free(s->series[i].name);
		buf_clear(&s->series[i].text);
		for (int k = 0; s->series[i].undo != NULL && k < UNDO_LEVELS;
		     k++)
			undo_clear(&s->series[i].undo->levels[k]);
		free(s->series[i].undo);
		stream_free_value(s->series[i].value);
	}
	free(s->series);
	clear_parts(s);
	for (size_t i = 0; i < s->n_joints; i++) {
		joint_clear(&s->joints[i]->joint);
		free(s->joints[i]);
	}
	free(s->joints);
	stream_free_lists(s);
	json_clear(&s->up_doc);
	buf_clear(&s->up);
	json_clear(&s->doc);
	scan_clear(&s->scan);
	buf_clear(&s->scratch);
	buf_clear(&s->keys);
	buf_clear(&s->names);
	buf_clear(&s->last_names);
	buf_clear(&s->decoded);
	buf_clear(&s->fresh_labels);
	buf_clear(&s->comments);
	labels_clear(&s->labels);
	free(s->parts);
	free(s->given);
	free(s->ends);
	free(s);
}

/* ---- frames ---- */

static bool settle_messages(struct channel_stream *s)
{
	/* Without their numbers a client may take several for one. */
	for (size_t i = 0; s->scan.n_messages > 1 && i < s->scan.n_messages;
	     i++)
		if (!s->scan.messages[i].numbered)
			return false;
	for (size_t i = 0; i < s->scan.n_messages; i++) {
		const char *key = s->scan.messages[i].key;
		size_t k = 0;
		while (
		    k < s->n_messages && strcmp(s->messages[k].key, key) != 0)
			k++;
		if (k == s->max_messages)
			return false;
		if (k == s->n_messages) {
			struct stream_message *m =
			    &s->messages[s->n_messages++];
			memcpy(m->key, key, sizeof m->key);
			m->numbered = s->scan.messages[i].numbered;
		}
		s->ordinal[i] = (uint32_t)k;
	}
	return true;
}

static struct json_limits limits_of(const struct channel_stream *s)
{
	const struct channel_limits *l = channel_limits(s->channel);

	return (struct json_limits){
	    l->max_event_bytes, l->max_depth, l->max_nodes};
}

/* The first frame with a message in it is what templates copy from. */
static void keep_up(struct channel_stream *s, struct span data)
{
	const struct json_limits limits = limits_of(s);
	bool message = s->scan.n_messages > 0;

	if (s->up_has_message || (s->up.len > 0 && !message))
		return;
	buf_reset(&s->up);
	buf_add(&s->up, data.p, data.len);
	s->up_has_message = message;
	if (json_parse(&s->up_doc, s->up.data, s->up.len, &limits) != 0)
		assert(!"a document that was parsed before");
}

static void add_whole(struct channel_stream *s, const struct buf *text)
{
	stream_add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER,
	    (struct span){text->data, text->len});
	stream_undo_part(s, s->n_parts - 1);
}

#define NAMES_BYTES 256 /* of the latest, which may go on */

/* Names of members that say something, with those of the frames before. */
static void add_names(struct channel_stream *s)
{
	struct span had = {s->last_names.data, s->last_names.len};
	struct span now = {s->names.data, s->names.len};

	if (s->keys.len > 0)
		add_whole(s, &s->keys);
	if (now.len == 0 ||
	    (now.len <= had.len &&
		memcmp(had.p + had.len - now.len, now.p, now.len) == 0))
		return;
	buf_add(&s->last_names, now.p, now.len);
	if (had.len > 0)
		add_whole(s, &s->last_names);
	if (s->last_names.len > NAMES_BYTES)
		buf_drop(&s->last_names, s->last_names.len - NAMES_BYTES);
}

static bool read_data(
    struct channel_stream *s, struct span data, struct channel_frame *out)
{
	const struct json_limits limits = limits_of(s);

	if (json_parse(&s->doc, data.p, data.len, &limits) != 0 ||
	    s->doc.nodes[0].type != JSON_IS_OBJECT ||
	    scan_run(&s->scan, s->channel, &s->channel->sse, &s->doc) != 0 ||
	    !settle_messages(s) || !stream_follow_lists(s))
		return false;
	keep_up(s, data);
	for (size_t i = 0; i < s->scan.n_texts; i++) {
		const struct scan_text *t = &s->scan.texts[i];
		if (t->sort != SCAN_TEXT)
			continue;
		if (!stream_add_text(s, t))
			return false;
		if (t->message != CHANNEL_NO_MESSAGE && !t->is_key)
			out->speaks |= 1ull << s->ordinal[t->message];
	}
	if (!stream_settle_values(s))
		return false;
	add_names(s);
	out->over = stream_end_calls(s);
	stream_add_readings(s);
	for (size_t i = 0; i < s->scan.n_messages; i++) {
		if (!s->scan.messages[i].ends)
			continue;
		out->finishes |= 1ull << s->ordinal[i];
		s->messages[s->ordinal[i]].over = true;
	}
	for (size_t i = 0; i < s->scan.n_messages; i++)
		if (s->scan.messages[i].holds)
			out->holds |= 1ull << s->ordinal[i];
	out->drop_mirrors = s->scan.mirror_differs;
	out->has_media = s->scan.has_media;
	/* At the first word of an error clients give up, and see none of ours.
	 */
	out->waits = s->scan.holds || s->scan.is_error;
	return true;
}

static void begin(struct channel_stream *s, struct channel_frame *out)
{
	*out = (struct channel_frame){.role = CHANNEL_FRAME_PASS};
	clear_parts(s);
	s->n_ends = 0;
	buf_reset(&s->scratch);
	buf_reset(&s->keys);
	buf_reset(&s->names);
	s->n_frames++;
}

/* Texts have stopped moving: give them away. */
static void give(struct channel_stream *s, struct channel_frame *out)
{
	size_t texts = 0;

	free(s->given);
	s->given = mem_array(s->n_parts + 1, sizeof *s->given);
	for (size_t i = 0; i < s->n_parts; i++) {
		struct channel_part *p = &s->parts[i].part;
		p->text.p = s->scratch.data + s->parts[i].text;
		if (s->parts[i].seams.n > 0)
			p->seams = &s->parts[i].seams;
		s->given[i] = *p;
		texts += !p->label;
	}
	out->parts = s->given;
	out->n_parts = s->n_parts;
	out->ends = s->ends;
	out->n_ends = s->n_ends;
	if (out->role == CHANNEL_FRAME_PASS && texts > 0)
		out->role = CHANNEL_FRAME_TEXT;
}

void channel_stream_frame(struct channel_stream *s, const struct sse_frame *f,
    struct channel_frame *out)
{
	const char *done = s->channel->sse.done;

	begin(s, out);
	bool is_done = done != NULL && span_is(f->data, done);
	bool has_data = f->dispatched && !is_done;
	bool good = !has_data || read_data(s, f->data, out);
	good = good && stream_add_labels(s, f, has_data);
	if (good && has_data && s->scan.is_error)
		out->role = CHANNEL_FRAME_ERROR;
	if (good && f->dispatched && is_done) {
		out->role = CHANNEL_FRAME_DONE;
		stream_end_all(s, CHANNEL_NO_MESSAGE);
	}
	if (!good || s->too_deep) {
		begin(s, out);
		out->role = CHANNEL_FRAME_UNREADABLE;
	}
	give(s, out);
}

void channel_stream_end(struct channel_stream *s, struct channel_frame *out)
{
	begin(s, out);
	stream_end_all(s, CHANNEL_NO_MESSAGE);
	give(s, out);
	if (s->too_deep)
		out->role = CHANNEL_FRAME_UNREADABLE;
}

void channel_stream_sent(
    struct channel_stream *s, const struct channel_frame *f)
{
	for (size_t i = 0; i < s->n_messages; i++) {
		if (f->speaks >> i & 1)
			s->messages[i].sent_text = true;
		if (f->finishes >> i & 1)
			s->messages[i].sent_end = true;
	}
	if (f->role == CHANNEL_FRAME_DONE)
		s->sent_done = true;
}

struct span channel_stream_held(const struct channel_stream *s, uint32_t series)
{
	assert(series < s->n_series);
	return (struct span){
	    s->series[series].text.data, s->series[series].text.len};
}

void channel_stream_drop(struct channel_stream *s, uint32_t series)
{
	if (series == CHANNEL_NO_SERIES)
		labels_drop_frame(&s->labels, s->n_frames);
	else
		labels_drop_series(&s->labels, series);
}

bool channel_stream_drops(const struct channel_stream *s)
{
	return s->labels.dropped;
}

size_t channel_stream_n_series(const struct channel_stream *s)
{
	return s->n_series;
}

const char *channel_stream_series(const struct channel_stream *s,
    uint32_t series, enum channel_kind *kind, uint32_t *message)
{
	assert(series < s->n_series);
	*kind = s->series[series].kind;
	*message = s->series[series].message;
	return s->series[series].name;
}

const struct channel_seams *channel_stream_seams(
    const struct channel_stream *s, uint32_t series)
{
	return series < s->n_series ? s->series[series].seams : NULL;
}

void channel_stream_map(const struct channel_stream *s, size_t part,
    size_t *start, size_t *end, struct span text, struct buf *out)
{
	assert(part < s->n_parts);
	const struct stream_part *p = &s->parts[part];
	assert(p->part.held_by != CHANNEL_NO_SERIES);
	const struct buf *held = &s->series[p->part.held_by].text;
	struct channel_edit edit = {.start = *start, .end = *end, .text = text};
	nested_map(&p->nested, (struct span){held->data, held->len},
	    p->part.text, &edit, out);
	*start = edit.start;
	*end = edit.end;
}
