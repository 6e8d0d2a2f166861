/* Frames of a stream: parts, ends, and what cannot be read. */
#include "proxy/channel/stream.h"
#include "tests/unit/channel/frames.h"

static void test_text(void **state)
{
	check(DELTA(0, "\"role\":\"assistant\",\"content\":\"\"")
		  SAY(0, "Good ") SAY(0, "day\\n")
		      FINISH(0) "data: "
				"{\"choices\":[],\"usage\":{\"total_tokens\":3}"
				"}\n\n" DONE,
	    "pass|text 0/contentS0=Good |text 0/contentS5=day\n|"
	    "pass|pass|done end0|pass|");
	/* Choices and kinds of text stay apart. */
	check(SAY(1, "a") SAY(0, "b") DELTA(1, "\"refusal\":\"c\"") SAY(1, "d")
		  FINISH(1) DONE,
	    "text 1/contentS0=a|text 0/contentS0=b|text 1/refusalS0=c|"
	    "text 1/contentS1=d|pass|done end0 end1 end2|pass|");
	/* Text and end in one frame; no end at all. */
	check("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},"
	      "\"finish_reason\":\"stop\"}]}\n\n",
	    "text 0/contentS0=a|pass end0|");
	/* A client adds up what comes after the end as well. */
	check(SAY(0, "a") FINISH(0) SAY(0, "") FINISH(0) SAY(1, "c")
		  SAY(0, "b"),
	    "text 0/contentS0=a|pass|pass|pass|text 1/contentS0=c|"
	    "text 0/contentS1=b|pass end0 end1|");
	check(SAY(0, "a") FINISH(0) DELTA(0, "\"refusal\":\"b\""),
	    "text 0/contentS0=a|pass|text 0/refusalS0=b|pass end0 end1|");
	/* What is empty to a client that asks whether it is over. */
	check(ENDED("\"\"", "a") ENDED("false", "b") ENDED("0", "c")
		  ENDED("null", "d") ENDED("\"length\"", "e"),
	    "text 0/contentS0=a|text 0/contentS1=b|text 0/contentS2=c|"
	    "text 0/contentS3=d|text 0/contentS4=e|pass end0|");
	check("data: {\"choices\":[{\"index\":0,\"finish_reason\":null}]}\n\n",
	    "pass|pass|");
}

static void test_unlisted(void **state)
{
	/* A field nobody has heard of has values: see test_stream_values. */
	check(DELTA(0, "\"thoughts\":\"ref\"") DELTA(0, "\"thoughts\":\"und\""),
	    "text 0/delta/thoughtsV0=ref *W0=ref *W0=thoughts|"
	    "text 0/delta/thoughtsV3=und *W0=und *W0=thoughts|pass end0|");
	check("data: {\"obfuscation\":\"aB3\",\"model\":\"not a token\"}\n\n",
	    "text /modelV0=not a token *W0=not a token|pass end0|");
	/* Comments, names and ids reach the client as well. */
	check(": hi there\n\nevent: no token\nid: 7\ndata: [DONE]\n\n",
	    "text *W0=: hi there|done *W0=no token|pass|");
	check(":\n\nid: 1\n\n", "pass|pass|pass|");
}

static void test_halves(void **state)
{
	check(SAY(0, "a\\ud83d") SAY(0, "\\ude00b"),
	    "text 0/contentS0=a|text 0/contentS1=\xf0\x9f\x98\x80"
	    "b|"
	    "pass end0|");
	check(SAY(0, "\\ud83d") SAY(0, "x\\ude00"),
	    "text 0/contentS0=|text 0/contentS0=\xef\xbf\xbd"
	    "x\xef\xbf\xbd|"
	    "pass end0|");
}

