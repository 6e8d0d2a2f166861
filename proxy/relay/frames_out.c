/* frames_out - see frames.h: what leaves, as it came or rendered again. */
#include "proxy/relay/frames_rest.h"
#include "proxy/relay/frames_state.h"

#include "proxy/base/mem.h"
#include "proxy/wire/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void queued_free(struct queued *q)
{
	buf_clear(&q->raw);
	free(q->parts);
	free(q->texts);
	free(q);
}

const char *frames_own(struct frames *f, char *text)
{
	f->owned = mem_realloc(f->owned, (f->n_owned + 1) * sizeof(*f->owned));
	f->owned[f->n_owned++] = text;
	return text;
}

void frames_drop_queue(struct frames *f)
{
	while (f->head) {
		struct queued *q = f->head;
		f->head = q->next;
		queued_free(q);
	}
	f->tail = &f->head;
	f->held = 0;
}

static int by_start(const void *a, const void *b)
{
	const struct channel_edit *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return 0;
}

/* Add what series does to a part; shift: between their bytes. */
static void collect(struct channel_edit *out, size_t *n, const struct part *p,
    const struct series *s, size_t shift)
{
	for (size_t i = 0; i < s->n_edits; i++) {
		const struct guard_edit *e = &s->edits[i];
		size_t start = e->start + shift, end = e->end + shift;
		if (start < p->end && (end > p->start || start == p->start))
			out[(*n)++] = (struct channel_edit){
			    p->series, start, end, {e->text, e->len}};
	}
}

/* Those that stand in each other's way become one. */
static size_t merge(struct channel_edit *edits, size_t n)
{
	size_t kept = 0;
	qsort(edits, n, sizeof(*edits), by_start);
	for (size_t i = 0; i < n; i++) {
		struct channel_edit *last = kept ? &edits[kept - 1] : NULL;
		if (!last || edits[i].start >= last->end)
			edits[kept++] = edits[i];
		else if (edits[i].end > last->end)
			last->end = edits[i].end;
	}
	return kept;
}

/* The edits of a part, in order; for free(). */
static struct channel_edit *edits_of(
    const struct frames *f, const struct part *p, size_t *n)
{
	const struct series *s = &f->series[p->series];
	const struct series *of =
	    p->of < f->n_series ? &f->series[p->of] : NULL;
	struct channel_edit *edits =
	    mem_array(s->n_edits + (of ? of->n_edits : 0) + 1, sizeof(*edits));
	*n = 0;
	collect(edits, n, p, s, 0);
	if (of)
		collect(edits, n, p, of, p->start);
	if (s->value || of)
		*n = merge(edits, *n);
	return edits;
}

static bool edited(const struct frames *f, const struct part *p)
{
	size_t n;
	if (f->edits == 0)
		return p->behind.len > 0;
	free(edits_of(f, p, &n));
	return n > 0 || p->behind.len > 0;
}

/* A redaction in a reading that its texts do not make (yet). */
static bool is_stuck(const struct frames *f, const struct part *p)
{
	const struct series *s = &f->series[p->series];
	if (s->label)
		return false;
	struct beside b = frames_beside(f, p->series);
	for (size_t i = 0; i < s->n_edits; i++)
		if (s->base + s->edits[i].start < p->end &&
		    beside_is_stuck(&b, s->base + s->edits[i].start,
			s->base + s->edits[i].end))
			return true;
	return false;
}

static bool part_is_safe(const struct frames *f, const struct part *p)
{
	const struct series *s = &f->series[p->series];
	if (p->mode == CHANNEL_PART_BESIDE)
		return frames_safe(s) >= p->end && !is_stuck(f, p);
	if (p->mode == CHANNEL_PART_HELD ? !s->ended || s->stuck
					 : frames_safe(s) < p->end)
		return false;
	if (p->of < f->n_series &&
	    frames_safe(&f->series[p->of]) < p->end - p->start)
		return false;
	return f->edits_recorded >= f->edits || !edited(f, p);
}

static bool frame_is_safe(const struct frames *f, const struct queued *q)
{
	if (q->stuck || f->halted)
		return false;
	if ((q->last || q->frame.waits || q->frame.holds) && !f->released)
		return false;
	for (size_t i = 0; i < q->n_parts + q->n_beside; i++)
		if (!part_is_safe(f, &q->parts[i]))
			return false;
	return true;
}

