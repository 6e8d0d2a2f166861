/*
 * http1_write - the heads we send. Field values come from parsed heads, which
 * hold no CR, LF or NUL; our own values must not either.
 */
#include "proxy/wire/http1_write.h"

#include "proxy/base/plain.h"
#include "proxy/wire/media.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

/* RFC 9110 7.6.1, and fields whose meaning is ours to state anew. */
#define NAME(literal)                                                          \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}
static const struct span hop_by_hop[] = {
    NAME("connection"),
    NAME("keep-alive"),
    NAME("proxy-connection"),
    NAME("proxy-authenticate"),
    NAME("proxy-authorization"),
    NAME("te"),
    NAME("trailer"),
    NAME("transfer-encoding"),
    NAME("upgrade"),
    NAME("http2-settings"),
    NAME("content-length"),
};
#undef NAME

bool http1_is_hop_by_hop(struct span name)
{
	for (size_t i = 0; i < sizeof hop_by_hop / sizeof hop_by_hop[0]; i++)
		if (span_eq_nocase(name, hop_by_hop[i]))
			return true;
	return false;
}

static bool is_named_by_connection(
    const struct http1_head *head, struct span name)
{
	char token[128];

	if (name.len >= sizeof token)
		return false;
	memcpy(token, name.p, name.len);
	token[name.len] = '\0';
	return http1_has_token(head, "connection", token);
}

static bool is_dropped(const struct http1_out *out, struct span name)
{
	if (out->type != NULL && media_is_field(name))
		return true;
	for (size_t i = 0; out->drop != NULL && out->drop[i] != NULL; i++)
		if (span_is_nocase(name, out->drop[i]))
			return true;
	return false;
}

static bool is_clean(struct span value)
{
	return value.len == 0 || plain_is_printable(value.p, value.len) ||
	    (memchr(value.p, '\r', value.len) == NULL &&
		memchr(value.p, '\n', value.len) == NULL &&
		memchr(value.p, '\0', value.len) == NULL);
}

static void add_span(struct buf *b, struct span s)
{
	assert(is_clean(s));
	buf_add(b, s.p, s.len);
}

static void add_field(struct buf *b, struct span name, struct span value)
{
	add_span(b, name);
	buf_adds(b, ": ");
	add_span(b, value);
	buf_adds(b, "\r\n");
}

static void add_named(struct buf *b, const char *name, const char *value)
{
	add_field(b, span_str(name), span_str(value));
}

/* ---- what both kinds share ---- */

static void add_framing(
    struct buf *b, const struct http1_out *out, bool say_zero)
{
	switch (out->framing) {
	case HTTP1_NO_BODY:
		if (say_zero)
			buf_adds(b, "Content-Length: 0\r\n");
		return;
	case HTTP1_LENGTH:
		buf_adds(b, "Content-Length: ");
		buf_add_int(b, (int64_t)out->content_length);
		buf_adds(b, "\r\n");
		return;
	case HTTP1_CHUNKED:
		buf_adds(b, "Transfer-Encoding: chunked\r\n");
		return;
	case HTTP1_UNTIL_CLOSE:
		return;
	}
	assert(!"framing");
}

static void add_end(struct buf *b, const struct http1_out *out)
{
	if (out->type != NULL && out->type[0] != '\0')
		add_named(b, "Content-Type", out->type);
	for (size_t i = 0; i < out->n_add; i++)
		add_named(b, out->add[i].name, out->add[i].value);
	if (out->close || out->framing == HTTP1_UNTIL_CLOSE)
		buf_adds(b, "Connection: close\r\n");
	buf_adds(b, "\r\n");
}

/* All fields of that name joined by commas, then ours. */
static void add_list(struct buf *b, const struct http1_head *head,
    const char *name, const char *ours, bool keep)
{
	bool any = false;

	buf_adds(b, name);
	buf_adds(b, ": ");
	for (size_t i = 0; keep && i < head->n_fields; i++) {
		if (!span_is_nocase(http1_name(head, i), name))
			continue;
		if (any)
			buf_adds(b, ", ");
		add_span(b, http1_value(head, i));
		any = true;
	}
	if (any)
		buf_adds(b, ", ");
	add_span(b, span_str(ours));
	buf_adds(b, "\r\n");
}

static void add_via(
    struct buf *b, const struct http1_head *head, const struct http1_out *out)
{
	char ours[128];

	if (out->via == NULL)
		return;
	snprintf(ours, sizeof ours, "1.%d %s", head->minor, out->via);
	add_list(b, head, "Via", ours, true);
}

/* ---- requests ---- */

static bool is_zero(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != '0')
			return false;
	return true;
}

