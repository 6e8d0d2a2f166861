/* frames: what leaves a stream that is judged while it arrives. */
#include "tests/unit/relay/frames_kit.h"

/* What a client puts together: the contents of all deltas. */
static void said(struct fixture *x, const struct buf *out, struct buf *text)
{
	struct sse_decoder sse;
	struct sse_frame frame;
	struct channel_stream *s = channel_stream_new(x->channel);
	sse_init(&sse, NULL);
	sse_feed(&sse, out->data, out->len);
	buf_adds(text, "");
	while (sse_next(&sse, &frame) == 1) {
		struct channel_frame c;
		channel_stream_frame(s, &frame, &c);
		assert_int_not_equal(c.role, CHANNEL_FRAME_UNREADABLE);
		for (size_t i = 0; i < c.n_parts; i++)
			if (c.parts[i].kind == CHANNEL_SAID &&
			    c.parts[i].mode != CHANNEL_PART_BESIDE)
				buf_add(text, c.parts[i].text.p,
				    c.parts[i].text.len);
	}
	channel_stream_free(s);
	sse_clear(&sse);
}

static const size_t pieces[] = {1, 2, 3, 5, 7, 100};
static void each_cutting(struct fixture *x, const char *text,
    enum guard_action want,
    void (*check)(
	const struct buf *in, const struct played *, const char *said))
{
	for (size_t p = 0; p < 6; p++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0}, words = {0};
			struct played got;
			stream_of(&in, text, pieces[p]);
			play(x, &in, steps[s], &got);
			if (got.action != want)
				fail_msg("piece %zu step %zu: %s", pieces[p],
				    steps[s], guard_action_name(got.action));
			said(x, &got.out, &words);
			check(&in, &got, words.data);
			buf_clear(&in);
			buf_clear(&words);
			played_clear(&got);
		}
}

static void same_bytes(
    const struct buf *in, const struct played *got, const char *words)
{
	const struct buf *out = &got->out;
	(void)words;
	assert_int_equal(in->len, out->len);
	assert_memory_equal(in->data, out->data, in->len);
	assert_false(got->told.differs);
	assert_string_equal(got->told.of[CHANNEL_SAID].all.data,
	    "Your order left us today. It comes on Friday.");
}

static void test_clean_is_identical(void **state)
{
	each_cutting(*state, "Your order left us today. It comes on Friday.",
	    GUARD_DELIVER, same_bytes);
}

/* What people are told of a cut: what the customer has, then the rest. */
static void is_told(const struct told *told, const char *all, const char *words,
    const char *own)
{
	const struct told_text *t = &told->of[CHANNEL_SAID];
	size_t n = t->seen.len;
	assert_true(told->differs);
	assert_int_equal(told->fired, CHANNEL_SAID);
	assert_string_equal(t->all.data, all);
	assert_memory_equal(words, n ? t->seen.data : "", n);
	assert_string_equal(words + strlen(words) - strlen(own), own);
	assert_memory_equal(all, n ? t->seen.data : "", n);
	assert_string_equal(all + n, t->rest.data);
}

static void is_bridged(
    const struct buf *in, const struct played *got, const char *words)
{
	const struct buf *out = &got->out;
	(void)in;
	/* Reading stops at the cut: the draft is what there was by then. */
	const struct told_text *t = &got->told.of[CHANNEL_SAID];
	assert_non_null(strstr(t->rest.data, "I guarantee"));
	is_told(&got->told, t->all.data, words, "A colleague takes over.");
	assert_null(strstr(out->data, "guarantee"));
	assert_null(strstr(out->data, "zq81"));
	assert_non_null(strstr(words, "A colleague takes over."));
	assert_non_null(strstr(out->data, "data: [DONE]\n\n"));
}

static void test_handoff_cuts(void **state)
{
	each_cutting(*state, "Sure thing. I guarantee zq81 will work fine.",
	    GUARD_HANDOFF, is_bridged);
}

static void is_redacted(
    const struct buf *in, const struct played *got, const char *words)
{
	const struct buf *out = &got->out;
	(void)in;
	const struct told_text *t = &got->told.of[CHANNEL_SAID];
	assert_string_equal(
	    t->all.data, "Your card 4111 1111 1111 1111 is set. Bye.");
	assert_string_equal(t->seen.data, "Your card XX is set. Bye.");
	assert_int_equal(t->rest.len, 0);
	assert_string_equal(words, "Your card XX is set. Bye.");
	assert_null(strstr(out->data, "4111"));
}

