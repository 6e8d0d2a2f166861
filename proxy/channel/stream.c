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
#include "proxy/wire/utf8.h"

#include <assert.h>
#include <stdlib.h>

#define MAX_SERIES 1024 /* of one stream */
#define SEAM_WINDOW 512 /* bytes around a seam that are read together */

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

void channel_stream_free(struct channel_stream *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n_series; i++) {
		free(s->series[i].name);
		buf_clear(&s->series[i].text);
	}
	free(s->series);
	for (size_t i = 0; i < s->n_messages; i++) {
		if (s->messages[i].joint != NULL)
			joint_clear(s->messages[i].joint);
		free(s->messages[i].joint);
	}
	json_clear(&s->up_doc);
	buf_clear(&s->up);
	json_clear(&s->doc);
	scan_clear(&s->scan);
	buf_clear(&s->scratch);
	buf_clear(&s->keys);
	buf_clear(&s->decoded);
	free(s->parts);
	free(s->given);
	free(s->ends);
	free(s);
}

/* ---- parts ---- */

static struct stream_part *add_part(struct channel_stream *s,
    enum channel_part_mode mode, enum channel_kind kind, struct span text)
{
	if (s->n_parts == s->cap_parts) {
		s->cap_parts = s->cap_parts ? s->cap_parts * 2 : 16;
		s->parts =
		    mem_realloc_array(s->parts, s->cap_parts, sizeof *s->parts);
	}
	struct stream_part *p = &s->parts[s->n_parts++];
	*p = (struct stream_part){
	    .part = {.mode = mode,
		.kind = kind,
		.series = CHANNEL_NO_SERIES,
		.message = CHANNEL_NO_MESSAGE,
		.held_by = CHANNEL_NO_SERIES,
		.end = text.len},
	    .text = s->scratch.len,
	};
	buf_add(&s->scratch, text.p, text.len);
	return p;
}

/* Bytes of the frame itself that are not its data: comments, ids, names. */
static bool add_whole(struct channel_stream *s, struct span text)
{
	if (text.len == 0 || model_is_token(text))
		return true;
	if (!utf8_is_valid(text.p, text.len))
		return false;
	add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER, text);
	return true;
}

/* ---- series ---- */

static uint32_t hash_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

static uint32_t add_series(
    struct channel_stream *s, const struct stream_series *series)
{
	s->series =
	    mem_realloc_array(s->series, s->n_series + 1, sizeof *s->series);
	s->series[s->n_series] = *series;
	return (uint32_t)s->n_series++;
}

static bool is_open(const struct stream_series *have, uint32_t message)
{
	return !have->ended && have->message == message;
}

/* The open series of a label, or a new one. */
static uint32_t labelled(
    struct channel_stream *s, const struct scan_text *t, uint32_t message)
{
	struct buf name = {0};

	for (size_t i = 0; i < s->n_series; i++)
		if (s->series[i].label == t->rule->label &&
		    is_open(&s->series[i], message))
			return (uint32_t)i;
	if (s->n_series == MAX_SERIES)
		return CHANNEL_NO_SERIES;
	scan_name(&s->scan, t, &name);
	return add_series(s,
	    &(struct stream_series){.name = buf_steal(&name),
		.label = t->rule->label,
		.kind = t->rule->kind,
		.message = message,
		.held = t->rule->nested});
}

/* The open series of that name, or a new one. */
static uint32_t named(
    struct channel_stream *s, const struct scan_text *t, uint32_t message)
{
	struct buf name = {0};

