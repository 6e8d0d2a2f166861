/* load: one mistake is told once, and nothing that only follows from it. */
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void test_one_mistake_is_one_fault(void **state)
{
	static const char *const packs[] = {
	    RULE_HEAD "    fnd: {phrases: [foo]}\n    then: redact\n" EXAMPLES,
	    RULE_HEAD "    find: foo\n    then: redact\n" EXAMPLES,
	    RULE_HEAD "    find: {pattern: '(a', near: [foo]}\n"
		      "    then: redact\n" EXAMPLES,
	    RULE_HEAD
	    "    find: {phrases: [foo]}\n    then: redact\n"
	    "    effective: {from: 2026-01-01, to: 2026-02-01}\n" EXAMPLES,
	    PACK_HEAD
	    "timezone: Mars/Olympus\n"
	    "rules:\n  - id: a\n    title: A\n"
	    "    find:\n      text_is:\n        - foo\n"
	    "    then: {allow: {rules: [p/a]}}\n"
	    "    effective: {from: 2026-01-01, to: 2026-02-01}\n" EXAMPLES,
	    PACK_HEAD "use_lists: [l]\nrules:\n  - id: a\n    title: A\n"
		      "    find:\n      phrases:\n        - *foo\n"
		      "    then: redact\n" EXAMPLES,
	};
	for (size_t i = 0; i < COUNT(packs); i++) {
		struct policy_source s = {0};
		source_add(&s, "policy.yaml", POLICY);
		source_add(&s, "packs/p.yaml", packs[i]);
		source_add(&s, "lists/l.yaml",
		    "format: 1\nkind: lists\nlists:\n  some:\n    - foo\n");
		assert_null(source_load(&s));
		if (s.n_errors != 1 || s.n_warnings)
			fail_msg("%zu: %u errors, %u warnings", i, s.n_errors,
			    s.n_warnings);
	}
	/* Nor is a list not defined whose file could not be read. */
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD
	    "use_lists: [words]\nrules:\n  - id: a\n    title: A\n"
	    "    find: {phrases: [<some>]}\n    then: flag\n" EXAMPLES);
	source_add(&s, "lists/words.yaml",
	    "format: 1\nkind: lists\nlists:\n  some:\n    - foo\n     - b\n");
	assert_null(source_load(&s));
	assert_string_equal(s.code, "Y011");
	assert_int_equal(s.n_errors, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_mistake_is_one_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
