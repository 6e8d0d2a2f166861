/* load_tests: what is wrong with a conversation test, and where. */
#include "rules/guard.h"

#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TESTS "format: 1\nkind: conversation tests\ntests:\n"

/* Each is the tests/t.yaml of a good policy. */
struct bad_test {
	const char *code;
	unsigned line, col;
	const char *tests;
	const char *hint;
};
static const struct bad_test bad_tests[] = {
    {"P003", 2, 7, "format: 1\nkind: tests\n", NULL},
    {"P004", 1, 1, "format: 1\nkind: conversation tests\n", NULL},
    {"P014", 4, 6, TESTS "  - {naem: t}\n", "\"name\""},
    {"P004", 4, 5, TESTS "  - {name: t}\n", "turns:"},
    {"P014", 4, 24, TESTS "  - {name: t, turns: [{bot: x}]}\n", NULL},
    {"P006", 4, 39, TESTS "  - {name: t, turns: [{ai: x, expect: blcok}]}\n",
	"\"block\""},
    {"P027", 4, 40, TESTS "  - {name: t, turns: [{ai: x, because: p/b}]}\n",
	"did you mean p/a?"},
    {"P075", 4, 24, TESTS "  - {name: t, turns: [{expect: log}]}\n",
	"who speaks"},
    {"P075", 4, 31, TESTS "  - {name: t, turns: [{ai: x, customer: y}]}\n",
	"two turns"},
    {"P075", 4, 39, TESTS "  - {name: t, turns: [{ai: x, expect: allow}]}\n",
	NULL},
    {"P014", 4, 32, TESTS "  - {name: t, turns: [{given: {tmie: x}}]}\n",
	"\"time\""},
    {"P074", 4, 28, TESTS "  - {name: t, turns: [{ai: foo, expect: log}]}\n",
	"\"t\""},
    {"Y002", 5, 18, TESTS "  - name: t\n    turns: [{ai: [x, y]}]\n", NULL},
};

static void test_every_fault_of_a_test_has_its_place(void **state)
{
	for (size_t i = 0; i < sizeof(bad_tests) / sizeof(*bad_tests); i++) {
		const struct bad_test *b = &bad_tests[i];
		struct policy_source s = {0};
		source_add(&s, "policy.yaml", POLICY);
		source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
		source_add(&s, "tests/t.yaml", b->tests);
		assert_null(source_load(&s));
		if (strcmp(s.code, b->code) != 0 || s.line != b->line ||
		    s.col != b->col || (b->hint && !strstr(s.hint, b->hint)))
			fail_msg("%s: want %s %u:%u, got %s %u:%u %s (%s)",
			    b->tests, b->code, b->line, b->col, s.code, s.line,
			    s.col, s.message, s.hint);
		assert_string_equal(s.file, "tests/t.yaml");
	}
}

static void test_a_file_without_tests_is_fine(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	source_add(&s, "tests/t.yaml", TESTS "  []\n");
	struct guard_policy *p = source_load(&s);
	assert_non_null(p);
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fault_of_a_test_has_its_place),
	    cmocka_unit_test(test_a_file_without_tests_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