	scan_name(&s->scan, t, &name);
	uint32_t hash = hash_of(name.data);
	uint32_t numbered = scan_numbered(&s->scan, t);
	for (size_t i = 0; i < s->n_series; i++) {
		const struct stream_series *have = &s->series[i];
		if (have->hash == hash && have->label == 0 &&
		    is_open(have, message) &&
		    strcmp(have->name, name.data) == 0) {
			buf_clear(&name);
			/* A client may keep the two apart. */
			return have->numbered == numbered ? (uint32_t)i
							  : CHANNEL_NO_SERIES;
		}
	}
	if (s->n_series == MAX_SERIES) {
		buf_clear(&name);
		return CHANNEL_NO_SERIES;
	}
	return add_series(s,
	    &(struct stream_series){.name = buf_steal(&name),
		.hash = hash,
		.numbered = numbered,
		.kind = t->rule != NULL ? t->rule->kind : CHANNEL_OTHER,
		.message = message,
		.held = t->rule != NULL && t->rule->nested});
}

/* CHANNEL_NO_SERIES: too many, or not clearly the same. */
static uint32_t series_of(
    struct channel_stream *s, const struct scan_text *t, uint32_t message)
{
	return t->rule != NULL && t->rule->label != 0 ? labelled(s, t, message)
						      : named(s, t, message);
}

/* Joins a surrogate pair cut by a frame; a half that stays alone is U+FFFD. */
static void join_halves(struct stream_series *series, struct buf *text)
{
	uint32_t low = utf8_surrogate(text->data, text->len);
	struct buf out = {0};
	size_t from = 0;

	if (series->half != 0 && low >= 0xdc00) {
		char bytes[4];
		uint32_t c =
		    0x10000 + ((series->half - 0xd800) << 10) + (low - 0xdc00);
		buf_add(&out, bytes, utf8_put(bytes, c));
		from = 3;
	} else if (series->half != 0) {
		buf_adds(&out, "\xef\xbf\xbd");
	}
	series->half = 0;
	size_t end = text->len;
	if (end - from >= 3) {
		uint32_t high = utf8_surrogate(text->data + end - 3, 3);
		if (high != 0 && high < 0xdc00) {
			series->half = high;
			end -= 3;
		}
	}
	size_t at = out.len;
	buf_add(&out, text->data + from, end - from);
	if (out.len > at)
		pieces_blank_surrogates(out.data + at, out.len - at);
	buf_clear(text);
	*text = out;
}

/* ---- ends ---- */

/* All of a held series is here: the texts inside it are judged now. */
static void add_nested(struct channel_stream *s, uint32_t id)
{
	const struct stream_series *series = &s->series[id];
	struct nested nested = {0};
	struct buf texts = {0};

	nested_read(&nested, s->channel,
	    (struct span){series->text.data, series->text.len}, &texts);
	for (size_t i = 0; i < nested.n_texts; i++) {
		const struct nested_text *n = &nested.texts[i];
		struct stream_part *p = add_part(s, CHANNEL_PART_WHOLE,
		    series->kind,
		    (struct span){texts.data + n->start, n->end - n->start});
		p->part.held_by = id;
		p->part.message = series->message;
		p->nested = *n;
	}
	nested_clear(&nested);
	buf_clear(&texts);
}

static void end_series(struct channel_stream *s, uint32_t id)
{
	struct stream_series *series = &s->series[id];

	if (series->ended)
		return;
	series->ended = true;
	s->ends = mem_realloc_array(s->ends, s->n_ends + 1, sizeof *s->ends);
	s->ends[s->n_ends++] = id;
	if (series->held)
		add_nested(s, id);
}

static void end_some(struct channel_stream *s, uint32_t message, bool beside)
{
	for (uint32_t i = 0; i < s->n_series; i++)
		if ((message == CHANNEL_NO_MESSAGE ||
			s->series[i].message == message) &&
		    (s->series[i].seams != NULL) == beside)
			end_series(s, i);
}

/* message CHANNEL_NO_MESSAGE: every series. Readings last: what they are made
 * of is settled then. */
static void end_all(struct channel_stream *s, uint32_t message)
{
	end_some(s, message, false);
	end_some(s, message, true);
	for (size_t i = 0; i < s->n_messages; i++)
		if (s->messages[i].joint != NULL &&
		    (message == CHANNEL_NO_MESSAGE || message == i))
			joint_close(s->messages[i].joint);
}

