/*
 * stream_series - the texts of a stream as they grow, frame by frame, and
 * their ends.
 */
#include "proxy/channel/stream_state.h"
#include "proxy/channel/stream_values.h"

#include "proxy/base/mem.h"
#include "proxy/wire/utf8.h"

#include <stdlib.h>

#define SEAM_WINDOW 512 /* bytes around a seam that are read together */

/* ---- parts ---- */

struct stream_part *stream_add_part(struct channel_stream *s,
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
		.of = CHANNEL_NO_SERIES,
		.value_of = CHANNEL_NO_SERIES,
		.end = text.len,
		.text = {NULL, text.len}},
	    .text = s->scratch.len,
	};
	buf_add(&s->scratch, text.p, text.len);
	return p;
}

/* ---- series ---- */

static uint32_t hash_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

uint32_t stream_add_series(
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
	if (s->n_series == STREAM_MAX_SERIES)
		return CHANNEL_NO_SERIES;
	scan_name(&s->scan, t, &name);
	return stream_add_series(s,
	    &(struct stream_series){.name = buf_steal(&name),
		.label = t->rule->label,
		.kind = t->rule->kind,
		.message = message,
		.held = t->rule->nested});
}

/* The open series of that name, or the call that is over, or a new one. */
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
		    have->message == message && (!have->ended || have->held) &&
		    strcmp(have->name, name.data) == 0) {
			buf_clear(&name);
			/* A client may keep the two apart. */
			return have->numbered == numbered ? (uint32_t)i
							  : CHANNEL_NO_SERIES;
		}
	}
	if (s->n_series == STREAM_MAX_SERIES) {
		buf_clear(&name);
		return CHANNEL_NO_SERIES;
	}
	return stream_add_series(s,
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
	uint32_t base = (uint32_t)s->n_parts;
	for (size_t i = 0; i < nested.n_texts; i++) {
		struct nested_text *n = &nested.texts[i];
		struct stream_part *p = stream_add_part(s, CHANNEL_PART_WHOLE,
		    series->kind,
		    (struct span){texts.data + n->start, n->end - n->start});
		p->part.held_by = id;
		p->part.message = s->series[id].message;
		seams_shift(&n->seams, base);
		p->seams = n->seams;
		n->seams = (struct channel_seams){.marks = NULL};
		p->nested = *n;
	}
	for (size_t i = 0; i < nested.n_texts; i++)
		stream_undo_part(s, base + i);
	nested_clear(&nested);
	buf_clear(&texts);
}

void stream_end_series(struct channel_stream *s, uint32_t id)
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
			stream_end_series(s, i);
}

/* Readings last: what they are made of is settled then. */
void stream_end_all(struct channel_stream *s, uint32_t message)
{
	stream_finish_undone(s, message);
	end_some(s, message, false);
	end_some(s, message, true);
	for (size_t i = 0; i < s->n_joints; i++)
		if (message == CHANNEL_NO_MESSAGE ||
		    message == s->joints[i]->message)
			joint_close(&s->joints[i]->joint);
}

/* ---- texts put together ---- */

/* Those that a text belongs to. There are no more of them than of series. */
static struct stream_joint *joint_of(
    struct channel_stream *s, uint64_t strand, const struct stream_series *of)
{
	for (size_t i = 0; i < s->n_joints; i++)
		if (s->joints[i]->message == of->message &&
		    s->joints[i]->strand == strand)
			return s->joints[i];
	s->joints =
	    mem_realloc_array(s->joints, s->n_joints + 1, sizeof *s->joints);
	struct stream_joint *j = s->joints[s->n_joints++] = mem_zero(sizeof *j);
	j->message = of->message;
	j->strand = strand;
	j->kind = strand == 0 ? CHANNEL_SAID : of->kind;
	for (int how = 0; how < JOINT_HOWS; how++)
		j->beside[how] = CHANNEL_NO_SERIES;
	return j;
}

/* The series of a reading; room for them is always left. */
static uint32_t beside(
    struct channel_stream *s, struct stream_joint *j, int how)
{
	const char *key = "";

	if (j->beside[how] != CHANNEL_NO_SERIES)
		return j->beside[how];
	if (j->message != CHANNEL_NO_MESSAGE)
		key = s->messages[j->message].key;
	for (int i = 0; i < JOINT_HOWS; i++)
		j->beside[i] = stream_add_series(s,
		    &(struct stream_series){
			.name = mem_printf("%s/joined", key),
			.kind = j->kind,
			.message = j->message,
			.ended = true,
			.seams = &j->joint.readings[i].seams});
	return j->beside[how];
}

/* What is before it came earlier. */
static size_t first_seam(const struct channel_seams *r)
{
	size_t i = 0;

	while (i + 1 < r->n && !r->marks[i].seam)
		i++;
	return r->marks[i].at;
}

static void add_reading(
    struct channel_stream *s, struct stream_joint *j, int how)
{
	struct joint_reading *r = &j->joint.readings[how];