bool http1_is_traceparent(struct span v)
{
	if (v.len != 55 || v.p[0] != '0' || v.p[1] != '0')
		return false;
	for (size_t i = 0; i < v.len; i++) {
		char c = v.p[i];
		bool dash = i == 2 || i == 35 || i == 52;
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		if (dash ? c != '-' : !hex)
			return false;
	}
	return !is_zero(v.p + 3, 32) && !is_zero(v.p + 36, 16);
}

static bool has_good_traceparent(const struct http1_head *head)
{
	return http1_count(head, "traceparent") == 1 &&
	    http1_is_traceparent(http1_get(head, "traceparent"));
}

/* Fields whose value is composed below instead of passed on. */
static bool is_ours(const struct http1_head *head, const struct http1_out *out,
    struct span name)
{
	if (span_is_nocase(name, "host") || span_is_nocase(name, "expect"))
		return true;
	if (span_is_nocase(name, "via"))
		return out->via != NULL;
	/* A trace nobody can follow is not passed on, nor is its state. */
	if (span_is_nocase(name, "traceparent") ||
	    span_is_nocase(name, "tracestate"))
		return out->traceparent != NULL && !has_good_traceparent(head);
	bool forwarded = span_is_nocase(name, "forwarded") ||
	    span_is_nocase(name, "x-real-ip") ||
	    (name.len > 12 && strncasecmp(name.p, "x-forwarded-", 12) == 0);
	if (!forwarded)
		return false;
	/* From somebody untrusted all of the family is hearsay. */
	if (!out->trust_forwarded)
		return true;
	return out->client_address != NULL &&
	    span_is_nocase(name, "x-forwarded-for");
}

/*
 * Servers that hand fields on as variables (CGI, WSGI, PHP) take
 * X_Forwarded_For and X-Forwarded-For for one: what is ours to say under one
 * spelling nobody says under another.
 */
static bool is_alias_of_ours(const struct http1_head *head,
    const struct http1_out *out, struct span name)
{
	struct http1_out strict = *out;
	char spelt[64];
	bool other = false;

	if (name.len >= sizeof spelt)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		spelt[i] = name.p[i];
		if (isalnum((unsigned char)spelt[i]) || spelt[i] == '-')
			continue;
		spelt[i] = '-';
		other = true;
	}
	struct span as = {spelt, name.len};
	strict.trust_forwarded = false;
	return other &&
	    (http1_is_hop_by_hop(as) || is_ours(head, &strict, as) ||
		is_dropped(out, as));
}

static void add_forwarded(
    struct buf *b, const struct http1_head *head, const struct http1_out *out)
{
	bool keep = out->trust_forwarded;

	if (out->client_address == NULL)
		return;
	add_list(b, head, "X-Forwarded-For", out->client_address, keep);
	if (out->proto != NULL &&
	    !(keep && http1_count(head, "x-forwarded-proto") > 0))
		add_named(b, "X-Forwarded-Proto", out->proto);
	struct span host = http1_authority(head);
	if (host.len > 0 &&
	    !(keep && http1_count(head, "x-forwarded-host") > 0))
		add_field(b, span_str("X-Forwarded-Host"), host);
}

void http1_write_request(
    struct buf *b, const struct http1_head *head, const struct http1_out *out)
{
	assert(head->kind == HTTP1_REQUEST);
	struct span target = out->target;
	if (target.len == 0)
		target = head->target_form == HTTP1_TARGET_ASTERISK
		    ? http1_target(head)
		    : http1_path(head);
	struct span method = http1_method(head);
	add_span(b, method);
	buf_adds(b, " ");
	add_span(b, target);
	buf_adds(b, " HTTP/1.1\r\n");
	struct span host =
	    out->host != NULL ? span_str(out->host) : http1_authority(head);
	add_field(b, span_str("Host"), host);
	bool names = http1_count(head, "connection") > 0;
	for (size_t i = 0; i < head->n_fields; i++) {
		struct span name = http1_name(head, i);
		if (!http1_is_hop_by_hop(name) && !is_ours(head, out, name) &&
		    !(names && is_named_by_connection(head, name)) &&
		    !is_dropped(out, name) &&
		    !is_alias_of_ours(head, out, name))
			add_field(b, name, http1_value(head, i));
	}
	add_forwarded(b, head, out);
	if (out->traceparent != NULL && !has_good_traceparent(head))
		add_named(b, "traceparent", out->traceparent);
	add_via(b, head, out);
	/* RFC 9110 8.6: say so when a method that has a body brings none. */
	bool expects = span_is(method, "POST") || span_is(method, "PUT") ||
	    span_is(method, "PATCH");
	add_framing(b, out, expects);
	add_end(b, out);
}