/* ---- texts put together ---- */

static void join(struct channel_stream *s, const struct scan_text *t,
    const struct channel_part *p, struct span text)
{
	struct stream_message *m = &s->messages[p->message];

	if (m->joint == NULL)
		m->joint = mem_zero(sizeof *m->joint);
	joint_add(m->joint,
	    &(struct joint_piece){.label = t->rule->label,
		.place = scan_place(&s->scan, t),
		.series = p->series,
		.own = p->start,
		.text = text},
	    SEAM_WINDOW);
}

/* The series of a reading; room for them is always left. */
static uint32_t beside(struct channel_stream *s, uint32_t message, int how)
{
	struct stream_message *m = &s->messages[message];

	if (m->beside[how] != CHANNEL_NO_SERIES)
		return m->beside[how];
	for (int i = 0; i < JOINT_HOWS; i++)
		m->beside[i] = add_series(s,
		    &(struct stream_series){
			.name = mem_printf("%s/joined", m->key),
			.kind = CHANNEL_SAID,
			.message = message,
			.ended = true,
			.seams = &m->joint->readings[i].seams});
	return m->beside[how];
}

static void add_reading(struct channel_stream *s, uint32_t message, int how)
{
	struct joint_reading *r = &s->messages[message].joint->readings[how];

	if (r->fresh.len == 0)
		return;
	struct channel_part *p = &add_part(s, CHANNEL_PART_BESIDE, CHANNEL_SAID,
	    (struct span){r->fresh.data, r->fresh.len})
				      ->part;
	p->series = beside(s, message, how);
	p->message = message;
	p->fresh = r->opened;
	p->start = r->len - r->fresh.len;
	p->end = r->len;
	s->series[p->series].ended = false;
}

/* What this frame adds to the readings of its messages. */
static void add_readings(struct channel_stream *s)
{
	for (size_t i = 0; i < s->scan.n_messages; i++) {
		uint32_t message = s->ordinal[i];
		struct stream_message *m = &s->messages[message];
		if (m->joint == NULL)
			continue;
		for (int how = 0; how < JOINT_HOWS; how++)
			add_reading(s, message, how);
		joint_take(m->joint);
		if (!joint_is_over(m->joint, SEAM_WINDOW))
			continue;
		joint_close(m->joint);
		for (int how = 0; how < JOINT_HOWS; how++)
			if (m->beside[how] != CHANNEL_NO_SERIES)
				end_series(s, m->beside[how]);
	}
}

static bool add_text(struct channel_stream *s, const struct scan_text *t)
{
	uint32_t message = CHANNEL_NO_MESSAGE;

	if (t->message != CHANNEL_NO_MESSAGE) {
		message = s->ordinal[t->message];
		/* A client may keep the two apart. */
		if (s->messages[message].numbered !=
		    s->scan.messages[t->message].numbered)
			return false;
	}
	buf_reset(&s->decoded);
	scan_decode(&s->scan, t, &s->decoded);
	if (t->is_key) {
		if (s->keys.len > 0)
			buf_addc(&s->keys, '\n');
		pieces_blank_surrogates(s->decoded.data, s->decoded.len);
		buf_add(&s->keys, s->decoded.data, s->decoded.len);
		return true;
	}
	uint32_t id = series_of(s, t, message);
	if (id == CHANNEL_NO_SERIES)
		return false;
	struct stream_series *series = &s->series[id];
	join_halves(series, &s->decoded);
	struct span text = {s->decoded.data, s->decoded.len};
	struct channel_part *p =
	    &add_part(s, series->held ? CHANNEL_PART_HELD : CHANNEL_PART_STREAM,
		series->kind, text)
		 ->part;
	p->series = id;
	p->message = message;
	p->repeats = t->repeats;
	p->start = series->len;
	series->len += text.len;
	p->end = series->len;
	if (series->held)
		buf_add(&series->text, text.p, text.len);
	if (series->label != 0 && !t->repeats && message != CHANNEL_NO_MESSAGE)
		join(s, t, p, text);
	return series->len <= channel_limits(s->channel)->max_text_bytes;
}

