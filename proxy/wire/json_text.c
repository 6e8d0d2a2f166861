/*
 * json_text - the inside of JSON strings: escapes, and where each decoded
 * byte came from.
 *
 * All functions take the inside of a raw string that json_parse has accepted;
 * they assert what it has checked.
 */
#include "proxy/wire/json_keys.h"
#include "proxy/wire/utf8.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c - 'A' + 10;
}

static uint32_t hex4(const char *p)
{
	return (uint32_t)(hex(p[0]) << 12 | hex(p[1]) << 8 | hex(p[2]) << 4 |
	    hex(p[3]));
}

/* The escape at *i, a backslash: its bytes in out; *i moves behind it. */
static size_t step_escape(struct span s, size_t *i, char out[4])
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";

	assert(*i + 1 < s.len);
	char kind = s.p[*i + 1];
	if (kind != 'u') {
		const char *at = strchr(from, kind);
		assert(kind != '\0' && at != NULL);
		out[0] = to[at - from];
		*i += 2;
		return 1;
	}
	assert(*i + 6 <= s.len);
	uint32_t c = hex4(s.p + *i + 2);
	*i += 6;
	if (c >= 0xd800 && c < 0xdc00 && *i + 6 <= s.len && s.p[*i] == '\\' &&
	    s.p[*i + 1] == 'u') {
		uint32_t low = hex4(s.p + *i + 2);
		if (low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			*i += 6;
		}
	}
	return utf8_put(out, c);
}

/* One character: its decoded bytes in out; *i moves behind it. */
static size_t step(struct span s, size_t *i, char out[4])
{
	if (s.p[*i] == '\\')
		return step_escape(s, i, out);
	size_t n = utf8_next(s.p + *i, s.len - *i);
	assert(n > 0);
	memcpy(out, s.p + *i, n);
	*i += n;
	return n;
}

void json_unescape(struct span s, struct buf *out)
{
	size_t i = 0;

	while (i < s.len) {
		const char *slash = memchr(s.p + i, '\\', s.len - i);
		size_t end = slash ? (size_t)(slash - s.p) : s.len;
		buf_add(out, s.p + i, end - i);
		i = end;
		if (i < s.len) {
			char bytes[4];
			size_t n = step_escape(s, &i, bytes);
			buf_add(out, bytes, n);
		}
	}
}

size_t json_raw_offset(struct span s, size_t at, bool up)
{
	size_t i = 0, decoded = 0;

	while (decoded < at) {
		char bytes[4];
		size_t before = i;
		assert(i < s.len);
		decoded += step(s, &i, bytes);
		if (decoded > at && !up)
			return before;
	}
	return i;
}

static struct span key_inside(const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	assert(n->key_end > n->key_start + 1);
	return (struct span){
	    doc->text + n->key_start + 1, n->key_end - n->key_start - 2};
}

static struct span string_inside(const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	assert(n->type == JSON_IS_STRING);
	return (struct span){doc->text + n->start + 1, n->end - n->start - 2};
}

void json_decode(const struct json_doc *doc, uint32_t node, struct buf *out)
{
	json_unescape(string_inside(doc, node), out);
}

void json_decode_key(const struct json_doc *doc, uint32_t node, struct buf *out)
{
	json_unescape(key_inside(doc, node), out);
}

/* Does the raw inside decode to exactly text? */
static bool decodes_to(struct span inside, bool escaped, struct span text)
{
	if (!escaped)
		return span_eq(inside, text);
	size_t i = 0, at = 0;
	while (i < inside.len) {
		char bytes[4];
		size_t n = step(inside, &i, bytes);
		if (text.len - at < n || memcmp(text.p + at, bytes, n) != 0)
			return false;
		at += n;
	}
	return at == text.len;
}

bool json_string_is(const struct json_doc *doc, uint32_t node, struct span text)
{
	return node != JSON_NONE && doc->nodes[node].type == JSON_IS_STRING &&
	    decodes_to(
		string_inside(doc, node), doc->nodes[node].escaped, text);
}

bool json_key_is(const struct json_doc *doc, uint32_t node, struct span text)
{
	const struct json_node *n = &doc->nodes[node];

	if (n->key_end == n->key_start)
		return false;
	if (!n->key_escaped && n->key_end - n->key_start != text.len + 2)
		return false; /* as most are */
	return decodes_to(key_inside(doc, node), n->key_escaped, text);
}

int json_key_order(const struct json_doc *doc, uint32_t a, uint32_t b)
{
	struct span s[2] = {key_inside(doc, a), key_inside(doc, b)};
	size_t i[2] = {0, 0}, have[2] = {0, 0}, used[2] = {0, 0};
	char bytes[2][4];

	for (;;) {
		for (int k = 0; k < 2; k++)
			if (used[k] == have[k] && i[k] < s[k].len) {
				have[k] = step(s[k], &i[k], bytes[k]);
				used[k] = 0;
			}
		bool end_a = used[0] == have[0], end_b = used[1] == have[1];
		if (end_a || end_b)
			return (int)end_b - (int)end_a;
		unsigned char x = (unsigned char)bytes[0][used[0]++];
		unsigned char y = (unsigned char)bytes[1][used[1]++];
		if (x != y)
			return x < y ? -1 : 1;
	}
}

