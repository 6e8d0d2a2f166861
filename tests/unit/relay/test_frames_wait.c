/*
 * frames_wait: whenever the answers of classifiers come, and in whatever order,
 * what is decided, and what passes, is what it is when all is known at once.
 */
#include "tests/unit/relay/frames_kit.h"

#define MAX_ASKS 64u

static const char waits_policy[] =
    "format: 1\nkind: policy\nname: p\nowner: o\ntimezone: UTC\n"
    "packs: [p]\n"
    "handoff_defaults:\n  say: A colleague takes over.\n"
    "if_the_engine_cannot_decide: handoff\n";
static const char waits_pack[] =
    "format: 1\nkind: pack\npack: p\ntitle: p\nversion: 1\nowner: o\n"
    "languages: [en]\nrules:\n"
    "  - id: insult\n    title: insult\n    severity: high\n"
    "    find: {classifier: {name: tone, label: insult, score_above: 0.8}}\n"
    "    then: {block: {say: Let me put that another way.}}\n"
    "    examples:\n      matches:\n        - text: You fool.\n"
    "          given: {scores: {tone/insult: 0.9}}\n"
    "      passes:\n        - text: Hello.\n"
    "          given: {scores: {tone/insult: 0.1}}\n"
    "  - id: advice\n    title: advice\n    severity: high\n"
    "    find:\n      phrases: [invest]\n"
    "      classifier: {name: tone, label: advice, score_above: 0.5}\n"
    "    then: handoff\n"
    "    examples:\n      matches:\n        - text: Do invest.\n"
    "          given: {scores: {tone/insult: 0.1, tone/advice: 0.9}}\n"
    "      passes:\n        - text: We invest in you.\n"
    "          given: {scores: {tone/insult: 0.1, tone/advice: 0.1}}\n"
    "  - id: card\n    title: card\n    severity: high\n"
    "    find: {entities: [payment_card]}\n    then: {redact: {with: XX}}\n"
    "    examples:\n      matches:\n        - text: My card 4111 1111 1111 "
    "1111 is set.\n"
    "          given: {scores: {tone/insult: 0.1}}\n"
    "      passes:\n        - text: Hello.\n"
    "          given: {scores: {tone/insult: 0.1}}\n";

/* The service: what it was asked, and what it has answered by now. */
struct service {
	struct guard_answer all[MAX_ASKS];
	struct guard_score scores[MAX_ASKS][2];
	size_t n;
	struct guard_answers given;
	bool at_once;
	unsigned seed;
};

static unsigned draw(struct service *s, unsigned below)
{
	s->seed = s->seed * 1103515245u + 12345u;
	return (s->seed >> 16) % below;
}

static bool has(const struct guard_ask *ask, const char *word)
{
	return memmem(ask->text, ask->len, word, strlen(word)) != NULL;
}

static bool on_ask(void *arg, const struct guard_ask *asks, size_t n)
{
	struct service *s = arg;
	for (size_t i = 0; i < n; i++) {
		char *text = malloc(asks[i].len);
		assert_non_null(text);
		assert_true(s->n < MAX_ASKS);
		memcpy(text, asks[i].text, asks[i].len);
		struct guard_score *to = s->scores[s->n];
		to[0] = (struct guard_score){
		    "insult", has(&asks[i], "fool") ? 930000 : 1000};
		to[1] = (struct guard_score){
		    "advice", has(&asks[i], "all of it") ? 900000 : 1000};
		s->all[s->n++] = (struct guard_answer){"tone", text,
		    asks[i].len, to, has(&asks[i], "mumble") ? 0 : 2};
	}
	if (s->at_once)
		s->given.n = s->n;
	return !s->at_once;
}

/* One more, any of those that are open. */
static bool give(struct service *s)
{
	size_t at = s->given.n;
	if (at == s->n)
		return false;
	size_t with = at + draw(s, (unsigned)(s->n - at));
	struct guard_answer next = s->all[with];
	s->all[with] = s->all[at];
	s->all[at] = next;
	s->given.n++;
	return true;
}

