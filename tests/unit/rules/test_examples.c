/* examples: each is reported with its outcome; cost: what holds a stream. */
#include "rules/guard_author.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char policy_text[] =
    "format: 1\nkind: policy\nname: t\ntimezone: UTC\npacks: p\n";
static const char pack[] =
    "format: 1\nkind: pack\npack: p\n"
    "topics:\n  t:\n    says: [red]\n    like:\n      - A red one.\n"
    "    unlike:\n      - Reddish, red.\n"
    "rules:\n  - id: a\n    title: A\n    find: {phrases: [foo]}\n"
    "    unless: [{approval: x}]\n    then: flag\n"
    "    examples:\n      matches:\n        - A foo.\n        - A bar.\n"
    "      passes:\n        - Nothing.\n        - Oh, foo!\n"
    "        - text: Fine foo.\n          given: {approvals: {x: 1}}\n"
    "  - id: b\n    title: B\n    mode: shadow\n    when: {ai_turn: first}\n"
    "    must_say: [{phrases: [robot]}]\n    then: {prepend: \"Robot. \"}\n"
    "    examples:\n      matches:\n        - Hello.\n      passes:\n"
    "        - text: Hello.\n          given: {ai_turn: 2}\n"
    "  - {id: c, title: C, mode: shadow, then: log, find: {pattern: 'a'}}\n"
    "  - {id: d, title: D, mode: shadow, then: log,\n"
    "     find: {phrases: x, near: y}}\n"
    "  - {id: e, title: E, mode: shadow, then: log, find: {text_is: x}}\n"
    "  - {id: f, title: F, mode: off, then: log, find: {pattern: 'a'}}\n";

struct tally {
	char lines[1000];
};

static void tell(const struct guard_example *o, void *arg)
{
	struct tally *t = arg;
	size_t n = strlen(t->lines);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %s %s %zu\n", o->rule,
	    o->matches ? "matches" : "passes", o->good ? "good" : "bad",
	    o->hit ? o->hit->start : 99);
}

static struct guard_policy *load_unjudged(void)
{
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	struct guard_file files[] = {
	    {"policy.yaml", policy_text, sizeof(policy_text) - 1},
	    {"packs/p.yaml", pack, sizeof(pack) - 1},
	};
	struct guard_source source = {.own = files, .n_own = 2};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	return p;
}

static void test_each_example_is_told(void **state)
{
	struct guard_policy *p = load_unjudged();
	struct tally t = {""};
	assert_int_equal(guard_examples(p, tell, &t), 0);
	assert_string_equal(t.lines,
	    "p/a matches good 2\np/a matches bad 99\np/a passes good 99\n"
	    "p/a passes bad 4\np/a passes good 99\n"
	    "p/b matches good 0\np/b passes good 99\n"
	    "p/t matches good 2\np/t passes bad 9\n");
	guard_policy_unref(p);
}

static void test_bad_examples_refuse_the_policy(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", policy_text);
	source_add(&s, "packs/p.yaml", pack);
	assert_null(source_load(&s));
	assert_int_equal(s.n_errors, 3);
	assert_string_equal(s.code, "P070");
	assert_int_equal(s.line, 20);
}

/* With a date it is as on that day. */
static void test_an_exception_is_shown_without_a_date(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", policy_text);
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD
	    "rules:\n  - id: a\n    title: A\n    find: {phrases: [foo]}\n"
	    "    unless: [{phrases: [bar], until: 2027-01-31}]\n"
	    "    then: flag\n    examples:\n      matches:\n"
	    "        - text: A foo bar.\n"
	    "          given: {time: \"2027-02-01T00:00\"}\n"
	    "      passes:\n        - A foo bar.\n"
	    "        - text: A foo bar.\n"
	    "          given: {time: \"2027-01-31T23:59\"}\n");
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_message m = {GUARD_AI, "A foo bar.", 10};
	struct guard_verdict v;
	guard_check(scanner, p, NULL, &m, &v);
	assert_int_equal(v.action, GUARD_FLAG); /* but not to the customer */
	guard_scanner_free(scanner);
	guard_policy_unref(p);
}

static void tell_cost(const struct diag *d, void *arg)
{
	struct tally *t = arg;
	size_t n = strlen(t->lines);
	assert_int_equal(
	    d->level, strcmp(d->code, "P061") ? DIAG_NOTE : DIAG_WARNING);
	snprintf(t->lines + n, sizeof(t->lines) - n, "%s %u:%u %u %.4s\n",
	    d->code, d->line, d->col, d->width, d->message);
}

static const char costly[] = PACK_HEAD
    "rules:\n"
    "  - id: a\n    title: A\n    find: {phrases: foo, near: now}\n"
    "    then: log\n" EXAMPLES
    "  - id: b\n    title: B\n    must_say: [{phrases: bar}]\n"
    "    then: {prepend: Bar}\n" EXAMPLES
    "  - {id: c, title: C, mode: shadow, then: log,\n"
    "     find: {pattern: '[ab]+'}}\n"
    "  - {id: d, title: D, mode: shadow, then: log,\n"
    "     must_say: [{phrases: robot}]}\n"
    "  - id: e\n    title: E\n    find: {text_is: Say foo now.}\n"
    "    then: log\n" EXAMPLES
    "  - {id: f, title: F, mode: off, then: log, find: {pattern: 'a'}}\n"
    "  - id: g\n    title: G\n    find: {phrases: foo}\n"
    "    then: {prepend: Bar}\n" EXAMPLES;

/* It names the rule, and the part of it that costs; what is in shadow holds
 * nothing. */
static void test_cost(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", costly);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	struct tally t = {""};
	guard_policy_cost(p, tell_cost, &t);
	assert_string_equal(t.lines,
	    "P065 7:5 4 p/a \nP060 16:5 8 p/b \nP061 24:6 4 p/c \n"
	    "P063 29:5 4 p/e \nP060 39:5 4 p/g \n");
	guard_policy_unref(p);
}

static void ignore(const struct guard_example *o, void *arg)
{
	*(bool *)arg |= o->undecided == GUARD_UNDECIDED_MEMORY;
}

static int run_once(void *arg)
{
	bool starved = false;
	int rc = guard_examples(arg, ignore, &starved);
	return rc ? rc : starved;
}

static void test_memory(void **state)
{
	struct guard_policy *p = load_unjudged();
	assert_true(failmalloc_each(run_once, p) > 2);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_example_is_told),
	    cmocka_unit_test(test_bad_examples_refuse_the_policy),
	    cmocka_unit_test(test_an_exception_is_shown_without_a_date),
	    cmocka_unit_test(test_cost),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