/* ---- responses ---- */

static void add_status_line(struct buf *b, int status, struct span reason)
{
	buf_adds(b, "HTTP/1.1 ");
	buf_add_int(b, status);
	buf_addc(b, ' ');
	add_span(b, reason);
	buf_adds(b, "\r\n");
}

/* RFC 9110 8.6: never in 1xx and 204; 304 and answers to HEAD pass it on. */
static bool may_say_zero(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

void http1_write_response(
    struct buf *b, const struct http1_head *head, const struct http1_out *out)
{
	assert(head->kind == HTTP1_RESPONSE);
	/* The reason phrase is free text that nobody needs (RFC 9112 4):
	 * ours, so that it carries none of the bot's words. */
	add_status_line(
	    b, head->status, span_str(http1_status_text(head->status)));
	bool names = http1_count(head, "connection") > 0;
	for (size_t i = 0; i < head->n_fields; i++) {
		struct span name = http1_name(head, i);
		if (http1_is_hop_by_hop(name) ||
		    (names && is_named_by_connection(head, name)) ||
		    is_dropped(out, name) ||
		    (out->via != NULL && span_is_nocase(name, "via")))
			continue;
		add_field(b, name, http1_value(head, i));
	}
	add_via(b, head, out);
	bool answers_head =
	    head->framing == HTTP1_NO_BODY && head->has_content_length;
	if (out->framing == HTTP1_NO_BODY && answers_head &&
	    head->status >= 200 && head->status != 204)
		buf_printf(
		    b, "Content-Length: %" PRIu64 "\r\n", head->content_length);
	else
		add_framing(b, out,
		    may_say_zero(head->status) &&
			head->framing != HTTP1_NO_BODY);
	add_end(b, out);
}

void http1_write_status(
    struct buf *b, int status, const char *type, const struct http1_out *out)
{
	add_status_line(b, status, span_str(http1_status_text(status)));
	if (type != NULL)
		add_named(b, "Content-Type", type);
	add_framing(b, out, may_say_zero(status));
	add_end(b, out);
}

void http1_write_answer(struct buf *b, int status, const char *type,
    struct span body, const struct http1_out *out)
{
	struct http1_out own = *out;

	own.framing = body.len > 0 ? HTTP1_LENGTH : HTTP1_NO_BODY;
	own.content_length = body.len;
	http1_write_status(b, status, body.len > 0 ? type : NULL, &own);
	buf_add(b, body.p, body.len);
}

void http1_write_chunk(struct buf *b, struct span data)
{
	if (data.len == 0) /* would end the body */
		return;
	buf_printf(b, "%zx\r\n", data.len);
	buf_add(b, data.p, data.len);
	buf_adds(b, "\r\n");
}

void http1_write_last_chunk(struct buf *b)
{
	buf_adds(b, "0\r\n\r\n");
}

const char *http1_status_text(int status)
{
	static const struct {
		int status;
		const char *text;
	} names[] = {
	    {100, "Continue"},
	    {101, "Switching Protocols"},
	    {200, "OK"},
	    {201, "Created"},
	    {202, "Accepted"},
	    {203, "Non-Authoritative Information"},
	    {204, "No Content"},
	    {205, "Reset Content"},
	    {206, "Partial Content"},
	    {300, "Multiple Choices"},
	    {301, "Moved Permanently"},
	    {302, "Found"},
	    {303, "See Other"},
	    {304, "Not Modified"},
	    {307, "Temporary Redirect"},
	    {308, "Permanent Redirect"},
	    {400, "Bad Request"},
	    {401, "Unauthorized"},
	    {402, "Payment Required"},
	    {403, "Forbidden"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {406, "Not Acceptable"},
	    {408, "Request Timeout"},
	    {409, "Conflict"},
	    {410, "Gone"},
	    {411, "Length Required"},
	    {412, "Precondition Failed"},
	    {413, "Content Too Large"},
	    {415, "Unsupported Media Type"},
	    {417, "Expectation Failed"},
	    {421, "Misdirected Request"},
	    {422, "Unprocessable Content"},
	    {423, "Locked"},
	    {424, "Failed Dependency"},
	    {425, "Too Early"},
	    {426, "Upgrade Required"},
	    {429, "Too Many Requests"},
	    {431, "Request Header Fields Too Large"},
	    {500, "Internal Server Error"},
	    {501, "Not Implemented"},
	    {502, "Bad Gateway"},
	    {503, "Service Unavailable"},
	    {504, "Gateway Timeout"},
	    {505, "HTTP Version Not Supported"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].status == status)
			return names[i].text;
	return "Unknown";
}