/* As the relay does it: answers come between the pieces, and behind them. */
static void play_late(struct fixture *x, struct service *s,
    const struct buf *in, size_t step, struct played *p)
{
	struct buf *out = &p->out;
	*p = (struct played){0};
	told_init(&p->told);
	s->given.items = s->all;
	x->session.answers = &s->given;
	struct frames *f = frames_new(&(struct frames_options){x->channel,
	    x->policy, &x->session, x->scanner, 8, MAX_HELD, on_ask, s});
	enum frames_state state = FRAMES_OPEN;
	for (size_t i = 0; i < in->len && state == FRAMES_OPEN; i += step) {
		size_t n = in->len - i < step ? in->len - i : step;
		state = frames_feed(f, in->data + i, n);
		if (state == FRAMES_OPEN && draw(s, 3) == 0 && give(s))
			state = frames_answered(f);
		frames_edits_recorded(f, frames_edits(f));
		frames_take(f, out);
	}
	if (state == FRAMES_OPEN)
		state = frames_end(f);
	while (state == FRAMES_OPEN && give(s)) {
		state = frames_answered(f);
		frames_edits_recorded(f, frames_edits(f));
		frames_take(f, out);
	}
	assert_int_not_equal(state, FRAMES_OPEN);
	assert_true(state == FRAMES_CUT || frames_settled(f));
	if (state != FRAMES_OVER)
		frames_close(f);
	frames_take(f, out);
	p->action = frames_verdicts(f)->action;
	struct channel_emit emit = {.time_s = 1, .id = "x"};
	if (p->action >= GUARD_REPLACE) {
		emit.text = span_str(frames_verdicts(f)->say);
		frames_cut(f, &emit, out);
	} else {
		frames_release(f, &emit);
		frames_take(f, out);
	}
	frames_free(f);
	x->session.answers = NULL;
}

static void service_clear(struct service *s)
{
	for (size_t i = 0; i < s->n; i++)
		free((char *)(uintptr_t)s->all[i].text);
}

/* All that is between quotation marks behind "content": or "note":. */
static void words_of(const struct buf *out, struct buf *words)
{
	static const char *const names[] = {
	    "\"content\":\"", "\"note\":\"", "\"arguments\":\""};
	buf_adds(words, "");
	for (size_t k = 0; k < 3; k++) {
		const char *at = out->data ? out->data : "";
		while ((at = strstr(at, names[k]))) {
			at += strlen(names[k]);
			const char *end = at;
			while (*end != '"' || end[-1] == '\\')
				end++;
			buf_add(words, at, (size_t)(end - at));
		}
		buf_addc(words, '\n');
	}
}

#define SAY(text) "\"delta\":{\"content\":\"" text "\"},\"finish_reason\":null"
#define NOTE(text)                                                             \
	"\"delta\":{\"content\":\"\"},\"note\":\"" text                        \
	"\",\"finish_reason\":null"
#define TOOL(text)                                                             \
	"\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":"      \
	"\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"" text      \
	"\"}}]},\"finish_reason\":null"
#define MORE(text)                                                             \
	"\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{"               \
	"\"arguments\":\"" text "\"}}]},\"finish_reason\":null"

#define KEY(text)                                                              \
	"\"delta\":{\"content\":\"\"},\"" text "\":1,\"finish_reason\":null"

static const struct {
	const char *deltas[8];
	enum guard_action action;
	const char *never;
} streams[] = {
    {{SAY("Good d"), SAY("ay. All is we"), SAY("ll, and"), SAY(" so on")},
	GUARD_DELIVER, "colleague"},
    {{SAY("Good day. Thank you. "), SAY("You fo"), SAY("ol, you. "),
	 SAY("Bye.")},
	GUARD_BLOCK, "fool"},
    {{SAY("Good day. You are a fool")}, GUARD_BLOCK, "fool"},
    {{SAY("Well. "), SAY("We mumble. "), SAY("Bye.")}, GUARD_HANDOFF, "mumble"},
    {{SAY("Well. Do invest"), SAY(" all of it. Bye. "), SAY("Bye.")},
	GUARD_HANDOFF, "invest"},
    {{SAY("Well. We invest in"), SAY(" you. Bye. "), SAY("Bye.")},
	GUARD_DELIVER, "colleague"},
    {{SAY("Card 4111 1111 1111 "), SAY("1111 it is. Well."), SAY(" Bye.")},
	GUARD_REDACT, "4111"},
    {{SAY("Card 4111 1111 1111 1111, you fool. Well.")}, GUARD_BLOCK, "4111"},
    {{SAY("Good day. "), NOTE("All is well. Is it?"), SAY("Good."),
	 SAY(" Bye.")},
	GUARD_DELIVER, "colleague"},
    {{SAY("Good day. "), NOTE("They are a fool. I say."), SAY("Good."),
	 SAY(" Bye.")},
	GUARD_BLOCK, "a fool"},
    {{SAY("Good day. "), SAY("Good."), NOTE("We mumble.")}, GUARD_HANDOFF,
	"mumble"},
    {{NOTE("All is well."), NOTE("Do invest all of it."), SAY(" Bye.")},
	GUARD_HANDOFF, "invest"},
    {{SAY("One moment. "), TOOL("{\\\"q\\\": \\\"All is"),
	 MORE(" well. Is it?\\\"}")},
	GUARD_DELIVER, "colleague"},
    {{SAY("Good day. "), KEY("All is well. Is it?"), SAY("Bye.")},
	GUARD_DELIVER, "colleague"},
    {{SAY("Good day. "), KEY("Well. What a fool."), SAY("Bye.")}, GUARD_BLOCK,
	"a fool"},
    {{SAY("Good day. "), KEY("We mumble."), SAY("Bye.")}, GUARD_HANDOFF,
	"mumble"},
    {{SAY("One moment. "), TOOL("{\\\"q\\\": \\\"What a"),
	 MORE(" fool. Bye.\\\"}")},
	GUARD_BLOCK, "fool"},
};

