/*
 * The public HTTP cases: what a strict reader refuses we refuse, and whatever
 * it accepts and we do not is named here with its reason.
 *
 * Most cases have no Host. They are judged twice: as they are, and, if Host is
 * all they lack, with one put in, so that the missing Host hides nothing.
 */
#include "proxy/base/buf.h"
#include "proxy/wire/http1.h"
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct outcome {
	int err;
	int messages; /* heads seen */
	bool tunnel;  /* upgrade or CONNECT */
	bool inside;  /* the bytes end in mid-message */
	bool in_head; /* and in mid-head */
};

static struct outcome parse(enum http1_kind kind, const char *p, size_t len)
{
	struct outcome out = {0, 0, false, false, true};
	struct http1_parser parser;
	struct http1_event ev;
	ssize_t n = 0;

	http1_init(&parser, kind, NULL);
	do {
		n = http1_feed(&parser, p, len, &ev);
		if (n < 0) {
			out.err = (int)n;
			return out;
		}
		p += n;
		len -= (size_t)n;
		if (ev.kind == HTTP1_HEAD) {
			out.messages++;
			if (parser.head.upgrade || parser.head.connect)
				out.tunnel = true;
		}
		if (ev.kind != HTTP1_MORE)
			out.in_head = ev.kind == HTTP1_END;
		if (out.tunnel) /* what follows is another protocol's */
			return out;
		if (ev.kind == HTTP1_END)
			http1_next(&parser, span_str("GET"));
	} while (ev.kind != HTTP1_MORE);
	out.inside = http1_finish(&parser, &ev) != 0;
	return out;
}

/* Put "Host: HOST" behind every request line. */
static void add_hosts(struct buf *out, const char *p, size_t len)
{
	static const char version[] = " HTTP/1.1\r\n";
	const size_t n = sizeof version - 1;

	while (len > 0) {
		const char *at = memmem(p, len, version, n);
		size_t line = at != NULL ? (size_t)(at - p) + n : len;
		buf_add(out, p, line);
		const char *name = memmem(p, line, "://", 3);
		const char *host = name != NULL ? name + 3 : "h";
		if (at != NULL)
			buf_printf(out, "Host: %.*s\r\n",
			    name != NULL ? (int)strcspn(host, "/? ") : 1, host);
		p += line;
		len -= line;
	}
}

/* Why a case a lenient reader takes is refused here. The first row whose
 * error and text fit explains it. */
static const struct {
	int err;
	const char *in; /* occurs in the wire bytes, NULL: any */
	const char *why;
} reasons[] = {
    {HTTP1_ERR_LINE_END, "\n", "bare CR or bare LF"},
    {HTTP1_ERR_VERSION, "1.1\n", "bare LF"},
    {HTTP1_ERR_VERSION, "GET /\r\n", "HTTP/0.9 request"},
    {HTTP1_ERR_VERSION, "HTTP/0.9", "HTTP/0.9 response"},
    {HTTP1_ERR_VERSION, "RTSP/", "another protocol"},
    {HTTP1_ERR_VERSION, "ICE/", "another protocol"},
    {HTTP1_ERR_METHOD, "SOURCE ", "a method of another protocol"},
    {HTTP1_ERR_METHOD, "M-SEARCH ", "a method of another protocol"},
    {HTTP1_ERR_METHOD, "ANNOUNCE ", "a method of another protocol"},
    {HTTP1_ERR_TARGET, "#", "a fragment in the target"},
    {HTTP1_ERR_TARGET, "@", "user information in the target"},
    {HTTP1_ERR_TARGET, "org?", "an absolute target without a path"},
    {HTTP1_ERR_TARGET, ".org:1234?", "an absolute target without a path"},
    {HTTP1_ERR_TRANSFER_ENCODING, "deflate", "a coding beside chunked"},
    {HTTP1_ERR_TRANSFER_ENCODING, "identity", "a coding beside chunked"},
    {HTTP1_ERR_TRANSFER_ENCODING, "chunkedchunked", "an unknown coding"},
    {HTTP1_ERR_VERSION, "\r\nHTTP/1.1", "an empty line before a response"},
    {HTTP1_ERR_AFTER_CLOSE, "close", "bytes after the last message"},
    {HTTP1_ERR_NO_BODY_STATUS, " 101 ", "a body on 101"},
    {HTTP1_ERR_START_LINE, "\r\n\r\n\r\n", "two empty lines"},
};

