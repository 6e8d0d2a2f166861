/*
 * http1 - the state machine over heads, bodies, chunks and trailers.
 *
 *   START -> HEAD -> (LENGTH | SIZE <-> DATA, DATA_END | CLOSE) -> DONE
 *                            SIZE -> TRAILER -> DONE
 *   DONE --END--> ENDED --http1_next--> START, or CLOSED for good
 *
 * Invariants: no byte is consumed that has not been understood; an error is
 * final; no more than one line is ever looked at again when more bytes come.
 */
#include "proxy/wire/http1.h"

#include "proxy/wire/http1_head.h"

#include <assert.h>

#define DEFAULT_LINE_BYTES ((size_t)16 << 10)
#define DEFAULT_HEAD_BYTES ((size_t)64 << 10)
#define DEFAULT_FIELDS 100
#define DEFAULT_CHUNK_LINE_BYTES ((size_t)1 << 10)
/* Chunk framing may cost this much, and so many bytes for each of the body. */
#define FREE_FRAMING_BYTES ((uint64_t)64 << 10)
#define FRAMING_PER_BYTE 16
#define MAX_SIZE_DIGITS 15 /* hexadecimal: no overflow of 64 bits */

enum state {
	STATE_START,
	STATE_HEAD,
	STATE_LENGTH,
	STATE_CLOSE,
	STATE_SIZE,
	STATE_DATA,
	STATE_DATA_END,
	STATE_TRAILER,
	STATE_DONE,
	STATE_ENDED,
	STATE_CLOSED,
	STATE_FAILED,
};

static size_t or_default(size_t value, size_t fallback)
{
	return value != 0 ? value : fallback;
}

void http1_init(struct http1_parser *p, enum http1_kind kind,
    const struct http1_limits *limits)
{
	http1_head_clear(&p->head);
	http1_head_clear(&p->trailers);
	p->limits = limits != NULL ? *limits : (struct http1_limits){0};
	struct http1_limits *l = &p->limits;
	l->max_line_bytes = or_default(l->max_line_bytes, DEFAULT_LINE_BYTES);
	l->max_head_bytes = or_default(l->max_head_bytes, DEFAULT_HEAD_BYTES);
	l->max_fields = or_default(l->max_fields, DEFAULT_FIELDS);
	if (l->max_fields > HTTP1_FIELDS_MAX)
		l->max_fields = HTTP1_FIELDS_MAX;
	l->max_chunk_line_bytes =
	    or_default(l->max_chunk_line_bytes, DEFAULT_CHUNK_LINE_BYTES);
	p->kind = kind;
	p->head.kind = kind;
	p->error = 0;
	p->state = STATE_START;
	http1_next(p, (struct span){NULL, 0});
}

void http1_next(struct http1_parser *p, struct span method)
{
	/* A fresh parser may be told the method too. */
	assert(p->state == STATE_ENDED || p->state == STATE_START);
	bool closed = p->state == STATE_ENDED && !p->head.keep_alive;
	p->state = closed ? STATE_CLOSED : STATE_START;
	p->answers_head = span_is(method, "HEAD");
	p->answers_connect = span_is(method, "CONNECT");
	p->line = p->scanned = 0;
	p->left = p->body_bytes = p->framing_bytes = 0;
	p->trailers.n_fields = 0;
}

/* Offset of the first CR or LF in from..to, or to. */
static size_t find_break(struct span in, size_t from, size_t to)
{
	const char *lf = memchr(in.p + from, '\n', to - from);
	size_t end = lf ? (size_t)(lf - in.p) : to;
	const char *cr = memchr(in.p + from, '\r', end - from);
	return cr ? (size_t)(cr - in.p) : end;
}

/*
 * 1 and *end, the offset of the CR of the line at p->line; 0: not here yet,
 * *end is where the bytes end (a CR whose LF is still to come not counted).
 * A fault is at *end: what stands before it may be at fault itself.
 */