static void stream_from(struct buf *in, const char *const *deltas)
{
	delta(in,
	    "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
	    "\"finish_reason\":null");
	for (size_t i = 0; i < 8 && deltas[i]; i++)
		delta(in, deltas[i]);
	delta(in, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(in, "data: [DONE]\n\n");
}

/* How much of it had left before something was withheld is a matter of when.
 */
static void is_as_known(size_t stream, const struct buf *in,
    const struct played *got, const struct buf *expected)
{
	const char *never = streams[stream].never;
	struct buf words = {0};
	words_of(&got->out, &words);
	bool same = got->action >= GUARD_REPLACE ||
	    strcmp(words.data, expected->data) == 0;
	if (got->action != streams[stream].action || !same ||
	    strstr(words.data, never) || strstr(got->out.data, never))
		fail_msg("%s: %s, not %s", guard_action_name(got->action),
		    words.data, expected->data);
	if (got->action == GUARD_DELIVER) {
		assert_int_equal(got->out.len, in->len);
		assert_memory_equal(got->out.data, in->data, in->len);
	}
	buf_clear(&words);
}

/* The second time the service has said everything before it is asked. */
static void check_one(
    struct fixture *x, size_t stream, const struct buf *in, size_t step)
{
	struct service known = {.at_once = true};
	struct buf expected = {0};
	struct played got;
	for (int again = 0; again < 2; again++) {
		play_late(x, &known, in, step, &got);
		assert_int_equal(got.action, streams[stream].action);
		buf_clear(&expected);
		words_of(&got.out, &expected);
		played_clear(&got);
	}
	service_clear(&known);
	for (unsigned seed = 0; seed < 12; seed++) {
		struct service s = {.seed = seed};
		play_late(x, &s, in, step, &got);
		is_as_known(stream, in, &got, &expected);
		played_clear(&got);
		service_clear(&s);
	}
	buf_clear(&expected);
}

static void late_answers_change_nothing(void **state)
{
	for (size_t i = 0; i < sizeof(streams) / sizeof(*streams); i++) {
		struct buf in = {0};
		stream_from(&in, streams[i].deltas);
		for (size_t k = 0; k < sizeof(steps) / sizeof(*steps); k++)
			check_one(*state, i, &in, steps[k]);
		buf_clear(&in);
	}
}

/* A sentence leaves with its answer, whatever the next one waits for. */
static void a_sentence_leaves_with_its_answer(void **state)
{
	struct fixture *x = *state;
	struct service s = {.seed = 1};
	struct buf in = {0}, out = {0};
	static const char *const deltas[8] = {
	    SAY("Good day. "), SAY("All is well. "), SAY("Bye.")};
	stream_from(&in, deltas);
	s.given.items = s.all;
	x->session.answers = &s.given;
	struct frames *f = frames_new(&(struct frames_options){x->channel,
	    x->policy, &x->session, x->scanner, 8, MAX_HELD, on_ask, &s});
	assert_int_equal(frames_feed(f, in.data, in.len), FRAMES_OPEN);
	assert_int_equal(frames_end(f), FRAMES_OPEN);
	assert_false(frames_settled(f));
	assert_int_equal(s.n, 3); /* also the last, that has no end */
	static const char *const by_then[] = {"", "Good", "well", "Bye"};
	for (size_t i = 0; i <= 3; i++) {
		buf_adds(&out, "");
		for (size_t k = 1; k <= 3; k++)
			assert_int_equal(
			    strstr(out.data, by_then[k]) != NULL, k <= i);
		s.given.n = i + 1;
		if (i < 3)
			frames_answered(f);
		if (frames_state(f) == FRAMES_OVER)
			frames_release(f, &(struct channel_emit){0});
		frames_take(f, &out);
	}
	assert_int_equal(frames_state(f), FRAMES_OVER);
	assert_int_equal(out.len, in.len);
	frames_free(f);
	x->session.answers = NULL;
	service_clear(&s);
	buf_clear(&in);
	buf_clear(&out);
}

static int setup_waits(void **state)
{
	return setup_with(state, waits_policy, waits_pack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		late_answers_change_nothing, setup_waits, teardown),
	    cmocka_unit_test_setup_teardown(
		a_sentence_leaves_with_its_answer, setup_waits, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
