/* Heads for the other side: what is passed on, left out and added. */
#include "proxy/wire/http1_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct http1_parser parser;

static const struct http1_head *parse(enum http1_kind kind, const char *wire)
{
	struct http1_event ev;

	http1_init(&parser, kind, NULL);
	ssize_t n = http1_feed(&parser, wire, strlen(wire), &ev);
	if (n <= 0 || ev.kind != HTTP1_HEAD)
		fail_msg("%s: %s", wire, http1_error_text((int)n));
	return &parser.head;
}

static void request(const char *wire, struct http1_out out, const char *expect)
{
	struct buf b = {0};

	http1_write_request(&b, parse(HTTP1_REQUEST, wire), &out);
	assert_string_equal(b.data, expect);
	/* What we write, we accept. */
	parse(HTTP1_REQUEST, b.data);
	buf_clear(&b);
}

static void response(const char *wire, struct http1_out out, const char *expect)
{
	struct buf b = {0};

	http1_write_response(&b, parse(HTTP1_RESPONSE, wire), &out);
	assert_string_equal(b.data, expect);
	parse(HTTP1_RESPONSE, b.data);
	buf_clear(&b);
}

#define TRACE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static void test_requests(void **state)
{
	static const char *const drop[] = {"accept-encoding", NULL};

	request("GET /a HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n"
		"api_key: k\r\nConnection: x-a, close\r\nX-A: 1\r\n"
		"Keep-Alive: 5\r\nTE: trailers\r\nUpgrade: x\r\n\r\n",
	    (struct http1_out){.drop = drop},
	    "GET /a HTTP/1.1\r\nHost: h\r\napi_key: k\r\n\r\n");
	request("POST http://h/a?b HTTP/1.1\r\nHost: h\r\n"
		"Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
	    (struct http1_out){.framing = HTTP1_LENGTH,
		.content_length = 3,
		.host = "up:1",
		.close = true},
	    "POST /a?b HTTP/1.1\r\nHost: up:1\r\nContent-Length: 3\r\n"
	    "Connection: close\r\n\r\n");
	request("POST /a HTTP/1.0\r\n\r\n",
	    (struct http1_out){.host = "h", .target = {"/v2", 3}},
	    "POST /v2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
	request("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
	    (struct http1_out){.framing = HTTP1_CHUNKED},
	    "OPTIONS * HTTP/1.1\r\nHost: h\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n");
}

static void test_forwarded(void **state)
{
	static const char wire[] =
	    "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 9.9.9.9\r\n"
	    "X-Forwarded-Proto: http\r\nForwarded: for=a\r\n"
	    "X-Real-IP: 8.8.8.8\r\nVia: 1.0 a\r\n\r\n";
	struct http1_out out = {
	    .client_address = "1.2.3.4", .proto = "https", .via = "handrail"};

	request(wire, out,
	    "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4\r\n"
	    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: h\r\n"
	    "Via: 1.0 a, 1.1 handrail\r\n\r\n");
	out.trust_forwarded = true;
	request(wire, out,
	    "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-Proto: http\r\n"
	    "Forwarded: for=a\r\nX-Real-IP: 8.8.8.8\r\n"
	    "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\nX-Forwarded-Host: h\r\n"
	    "Via: 1.0 a, 1.1 handrail\r\n\r\n");
}

/* One field to servers that make variables of them. */
static void test_aliases(void **state)
{
	static const char wire[] =
	    "GET / HTTP/1.1\r\nHost: h\r\nX_Forwarded_For: 9.9.9.9\r\n"
	    "x.forwarded-proto: http\r\nX_Real_IP: 8.8.8.8\r\n"
	    "Content_Length: 5\r\nTransfer_Encoding: chunked\r\n"
	    "accept_encoding: gzip\r\napi_access_token: t\r\n\r\n";
	static const char *const drop[] = {"accept-encoding", NULL};
	struct http1_out out = {.drop = drop};

	request(wire, out,
	    "GET / HTTP/1.1\r\nHost: h\r\napi_access_token: t\r\n\r\n");
	out.trust_forwarded = true;
	request(wire, out,
	    "GET / HTTP/1.1\r\nHost: h\r\napi_access_token: t\r\n\r\n");
}

static void test_traceparent(void **state)
{
	static const struct {
		const char *value;
		bool good;
	} rows[] = {
	    {TRACE, true},
	    {"00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false},
	    {"00-00000000000000000000000000000000-b7ad6b7169203331-01", false},
	    {"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false},
	    {"01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false},
	    {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", false},
	    {"", false},
	};
	struct http1_out out = {.traceparent = TRACE};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(http1_is_traceparent(span_str(rows[i].value)),
		    rows[i].good);
	request("GET / HTTP/1.1\r\nHost: h\r\ntraceparent: x\r\n"
		"tracestate: a=b\r\n\r\n",
	    out, "GET / HTTP/1.1\r\nHost: h\r\ntraceparent: " TRACE "\r\n\r\n");
	out.traceparent = "never used";
	request("GET / HTTP/1.1\r\nHost: h\r\nTraceparent: " TRACE "\r\n"
		"tracestate: a=b\r\n\r\n",
	    out,
	    "GET / HTTP/1.1\r\nHost: h\r\nTraceparent: " TRACE "\r\n"
	    "tracestate: a=b\r\n\r\n");
}

static void test_responses(void **state)
{
	static const char *const drop[] = {"etag", NULL};

	response("HTTP/1.0 200 Fine\r\nContent-Length: 3\r\nETag: x\r\n"
		 "Proxy-Authenticate: y\r\nSet-Cookie: a\r\n"
		 "Set-Cookie: b\r\n\r\nabc",
	    (struct http1_out){
		.framing = HTTP1_LENGTH, .content_length = 9, .drop = drop},
	    "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"
	    "Content-Length: 9\r\n\r\n");
	/* What it says of the body, and what Connection says of that. */
	response("HTTP/1.1 200 x\r\nContent-Type: a/b\r\n"
		 "content-encoding: gzip\r\nConnection: content-type\r\n"
		 "Content-Transfer-Encoding: base64\r\n\r\n",
	    (struct http1_out){.type = "a/c"},
	    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
	    "Content-Type: a/c\r\n\r\n");
	response("HTTP/1.1 200 x\r\nContent-Type: a/b\r\nA: b\r\n\r\n",
	    (struct http1_out){.type = ""},
	    "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 0\r\n\r\n");
	response("HTTP/1.1 204 x\r\n\r\n", (struct http1_out){.close = true},
	    "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
	response("HTTP/1.1 200 x\r\n\r\n",
	    (struct http1_out){.framing = HTTP1_UNTIL_CLOSE},
	    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	response("HTTP/1.1 304 x\r\nContent-Length: 77\r\n\r\n",
	    (struct http1_out){.close = false},
	    "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n");
}

static void test_own(void **state)
{
	static const struct http1_extra extra[] = {{"Retry-After", "1"}};
	struct buf b = {0};
	struct http1_out out = {.add = extra, .n_add = 1};

	http1_write_answer(&b, 404, "text/plain", span_str("no"), &out);
	assert_string_equal(b.data,
	    "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 2\r\nRetry-After: 1\r\n\r\nno");
	buf_reset(&b);
	out = (struct http1_out){.framing = HTTP1_CHUNKED};
	http1_write_status(&b, 200, "text/event-stream", &out);
	http1_write_chunk(&b, span_str("0123456789abcdefg"));
	http1_write_chunk(&b, span_str(""));
	http1_write_last_chunk(&b);
	assert_string_equal(b.data,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "11\r\n0123456789abcdefg\r\n0\r\n\r\n");
	buf_reset(&b);
	out = (struct http1_out){.close = true};
	http1_write_answer(&b, 400, NULL, span_str(""), &out);
	assert_string_equal(b.data,
	    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
	    "Connection: close\r\n\r\n");
	buf_reset(&b);
	out = (struct http1_out){.close = false};
	http1_write_status(&b, 100, NULL, &out);
	assert_string_equal(b.data, "HTTP/1.1 100 Continue\r\n\r\n");
	buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_forwarded),
	    cmocka_unit_test(test_aliases),
	    cmocka_unit_test(test_traceparent),
	    cmocka_unit_test(test_responses),
	    cmocka_unit_test(test_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
