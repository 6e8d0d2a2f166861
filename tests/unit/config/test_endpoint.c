/* endpoint: what is an address, a URL, a network, and what is not. */
#include "proxy/config/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_addresses(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} good[] = {{"127.0.0.1:8443", "127.0.0.1", 8443},
	    {"[::1]:1", "::1", 1}, {"*:65535", "0.0.0.0", 65535},
	    {"a-b.example:0", "a-b.example", 0}};
	static const char *const bad[] = {"", ":1", "a", "a:", "a:65536",
	    "a:1x", "a:-1", "a b:1", "[::1:1", "[::1]", "[::1]x:1", "[]:1",
	    "[host]:1", "a:b:1", "a/b:1", "a:00001x", "a:1:", "a:000001"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct config_address a = {0};
		const char *wrong = endpoint_parse(good[i].text, &a);
		if (wrong != NULL)
			fail_msg("%s: %s", good[i].text, wrong);
		assert_string_equal(a.host, good[i].host);
		assert_int_equal(a.port, good[i].port);
		free(a.host);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct config_address a = {0};
		if (endpoint_parse(bad[i], &a) == NULL)
			fail_msg("accepted: %s", bad[i]);
		assert_null(a.host);
	}
}

static void test_urls(void **state)
{
	static const struct {
		const char *text, *host, *path;
		uint16_t port;
		bool tls;
		const char *authority;
	} good[] = {{"https://bot.internal", "bot.internal", "", 443, true,
			"bot.internal"},
	    {"http://127.0.0.1:9000/", "127.0.0.1", "", 9000, false,
		"127.0.0.1:9000"},
	    {"HTTPS://[::1]:9/v1/x/", "::1", "/v1/x", 9, true, "[::1]:9"},
	    {"https://[::1]/", "::1", "", 443, true, "[::1]"},
	    {"http://a:443", "a", "", 443, false, "a:443"},
	    {"http://a/b", "a", "/b", 80, false, "a"}};
	static const char *const bad[] = {"", "bot", "ftp://a", "https://",
	    "https:///x", "https://u:p@a", "https://a?x=1", "https://a/b#c",
	    "https://a:0x1", "https://a b", "https://a/b c", "https://a/b\nc",
	    "https://a/\r\nX: y", "https://a/\x7f"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct config_upstream u = {0};
		const char *wrong = endpoint_parse_url(good[i].text, &u);
		if (wrong != NULL)
			fail_msg("%s: %s", good[i].text, wrong);
		assert_string_equal(u.address.host, good[i].host);
		assert_string_equal(u.path, good[i].path);
		assert_int_equal(u.address.port, good[i].port);
		assert_int_equal(u.tls, good[i].tls);
		assert_string_equal(u.authority, good[i].authority);
		free(u.address.host);
		free(u.authority);
		free(u.path);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct config_upstream u = {0};
		if (endpoint_parse_url(bad[i], &u) == NULL)
			fail_msg("accepted: %s", bad[i]);
		assert_null(u.address.host);
		assert_null(u.authority);
		assert_null(u.path);
	}
}

static void test_targets(void **state)
{
	static const struct {
		const char *text, *path;
	} good[] = {{"https://a/v1/s?api-version=2024-06-01&x=/",
			"/v1/s?api-version=2024-06-01&x=/"},
	    {"https://a?x=1", "/?x=1"}, {"https://a/s/", "/s/"},
	    {"https://a/s/?x", "/s/?x"}, {"https://a", ""}};
	static const char *const bad[] = {
	    "https://a/b#c", "https://a/b?c#d", "https://a/?b c", "https://?b"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct config_upstream u = {0};
		const char *wrong = endpoint_parse_target(good[i].text, &u);
		if (wrong != NULL)
			fail_msg("%s: %s", good[i].text, wrong);
		assert_string_equal(u.path, good[i].path);
		free(u.address.host);
		free(u.authority);
		free(u.path);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct config_upstream u = {0};
		if (endpoint_parse_target(bad[i], &u) == NULL)
			fail_msg("accepted: %s", bad[i]);
	}
}

static void test_networks(void **state)
{
	static const char *const good[] = {"10.0.0.0/8", "0.0.0.0/0",
	    "192.168.1.7", "192.168.1.7/32", "::1", "fd00::/8", "::/0"};
	static const char *const bad[] = {"", "10.0.0.0/33", "10.0.0.0/",
	    "10.1.0.0/8", "10.0.0", "fd00::1/8", "::1/129", "host/8",
	    "10.0.0.0/-1", "10.0.0.0/8/8"};
	struct config_network n;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (endpoint_parse_network(good[i], &n) != NULL)
			fail_msg("refused: %s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (endpoint_parse_network(bad[i], &n) == NULL)
			fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_targets),
	    cmocka_unit_test(test_networks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