static void test_errors(void **state)
{
	check("data: {\"error\":{\"message\":\"boom\",\"type\":\"x\"}}\n\n",
	    "error /errorV0=boom *W0=boom|pass end0|");
	check("data: {\"error\":null}\n\n", "pass|pass|");
	check("data: not json\n\n", "unreadable|pass|");
	check("data: {\"choices\":[{\"delta\":{\"content\":7}}]}\n\n",
	    "unreadable|pass|");
	check("data: [1]\n\n", "unreadable|pass|");
	check(": \xff\n\n", "unreadable|pass|");
	check("data: {\"a\":1,\"a\":2}\n\n", "unreadable|pass|");
	check("data:\n\n", "unreadable|pass|");
}

/* What one client reads as one text and another as two cannot be read. */
static void test_numbers(void **state)
{
#define BARE(d) "data: {\"choices\":[{\"delta\":{" d "}}]}\n\n"
	static const char *const odd[] = {
	    "1.0", "1e0", "10e-1", "-1", "\"1\"", "01", "true", "[1]"};
	struct buf wire = {0}, got = {0};

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		buf_reset(&wire);
		buf_reset(&got);
		buf_printf(&wire,
		    SAY(1, "I ") "data: {\"choices\":[{\"index\":%s,\"delta\":"
				 "{\"content\":\"guarantee\"}}]}\n\n",
		    odd[i]);
		trace(wire.data, &got);
		if (strcmp(got.data,
			"text 1/contentS0=I |unreadable|pass end0|") != 0)
			fail_msg("%s: %s", odd[i], got.data);
	}
	buf_clear(&wire);
	buf_clear(&got);
	check(BARE("\"content\":\"a\"") BARE("\"content\":\"b\""),
	    "text 0/contentS0=a|text 0/contentS1=b|pass end0|");
	/* With its number and without: the same to some only. */
	check(SAY(0, "a") BARE("\"role\":\"assistant\"")
		  BARE("\"content\":\"b\""),
	    "text 0/contentS0=a|pass|unreadable|pass end0|");
#define CALL(i) "\"tool_calls\":[{" i "\"function\":{\"arguments\":\"1\"}}]"
	check(DELTA(0, CALL("\"index\":0,")) DELTA(0, CALL("")),
	    "text 0/delta/tool_calls/0/function/argumentsH0=1|unreadable|"
	    "text *W0@0=1 ~W0@0=1 end0|");
	check(DELTA(0, CALL("\"index\":0.0,")), "unreadable|pass|");
}

/* A client that asked for one choice may take all of them for one text. */
static void test_more_than_asked(void **state)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;

	channel_stream_expect(s, 1);
	sse_init(&d, NULL);
	sse_feed(&d, SAY(1, "a") SAY(1, "b") SAY(0, "c"),
	    sizeof SAY(1, "a") SAY(1, "b") SAY(0, "c") - 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sse_next(&d, &sse), 1);
		channel_stream_frame(s, &sse, &f);
		assert_int_equal(f.role,
		    i < 2 ? CHANNEL_FRAME_TEXT : CHANNEL_FRAME_UNREADABLE);
	}
	sse_clear(&d);
	channel_stream_free(s);
}