/* ---- frames ---- */

static bool settle_messages(struct channel_stream *s)
{
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
			for (int how = 0; how < JOINT_HOWS; how++)
				m->beside[how] = CHANNEL_NO_SERIES;
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

static bool read_data(
    struct channel_stream *s, struct span data, struct channel_frame *out)
{
	const struct json_limits limits = limits_of(s);

	if (json_parse(&s->doc, data.p, data.len, &limits) != 0 ||
	    s->doc.nodes[0].type != JSON_IS_OBJECT ||
	    scan_run(&s->scan, s->channel, &s->channel->sse, &s->doc) != 0 ||
	    !settle_messages(s))
		return false;
	keep_up(s, data);
	for (size_t i = 0; i < s->scan.n_texts; i++) {
		const struct scan_text *t = &s->scan.texts[i];
		if (!add_text(s, t))
			return false;
		if (t->message != CHANNEL_NO_MESSAGE && !t->is_key)
			out->speaks |= 1ull << s->ordinal[t->message];
	}
	if (s->keys.len > 0)
		add_part(s, CHANNEL_PART_WHOLE, CHANNEL_OTHER,
		    (struct span){s->keys.data, s->keys.len});
	add_readings(s);
	for (size_t i = 0; i < s->scan.n_messages; i++) {
		if (!s->scan.messages[i].ends)
			continue;
		out->finishes |= 1ull << s->ordinal[i];
		end_all(s, s->ordinal[i]);
	}
	out->drop_mirrors = scan_mirror_differs(&s->scan);
	out->has_media = s->scan.has_media;
	return true;
}

static void begin(struct channel_stream *s, struct channel_frame *out)
{
	*out = (struct channel_frame){.role = CHANNEL_FRAME_PASS};
	s->n_parts = s->n_ends = 0;
	buf_reset(&s->scratch);
	buf_reset(&s->keys);
}

/* Texts have stopped moving: give them away. */
static void give(struct channel_stream *s, struct channel_frame *out)
{
	free(s->given);
	s->given = mem_array(s->n_parts + 1, sizeof *s->given);
	for (size_t i = 0; i < s->n_parts; i++) {
		struct channel_part *p = &s->parts[i].part;
		p->text.p = s->scratch.data + s->parts[i].text;
		p->text.len = p->end - p->start;
		s->given[i] = *p;
	}
	out->parts = s->given;
	out->n_parts = s->n_parts;
	out->ends = s->ends;
	out->n_ends = s->n_ends;
	if (out->role == CHANNEL_FRAME_PASS && s->n_parts > 0)
		out->role = CHANNEL_FRAME_TEXT;
}

void channel_stream_frame(struct channel_stream *s, const struct sse_frame *f,
    struct channel_frame *out)
{
	const char *done = s->channel->sse.done;

	begin(s, out);
	bool good = add_whole(s, f->extra) && add_whole(s, f->event) &&
	    (!f->has_id || add_whole(s, f->id));
	if (good && f->dispatched) {
		if (done != NULL && span_is(f->data, done)) {
			out->role = CHANNEL_FRAME_DONE;
			end_all(s, CHANNEL_NO_MESSAGE);
		} else {
			good = read_data(s, f->data, out);
			if (good && s->scan.is_error)
				out->role = CHANNEL_FRAME_ERROR;
		}
	}
	if (!good) {
		begin(s, out);
		out->role = CHANNEL_FRAME_UNREADABLE;
	}
	give(s, out);
}

void channel_stream_end(struct channel_stream *s, struct channel_frame *out)
{
	begin(s, out);
	end_all(s, CHANNEL_NO_MESSAGE);
	give(s, out);
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
