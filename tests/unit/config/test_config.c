/*
 * config: the example of the design, defaults, and every fault with its
 * place and how to mend it.
 */
#include "proxy/config/config.h"

#include "kit.h"
#include "proxy/base/log.h"
#include "proxy/channel/channel.h"

#include <unistd.h>

static const char whole[] =
    "listen:\n"
    "  - address: 127.0.0.1:8443\n"
    "    tls: {certificate: /dev/null, key: /dev/null}\n"
    "  - address: \"*:443\"\n"
    "    tls:\n"
    "      - {certificate: /dev/null, key: /dev/null, client_ca: "
    "/dev/null}\n"
    "      - {certificate: /dev/zero, key: /dev/null}\n"
    "routes:\n"
    "  - name: bot\n"
    "    match: {host: \"*.example.com\", path: /v1}\n"
    "    channel: openai-chat\n"
    "    upstream: {url: \"https://bot.internal:9000\", ca: "
    "/dev/null}\n"
    "  - channel: openai-chat\n"
    "    upstream: {url: \"http://localhost:1/x\"}\n"
    "policy: policies/starter\n"
    "store: {sqlite: state/handrail.db}\n"
    "audit: {directory: /var/audit, durability: every}\n"
    "keys: {directory: state/keys}\n"
    "handoff:\n"
    "  destinations:\n"
    "    care: {preset: webhook, url: \"https://h/x?y=1\", secret: "
    "\"a${KIT_SECRET}$${b}\", timeout_ms: 3s}\n"
    "    log: {preset: file, path: out.jsonl}\n"
    "  default: care\n"
    "console: {address: \"[::1]:0\", users: state/users.yaml}\n"
    "environment: production\n"
    "node: px-2\n"
    "workers: 3\n"
    "log: {level: debug}\n"
    "trusted_proxies: [10.0.0.0/8, \"fd00::/8\"]\n"
    "limits: {max_request_body_bytes: 2 MiB, idle_timeout_ms: 5000, "
    "max_fields: 50}\n";

static void test_the_whole(void **state)
{
	struct buf faults = {0};
	setenv("KIT_SECRET", "s3cret", 1);
	struct config *c = kit_parse(whole, &faults);
	if (c == NULL)
		fail_msg("%s", faults.data);
	assert_string_equal(faults.data, "");
	assert_int_equal(c->n_listen, 2);
	assert_int_equal(c->listen[0].n_certificates, 1);
	assert_null(c->listen[0].client_ca);
	assert_string_equal(c->listen[1].address.host, "0.0.0.0");
	assert_int_equal(c->listen[1].n_certificates, 2);
	assert_string_equal(
	    c->listen[1].certificates[1].certificate, "/dev/zero");
	assert_string_equal(c->listen[1].client_ca, "/dev/null");
	assert_int_equal(c->n_routes, 2);
	assert_string_equal(c->routes[0].name, "bot");
	assert_true(c->routes[0].upstream.tls);
	assert_string_equal(c->routes[0].upstream.ca, "/dev/null");
	assert_string_equal(channel_id(c->routes[0].channel), "openai-chat");
	assert_string_equal(c->routes[1].name, "route-2");
	assert_string_equal(c->routes[1].upstream.path, "/x");
	assert_ptr_equal(config_ref(c), c);
	config_unref(c);
	config_unref(c);
	config_unref(NULL);
	buf_clear(&faults);
}

static void test_the_rest_of_it(void **state)
{
	struct buf faults = {0};
	setenv("KIT_SECRET", "s3cret", 1);
	struct config *c = kit_parse(whole, &faults);
	assert_non_null(c);
	assert_string_equal(c->policy, "/etc/handrail/policies/starter");
	assert_string_equal(c->sqlite, "/etc/handrail/state/handrail.db");
	assert_string_equal(c->audit_directory, "/var/audit");
	assert_int_equal(c->durability, CONFIG_EVERY);
	assert_int_equal(c->n_destinations, 2);
	assert_string_equal(c->destinations[0].secret, "as3cret${b}");
	assert_int_equal(c->destinations[0].timeout_ms, 3000);
	assert_int_equal(c->destinations[0].max_tries, 10);
	assert_int_equal(c->destinations[1].preset, CONFIG_FILE);
	assert_string_equal(c->destinations[1].path, "/etc/handrail/out.jsonl");
	assert_string_equal(c->default_destination, "care");
	assert_string_equal(c->console.host, "::1");
	assert_string_equal(c->environment, "production");
	assert_string_equal(c->node, "px-2");
	assert_int_equal(c->workers, 3);
	assert_int_equal(c->log_level, LOG_DEBUG);
	assert_int_equal(c->limits.max_request_body_bytes, 2097152);
	assert_int_equal(c->limits.idle_timeout_ms, 5000);
	assert_int_equal(c->limits.max_fields, 50);
	config_unref(c);
	buf_clear(&faults);
}

