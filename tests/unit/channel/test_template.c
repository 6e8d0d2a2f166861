/* Templates: holes filled in, and what may be copied from the upstream. */
#include "proxy/channel/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(const char *text, const char *up, const char *expect)
{
	struct template t;
	struct json_doc doc = {0};
	const char *why = NULL;
	struct buf out = {0};
	const struct template_values v = {.text = {"a\"b", 3},
	    .key = {"3", 1},
	    .time_s = 12,
	    .id = "x",
	    .up = up != NULL ? &doc : NULL};

	if (up != NULL)
		assert_int_equal(json_parse(&doc, up, strlen(up), NULL), 0);
	if (template_parse(&t, text, &why) != 0)
		fail_msg("%s: %s", text, why);
	buf_adds(&out, "");
	template_write(&t, &v, &out);
	if (strcmp(out.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", text, out.data, expect);
	buf_clear(&out);
	template_clear(&t);
	json_clear(&doc);
}

static void test_holes(void **state)
{
	check("{\"t\":{{json text}},\"k\":{{key}}}", NULL,
	    "{\"t\":\"a\\\"b\",\"k\":3}");
	check("{{text}}{{time}} {{id}}", NULL, "\"a\\\"b\"12 \"x\"");
	check("{\"a\":{\"b\":1}}", NULL, "{\"a\":{\"b\":1}}");
	check("[DONE]", NULL, "[DONE]");
	check("", NULL, "");
}

static void test_up(void **state)
{
	static const char hole[] = "{{up:/a or \"none\"}}";

	check(hole, NULL, "\"none\"");
	check(hole, "{}", "\"none\"");
	check(hole, "{\"a\":\"gpt-4.1/x\"}", "\"gpt-4.1/x\"");
	check(hole, "{\"a\":17}", "17");
	/* Nothing that could say something. */
	check(hole, "{\"a\":\"two words\"}", "\"none\"");
	check(hole, "{\"a\":\"\"}", "\"none\"");
	check(hole, "{\"a\":\"\\u0061\"}", "\"none\"");
	check(hole, "{\"a\":[\"b\"]}", "\"none\"");
	check(hole, "{\"a\":true}", "\"none\"");
	check("{{up:/a or time}}{{up:/a or id}}", NULL, "12\"x\"");
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
	    "{{name}}", "{{up:/a}}", "{{up:/a[ or id}}", "{{ text }}"};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct template t;
		const char *why = NULL;
		if (template_parse(&t, bad[i], &why) == 0)
			fail_msg("%s accepted", bad[i]);
		assert_non_null(why);
		assert_null(t.pieces);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_holes),
	    cmocka_unit_test(test_up),
	    cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