static int line_end(
    struct http1_parser *p, struct span in, size_t max, size_t *end)
{
	size_t from = p->scanned > p->line ? p->scanned : p->line;
	/* A line end that begins here would be over the limit. */
	size_t over = p->line + (max > 1 ? max - 1 : 0);
	size_t stop = over < in.len ? over : in.len;
	size_t i = from < stop ? find_break(in, from, stop) : from;
	int found = 0;

	if (i == in.len || (i < stop && in.p[i] == '\r' && i + 1 == in.len))
		found = 0;
	else if (i >= stop)
		found = HTTP1_ERR_LINE_LIMIT;
	else if (in.p[i] == '\r' && in.p[i + 1] == '\n')
		found = 1;
	else
		found = HTTP1_ERR_LINE_END;
	*end = i;
	p->scanned = found > 0 ? i + 2 : i;
	return found;
}

static int enter_body(struct http1_parser *p)
{
	struct http1_head *head = &p->head;
	uint64_t max = p->limits.max_body_bytes;

	switch (head->framing) {
	case HTTP1_NO_BODY:
		p->state = STATE_DONE;
		return 0;
	case HTTP1_LENGTH:
		if (max != 0 && head->content_length > max)
			return HTTP1_ERR_BODY_LIMIT;
		p->left = head->content_length;
		p->state = p->left > 0 ? STATE_LENGTH : STATE_DONE;
		return 0;
	case HTTP1_CHUNKED:
		p->state = STATE_SIZE;
		return 0;
	case HTTP1_UNTIL_CLOSE:
		p->state = STATE_CLOSE;
		return 0;
	}
	assert(!"framing");
	return 0;
}

static int head_done(struct http1_parser *p, size_t raw_len)
{
	struct http1_head *head = &p->head;
	int err = 0;

	head->raw_len = raw_len;
	if (head->kind == HTTP1_REQUEST)
		err = http1_request_facts(head);
	if (err == 0)
		err = http1_framing_facts(
		    head, p->answers_head, p->answers_connect);
	if (err == 0)
		err = enter_body(p);
	return err;
}

/* Fields of trailers that would have changed how the message was read. */
static int trailers_done(struct http1_parser *p, size_t raw_len)
{
	static const char *const framing[] = {"content-length",
	    "transfer-encoding", "host", "connection", "trailer"};

	for (size_t i = 0; i < sizeof framing / sizeof framing[0]; i++)
		if (http1_count(&p->trailers, framing[i]) > 0)
			return HTTP1_ERR_FIELD_NAME;
	p->trailers.raw_len = raw_len;
	p->state = STATE_DONE;
	return 0;
}

static int parse_line(struct http1_parser *p, struct http1_head *head,
    struct span in, size_t end, bool whole)
{
	if (head == &p->head && p->line == 0)
		return http1_start_line(head, in.p, 0, end, whole);
	if (end == p->line)
		return 0;
	if (head->n_fields >= p->limits.max_fields)
		return HTTP1_ERR_FIELDS_LIMIT;
	return http1_field_line(head, in.p, p->line, end, whole);
}

/*
 * One line of a head or of trailers. 1: it was the empty last one. The first
 * fault in the order of the bytes is the one reported, so that it does not
 * depend on where the reads end.
 */
static int head_line(
    struct http1_parser *p, struct http1_head *head, struct span in)
{
	bool first = head == &p->head && p->line == 0;
	size_t end = 0, max = p->limits.max_head_bytes;
	int found = line_end(p, in, p->limits.max_line_bytes, &end);

	if (end > max) {
		found = HTTP1_ERR_HEAD_LIMIT;
		end = max > p->line ? max : p->line;
	}
	int err = parse_line(p, head, in, end, found > 0);
	if (err == 0 && found < 0)
		err = found;
	if (err != 0 || found == 0)
		return err;
	bool last = !first && end == p->line;
	p->line = end + 2;
	return last;
}

/* Lines until the empty one. Consumes the head as a whole or nothing. */
static ssize_t read_lines(
    struct http1_parser *p, struct http1_head *head, struct span in)
{
	head->base = in.p;
	for (;;) {
		size_t before = p->line;
		int done = head_line(p, head, in);
		if (done < 0)
			return done;
		if (done > 0)
			break;
		if (p->line == before)
			return 0;
	}
	size_t raw_len = p->line;
	p->line = p->scanned = 0;
	int err = head == &p->head ? head_done(p, raw_len)
				   : trailers_done(p, raw_len);
	return err < 0 ? err : (ssize_t)raw_len;
}

