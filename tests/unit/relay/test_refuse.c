/* refuse: the shape of Handrail's own answers. */
#include "proxy/relay/refuse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void quotes_what_it_says(void **state)
{
	(void)state;
	struct buf out = {0};
	refuse_body(&out, "bad", "a \"b\"\n");
	assert_string_equal(out.data,
	    "{\"error\":{\"message\":\"a \\\"b\\\"\\n\","
	    "\"type\":\"handrail\",\"code\":\"bad\"}}");
	buf_clear(&out);
}

static void announces_its_length(void **state)
{
	(void)state;
	struct buf out = {0};
	refuse_write(&out, 424, "bot_failed", "no", true);
	assert_memory_equal(out.data, "HTTP/1.1 424 Failed Dependency\r\n", 32);
	assert_non_null(strstr(out.data, "\r\nX-Should-Retry: false\r\n"));
	assert_non_null(strstr(out.data, "lose\r\n"));
	const char *body = strstr(out.data, "\r\n\r\n");
	assert_non_null(body);
	struct buf want = {0};
	buf_printf(&want, "ength: %zu\r\n", strlen(body + 4));
	if (!strstr(out.data, want.data))
		fail_msg("no \"%s\" in \"%s\"", want.data, out.data);
	buf_clear(&want);
	buf_clear(&out);
}

/* A body behind an answer to HEAD would be read as the next answer. */
static void cuts_the_body_for_head(void **state)
{
	(void)state;
	struct buf out = {0};
	refuse_write(&out, 404, "no_route", "nothing", false);
	refuse_cut_body(&out);
	assert_true(out.len > 4);
	assert_memory_equal(out.data + out.len - 4, "\r\n\r\n", 4);
	assert_null(strchr(out.data, '{'));
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quotes_what_it_says),
	    cmocka_unit_test(announces_its_length),
	    cmocka_unit_test(cuts_the_body_for_head),
	};
	return cmocka_run_group_tests_name("refuse", tests, NULL, NULL);
}
