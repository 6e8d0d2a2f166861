/* frames_out: readings, labels, what is appended, what waits for a whole. */
#include "tests/unit/relay/frames_kit.h"

static void stream_deltas(struct buf *in, const char *const *deltas)
{
	for (int i = 0; i < 4 && deltas[i]; i++) {
		struct buf members = {0};
		buf_printf(&members, "\"delta\":{%s}", deltas[i]);
		delta(in, members.data);
		buf_clear(&members);
	}
	delta(in, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(in, "data: [DONE]\n\n");
}

#define CALL(args)                                                             \
	"\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"" args     \
	"\"}}]"
#define TAG "\"content\":\"zq81\""

/* A phrase that only a client puts together. */
static const char *const split_up[][4] = {
    {"\"content\":[{\"text\":\"Good news\"},{\"text\":\"I guarantee zq81\"}]"},
    {"\"content\":[{\"text\":\"Good news I\"},{\"text\":\"guarantee zq81\"}]"},
    {"\"content\":\"Well\"", "\"content\":[\"now\",\"I guarantee zq81\"]"},
    {"\"content\":[\"I will never\",\"I guarantee zq81\"]"},
    {"\"content\":\"I guar\"", "\"content\":[{\"text\":\"antee zq81\"}]"},
    {"\"reasoning\":\"Ok I guar\"", "\"content\":\"antee zq81\""},
    {"\"content\":\"Ok I\"", "\"refusal\":\" guar\"", "\"content\":\"antee\"",
	"\"refusal\":\" zq81\""},
    {"\"reasoning\":\"I\"", "\"reasoning_content\":\" guar\"",
	"\"reasoning\":\"antee\"", "\"reasoning_content\":\" zq81\""},
    {"\"reasoning\":\"I\",\"reasoning_content\":\"I\"",
	"\"reasoning\":\" guar\",\"reasoning_content\":\" guar\"",
	"\"reasoning\":\"antee\",\"reasoning_content\":\"antee\"",
	"\"reasoning\":\" zq81\",\"reasoning_content\":\" zq81\""},
    /* Escapes, in text that a client takes for JSON, cut anywhere. */
    {"\"content\":\"{\\\"a\\\":\\\"I gu\\\\u\"", "\"content\":\"0061ran\"",
	"\"content\":\"tee\\\\nzq81\""},
    {"\"reasoning\":\"I gu\\\\\\\\u0061rantee\\\\\\\\nzq81\""},
    {"\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
     "\"{\\\"a\\\":\\\"I gu\"}}]",
	"\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
	"\"\\\\u0061rantee zq81\"}}]"},
    {"\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
     "\"{\\\"a\\\":\\\"{'b':'I gu\\\\\\\\x61rantee zq81\\\"}\"}}]"},
    /* Arguments that are a text as well, whatever they are as JSON. */
    {CALL("4111 1111 1111 1111"), TAG},
    {CALL("{\\\"a\\\":1} I guarantee"), TAG},
    {CALL("\\\"I\\\" \\\"guarantee\\\""), TAG},
    {CALL("[\\\"I\\\",\\\" guarantee\\\"]"), TAG},
    {CALL("[4111,1111,1111,1111]"), TAG},
    /* A card over two parts is one edit; over two fields it cannot be made. */
    {"\"content\":\"4111 1111\"", "\"refusal\":\" 1111 1111 zq81\""},
};

static void test_put_together(void **state)
{
	for (size_t i = 0; i < sizeof(split_up) / sizeof(split_up[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			stream_deltas(&in, split_up[i]);
			play(*state, &in, steps[s], &got);
			if (got.action != GUARD_HANDOFF ||
			    strstr(got.out.data, "zq81"))
				fail_msg("row %zu: %s\n%s", i,
				    guard_action_name(got.action),
				    got.out.data);
			buf_clear(&in);
			played_clear(&got);
		}
}

/* A place that changes its shape: what one part says is not let go before the
 * other, nor forgotten for it. */
static const struct {
	const char *deltas[4];
	enum guard_action want;
} reshaped[] = {
    {{"\"content\":\"I guarantee\"", "\"content\":[\"zq81\"]"}, GUARD_HANDOFF},
    {{"\"content\":[\"I guarantee\"]", "\"content\":\"zq81\""}, GUARD_HANDOFF},
    {{"\"content\":\"I guar\"", "\"content\":\"antee\"",
	 "\"content\":[{\"text\":\"zq81\"}]"},
	GUARD_HANDOFF},
    {{"\"refusal\":\"I guarantee\"", "\"content\":[{\"refusal\":\"zq81\"}]"},
	GUARD_HANDOFF},
    {{"\"content\":[{\"text\":\"I guarantee\"}]",
	 "\"content\":[{\"index\":1,\"text\":\"zq81\"}]"},
	GUARD_HANDOFF},
    {{"\"content\":\"A forbidden word\"", "\"content\":[\"zq81\"]"},
	GUARD_BLOCK},
    {{"\"content\":[\"A forbidden word\"]", "\"content\":\"zq81\""},
	GUARD_BLOCK},
    /* The rule needs a word behind what it marks. */
    {{"\"content\":\"Save 50% off\"", "\"content\":[\"zq81\"]"}, GUARD_BLOCK},
};

static void test_reshaped(void **state)
{
	for (size_t i = 0; i < sizeof(reshaped) / sizeof(reshaped[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			stream_deltas(&in, reshaped[i].deltas);
			play(*state, &in, steps[s], &got);
			if (got.action != reshaped[i].want ||
			    strstr(got.out.data, "zq81") ||
			    strstr(got.out.data, "antee") ||
			    strstr(got.out.data, "forbidden") ||
			    strstr(got.out.data, "50"))
				fail_msg("row %zu step %zu: %s\n%s", i, s,
				    guard_action_name(got.action),
				    got.out.data);
			buf_clear(&in);
			played_clear(&got);
		}
}

/* What servers send is as it was: no reading of it is held against it. */
static const char *const usual[][4] = {
    {"\"reasoning\":\"They say I \",\"reasoning_content\":\"They say I \"",
	"\"reasoning\":\"do.\",\"reasoning_content\":\"do.\"",
	"\"content\":\"The guarantee is\"", "\"content\":\" two years.\""},
    {"\"reasoning_content\":\"So do I\",\"content\":null",
	"\"reasoning_content\":\" now\"", "\"content\":\"Fine\"",
	"\"content\":\" then. Ask I\""},
    {"\"content\":[{\"type\":\"text\",\"text\":\"See what I \"},"
     "{\"type\":\"reference\",\"reference_ids\":[1]},"
     "{\"type\":\"text\",\"text\":\"found.\"}]"},
    {"\"content\":\"{\\\"a\\\":\\\"I\\\\nor\\\"\"",
	"\"content\":\",\\\"b\\\":"
	"\\\"C:\\\\\\\\new\\\"}\""},
    {"\"content\":\"We never say I\",\"refusal\":null",
	"\"content\":\" can.\""},
};

static void test_usual_is_identical(void **state)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			stream_deltas(&in, usual[i]);
			play(*state, &in, steps[s], &got);
			assert_int_equal(got.action, GUARD_DELIVER);
			assert_int_equal(in.len, got.out.len);
			assert_memory_equal(in.data, got.out.data, in.len);
			buf_clear(&in);
			played_clear(&got);
		}
}

/* An edit that the texts make themselves is one of the reading, too. */
static void test_edit_in_a_reading(void **state)
{
	static const char *const deltas[][4] = {
	    {"\"content\":[{\"text\":\"It is \"},"
	     "{\"text\":\"4111 1111 1111 1111\"}]"},
	    {"\"reasoning\":\"See\"", "\"content\":\"4111 1111\"",
		"\"content\":\" 1111 1111 and so on\""},
	    {"\"content\":\"{\\\"a\\\":\\\"4111 1111\"",
		"\"content\":\" 1111 1111\\\"}\""},
	    {CALL("{\\\"a\\\":\\\"4111 1111 1111 1111\\\"}")},
	    {CALL("[\\\"ok\\\",\\\"so \\\\\\\"4111 1111 1111 1111\\\"]")},
	    {CALL("{\\\"a\\\":4111111111111111}")},
	    {"\"content\":[\"It: \",\"4111 1111 \",\"1111 1111\",\" ok\"]"},
	};
	for (size_t i = 0; i < sizeof(deltas) / sizeof(deltas[0]); i++)
		for (size_t s = 0; s < 6; s++) {
			struct buf in = {0};
			struct played got;
			stream_deltas(&in, deltas[i]);
			play(*state, &in, steps[s], &got);
			if (got.action != GUARD_REDACT ||
			    !strstr(got.out.data, "XX") ||
			    strstr(got.out.data, "1111"))
				fail_msg("row %zu step %zu: %s\n%s", i, s,
				    guard_action_name(got.action),
				    got.out.data);
			buf_clear(&in);
			played_clear(&got);
		}
}

/* What nobody has to read is left out from where a rule fires. */
static void test_labels_are_left_out(void **state)
{
	static const char *const ids[] = {"I", "guarantee", "zq81", "it"};
	for (size_t s = 0; s < 6; s++) {
		struct buf in = {0};
		struct played got;
		for (int i = 0; i < 4; i++)
			buf_printf(&in,
			    "event: %s\ndata: {\"id\":\"c\",\"choices\":[{"
			    "\"index\":0,\"delta\":{\"content\":\"Fine "
			    "\"}}]}\n\n",
			    ids[i]);
		delta(&in, "\"delta\":{},\"finish_reason\":\"stop\"");
		play(*state, &in, steps[s], &got);
		assert_int_equal(got.action, GUARD_DELIVER);
		assert_null(strstr(got.out.data, "guarantee"));
		assert_null(strstr(got.out.data, "zq81"));
		assert_string_equal(
		    got.told.of[CHANNEL_SAID].all.data, "Fine Fine Fine Fine ");
		buf_clear(&in);
		played_clear(&got);
	}
}

/* Clients glue the pieces of an id; where they spell a rule's words none is
 * left, and ids that only change are as they were. */
static void test_ids_in_pieces(void **state)
{
#define ID(id)                                                                 \
	"\"tool_calls\":[{\"index\":0,\"id\":\"" id                            \
	"\",\"function\":{\"arguments\":\"\"}}]"
	static const char *const bad[4] = {ID("I-guar"), ID("antee")};
	static const char *const good[4] = {ID("call-1a"), ID("call-2b")};
	for (size_t s = 0; s < 6; s++) {
		struct buf in = {0}, fine = {0};
		struct played got;
		stream_deltas(&in, bad);
		play(*state, &in, steps[s], &got);
		assert_int_equal(got.action, GUARD_DELIVER);
		assert_null(strstr(got.out.data, "I-guar"));
		assert_null(strstr(got.out.data, "antee"));
		played_clear(&got);
		stream_deltas(&fine, good);
		play(*state, &fine, steps[s], &got);
		assert_int_equal(got.out.len, fine.len);
		played_clear(&got);
		buf_clear(&in);
		buf_clear(&fine);
	}
}

/* Padding holds nothing back. */
static void test_noise_is_not_waited_for(void **state)
{
	struct fixture *x = *state;
	struct buf in = {0}, out = {0};
	struct frames *f = begin(x);
	buf_adds(&in,
	    "data: {\"obfuscation\":\"I\",\"choices\":[{\"index\":0,\"delta\":"
	    "{\"content\":\"Hello there \"}}]}\n\n");
	frames_feed(f, in.data, in.len);
	frames_take(f, &out);
	assert_int_equal(out.len, in.len);
	frames_free(f);
	buf_clear(&in);
	buf_clear(&out);
}

/* A reading holds no more than its texts would. */
static void test_reading_is_tight(void **state)
{
	struct fixture *x = *state;
	struct buf in = {0}, out = {0};
	struct frames *f = begin(x);
	delta(&in, "\"delta\":{\"reasoning\":\"so it must \"}");
	delta(&in, "\"delta\":{\"content\":\"Hello there \"}");
	frames_feed(f, in.data, in.len);
	frames_take(f, &out);
	assert_non_null(strstr(out.data, "Hello there"));
	frames_free(f);
	buf_clear(&in);
	buf_clear(&out);
}

/* A client stops at an error: nothing of one may go before words of ours. */
static void test_no_half_error(void **state)
{
	for (size_t s = 0; s < 6; s++) {
		struct buf in = {0};
		struct played got;
		delta(&in, "\"delta\":{\"content\":\"One moment. \"}");
		buf_adds(&in,
		    "data: {\"error\":{\"message\":\"Sorry. \"}}\n\n"
		    "data: {\"error\":{\"message\":\"Well, I guarantee "
		    "it\"}}\n\ndata: [DONE]\n\n");
		play(*state, &in, steps[s], &got);
		assert_int_equal(got.action, GUARD_HANDOFF);
		assert_null(strstr(got.out.data, "error"));
		assert_non_null(strstr(got.out.data, "One moment. "));
		assert_non_null(strstr(got.out.data, "colleague"));
		buf_clear(&in);
		played_clear(&got);
	}
}

#define TERMS "It is 9 per month for 2."
#define TAIL                                                                   \
	"data: "                                                               \
	"{\"id\":\"c\",\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n"     \
	"data: [DONE]\n\n"

#define CHOICE                                                                 \
	"data: "                                                               \
	"{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"    \
	"\"model\":\"m\",\"choices\":[{\"index\":%d,\"delta\":{%s},"           \
	"\"finish_reason\":%s}]}\n\n"
#define MORE                                                                   \
	"data: "                                                               \
	"{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"    \
	"\"model\":\"m\",\"choices\":[{\"index\":%d,\"delta\":{\"role\":"      \
	"\"assistant\",\"content\":\" APR "                                    \
	"9.\"},\"finish_reason\":null}]}\n\n"

/* What is appended is a frame more; all that came is as it was. */
static void test_append_adds_a_frame(void **state)
{
	struct buf in = {0}, want = {0};
	struct played got;
	for (int i = 0; i < 2; i++)
		buf_printf(&in, CHOICE, i, "\"content\":\"" TERMS "\"", "null");
	buf_add(&want, in.data, in.len);
	for (int i = 0; i < 2; i++) {
		const char *why = i ? "\"length\"" : "\"tool_calls\"";
		buf_printf(&in, CHOICE, i, "", why);
		buf_printf(&want, MORE, i);
		buf_printf(&want, CHOICE, i, "", why);
	}
	buf_adds(&in, TAIL);
	buf_adds(&want, TAIL);
	for (size_t s = 0; s < 6; s++) {
		play(*state, &in, steps[s], &got);
		assert_int_equal(got.action, GUARD_APPEND);
		assert_string_equal(got.out.data, want.data);
		played_clear(&got);
	}
	buf_clear(&in);
	buf_clear(&want);
}

static void test_two_are_appended(void **state)
{
	for (size_t s = 0; s < 6; s++) {
		struct buf in = {0};
		struct played got;
		stream_of(&in, "It is 9 per month for 2 plus fees.", 3);
		play(*state, &in, steps[s], &got);
		assert_string_equal(got.told.of[CHANNEL_SAID].seen.data,
		    "It is 9 per month for 2 plus fees.\n\nSee the list. "
		    "APR 9.");
		assert_non_null(
		    strstr(got.out.data, "\\n\\nSee the list. APR 9.\""));
		buf_clear(&in);
		played_clear(&got);
	}
}

/* A tool call reaches the client whole, or nothing of it. */
static void test_no_half_tool_call(void **state)
{
	static const char *const bad[4] = {"\"content\":\"One moment. \"",
	    "\"tool_calls\":[{\"index\":0,\"id\":\"i1\",\"type\":\"function\","
	    "\"function\":{\"name\":\"send\",\"arguments\":\"\"}}]",
	    "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
	    "\"{\\\"a\\\":\\\"I guarantee \"}}]",
	    "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":"
	    "\"it\\\"}\"}}]"};
	const char *const good[4] = {bad[0], bad[1], bad[3], NULL};
	for (size_t s = 0; s < 6; s++) {
		struct buf in = {0}, fine = {0};
		struct played got;
		stream_deltas(&in, bad);
		play(*state, &in, steps[s], &got);
		assert_int_equal(got.action, GUARD_HANDOFF);
		assert_non_null(strstr(got.out.data, "One moment."));
		assert_null(strstr(got.out.data, "tool_calls"));
		played_clear(&got);
		stream_deltas(&fine, good);
		play(*state, &fine, steps[s], &got);
		assert_int_equal(fine.len, got.out.len);
		assert_memory_equal(fine.data, got.out.data, fine.len);
		played_clear(&got);
		buf_clear(&in);
		buf_clear(&fine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_put_together),
	    cmocka_unit_test(test_reshaped),
	    cmocka_unit_test(test_usual_is_identical),
	    cmocka_unit_test(test_edit_in_a_reading),
	    cmocka_unit_test(test_labels_are_left_out),
	    cmocka_unit_test(test_ids_in_pieces),
	    cmocka_unit_test(test_noise_is_not_waited_for),
	    cmocka_unit_test(test_reading_is_tight),
	    cmocka_unit_test(test_append_adds_a_frame),
	    cmocka_unit_test(test_two_are_appended),
	    cmocka_unit_test(test_no_half_error),
	    cmocka_unit_test(test_no_half_tool_call),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
