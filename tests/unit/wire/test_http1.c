/* The HTTP/1 parser: what it says about a message in every cutting, and what
 * it refuses. */
#include "proxy/base/buf.h"
#include "proxy/wire/http1.h"
#include "tests/support/guard_page.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct run {
	enum http1_kind kind;
	const char *method; /* of the request a response answers */
	const struct http1_limits *limits;
	int finish;         /* the peer closes after the last byte */
	const char *expect; /* the trace, NULL: do not compare */
	struct buf trace;
};

static void trace_head(struct buf *b, const struct http1_head *h)
{
	if (h->kind == HTTP1_REQUEST) {
		struct span m = http1_method(h), p = http1_path(h);
		struct span a = http1_authority(h);
		buf_printf(b, "[%.*s %.*s @%.*s 1.%d", (int)m.len, m.p,
		    (int)p.len, p.p, (int)a.len, a.p, h->minor);
	} else {
		struct span r = http1_reason(h);
		buf_printf(
		    b, "[%d %.*s 1.%d", h->status, (int)r.len, r.p, h->minor);
	}
	buf_printf(b, " f%d l%d%s%s%s%s%s n%zu]", h->framing,
	    h->framing == HTTP1_LENGTH ? (int)h->content_length : 0,
	    h->keep_alive ? " keep" : "", h->expect_continue ? " expect" : "",
	    h->upgrade ? " upgrade" : "", h->connect ? " connect" : "",
	    h->interim ? " interim" : "", h->n_fields);
}

/* Feed what there is; false when the parser has failed. */
static bool feed(struct run *r, struct http1_parser *p, struct buf *in)
{
	struct http1_event ev;

	do {
		ssize_t n = http1_feed(p, in->data, in->len, &ev);
		if (n < 0) {
			buf_printf(&r->trace, "!%s", http1_error_text((int)n));
			return false;
		}
		assert_true((size_t)n <= in->len);
		if (ev.kind == HTTP1_HEAD)
			trace_head(&r->trace, &p->head);
		if (ev.kind == HTTP1_BODY)
			buf_add(&r->trace, ev.body.p, ev.body.len);
		if (ev.kind == HTTP1_TRAILERS)
			buf_printf(
			    &r->trace, "(trailers %zu)", p->trailers.n_fields);
		buf_drop(in, (size_t)n);
		if (ev.kind == HTTP1_END) {
			buf_adds(&r->trace, ".");
			http1_next(p, span_str(r->method));
		}
	} while (ev.kind != HTTP1_MORE);
	return true;
}

static void run_split(const struct split *s, void *arg)
{
	struct run *r = arg;
	struct http1_parser p;
	struct buf in = {0};
	bool good = true;

	http1_init(&p, r->kind, r->limits);
	http1_next(&p, span_str(r->method));
	buf_reset(&r->trace);
	buf_adds(&r->trace, "");
	for (size_t i = 0; i < s->n && good; i++) {
		buf_add(&in, s->pieces[i].data, s->pieces[i].len);
		good = feed(r, &p, &in);
	}
	if (good && r->finish) {
		struct http1_event ev;
		int err = http1_finish(&p, &ev);
		buf_adds(&r->trace,
		    err != 0                   ? http1_error_text(err)
			: ev.kind == HTTP1_END ? "."
					       : "");
	}
	buf_clear(&in);
	if (r->expect != NULL && strcmp(r->trace.data, r->expect) != 0)
		fail_msg(
		    "%s\n got %s\nwant %s", s->how, r->trace.data, r->expect);
}

static void check(struct run r, const char *wire, const char *expect)
{
	r.expect = expect;
	if (r.method == NULL)
		r.method = "";
	split_all(wire, strlen(wire), run_split, &r);
	buf_clear(&r.trace);
}

static void request(const char *wire, const char *expect)
{
	check((struct run){.kind = HTTP1_REQUEST}, wire, expect);
}

static void response(const char *method, const char *wire, const char *expect)
{
	check(
	    (struct run){.kind = HTTP1_RESPONSE, .method = method, .finish = 1},
	    wire, expect);
}

