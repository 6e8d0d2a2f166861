/* Channels from YAML: the shipped ones load, and each fault has its place. */
#include "proxy/base/buf.h"
#include "proxy/channel/channel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void take(const struct diag *d, void *arg)
{
	buf_printf(arg, "%s:%u:%u %s %s|", d->file, d->line, d->col, d->code,
	    d->message);
}

/* The channel of a whole file; *says gets the diagnostics. */
static struct channel *load(const char *yaml, struct buf *says)
{
	struct channel *c = NULL;

	buf_adds(says, "");
	struct yaml_doc *doc =
	    yaml_parse("ch.yaml", yaml, strlen(yaml), take, says);
	if (doc != NULL)
		c = channel_load(doc, yaml_root(doc), NULL, take, says);
	yaml_doc_free(doc);
	return c;
}

static void test_presets(void **state)
{
	const char *const *names = channel_preset_names();

	assert_non_null(names[0]);
	for (; *names != NULL; names++) {
		struct buf says = {0};
		char yaml[128];
		snprintf(yaml, sizeof yaml, "preset: %s\n", *names);
		struct channel *c = load(yaml, &says);
		if (c == NULL)
			fail_msg("%s: %s", *names, says.data);
		assert_string_equal(says.data, "");
		assert_string_equal(channel_id(c), *names);
		assert_string_equal(channel_family(c), *names);
		channel_free(c);
		buf_clear(&says);
	}
	assert_null(channel_preset("none").p);
}

static void test_override(void **state)
{
	struct buf says = {0};
	struct channel_hold hold;
	struct channel *c = load("id: web\n"
				 "preset: openai-chat\n"
				 "family: support\n"
				 "other_requests: pass\n"
				 "limits: {max_body: 1MiB, max_frames: 5}\n"
				 "variants:\n"
				 "  sse:\n"
				 "    max_hold: 2m\n"
				 "    heartbeat: {every: 500ms}\n",
	    &says);

	assert_string_equal(says.data, "");
	assert_string_equal(channel_id(c), "web");
	assert_string_equal(channel_family(c), "support");
	assert_int_equal(channel_limits(c)->max_body_bytes, 1 << 20);
	assert_int_equal(channel_limits(c)->max_frames, 5);
	assert_int_equal(channel_limits(c)->max_text_bytes, 1 << 20);
	channel_hold(c, &hold);
	assert_int_equal(hold.heartbeat_ms, 500);
	assert_int_equal(hold.max_hold_ms, 120000);
	assert_true(span_is(hold.heartbeat, ": hold\n\n"));
	assert_int_equal(
	    channel_route(c, span_str("POST"), span_str("/v1/embeddings")),
	    CHANNEL_PASS);
	assert_string_equal(channel_strip(c)[0], "accept-encoding");
	const char *const *passed = channel_strip_passed(c);
	size_t n = 0, ids = 0;
	for (; passed[n] != NULL; n++)
		ids += strcmp(passed[n], "X-Conversation-Id") == 0 ||
		    strcmp(passed[n], "X-Customer-Id") == 0;
	assert_string_equal(passed[0], "accept-encoding");
	assert_int_equal(ids, 2);
	channel_free(c);
	buf_clear(&says);
}

static const struct {
	const char *yaml;
	const char *says; /* begins so */
} faults[] = {
    {"preset: openai-cat\n", "ch.yaml:1:9 C001 no preset"},
    {"preset: openai-chat\nfamly: x\n", "ch.yaml:2:1 "},
    {"preset: openai-chat\ninspect: request\n",
	"ch.yaml:2:10 C002 inspect cannot be"},
    {"preset: openai-chat\nlimits: {max_body: many}\n",
	"ch.yaml:2:20 C002 max_body is no size"},
    {"preset: openai-chat\nlimits: {max_depth: 500}\n", "ch.yaml:2:"},
    {"preset: openai-chat\nids: {conversation: [\"cook:a\"]}\n",
	"ch.yaml:2:22 C005 not a place"},
    {"preset: openai-chat\nids: {customer: [\"req:/a/**/b/**\"]}\n",
	"ch.yaml:2:18 C005 not a place a value can come from: more than"},
    {"preset: openai-chat\nvariants: {json: {ignore: [\"/a[b\"]}}\n",
	"ch.yaml:2:28 C003 not a pointer: a condition"},
    {"preset: openai-chat\nvariants: {json: {emit: \"{{up:/id}}\"}}\n",
	"ch.yaml:2:25 C004 not a template: {{up:/ptr}} needs"},
    {"preset: openai-chat\nvariants: {json: {emit: \"{{name}}\"}}\n",
	"ch.yaml:2:25 C004 not a template: holes are"},
    {"preset: openai-chat\nvariants: {sse: {mirrors: [{ptr: /a, tokens: "
     "x}]}}\n",
	"ch.yaml:2:46 C002 tokens cannot be"},
    {"preset: openai-chat\nvariants: {sse: {ignore: [/a, {is: [b]}]}}\n",
	"ch.yaml:2:31 C006 ptr is missing"},
    {"preset: openai-chat\nvariants: {sse: {text: [{ptr: a, either: b}]}}\n",
	"ch.yaml:2:25 C006 either: needs a label"},
    {"preset: openai-chat\nvariants: {sse: {text: [{as: a}]}}\n",
	"ch.yaml:2:25 C006 ptr is missing"},
    {"preset: openai-chat\nvariants: {sse: {max_hold: soon}}\n",
	"ch.yaml:2:28 C002 max_hold is no time"},
    {"preset: openai-chat\nmatch: [{path: v1}]\n",
	"ch.yaml:2:16 C002 path begins"},
    {"preset: openai-chat\nmatch: [{path: \"/**/a/**\"}]\n",
	"ch.yaml:2:16 C002 more than one **"},
    {"preset: openai-chat\nmatch: []\n", "ch.yaml:1:1 C006 no request"},
    {"id: web\n", "ch.yaml:1:1 C006 no request"},
    {"- a\n", "ch.yaml:1:1 C002 in a channel"},
};

static void test_faults(void **state)
{
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct buf says = {0};
		struct channel *c = load(faults[i].yaml, &says);
		size_t n = strlen(faults[i].says);
		if (c != NULL || strncmp(says.data, faults[i].says, n) != 0)
			fail_msg("%s\n got %s\nwant %s", faults[i].yaml,
			    says.data, faults[i].says);
		buf_clear(&says);
	}
}

/* A channel of one's own, with no preset. */
static void test_own(void **state)
{
	struct buf says = {0};
	struct channel *c = load("id: own\n"
				 "match:\n"
				 "  - {methods: [POST], path: /chat}\n"
				 "ids: {on_missing: anonymous}\n"
				 "variants:\n"
				 "  json:\n"
				 "    text: [{ptr: /text}]\n"
				 "    emit: '{\"text\":{{json text}}}'\n",
	    &says);

	assert_string_equal(says.data, "");
	assert_non_null(c);
	assert_null(channel_strip(c)[0]);
	channel_free(c);
	buf_clear(&says);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_presets),
	    cmocka_unit_test(test_override),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