/* A call reaches the client whole, or nothing of it. */
static bool may_leave(const struct frames *f, struct queued *q)
{
	const struct queued *upto = q->upto ? q->upto : q;
	for (const struct queued *r = q; r != upto->next; r = r->next)
		if (!frame_is_safe(f, r))
			return false;
	for (; q != upto->next; q = q->next)
		q->upto = NULL; /* that is settled */
	return true;
}

/* Of a character whose first half the client has: the other half, as three
 * bytes. */
static void add_other_half(struct span *text, struct buf *out)
{
	uint32_t c =
	    (uint32_t)(text->p[2] & 0x0f) << 6 | (uint32_t)(text->p[3] & 0x3f);
	char bytes[4];
	buf_add(out, bytes, utf8_put(bytes, 0xdc00 | c));
	*text = (struct span){text->p + 4, text->len - 4};
}

static void render_text(const struct frames *f, const struct queued *q,
    size_t i, struct span text, struct buf *out)
{
	const struct part *p = &q->parts[i];
	size_t n, start = p->start;
	struct channel_edit *edits = edits_of(f, p, &n);
	bool begins = n > 0 && edits[0].start < start + 4;
	if (p->joined && f->series[p->series].half_sent && !begins) {
		add_other_half(&text, out);
		start += 4;
	}
	channel_render_part(text, start, edits, n, out);
	buf_add(out, p->behind.p, p->behind.len);
	free(edits);
}

/* Has it to be written anew? So has the second half of a character whose first
 * was written without. */
static bool is_rewritten(const struct frames *f, const struct part *p)
{
	return edited(f, p) || (p->joined && !f->series[p->series].half_sent);
}

static void render_queued(struct frames *f, struct queued *q, struct buf *out)
{
	bool change = false;
	struct span *texts = mem_array(q->n_parts + 1, sizeof(*texts));
	struct buf *bufs = mem_zero((q->n_parts + 1) * sizeof(*bufs));
	size_t at = 0;
	for (size_t i = 0; i < q->n_parts; i++) {
		const struct part *p = &q->parts[i];
		struct span text = {q->texts + at, p->end - p->start};
		at += text.len;
		texts[i] = (struct span){NULL, 0};
		bool anew = is_rewritten(f, p);
		if (anew)
			render_text(f, q, i, text, &bufs[i]);
		f->series[p->series].half_sent = p->half && !anew;
		if (!anew)
			continue;
		change = true;
		buf_adds(&bufs[i], "");
		texts[i] = (struct span){bufs[i].data, bufs[i].len};
	}
	if (!q->ours &&
	    (change || q->frame.drop_mirrors ||
		channel_stream_drops(f->stream)))
		channel_render_frame(f->stream,
		    (struct span){q->raw.data, q->raw.len}, texts, q->n_parts,
		    change || q->frame.drop_mirrors, out);
	else
		buf_add(out, q->raw.data, q->raw.len);
	for (size_t i = 0; i < q->n_parts; i++)
		buf_clear(&bufs[i]);
	free(bufs);
	free(texts);
}

static struct queued *pop(struct frames *f)
{
	struct queued *q = f->head;
	f->head = q->next;
	if (!f->head)
		f->tail = &f->head;
	f->held -= q->bytes;
	return q;
}

size_t frames_held(const struct frames *f)
{
	return f->held + f->ahead.len;
}

void frames_take(struct frames *f, struct buf *out)
{
	while (f->head) {
		if (!may_leave(f, f->head) &&
		    !(frames_rest(f) && may_leave(f, f->head)))
			return;
		struct queued *q = pop(f);
		render_queued(f, q, out);
		channel_stream_sent(f->stream, &q->frame);
		for (size_t i = 0; i < q->n_parts; i++) {
			size_t *sent = &f->series[q->parts[i].series].sent;
			if (q->parts[i].end > *sent)
				*sent = q->parts[i].end;
		}
		queued_free(q);
	}
}

int64_t frames_held_since(const struct frames *f)
{
	bool ended = false;
	for (const struct queued *q = f->head; q; q = q->next) {
		ended |= q->last;
		if (q->n_parts > 0 || !ended)
			return q->since_us;
	}
	return f->begun_us;
}

size_t frames_edits(const struct frames *f)
{
	return f->edits;
}

void frames_edits_recorded(struct frames *f, size_t n)
{
	f->edits_recorded = n;
}

static struct guard_hit hit_of(
    const struct frames *f, const struct guard_edit *e)
{
	struct guard_rule_info rule;
	guard_policy_rule(f->o.policy, e->rule, &rule);
	return (struct guard_hit){.start = e->start,
	    .end = e->end,
	    .rule = e->rule,
	    .action = rule.action,
	    .mode = GUARD_ENFORCE};
}