/* The readings of a stream: "fresh" begins one, "end" ends it. */
static void check_joined(const char *wire, const char *expect)
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
		for (size_t i = 0; i < f.n_parts; i++) {
			const struct channel_part *p = &f.parts[i];
			if (p->mode == CHANNEL_PART_BESIDE)
				buf_printf(&got, "%s%u+%zu=%.*s ",
				    p->fresh ? "fresh " : "", p->series,
				    p->start, (int)p->text.len, p->text.p);
		}
		for (size_t i = 0; i < f.n_ends; i++)
			if (channel_stream_seams(s, f.ends[i]) != NULL)
				buf_printf(&got, "end%u ", f.ends[i]);
		buf_adds(&got, "|");
	}
	if (strcmp(got.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", wire, got.data, expect);
	buf_clear(&got);
	sse_clear(&d);
	channel_stream_free(s);
}

static void test_joined(void **state)
{
#define REASON(t) DELTA(0, "\"reasoning\":\"" t "\"")
#define LONG                                                                   \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "   \
	"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 "
	/* One place, or several that say the same: nothing to put together. */
	check_joined(SAY(0, "a") SAY(0, "b") DONE, "|||");
	/* An escape cut behind its backslash, with nothing before it. */
	check_joined(SAY(0, "\\\\") SAY(0, "u0041b") DONE,
	    "fresh 1+0= |fresh 1+0=Ab |end1 |");
	/* An escape of an escape: what came before belongs to both. */
	check_joined(SAY(0, "hid") SAY(0, "\\\\") SAY(0, "\\\\")
			 SAY(0, "u0064e") DONE,
	    "|fresh 1+0=hid |1+3=\\ fresh 2+0=hid |1+4=u0064e 2+3=de |"
	    "end1 end2 |");
	/* What is not finished at the end is what it is. */
	check_joined(SAY(0, "a\\\\61") DONE, "fresh 1+0=a |1+1=1 end1 |");
	check_joined(DELTA(0, "\"content\":[{\"text\":\"a\"}]")
			 DELTA(0, "\"content\":[{\"text\":\"b\"}]"),
	    "||");
	check_joined(
	    DELTA(0, "\"reasoning\":\"a\",\"reasoning_content\":\"a\"")
		DELTA(0, "\"reasoning\":\"b\",\"reasoning_content\":\"b\""),
	    "||");
	/* Two parts: below each other too. */
	check_joined(DELTA(0, "\"content\":[{\"text\":\"a\"},{\"text\":\"b\"}]")
			 DONE,
	    "fresh 2+0=a b fresh 3+0=a\nb |end2 end3 |");
	/* Another text: as far as a sentence goes on, and not for ever. */
	check_joined(REASON("x.") SAY(0, "a"), "||");
	check_joined(REASON("x. I") SAY(0, "g") SAY(0, "u") DONE,
	    "|fresh 2+0=x. Ig fresh 3+0=x. I g fresh 4+0=x. I\ng |"
	    "2+5=u 3+6=u 4+6=u |end2 end3 end4 |");
	check_joined(REASON("I") SAY(0, LONG) SAY(0, LONG) SAY(0, LONG)
			 SAY(0, LONG) SAY(0, "b") REASON("c") SAY(0, "d"),
	    "|fresh 2+0=I" LONG " fresh 3+0=I " LONG " fresh 4+0=I\n" LONG
	    " |2+133=" LONG " 3+134=" LONG " 4+134=" LONG " |2+265=" LONG
	    " 3+266=" LONG " 4+266=" LONG " |2+397=" LONG " 3+398=" LONG
	    " 4+398=" LONG " end2 end3 end4 ||fresh 2+529=I" LONG LONG LONG LONG
	    "bc fresh 3+530=I" LONG LONG LONG LONG
	    "b c fresh 4+530=I" LONG LONG LONG LONG
	    "b\nc |2+1060=d 3+1062= d 4+1062=\nd |");
}

/* Pieces of a list nobody has heard of. */
static void test_strands(void **state)
{
	/* One place, and another value of it. */
	check_joined(DELTA(0, "\"notes\":[\"a\"]")
			 DELTA(0, "\"notes\":[\"b\"]"),
	    "|fresh 1+0=ab fresh 2+0=a b fresh 3+0=a\nb "
	    "fresh 4+0=ab fresh 5+0=a b fresh 6+0=a\nb |");
	check_joined(DELTA(0, "\"notes\":[\"a\",\"b\"]") DONE,
	    "fresh 2+0=ab fresh 3+0=a b fresh 4+0=a\nb |"
	    "end2 end3 end4 |");
	check_joined(DELTA(0, "\"notes\":[\"x\",\"a\"]")
			 DELTA(0, "\"notes\":[\"b\"]") DONE,
	    "fresh 2+0=xa fresh 3+0=x a fresh 4+0=x\na |"
	    "fresh 5+0=xb fresh 6+0=x b fresh 7+0=x\nb 2+2=b 3+3= b 4+3=\nb |"
	    "end2 end3 end4 end5 end6 end7 |");
	/* Each with those of its number, and in the order they come. */
	check_joined(DELTA(0,
			 "\"n\":[{\"index\":0,\"t\":\"a\"},"
			 "{\"index\":1,\"t\":\"x\"}]") DELTA(0,
			 "\"n\":[{\"index\":0,\"t\":\"b\"},"
			 "{\"index\":1,\"t\":\"y\"}]"),
	    "fresh 2+0=ax fresh 3+0=a x fresh 4+0=a\nx |"
	    "fresh 5+0=ab fresh 6+0=a b fresh 7+0=a\nb "
	    "2+2=by 3+3= b y 4+3=\nb\ny "
	    "fresh 8+0=xy fresh 9+0=x y fresh 10+0=x\ny |");
	check_joined(DELTA(0, "\"notes\":\"a\"") DELTA(0, "\"notes\":[\"b\"]")
			 DONE,
	    "|fresh 2+0=ab fresh 3+0=a b fresh 4+0=a\nb |"
	    "end2 end3 end4 |");
	check_joined(DELTA(0, "\"n\":\"a\"") DELTA(0, "\"\\u006e\":\"b\"") DONE,
	    "|fresh 2+0=ab fresh 3+0=a b fresh 4+0=a\nb |"
	    "end2 end3 end4 |");
	/* An object where a text was. */
	check_joined(DELTA(0, "\"content\":\"a\"")
			 DELTA(0, "\"content\":{\"text\":\"b\"}") DONE,
	    "|fresh 2+0=ab fresh 3+0=a b fresh 4+0=a\nb |"
	    "end2 end3 end4 |");
}

#define PARTS(c) DELTA(0, "\"content\":" c)

/* A client may show a text place after place: one that goes on after another
 * has begun is read in no way we know. */
static void test_places_in_turn(void **state)
{
	check(SAY(0, "a") PARTS("[\"b\"]") PARTS("[\"c\"]"),
	    "text 0/contentS0=a|text 0/contentS1=b|text 0/contentS2=c|"
	    "pass end0|");
	check(SAY(0, "a") PARTS("[\"b\"]") SAY(0, "c"),
	    "text 0/contentS0=a|text 0/contentS1=b|unreadable|pass end0|");
	check(PARTS("[\"a\",\"b\"]") PARTS("[\"c\"]"),
	    "text 0/contentS0=a 0/contentS1=b|unreadable|pass end0|");
	/* Numbers count where there are some, whatever the place. */
	check(PARTS("[{\"index\":0,\"text\":\"a\"}]")
		  PARTS("[{\"index\":1,\"text\":\"b\"}]")
		      PARTS("[{\"index\":0,\"text\":\"c\"}]"),
	    "text 0/contentS0=a|text 0/contentS1=b|unreadable|pass end0|");
	/* Other texts may come between. */
	check(SAY(0, "a") DELTA(0, "\"refusal\":\"b\"") SAY(0, "c"),
	    "text 0/contentS0=a|text 0/refusalS0=b|text 0/contentS1=c|"
	    "pass end0 end1|");
}

#define PROBS(t, p)                                                            \
	"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" t         \
	"\"},\"logprobs\":{\"content\":[{\"token\":\"" p "\"}]}}]}\n\n"

/* The labels of each frame: WHOLE ones, glued ones ("/" behind), then
 * "series+start=text" of changes,
 * "~" before noise. */
static void check_labels(const char *wire, const char *expect)
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
		for (size_t i = 0; i < f.n_parts; i++) {
			const struct channel_part *p = &f.parts[i];
			if (!p->label)
				continue;
			if (p->mode == CHANNEL_PART_BESIDE)
				buf_printf(&got,
				    "%s%u+%zu=", p->noise ? "~" : "", p->series,
				    p->start);
			buf_add(&got, p->text.p, p->text.len);
			if (p->mode == CHANNEL_PART_WHOLE &&
			    p->text.p[p->text.len - 1] != '\n')
				buf_addc(&got, '/');
		}
		buf_printf(
		    &got, "%s|", f.role == CHANNEL_FRAME_UNREADABLE ? "?" : "");
	}
	if (strcmp(got.data, expect) != 0)
		fail_msg("%s\n got %s\nwant %s", wire, got.data, expect);
	buf_clear(&got);
	sse_clear(&d);
	channel_stream_free(s);
}

