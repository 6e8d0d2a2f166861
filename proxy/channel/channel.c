/*
 * channel - what the relay asks of a channel that is loaded.
 */
#include "proxy/channel/channel.h"

#include "proxy/channel/model.h"

#include <stdlib.h>

#define MAX_TOKEN_BYTES 128
#define MAX_SEGMENTS 64

const char *channel_id(const struct channel *c)
{
	return c->id;
}

const char *channel_family(const struct channel *c)
{
	return c->family;
}

const char *const *channel_strip(const struct channel *c)
{
	return (const char *const *)c->strip;
}

const char *const *channel_strip_passed(const struct channel *c)
{
	return (const char *const *)c->strip_passed;
}

const struct channel_limits *channel_limits(const struct channel *c)
{
	return &c->limits;
}

void channel_hold(const struct channel *c, struct channel_hold *out)
{
	*out = (struct channel_hold){
	    .heartbeat_ms = c->heartbeat[0] != '\0' ? c->heartbeat_ms : 0,
	    .heartbeat = span_str(c->heartbeat),
	    .max_hold_ms = c->max_hold_ms,
	};
}

bool model_is_token(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z');
		if (!plain && (c == '\0' || strchr("._:/-", c) == NULL))
			return false;
	}
	return s.len > 0 && s.len <= MAX_TOKEN_BYTES;
}

bool model_knows_key(const struct channel *c, struct span key)
{
	size_t low = 0, high = c->n_known;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *known = c->known[middle];
		size_t len = strlen(known);
		size_t n = len < key.len ? len : key.len;
		int order = memcmp(known, key.p, n);
		if (order == 0 && len == key.len)
			return true;
		if (order < 0 || (order == 0 && len < key.len))
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* ---- routes ---- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes nobody needs to encode, and those that change how a path is split. */
static bool hides_something(int c)
{
	bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
	return plain || c < 0x20 || c == 0x7f ||
	    strchr("-._~/\\%;?#", c) != NULL;
}

/* Would every upstream read this path alike? */
static bool is_plain_path(struct span p)
{
	if (p.len == 0 || p.p[0] != '/')
		return false;
	for (size_t i = 0; i < p.len; i++) {
		if (p.p[i] == '\\' || p.p[i] == ';')
			return false;
		if (p.p[i] != '%')
			continue;
		int a = i + 2 < p.len ? hex_value(p.p[i + 1]) : -1;
		int b = i + 2 < p.len ? hex_value(p.p[i + 2]) : -1;
		if (a < 0 || b < 0 || hides_something(a << 4 | b))
			return false;
	}
	return true;
}

/* The segments of a path; -1: too many, an empty or a dot segment. */
static int split(struct span p, struct span out[MAX_SEGMENTS])
{
	int n = 0;

	for (size_t i = 1; i < p.len;) {
		size_t end = i;
		while (end < p.len && p.p[end] != '/')
			end++;
		struct span s = {p.p + i, end - i};
		if (s.len == 0 || span_is(s, ".") || span_is(s, "..") ||
		    n == MAX_SEGMENTS)
			return -1;
		out[n++] = s;
		i = end + 1;
	}
	return n;
}

static bool segment_fits(const char *pattern, struct span s)
{
	size_t n = strlen(pattern);

	if (n > 1 && pattern[0] == '{' && pattern[n - 1] == '}')
		return true;
	return span_is_nocase(s, pattern);
}

static bool path_fits(char *const *pattern, const struct span *s, int n)
{
	int front = 0, back = 0, all = 0;

	while (pattern[all] != NULL)
		all++;
	while (front < all && strcmp(pattern[front], "**") != 0)
		front++;
	if (front == all ? n != all : n < all - 1)
		return false;
	for (int i = 0; i < front; i++)
		if (!segment_fits(pattern[i], s[i]))
			return false;
	for (; front + 1 + back < all; back++)
		if (!segment_fits(pattern[all - 1 - back], s[n - 1 - back]))
			return false;
	return true;
}

static bool method_fits(char *const *methods, struct span method)
{
	if (methods == NULL)
		return true;
	while (*methods != NULL && !span_is(method, *methods))
		methods++;
	return *methods != NULL;
}

enum channel_route channel_route(
    const struct channel *c, struct span method, struct span path)
{
	struct span segments[MAX_SEGMENTS];
	const char *query = path.len ? memchr(path.p, '?', path.len) : NULL;

	if (query != NULL)
		path.len = (size_t)(query - path.p);
	if (!is_plain_path(path))
		return CHANNEL_DENY;
	int n = split(path, segments);
	if (n < 0)
		return CHANNEL_DENY;
	for (size_t i = 0; i < c->n_matches; i++) {
		const struct match_rule *rule = &c->matches[i];
		if (method_fits(rule->methods, method) &&
		    path_fits(rule->segments, segments, n))
			return rule->route;
	}
	return c->other;
}

/* ---- response heads ---- */

enum channel_framing channel_framing(const struct channel *c, bool asked_stream,
    const struct media *said, bool has_body)
{
	if (!has_body)
		return CHANNEL_EMPTY;
	if (said->kind == MEDIA_JSON)
		return CHANNEL_JSON;
	/* A stream nobody asked for is framed in a way the client does not
	 * expect. */
	if (said->kind == MEDIA_EVENTS && asked_stream && c->sse.n_texts > 0)
		return CHANNEL_SSE;
	return CHANNEL_UNREADABLE;
}
