/* frames: what leaves a stream that is judged while it arrives. */
#include "proxy/channel/channel.h"
#include "proxy/relay/frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char policy_yaml[] =
    "format: 1\nkind: policy\nname: t\nowner: t\n"
    "packs: [p]\nhandoff_defaults:\n  say: A colleague takes over.\n";
static const char pack_yaml[] =
    "format: 1\nkind: pack\npack: p\ntitle: t\nversion: 1\nowner: t\n"
    "languages: [en]\nrules:\n"
    "  - id: promise\n    title: promise\n    severity: high\n"
    "    find: {phrases: [I guarantee]}\n    then: handoff\n"
    "    examples:\n      matches:\n        - I guarantee it.\n"
    "      passes:\n        - Hello.\n"
    "  - id: card\n    title: card\n    severity: high\n"
    "    find: {entities: [payment_card]}\n"
    "    then: {redact: {with: XX}}\n"
    "    examples:\n      matches:\n        - It is 4111 1111 1111 1111.\n"
    "      passes:\n        - Hello.\n"
    "  - id: blocked\n    title: blocked\n    severity: high\n"
    "    find: {phrases: [forbidden word]}\n"
    "    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - A forbidden word.\n"
    "      passes:\n        - Hello.\n"
    "  - id: terms\n    title: terms\n    severity: high\n"
    "    find: {phrases: [per month for]}\n"
    "    must_also_say:\n      all:\n        - phrases: [APR]\n"
    "      where: same message\n"
    "    then: {append: \" APR 9.\"}\n"
    "    examples:\n      matches:\n        - It is 9 per month for 2.\n"
    "      passes:\n        - Hello.\n";

struct fixture {
	struct channel *channel;
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	struct guard_session session;
};

static void print_diag(const struct diag *d, void *arg)
{
	(void)arg;
	print_error("%s:%u:%u %s %s\n", d->file ? d->file : "", d->line, d->col,
	    d->code, d->message);
}

static int setup(void **state)
{
	struct fixture *x = calloc(1, sizeof(*x));
	const struct guard_file files[] = {
	    {"policy.yaml", policy_yaml, sizeof(policy_yaml) - 1},
	    {"packs/p.yaml", pack_yaml, sizeof(pack_yaml) - 1},
	};
	struct guard_source source = {.own = files, .n_own = 2};
	static const char channel_yaml[] = "preset: openai-chat\n";
	assert_int_equal(
	    guard_policy_load(&x->policy, &source, NULL, print_diag, NULL), 0);
	struct yaml_doc *doc = yaml_parse(
	    "c.yaml", channel_yaml, sizeof(channel_yaml) - 1, print_diag, NULL);
	assert_non_null(doc);
	x->channel = channel_load(doc, yaml_root(doc), "web", print_diag, NULL);
	assert_non_null(x->channel);
	yaml_doc_free(doc);
	x->scanner = guard_scanner_new();
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;
	guard_scanner_free(x->scanner);
	guard_policy_unref(x->policy);
	channel_free(x->channel);
	free(x);
	return 0;
}

static struct frames *begin(struct fixture *x)
{
	return frames_new(&(struct frames_options){
	    x->channel, x->policy, &x->session, x->scanner, 8});
}

static void delta(struct buf *out, const char *members)
{
	buf_printf(out,
	    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\","
	    "\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,%s}]}"
	    "\n\n",
	    members);
}

/* A stream that says text in pieces of so many bytes. */
static void stream_of(struct buf *out, const char *text, size_t piece)
{
	delta(out,
	    "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
	    "\"finish_reason\":null");
	for (size_t i = 0; i < strlen(text); i += piece) {
		char members[256];
		snprintf(members, sizeof(members),
		    "\"delta\":{\"content\":\"%.*s\"},\"finish_reason\":null",
		    (int)piece, text + i);
		delta(out, members);
	}
	delta(out, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(out, "data: [DONE]\n\n");
}

struct played {
	struct buf out; /* what the customer got */
	enum guard_action action;
	struct told told;
};

static void played_clear(struct played *p)
{
	buf_clear(&p->out);
	told_clear(&p->told);
}

/* Play the relay: feed, take, record edits at once, close. */
static void play(
    struct fixture *x, const struct buf *in, size_t step, struct played *p)
{
	struct buf *out = &p->out;
	*p = (struct played){0};
	told_init(&p->told);
	struct frames *f = begin(x);
	enum frames_state state = FRAMES_OPEN;
	for (size_t i = 0; i < in->len && state == FRAMES_OPEN; i += step) {
		size_t n = in->len - i < step ? in->len - i : step;
		state = frames_feed(f, in->data + i, n);
		frames_edits_recorded(f, frames_edits(f));
		frames_take(f, out);
	}
	if (state == FRAMES_OPEN)
		state = frames_end(f);
	if (state != FRAMES_OVER)
		frames_close(f);
	frames_take(f, out);
	p->action = frames_verdicts(f)->action;
	frames_told(f, frames_verdicts(f), &p->told);
	const char *say = frames_verdicts(f)->say;
	struct channel_emit emit = {.time_s = 1, .id = "x"};
	if (p->action >= GUARD_REPLACE) {
		emit.text = span_str(say);
		frames_cut(f, &emit, out);
	} else if (state == FRAMES_OVER) {
		frames_release(f);
		frames_take(f, out);
		emit.text = frames_behind(f);
		emit.joins = true;
		if (emit.text.len)
			frames_cut(f, &emit, out);
	}
	frames_free(f);
}

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
static const size_t steps[] = {1, 3, 17, 64, 1000, 100000};

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
    /* A card over two parts is one edit; over two fields it cannot be made. */
    {"\"content\":\"4111 1111\"", "\"refusal\":\" 1111 1111 zq81\""},
};

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
	frames_told(f, frames_verdicts(f), &told);
	assert_string_equal(told.unreadable.data, junk);
	told_clear(&told);
	frames_free(f);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clean_is_identical),
	    cmocka_unit_test(test_handoff_cuts),
	    cmocka_unit_test(test_redact_splices),
	    cmocka_unit_test(test_block_stops),
	    cmocka_unit_test(test_append_follows),
	    cmocka_unit_test(test_put_together),
	    cmocka_unit_test(test_usual_is_identical),
	    cmocka_unit_test(test_edit_in_a_reading),
	    cmocka_unit_test(test_labels_are_left_out),
	    cmocka_unit_test(test_noise_is_not_waited_for),
	    cmocka_unit_test(test_reading_is_tight),
	    cmocka_unit_test(test_edit_waits_for_its_record),
	    cmocka_unit_test(test_a_tool_call_is_told),
	    cmocka_unit_test(test_not_a_frame_of_the_channel),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
