/* fields: a header carries words as well as a body does; a date does not. */
#include "proxy/relay/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char policy_yaml[] =
    "format: 1\nkind: policy\nname: t\nowner: t\n"
    "packs: [p]\nhandoff_defaults:\n  say: A colleague takes over.\n";
/* A rule that even finds the name of a month. */
static const char pack_yaml[] =
    "format: 1\nkind: pack\npack: p\ntitle: t\nversion: 1\nowner: t\n"
    "languages: [en]\nrules:\n"
    "  - id: month\n    title: month\n    severity: high\n"
    "    find: {phrases: [Nov, next year]}\n    then: handoff\n"
    "    examples:\n      matches:\n        - In Nov.\n"
    "      passes:\n        - Hello.\n";

static struct guard_policy *policy;
static struct guard_scanner *scanner;

static int setup(void **state)
{
	const struct guard_file files[] = {
	    {"policy.yaml", policy_yaml, sizeof(policy_yaml) - 1},
	    {"packs/p.yaml", pack_yaml, sizeof(pack_yaml) - 1},
	};
	struct guard_source source = {.own = files, .n_own = 2};
	scanner = guard_scanner_new();
	return guard_policy_load(&policy, &source, NULL, NULL, NULL) ||
	    scanner == NULL;
}

static int teardown(void **state)
{
	guard_scanner_free(scanner);
	guard_policy_unref(policy);
	return 0;
}

static bool is_dropped(const char *field)
{
	static struct http1_parser parser;
	struct http1_event event;
	struct guard_session session = {0};
	char wire[300];
	snprintf(wire, sizeof(wire),
	    "HTTP/1.1 200 OK\r\n%s\r\nContent-Length: 0\r\n\r\n", field);
	http1_init(&parser, HTTP1_RESPONSE, NULL);
	ssize_t n = http1_feed(&parser, wire, strlen(wire), &event);
	if (n <= 0 || event.kind != HTTP1_HEAD)
		fail_msg("%s is not a field", field);
	char **drop = fields_to_drop(&parser.head, NULL,
	    &(struct fields_judge){scanner, policy, &session});
	bool dropped = drop[0] != NULL;
	fields_free(drop);
	return dropped;
}

static void words_are_judged(void **state)
{
	static const char *const fields[] = {
	    "X-Note: in Nov we pay",
	    "X-Note: in%20N%6fv we pay",
	};
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!is_dropped(fields[i]))
			fail_msg("passed: %s", fields[i]);
	assert_false(is_dropped("X-Note: in May we pay"));
}

static void only_a_date_is_a_date(void **state)
{
	static const char *const others[] = {
	    "Date: Sun, 06 Nov 1994 08:49:37 UTC",
	    "Date: Sun, 06 Nov 1994 08:49:37 GMT.",
	    "Date: Pay, 06 Nov 1994 08:49:37 GMT",
	    "Date: Sun, 36 Nov 1994 08:49:37 GMT",
	    "Date: Sun, 06 Nov 9994 08:49:37 GMT",
	    "Date: Sun, 06 Nov 1994 88:49:37 GMT",
	    "Date: Sun, 06 Nov 1994 08:99:37 GMT",
	    "Date: Sun, 06 Nov 1994 08:49:99 GMT",
	    "Date: Sun; 06 Nov 1994 08:49:37 GMT",
	    "Date: Sunday, 06-Nov-94 08:49:37 GMT",
	};
	assert_false(is_dropped("Date: Sun, 06 Nov 1994 08:49:37 GMT"));
	assert_false(
	    is_dropped("Last-Modified: Thu, 30 Nov 2199 23:59:60 GMT"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!is_dropped(others[i]))
			fail_msg("passed: %s", others[i]);
}

static void what_the_bot_runs_on_is_left_out(void **state)
{
	assert_true(is_dropped("Server: nginx/1.26.3"));
	assert_true(is_dropped("x-powered-by: Express"));
	assert_false(is_dropped("X-Server: nginx/1.26.3"));
}

static void what_leads_round_the_judge_is_left_out(void **state)
{
	assert_true(is_dropped("Alt-Svc: h2=\"bot.test:9000\"; ma=60"));
	assert_true(is_dropped("alternate-protocol: 443:quic"));
	assert_true(is_dropped("X-Accel-Redirect: /files/a"));
	assert_true(is_dropped("x-accel-charset: utf-16"));
	assert_true(is_dropped("IM: diffe"));
	assert_false(is_dropped("X-Accel-Buffering: no"));
}

/* "next year" is in neither line, and in what a client makes of them. */
static void names_and_lines_together_are_judged(void **state)
{
	assert_true(is_dropped("X-In-Nov: 1"));
	assert_true(is_dropped("X-Note: next\r\nA: b\r\nx-note: year"));
	assert_true(is_dropped("X-Note: next\r\nX-Other: year"));
	assert_true(
	    is_dropped("X-Note: next\r\nVary: Origin\r\nX-Other: year"));
	assert_true(is_dropped("X-Next: year"));
	/* What is for machines is put together with nothing. */
	assert_false(is_dropped("X-Note: next\r\nVary: year"));
	assert_false(is_dropped("X-Note: next\r\nX-RateLimit-A: year"));
	assert_false(is_dropped("X-Note: next\r\nX-Other: month"));
	assert_false(is_dropped("Set-Cookie: a=1\r\nSet-Cookie: b=2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_judged),
	    cmocka_unit_test(only_a_date_is_a_date),
	    cmocka_unit_test(what_the_bot_runs_on_is_left_out),
	    cmocka_unit_test(names_and_lines_together_are_judged),
	    cmocka_unit_test(what_leads_round_the_judge_is_left_out),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
