/*
 * sse - event streams, as the WHATWG standard interprets them.
 *
 *   raw:   [given as frames | fields of the open frame | unread]
 *           0         taken                line       pos      len
 *
 * Invariants: taken <= line <= pos <= raw.len. The bytes of the frames given
 * are the bytes fed, in order, none twice and none missing. Where lines end
 * with CR alone, a LF that comes late begins the raw bytes of the next frame.
 */
#include "proxy/wire/sse.h"

#include <assert.h>

#define DEFAULT_EVENT_BYTES ((size_t)1 << 20)
#define MAX_RETRY_DIGITS 15

void sse_init(struct sse_decoder *d, const struct sse_limits *limits)
{
	memset(d, 0, sizeof *d);
	if (limits != NULL)
		d->limits = *limits;
	if (d->limits.max_event_bytes == 0)
		d->limits.max_event_bytes = DEFAULT_EVENT_BYTES;
	if (d->limits.max_frames == 0)
		d->limits.max_frames = SIZE_MAX;
	d->fresh = true;
}

void sse_clear(struct sse_decoder *d)
{
	buf_clear(&d->raw);
	buf_clear(&d->data);
	buf_clear(&d->extra);
	buf_clear(&d->event);
	buf_clear(&d->id);
}

void sse_feed(struct sse_decoder *d, const char *bytes, size_t len)
{
	if (d->err == 0)
		buf_add(&d->raw, bytes, len);
}

/* The fields of the next frame start from nothing; the last id stays. */
static void begin_frame(struct sse_decoder *d)
{
	if (!d->fresh)
		return;
	d->fresh = false;
	buf_reset(&d->data);
	buf_reset(&d->extra);
	buf_reset(&d->event);
	d->has_data = d->has_id = d->has_retry = false;
}

static void add_line(struct buf *b, struct span line)
{
	if (b->len > 0)
		buf_addc(b, '\n');
	buf_add(b, line.p, line.len);
}

static void take_retry(struct sse_decoder *d, struct span value)
{
	uint64_t ms = 0;

	if (value.len == 0 || value.len > MAX_RETRY_DIGITS)
		return;
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return;
		ms = ms * 10 + (uint64_t)(value.p[i] - '0');
	}
	d->retry_ms = ms;
	d->has_retry = true;
}

/* Of several lines of one name the last counts; the others are bytes a client
 * receives, too. */
static void keep_earlier(
    struct sse_decoder *d, struct buf *field, bool there, struct span value)
{
	struct span had = {field->data, field->len};

	if (there && had.len > 0 && !span_eq(had, value))
		add_line(&d->extra, had);
	buf_reset(field);
}

static void take_field(struct sse_decoder *d, struct span line)
{
	const char *colon = memchr(line.p, ':', line.len);
	struct span name = line;
	struct span value = {line.p + line.len, 0};

	if (colon != NULL) {
		name.len = (size_t)(colon - line.p);
		value = (struct span){colon + 1, line.len - name.len - 1};
		if (value.len > 0 && value.p[0] == ' ')
			value = (struct span){value.p + 1, value.len - 1};
	}
	if (span_is(name, "data")) {
		if (d->has_data)
			buf_addc(&d->data, '\n');
		buf_add(&d->data, value.p, value.len);
		d->has_data = true;
	} else if (span_is(name, "event")) {
		keep_earlier(d, &d->event, d->event.len > 0, value);
		buf_add(&d->event, value.p, value.len);
	} else if (span_is(name, "id") &&
	    (value.len == 0 || memchr(value.p, '\0', value.len) == NULL)) {
		keep_earlier(d, &d->id, d->has_id, value);
		buf_add(&d->id, value.p, value.len);
		d->has_id = true;
	} else if (span_is(name, "retry") && value.len > 0 &&
	    value.p[0] >= '0' && value.p[0] <= '9') {
		take_retry(d, value);
		if (!d->has_retry)
			add_line(&d->extra, line);
	} else {
		/* Comments, unknown fields, ids and times a client drops. */
		add_line(&d->extra, line);
	}
}

/* 1: the line at d->line is complete and *line is it. */
static int next_line(struct sse_decoder *d, struct span *line)
{
	const char *p = d->raw.data;

	if (d->skip_lf && d->pos < d->raw.len) {
		d->skip_lf = false;
		if (p[d->pos] == '\n') {
			d->line = ++d->pos;
			d->crlf = true;
		}
	}
	while (d->pos < d->raw.len && p[d->pos] != '\n' && p[d->pos] != '\r')
		d->pos++;
	if (d->pos - d->taken > d->limits.max_event_bytes)
		return SSE_ERR_FRAME_LIMIT;
	if (d->pos == d->raw.len)
		return 0;
	*line = (struct span){p + d->line, d->pos - d->line};
	d->skip_lf = p[d->pos] == '\r';
	d->line = ++d->pos;
	return 1;
}

