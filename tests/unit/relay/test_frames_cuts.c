/*
 * The same answer in a JSON body, in one piece of a stream and in pieces of any
 * size: one verdict, the same words for the customer, and nothing that begins
 * a withheld hit, wherever the text stands and however deep it is escaped.
 *
 *     test_frames_cuts [SEED [TEXTS]]
 */
#include "proxy/base/mem.h"
#include "proxy/relay/beside.h"
#include "proxy/relay/quote.h"
#include "tests/unit/relay/frames_kit.h"

#include "proxy/wire/json.h"

#include <inttypes.h>

#define TEXTS 150 /* of each test */

static const char cuts_pack[] =
    "format: 1\nkind: pack\npack: p\ntitle: t\nversion: 1\nowner: t\n"
    "languages: [en]\nrules:\n"
    "  - id: hand\n    title: hand\n    severity: high\n"
    "    find: {phrases: [launch code]}\n    then: handoff\n"
    "    unless:\n      - phrases: [as a game]\n"
    "    examples:\n      matches:\n        - the launch code is here\n"
    "      passes:\n        - hello\n"
    "  - id: blk\n    title: blk\n    severity: high\n"
    "    find: {phrases: [purple elephant]}\n"
    "    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - a purple elephant\n"
    "      passes:\n        - hello\n"
    "  - id: rep\n    title: rep\n    severity: high\n"
    "    find: {phrases: [green tiger]}\n"
    "    then: {replace: I can help otherwise.}\n"
    "    examples:\n      matches:\n        - a green tiger\n"
    "      passes:\n        - hello\n"
    "  - id: red\n    title: red\n    severity: high\n"
    "    find: {phrases: [hidden*]}\n"
    "    then: {redact: {with: \"[gone]\"}}\n"
    "    examples:\n      matches:\n        - my hiddenword\n"
    "      passes:\n        - hello\n"
    "  - id: card\n    title: card\n    severity: high\n"
    "    find: {entities: [payment_card]}\n"
    "    then: {redact: {with: \"[number removed]\"}}\n"
    "    examples:\n      matches:\n        - card 4111 1111 1111 1111\n"
    "      passes:\n        - hello\n";

/* ---- drawing ---- */

static uint64_t seed = 1;
static size_t n_texts = TEXTS;

static size_t draw(uint64_t *state, size_t n)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (size_t)(*state >> 11) % n;
}

static uint64_t state_of(uint64_t i)
{
	return (i + 1) * 0x9e3779b97f4a7c15u;
}

/* Further than a seam reaches. */
#define LONG                                                                   \
	" and then we went on about the weather and the long road along the "  \
	"lake and the small boats on it and the people in them, who had come " \
	"from far away to see it all and were not sorry that they had, and of" \
	" whom some stayed until the evening, when it rained a little, and "   \
	"we "                                                                  \
	"told each other what we had seen there"

static const char *const wild[] = {"launch code", "launch", " code",
    "la\\u0075nch code", "l\\x61unch", "hidden", "hid\\u0064en", "word",
    "hid\\u{64}en", "h\\151dden ", "4111 1111 1111 1111",
    "4111 1111 1111 111\\u0031", "4111 1111 1111 111\\61", "{\"a\":\"", "\"}",
    "\"", "{", "}", "[", "]", ",", ":", "\\\"", "\\\\", "\\\\\\\\", "\\", "\\n",
    "\\u00", "\\ud83d", "\\ude00", "\n", "```json\n", "```", "<b>", "</b>",
    "&#108;", "**", ")", " ", ". ", "l a u n c h", " c o d e", "purple",
    "elephant", "purple\\u0020elephant", "green tiger", "green\\ttiger",
    "\xc3\xa9", "\xf0\x9f\x98\x80", " as a game ", "Your order ships today. ",
    LONG};

/* All of them hits, alone and escaped once more. */
static const char *const secrets[] = {"launch code", "l\\u0061unch code",
    "launch\\u0020code", "la\\x75nch code", "\\u006caunch code",
    "\\154aunch code", "hid\\u0064en", "\\u{68}idden", "hidden",
    "4111 1111 1111 111\\u0031", "\\u0034111 1111 1111 1111",
    "purple elephan\\u0074", "pu\\162ple elephant", "green \\u0074iger"};

static const char *const around[] = {"Your order ", "ships today. ", "word ",
    "a\\nb ", "caf\\u00e9 ", "\\\\ ", "it is \\\"so\\\" ", "12 items\\t",
    "\xc3\xa9tude ", "\n"};