static void test_defaults(void **state)
{
	struct buf faults = {0};
	struct config *c = kit_parse(KIT_LISTEN KIT_ROUTES, &faults);
	if (c == NULL)
		fail_msg("%s", faults.data);
	assert_int_equal(c->listen[0].n_certificates, 0);
	assert_string_equal(c->routes[0].host, "*");
	assert_string_equal(c->routes[0].path, "/");
	assert_string_equal(c->policy, "/etc/handrail/policies/starter");
	assert_null(c->shipped);
	assert_null(c->environment);
	assert_int_equal(c->durability, CONFIG_ENFORCED);
	assert_string_equal(c->default_destination, "desk");
	assert_string_equal(c->console.host, "127.0.0.1");
	assert_int_equal(c->console.port, 8444);
	assert_string_equal(c->node, "px-1");
	assert_true(c->workers >= 1);
	assert_int_equal(c->log_level, LOG_INFO);
	assert_int_equal(c->limits.max_text_bytes, 1048576);
	assert_int_equal(c->limits.drain_timeout_ms, 30000);
	config_unref(c);
	buf_clear(&faults);
}

#define GOOD KIT_LISTEN KIT_ROUTES

static const struct {
	const char *text;
	const char *fault; /* how the line of it begins */
	const char *hint;  /* in the line */
} faults_of[] = {
    {"", "", ""},
    {"- a\n", "C003 1:1 a map of keys", ""},
    {KIT_ROUTES, "C002 1:1 there is nothing under listen", "address"},
    {KIT_LISTEN, "C002 1:1 there is nothing under routes", "upstream"},
    {"listen: []\n" KIT_ROUTES, "C002 1:1 there is nothing under listen", ""},
    {"listen: 127.0.0.1:1\n" KIT_ROUTES, "C003 1:9 a list is expected", ""},
    {GOOD "polcy: x\n", "P014 6:1", "policy"},
    {GOOD "limits: {max_field: 50}\n", "P014 6:10", "max_fields"},
    {GOOD "limits: {max_fields: many}\n", "C004 6:22 \"many\"", "whole number"},
    {GOOD "limits: {max_idle_bytes: 64KiB}\n",
	"C004 6:26 64KiB is not between 1048576 and", "in bytes"},
    {GOOD "limits: {max_fields: 9}\n", "C004 6:22 9 is not between 10 and 128",
	""},
    /* Everything waits there for a moment. */
    {GOOD "limits: {max_waiting: 0}\n",
	"C004 6:23 0 is not between 1 and 10000", ""},
    {GOOD "limits: {max_fields: 99999999999999999999}\n", "C004 6:22", ""},
    {GOOD "limits: {max_head_bytes: 3MB}\n", "C004 6:26 \"3MB\"", "1MiB"},
    {GOOD "limits: {max_head_bytes: 9999999999999GiB}\n", "C004 6:26", ""},
    {GOOD "limits: {idle_timeout_ms: 5KiB}\n", "C004 6:27", "10s"},
    {GOOD "limits: {idle_timeout_ms: -5}\n", "C004 6:27", ""},
    {GOOD "limits: {idle_timeout_ms: [1]}\n", "C003 6:27 text", ""},
    {GOOD "audit: {durability: evry}\n", "C005 6:21 \"evry\"",
	"did you mean every?"},
    {GOOD "node: ${KIT_NO_SUCH_NAME}\n",
	"C006 6:7 the environment has no KIT_NO_SUCH_NAME",
	"export KIT_NO_SUCH_NAME="},
    {GOOD "node: \"${KIT\"\n", "C006 6:7", "$${"},
    {GOOD "node: a/b\n", "C014 6:7 \"a/b\"", "letters"},
    {GOOD "workers: 0\n", "C004 6:10 0 is not between 1 and 256", ""},
    {GOOD "workers: many\n", "C004 6:10", ""},
    {GOOD "console: {address: \"0.0.0.0:1\"}\n", "C010 6:20", "tunnel"},
    {GOOD "console: {address: nowhere}\n", "C007 6:20", "127.0.0.1:8444"},
    {GOOD "trusted_proxies: [10.0.0.1/8]\n", "C012 6:19", "10.0.0.0/8"},
    {GOOD "trusted_proxies: 10.0.0.0/8\n", "C003 6:18 a list", ""},
    {GOOD "store: {postgresql: x}\n", "P014 6:9", "sqlite"},
    {GOOD "handoff: {default: nobody}\n",
	"C011 6:20 there is no destination nobody", "desk"},
    {GOOD "handoff: {destinations: {desk: {preset: file, path: x}}}\n",
	"C011 6:26 desk is the built-in", "another name"},
    {GOOD "handoff: {destinations: {a: {path: x}}}\n",
	"C002 6:29 handoff.destinations.<name>.preset is missing", ""},
    {GOOD "handoff: {destinations: {a: {preset: file}}}\n",
	"C011 6:29 the file destination a", "path:"},
    {GOOD "handoff: {destinations: {a: {preset: webhook, url: \"http://h\","
	  " secret: x}}}\n",
	"C010 6:52", "https"},
    {GOOD "handoff: {destinations: {a: {preset: webhook, url: \"x\","
	  " secret: x}}}\n",
	"C008 6:52", ""},
    {GOOD "handoff: {destinations: {a: {preset: webhook, url: \"http://h\""
	  "}}}\n",
	"C011 6:29 the webhook a needs", "secret"},
    {GOOD "handoff: {destinations: {a: {preset: pigeon}}}\n",
	"C005 6:38 \"pigeon\"", "webhook, file"},
    {GOOD "handoff: {destinations: {a: {preset: file, path: x, base_ms: 2h,"
	  " max_wait_ms: 1s}}}\n",
	"C004 6:", ""},
    {GOOD "policy: a\npolicy: b\n", "", ""},
    {"listen: [{address: \"[::1]:7\"}, {address: \"[::1]:7\"}]\n" KIT_ROUTES,
	"C003 1:42 [::1]:7 is under listen twice", "of its own"},
    {"listen: [{address: \"127.0.0.1:8444\"}]\n" KIT_ROUTES,
	"C003 1:20 127.0.0.1:8444 is the console's", "of its own"},
    {GOOD "console: {address: \"127.0.0.1:8443\"}\n",
	"C003 6:20 127.0.0.1:8443 is the console's", "of its own"},
    {"listen: [{}]\n" KIT_ROUTES, "C002 1:10 listen[].address is missing",
	"host:port"},
    {"listen: [{address: here}]\n" KIT_ROUTES, "C007 1:20 \"here\"",
	"host:port"},
    {"listen: [{address: \"0.0.0.0:1\"}]\n" KIT_ROUTES,
	"C010 1:20 0.0.0.0:1 would be served without TLS", "allow_plain"},
    {"listen: [{address: \"[::1]:1\", tls: {key: /dev/null}}]\n" KIT_ROUTES,
	"C002 1:36 listen[].tls.certificate is missing", "PEM"},
    {"listen: [{address: \"[::1]:1\", tls: {key: /dev/null, certificate: "
     "no.pem}}]\n" KIT_ROUTES,
	"C009 1:66 cannot read /etc/handrail/no.pem", "relative"},
    {"listen: [{address: \"a:1\", tls: [{certificate: /dev/null, key: "
     "/dev/null, client_ca: /dev/null}, {certificate: /dev/null, key: "
     "/dev/null, client_ca: /dev/zero}]}]\n" KIT_ROUTES,
	"C003 1:", "alike"},
    {"listen: [{address: \"a:1\", allow_plain: maybe}]\n" KIT_ROUTES,
	"C005 1:40", "yes"},
    {KIT_LISTEN "routes: [{channel: openai-chat}]\n",
	"C002 3:10 routes[].upstream is missing", ""},
    {KIT_LISTEN "routes: [{upstream: {url: \"https://a\"}}]\n",
	"C002 3:10 routes[].channel is missing", "preset"},
    {KIT_LISTEN "routes: [{channel: openai-chat, upstream: {url: "
		"\"http://bot:1\"}}]\n",
	"C010 3:49 http://bot:1 would be asked", "allow_plain"},
    {KIT_LISTEN "routes: [{channel: openai-chat, upstream: {url: bot}}]\n",
	"C008 3:49 \"bot\"", "https://bot.internal"},
    {KIT_LISTEN "routes: [{channel: openai-chat, upstream: {}}]\n",
	"C002 3:43 routes[].upstream.url is missing", ""},
    {KIT_LISTEN "routes: [{channel: none.yaml, upstream: {url: "
		"\"https://a\"}}]\n",
	"C009 3:20 cannot read /etc/handrail/none.yaml", ""},
    {KIT_LISTEN "routes: [{channel: openai-caht, upstream: {url: "
		"\"https://a\"}}]\n",
	"", "openai-chat"},
    {KIT_LISTEN "routes: [{channel: openai-chat, match: {host: \"a*\"}, "
		"upstream: {url: \"https://a\"}}]\n",
	"C014 3:47 \"a*\"", "*.example.com"},
    {KIT_LISTEN "routes: [{channel: openai-chat, match: {path: v1}, "
		"upstream: {url: \"https://a\"}}]\n",
	"C014 3:47 \"v1\"", "slash"},
    {"listen: [\n", "", ""},
};