static ssize_t feed_start(
    struct http1_parser *p, struct span in, struct http1_event *event)
{
	/* RFC 9112 2.2: an empty line before a request is passed over; before
	 * a response nothing allows it. */
	if (p->kind == HTTP1_REQUEST && p->framing_bytes == 0 &&
	    in.p[0] == '\r') {
		if (in.len < 2)
			return 0;
		if (in.p[1] != '\n')
			return HTTP1_ERR_LINE_END;
		p->framing_bytes = 2;
		return 2;
	}
	struct http1_head *head = &p->head;
	enum http1_kind kind = p->kind;
	http1_head_clear(head);
	head->kind = kind;
	p->framing_bytes = 0;
	p->line = p->scanned = 0;
	p->state = STATE_HEAD;
	return http1_feed(p, in.p, in.len, event);
}

static ssize_t feed_head(
    struct http1_parser *p, struct span in, struct http1_event *event)
{
	ssize_t n = read_lines(p, &p->head, in);

	if (n > 0)
		event->kind = HTTP1_HEAD;
	return n;
}

static ssize_t feed_trailer(
    struct http1_parser *p, struct span in, struct http1_event *event)
{
	ssize_t n = read_lines(p, &p->trailers, in);

	if (n > 0 && p->trailers.n_fields > 0)
		event->kind = HTTP1_TRAILERS;
	return n;
}

static ssize_t feed_body(
    struct http1_parser *p, struct span in, struct http1_event *event)
{
	size_t n = in.len;

	if (p->state != STATE_CLOSE && n > p->left)
		n = (size_t)p->left;
	p->body_bytes += n;
	if (p->limits.max_body_bytes != 0 &&
	    p->body_bytes > p->limits.max_body_bytes)
		return HTTP1_ERR_BODY_LIMIT;
	*event = (struct http1_event){HTTP1_BODY, {in.p, n}};
	if (p->state == STATE_CLOSE)
		return (ssize_t)n;
	p->left -= n;
	if (p->left == 0)
		p->state =
		    p->state == STATE_LENGTH ? STATE_DONE : STATE_DATA_END;
	return (ssize_t)n;
}

static size_t skip_token(struct span s, size_t i)
{
	while (i < s.len && http1_is_token((unsigned char)s.p[i]))
		i++;
	return i;
}

/* The byte after a quoted-string at i, or i when it is none. */
static size_t skip_quoted(struct span s, size_t i)
{
	for (size_t k = i + 1; k < s.len; k++) {
		unsigned char c = (unsigned char)s.p[k];
		if (c == '"')
			return k + 1;
		if (c == '\\' && ++k == s.len)
			return i;
		c = (unsigned char)s.p[k];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return i;
	}
	return i;
}

