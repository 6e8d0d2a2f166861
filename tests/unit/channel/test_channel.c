/* Routes and response heads. */
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *method, *path;
	enum channel_route route;
} routes[] = {
    {"POST", "/v1/chat/completions", CHANNEL_JUDGE},
    {"POST", "/v1/chat/completions?a=b", CHANNEL_JUDGE},
    {"POST", "/v1/chat/completions/", CHANNEL_JUDGE},
    {"POST", "/V1/Chat/Completions", CHANNEL_JUDGE},
    {"POST", "/chat/completions", CHANNEL_JUDGE},
    {"POST", "/openai/deployments/d1/chat/completions?api-version=1",
	CHANNEL_JUDGE},
    {"GET", "/v1/chat/completions", CHANNEL_DENY},
    {"GET", "/v1/models", CHANNEL_PASS},
    {"HEAD", "/v1/models/m%20x", CHANNEL_PASS},
    {"GET", "/v1/models/m/x", CHANNEL_DENY},
    {"OPTIONS", "/", CHANNEL_PASS},
    {"OPTIONS", "/v1/chat/completions", CHANNEL_PASS},
    {"POST", "/v1/responses", CHANNEL_DENY},
    {"post", "/v1/chat/completions", CHANNEL_DENY},
    /* Spellings an upstream may read as something else. */
    {"POST", "/v1//chat/completions", CHANNEL_DENY},
    {"POST", "//v1/chat/completions", CHANNEL_DENY},
    {"POST", "/v1/./chat/completions", CHANNEL_DENY},
    {"POST", "/x/../v1/chat/completions", CHANNEL_DENY},
    {"POST", "/v1\\chat/completions", CHANNEL_DENY},
    {"POST", "/v1/chat%2fcompletions", CHANNEL_DENY},
    {"POST", "/v1/%63hat/completions", CHANNEL_DENY},
    {"POST", "/v1/chat;a/completions", CHANNEL_DENY},
    {"OPTIONS", "/a%00", CHANNEL_DENY},
    {"OPTIONS", "/a%4", CHANNEL_DENY},
    {"OPTIONS", "/a%", CHANNEL_DENY},
    {"OPTIONS", "*", CHANNEL_DENY},
    {"OPTIONS", "", CHANNEL_DENY},
};

static void test_routes(void **state)
{
	struct channel *c = openai_channel("");

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		enum channel_route got = channel_route(
		    c, span_str(routes[i].method), span_str(routes[i].path));
		if (got != routes[i].route)
			fail_msg(
			    "%s %s: %d", routes[i].method, routes[i].path, got);
	}
	channel_free(c);
}

/* What is passed must not become a way round what is judged. */
static void test_judged_when_others_pass(void **state)
{
	struct channel *c = openai_channel("other_requests: pass\n");

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
		if (strstr(routes[i].path, "ompletions") &&
		    strcmp(routes[i].method, "POST") == 0 &&
		    channel_route(c, span_str(routes[i].method),
			span_str(routes[i].path)) == CHANNEL_PASS)
			fail_msg("%s passes", routes[i].path);
	channel_free(c);
}

static void test_framing(void **state)
{
	static const struct {
		bool stream;
		enum media_kind kind;
		enum channel_framing framing;
	} rows[] = {
	    {false, MEDIA_JSON, CHANNEL_JSON},
	    {true, MEDIA_JSON, CHANNEL_JSON},
	    {true, MEDIA_EVENTS, CHANNEL_SSE},
	    {false, MEDIA_EVENTS, CHANNEL_UNREADABLE},
	    {true, MEDIA_UNNAMED, CHANNEL_UNREADABLE},
	    {true, MEDIA_UNCLEAR, CHANNEL_UNREADABLE},
	};
	struct channel *c = openai_channel("");

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct media said = {.kind = rows[i].kind};
		if (channel_framing(c, rows[i].stream, &said, true) !=
		    rows[i].framing)
			fail_msg("row %zu", i);
		assert_int_equal(
		    channel_framing(c, true, &said, false), CHANNEL_EMPTY);
	}
	channel_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_routes),
	    cmocka_unit_test(test_judged_when_others_pass),
	    cmocka_unit_test(test_framing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
