/* cover: which rules and phrases the examples reach. */
#include "rules/guard_tests.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char pack[] = PACK_HEAD
    "use_lists: [words]\n"
    "topics:\n  t:\n    says: [red, green, blue]\n"
    "    like:\n      - A green one.\n"
    "rules:\n"
    "  - id: a\n    title: A\n    then: flag\n"
    "    find: {phrases: [foo*, <some> fee, never ... met], near: [far]}\n"
    "    examples:\n"
    "      matches:\n        - Fool of a fee, far away.\n"
    "        - A late fee, and far.\n"
    "      passes:\n        - Never have we met.\n"
    "  - id: b\n    title: B\n    then: flag\n    find: {topic: t}\n"
    "    examples:\n      matches:\n        - A red one.\n"
    "      passes:\n        - A blue* one.\n"
    "  - {id: c, title: C, mode: shadow, then: log, find: {phrases: x}}\n";

struct told {
	char lines[1000];
};

static void tell(const struct guard_cover *c, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->lines);
	n += (size_t)snprintf(t->lines + n, sizeof(t->lines) - n,
	    "%s:%u %s %zu/%zu", c->rule, c->line, c->fired ? "fired" : "not",
	    c->n_seen, c->n_phrases);
	for (size_t i = 0; i < c->n_phrases; i++)
		if (!c->phrases[i].seen)
			n +=
			    (size_t)snprintf(t->lines + n, sizeof(t->lines) - n,
				" [%s:%u %s]", c->phrases[i].file,
				c->phrases[i].line, c->phrases[i].text);
	snprintf(t->lines + n, sizeof(t->lines) - n, "\n");
}

static struct guard_policy *load(void)
{
	static const char words[] = "format: 1\nkind: lists\nlists:\n"
				    "  some:\n    - late\n    - extra\n";
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", pack);
	source_add(&s, "lists/words.yaml", words);
	struct guard_source source = {.own = s.own, .n_own = s.n_own};
	if (guard_policy_load_untested(&p, &source, source_see, &s))
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	return p;
}

static void test_a_conversation_makes_a_rule_fire(void **state)
{
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	struct told t = {""};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD "rules:\n"
		      "  - {id: a, title: A, mode: shadow, then: log, find: "
		      "{phrases: x}}\n"
		      "  - {id: b, title: B, mode: shadow, then: log, find: "
		      "{phrases: y}}\n");
	source_add(&s, "tests/t.yaml",
	    "format: 1\nkind: conversation tests\ntests:\n"
	    "  - {name: t, turns: [{ai: An x., expect: deliver}, {ai: A "
	    "y.}]}\n");
	struct guard_source source = {.own = s.own, .n_own = s.n_own};
	assert_int_equal(
	    guard_policy_load_untested(&p, &source, source_see, &s), 0);
	assert_int_equal(guard_cover(p, tell, &t), 0);
	assert_string_equal(t.lines,
	    "p/a:5 fired 0/1 [packs/p.yaml:5 x]\n"
	    "p/b:6 not 0/1 [packs/p.yaml:6 y]\n");
	guard_policy_unref(p);
}

static void test_rules_and_phrases(void **state)
{
	struct guard_policy *p = load();
	struct told t = {""};
	assert_int_equal(guard_cover(p, tell, &t), 0);
	assert_string_equal(t.lines,
	    "p/a:11 fired 2/3 [packs/p.yaml:14 never ... met]\n"
	    "p/b:21 fired 2/3 [packs/p.yaml:7 blue]\n"
	    "p/c:30 not 0/1 [packs/p.yaml:30 x]\n");
	guard_policy_unref(p);
}

static int run_once(void *arg)
{
	struct told t = {""};
	int err = guard_cover(arg, tell, &t);
	return err || strstr(t.lines, "p/a:11 not") ? -1 : 0;
}

static void test_memory(void **state)
{
	struct guard_policy *p = load();
	assert_true(failmalloc_each(run_once, p) > 5);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules_and_phrases),
	    cmocka_unit_test(test_a_conversation_makes_a_rule_fire),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