/* One U+FEFF at the very start of the stream is no part of its first line. */
static bool settle_bom(struct sse_decoder *d)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t n = d->raw.len < 3 ? d->raw.len : 3;

	if (d->started)
		return true;
	if (n > 0 && memcmp(d->raw.data, bom, n) != 0) {
		d->started = true;
		return true;
	}
	if (n < 3)
		return false;
	d->started = true;
	d->pos = d->line = 3;
	return true;
}

static void drop_taken(struct sse_decoder *d)
{
	buf_drop(&d->raw, d->taken);
	d->pos -= d->taken;
	d->line -= d->taken;
	d->taken = 0;
}

/* The CR of a frame's empty line is here, its LF not yet. */
static bool lf_is_due(const struct sse_decoder *d)
{
	return d->skip_lf && d->pos == d->raw.len && d->crlf && !d->ended;
}

static int give_frame(struct sse_decoder *d, struct sse_frame *out)
{
	if (d->frames++ == d->limits.max_frames)
		return SSE_ERR_FRAMES_LIMIT;
	/* A LF already here belongs to the CR that ended the frame. */
	if (d->skip_lf && d->pos < d->raw.len && d->raw.data[d->pos] == '\n') {
		d->line = ++d->pos;
		d->skip_lf = false;
		d->crlf = true;
	}
	*out = (struct sse_frame){
	    .raw = {d->raw.data + d->taken, d->pos - d->taken},
	    .dispatched = d->has_data,
	    .event = {d->event.data, d->event.len},
	    .data = {d->data.data, d->data.len},
	    .extra = {d->extra.data, d->extra.len},
	    .has_id = d->has_id,
	    .has_retry = d->has_retry,
	    .id = {d->id.data, d->id.len},
	    .retry_ms = d->retry_ms,
	};
	d->taken = d->pos;
	d->fresh = true;
	d->whole = false;
	return 1;
}

int sse_next(struct sse_decoder *d, struct sse_frame *out)
{
	if (d->err != 0)
		return d->err;
	drop_taken(d);
	begin_frame(d);
	if (!settle_bom(d))
		return 0;
	int n = 0;
	while (!d->whole) {
		struct span line;
		n = next_line(d, &line);
		if (n <= 0)
			break;
		if (line.len > 0) {
			take_field(d, line);
			continue;
		}
		d->whole = true;
		break;
	}
	if (d->whole)
		n = lf_is_due(d) ? 0 : give_frame(d, out);
	if (n < 0)
		d->err = n;
	return n;
}

void sse_end(struct sse_decoder *d)
{
	d->ended = true;
}

struct span sse_rest(const struct sse_decoder *d)
{
	size_t from = d->taken;

	if (d->raw.len == from)
		return (struct span){NULL, 0};
	return (struct span){d->raw.data + from, d->raw.len - from};
}

bool sse_has_begun(const struct sse_decoder *d)
{
	return d->taken < d->raw.len &&
	    (d->has_data ||
		(d->line < d->raw.len && d->raw.data[d->line] != ':'));
}

/* ---- writing ---- */

static bool is_one_line(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\r' || s.p[i] == '\n' || s.p[i] == '\0')
			return false;
	return true;
}

static void write_field(struct buf *out, const char *name, struct span value)
{
	buf_adds(out, name);
	buf_adds(out, ": ");
	buf_add(out, value.p, value.len);
	buf_adds(out, "\n");
}

void sse_write(
    struct buf *out, struct span event, struct span id, struct span data)
{
	assert(is_one_line(event) && is_one_line(id));
	if (event.len > 0)
		write_field(out, "event", event);
	if (id.len > 0)
		write_field(out, "id", id);
	for (size_t i = 0; i <= data.len;) {
		size_t end = i;
		while (end < data.len && data.p[end] != '\n' &&
		    data.p[end] != '\r')
			end++;
		write_field(out, "data", (struct span){data.p + i, end - i});
		if (end + 1 < data.len && data.p[end] == '\r' &&
		    data.p[end + 1] == '\n')
			end++;
		i = end + 1;
	}
	buf_adds(out, "\n");
}

void sse_write_comment(struct buf *out, const char *text)
{
	assert(is_one_line(span_str(text)));
	buf_printf(out, ": %s\n\n", text);
}
