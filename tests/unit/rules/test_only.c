/* Only listed topics are in scope; the rest is held, and out of it. */
#include "rules/guard_diff.h"
#include "rules/guard_tests.h"
#include "tests/support/failmalloc.h"
#include "tests/unit/rules/chat.h"

#include "rules/guard_author.h"

#define TOPICS                                                                 \
	PACK_HEAD "use_lists: [words]\ntopics:\n"                              \
		  "  orders: {says: [order*, parcel*]}\n"                      \
		  "  tax: {says: [vat, invoice, tax], at_least: 2}\n"          \
		  "rules:\n  - id: a\n    title: A\n    then: flag\n"          \
		  "    find: {topic: orders}\n" EXAMPLES_OF_A
#define EXAMPLES_OF_A                                                          \
	"    examples:\n      matches:\n        - Your order.\n"               \
	"      passes:\n        - Nothing.\n"
#define SCOPE(more) POLICY "only:\n  topics: [orders, tax]\n" more
#define PROVEN                                                                 \
	"  examples:\n    matches:\n      - Boil the pasta.\n"                 \
	"    passes:\n      - Your order has shipped.\n"

static struct guard_policy *load(const char *policy, const char *lists)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", policy);
	source_add(&s, "packs/p.yaml", TOPICS);
	source_add(&s, "lists/words.yaml", lists);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%s %s:%u:%u %s (%s)", s.code, s.file, s.line, s.col,
		    s.message, s.hint);
	return p;
}

static void open_chat(struct chat *c, const char *policy, const char *lists)
{
	*c = (struct chat){.policy = load(policy, lists)};
	c->scanner = guard_scanner_new();
	assert_non_null(c->scanner);
}

#define STRAYS(from_to)                                                        \
	"handoff: *policy/only[" from_to "] on none of the topics in scope"

static void what_is_on_no_topic_is_out_of_scope(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c, SCOPE(PROVEN), CHAT_LISTS);
	CHAT(&c, "Boil the pasta.", STRAYS("0-15"));
	CHAT(&c, "Your order has shipped.", "flag: *p/a[5-10]");
	CHAT(&c, "Boil the pasta. Your parcel is here.", "flag: *p/a[21-27]");
	CHAT(&c, "Hello! Boil the pasta. Serve it. Enjoy!", STRAYS("7-22"));
	CHAT(&c, "", "deliver:");
	CHAT(&c, " \n...!", "deliver:");
	CHAT(&c, "42", STRAYS("0-2"));
	chat_close(&c);
}

static void small_talk_is_no_topic(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c, SCOPE(PROVEN), CHAT_LISTS);
	CHAT(&c, "Hi, I'm Acme's virtual assistant. How can I help you?",
	    "deliver:");
	CHAT(&c, "I'm sorry, I can't help with recipes.", "deliver:");
	CHAT(&c, "Thank you! Have a great day.", "deliver:");
	/* One word of it makes no small talk of a sentence. */
	CHAT(&c, "Sure, butter melts at 35 degrees.", STRAYS("0-33"));
	/* Nor does a phrase that began in the sentence before. */
	CHAT(&c, "Thank. You boil it.", STRAYS("0-6"));
	chat_close(&c);
}

static void a_topic_may_want_several_phrases(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c, SCOPE(PROVEN), CHAT_LISTS);
	CHAT(&c, "VAT is high.", STRAYS("0-12"));
	CHAT(&c, "VAT here, VAT there.", STRAYS("0-20"));
	CHAT(&c, "VAT is high. It is on the invoice.", "deliver:");
	chat_close(&c);
}

static void authors_have_words_of_their_own(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c, SCOPE("  small_talk: [ahoy there]\n" PROVEN), CHAT_LISTS);
	CHAT(&c, "Ahoy there, mate!", "deliver:");
	CHAT(&c, "Hello there, mate!", "deliver:");
	chat_close(&c);
	open_chat(&c, SCOPE(PROVEN), CHAT_LISTS "  small talk: [guten tag]\n");
	CHAT(&c, "Guten Tag, Max!", "deliver:");
	CHAT(&c, "Hello there, mate!", STRAYS("0-18"));
	chat_close(&c);
}

static void the_action_is_the_policys(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c,
	    SCOPE("  then: {block: {say: Let us stay with your order.}}\n"
		  "  when: {channel: chat}\n" PROVEN),
	    CHAT_LISTS);
	CHAT(&c, "Boil the pasta.", "deliver:");
	c.session.channel = "chat";
	CHAT(&c, "Boil the pasta.",
	    "block: *policy/only[0-15] on none of the topics in scope");
	assert_string_equal(c.verdict.say, "Let us stay with your order.");
	chat_close(&c);
	open_chat(&c, SCOPE("  mode: shadow\n" PROVEN), CHAT_LISTS);
	CHAT(&c, "Boil the pasta.",
	    "deliver: policy/only[0-15]shadow on none of the topics in scope");
	chat_close(&c);
	/* The short form hands off. */
	open_chat(&c, POLICY "only: [p/orders]\n", CHAT_LISTS);
	CHAT(&c, "VAT is on the invoice.", STRAYS("0-22"));
	assert_string_equal(c.verdict.queue, "desk");
	chat_close(&c);
}

/* An answer of a tool, or an edited text, has no topic to name. */
static void asides_have_no_scope(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c, SCOPE(PROVEN), CHAT_LISTS);
	c.session.aside = true;
	CHAT(&c, "Boil the pasta.", "deliver:");
	chat_close(&c);
}