/* *( ";" token [ "=" ( token / quoted-string ) ] ), without white space. */
static bool is_extension(struct span s, size_t i)
{
	while (i < s.len) {
		size_t name = i + 1;
		if (s.p[i] != ';' || (i = skip_token(s, name)) == name)
			return false;
		if (i == s.len || s.p[i] != '=')
			continue;
		size_t value = i + 1;
		if (value < s.len && s.p[value] == '"')
			i = skip_quoted(s, value);
		else
			i = skip_token(s, value);
		if (i == value)
			return false;
	}
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int chunk_size(struct span line, uint64_t *size)
{
	size_t i = 0;

	*size = 0;
	for (; i < line.len && hex_digit(line.p[i]) >= 0; i++) {
		if (i == MAX_SIZE_DIGITS)
			return HTTP1_ERR_CHUNK;
		*size = *size << 4 | (uint64_t)hex_digit(line.p[i]);
	}
	return i > 0 && is_extension(line, i) ? 0 : HTTP1_ERR_CHUNK;
}

static ssize_t feed_size(struct http1_parser *p, struct span in)
{
	size_t end = 0;
	size_t max = p->limits.max_chunk_line_bytes;
	int whole = line_end(p, in, max, &end);

	if (end > 0 && hex_digit(in.p[0]) < 0)
		return HTTP1_ERR_CHUNK;
	if (whole == HTTP1_ERR_LINE_LIMIT)
		return HTTP1_ERR_CHUNK_LIMIT;
	if (whole < 0)
		return whole;
	if (!whole)
		return 0;
	int err = chunk_size((struct span){in.p, end}, &p->left);
	if (err != 0)
		return err;
	p->framing_bytes += end + 4;
	if (p->framing_bytes >
	    FREE_FRAMING_BYTES + p->body_bytes * FRAMING_PER_BYTE)
		return HTTP1_ERR_CHUNK_LIMIT;
	uint64_t max_body = p->limits.max_body_bytes;
	if (max_body != 0 && p->left > max_body - p->body_bytes)
		return HTTP1_ERR_BODY_LIMIT;
	p->state = p->left > 0 ? STATE_DATA : STATE_TRAILER;
	p->line = p->scanned = 0;
	return (ssize_t)end + 2;
}

static ssize_t feed_data_end(struct http1_parser *p, struct span in)
{
	if (in.p[0] != '\r')
		return HTTP1_ERR_CHUNK;
	if (in.len < 2)
		return 0;
	if (in.p[1] != '\n')
		return HTTP1_ERR_LINE_END;
	p->state = STATE_SIZE;
	p->line = p->scanned = 0;
	return 2;
}

static ssize_t step(
    struct http1_parser *p, struct span in, struct http1_event *event)
{
	switch ((enum state)p->state) {
	case STATE_START:
		return feed_start(p, in, event);
	case STATE_HEAD:
		return feed_head(p, in, event);
	case STATE_LENGTH:
	case STATE_CLOSE:
	case STATE_DATA:
		return feed_body(p, in, event);
	case STATE_SIZE:
		return feed_size(p, in);
	case STATE_DATA_END:
		return feed_data_end(p, in);
	case STATE_TRAILER:
		return feed_trailer(p, in, event);
	case STATE_CLOSED:
		return HTTP1_ERR_AFTER_CLOSE;
	case STATE_FAILED:
		return p->error;
	case STATE_DONE:
	case STATE_ENDED:
		return 0;
	}
	assert(!"state");
	return 0;
}

ssize_t http1_feed(struct http1_parser *p, const char *data, size_t len,
    struct http1_event *event)
{
	struct span in = {data, len};
	size_t used = 0;

	*event = (struct http1_event){HTTP1_MORE, {NULL, 0}};
	for (;;) {
		if (p->state == STATE_DONE) {
			p->state = STATE_ENDED;
			event->kind = HTTP1_END;
			return (ssize_t)used;
		}
		if (in.len == 0 && p->state != STATE_FAILED)
			return (ssize_t)used;
		ssize_t n = step(p, in, event);
		if (n < 0) {
			p->state = STATE_FAILED;
			p->error = (int)n;
			return n;
		}
		used += (size_t)n;
		in.p += n;
		in.len -= (size_t)n;
		if (event->kind != HTTP1_MORE || n == 0)
			return (ssize_t)used;
	}
}

int http1_finish(struct http1_parser *p, struct http1_event *event)
{
	*event = (struct http1_event){HTTP1_MORE, {NULL, 0}};
	switch ((enum state)p->state) {
	case STATE_CLOSE:
	case STATE_DONE:
		p->state = STATE_ENDED;
		event->kind = HTTP1_END;
		return 0;
	case STATE_START:
	case STATE_ENDED:
	case STATE_CLOSED:
		return 0;
	case STATE_FAILED:
		return p->error;
	case STATE_HEAD:
	case STATE_LENGTH:
	case STATE_SIZE:
	case STATE_DATA:
	case STATE_DATA_END:
	case STATE_TRAILER:
		p->state = STATE_FAILED;
		p->error = HTTP1_ERR_TRUNCATED;
		return p->error;
	}
	assert(!"state");
	return 0;
}
