/* What a head says its body is: exactly one thing, or nothing that counts. */
#include "proxy/wire/media.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define TYPE "Content-Type: "
#define CODING "Content-Encoding: "
#define JSON TYPE "application/json\r\n"

static struct media read_head(const char *fields)
{
	static struct http1_parser parser;
	struct http1_event event;
	struct media said;
	char wire[600];

	snprintf(wire, sizeof wire,
	    "HTTP/1.1 200 OK\r\n%sContent-Length: 0\r\n\r\n", fields);
	http1_init(&parser, HTTP1_RESPONSE, NULL);
	ssize_t n = http1_feed(&parser, wire, strlen(wire), &event);
	if (n <= 0 || event.kind != HTTP1_HEAD)
		fail_msg("not a head: %s", fields);
	media_read(&parser.head, &said);
	return said;
}

static void expect(const char *fields, enum media_kind kind, const char *type)
{
	struct media said = read_head(fields);

	if (said.kind != kind || strcmp(said.type, type) != 0)
		fail_msg("%s: kind %d, \"%s\"", fields, said.kind, said.type);
}

/* What everyday servers send stays as it was written. */
static void the_usual_is_kept(void **state)
{
	static const struct {
		const char *type;
		enum media_kind kind;
	} rows[] = {
	    {"application/json", MEDIA_JSON},
	    {"Application/JSON", MEDIA_JSON},
	    {"application/json; charset=utf-8", MEDIA_JSON},
	    {"application/json;charset=UTF-8", MEDIA_JSON},
	    {"application/json ;\tCharset=\"Utf-8\"", MEDIA_JSON},
	    {"application/json;", MEDIA_JSON},
	    {"application/problem+json", MEDIA_JSON},
	    {"text/event-stream", MEDIA_EVENTS},
	    {"text/event-stream;charset=UTF-8", MEDIA_EVENTS},
	    {"text/event-stream; charset=\"utf-8\"", MEDIA_EVENTS},
	};
	char fields[200];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(fields, sizeof fields, TYPE "%s\r\n", rows[i].type);
		expect(fields, rows[i].kind, rows[i].type);
	}
	expect(JSON CODING "identity\r\n", MEDIA_JSON, "application/json");
	expect(JSON CODING "Identity\r\n", MEDIA_JSON, "application/json");
	expect("", MEDIA_UNNAMED, "");
}

/* What a parameter adds nobody judged: it is not said any more. */
static void only_what_was_judged_is_said(void **state)
{
	static const char utf8[] = "application/json; charset=utf-8";

	expect(TYPE "application/json; charset=utf8\r\n", MEDIA_JSON, utf8);
	expect(TYPE "application/json; charset=US-ASCII\r\n", MEDIA_JSON, utf8);
	expect(
	    TYPE "application/json; a=b; charset=utf-8\r\n", MEDIA_JSON, utf8);
	expect(TYPE "application/json; profile=\"x\\\"; charset=utf-7\"\r\n",
	    MEDIA_JSON, "application/json");
	expect(TYPE "text/event-stream;v=1\r\n", MEDIA_EVENTS,
	    "text/event-stream");
	expect(TYPE "application/problem+json"
		    "                                          \r\n",
	    MEDIA_JSON, "application/problem+json");
	expect(TYPE "application/json;                                       "
		    "                   charset=utf-8\r\n",
	    MEDIA_JSON, utf8);
}

static void two_codings_are_unclear(void **state)
{
	static const char *const rows[] = {
	    JSON CODING "gzip\r\n",
	    JSON CODING "zz\r\n",
	    JSON CODING "\r\n",
	    JSON CODING ",\r\n",
	    JSON CODING "identity, br\r\n",
	    JSON CODING "br, identity\r\n",
	    JSON CODING "identity,\r\n",
	    JSON CODING "identity;q=1\r\n",
	    JSON CODING "\"identity\"\r\n",
	    JSON CODING "identity\r\n" CODING "deflate\r\n",
	    JSON CODING "\r\n" CODING "gzip\r\n",
	    JSON CODING "identity\r\n" CODING "identity\r\n",
	    CODING "identity\r\n" JSON "content-encoding: gzip\r\n",
	    CODING "br\r\n",
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect(rows[i], MEDIA_UNCLEAR, "");
}

static void two_types_are_unclear(void **state)
{
	static const char *const rows[] = {
	    JSON TYPE "text/event-stream\r\n",
	    JSON TYPE "text/html\r\n",
	    JSON "CONTENT-TYPE: application/json\r\n",
	    JSON TYPE "\r\n",
	    TYPE "\r\n" JSON,
	    TYPE "\r\n",
	    TYPE "application/json, text/html\r\n",
	    TYPE "application/json,application/json\r\n",
	    TYPE "text/html\r\n",
	    TYPE "application/jsonp\r\n",
	    TYPE "application/json text/html\r\n",
	    TYPE "application/json/x\r\n",
	    TYPE "application /json\r\n",
	    TYPE "json\r\n",
	    TYPE "\"application/json\"\r\n",
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		expect(rows[i], MEDIA_UNCLEAR, "");
}

static void parameters_are_strict(void **state)
{
	static const char *const rows[] = {
	    "charset=utf-16",
	    "charset=iso-8859-1",
	    "CHARSET=\"utf-16\"",
	    "charset=\"utf\\-8\"",
	    "charset=\"\"",
	    "charset=\" utf-8\"",
	    "charset='utf-8'",
	    "charset=",
	    "charset",
	    "charset = utf-16",
	    "charset =utf-8",
	    "charset= utf-8",
	    "charset*=utf-8''utf-16",
	    "charset*=utf-8''utf-8",
	    "charset*0=utf-16",
	    "charset*0=utf;charset*1=-16",
	    "charset*0*=utf-8''utf-16",
	    "a*=b",
	    "\"charset\"=utf-16",
	    "charset=utf-8; charset=utf-8",
	    "charset=utf-8; Charset=utf-16",
	    "a=b; A=c",
	    "charset=utf-8 utf-16",
	    "charset=utf-8, charset=utf-16",
	    "charset=\"utf-8",
	    "charset=\"utf-8\\\"",
	    "charset=\"utf-8\"x",
	    "charset=utf-8\"",
	    "=utf-8",
	    "a=1;b=1;c=1;d=1;e=1;f=1;g=1;h=1;i=1",
	};
	char fields[200];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(fields, sizeof fields, TYPE "application/json; %s\r\n",
		    rows[i]);
		expect(fields, MEDIA_UNCLEAR, "");
		snprintf(fields, sizeof fields, TYPE "text/event-stream;%s\r\n",
		    rows[i]);
		expect(fields, MEDIA_UNCLEAR, "");
	}
}

static void the_fields_are_known(void **state)
{
	assert_true(media_is_field(span_str("content-TYPE")));
	assert_true(media_is_field(span_str("Content-Encoding")));
	assert_true(media_is_field(span_str("Content-Transfer-Encoding")));
	assert_false(media_is_field(span_str("Content-Language")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_usual_is_kept),
	    cmocka_unit_test(only_what_was_judged_is_said),
	    cmocka_unit_test(two_codings_are_unclear),
	    cmocka_unit_test(two_types_are_unclear),
	    cmocka_unit_test(parameters_are_strict),
	    cmocka_unit_test(the_fields_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
