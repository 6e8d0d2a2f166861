/*
 * test_report - what `handrail test` has found out, for people, for programs
 * (JSON) and for build servers (JUnit XML).
 */
#ifndef HANDRAIL_PROXY_CLI_TEST_REPORT_H
#define HANDRAIL_PROXY_CLI_TEST_REPORT_H

#include "proxy/cli/author.h"

/* One example or one turn of a conversation test. */
struct test_result {
	const char *name; /* of the rule, or of the test */
	const char *file; /* as the policy names it */
	unsigned line, col;
	const char *text;
	size_t len;
	const char *expected; /* "matches", "handoff because of risk/x" */
	bool good;
	const char *why; /* why not; lines, or NULL */
};

struct test_suite {
	size_t passed, failed;
	struct buf json, junit;
	struct json_out doc; /* onto json */
};

struct test_report {
	struct author *author; /* borrowed */
	struct test_suite examples, steps;
};

void test_report_init(struct test_report *, struct author *);
void test_report_clear(struct test_report *);
/* suite is one of the report's. */
void test_report_add(
    struct test_report *, struct test_suite *suite, const struct test_result *);
/* The end of JUnit; the other formats have parts that others write. */
void test_report_print_junit(struct test_report *);
/* s as XML text or attribute. */
void test_report_xml(struct buf *, const char *s, size_t n);

#endif