size_t frames_new_edits(struct frames *f, struct guard_hit **out)
{
	size_t n = 0;
	*out = mem_array(f->edits + 1, sizeof(**out));
	for (size_t i = 0; i < f->n_series; i++) {
		struct series *s = &f->series[i];
		for (; !s->beside && s->n_told < s->n_edits; s->n_told++)
			(*out)[n++] = hit_of(f, &s->edits[s->n_told]);
	}
	return n;
}

/* Where the message ends in the queue: its last frame, that of the stream, or
 * behind all. */
static struct queued **end_of(struct frames *f, uint32_t message)
{
	struct queued **at = &f->head;
	while (*at) {
		const struct channel_frame *frame = &(*at)->frame;
		bool ends = message < 64 && (frame->finishes >> message & 1);
		if (ends || frame->role == CHANNEL_FRAME_DONE)
			break;
		at = &(*at)->next;
	}
	return at;
}

/* A frame of our own: its words are approved. */
static void insert_more(struct frames *f, uint32_t series, struct span text,
    const struct channel_emit *emit)
{
	enum channel_kind kind;
	uint32_t message;
	struct channel_emit more = *emit;
	struct queued *q = mem_zero(sizeof(*q));
	channel_stream_series(f->stream, series, &kind, &message);
	more.text = text;
	channel_render_more(f->stream, message, &more, &q->raw);
	q->ours = true;
	struct queued **at = end_of(f, message);
	q->next = *at;
	*at = q;
	if (!q->next)
		f->tail = &q->next;
}

/* All that is appended to a text of that length, one behind the other. */
static struct span appended(
    struct frames *f, const struct series *s, size_t len)
{
	struct buf text = {0};
	for (size_t i = 0; i < s->n_edits; i++)
		if (s->edits[i].start == len && s->edits[i].end == len)
			buf_add(&text, s->edits[i].text, s->edits[i].len);
	if (text.len == 0)
		return (struct span){NULL, 0};
	size_t n = text.len;
	return (struct span){frames_own(f, buf_steal(&text)), n};
}

/* Append edits stand at the end of their text: give them to the last frame
 * that still carries the text, or to one of its own when all have left. */
static void place_append(struct frames *f, struct series *s, uint32_t i,
    const struct channel_emit *emit)
{
	if (!s->stream || s->n_edits == 0 || s->beside || s->value)
		return;
	size_t len = guard_stream_text(s->stream).len;
	struct span text = {NULL, 0};
	if (len > 0)
		text = appended(f, s, len);
	if (text.len == 0)
		return;
	for (struct queued *q = f->head; q; q = q->next)
		for (size_t k = 0; k < q->n_parts; k++) {
			struct part *p = &q->parts[k];
			if (p->mode == CHANNEL_PART_STREAM && p->series == i &&
			    p->end == len && p->start < len) {
				p->behind = text;
				return;
			}
		}
	insert_more(f, i, text, emit);
}

void frames_release(struct frames *f, const struct channel_emit *emit)
{
	assert(f->state == FRAMES_OVER);
	for (uint32_t i = 0; i < f->n_series; i++)
		place_append(f, &f->series[i], i, emit);
	f->edits_recorded = f->edits;
	f->released = true;
}

static bool readings_are_safe(const struct frames *f, const struct queued *q)
{
	for (size_t i = q->n_parts; i < q->n_parts + q->n_beside; i++)
		if (!part_is_safe(f, &q->parts[i]))
			return false;
	return true;
}

/* How much of a frame may leave, text by text; 0: nothing of it. */
static size_t safe_texts(
    const struct frames *f, const struct queued *q, struct span *texts)
{
	size_t at = 0, total = 0;
	for (size_t i = 0; i < q->n_parts; i++) {
		const struct part *p = &q->parts[i];
		const struct series *s = &f->series[p->series];
		size_t end = s->safe < p->end ? s->safe : p->end;
		bool whole = p->mode == CHANNEL_PART_STREAM ||
		    (p->mode != CHANNEL_PART_HELD && part_is_safe(f, p));
		if (!whole || edited(f, p))
			return 0;
		size_t len = end > p->start ? end - p->start : 0;
		texts[i] = (struct span){q->texts + at, len};
		at += p->end - p->start;
		total += len;
	}
	return total;
}