static bool has_fault(const char *faults, const char *begin, const char *hint)
{
	for (const char *at = faults; *at != '\0';) {
		size_t n = strcspn(at, "\n");
		char *line = mem_strndup(at, n);
		bool good = strncmp(line, begin, strlen(begin)) == 0 &&
		    strstr(line, hint) != NULL;
		free(line);
		if (good)
			return true;
		at += n + 1;
	}
	return false;
}

static void test_faults(void **state)
{
	size_t n = sizeof(faults_of) / sizeof(faults_of[0]), missed = 0;
	for (size_t i = 0; i < n; i++) {
		struct buf faults = {0};
		struct config *c = kit_parse(faults_of[i].text, &faults);
		bool good = c == NULL &&
		    has_fault(
			faults.data, faults_of[i].fault, faults_of[i].hint);
		if (!good)
			print_error("expected \"%s\" (%s), got:\n%s\nof:\n%s\n",
			    faults_of[i].fault, faults_of[i].hint, faults.data,
			    faults_of[i].text);
		missed += !good;
		config_unref(c);
		buf_clear(&faults);
	}
	assert_int_equal(missed, 0);
}

static void test_all_faults_at_once(void **state)
{
	struct buf faults = {0};
	assert_null(
	    kit_parse(GOOD "node: a b\nworkers: x\nlimit: {}\n", &faults));
	assert_non_null(strstr(faults.data, "C014 6:7"));
	assert_non_null(strstr(faults.data, "C004 7:10"));
	assert_non_null(strstr(faults.data, "P014 8:1"));
	buf_clear(&faults);
}

