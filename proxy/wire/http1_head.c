/*
 * http1_head - RFC 9112 sections 3 to 5, line by line, with nothing repaired.
 *
 * Positions are kept as offsets from the first byte of the message, so that a
 * caller may move the bytes.
 */
#include "proxy/wire/http1_head.h"

#include "proxy/base/plain.h"

#include <assert.h>

/* Methods of HTTP itself, WebDAV and its extensions, and those real clients of
 * HTTP APIs send. Case matters (RFC 9110 9.1). Methods of other protocols that
 * borrow the syntax (RTSP, Icecast, SSDP) are not here. */
static const char *const methods[] = {
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "CONNECT",
    "OPTIONS",
    "TRACE",
    "PATCH",
    "QUERY",
    "ACL",
    "BIND",
    "CHECKOUT",
    "COPY",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "PURGE",
    "REBIND",
    "REPORT",
    "SEARCH",
    "UNBIND",
    "UNLINK",
    "UNLOCK",
};

/* Letters, digits and !#$%&'*+-.^_`|~ (RFC 9110 5.6.2): a bit each. */
bool http1_is_token(unsigned char c)
{
	static const uint32_t token[8] = {
	    [1] = 0x03ff6cfa, [2] = 0xc7fffffe, [3] = 0x57ffffff};

	return token[c >> 5] >> (c & 31) & 1;
}

static bool is_known_method(const char *s, size_t len)
{
	struct span method = {s, len};

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (span_is(method, methods[i]))
			return true;
	return false;
}

/* "HTTP/1.0" or "HTTP/1.1" at s. Returns bytes that agree, up to 8. */
static size_t version_prefix(const char *s, size_t len)
{
	static const char text[] = "HTTP/1.";
	size_t i = 0;

	while (i < 7 && i < len && s[i] == text[i])
		i++;
	if (i == 7 && len > 7 && (s[7] == '0' || s[7] == '1'))
		i++;
	return i;
}

static int request_line(
    struct http1_head *head, const char *s, size_t n, bool whole)
{
	size_t i = 0;

	while (i < n && http1_is_token((unsigned char)s[i]))
		i++;
	if (i == n)
		return whole ? HTTP1_ERR_START_LINE : 0;
	if (s[i] != ' ' || i == 0)
		return HTTP1_ERR_START_LINE;
	if (!is_known_method(s, i))
		return HTTP1_ERR_METHOD;
	head->start.name_len = (uint32_t)i;
	size_t target = ++i;
	/* RFC 3986 characters and the few more that clients send raw. A
	 * fragment never belongs on the wire: two readers differ on it. */
	while (i < n && s[i] > 0x20 && s[i] < 0x7f && s[i] != '#')
		i++;
	if (i < n && s[i] != ' ')
		return HTTP1_ERR_TARGET;
	if (i == n)
		return whole ? HTTP1_ERR_VERSION : 0;
	if (i == target)
		return HTTP1_ERR_TARGET;
	head->start.value = (uint32_t)target;
	head->start.value_len = (uint32_t)(i - target);
	i++;
	size_t same = version_prefix(s + i, n - i);
	if (same != n - i || (whole && same != 8))
		return HTTP1_ERR_VERSION;
	head->minor = same == 8 && s[i + 7] == '1';
	return 0;
}

static int status_line(
    struct http1_head *head, const char *s, size_t n, bool whole)
{
	size_t same = version_prefix(s, n);

	if (same < 8)
		return same == n && !whole ? 0 : HTTP1_ERR_VERSION;
	head->minor = s[7] == '1';
	if (n == 8)
		return whole ? HTTP1_ERR_STATUS : 0;
	if (s[8] != ' ')
		return HTTP1_ERR_VERSION;
	head->status = 0;
	size_t i = 9;
	for (; i < n && i < 12; i++) {
		if (s[i] < '0' || s[i] > '9')
			return HTTP1_ERR_STATUS;
		head->status = head->status * 10 + (s[i] - '0');
	}
	if (i < 12)
		return whole ? HTTP1_ERR_STATUS : 0;
	if (head->status < 100 || head->status > 599)
		return HTTP1_ERR_STATUS;
	/* The space before an absent reason is often forgotten; nothing is
	 * framed differently without it. */
	if (n > 12 && s[12] != ' ')
		return HTTP1_ERR_STATUS;
	for (i = 12; i < n; i++)
		if ((unsigned char)s[i] < 0x20 ? s[i] != '\t' : s[i] == 0x7f)
			return HTTP1_ERR_STATUS;
	head->start.value = n > 13 ? 13 : 12;
	head->start.value_len = n > 13 ? (uint32_t)(n - 13) : 0;
	return 0;
}