static void test_labels(void **state)
{
#define TOP(members) "data: {" members ",\"choices\":[]}\n\n"
	/* New ones, then only what changes. */
	check_labels(TOP("\"id\":\"a\",\"model\":\"m\"")
			 TOP("\"id\":\"a\",\"model\":\"m\"")
			     TOP("\"id\":\"b\",\"model\":\"m\"")
				 TOP("\"id\":\"c\",\"model\":\"n\""),
	    "a\nm\n||ab/0+0=a b b\n|abc/0+4=c mn/1+0=m n c\nn\n|");
	/* What stands outside the data. */
	check_labels(": x y\nevent: e\nid: 7\ndata: [DONE]\n\n"
		     ": x y\nevent: f\nid: 8\ndata: [DONE]\n\n"
		     "event: f\nid: 10\ndata: [DONE]\n\n",
	    ": x y\ne\n7\n|0+0=e f |1+0=8 10 |");
	check_labels("event: \xff\ndata: [DONE]\n\n", "?|");
	/* Padding of one word is another each time; of several it is a label.
	 */
	check_labels(TOP("\"obfuscation\":\"aB3\"") TOP("\"obfuscation\":\"x\"")
			 TOP("\"obfuscation\":\"I-g\""),
	    "~0+0=aB3 |~0+4=x |0+6=I-g |");
	/* Known values, small numbers and times say nothing; others do. */
	check_labels(TOP("\"object\":\"chat.completion.chunk\",\"created\":"
			 "1751234567,\"usage\":{\"total_tokens\":1}")
			 TOP("\"object\":\"odd\",\"created\":4111111111111111"),
	    "|odd\n4111111111111111\n|");
	/* Of one message, and of a call of it. */
	check_labels(DELTA(0, "\"role\":\"x\"") DELTA(0, "\"role\":\"y\"")
			 DELTA(1, "\"role\":\"y\""),
	    "c\nx\n|xy/0+0=x y y\n|y\n|");
	check_labels(
	    DELTA(0, "\"tool_calls\":[{\"id\":\"a\"},{\"id\":\"b\"}]")
		DELTA(0, "\"tool_calls\":[{\"id\":\"a\"},{\"id\":\"d\"}]"),
	    "c\na\nb\n|bd/0+0=b d d\n|");
	/* By their numbers, too. */
	check_labels(DELTA(0,
			 "\"tool_calls\":[{\"index\":0,\"id\":\"a\"},"
			 "{\"index\":1,\"id\":\"b\"}]") DELTA(0,
			 "\"tool_calls\":[{\"index\":1,\"id\":\"d\"}]"),
	    "c\na\nb\n|ad/0+0=a d bd/d\n|");
	/* Columns of tokens. */
	check_labels(PROBS("a", "I") PROBS("b", " do"), "1+0=I|1+1= do|");
}