static void test_redact_splices(void **state)
{
	each_cutting(*state, "Your card 4111 1111 1111 1111 is set. Bye.",
	    GUARD_REDACT, is_redacted);
}

/* Whatever of the card's frames have left, its place has been filled whole. */
static void is_redacted_and_bridged(
    const struct buf *in, const struct played *got, const char *words)
{
	static const char own[] = "A colleague takes over.";
	static const char card[] = "4111 1111 1111 1111";
	const struct told_text *t = &got->told.of[CHANNEL_SAID];
	const char *all = t->all.data, *seen = t->seen.len ? t->seen.data : "";
	size_t before = (size_t)(strstr(all, card) - all);
	(void)in;
	assert_memory_equal(words, seen, t->seen.len);
	words += t->seen.len;
	assert_string_equal(words + strspn(words, "\n"), own);
	if (strstr(seen, "XX"))
		before += strlen(card) + t->seen.len - before - strlen("XX");
	else
		before = t->seen.len;
	assert_string_equal(all + before, t->rest.data);
	assert_null(strstr(got->out.data, "4111"));
	assert_null(strstr(got->out.data, "zq81"));
}

static void test_redact_then_handoff(void **state)
{
	each_cutting(*state,
	    "Your card 4111 1111 1111 1111 I guarantee zq81 it.", GUARD_HANDOFF,
	    is_redacted_and_bridged);
	each_cutting(*state,
	    "Your card 4111 1111 1111 1111 is set. I guarantee zq81 it.",
	    GUARD_HANDOFF, is_redacted_and_bridged);
}

static void is_blocked(
    const struct buf *in, const struct played *got, const char *words)
{
	const struct buf *out = &got->out;
	(void)in;
	is_told(&got->told, "Well, a forbidden word and more after it.", words,
	    "No.");
	assert_null(strstr(out->data, "forbidden"));
	assert_null(strstr(out->data, "after"));
	assert_string_equal(words + strlen(words) - 3, "No.");
}

static void test_block_stops(void **state)
{
	each_cutting(*state, "Well, a forbidden word and more after it.",
	    GUARD_BLOCK, is_blocked);
}

static void is_appended(
    const struct buf *in, const struct played *got, const char *words)
{
	const struct buf *out = &got->out;
	(void)in;
	assert_string_equal(words, "It is 9 per month for 2 years. APR 9.");
	assert_non_null(strstr(out->data, "data: [DONE]\n\n"));
}

static void test_append_follows(void **state)
{
	each_cutting(*state, "It is 9 per month for 2 years.", GUARD_APPEND,
	    is_appended);
}

/* An edit waits for its record; nothing behind it overtakes. */
static void test_edit_waits_for_its_record(void **state)
{
	struct fixture *x = *state;
	struct buf in = {0}, out = {0};
	stream_of(&in, "Card 4111 1111 1111 1111 is yours. Good bye now.", 4);
	struct frames *f = begin(x);
	frames_feed(f, in.data, in.len);
	frames_take(f, &out);
	assert_true(frames_edits(f) > 0);
	assert_null(out.data ? strstr(out.data, "XX") : NULL);
	assert_null(out.data ? strstr(out.data, "bye") : NULL);
	frames_edits_recorded(f, frames_edits(f));
	frames_take(f, &out);
	assert_non_null(strstr(out.data, "XX"));
	frames_free(f);
	buf_clear(&in);
	buf_clear(&out);
}

/* A tool call held to its end: withheld whole, and known for what it is. */
static void test_a_tool_call_is_told(void **state)
{
	struct fixture *x = *state;
	struct buf in = {0};
	struct played got;
	delta(&in,
	    "\"delta\":{\"role\":\"assistant\",\"content\":\"One moment.\","
	    "\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\","
	    "\"function\":{\"name\":\"reply\",\"arguments\":\"{\\\"text\\\":\"}"
	    "}]},\"finish_reason\":null");
	delta(&in,
	    "\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{"
	    "\"arguments\":\"\\\"I guarantee it.\\\"}\"}}]},"
	    "\"finish_reason\":\"tool_calls\"");
	buf_adds(&in, "data: [DONE]\n\n");
	play(x, &in, 7, &got);
	assert_int_equal(got.action, GUARD_HANDOFF);
	assert_int_equal(got.told.fired, CHANNEL_TOOL);
	assert_string_equal(got.told.of[CHANNEL_TOOL].all.data,
	    "reply\n{\"text\":\"I guarantee it.\"}");
	assert_non_null(
	    strstr(got.told.of[CHANNEL_TOOL].rest.data, "I guarantee it."));
	assert_string_equal(got.told.of[CHANNEL_SAID].all.data, "One moment.");
	played_clear(&got);
	buf_clear(&in);
}

