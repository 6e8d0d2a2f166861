/*
 * undo - one escape at a time; its bytes wait in `pending` until it is whole,
 * since a text may be cut anywhere.
 */
#include "proxy/channel/undo.h"

#include "proxy/wire/utf8.h"

#include <string.h>

/* ---- one escape ---- */

enum escape { ESCAPE_MORE, ESCAPE_WHOLE };

struct undone {
	char bytes[4];
	size_t n;
	size_t used;   /* of the bytes looked at */
	uint32_t high; /* it is half a character */
};

struct ahead { /* bytes from a backslash on */
	const char *p;
	size_t len;
	bool all; /* no more will come */
};

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put(struct undone *u, uint32_t c, size_t used)
{
	u->used = used;
	u->n = 0;
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c != 0)
		u->n = utf8_put(u->bytes, c);
}

/* It means nothing special: the letter itself. */
static void put_letter(struct undone *u, char c)
{
	u->bytes[0] = c;
	u->n = 1;
	u->used = 2;
}

/* Exactly n hex digits from p[2] on. */
static enum escape digits(
    const char *p, size_t len, size_t n, struct undone *u, uint32_t *value)
{
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		if (2 + i >= len)
			return ESCAPE_MORE;
		int digit = hex(p[2 + i]);
		if (digit < 0) {
			put_letter(u, p[1]);
			return ESCAPE_WHOLE;
		}
		*value = *value << 4 | (uint32_t)digit;
	}
	put(u, *value, 2 + n);
	return ESCAPE_WHOLE;
}

/* \u{1F600} */
static enum escape braces(const char *p, size_t len, struct undone *u)
{
	uint32_t value = 0;

	for (size_t i = 3; i < 10; i++) {
		if (i >= len)
			return ESCAPE_MORE;
		if (p[i] == '}' && i > 3) {
			put(u, value, i + 1);
			return ESCAPE_WHOLE;
		}
		int digit = hex(p[i]);
		if (digit < 0)
			break;
		value = value << 4 | (uint32_t)digit;
	}
	put_letter(u, 'u');
	return ESCAPE_WHOLE;
}

static enum escape octal(struct ahead a, struct undone *u)
{
	uint32_t value = 0;
	size_t i = 1;

	for (; i < 4; i++) {
		if (i == a.len && !a.all)
			return ESCAPE_MORE;
		if (i == a.len || a.p[i] < '0' || a.p[i] > '7')
			break;
		value = value << 3 | (uint32_t)(a.p[i] - '0');
	}
	put(u, value, i);
	return ESCAPE_WHOLE;
}

static enum escape unicode(const char *p, size_t len, struct undone *u)
{
	uint32_t value = 0;

	if (len < 3)
		return ESCAPE_MORE;
	if (p[2] == '{')
		return braces(p, len, u);
	enum escape e = digits(p, len, 4, u, &value);
	if (e == ESCAPE_WHOLE && u->used == 6 && value >= 0xd800 &&
	    value < 0xe000) {
		u->n = 0;
		u->high = value;
	}
	return e;
}

static enum escape read_escape(struct ahead a, struct undone *u)
{
	static const char from[] = "bfnrtv";
	static const char to[] = "\b\f\n\r\t\v";
	const char *p = a.p;
	uint32_t value = 0;

	*u = (struct undone){.n = 0};
	if (a.len < 2)
		return ESCAPE_MORE;
	if (p[1] == 'u')
		return unicode(p, a.len, u);
	if (p[1] == 'x')
		return digits(p, a.len, 2, u, &value);
	if (p[1] >= '0' && p[1] <= '7')
		return octal(a, u);
	if (p[1] == '\n' || p[1] == '\r') {
		u->used = 2;
		return ESCAPE_WHOLE;
	}
	const char *at = p[1] != '\0' ? strchr(from, p[1]) : NULL;
	/* The first byte of a character is as good as all of it. */
	put_letter(u, at != NULL ? to[at - from] : p[1]);
	return ESCAPE_WHOLE;
}