static void test_from_a_file(void **state)
{
	char dir[] = "/tmp/handrail-config-XXXXXX";
	struct buf faults = {0};
	struct config *c;
	assert_non_null(mkdtemp(dir));
	char *path = file_join(dir, "h.yaml"), *expected = file_join(dir, "p");
	assert_int_equal(config_load(&c, path, kit_note, &faults), -1);
	assert_non_null(strstr(faults.data, "C001 0:0 cannot read"));
	static const char text[] = GOOD "policy: p\n";
	assert_int_equal(file_write_atomic(path, text, strlen(text), 0600), 0);
	assert_int_equal(config_load(&c, path, kit_note, &faults), 0);
	assert_string_equal(c->policy, expected);
	config_unref(c);
	char *command = mem_printf("rm -r '%s'", dir);
	assert_int_equal(system(command), 0);
	free(command);
	free(expected);
	free(path);
	buf_clear(&faults);
}

/* Who needs only the store need not have the secrets of the rest. */
static void test_top(void **state)
{
	char path[] = "/tmp/handrail-test-XXXXXX";
	struct buf faults = {0};
	struct config *c;
	FILE *file = fdopen(mkstemp(path), "w");

	fputs("listen: nonsense\nroutes: [{upstream: {}}]\n"
	      "store: {sqlite: s.db}\nnode: px-7\n"
	      "handoff: {destinations: {care: {preset: webhook, secret: "
	      "\"${KIT_NO_SUCH_NAME}\"}}}\n",
	    file);
	fclose(file);
	assert_int_equal(config_load(&c, path, kit_note, &faults), -1);
	buf_reset(&faults);
	assert_int_equal(config_load_top(&c, path, kit_note, &faults), 0);
	assert_int_equal(faults.len, 0);
	assert_string_equal(c->sqlite, "/tmp/s.db");
	assert_string_equal(c->keys_directory, "/tmp/state/keys");
	assert_string_equal(c->node, "px-7");
	config_unref(c);
	file = fopen(path, "w");
	fputs("store: {sqlite: \"${KIT_NO_SUCH_NAME}\"}\n", file);
	fclose(file);
	assert_int_equal(config_load_top(&c, path, kit_note, &faults), -1);
	assert_null(c);
	assert_non_null(strstr(faults.data, "KIT_NO_SUCH_NAME"));
	buf_clear(&faults);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_whole),
	    cmocka_unit_test(test_the_rest_of_it),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_all_faults_at_once),
	    cmocka_unit_test(test_from_a_file),
	    cmocka_unit_test(test_top),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
