/* object: which route, which proxies, what is loopback. */
#include "proxy/config/config.h"

#include "kit.h"

#include <arpa/inet.h>

static void test_routes(void **state)
{
	static const char text[] = KIT_LISTEN
	    "routes:\n"
	    "  - {name: a, match: {host: chat.example.com, path: /v1}, "
	    "channel: "
	    "openai-chat, upstream: {url: \"https://a\"}}\n"
	    "  - {name: b, match: {host: \"*.example.com\", path: /v1/}, "
	    "channel: openai-chat, upstream: {url: \"https://a\"}}\n"
	    "  - {name: c, match: {host: other}, channel: openai-chat, "
	    "upstream: {url: \"https://a\"}}\n";
	static const char *const cases[][3] = {
	    {"chat.example.com", "/v1", "a"},
	    {"CHAT.example.COM", "/v1/x", "a"},
	    {"chat.example.com", "/v1?x", "a"},
	    {"chat.example.com", "/v1x", NULL},
	    {"chat.example.com", "/", NULL},
	    {"x.example.com", "/v1/x", "b"},
	    {"x.example.com", "/v1", NULL},
	    {"example.com", "/v1/x", NULL},
	    {"badexample.com", "/v1/x", NULL},
	    {"other", "/anything", "c"},
	    {"", "/", NULL},
	};
	struct buf faults = {0};
	struct config *c = kit_parse(text, &faults);
	if (c == NULL)
		fail_msg("%s", faults.data);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct config_route *r =
		    config_route(c, cases[i][0], cases[i][1]);
		const char *name = r == NULL ? "none" : r->name;
		const char *want = cases[i][2] == NULL ? "none" : cases[i][2];
		if (strcmp(name, want) != 0)
			fail_msg("%s%s: %s, not %s", cases[i][0], cases[i][1],
			    name, want);
	}
	config_unref(c);
	buf_clear(&faults);
}

static bool trusts(const struct config *c, const char *text)
{
	unsigned char bytes[16];
	int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(family, text, bytes), 1);
	return config_trusts(c, bytes, family == AF_INET6 ? 16 : 4);
}

static void test_trusted_proxies(void **state)
{
	static const char text[] = KIT_LISTEN KIT_ROUTES
	    "trusted_proxies: [10.0.0.0/8, 192.168.1.0/25, \"fd00::/8\", "
	    "\"::1\"]\n";
	struct buf faults = {0};
	struct config *c = kit_parse(text, &faults);
	if (c == NULL)
		fail_msg("%s", faults.data);
	assert_true(trusts(c, "10.255.0.1"));
	assert_false(trusts(c, "11.0.0.0"));
	assert_true(trusts(c, "192.168.1.127"));
	assert_false(trusts(c, "192.168.1.128"));
	assert_true(trusts(c, "fdff::1"));
	assert_false(trusts(c, "fe80::1"));
	assert_true(trusts(c, "::1"));
	assert_false(trusts(c, "::2"));
	assert_true(trusts(c, "::ffff:10.1.2.3"));
	assert_false(trusts(c, "::ffff:11.1.2.3"));
	config_unref(c);
	buf_clear(&faults);
}

static void test_loopback(void **state)
{
	assert_true(config_is_loopback("localhost"));
	assert_true(config_is_loopback("LocalHost"));
	assert_true(config_is_loopback("127.8.0.1"));
	assert_true(config_is_loopback("::1"));
	assert_false(config_is_loopback("128.0.0.1"));
	assert_false(config_is_loopback("127.0.0.1.example.com"));
	assert_false(config_is_loopback("localhost.example.com"));
	assert_false(config_is_loopback("0.0.0.0"));
	assert_false(config_is_loopback("::"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_routes),
	    cmocka_unit_test(test_trusted_proxies),
	    cmocka_unit_test(test_loopback),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
