/*
 * test_quality - are the tests of a policy any good? What its examples reach,
 * and what they would not notice.
 */
#ifndef HANDRAIL_PROXY_CLI_TEST_QUALITY_H
#define HANDRAIL_PROXY_CLI_TEST_QUALITY_H

#include "proxy/base/buf.h"
#include "proxy/base/json_out.h"
#include "proxy/cli/author.h"

struct guard_policy;

struct test_quality {
	const struct author *author;
	const char *only;                   /* a rule, or NULL */
	size_t rules, fired, phrases, seen; /* of all in question */
	size_t weakened, noticed;
	struct buf text; /* a line or two for each rule */
	struct buf json;
	struct json_out doc; /* onto json */
};

void test_quality_init(
    struct test_quality *, const struct author *, const char *only);
void test_quality_clear(struct test_quality *);
/* Both: 0, or -1 when memory runs out. Afterwards json is an array, and text
 * what a person reads. */
int test_quality_cover(struct test_quality *, const struct guard_policy *)
    __attribute__((warn_unused_result));
int test_quality_weaken(struct test_quality *, const struct guard_policy *)
    __attribute__((warn_unused_result));

#endif