	if (r->fresh.len == 0)
		return;
	struct channel_part *p = &stream_add_part(s, CHANNEL_PART_BESIDE,
	    j->kind, (struct span){r->fresh.data, r->fresh.len})
				      ->part;
	p->series = beside(s, j, how);
	p->message = j->message;
	p->fresh = r->opened;
	if (p->fresh)
		p->known = first_seam(&r->seams) - (r->len - r->fresh.len);
	p->start = r->len - r->fresh.len;
	p->end = r->len;
	s->series[p->series].ended = false;
}

/* What this frame adds to the readings of its texts. */
void stream_add_readings(struct channel_stream *s)
{
	stream_add_undone(s);
	for (size_t i = 0; i < s->n_joints; i++) {
		struct stream_joint *j = s->joints[i];
		for (int how = 0; how < JOINT_HOWS; how++)
			add_reading(s, j, how);
		joint_take(&j->joint);
		if (!joint_is_over(&j->joint, SEAM_WINDOW))
			continue;
		joint_close(&j->joint);
		for (int how = 0; how < JOINT_HOWS; how++)
			if (j->beside[how] != CHANNEL_NO_SERIES)
				stream_end_series(s, j->beside[how]);
	}
}

/* Is it an element of a list, or in one, below its message? */
static bool is_in_list(const struct scan *scan, const struct scan_text *t)
{
	uint32_t top = t->message == CHANNEL_NO_MESSAGE
	    ? 0
	    : scan->messages[t->message].node;

	for (uint32_t i = t->node; i != top;) {
		i = scan->doc->nodes[i].parent;
		if (scan->doc->nodes[i].type == JSON_IS_ARRAY)
			return true;
	}
	return false;
}

bool stream_read_on(struct channel_stream *s, const struct scan_text *t,
    uint32_t series, struct joint_piece piece)
{
	struct scan_join join = scan_join(&s->scan, t);
	struct stream_joint *of[3] = {NULL};
	uint64_t alone = (uint64_t)series << 1 | 1;
	bool good = true;

	piece.apart = join.apart || piece.value;
	if (!piece.value)
		piece.place = join.apart ? series : scan_place(&s->scan, t);
	/* A client puts the elements of a list together, or each with those of
	 * its number in the frames before. */
	if (join.strand == 0 && piece.value)
		join.strand = alone;
	else if (piece.value && is_in_list(&s->scan, t))
		of[2] = joint_of(s, alone, &s->series[series]);
	if (join.strand != 0)
		of[0] = joint_of(s, join.strand, &s->series[series]);
	/* What repeats a text is read where that is. */
	if (join.label != 0 && piece.series == series)
		of[1] = joint_of(s, 0, &s->series[series]);
	for (int i = 0; i < 3 && good; i++) {
		piece.label = i == 1 ? join.label : 0;
		if (of[i] != NULL)
			good = joint_add(&of[i]->joint, &piece, SEAM_WINDOW);
	}
	return good;
}

static void remember(
    struct stream_series *series, struct span text, uint32_t frame)
{
	series->delta = !series->held;
	if (series->was_frame != frame)
		series->was_len = series->text.len;
	series->was_frame = frame;
	buf_add(&series->text, text.p, text.len);
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
	if (!scan_is_written(&s->scan, t)) {
		if (s->keys.len > 0)
			buf_addc(&s->keys, '\n');
		pieces_blank_surrogates(s->decoded.data, s->decoded.len);
		buf_add(&s->keys, s->decoded.data, s->decoded.len);
		if (t->is_key)
			buf_add(&s->names, s->decoded.data, s->decoded.len);
		return true;
	}
	uint32_t id = series_of(s, t, message);
	if (id == CHANNEL_NO_SERIES)
		return false;
	if (stream_is_value(t))
		return stream_add_value(s, t, id);
	struct stream_series *series = &s->series[id];
	bool half = series->half != 0;
	if (series->ended)
		return false; /* it has been judged as a whole */
	join_halves(series, &s->decoded);
	struct span text = {s->decoded.data, s->decoded.len};
	struct channel_part *p = &stream_add_part(s,
	    series->held ? CHANNEL_PART_HELD : CHANNEL_PART_STREAM,
	    series->kind, text)
				      ->part;
	p->series = id;
	p->message = message;
	p->repeats = t->repeats;
	p->joined = half && text.len > 0 && (unsigned char)text.p[0] >= 0xf0;
	p->half = series->half != 0;
	p->start = series->len;
	series->len += text.len;
	p->end = series->len;
	remember(series, text, s->n_frames);
	struct joint_piece piece = {
	    .series = id, .own = p->start, .text = text};
	if (series->len > channel_limits(s->channel)->max_text_bytes)
		return false;
	if (series->held)
		return true;
	stream_undo_text(s, id, text);
	return stream_read_on(s, t, id, piece);
}

bool stream_add_text(struct channel_stream *s, const struct scan_text *t)
{
	struct scan_text unlisted = *t;

	if (!t->member)
		return add_text(s, t);
	/* No delta: {"type":"text","text":"4111"} is not "text4111". */
	unlisted.rule = NULL;
	return add_text(s, &unlisted);
}
