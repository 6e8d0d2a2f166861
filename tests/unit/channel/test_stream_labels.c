/* Tokens of a stream: a column each, and alone where one says much. */
#include "proxy/channel/stream.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;

/* "2=text": a piece of label 2; "2:text": one that is judged alone. */
static void trace_frame(const struct channel_frame *f, struct buf *out)
{
	for (size_t i = 0; i < f->n_parts; i++) {
		const struct channel_part *p = &f->parts[i];
		if (!p->label || p->series == CHANNEL_NO_SERIES)
			continue;
		buf_printf(out, " %u%s%.*s", p->series,
		    p->mode == CHANNEL_PART_WHOLE ? ":" : "=", (int)p->text.len,
		    p->text.p);
	}
	buf_addc(out, '|');
}

/* drop: a label that is left out after the first frame, or NO_SERIES. */
static void check(const char *wire, uint32_t drop, const char *expect)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	struct buf got = {0};

	sse_init(&d, NULL);
	sse_feed(&d, wire, strlen(wire));
	buf_adds(&got, "");
	while (sse_next(&d, &sse) == 1) {
		channel_stream_frame(s, &sse, &f);
		trace_frame(&f, &got);
		if (drop != CHANNEL_NO_SERIES)
			channel_stream_drop(s, drop);
	}
	if (strcmp(got.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", wire, got.data, expect);
	buf_clear(&got);
	sse_clear(&d);
	channel_stream_free(s);
}

#define PROBS(json)                                                            \
	"data: {\"choices\":[{\"index\":0,\"logprobs\":" json "}]}\n\n"

static void test_tokens_alone(void **state)
{
	check(PROBS("[\"x\",\"4111 1\"]"), CHANNEL_NO_SERIES,
	    " 0=x 0=4111 1 0:4111 1|");
	check(PROBS("[\"x\"]") PROBS("[\"xylotruffle\"]"), CHANNEL_NO_SERIES,
	    " 0=x| 0=xylotruffle 0:xylotruffle|");
	/* Keys that are alternatives. */
	check(PROBS("[{\"x y\":-1,\"a\":-2}]"), CHANNEL_NO_SERIES,
	    " 0=x y 0:x y 0=a|");
	/* What a token is: a word with the space before it, or less. */
	check(PROBS("[\" abcdefg\",\"ab\\n\",\"  \"]"), CHANNEL_NO_SERIES,
	    " 0= abcdefg 0=ab\n 0=  |");
	/* None of it is looked at when it is left out. */
	check(PROBS("[\"x\"]") PROBS("[\"a b\"]"), 0, " 0=x| 0=a b|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tokens_alone),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
