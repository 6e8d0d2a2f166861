/* A body as the stream that was asked for. */
#include "proxy/channel/render.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;
static const struct channel_emit emit = {.time_s = 77, .id = "made-up"};

#define TOP "\"id\":\"i\",\"created\":5,\"model\":\"m\""
#define CHUNK(index, delta, end)                                               \
	"data: "                                                               \
	"{\"id\":\"i\",\"object\":\"chat.completion.chunk\",\"created\":5,"    \
	"\"model\":\"m\",\"choices\":[{\"index\":" #index ",\"delta\":" delta  \
	",\"finish_reason\":" end "}]}\n\n"
#define DONE "data: [DONE]\n\n"

static const struct {
	const char *body, *stream; /* NULL: it cannot be one */
} rows[] = {
    {"{" TOP ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
     "\"content\":\"Hi "
     "\\u00e9\"},\"logprobs\":null,\"finish_reason\":\"length\"}],"
     "\"usage\":{}}",
	CHUNK(0, "{\"role\":\"assistant\",\"content\":\"Hi \\u00e9\"}", "null")
	    CHUNK(0, "{}", "\"length\"") DONE},
    /* Calls are numbered, once; choices one after the other. */
    {"{" TOP ",\"choices\":[{\"index\":1,\"message\":{\"tool_calls\":[{\"id\":"
     "\"a\"},{\"index\":7,\"id\":\"b\"},{}]},\"finish_reason\":\"tool_calls\"},"
     "{\"index\":0,\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]"
     "}",
	CHUNK(1,
	    "{\"tool_calls\":[{\"index\":0,\"id\":\"a\"},{\"index\":7,\"id\":"
	    "\"b\"},{\"index\":2}]}",
	    "null") CHUNK(1, "{}", "\"tool_calls\"") CHUNK(0,
	    "{\"content\":\"x\"}", "null") CHUNK(0, "{}", "\"stop\"") DONE},
    /* A failure is one frame. */
    {"{\"error\":\n{\"message\":\"x\"}}",
	"data: {\"error\":\ndata: {\"message\":\"x\"}}\n\n" DONE},
    {"{\"choices\":[]}", NULL},
    {"{\"output\":\"x\"}", NULL},
    {"{" TOP ",\"choices\":[{\"message\":{\"content\":\"x\"}}]}", NULL},
    {"{" TOP ",\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}]}",
	NULL},
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct channel_body body;
		struct buf out = {0};
		struct span json = span_str(rows[i].body);
		assert_int_equal(channel_body_read(channel, json, &body), 0);
		assert_int_equal(
		    channel_can_stream(channel, &body), rows[i].stream != NULL);
		if (rows[i].stream != NULL) {
			channel_render_streamed(channel, json, &emit, &out);
			if (strcmp(out.data, rows[i].stream) != 0)
				fail_msg("%s\n got %s\nwant %s", rows[i].body,
				    out.data, rows[i].stream);
		}
		channel_body_clear(&body);
		buf_clear(&out);
	}
}

/* What is left out on the way does not matter. */
static void test_without_an_end(void **state)
{
	struct buf out = {0};

	channel_render_streamed(channel,
	    span_str("{\"choices\":[{\"message\":{\"content\":\"x\"}}]}"),
	    &emit, &out);
	assert_non_null(strstr(out.data, "\"finish_reason\":null"));
	assert_non_null(strstr(out.data, "\"id\":\"made-up\""));
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_without_an_end),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
