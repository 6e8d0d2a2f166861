/* Values of a stream: alone, grown, put together, mirrors of what is said. */
#include "proxy/channel/stream.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;

/* "V3+2=text": a value at 3 of its series, of which 2 bytes are known; "!"
 * before a fresh one, "." behind one that is over, "~" and the series behind
 * one that a text begins like. "M=": a mirror. "W3=": a value alone. "B": a
 * reading. */
static void trace_part(const struct channel_part *p, struct buf *out)
{
	struct span t = p->text;

	if (p->label)
		return;
	switch (p->mode) {
	case CHANNEL_PART_STREAM:
	case CHANNEL_PART_HELD:
		break;
	case CHANNEL_PART_WHOLE:
		if (p->value_of != CHANNEL_NO_SERIES)
			buf_printf(
			    out, " W%zu=%.*s", p->value_at, (int)t.len, t.p);
		else if (p->seams != NULL)
			buf_printf(out, " R=%.*s", (int)t.len, t.p);
		break;
	case CHANNEL_PART_VALUE:
		assert_int_equal(p->end - p->start, t.len);
		buf_printf(out, " %sV%zu+%zu=%.*s", p->fresh ? "!" : "",
		    p->start, p->known, (int)t.len, t.p);
		if (p->of != CHANNEL_NO_SERIES)
			buf_printf(out, "~%u", p->of);
		if (p->over)
			buf_addc(out, '.');
		break;
	case CHANNEL_PART_MIRROR:
		buf_printf(out, " M%u=%.*s", p->series, (int)t.len, t.p);
		break;
	case CHANNEL_PART_BESIDE:
		buf_printf(out, " B=%.*s", (int)t.len, t.p);
		break;
	}
}

