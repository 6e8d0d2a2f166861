/* Which zone a conversation is in, and what becomes of it there. */
#include "rules/guard_diff.h"
#include "tests/support/failmalloc.h"
#include "tests/unit/rules/chat.h"

#include "rules/guard_author.h"

#define MATRIX(types, more)                                                    \
	POLICY "queues: {care: , crisis: }\n"                                  \
	       "interactions:\n  types:\n" types                               \
	       "  upset_when:\n    - phrases: [furious, want to complain]\n"   \
	       "    - repeat_contact: within 7 days\n"                         \
	       "  zones:\n"                                                    \
	       "    low complexity: {calm: ai leads, upset: ai starts}\n"      \
	       "    high complexity: {calm: ai assists, upset: human first}\n" \
	       "  zone_behaviour:\n    ai leads: {ai_sends: yes}\n"            \
	       "    ai starts: {ai_sends: yes, hand_off_after: 2 ai turns}\n"  \
	       "    ai assists: {ai_sends: drafts to a human}\n"               \
	       "    human first:\n      ai_sends: no\n"                        \
	       "      then: {handoff: {queue: care, say: One moment.}}\n" more
#define TYPES                                                                  \
	"    order: {complexity: low}\n    dispute: {complexity: high}\n"      \
	"    loss: {complexity: low, emotion: upset}\n"
#define CARE                                                                   \
	PACK_HEAD                                                              \
	"rules:\n  - id: crisis\n    title: C\n    speaker: customer\n"        \
	"    find: {phrases: [foo]}\n    then: {handoff: {queue: "             \
	"crisis}}\n" EXAMPLES                                                  \
	"  - id: refund\n    title: R\n    find: {phrases: [foo]}\n"           \
	"    then: handoff\n" EXAMPLES

static struct guard_policy *load(const char *policy)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", policy);
	source_add(&s, "packs/p.yaml", CARE);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%s %s:%u:%u %s (%s)", s.code, s.file, s.line, s.col,
		    s.message, s.hint);
	return p;
}

static void open_chat(struct chat *c, const char *policy)
{
	*c = (struct chat){.policy = load(policy)};
	c->scanner = guard_scanner_new();
	assert_non_null(c->scanner);
}

/* The zone of a session, with what the customer says. */
static const char *zone_of(
    struct chat *c, struct guard_session *s, const char *said)
{
	const struct guard_message m = {
	    GUARD_CUSTOMER, said, said ? strlen(said) : 0};
	assert_true(
	    guard_interaction(c->scanner, c->policy, s, said ? &m : NULL));
	return s->zone;
}