static int64_t held_since(struct frames *f, const char *bytes)
{
	struct buf out = {0};
	frames_feed(f, bytes, strlen(bytes));
	frames_take(f, &out);
	buf_clear(&out);
	return frames_held_since(f);
}

static void test_since_when_words_wait(void **state)
{
	struct fixture *x = *state;
	struct frames *f = begin(x);
	struct buf said = {0}, may_be = {0}, ends = {0};
	delta(&said, "\"delta\":{\"content\":\"Hello. \"}");
	delta(&may_be, "\"delta\":{\"content\":\"I\"}");
	delta(&ends, "\"delta\":{},\"finish_reason\":\"stop\"");
	assert_int_equal(held_since(f, said.data), 0);
	int64_t since = held_since(f, may_be.data);
	assert_true(since > 0);
	assert_int_equal(held_since(f, ": still here\n\n"), since);
	assert_int_equal(held_since(f, said.data), 0);
	assert_true(held_since(f, "data: {") > 0);
	frames_free(f);
	f = begin(x);
	assert_int_equal(held_since(f, said.data), 0);
	assert_int_equal(held_since(f, ends.data), 0);
	frames_free(f);
	buf_clear(&said);
	buf_clear(&may_be);
	buf_clear(&ends);
}

static void test_not_a_frame_of_the_channel(void **state)
{
	struct fixture *x = *state;
	struct frames *f = begin(x);
	static const char junk[] = "data: {\"choices\": 7\n\n";
	struct buf out = {0};
	assert_int_equal(
	    frames_feed(f, junk, sizeof(junk) - 1), FRAMES_UNREADABLE);
	frames_take(f, &out);
	assert_int_equal(out.len, 0);
	struct told told;
	told_init(&told);
	frames_told(f, frames_verdicts(f),
	    verdicts_withhold(frames_verdicts(f)), &told);
	assert_string_equal(told.unreadable.data, junk);
	told_clear(&told);
	frames_free(f);
	buf_clear(&out);
}

/* Frames that add nothing behind text that is held: what they cost is bounded,
 * in memory and not in text; what is withheld already keeps none. */
static size_t feed_empty(struct frames *f, const char *begin, size_t max)
{
	struct buf in = {0}, empty = {0}, out = {0};
	size_t n = 0;
	delta(&in, begin);
	delta(&empty, "\"delta\":{\"content\":\"\"}");
	enum frames_state state = frames_feed(f, in.data, in.len);
	while (state == FRAMES_OPEN && n < max) {
		n++;
		state = frames_feed(f, empty.data, empty.len);
		frames_take(f, &out);
		assert_true(frames_held(f) <= MAX_HELD + 4 * empty.len + 1000);
	}
	size_t fed = n * empty.len;
	buf_clear(&in);
	buf_clear(&empty);
	buf_clear(&out);
	return fed;
}

static void test_what_is_held_is_bounded(void **state)
{
	struct fixture *x = *state;
	struct frames *f = begin(x);
	size_t fed =
	    feed_empty(f, "\"delta\":{\"content\":\"well I guar\"}", 100000);
	assert_int_equal(frames_state(f), FRAMES_TOO_LARGE);
	assert_true(fed < MAX_HELD && fed > MAX_HELD / 6);
	frames_free(f);
	f = begin(x);
	feed_empty(f, "\"delta\":{\"content\":\"all is well. \"}", 10000);
	assert_int_equal(frames_state(f), FRAMES_OPEN);
	assert_int_equal(frames_held(f), 0);
	frames_free(f);
	f = begin(x);
	feed_empty(
	    f, "\"delta\":{\"content\":\"a forbidden word here. \"}", 10000);
	assert_int_equal(frames_state(f), FRAMES_OPEN);
	assert_true(frames_withheld(f));
	assert_true(frames_held(f) < 2000);
	frames_free(f);
}

/* ---- text behind a frame that says it was the last ---- */

/* How bots say that a message ends, or seem to. */
enum finish { EACH, EACH_AS_TEXT, BEFORE_LAST, TWICE, FINISHES };