/* ---- numbers ---- */

#define MAX_SPELT_DIGITS 40
#define MAX_EXPONENT 10000 /* beyond it is beyond it */

struct decimal { /* 0.DIGITS times ten to the power of point */
	bool minus;
	char digits[MAX_SPELT_DIGITS]; /* the first is no zero, nor the last */
	size_t n;
	long point;
};

static long read_exponent(struct span s)
{
	bool minus = s.len > 0 && s.p[0] == '-';
	long value = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9' && value < MAX_EXPONENT)
			value = value * 10 + (s.p[i] - '0');
	return minus ? -value : value;
}

/* False: it has too many digits. */
static bool read_decimal(struct span raw, struct decimal *d)
{
	size_t i = raw.p[0] == '-', zeros = 0;
	bool fraction = false;

	*d = (struct decimal){.minus = i > 0};
	for (; i < raw.len && raw.p[i] != 'e' && raw.p[i] != 'E'; i++) {
		if (raw.p[i] == '.') {
			fraction = true;
			continue;
		}
		zeros = raw.p[i] == '0' ? zeros + 1 : 0;
		if (d->n + 1 > MAX_SPELT_DIGITS)
			return false;
		if (d->n > 0 || raw.p[i] != '0')
			d->digits[d->n++] = raw.p[i];
		/* The zeros in front of a fraction push it to the right. */
		if (!fraction && d->n > 0)
			d->point++;
		else if (fraction && d->n == 0)
			d->point--;
	}
	d->n -= zeros < d->n ? zeros : d->n;
	if (d->n > 0 && i < raw.len)
		d->point += read_exponent(
		    (struct span){raw.p + i + 1, raw.len - i - 1});
	return true;
}

/* False: it takes too many digits. */
static bool write_decimal(const struct decimal *d, struct buf *out)
{
	long n = (long)d->n;

	if (n - d->point > MAX_SPELT_DIGITS || d->point > MAX_SPELT_DIGITS)
		return false;
	if (d->minus)
		buf_addc(out, '-');
	if (n == 0 || d->point <= 0)
		buf_addc(out, '0');
	for (long k = n > 0 && d->point < 0 ? d->point : 0;
	     k < n || k < d->point; k++) {
		if (k == d->point && k < n)
			buf_addc(out, '.');
		buf_addc(out, k >= 0 && k < n ? d->digits[k] : '0');
	}
	return true;
}

static bool spell(struct span raw, struct buf *out)
{
	struct decimal d;

	return read_decimal(raw, &d) && write_decimal(&d, out);
}

/* The shortest decimal that is the same double: what clients make of a number
 * with a fraction or an exponent. */
static bool spell_double(const char *raw, struct buf *out)
{
	char text[40];
	double value = strtod(raw, NULL);

	if (!isfinite(value))
		return false;
	for (int digits = 14; digits <= 16; digits++) {
		snprintf(text, sizeof text, "%.*e", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return spell(span_str(text), out);
}

static bool is_whole(struct span raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if (strchr(".eE", raw.p[i]) != NULL)
			return false;
	return true;
}

void json_spell_number(struct span raw, struct buf *out)
{
	struct buf text = {0};
	bool whole = is_whole(raw);

	if (!whole) {
		buf_add(&text, raw.p, raw.len);
		buf_addc(&text, '\0');
	}
	if (whole || (!spell_double(text.data, out) && !spell(raw, out)))
		buf_add(out, raw.p, raw.len);
	buf_clear(&text);
}

/* ---- encoding ---- */

static void escape_control(struct buf *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = c != 0 ? strchr(from, c) : NULL;

	if (at == NULL)
		buf_printf(out, "\\u%04x", c);
	else
		buf_printf(out, "\\%c", to[at - from]);
}

void json_escape(struct buf *out, struct span text)
{
	size_t plain = 0, i = 0;

	if (text.len == 0)
		return;
	while (i < text.len) {
		unsigned char c = (unsigned char)text.p[i];
		size_t n = utf8_next(text.p + i, text.len - i);
		if (n > 0 && c >= 0x20 && c != '"' && c != '\\') {
			i += n;
			continue;
		}
		buf_add(out, text.p + plain, i - plain);
		uint32_t half = utf8_surrogate(text.p + i, text.len - i);
		if (n > 0)
			escape_control(out, c);
		else if (half != 0)
			buf_printf(out, "\\u%04x", (unsigned)half);
		else
			buf_adds(out, "\xef\xbf\xbd");
		i += half != 0 ? 3 : 1;
		plain = i;
	}
	buf_add(out, text.p + plain, text.len - plain);
}

void json_quote(struct buf *out, struct span text)
{
	buf_adds(out, "\"");
	json_escape(out, text);
	buf_adds(out, "\"");
}
