/*
 * json_out - see json_out.h. Refuses floats, disorder and duplicate keys, so
 * that what it writes is what a verifier would write again.
 */
#include "proxy/base/json_out.h"

#include "proxy/base/mem.h"
#include "proxy/base/plain.h"

#include <assert.h>
#include <string.h>

#define JSON_OUT_MAX_INT (INT64_C(1) << 53)

void json_out_init(struct json_out *j, struct buf *buf)
{
	*j = (struct json_out){.buf = buf};
}

/* Length of the UTF-8 character at s (RFC 3629), or 0 with *bad set to the
 * bytes one U+FFFD stands for (Unicode 3.9, "maximal subpart"). */
static size_t json_out_utf8(const unsigned char *s, size_t n, size_t *bad)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len;
	*bad = 1;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0;
	if (s[0] == 0xed)
		high = 0x9f;
	if (s[0] == 0xf0)
		low = 0x90;
	if (s[0] == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i < len; i++) {
		*bad = i;
		if (i == n || s[i] < low || s[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return len;
}

static void json_out_escape(struct buf *out, unsigned char c)
{
	static const char shorts[] = "btn?fr"; /* from 0x08 on */
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", c);
	else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
		buf_printf(out, "\\%c", shorts[c - 0x08]);
	else
		buf_printf(out, "\\u%04x", c);
}

/* One character that is not plain; the bytes it has. */
static size_t json_out_odd(struct buf *out, const char *s, size_t n)
{
	size_t bad = 0;
	size_t len = json_out_utf8((const unsigned char *)s, n, &bad);
	if (len == 0)
		buf_adds(out, "\xef\xbf\xbd");
	else if (len == 1)
		json_out_escape(out, (unsigned char)*s);
	else
		buf_add(out, s, len);
	return len == 0 ? bad : len;
}

void json_out_quote(struct buf *out, const char *s, size_t n)
{
	char *to = buf_reserve(out, mem_add(n, 2));
	size_t plain = plain_json_run(s, n);
	*to++ = '"';
	if (plain > 0)
		memcpy(to, s, plain);
	to[plain] = '"';
	if (plain == n) { /* as nearly always */
		buf_commit(out, n + 2);
		return;
	}
	buf_commit(out, plain + 1);
	for (size_t i = plain; i < n; i += plain) {
		i += json_out_odd(out, s + i, n - i);
		plain = plain_json_run(s + i, n - i);
		buf_add(out, s + i, plain);
	}
	buf_addc(out, '"');
}

int json_out_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len;
	for (size_t i = 0; i < n; i++) {
		unsigned char x = (unsigned char)a[i], y = (unsigned char)b[i];
		if (x == y)
			continue;
		/* Surrogates (four bytes here) sort before U+E000..U+FFFF. */
		if (x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0))
			return x >= 0xf0 ? -1 : 1;
		return x < y ? -1 : 1;
	}
	return a_len < b_len ? -1 : a_len > b_len;
}

/* What stands before a value: its comma, unless its key has seen to it. */
static void json_out_before(struct json_out *j)
{
	if (j->depth == 0)
		return;
	struct json_out_level *level = &j->levels[j->depth - 1];
	if (level->object) {
		assert(level->keyed);
		level->keyed = false;
		return;
	}
	if (level->started)
		buf_addc(j->buf, ',');
	level->started = true;
}

static void json_out_open(struct json_out *j, bool object)
{
	json_out_before(j);
	assert(j->depth < JSON_OUT_MAX_DEPTH);
	j->levels[j->depth++] = (struct json_out_level){.object = object};
	buf_addc(j->buf, object ? '{' : '[');
}

void json_out_object(struct json_out *j)
{
	json_out_open(j, true);
}

void json_out_array(struct json_out *j)
{
	json_out_open(j, false);
}

void json_out_end(struct json_out *j)
{
	assert(j->depth > 0);
	struct json_out_level *level = &j->levels[--j->depth];
	assert(!level->keyed);
	buf_addc(j->buf, level->object ? '}' : ']');
}

/* Plain keys are ASCII: their bytes are in the order of their letters. */
static bool is_after(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return order < 0 || (order == 0 && a_len < b_len);
}

void json_out_key(struct json_out *j, const char *key)
{
	assert(j->depth > 0);
	struct json_out_level *level = &j->levels[j->depth - 1];
	assert(level->object && !level->keyed);
	size_t n = strlen(key);
	assert(plain_json_run(key, n) == n);
	if (level->started)
		assert(is_after(
		    j->buf->data + level->key, level->key_len, key, n));
	char *start = buf_reserve(j->buf, n + strlen(",\"\":"));
	char *to = start;
	if (level->started)
		*to++ = ',';
	*to++ = '"';
	level->key = j->buf->len + (size_t)(to - start);
	level->key_len = n;
	memcpy(to, key, n);
	memcpy(to + n, "\":", 2);
	buf_commit(j->buf, (size_t)(to - start) + n + 2);
	level->started = level->keyed = true;
}

void json_out_strn(struct json_out *j, const char *s, size_t n)
{
	json_out_before(j);
	json_out_quote(j->buf, s, n);
}

void json_out_str(struct json_out *j, const char *s)
{
	if (s == NULL)
		json_out_null(j);
	else
		json_out_strn(j, s, strlen(s));
}

void json_out_int(struct json_out *j, int64_t value)
{
	json_out_before(j);
	bool fits = value <= JSON_OUT_MAX_INT && value >= -JSON_OUT_MAX_INT;
	if (!fits)
		buf_addc(j->buf, '"');
	buf_add_int(j->buf, value);
	if (!fits)
		buf_addc(j->buf, '"');
}

void json_out_raw(struct json_out *j, const char *value, size_t n)
{
	json_out_before(j);
	buf_add(j->buf, value, n);
}

void json_out_bool(struct json_out *j, bool value)
{
	const char *word = value ? "true" : "false";
	json_out_raw(j, word, strlen(word));
}

void json_out_null(struct json_out *j)
{
	json_out_raw(j, "null", 4);
}

bool json_out_is_done(const struct json_out *j)
{
	return j->depth == 0;
}
