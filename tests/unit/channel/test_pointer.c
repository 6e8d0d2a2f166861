/* Pointers: what they match, what is none. */
#include "proxy/channel/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char text[] =
    "{\"a\":[{\"k\":\"x\",\"v\":1},{\"k\":\"y\",\"v\":2}],"
    "\"b\":{\"c\":{\"v\":3},\"d/e~\":4},\"v\":5,\"\":6,\"10\":7}";

static const struct {
	const char *pointer, *matches; /* raw values, one after the other */
} rows[] = {
    {"/v", "5 "},
    {"/a/0/v", "1 "},
    {"/a/*/v", "1 2 "},
    {"/a/-1/v", "2 "},
    {"/a/*[k=y]/v", "2 "},
    {"/a/[k=x]/v", "1 "},
    {"/a/*[v=2]/k", "\"y\" "},
    {"/a/0[k=y]/v", ""},
    {"/**/v", "1 2 3 5 "},
    {"/a/**/v", "1 2 "},
    {"/b/**", "{\"c\":{\"v\":3},\"d/e~\":4} {\"v\":3} 3 4 "},
    {"/**/c/v", "3 "},
    {"/a/**/c/v", ""},
    {"/b/d~1e~0", "4 "},
    {"/b/c/v", "3 "},
    {"/a/1[k=y]/v", "2 "},
    {"/v/0", ""},
    {"/*/c/v", "3 "},
    {"/10", "7 "},
    {"/a/2", ""},
    {"/", "6 "},
    {"/b/-1", ""},
    {"v", "5 "},
};

static void test_matches(void **state)
{
	struct json_doc doc = {0};

	assert_int_equal(json_parse(&doc, text, sizeof text - 1, NULL), 0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pointer p;
		const char *why = NULL;
		struct buf got = {0};
		uint32_t node = JSON_NONE;
		assert_int_equal(pointer_parse(&p, rows[i].pointer, &why), 0);
		assert_int_equal(p.relative, rows[i].pointer[0] != '/');
		buf_adds(&got, "");
		while ((node = pointer_find(&p, &doc, 0, node)) != JSON_NONE) {
			struct span raw = json_raw(&doc, node);
			buf_printf(&got, "%.*s ", (int)raw.len, raw.p);
		}
		/* "**" stands for no step too: "/b/" is b itself. */
		if (strcmp(got.data, rows[i].matches) != 0)
			fail_msg("%s\n got %s\nwant %s", rows[i].pointer,
			    got.data, rows[i].matches);
		buf_clear(&got);
		pointer_clear(&p);
	}
	json_clear(&doc);
}

static void test_below_a_node(void **state)
{
	struct json_doc doc = {0};
	struct pointer p;
	const char *why = NULL;

	assert_int_equal(json_parse(&doc, text, sizeof text - 1, NULL), 0);
	assert_int_equal(pointer_parse(&p, "c/v", &why), 0);
	uint32_t b = json_member(&doc, 0, span_str("b"));
	uint32_t v = pointer_find(&p, &doc, b, JSON_NONE);
	assert_true(span_is(json_raw(&doc, v), "3"));
	assert_true(pointer_match(&p, &doc, b, v));
	assert_false(pointer_match(&p, &doc, 0, v));
	pointer_clear(&p);
	json_clear(&doc);
}

static void test_refused(void **state)
{
	static const char *const bad[] = {"/a/**/b/**", "/a[b", "/a[=b]",
	    "/a[b]", "/**[a=b]", "/a~2", "/a~",
	    "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct pointer p;
		const char *why = NULL;
		if (pointer_parse(&p, bad[i], &why) == 0)
			fail_msg("%s accepted", bad[i]);
		assert_non_null(why);
		assert_null(p.steps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_matches),
	    cmocka_unit_test(test_below_a_node),
	    cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