int http1_start_line(struct http1_head *head, const char *base, size_t line,
    size_t end, bool whole)
{
	assert(line == 0);
	if (head->kind == HTTP1_REQUEST)
		return request_line(head, base, end, whole);
	return status_line(head, base, end, whole);
}

static bool is_field_value(const char *p, size_t n)
{
	if (plain_is_printable(p, n))
		return true;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

int http1_field_line(struct http1_head *head, const char *base, size_t line,
    size_t end, bool whole)
{
	size_t i = line;

	if (i < end && (base[i] == ' ' || base[i] == '\t'))
		return HTTP1_ERR_FOLD;
	while (i < end && http1_is_token((unsigned char)base[i]))
		i++;
	if (i == end)
		return whole ? HTTP1_ERR_FIELD_NAME : 0;
	if (base[i] != ':' || i == line)
		return HTTP1_ERR_FIELD_NAME;
	size_t name_end = i++;
	if (!is_field_value(base + i, end - i))
		return HTTP1_ERR_FIELD_VALUE;
	if (!whole)
		return 0;
	while (i < end && (base[i] == ' ' || base[i] == '\t'))
		i++;
	while (end > i && (base[end - 1] == ' ' || base[end - 1] == '\t'))
		end--;
	assert(head->n_fields < HTTP1_FIELDS_MAX);
	head->fields[head->n_fields++] = (struct http1_field){
	    .name = (uint32_t)line,
	    .name_len = (uint32_t)(name_end - line),
	    .value = (uint32_t)i,
	    .value_len = (uint32_t)(end - i),
	};
	return 0;
}

/* ---- requests ---- */

/* uri-host [":" port] (RFC 3986), not empty, no user information. */
static bool is_authority(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z');
		if (!plain && (c == 0 || !strchr("-._~!$&'()*+,;=%:[]", c)))
			return false;
	}
	return s.len > 0 && s.p[0] != ':';
}

static bool has_port(struct span s)
{
	size_t i = s.len;

	while (i > 0 && s.p[i - 1] >= '0' && s.p[i - 1] <= '9')
		i--;
	return i < s.len && i > 1 && s.p[i - 1] == ':';
}

/* "http://authority/path?query": splits it into head->where. */
static int absolute_form(struct http1_head *head, struct span target)
{
	size_t from = 0;

	if (target.len > 7 && strncasecmp(target.p, "http://", 7) == 0)
		from = 7;
	else if (target.len > 8 && strncasecmp(target.p, "https://", 8) == 0)
		from = 8;
	else
		return HTTP1_ERR_TARGET;
	size_t end = from;
	while (end < target.len && target.p[end] != '/' && target.p[end] != '?')
		end++;
	head->target_form = HTTP1_TARGET_ABSOLUTE;
	head->where = (struct http1_field){
	    .name = head->start.value + (uint32_t)from,
	    .name_len = (uint32_t)(end - from),
	    .value = head->start.value + (uint32_t)end,
	    .value_len = (uint32_t)(target.len - end),
	};
	/* "?query" without a path would need a byte put in front of it. */
	if (end < target.len && target.p[end] == '?')
		return HTTP1_ERR_TARGET;
	return is_authority(http1_authority(head)) ? 0 : HTTP1_ERR_TARGET;
}

static int target_facts(struct http1_head *head)
{
	struct span target = http1_target(head);
	struct span method = http1_method(head);

	head->connect = span_is(method, "CONNECT");
	head->where = (struct http1_field){
	    .value = head->start.value, .value_len = head->start.value_len};
	if (head->connect) {
		head->target_form = HTTP1_TARGET_AUTHORITY;
		head->where = (struct http1_field){.name = head->start.value,
		    .name_len = head->start.value_len};
		return is_authority(target) && has_port(target)
		    ? 0
		    : HTTP1_ERR_TARGET;
	}
	if (target.p[0] == '/') {
		head->target_form = HTTP1_TARGET_ORIGIN;
		return 0;
	}
	if (span_is(target, "*")) {
		head->target_form = HTTP1_TARGET_ASTERISK;
		return span_is(method, "OPTIONS") ? 0 : HTTP1_ERR_TARGET;
	}
	return absolute_form(head, target);
}