static void test_requests(void **state)
{
	request("GET /a?b=c HTTP/1.1\r\nHost: h:1\r\n\r\n",
	    "[GET /a?b=c @h:1 1.1 f0 l0 keep n1].");
	request("\r\nGET / HTTP/1.0\r\n\r\n", "[GET / @ 1.0 f0 l0 n0].");
	request("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
	    "[GET / @ 1.0 f0 l0 keep n1].");
	request("POST /x HTTP/1.1\r\nHost:h\r\nContent-Length: 003 \r\n\r\n"
		"abcGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
	    "[POST /x @h 1.1 f1 l3 keep n2]abc.[GET / @h 1.1 f0 l0 n2].");
	request("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n"
		"Transfer-Encoding: Chunked\r\n\r\n"
		"3;a=\"q\\\"\";b\r\nabc\r\n0a\r\n0123456789\r\n000\r\n"
		"X-Sum: 1\r\n\r\n",
	    "[POST / @h 1.1 f2 l0 keep expect n3]abc0123456789"
	    "(trailers 1).");
	request("GET http://H:80/p HTTP/1.1\r\nHost: h:80\r\n\r\n",
	    "[GET /p @H:80 1.1 f0 l0 keep n1].");
	request("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n",
	    "[GET / @h 1.1 f0 l0 keep n1].");
	request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
	    "[OPTIONS * @h 1.1 f0 l0 keep n1].");
	request("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n",
	    "[CONNECT / @h:443 1.1 f0 l0 connect n1].");
	request("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
		"Connection: x, Upgrade\r\n\r\n",
	    "[GET / @h 1.1 f0 l0 keep upgrade n3].");
}

static void test_responses(void **state)
{
	response("GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
	    "[200 OK 1.1 f1 l2 keep n1]ok.");
	response("GET", "HTTP/1.1 200\r\n\r\nto the end",
	    "[200  1.1 f3 l0 n0]to the end.");
	response("GET", "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nabc",
	    "[200  1.1 f1 l5 keep n1]abcthe connection closed in "
	    "mid-message");
	response("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
	    "[200 OK 1.1 f0 l0 keep n1].");
	response("GET",
	    "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
	    "HTTP/1.1 204 None\r\n\r\nHTTP/1.1 304 X\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n",
	    "[103 Early 1.1 f0 l0 keep interim n1]."
	    "[204 None 1.1 f0 l0 keep n0].[304 X 1.1 f0 l0 keep n1].");
	response("GET", "HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n",
	    "[101 Go 1.1 f0 l0 upgrade n1].");
	response("CONNECT", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n",
	    "[200 OK 1.1 f0 l0 connect n1].");
	response("GET", "HTTP/1.1 204 x\r\nConnection: close\r\n\r\nHTTP",
	    "[204 x 1.1 f0 l0 n1].!bytes after the last message");
	response("GET", "HTTP/1.1 200 OK\r\nContent-Le",
	    "the connection closed in mid-message");
}

/* Each is one fault in an otherwise good message. */
static const struct {
	const char *wire;
	int err;
} refused[] = {
    {"GET / HTTP/1.1\nHost: h\n\n", HTTP1_ERR_LINE_END},
    {"GET / HTTP/1.1\r\nHost: h\n\r\n", HTTP1_ERR_LINE_END},
    {"GET / HTTP/1.1\r\nHost: h\r\rX: y\r\n\r\n", HTTP1_ERR_LINE_END},
    {"\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_LINE_END},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_START_LINE},
    {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_START_LINE},
    {"get / HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_METHOD},
    {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET / a HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_VERSION},
    {"GET /\r\nHost: h\r\n\r\n", HTTP1_ERR_VERSION},
    {"GET a HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET * HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET /#f HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET http://u@h/ HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", HTTP1_ERR_HOST},
    {"CONNECT h HTTP/1.1\r\nHost: h\r\n\r\n", HTTP1_ERR_TARGET},
    {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", HTTP1_ERR_VERSION},
    {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", HTTP1_ERR_VERSION},
    {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", HTTP1_ERR_VERSION},
    {"GET / HTTP/1.1\r\n\r\n", HTTP1_ERR_HOST},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP1_ERR_HOST},
    {"GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", HTTP1_ERR_HOST},
    {"GET / HTTP/1.1\r\nHost: h/x\r\n\r\n", HTTP1_ERR_HOST},
    {"GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n", HTTP1_ERR_FIELD_NAME},
    {"GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n", HTTP1_ERR_FIELD_NAME},
    {"GET / HTTP/1.1\r\nHost: h\r\nAb\r\n\r\n", HTTP1_ERR_FIELD_NAME},
    {"GET / HTTP/1.1\r\nHost: h\r\n a: b\r\n\r\n", HTTP1_ERR_FOLD},
    {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", HTTP1_ERR_FOLD},
    {"GET / HTTP/1.1\r\nHost: h\r\na: b\x01\r\n\r\n", HTTP1_ERR_FIELD_VALUE},
    {"GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n", HTTP1_ERR_EXPECT},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
     "Content-Length: 1\r\n\r\na",
	HTTP1_ERR_CONTENT_LENGTH},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\na",
	HTTP1_ERR_CONTENT_LENGTH},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na",
	HTTP1_ERR_CONTENT_LENGTH},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n"
     "Transfer-Encoding: chunked\r\n\r\n",
	HTTP1_ERR_TWO_FRAMINGS},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
	HTTP1_ERR_TRANSFER_ENCODING},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
     "Transfer-Encoding: chunked\r\n\r\n",
	HTTP1_ERR_TRANSFER_ENCODING},
    {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
	HTTP1_ERR_TRANSFER_ENCODING},
};

