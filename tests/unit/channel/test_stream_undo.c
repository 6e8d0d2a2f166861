/* More escapes within escapes than are undone: the stream cannot be read from
 * where that is known. */
#include "proxy/channel/stream.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MAX_FRAMES 6
#define EIGHT "\\\\\\\\\\\\\\\\"
#define MANY EIGHT EIGHT EIGHT EIGHT /* 16, as JSON */
#define SAY(t) "\"content\":\"" t "\""
#define CALL(t)                                                                \
	"\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" t "\"}}" \
	"]"

static struct channel *channel;

/* A letter for each frame and for the end: ? where it cannot be read. */
static void read_all(const char *const *deltas, char *out)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	char wire[600];

	sse_init(&d, NULL);
	for (; *deltas != NULL; deltas++) {
		snprintf(wire, sizeof wire,
		    "data: {\"choices\":[{\"index\":0,\"delta\":{%s}}]}\n\n",
		    *deltas);
		sse_feed(&d, wire, strlen(wire));
		assert_int_equal(sse_next(&d, &sse), 1);
		channel_stream_frame(s, &sse, &f);
		*out++ = f.role == CHANNEL_FRAME_UNREADABLE ? '?' : '.';
	}
	channel_stream_end(s, &f);
	*out++ = f.role == CHANNEL_FRAME_UNREADABLE ? '?' : '.';
	*out = '\0';
	sse_clear(&d);
	channel_stream_free(s);
}

static void too_many_escapes_cannot_be_read(void **state)
{
	static const struct {
		const char *deltas[MAX_FRAMES], *expect;
	} rows[] = {
	    {{SAY("a" MANY), SAY("nb")}, ".??"},
	    {{SAY("a" MANY "u00"), SAY("41")}, "???"},
	    {{SAY("a" MANY), SAY(" nb")}, "..."},
	    {{SAY("a" EIGHT "nb"), SAY(EIGHT EIGHT), SAY("c")}, "...."},
	    {{CALL("a" MANY), CALL("nb")}, "..?"},
	    {{CALL("a" MANY), CALL("nb"), SAY("c")}, "...?"},
	    {{CALL("a" EIGHT), CALL("nb")}, "..."},
	};
	char got[MAX_FRAMES + 2];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		read_all(rows[i].deltas, got);
		if (strcmp(got, rows[i].expect) != 0)
			fail_msg("row %zu: %s", i, got);
	}
}

static int setup(void **state)
{
	channel = openai_channel("");
	return 0;
}

static int teardown(void **state)
{
	channel_free(channel);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(too_many_escapes_cannot_be_read),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