static void escape_again(struct buf *b, size_t *mark)
{
	struct buf out = {0};

	buf_adds(&out, "{\"t\": \"");
	json_escape(&out, (struct span){b->data, *mark});
	size_t at = out.len;
	json_escape(&out, (struct span){b->data + *mark, b->len - *mark});
	buf_adds(&out, "\"}");
	buf_clear(b);
	*b = out;
	*mark = at;
}

/* ---- places ---- */

/* Members around a text, in a delta and in a message. value: each piece is a
 * text of its own as well, so that more may fire; never less. */
static const struct place {
	const char *before, *behind;
	bool value;
} places[] = {
    {"\"content\":\"", "\"", false},
    {"\"content\":[{\"type\":\"text\",\"text\":\"", "\"}]", false},
    {"\"refusal\":\"", "\"", false},
    {"\"reasoning_content\":\"", "\"", false},
    {"\"notes\":{\"more\":\"", "\"}", true},
    {"\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"type\":\"function\","
     "\"function\":{\"arguments\":\"",
	"\"}}]", false},
    {"\"function_call\":{\"arguments\":\"", "\"}", false},
};
#define N_PLACES (sizeof(places) / sizeof(places[0]))
#define N_SHOWN 5 /* of them that are not arguments */

static size_t char_len(const char *p, size_t len)
{
	size_t n = 1;

	while (n < len && ((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static void add_delta(struct buf *out, const struct place *at, struct span text)
{
	struct buf members = {0};

	buf_printf(&members, "\"delta\":{%s", at->before);
	json_escape(&members, text);
	buf_printf(&members, "%s},\"finish_reason\":null", at->behind);
	delta(out, members.data);
	buf_clear(&members);
}

/* In pieces of n characters. */
static void stream_text(
    struct buf *out, const struct place *at, struct span text, size_t n)
{
	for (size_t i = 0, end; i < text.len; i = end) {
		end = i;
		for (size_t k = 0; k < n && end < text.len; k++)
			end += char_len(text.p + end, text.len - end);
		add_delta(out, at, (struct span){text.p + i, end - i});
	}
	delta(out, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(out, "data: [DONE]\n\n");
}

/* ---- a body, judged as the relay does ---- */

struct body {
	struct channel_body read;
	struct verdicts verdicts;
};

static bool body_edited(void *arg, uint32_t series, size_t start, size_t end)
{
	const struct body *b = arg;
	const struct channel_series *s = &b->read.series[series];

	if (s->beside)
		return channel_seams_edited(
		    &s->seams, start, end, body_edited, arg);
	return beside_is_redacted(&b->verdicts, series, start, end);
}

static bool breaks_json(const struct channel_series *s,
    const struct guard_verdict *v, struct verdicts *own)
{
	struct quoted q = {0};
	bool good = true;

	for (size_t i = 0; i < v->n_edits && good && !s->nested; i++) {
		struct guard_edit e = v->edits[i];
		char *text = NULL;
		good = quote_edit(
		    &q, (struct span){s->text.data, s->text.len}, &e, &text);
		if (text)
			verdicts_own(own, text);
	}
	return !good;
}

static void judge_series(struct fixture *x, struct body *b, uint32_t i)
{
	const struct channel_series *s = &b->read.series[i];
	struct guard_session session = x->session;
	struct guard_message m = {GUARD_AI, s->text.data, s->text.len};
	struct guard_verdict v;

	if (s->label)
		return;
	session.aside = s->beside || s->kind != CHANNEL_SAID;
	guard_check(x->scanner, x->policy, &session, &m, &v);
	if (s->beside) {
		struct beside beside = {&s->seams, 0, body_edited, b};
		beside_add(&b->verdicts, i, x->policy, &beside, &v);
		return;
	}
	bool stuck =
	    v.n_edits && (!s->can_edit || breaks_json(s, &v, &b->verdicts));
	if (stuck)
		v.n_edits = 0;
	verdicts_add(&b->verdicts, i, &v);
	if (stuck)
		verdicts_fall_back(&b->verdicts, x->policy, GUARD_CANNOT_DECIDE,
		    GUARD_UNDECIDED_EDIT);
}

static enum guard_action judge_body(
    struct fixture *x, const struct place *at, struct span text)
{
	struct buf raw = {0};
	struct body b = {0};

	buf_printf(&raw,
	    "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,"
	    "\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{"
	    "\"role\":\"assistant\",%s",
	    at->before);
	json_escape(&raw, text);
	buf_printf(&raw, "%s},\"finish_reason\":\"stop\"}]}", at->behind);
	verdicts_init(&b.verdicts);
	if (channel_body_read(x->channel, (struct span){raw.data, raw.len},
		&b.read) != CHANNEL_BODY_OK)
		verdicts_fall_back(
		    &b.verdicts, x->policy, GUARD_CANNOT_READ, GUARD_DECIDED);
	else
		for (uint32_t i = 0; i < b.read.n_series; i++)
			judge_series(x, &b, i);
	enum guard_action action = b.verdicts.action;
	channel_body_clear(&b.read);
	verdicts_clear(&b.verdicts);
	buf_clear(&raw);
	return action;
}

/* ---- a stream ---- */

struct streamed {
	enum guard_action action;
	size_t released; /* bytes of the text, when it is withheld */
	struct buf seen; /* what the customer has, when it is not */
};

static void judge_stream(struct fixture *x, const struct place *at,
    struct span text, size_t piece, struct streamed *out)
{
	struct buf wire = {0};
	/* Tool arguments wait for their end, each piece in its frame. */
	struct frames *f = frames_new(&(struct frames_options){x->channel,
	    x->policy, &x->session, x->scanner, 8, 16 * MAX_HELD, NULL, NULL});

	stream_text(&wire, at, text, piece);
	*out = (struct streamed){0};
	enum frames_state state = FRAMES_OPEN;
	struct buf left = {0};
	for (size_t i = 0; i < wire.len && state == FRAMES_OPEN; i += 50) {
		size_t n = wire.len - i < 50 ? wire.len - i : 50;
		state = frames_feed(f, wire.data + i, n);
		frames_edits_recorded(f, frames_edits(f));
		frames_take(f, &left);
	}
	if (state == FRAMES_OPEN)
		state = frames_end(f);
	if (state == FRAMES_UNREADABLE)
		verdicts_fall_back(frames_verdicts(f), x->policy,
		    GUARD_CANNOT_READ, GUARD_DECIDED);
	if (state != FRAMES_OVER)
		frames_close(f);
	frames_take(f, &left);
	out->action = frames_verdicts(f)->action;
	out->released = frames_released(f);
	if (out->action < GUARD_REPLACE) {
		struct told told;
		told_init(&told);
		frames_told(f, frames_verdicts(f), false, &told);
		for (int k = 0; k < CHANNEL_KINDS; k++) {
			const struct told_text *t = &told.of[k];
			const struct buf *b = told.differs ? &t->seen : &t->all;
			buf_add(&out->seen, b->data, b->len);
		}
		told_clear(&told);
	}
	frames_free(f);
	buf_clear(&left);
	buf_clear(&wire);
}

static const size_t pieces[] = {1, 2, 3, 7, 40};
#define N_PIECES (sizeof(pieces) / sizeof(pieces[0]))

static void fail_on(uint64_t i, const struct place *at, struct span text,
    const char *what, int got, int want)
{
	fail_msg("seed %" PRIu64 ", %s: %s %d, not %d\n%.*s", i, at->before,
	    what, got, want, (int)text.len, text.p);
}

static void check_cuts(struct fixture *x, uint64_t i, const struct place *at,
    struct span text, size_t most)
{
	struct streamed whole;
	enum guard_action body = judge_body(x, at, text);

	judge_stream(x, at, text, SIZE_MAX, &whole);
	if (whole.action != body)
		fail_on(i, at, text, "one piece", (int)whole.action, (int)body);
	for (size_t k = 0; k < N_PIECES; k++) {
		struct streamed cut;
		judge_stream(x, at, text, pieces[k], &cut);
		if (at->value ? cut.action < body : cut.action != body)
			fail_on(i, at, text, "cut", (int)cut.action, (int)body);
		if (at->value) {
			buf_clear(&cut.seen);
			continue;
		}
		if (cut.seen.len != whole.seen.len ||
		    (cut.seen.len > 0 &&
			memcmp(cut.seen.data, whole.seen.data, cut.seen.len)))
			fail_on(i, at, text, "seen", (int)cut.seen.len,
			    (int)whole.seen.len);
		if (cut.action >= GUARD_REPLACE && cut.released > most)
			fail_on(i, at, text, "released", (int)cut.released,
			    (int)most);
		buf_clear(&cut.seen);
	}
	buf_clear(&whole.seen);
}

/* ---- tests ---- */

static void any_text_is_judged_alike(void **state)
{
	for (uint64_t i = seed; i < seed + n_texts; i++) {
		uint64_t d = state_of(i);
		struct buf text = {0};
		size_t mark = 0;
		for (size_t n = 1 + draw(&d, 12); n > 0; n--)
			buf_adds(&text,
			    wild[draw(&d, sizeof wild / sizeof wild[0])]);
		for (size_t n = draw(&d, 4); n > 0; n--)
			escape_again(&text, &mark);
		check_cuts(*state, i, &places[draw(&d, N_PLACES)],
		    (struct span){text.data, text.len}, SIZE_MAX);
		buf_clear(&text);
	}
}

/* What comes before the secret says nothing, so none of it may leave. */
static void no_secret_begins_to_leave(void **state)
{
	for (uint64_t i = seed; i < seed + n_texts; i++) {
		uint64_t d = state_of(~i);
		struct buf text = {0};
		for (size_t n = draw(&d, 6); n > 0; n--)
			buf_adds(&text,
			    around[draw(&d, sizeof around / sizeof around[0])]);
		buf_addc(&text, ' ');
		size_t mark = text.len;
		buf_adds(&text,
		    secrets[draw(&d, sizeof secrets / sizeof secrets[0])]);
		for (size_t n = draw(&d, 3); n > 0; n--)
			buf_adds(&text,
			    around[draw(&d, sizeof around / sizeof around[0])]);
		for (size_t n = draw(&d, 4); n > 0; n--)
			escape_again(&text, &mark);
		check_cuts(*state, i, &places[draw(&d, N_PLACES)],
		    (struct span){text.data, text.len}, mark);
		buf_clear(&text);
	}
}

/* The text excuses what the reading hands off, far from an escape: that does
 * not count, and what comes behind does. */
static void a_reading_goes_on_behind_what_is_no_hit(void **state)
{
	static const char excused[] =
	    "the launch code" LONG "\\n as a game. Now ";
	struct buf text = {0};

	buf_adds(&text, excused);
	check_cuts(*state, 0, &places[0], (struct span){text.data, text.len},
	    SIZE_MAX);
	buf_adds(&text, "la\\u0075nch code");
	struct span all = {text.data, text.len};
	assert_int_equal(judge_body(*state, &places[0], all), GUARD_HANDOFF);
	check_cuts(*state, 1, &places[0], all, sizeof excused - 1);
	buf_clear(&text);
}

/* Halves of a pair that stay alone, next to and inside of a hit. */
static void lone_halves_are_judged_alike(void **state)
{
#define HIGH "\xed\xa0\xbd"
#define LOW "\xed\xb8\x80"
	static const char *const texts[] = {HIGH " launch code",
	    "launch code" LOW, "launch" LOW " code", "hid" HIGH "den", LOW HIGH,
	    HIGH LOW HIGH, "hidden" HIGH LOW " ok", "4111 1111 1111 1111" HIGH,
	    "ok " LOW "hid\\u0064en"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (size_t k = 0; k < N_SHOWN; k++)
			check_cuts(*state, i, &places[k], span_str(texts[i]),
			    SIZE_MAX);
}

/* A member's name does not grow. */
static void names_are_judged_alike(void **state)
{
	static const struct place name = {"\"notes\":{\"", "\":\"\"}", false};
	static const char *const names[] = {"hid\\u0064en", "l\\\\x61unch code",
	    "C:\\new\\x", "launch\\ncode", "hidden"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct span text = span_str(names[i]);
		struct streamed out;
		int body = (int)judge_body(*state, &name, text);
		judge_stream(*state, &name, text, SIZE_MAX, &out);
		if ((int)out.action != body)
			fail_on(
			    i, &name, text, "one piece", (int)out.action, body);
		buf_clear(&out.seen);
	}
}

static int setup_cuts(void **state)
{
	return setup_with(state, policy_yaml, cuts_pack);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_text_is_judged_alike),
	    cmocka_unit_test(no_secret_begins_to_leave),
	    cmocka_unit_test(a_reading_goes_on_behind_what_is_no_hit),
	    cmocka_unit_test(lone_halves_are_judged_alike),
	    cmocka_unit_test(names_are_judged_alike),
	};
	if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		n_texts = strtoull(argv[2], NULL, 10);
	return cmocka_run_group_tests(tests, setup_cuts, teardown);
}