static const char *reason(int err, const char *p, size_t len)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		const char *in = reasons[i].in;
		if (reasons[i].err == err &&
		    (in == NULL || memmem(p, len, in, strlen(in))))
			return reasons[i].why;
	}
	return NULL;
}

static size_t explained, agreed;

static void judge(
    const json_t *row, enum http1_kind kind, const char *p, size_t len)
{
	const char *label = shared_text(row, "label", NULL);
	const char *type = shared_text(row, "type", NULL);
	const char *id = shared_text(row, "id", NULL);
	struct outcome got = parse(kind, p, len);
	bool lenient = strstr(type, "-lenient") != NULL;

	if (strcmp(label, "error") == 0) {
		if (got.err == 0)
			fail_msg("%s must be refused:\n%.*s", id, (int)len, p);
		agreed++;
		return;
	}
	if (got.err == 0) {
		int want =
		    (int)json_integer_value(json_object_get(row, "messages"));
		if (strcmp(label, "pause") == 0 && !got.tunnel)
			fail_msg("%s is a request to tunnel:\n%.*s", id,
			    (int)len, p);
		/* What was cut off before its head is not counted here. */
		if (strcmp(label, "ok") == 0 && got.messages > want)
			fail_msg("%s: %d messages, not %d:\n%.*s", id,
			    got.messages, want, (int)len, p);
		agreed++;
		return;
	}
	/* A case that only a lenient reader takes needs no further reason. */
	const char *why = lenient ? "lenient" : reason(got.err, p, len);
	if (why == NULL)
		fail_msg("%s refused without a reason (%s):\n%.*s", id,
		    http1_error_text(got.err), (int)len, p);
	explained++;
}

/* The last line ends of many cases are missing; in those about truncation on
 * purpose. What must be refused must be so when the body goes on, too. */
static void complete(struct buf *b, enum http1_kind kind, const json_t *row)
{
	bool finish = strstr(shared_text(row, "type", NULL), "-finish");
	bool error = strcmp(shared_text(row, "label", NULL), "error") == 0;
	struct outcome got = parse(kind, b->data, b->len);
	bool line = memcmp(b->data + b->len - 2, "\r\n", 2) == 0;

	if (got.inside && !finish && (got.in_head || error))
		buf_adds(b, line ? "\r\n" : "\r\n\r\n");
}

static void test_cases(void **state)
{
	struct shared_rows *rows = shared_open("proto_http1_llhttp.jsonl");
	const json_t *row = NULL;

	if (rows == NULL)
		skip();
	while ((row = shared_next(rows)) != NULL) {
		size_t len = 0;
		char *wire = shared_bytes(row, "wire_b64", &len);
		const char *type = shared_text(row, "type", NULL);
		enum http1_kind kind = strncmp(type, "request", 7) == 0
		    ? HTTP1_REQUEST
		    : HTTP1_RESPONSE;
		struct buf b = {0};
		buf_add(&b, wire, len);
		complete(&b, kind, row);
		if (parse(kind, b.data, b.len).err == HTTP1_ERR_HOST) {
			struct buf plain = b;
			b = (struct buf){0};
			add_hosts(&b, plain.data, plain.len);
			buf_clear(&plain);
			complete(&b, kind, row);
		}
		judge(row, kind, b.data, b.len);
		buf_clear(&b);
		free(wire);
	}
	shared_close(rows);
	print_message(
	    "%zu agree, %zu refused with a reason\n", agreed, explained);
	assert_true(agreed > 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