/* ---- the reading ---- */

static void mark(struct undo *u, uint32_t series, size_t own)
{
	seams_mark(&u->seams,
	    &(struct seams_mark){
		.at = u->len, .series = series, .own = own, .seam = true});
}

/* Letters that are another character behind a backslash. A quote or a second
 * backslash is nothing that hides a word. */
static bool changes(char c)
{
	return c != '\0' && strchr("bfnrtvux01234567", c) != NULL;
}

static void look(struct undo *u, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		u->deep = u->deep || (u->last == '\\' && changes(p[i]));
		u->last = p[i];
	}
}

static void out(struct undo *u, const char *p, size_t n)
{
	look(u, p, n);
	buf_add(&u->fresh, p, n);
	u->len += n;
}

/* A half that stays alone is the replacement character. */
static void settle_half(struct undo *u)
{
	if (u->half != 0)
		out(u, "\xef\xbf\xbd", 3);
	u->half = 0;
}

static void put_undone(struct undo *u, const struct undone *got)
{
	if (got->high >= 0xdc00 && u->half != 0) {
		char bytes[4];
		uint32_t c =
		    0x10000 + ((u->half - 0xd800) << 10) + (got->high - 0xdc00);
		u->half = 0;
		out(u, bytes, utf8_put(bytes, c));
		return;
	}
	settle_half(u);
	if (got->high >= 0xdc00)
		out(u, "\xef\xbf\xbd", 3);
	else if (got->high != 0)
		u->half = got->high;
	else
		out(u, got->bytes, got->n);
}

/* own: where the escape begins. */
static void undo_one(
    struct undo *u, uint32_t series, size_t own, const struct undone *got)
{
	mark(u, series, own);
	put_undone(u, got);
	mark(u, series, own + got->used);
	u->n_pending -= got->used;
	memmove(u->pending, u->pending + got->used, u->n_pending);
}

/* As much of pending as is whole; all: no more will come. */
static void settle_pending(struct undo *u, uint32_t series, bool all)
{
	struct undone got;

	while (u->n_pending > 0) {
		struct ahead a = {u->pending, u->n_pending, all};
		if (u->pending[0] != '\\') {
			settle_half(u);
			out(u, u->pending, 1);
			memmove(u->pending, u->pending + 1, --u->n_pending);
		} else if (read_escape(a, &got) == ESCAPE_WHOLE) {
			undo_one(u, series, u->own - u->n_pending, &got);
		} else if (all) {
			put_letter(&got, '\\');
			got.used = 1;
			undo_one(u, series, u->own - u->n_pending, &got);
			u->last = '\0'; /* it hides nothing */
		} else {
			return;
		}
	}
}

static void open_reading(struct undo *u, uint32_t series)
{
	if (!u->open)
		seams_mark(&u->seams, &(struct seams_mark){.series = series});
	u->open = true;
}

void undo_add(struct undo *u, uint32_t series, struct span text)
{
	size_t i = 0;

	while (i < text.len) {
		struct span rest = {text.p + i, text.len - i};
		const char *slash = memchr(rest.p, '\\', rest.len);
		size_t plain = slash ? (size_t)(slash - rest.p) : rest.len;
		if (u->n_pending == 0 && plain > 0) {
			settle_half(u);
			out(u, rest.p, plain);
			u->own += plain;
			i += plain;
			continue;
		}
		open_reading(u, series);
		u->pending[u->n_pending++] = text.p[i++];
		u->own++;
		settle_pending(u, series, false);
	}
}

void undo_finish(struct undo *u, uint32_t series)
{
	settle_pending(u, series, true);
	settle_half(u);
}

void undo_take(struct undo *u)
{
	if (u->open)
		buf_reset(&u->fresh);
}

bool undo_waits(const struct undo *u)
{
	return u->n_pending > 0 || u->half != 0;
}

void undo_clear(struct undo *u)
{
	buf_clear(&u->fresh);
	seams_clear(&u->seams);
	*u = (struct undo){.open = false};
}
