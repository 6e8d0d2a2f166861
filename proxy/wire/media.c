/* media - see media.h. */
#include "proxy/wire/media.h"

#include "proxy/wire/http1_head.h"

#include <assert.h>
#include <stdio.h>

#define MAX_PARAMETERS 8

/* A Content-Type, as it is read from left to right. */
struct reader {
	struct span in;
	size_t at;
	struct span names[MAX_PARAMETERS];
	size_t n;
	bool charset; /* UTF-8 is named */
	bool renamed; /* by a name not every reader knows for UTF-8 */
};

static bool take(struct reader *r, char c)
{
	if (r->at == r->in.len || r->in.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static bool take_token(struct reader *r, struct span *out)
{
	size_t from = r->at;
	while (
	    r->at < r->in.len && http1_is_token((unsigned char)r->in.p[r->at]))
		r->at++;
	*out = (struct span){r->in.p + from, r->at - from};
	return out->len > 0;
}

static void skip_blanks(struct reader *r)
{
	while (take(r, ' ') || take(r, '\t'))
		;
}

/* What stands between the quotes, escapes and all: no charset has any. */
static bool take_quoted(struct reader *r, struct span *out)
{
	size_t from = r->at;
	while (r->at < r->in.len && r->in.p[r->at] != '"') {
		bool pair = r->in.p[r->at] == '\\';
		r->at += pair ? 2 : 1;
	}
	if (r->at >= r->in.len)
		return false;
	*out = (struct span){r->in.p + from, r->at - from};
	return take(r, '"');
}

static bool is_new(const struct reader *r, struct span name)
{
	for (size_t i = 0; i < r->n; i++)
		if (span_eq_nocase(r->names[i], name))
			return false;
	return r->n < MAX_PARAMETERS;
}

/* US-ASCII is UTF-8 that uses little of it. */
static bool read_charset(struct reader *r, struct span value)
{
	bool plain = span_is_nocase(value, "utf-8");
	r->charset = true;
	r->renamed = !plain;
	return plain || span_is_nocase(value, "utf8") ||
	    span_is_nocase(value, "us-ascii");
}

/* token "=" ( token / quoted-string ); a star would say it in RFC 8187's way,
 * which some read and some do not. */
static bool read_parameter(struct reader *r)
{
	struct span name, value;
	if (!take_token(r, &name) || memchr(name.p, '*', name.len) ||
	    !is_new(r, name) || !take(r, '='))
		return false;
	r->names[r->n++] = name;
	if (take(r, '"') ? !take_quoted(r, &value) : !take_token(r, &value))
		return false;
	return !span_is_nocase(name, "charset") || read_charset(r, value);
}

static bool read_parameters(struct reader *r)
{
	for (skip_blanks(r); r->at < r->in.len; skip_blanks(r)) {
		if (!take(r, ';'))
			return false;
		skip_blanks(r);
		bool none = r->at == r->in.len || r->in.p[r->at] == ';';
		if (!none && !read_parameter(r))
			return false;
	}
	return true;
}

/* The type as a whole, or an empty span. */
static struct span read_type(struct reader *r)
{
	struct span type, subtype;
	if (!take_token(r, &type) || !take(r, '/') || !take_token(r, &subtype))
		return (struct span){NULL, 0};
	size_t len = r->at;
	return read_parameters(r) ? (struct span){r->in.p, len}
				  : (struct span){NULL, 0};
}

/* What it says beside the type and UTF-8 nobody judged, so it is not said. */
static void say(struct media *out, const struct reader *r, const char *type)
{
	bool exact = r->n == (r->charset ? 1 : 0) && !r->renamed &&
	    r->in.len < sizeof(out->type);
	if (exact) {
		memcpy(out->type, r->in.p, r->in.len);
		return;
	}
	snprintf(out->type, sizeof(out->type), "%s%s", type,
	    r->charset ? "; charset=utf-8" : "");
}

static bool is_uncoded(const struct http1_head *head)
{
	size_t n = http1_count(head, "content-encoding");
	return n == 0 ||
	    (n == 1 &&
		span_is_nocase(
		    http1_get(head, "content-encoding"), "identity"));
}

void media_read(const struct http1_head *head, struct media *out)
{
	static const struct {
		const char *name;
		enum media_kind kind;
	} known[] = {
	    {"application/json", MEDIA_JSON},
	    {"application/problem+json", MEDIA_JSON},
	    {"text/event-stream", MEDIA_EVENTS},
	};
	struct reader r = {.in = http1_get(head, "content-type")};
	*out = (struct media){.kind = MEDIA_UNCLEAR};
	size_t n = http1_count(head, "content-type");
	if (!is_uncoded(head) || n > 1)
		return;
	if (n == 0) {
		out->kind = MEDIA_UNNAMED;
		return;
	}
	struct span type = read_type(&r);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_is_nocase(type, known[i].name)) {
			out->kind = known[i].kind;
			say(out, &r, known[i].name);
		}
}

/* Content-Transfer-Encoding is no field of HTTP's, but mail readers that are
 * also used for HTTP know it. */
bool media_is_field(struct span name)
{
	return span_is_nocase(name, "content-type") ||
	    span_is_nocase(name, "content-encoding") ||
	    span_is_nocase(name, "content-transfer-encoding");
}
