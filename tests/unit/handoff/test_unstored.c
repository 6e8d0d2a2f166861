/* unstored: a line of the audit log as a row of the list. */
#include "proxy/handoff/unstored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_read(void **state)
{
	struct store_handoff h;

	unstored_read(&h,
	    "{\"conversation\":\"k:5b0e\",\"handoff\":{\"id\":\"h-3302\","
	    "\"priority\":\"high\",\"queue\":\"billing\"},\"inputs\":"
	    "{\"channel\":\"chat\"},\"reason\":\"Only a person may.\","
	    "\"time\":\"2026-11-03T14:02:19.907551Z\"}");
	assert_string_equal(h.id, "h-3302");
	assert_string_equal(h.family, "chat");
	assert_string_equal(h.conversation, "k:5b0e");
	assert_string_equal(h.queue, "billing");
	assert_string_equal(h.priority, "high");
	assert_string_equal(h.reason, "not_stored");
	assert_non_null(strstr(h.words, "at 2026-11-03T14:02:19 UTC"));
	assert_non_null(strstr(h.words, "The reason was: Only a person may."));
	assert_true(h.requested_us == INT64_C(1793714539000000));
	store_handoff_clear(&h);
}

/* Whatever is there: it can be listed. */
static void test_odd(void **state)
{
	static const char *const odd[] = {"", "{", "[]", "{}", "7",
	    "{\"handoff\":[],\"time\":7,\"inputs\":\"x\",\"reason\":null}",
	    "{\"handoff\":{\"id\":\"h-0123456789012345678901234567890123456"
	    "78901234567890123456789\"},\"time\":\"soon\"}"};

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct store_handoff h;
		unstored_read(&h, odd[i]);
		assert_string_equal(h.queue, "desk");
		assert_string_equal(h.priority, "normal");
		assert_string_equal(h.conversation, "?");
		assert_true(h.requested_us == 0);
		store_handoff_clear(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_odd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