/* It is written once: what is left of its texts may look like labels. */
static void trim(
    const struct frames *f, struct queued *q, const struct span *texts)
{
	struct buf raw = {0};
	channel_render_frame(f->stream, (struct span){q->raw.data, q->raw.len},
	    texts, q->n_parts, true, &raw);
	buf_clear(&q->raw);
	q->raw = raw;
	q->ours = true;
	for (size_t i = 0; i < q->n_parts; i++)
		q->parts[i].end = q->parts[i].start + texts[i].len;
	if (q->next)
		q->next->stuck = true;
}

/* Of the frame the cut goes through the safe beginning may still leave, and
 * nothing behind it. Which labels are left out is known when all has ended. */
void frames_close(struct frames *f)
{
	enum frames_state state = f->state;
	struct queued *q = f->head;
	struct span *texts = mem_array(q ? q->n_parts + 1 : 1, sizeof(*texts));
	bool some = q && !q->stuck && !q->last && !q->frame.waits &&
	    !q->frame.holds && !q->upto && readings_are_safe(f, q) &&
	    safe_texts(f, q, texts) > 0;
	f->forced = true;
	frames_end_all(f);
	if (some)
		trim(f, q, texts);
	if (q)
		q->stuck = !some;
	free(texts);
	if (state != FRAMES_OPEN)
		f->state = state;
}

void frames_cut(
    struct frames *f, const struct channel_emit *emit, struct buf *out)
{
	frames_drop_queue(f);
	channel_render_cut(f->stream, emit, out);
}

struct verdicts *frames_verdicts(struct frames *f)
{
	return &f->verdicts;
}

const char *frames_series(const struct frames *f, uint32_t series)
{
	enum channel_kind kind;
	uint32_t message;
	if (series >= channel_stream_n_series(f->stream))
		return "";
	return channel_stream_series(f->stream, series, &kind, &message);
}

static struct span text_of(const struct frames *f, uint32_t i)
{
	const struct series *s = &f->series[i];
	if (s->value)
		return (struct span){s->said.data, s->said.len};
	if (!s->stream)
		return channel_stream_held(f->stream, i);
	struct guard_span_text text = guard_stream_text(s->stream);
	return (struct span){text.text, text.len};
}

/* What the customer has of one series, and what is left of it. */
static void tell(
    const struct frames *f, uint32_t i, bool whole, struct told_text *out)
{
	const struct series *s = &f->series[i];
	struct span text = text_of(f, i);
	size_t sent = whole ? text.len : s->sent;
	size_t n = 0, len = 0;
	while (n < s->n_edits && (whole || s->edits[n].start < sent))
		n++;
	/* An edit leaves whole with the frame its place begins in. */
	if (n > 0 && s->edits[n - 1].end > sent)
		sent = s->edits[n - 1].end;
	char *seen = guard_apply_edits(text.p, sent, s->edits, n, &len);
	told_line(&out->seen, seen, seen ? len : 0);
	free(seen);
	told_line(&out->rest, text.p + sent, text.len - sent);
}

void frames_told(const struct frames *f, const struct verdicts *v,
    bool withheld, struct told *out)
{
	bool whole = f->state == FRAMES_OVER && !f->withheld && !withheld;
	out->differs = !whole || f->edits > 0;
	for (uint32_t i = 0; i < f->n_series; i++) {
		struct told_text *t = &out->of[f->series[i].kind];
		struct span text = text_of(f, i);
		if (!text.p || f->series[i].beside || f->series[i].repeats)
			continue;
		told_line(&t->all, text.p, text.len);
		if (out->differs)
			tell(f, i, whole, t);
	}
	if (v->deciding != SIZE_MAX) {
		uint32_t series = v->hits[v->deciding].series;
		out->fired = series < f->n_series ? (int)f->series[series].kind
						  : CHANNEL_OTHER;
	}
	if (f->unreadable.len)
		told_unreadable(
		    out, (struct span){f->unreadable.data, f->unreadable.len});
}

size_t frames_released(const struct frames *f)
{
	size_t total = 0;
	for (size_t i = 0; i < f->n_series; i++)
		total += f->series[i].sent;
	return total;
}

bool frames_has_text(const struct frames *f)
{
	for (size_t i = 0; i < f->n_series; i++) {
		const struct series *s = &f->series[i];
		if (s->safe || s->sent ||
		    (s->stream && !s->label &&
			guard_stream_text(s->stream).len))
			return true;
	}
	return f->has_media;
}

bool frames_withheld(const struct frames *f)
{
	return f->withheld;
}

bool frames_has_media(const struct frames *f)
{
	return f->has_media;
}