static void the_matrix_says_which_zone(void **state)
{
	static const struct {
		const char *type, *said, *zone, *is;
		bool upset;
	} cases[] = {
	    {"order", NULL, "ai leads", "order", false},
	    {"order", "Hello.", "ai leads", "order", false},
	    {"order", "I am furious!", "ai starts", "order", true},
	    {"order", "I'm F U R I O U S", "ai starts", "order", true},
	    {"dispute", "Hello.", "ai assists", "dispute", false},
	    {"dispute", "I want to complain.", "human first", "dispute", true},
	    {"loss", "Hello.", "ai starts", "loss", true},
	    /* Nobody knows them: as complex as can be. */
	    {NULL, "Hello.", "ai assists", NULL, false},
	    {"other", "Furious.", "human first", "other", true},
	    /* What cannot be read says nothing good. */
	    {"order", "\xff", "ai starts", "order", true},
	};
	struct chat c;
	(void)state;
	open_chat(&c, MATRIX(TYPES, ""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guard_session s = {.interaction_type = cases[i].type,
		    .zone = "what the client says"};
		assert_string_equal(
		    zone_of(&c, &s, cases[i].said), cases[i].zone);
		assert_int_equal(
		    s.upset, cases[i].upset ? GUARD_YES : GUARD_NO);
		if (cases[i].is)
			assert_string_equal(s.interaction_type, cases[i].is);
		else
			assert_null(s.interaction_type);
	}
	chat_close(&c);
	open_chat(&c, MATRIX(TYPES "    unknown: {complexity: low}\n", ""));
	struct guard_session s = {.interaction_type = NULL};
	assert_string_equal(zone_of(&c, &s, "Hello."), "ai leads");
	assert_string_equal(s.interaction_type, "unknown");
	chat_close(&c);
}

static void upset_stays(void **state)
{
	const struct guard_message said = {
	    GUARD_CUSTOMER, "I am furious!", sizeof("I am furious!") - 1};
	struct chat c;
	(void)state;
	open_chat(&c, MATRIX(TYPES, ""));
	struct guard_session s = {.interaction_type = "order"};
	assert_true(guard_policy_remembers(c.policy));
	assert_int_equal(
	    guard_remember(c.scanner, c.policy, &s, &said, &c.memory), 0);
	assert_int_equal(c.memory.n, 1);
	assert_string_equal(c.memory.rows[0].name, "policy/upset");
	s.counted = c.memory.rows;
	s.n_counted = c.memory.n;
	assert_string_equal(zone_of(&c, &s, "Thanks."), "ai starts");
	s = (struct guard_session){
	    .interaction_type = "order", .repeat_contact = GUARD_YES};
	assert_string_equal(zone_of(&c, &s, NULL), "ai starts");
	s.repeat_contact = GUARD_NO; /* upset is said already */
	assert_string_equal(zone_of(&c, &s, NULL), "ai starts");
	chat_close(&c);
}

static void without_a_matrix_nothing_is_known(void **state)
{
	struct chat c;
	struct guard_session s = {.zone = "theirs"};
	(void)state;
	open_chat(&c, POLICY "queues: {care: , crisis: }\n");
	assert_false(guard_interaction(c.scanner, c.policy, &s, NULL));
	assert_string_equal(s.zone, "theirs");
	assert_int_equal(s.upset, GUARD_UNKNOWN);
	assert_int_equal(guard_answer_within_ms(c.policy, "theirs"), 0);
	chat_close(&c);
}

/* ---- what becomes of messages ---- */

static void judge(struct chat *c, enum guard_speaker speaker, const char *zone,
    uint32_t ai_turn, const char *text)
{
	const struct guard_message m = {speaker, text, strlen(text)};
	c->session = (struct guard_session){.zone = zone, .ai_turn = ai_turn};
	guard_check(c->scanner, c->policy, &c->session, &m, &c->verdict);
	chat_describe(c);
}

static void a_zone_hands_off(void **state)
{
	static const struct {
		enum guard_speaker speaker;
		const char *zone;
		uint32_t ai_turn;
		const char *text, *said, *queue;
	} cases[] = {
	    {GUARD_CUSTOMER, "human first", 1, "Hi.",
		"handoff: *policy/human first[0-0]", "care"},
	    {GUARD_AI, "human first", 1, "Hi.",
		"handoff: *policy/human first (ai)[0-0]", "care"},
	    {GUARD_HUMAN, "human first", 1, "Hi.", "deliver:", NULL},
	    {GUARD_CUSTOMER, "ai assists", 1, "Hi.", "deliver:", NULL},
	    {GUARD_AI, "ai assists", 1, "Hi.",
		"handoff: *policy/ai assists[0-0]", "desk"},
	    {GUARD_CUSTOMER, "ai starts", 2, "Hi.", "deliver:", NULL},
	    {GUARD_AI, "ai starts", 2, "Hi.", "deliver:", NULL},
	    {GUARD_CUSTOMER, "ai starts", 3, "Hi.",
		"handoff: *policy/ai starts[0-0]", "desk"},
	    {GUARD_AI, "ai starts", 3, "Hi.",
		"handoff: *policy/ai starts (ai)[0-0]", "desk"},
	    {GUARD_CUSTOMER, "ai leads", 99, "Hi.", "deliver:", NULL},
	    /* Who has a reason of their own goes before. */
	    {GUARD_CUSTOMER, "human first", 1, "A foo.",
		"handoff: policy/human first[0-0] *p/crisis[2-5]", "crisis"},
	    {GUARD_AI, "ai assists", 1, "A foo.",
		"handoff: policy/ai assists[0-0] *p/refund[2-5]", "desk"},
	};
	struct chat c;
	(void)state;
	open_chat(&c, MATRIX(TYPES, ""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		judge(&c, cases[i].speaker, cases[i].zone, cases[i].ai_turn,
		    cases[i].text);
		assert_string_equal(c.said, cases[i].said);
		if (cases[i].queue)
			assert_string_equal(c.verdict.queue, cases[i].queue);
	}
	judge(&c, GUARD_CUSTOMER, "human first", 1, "Hi.");
	assert_string_equal(c.verdict.say, "One moment.");
	struct guard_rule_info rule;
	guard_policy_rule(c.policy, c.verdict.hits[0].rule, &rule);
	assert_true(rule.by_zone);
	chat_close(&c);
}

/* Who returned the conversation has decided that the AI goes on. */
static void a_person_has_had_it(void **state)
{
	const struct guard_message said = {GUARD_CUSTOMER, "Hi.", 3};
	const struct guard_message answer = {GUARD_AI, "Hi.", 3};
	struct chat c;
	(void)state;
	open_chat(&c, MATRIX(TYPES, ""));
	c.session = (struct guard_session){.zone = "human first"};
	guard_check(c.scanner, c.policy, &c.session, &said, &c.verdict);
	assert_int_equal(c.verdict.action, GUARD_HANDOFF);
	assert_int_equal(
	    guard_remember(c.scanner, c.policy, &c.session, &said, &c.memory),
	    0);
	c.session.counted = c.memory.rows;
	c.session.n_counted = c.memory.n;
	guard_check(c.scanner, c.policy, &c.session, &said, &c.verdict);
	assert_int_equal(c.verdict.action, GUARD_DELIVER);
	guard_check(c.scanner, c.policy, &c.session, &answer, &c.verdict);
	assert_int_equal(c.verdict.action, GUARD_DELIVER);
	/* Another zone is another matter. */
	c.session.zone = "ai starts";
	c.session.ai_turn = 3;
	guard_check(c.scanner, c.policy, &c.session, &said, &c.verdict);
	assert_int_equal(c.verdict.action, GUARD_HANDOFF);
	/* Drafts stay drafts. */
	const struct guard_counted row = {
	    .name = "policy/ai assists", .times = 1};
	const struct guard_message m = {GUARD_AI, "Hi.", 3};
	c.session = (struct guard_session){
	    .zone = "ai assists", .counted = &row, .n_counted = 1};
	guard_check(c.scanner, c.policy, &c.session, &m, &c.verdict);
	assert_int_equal(c.verdict.action, GUARD_HANDOFF);
	chat_close(&c);
}

/* Nothing of a draft is released, all of it is read, and a handoff with a
 * reason of its own still cuts it. */
static void a_draft_is_read_to_its_end(void **state)
{
	struct guard_policy *p = load(MATRIX(TYPES, ""));
	const struct guard_session s = {.zone = "ai assists"};
	struct guard_progress progress;
	struct guard_verdict v;
	(void)state;
	struct guard_stream *stream = guard_stream_new(p, &s, GUARD_AI);
	assert_non_null(stream);
	guard_stream_feed(stream, "A draft. And ", 13, &progress);
	assert_int_equal(progress.safe_len, 0);
	assert_true(progress.withheld);
	assert_false(progress.cut);
	guard_stream_feed(stream, "more of it.", 11, &progress);
	assert_false(progress.cut);
	guard_stream_end(stream, &v);
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(guard_stream_text(stream).len, 24);
	guard_stream_free(stream);
	stream = guard_stream_new(p, &s, GUARD_AI);
	assert_non_null(stream);
	guard_stream_feed(stream, "A foo. And ", 11, &progress);
	assert_true(progress.cut);
	guard_stream_free(stream);
	struct chat c = {.policy = p, .scanner = guard_scanner_new()};
	const struct every_cut in = {p, c.scanner, &s};
	assert_non_null(c.scanner);
	assert_int_equal(every_cut(&in, "A draft. And a foo of it."), 0);
	chat_close(&c);
}

static void how_long_the_bot_may_take(void **state)
{
	struct guard_fallback late;
	struct guard_policy *p = load(MATRIX(TYPES,
	    "bot_must_answer_within: {ai leads: 10 s, ai starts: 500 ms,\n"
	    "  then: block}\n"));
	(void)state;
	assert_int_equal(guard_answer_within_ms(p, "ai leads"), 10000);
	assert_int_equal(guard_answer_within_ms(p, "ai starts"), 500);
	assert_int_equal(guard_answer_within_ms(p, "ai assists"), 0);
	assert_int_equal(guard_answer_within_ms(p, NULL), 0);
	guard_policy_fallback(p, GUARD_BOT_LATE, &late);
	assert_int_equal(late.action, GUARD_BLOCK);
	guard_policy_unref(p);
	p = load(POLICY "queues: {care: , crisis: }\n"
			"bot_must_answer_within: 2 min\n");
	assert_int_equal(guard_answer_within_ms(p, "anything"), 120000);
	guard_policy_fallback(p, GUARD_BOT_LATE, &late);
	assert_int_equal(late.action, GUARD_HANDOFF);
	guard_policy_unref(p);
}

/* ---- for authors ---- */

struct told {
	char lines[2000];
};

static void tell(const struct guard_difference *d, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s %s\n",
	    guard_direction_name(d->direction), d->rule, d->what);
}

static void differences_are_told(void **state)
{
	struct guard_policy *a =
	    load(MATRIX(TYPES, "bot_must_answer_within: {ai leads: 10 s}\n"));
	struct guard_policy *b = load(MATRIX(
	    "    order: {complexity: low}\n    dispute: {complexity: low}\n"
	    "    loss: {complexity: high, emotion: upset}\n",
	    "bot_must_answer_within: {ai leads: 20 s}\n"));
	struct guard_policy *none = load(POLICY "queues: {care: , crisis: }\n");
	struct told t = {""};
	(void)state;
	assert_int_equal(guard_diff(a, b, tell, &t), 0);
	assert_string_equal(t.lines,
	    "looser interactions dispute, calm customers: ai assists (drafts) "
	    "-> ai leads (the AI sends)\n"
	    "looser interactions dispute, upset customers: human first "
	    "(people) -> ai starts (2 turns of the AI)\n"
	    "stricter interactions loss, calm customers: ai starts (2 turns of "
	    "the AI) -> human first (people)\n"
	    "stricter interactions loss, upset customers: ai starts (2 turns "
	    "of the AI) -> human first (people)\n"
	    "looser bot_must_answer_within the bot may take 10000 ms -> 20000 "
	    "ms (0: any time) in ai leads\n");
	t.lines[0] = '\0';
	assert_int_equal(guard_diff(a, a, tell, &t), 0);
	assert_string_equal(t.lines, "");
	assert_int_equal(guard_diff(a, none, tell, &t), 0);
	assert_non_null(strstr(t.lines, "looser interactions zones removed\n"));
	guard_policy_unref(a);
	guard_policy_unref(b);
	guard_policy_unref(none);
}

static int find_zone(void *arg)
{
	const struct guard_policy *p = arg;
	const struct guard_message m = {GUARD_CUSTOMER, "furious", 7};
	struct guard_session s = {.interaction_type = "order"};
	struct guard_scanner *scanner = guard_scanner_new();
	if (!scanner)
		return -1;
	bool found = guard_interaction(scanner, p, &s, &m);
	guard_scanner_free(scanner);
	/* Out of memory it cannot be told, and upset is the answer too. */
	if (!found || s.upset != GUARD_YES)
		abort();
	return 0;
}

static void no_memory_is_upset(void **state)
{
	struct guard_policy *p = load(MATRIX(TYPES, ""));
	(void)state;
	assert_true(failmalloc_each(find_zone, p) > 5);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_matrix_says_which_zone),
	    cmocka_unit_test(upset_stays),
	    cmocka_unit_test(without_a_matrix_nothing_is_known),
	    cmocka_unit_test(a_zone_hands_off),
	    cmocka_unit_test(a_person_has_had_it),
	    cmocka_unit_test(a_draft_is_read_to_its_end),
	    cmocka_unit_test(how_long_the_bot_may_take),
	    cmocka_unit_test(differences_are_told),
	    cmocka_unit_test(no_memory_is_upset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