#define CHUNKED                                                                \
	"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
static const struct {
	const char *wire;
	int err;
} bad_chunks[] = {
    {CHUNKED "\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "x\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "-1\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "0x1\r\na\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1 \r\na\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1;\r\na\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1;a=\r\na\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1;a=\"b\r\na\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1; a=b\r\na\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1\na\r\n", HTTP1_ERR_LINE_END},
    {CHUNKED "1\r\nab\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "1\r\na\r0", HTTP1_ERR_LINE_END},
    {CHUNKED "1000000000000000\r\n", HTTP1_ERR_CHUNK},
    {CHUNKED "0\r\nContent-Length: 3\r\n\r\n", HTTP1_ERR_FIELD_NAME},
    {CHUNKED "0\r\n x\r\n\r\n", HTTP1_ERR_FOLD},
};

static void expect_error(const char *wire, int err)
{
	char want[512];
	struct run r = {.kind = HTTP1_REQUEST, .method = ""};

	split_all(wire, strlen(wire), run_split, &r);
	snprintf(want, sizeof want, "!%s", http1_error_text(err));
	/* The last cutting's trace is that of all: compare each to it. */
	const char *bang = strchr(r.trace.data, '!');
	if (bang == NULL || strcmp(bang, want) != 0)
		fail_msg("%s\n got %s\nwant %s", wire, r.trace.data, want);
	char *expect = buf_steal(&r.trace);
	r.expect = expect;
	split_all(wire, strlen(wire), run_split, &r);
	buf_clear(&r.trace);
	free(expect);
}

static void test_refused(void **state)
{
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		expect_error(refused[i].wire, refused[i].err);
	for (size_t i = 0; i < sizeof bad_chunks / sizeof bad_chunks[0]; i++)
		expect_error(bad_chunks[i].wire, bad_chunks[i].err);
}

static void test_refused_responses(void **state)
{
	response("GET", "HTTP/1.1 204 x\r\nContent-Length: 3\r\n\r\nabc",
	    "!a status without a body announces one");
	response("GET", "HTTP/1.1 100 x\r\nTransfer-Encoding: chunked\r\n\r\n",
	    "!a status without a body announces one");
	response("GET", "HTTP/1.1 2000 x\r\n\r\n",
	    "!malformed status code or reason");
	response("GET", "HTTP/1.1 099 x\r\n\r\n",
	    "!malformed status code or reason");
	response(
	    "GET", "\r\nHTTP/1.1 200 x\r\n\r\n", "!not HTTP/1.0 or HTTP/1.1");
	response("GET", "HTTP/1.1 200 x\r\nTransfer-Encoding: gzip\r\n\r\n",
	    "!Transfer-Encoding other than exactly chunked");
}

/* A NUL, in every place of a head. */
static void test_nul(void **state)
{
	static const char good[] = "GET /a HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";

	for (size_t i = 0; i + 1 < sizeof good; i++) {
		char wire[sizeof good];
		struct http1_parser p;
		struct http1_event ev;
		memcpy(wire, good, sizeof good);
		wire[i] = '\0';
		http1_init(&p, HTTP1_REQUEST, NULL);
		ssize_t n = http1_feed(&p, wire, sizeof good - 1, &ev);
		if (n >= 0)
			fail_msg("NUL at %zu accepted", i);
		assert_int_equal(http1_feed(&p, good, 1, &ev), n);
	}
}

static void test_limits(void **state)
{
	static const char wire[] =
	    "POST /abcdefgh HTTP/1.1\r\nHost: h\r\nA: b\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "4;x=y\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n";
	static const struct {
		struct http1_limits at, over;
		int err;
	} rows[] = {
	    {{.max_line_bytes = 28}, {.max_line_bytes = 27},
		HTTP1_ERR_LINE_LIMIT},
	    {{.max_head_bytes = 68}, {.max_head_bytes = 67},
		HTTP1_ERR_HEAD_LIMIT},
	    {{.max_fields = 3}, {.max_fields = 2}, HTTP1_ERR_FIELDS_LIMIT},
	    {{.max_chunk_line_bytes = 7}, {.max_chunk_line_bytes = 6},
		HTTP1_ERR_CHUNK_LIMIT},
	    {{.max_body_bytes = 8}, {.max_body_bytes = 7},
		HTTP1_ERR_BODY_LIMIT},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct run r = {.kind = HTTP1_REQUEST, .method = ""};
		r.limits = &rows[i].at;
		split_all(wire, sizeof wire - 1, run_split, &r);
		if (strchr(r.trace.data, '!'))
			fail_msg("row %zu at the limit: %s", i, r.trace.data);
		r.limits = &rows[i].over;
		split_all(wire, sizeof wire - 1, run_split, &r);
		if (!strstr(r.trace.data, http1_error_text(rows[i].err)))
			fail_msg("row %zu over it: %s", i, r.trace.data);
		buf_clear(&r.trace);
	}
}

/* One-byte chunks with long extensions cost more than they carry. */
static void test_chunk_overhead(void **state)
{
	struct http1_parser p;
	struct http1_event ev;
	struct buf in = {0};
	ssize_t n = 0;

	buf_adds(&in, CHUNKED);
	for (int i = 0; i < 10000; i++)
		buf_adds(&in, "1;eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\r\nx\r\n");
	http1_init(&p, HTTP1_REQUEST, NULL);
	while ((n = http1_feed(&p, in.data, in.len, &ev)) > 0)
		buf_drop(&in, (size_t)n);
	assert_int_equal(n, HTTP1_ERR_CHUNK_LIMIT);
	buf_clear(&in);
}

/* Every prefix of a message, ending where readable memory ends. */
static void test_guard_page(void **state)
{
	static const char wire[] =
	    CHUNKED "3;a=\"b\"\r\nabc\r\n0\r\nT: 1\r\n\r\n";

	for (size_t len = 0; len < sizeof wire; len++) {
		struct guard_page g;
		struct http1_parser p;
		struct http1_event ev;
		guard_page_init(&g, wire, len);
		http1_init(&p, HTTP1_REQUEST, NULL);
		size_t at = 0;
		do {
			ssize_t n = http1_feed(&p, g.data + at, len - at, &ev);
			assert_true(n >= 0);
			at += (size_t)n;
		} while (ev.kind != HTTP1_MORE && ev.kind != HTTP1_END);
		assert_int_equal(ev.kind == HTTP1_END, len == sizeof wire - 1);
		guard_page_clear(&g);
	}
}

/* A head outlives its bytes when base points at a copy. */
static void test_moved_head(void **state)
{
	static const char wire[] = "GET /x HTTP/1.1\r\nHost: h\r\nA: 1\r\n\r\n";
	struct http1_parser p;
	struct http1_event ev;
	char copy[sizeof wire];

	http1_init(&p, HTTP1_REQUEST, NULL);
	assert_true(http1_feed(&p, wire, sizeof wire - 1, &ev) > 0);
	struct http1_head head;
	http1_head_copy(&head, &p.head);
	assert_int_equal(head.n_fields, 2);
	assert_int_equal(head.raw_len, sizeof wire - 1);
	memcpy(copy, wire, sizeof wire);
	head.base = copy;
	assert_ptr_equal(http1_get(&head, "a").p, copy + 29);
	assert_null(http1_get(&head, "b").p);
	assert_true(span_is(http1_path(&head), "/x"));
}

static void test_error_table(void **state)
{
	for (int err = HTTP1_ERR_START_LINE; err >= HTTP1_ERR_NO_BODY_STATUS;
	     err--) {
		assert_string_not_equal(http1_error_text(err), "unknown fault");
		assert_in_range(http1_error_status(err), 400, 505);
	}
	assert_string_equal(http1_error_text(-1000), "unknown fault");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_responses),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_refused_responses),
	    cmocka_unit_test(test_nul),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_chunk_overhead),
	    cmocka_unit_test(test_guard_page),
	    cmocka_unit_test(test_moved_head),
	    cmocka_unit_test(test_error_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