static void check(const char *wire, const char *expect)
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
		for (size_t i = 0; i < f.n_parts; i++)
			trace_part(&f.parts[i], &got);
		if (f.role == CHANNEL_FRAME_UNREADABLE)
			buf_adds(&got, " unreadable");
		buf_addc(&got, '|');
	}
	if (strcmp(got.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", wire, got.data, expect);
	buf_clear(&got);
	sse_clear(&d);
	channel_stream_free(s);
}

#define CHUNK(members) "data: {" members "}\n\n"
#define STATUS(t) CHUNK("\"status\":\"" t "\"")
#define CHOICE(members) CHUNK("\"choices\":[{\"index\":0," members "}]")
#define SAY(t) CHOICE("\"delta\":{\"content\":\"" t "\"}")
#define SAY_IT(json) CHOICE("\"delta\":{\"content\":" json "}")
#define BOTH(t, so_far)                                                        \
	CHOICE("\"message\":{\"content\":\"" so_far                            \
	       "\"},\"delta\":{\"content\":\"" t "\"}")

static void test_alone_and_joined(void **state)
{
	check(STATUS("Hours") STATUS("Launch code"),
	    " !V0+0=Hours W0=Hours|"
	    " !V5+0=Launch code W5=Launch code B=HoursLaunch code"
	    " B=Hours Launch code B=Hours\nLaunch code|");
	/* It grows: only what is new is fed, all of it is judged. */
	check(STATUS("La") STATUS("Launch") STATUS("x"),
	    " !V0+0=La W0=La| V0+2=Launch W0=Launch B=LaLaunch|"
	    " !V6+0=x W6=x B=x B=LaLaunch x B=LaLaunch\nx|");
	/* The same again is nothing new, and does not grow; nor did what grew
	 * and rests a while, but nobody knows. */
	check(STATUS("on hold") STATUS("on hold") STATUS("on hold again"),
	    " !V0+0=on hold W0=on hold| V0+7=on hold. B=on holdon hold|"
	    " !V7+0=on hold again W7=on hold again B=on hold again"
	    " B=on holdon hold on hold again B=on holdon hold\non hold again|");
	check(STATUS("1") STATUS("12") STATUS("12") STATUS("123"),
	    " !V0+0=1 W0=1| V0+1=12 W0=12 B=112| V0+2=12 B=12|"
	    " V0+2=123 W0=123 B=123|");
	/* Names, too: some clients take the last one. */
	check(CHOICE("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{"
		     "\"name\":\"a\"}}]}")
		  CHOICE("\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
			 "{\"name\":\"b c\"}}]}"),
	    " !V0+0=a W0=a| !V1+0=b c W1=b c B=ab c B=a b c B=a\nb c|");
	/* And with their escapes undone. */
	check(STATUS("x") STATUS("\\\\u0061b"),
	    " !V0+0=x W0=x| !V1+0=\\u0061b W1=\\u0061b R=ab R=xab B=x\\u0061b"
	    " B=x \\u0061b B=x\n\\u0061b|");
}

static void test_mirrors(void **state)
{
	/* All that is said so far, with this frame or without; before it in the
	 * frame or behind. */
	check(BOTH("Hi", "Hi") BOTH(" you", "Hi you")
		  CHOICE("\"delta\":{\"content\":\" all\"},\"message\":{"
			 "\"content\":\"Hi you\"}")
		      CHOICE("\"message\":{\"content\":\"Hi you all\"}"),
	    " M1=Hi| M1=Hi you B=HiHi you| M1=Hi you B=Hi you|"
	    " M1=Hi you all B=Hi you all|");
	/* The beginning of it alone is judged as well. */
	check(SAY("Hi you") SAY(" all") STATUS("Hi"), "|| !V0+0=Hi~0 W0=Hi|");
	/* Of another choice, or no beginning: a value. */
	check(SAY("Hi") CHUNK("\"choices\":[{\"index\":1,\"note\":\"Hi\"}]")
		  STATUS("i"),
	    "| !V0+0=Hi W0=Hi| !V0+0=i W0=i|");
}

/* Two at a time that have no numbers: a client may take them for one. */
static void test_without_numbers(void **state)
{
	check(CHUNK("\"choices\":[{\"delta\":{\"content\":\"a\"}},{\"delta\":{"
		    "\"content\":\"b\"}}]"),
	    " unreadable|");
}

/* An object where a text or a list of its parts stands: its members are no
 * parts of one text. */
static void test_members(void **state)
{
	check(SAY_IT("{\"type\":\"text\",\"text\":\"4111 1\"}"),
	    " !V0+0=text W0=text !V0+0=4111 1 W0=4111 1|");
	check(SAY_IT("{\"text\":\"4111 1\",\"lang\":\"en\"}"),
	    " !V0+0=4111 1 W0=4111 1 !V0+0=en W0=en B=4111 1en"
	    " B=4111 1 en B=4111 1\nen|");
	check(SAY_IT("{\"a\":{\"type\":\"text\",\"text\":\"x\"},"
		     "\"b\":{\"type\":\"text\",\"text\":\"4111\"}}"),
	    " !V0+0=x W0=x !V0+0=4111 W0=4111 B=x4111 B=x 4111 B=x\n4111|");
	/* It grows. */
	check(SAY_IT("{\"text\":\"4111 \"}") SAY_IT("{\"text\":\"1\"}"),
	    " !V0+0=4111  W0=4111 |"
	    " !V5+0=1 W5=1 B=4111 1 B=4111  1 B=4111 \n1"
	    " B=4111 1 B=4111  1 B=4111 \n1|");
	/* Parts of a list are. */
	check(SAY_IT("[{\"type\":\"text\",\"text\":\"4111\"}]"), "|");
}

/* Snapshots of a text to its end cost no more than its length by and by; other
 * values have a limit. */
static void test_bounds(void **state)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct buf text = {0};
	struct channel_frame f;
	struct sse_frame sse = {.dispatched = true};
	bool refused = false;
	size_t judged = 0;

	buf_adds(&text, "");
	for (int i = 0; i < 4000 && !refused; i++) {
		struct buf data = {0};
		buf_adds(&text, "word ");
		buf_printf(&data,
		    "{\"choices\":[{\"index\":0,\"message\":{"
		    "\"content\":\"%s\"},\"delta\":{\"content\":"
		    "\"word \"}}]}",
		    text.data);
		sse.data = (struct span){data.data, data.len};
		channel_stream_frame(s, &sse, &f);
		assert_int_equal(f.role, CHANNEL_FRAME_TEXT);
		for (size_t k = 0; k < f.n_parts; k++)
			if (f.parts[k].mode != CHANNEL_PART_MIRROR)
				judged += f.parts[k].text.len;
		buf_clear(&data);
	}
	assert_true(judged < 10 * text.len);
	buf_reset(&text);
	for (int i = 0; i < 4000 && !refused; i++) {
		struct buf data = {0};
		buf_adds(&text, "more ");
		buf_printf(&data, "{\"status\":\"%s\"}", text.data);
		sse.data = (struct span){data.data, data.len};
		channel_stream_frame(s, &sse, &f);
		refused = f.role == CHANNEL_FRAME_UNREADABLE;
		buf_clear(&data);
	}
	assert_true(refused);
	buf_clear(&text);
	channel_stream_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alone_and_joined),
	    cmocka_unit_test(test_mirrors),
	    cmocka_unit_test(test_without_numbers),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_bounds),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