/* Of an id the pieces may be no ids: all are glued. */
static void test_labels_that_are_texts(void **state)
{
	check_labels(DELTA(0, "\"role\":\"a \"") DELTA(0, "\"role\":\"b\""),
	    "c\n|a b/1+0=a  b b\n|");
	check_labels(DELTA(0, "\"audio\":{\"id\":\"a b\"}")
			 DELTA(0, "\"audio\":{\"id\":\"c\"}"),
	    "c\n|a bc/1+0=a b c c\n|");
	check(DELTA(0, "\"role\":\"a\"") DELTA(0, "\"role\":\" b\""),
	    "pass|text 0/delta/roleV0= b *W0= b *W0=a b|pass end0|");
}

static void test_too_many_labels(void **state)
{
	struct channel_stream *s = channel_stream_new(channel);
	struct sse_decoder d;
	struct sse_frame sse;
	struct channel_frame f;
	struct buf wire = {0};

	for (int i = 0; i < 1100; i++)
		buf_printf(&wire, "data: {\"usage\":{\"k%d\":1}}\n\n", i);
	sse_init(&d, NULL);
	sse_feed(&d, wire.data, wire.len);
	int read = 0;
	while (sse_next(&d, &sse) == 1) {
		channel_stream_frame(s, &sse, &f);
		read += f.role != CHANNEL_FRAME_UNREADABLE;
	}
	assert_int_equal(read, 1024);
	sse_clear(&d);
	channel_stream_free(s);
	buf_clear(&wire);
}