static void finished_stream(
    struct buf *out, const char *text, size_t piece, enum finish how)
{
	static const char *const ends[][2] = {
	    [EACH] = {"\"stop\"", "\"stop\""},
	    [EACH_AS_TEXT] = {"\"null\"", "\"null\""},
	    [BEFORE_LAST] = {"null", "\"stop\""},
	    [TWICE] = {"null", "null"},
	};
	size_t len = strlen(text);
	for (size_t i = 0; i < len; i += piece) {
		char members[256];
		bool last = i + 2 * piece >= len;
		if (how == TWICE && last)
			delta(out, "\"delta\":{},\"finish_reason\":\"stop\"");
		snprintf(members, sizeof(members),
		    "\"delta\":{\"content\":\"%.*s\"},\"finish_reason\":%s",
		    (int)piece, text + i, ends[how][last]);
		delta(out, members);
	}
	if (how == TWICE)
		delta(out, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(out,
	    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\","
	    "\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{"
	    "\"total_tokens\":3}}\n\ndata: [DONE]\n\n");
}

static void each_finish(struct fixture *x, const char *text,
    enum guard_action want,
    void (*check)(
	const struct buf *in, const struct played *, const char *said))
{
	for (int how = 0; how < FINISHES; how++)
		for (size_t i = 0; i < 36; i++) {
			struct buf in = {0}, words = {0};
			struct played got;
			finished_stream(&in, text, pieces[i / 6], how);
			play(x, &in, steps[i % 6], &got);
			if (got.action != want)
				fail_msg("%d, piece %zu step %zu: %s", how,
				    pieces[i / 6], steps[i % 6],
				    guard_action_name(got.action));
			said(x, &got.out, &words);
			check(&in, &got, words.data);
			buf_clear(&in);
			buf_clear(&words);
			played_clear(&got);
		}
}

static void test_text_behind_a_finish(void **state)
{
	each_finish(*state, "Your order left us today. It comes on Friday.",
	    GUARD_DELIVER, same_bytes);
	each_finish(*state, "Sure thing. I guarantee zq81 will work fine.",
	    GUARD_HANDOFF, is_bridged);
	each_finish(*state, "Your card 4111 1111 1111 1111 is set. Bye.",
	    GUARD_REDACT, is_redacted);
	each_finish(*state, "Well, a forbidden word and more after it.",
	    GUARD_BLOCK, is_blocked);
	each_finish(*state, "It is 9 per month for 2 years.", GUARD_APPEND,
	    is_appended);
}

/* Feed a frame; how much there was to take before and behind it. */
static size_t taken(struct frames *f, const char *members, struct buf *out)
{
	struct buf in = {0};
	delta(&in, members);
	assert_int_equal(frames_feed(f, in.data, in.len), FRAMES_OPEN);
	frames_take(f, out);
	buf_clear(&in);
	return out->len;
}

/* A frame that ends its message leaves when more of that comes, and only then:
 * the closing record is written before the last leaves. */
static void test_a_finish_waits_for_more(void **state)
{
	struct frames *f = begin(*state);
	struct buf out = {0};
	const char one[] = "\"delta\":{\"content\":\"One. \"},"
			   "\"finish_reason\":\"stop\"";
	const char none[] = "\"delta\":{\"content\":\"\"},"
			    "\"finish_reason\":\"stop\"";
	const char other[] = "\"delta\":{},\"finish_reason\":null},{\"index\":"
			     "1,\"delta\":{\"content\":\"Two. \"}";
	assert_int_equal(taken(f, one, &out), 0);
	size_t first = taken(f, one, &out);
	assert_non_null(strstr(out.data, "One. "));
	assert_int_equal(taken(f, none, &out), first);
	assert_int_equal(taken(f, other, &out), first);
	size_t fourth = taken(f, one, &out);
	assert_non_null(strstr(out.data, "Two. "));
	assert_int_equal(taken(f, none, &out), fourth);
	assert_int_equal(frames_end(f), FRAMES_OVER);
	frames_take(f, &out);
	assert_int_equal(out.len, fourth);
	frames_release(f, &(struct channel_emit){.id = "x"});
	frames_take(f, &out);
	assert_true(out.len > fourth);
	frames_free(f);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean_is_identical),
	    cmocka_unit_test(test_handoff_cuts),
	    cmocka_unit_test(test_redact_splices),
	    cmocka_unit_test(test_redact_then_handoff),
	    cmocka_unit_test(test_block_stops),
	    cmocka_unit_test(test_append_follows),
	    cmocka_unit_test(test_edit_waits_for_its_record),
	    cmocka_unit_test(test_a_tool_call_is_told),
	    cmocka_unit_test(test_since_when_words_wait),
	    cmocka_unit_test(test_not_a_frame_of_the_channel),
	    cmocka_unit_test(test_what_is_held_is_bounded),
	    cmocka_unit_test(test_text_behind_a_finish),
	    cmocka_unit_test(test_a_finish_waits_for_more),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