static void hold(const struct guard_policy *p, const char *text, size_t safe)
{
	struct guard_stream *s =
	    guard_stream_new((struct guard_policy *)p, NULL, GUARD_AI);
	struct guard_progress progress;
	assert_non_null(s);
	guard_stream_feed(s, text, strlen(text), &progress);
	if (progress.safe_len != safe)
		fail_msg("\"%s\": %zu bytes are safe, not %zu", text,
		    progress.safe_len, safe);
	guard_stream_free(s);
}

static void only_what_strays_is_held(void **state)
{
	(void)state;
	struct guard_policy *p = load(SCOPE(PROVEN), CHAT_LISTS);
	hold(p, "Hello! ", 7);
	hold(p, "Hello! How", 7);
	hold(p, "Hello! Boil it. And more ", 7);
	hold(p, "Hello! Boil it. And your order ", 31);
	hold(p, "VAT is an ", 0);
	hold(p, "VAT is an invoice ", 18);
	guard_policy_unref(p);
	p = load(SCOPE("  then: flag\n" PROVEN), CHAT_LISTS);
	hold(p, "Boil it. And more ", 18);
	guard_policy_unref(p);
}

/* ---- for authors ---- */

static void told_why_not(void **state)
{
	(void)state;
	struct guard_policy *p = load(SCOPE(PROVEN), CHAT_LISTS);
	const struct {
		const char *text;
		enum guard_why why;
	} asks[] = {
	    {"Boil the pasta.", GUARD_WHY_FIRES},
	    {"Boil your order.", GUARD_WHY_TOPIC},
	    {"Hello there.", GUARD_WHY_TALK},
	};
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		const struct guard_message m = {
		    GUARD_AI, asks[i].text, strlen(asks[i].text)};
		struct guard_why_answer a;
		assert_int_equal(guard_why_not(p, 1, NULL, &m, &a), 0);
		for (size_t w = 0; w < GUARD_WHY_KINDS; w++)
			if (a.reasons[w] != (w == (size_t)asks[i].why))
				fail_msg("\"%s\": %s", asks[i].text,
				    guard_why_text((enum guard_why)w));
	}
	guard_policy_unref(p);
}

struct told {
	char lines[2000];
};

static void tell_weakening(const struct guard_weakening *w, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	if (strcmp(w->rule, "policy/only") == 0)
		snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s\n", w->what,
		    w->noticed ? "noticed" : w->advice);
}

static void told_what_no_example_shows(void **state)
{
	(void)state;
	struct guard_policy *p = load(SCOPE(PROVEN), CHAT_LISTS);
	struct told t = {""};
	assert_int_equal(guard_weaken(p, tell_weakening, &t), 0);
	assert_string_equal(t.lines,
	    "dropping the topic \"p/orders\" noticed\n"
	    "dropping the topic \"p/tax\" add a passes: example that is on "
	    "\"p/tax\" and no other topic\n"
	    "dropping small talk add a passes: example that is nothing but "
	    "small talk\n");
	guard_policy_unref(p);
}

static void tell_difference(const struct guard_difference *d, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s %s\n",
	    guard_direction_name(d->direction), d->rule, d->what);
}

static struct guard_policy *load_untested(const char *policy)
{
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	source_add(&s, "policy.yaml", policy);
	source_add(&s, "packs/p.yaml", TOPICS);
	source_add(&s, "lists/words.yaml", CHAT_LISTS);
	struct guard_source source = {.own = s.own, .n_own = s.n_own};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%s %s", s.code, s.message);
	return p;
}

static void told_what_is_in_scope_now(void **state)
{
	(void)state;
	struct guard_policy *a = load_untested(
	    POLICY "only: {topics: orders, small_talk: [ahoy]}\n");
	struct guard_policy *b = load_untested(POLICY "only: [orders, tax]\n");
	struct told t = {""};
	assert_int_equal(guard_diff(a, b, tell_difference, &t), 0);
	assert_string_equal(t.lines,
	    "looser policy/only now in scope: p/tax (2): \"invoice\"\n"
	    "looser policy/only now in scope: p/tax (2): \"tax\"\n"
	    "looser policy/only now in scope: p/tax (2): \"vat\"\n"
	    "stricter policy/only no longer in scope: small talk: "
	    "\"ahoy\"\n");
	guard_policy_unref(a);
	guard_policy_unref(b);
}

/* ---- memory ---- */

static int judge(void *arg)
{
	struct chat *c = arg;
	static const char text[] = "Hello! VAT and VAT. Boil it: tax.";
	struct guard_scanner *s = guard_scanner_new();
	const struct guard_message m = {GUARD_AI, text, strlen(text)};
	struct guard_verdict v;
	if (!s)
		return -1;
	guard_check(s, c->policy, NULL, &m, &v);
	int rc = v.undecided == GUARD_DECIDED ? 0 : -1;
	if (v.action != (rc ? GUARD_HANDOFF : GUARD_DELIVER))
		abort();
	guard_scanner_free(s);
	return rc;
}

static void no_memory_is_a_handoff(void **state)
{
	(void)state;
	struct chat c;
	open_chat(&c, SCOPE(PROVEN), CHAT_LISTS);
	assert_true(failmalloc_each(judge, &c) > 10);
	chat_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_on_no_topic_is_out_of_scope),
	    cmocka_unit_test(small_talk_is_no_topic),
	    cmocka_unit_test(a_topic_may_want_several_phrases),
	    cmocka_unit_test(authors_have_words_of_their_own),
	    cmocka_unit_test(the_action_is_the_policys),
	    cmocka_unit_test(asides_have_no_scope),
	    cmocka_unit_test(only_what_strays_is_held),
	    cmocka_unit_test(told_why_not),
	    cmocka_unit_test(told_what_no_example_shows),
	    cmocka_unit_test(told_what_is_in_scope_now),
	    cmocka_unit_test(no_memory_is_a_handoff),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