static void test_mirrors(void **state)
{
	check(PROBS("a", "a") PROBS("b", "x"),
	    "text 0/contentS0=a|text 0/contentS1=b|pass end0|");
	check("data: {\"choices\":[{\"index\":0,\"logprobs\":{\"content\":["
	      "{\"token\":\"a\",\"bytes\":[98]}]}}]}\n\n",
	    "pass drop|pass|");
	check("data: {\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null}"
	      "]}\n\n",
	    "pass|pass|");
}

/* Many choices or many series: refused, not dropped. */
static void test_limits(void **state)
{
	struct buf wire = {0}, got = {0};

	for (int i = 0; i < 65; i++)
		buf_printf(&wire,
		    "data: {\"choices\":[{\"index\":%d,\"delta\":{}}]}\n\n", i);
	trace(wire.data, &got);
	assert_non_null(strstr(got.data, "|pass|unreadable|"));
	buf_reset(&wire);
	buf_reset(&got);
	for (int i = 0; i < 1025; i++)
		buf_printf(
		    &wire, "data: {\"model\":[{\"a%d\":\"x y\"}]}\n\n", i);
	trace(wire.data, &got);
	assert_non_null(strstr(got.data, "|unreadable|"));
	buf_clear(&wire);
	buf_clear(&got);
}

/* Any cutting of a text into deltas is the same series. */
static void test_cuts(void **state)
{
	static const char text[] = "Your refund of 900 is approved.";

	for (size_t cut = 1; cut + 1 < sizeof text; cut++) {
		struct channel_stream *s = channel_stream_new(channel);
		struct sse_decoder d;
		struct sse_frame sse;
		struct channel_frame f;
		struct buf wire = {0}, all = {0};
		sse_init(&d, NULL);
		buf_printf(&wire, SAY(0, "%.*s") SAY(0, "%s"), (int)cut, text,
		    text + cut);
		sse_feed(&d, wire.data, wire.len);
		while (sse_next(&d, &sse) == 1) {
			channel_stream_frame(s, &sse, &f);
			assert_true(f.n_parts == 1 || f.parts[1].label);
			assert_int_equal(f.parts[0].start, all.len);
			buf_add(&all, f.parts[0].text.p, f.parts[0].text.len);
			assert_int_equal(f.parts[0].end, all.len);
		}
		assert_string_equal(all.data, text);
		assert_int_equal(channel_stream_n_series(s), 1);
		buf_clear(&wire);
		buf_clear(&all);
		sse_clear(&d);
		channel_stream_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_unlisted),
	    cmocka_unit_test(test_halves),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_more_than_asked),
	    cmocka_unit_test(test_joined),
	    cmocka_unit_test(test_strands),
	    cmocka_unit_test(test_places_in_turn),
	    cmocka_unit_test(test_labels),
	    cmocka_unit_test(test_labels_that_are_texts),
	    cmocka_unit_test(test_too_many_labels),
	    cmocka_unit_test(test_mirrors),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_cuts),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