/* RFC 9112 3.2: exactly one Host in 1.1, never two, and not another one than
 * the target names. */
static int host_facts(struct http1_head *head)
{
	size_t count = http1_count(head, "host");
	size_t at = http1_find(head, "host", 0);

	if (count > 1 || (count == 0 && head->minor == 1))
		return HTTP1_ERR_HOST;
	if (count == 0)
		return 0;
	struct span host = http1_value(head, at);
	if (!is_authority(host))
		return HTTP1_ERR_HOST;
	if (head->where.name_len == 0) {
		head->where.name = head->fields[at].value;
		head->where.name_len = head->fields[at].value_len;
		return 0;
	}
	struct span authority = http1_authority(head);
	if (host.len != authority.len ||
	    strncasecmp(host.p, authority.p, host.len) != 0)
		return HTTP1_ERR_HOST;
	return 0;
}

int http1_request_facts(struct http1_head *head)
{
	int err = target_facts(head);

	if (err == 0)
		err = host_facts(head);
	if (err != 0)
		return err;
	size_t expects = http1_count(head, "expect");
	if (expects > 1)
		return HTTP1_ERR_EXPECT;
	if (expects == 1) {
		struct span value = http1_get(head, "expect");
		if (!span_is_nocase(value, "100-continue"))
			return HTTP1_ERR_EXPECT;
		/* RFC 9110 10.1.1: ignored from a 1.0 client. */
		head->expect_continue = head->minor == 1;
	}
	return 0;
}

/* ---- framing ---- */

static int content_length(struct http1_head *head)
{
	size_t count = http1_count(head, "content-length");

	if (count == 0)
		return 0;
	struct span value = http1_get(head, "content-length");
	if (count > 1 || value.len == 0 || value.len > 18)
		return HTTP1_ERR_CONTENT_LENGTH;
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return HTTP1_ERR_CONTENT_LENGTH;
		head->content_length =
		    head->content_length * 10 + (uint64_t)(value.p[i] - '0');
	}
	head->has_content_length = true;
	head->framing = HTTP1_LENGTH;
	return 0;
}

static int transfer_encoding(struct http1_head *head)
{
	size_t count = http1_count(head, "transfer-encoding");

	if (count == 0)
		return 0;
	if (http1_count(head, "content-length") > 0)
		return HTTP1_ERR_TWO_FRAMINGS;
	struct span value = http1_get(head, "transfer-encoding");
	if (count > 1 || head->minor == 0 || !span_is_nocase(value, "chunked"))
		return HTTP1_ERR_TRANSFER_ENCODING;
	head->framing = HTTP1_CHUNKED;
	return 0;
}

/* RFC 9112 6.3 for responses: what the status and the request overrule. */
static int response_framing(
    struct http1_head *head, bool answers_head, bool answers_connect)
{
	int status = head->status;
	bool never = status < 200 || status == 204;
	bool body = head->framing == HTTP1_CHUNKED || head->content_length > 0;

	if (never && body)
		return HTTP1_ERR_NO_BODY_STATUS;
	head->interim = status < 200 && status != 101;
	head->connect = answers_connect && status >= 200 && status < 300;
	if (never || status == 304 || answers_head || head->connect)
		head->framing = HTTP1_NO_BODY;
	else if (head->framing == HTTP1_NO_BODY)
		head->framing = HTTP1_UNTIL_CLOSE;
	return 0;
}

int http1_framing_facts(
    struct http1_head *head, bool answers_head, bool answers_connect)
{
	head->framing = HTTP1_NO_BODY;
	int err = content_length(head);
	if (err == 0)
		err = transfer_encoding(head);
	if (err == 0 && head->kind == HTTP1_RESPONSE)
		err = response_framing(head, answers_head, answers_connect);
	if (err != 0)
		return err;
	bool switched = head->kind == HTTP1_REQUEST || head->status == 101;
	head->upgrade = switched &&
	    (head->status == 101 ||
		(http1_count(head, "upgrade") > 0 &&
		    http1_has_token(head, "connection", "upgrade")));
	head->keep_alive = head->minor == 1 ||
	    http1_has_token(head, "connection", "keep-alive");
	if (http1_has_token(head, "connection", "close") ||
	    head->framing == HTTP1_UNTIL_CLOSE || head->connect ||
	    head->status == 101)
		head->keep_alive = false;
	if (head->interim)
		head->keep_alive = true;
	return 0;
}
