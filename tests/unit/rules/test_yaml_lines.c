/* yaml_lines: lines that YAML joins to the text above, and what only looks
 * like the beginning of one. */
#include "rules/yaml.h"

#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	unsigned n;
	char code[8];
	unsigned line, col;
	char message[256], hint[256];
};

/* Keeps the first. */
static void see(const struct diag *d, void *arg)
{
	struct seen *s = arg;
	if (s->n++)
		return;
	snprintf(s->code, sizeof(s->code), "%s", d->code);
	s->line = d->line;
	s->col = d->col;
	snprintf(s->message, sizeof(s->message), "%s", d->message);
	snprintf(s->hint, sizeof(s->hint), "%s", d->hint ? d->hint : "");
}

struct bad {
	const char *text, *code;
	unsigned line, col;
	const char *message, *hint; /* parts of them */
};

#define EN "\xe2\x80\x93"
#define BULLET "\xe2\x80\xa2"
#define NBSP "\xc2\xa0"
#define WIDE_COLON "\xef\xbc\x9a"

static const struct bad bads[] = {
    /* one space too many in a list */
    {"a:\n  - knife\n   - sword\n  - c\n", "Y011", 3, 4, "\"knife - sword\"",
	"column 3"},
    {"a:\n- knife\n - sword\n", "Y011", 3, 2, "\"knife - sword\"", "column 1"},
    {"a:\n  - b\n\n    - c\n", "Y011", 4, 5, "\"b - c\"", "column 3"},
    {"a:\n  - b\n    and\n    -\n", "Y011", 4, 5, "\"and -\"", "\"quotes\""},
    {"a:\n  - b\n   -c\n", "Y011", 3, 4, "\"b -c\"", "\"- \""},
    {"a:\n  - b\n    \t- c\n", "Y011", 3, 6, "\"b - c\"", "column 3"},
    {"a:\n  - b\r\n   - c\r\n", "Y011", 3, 4, "\"b - c\"", "column 3"},
    {"a:\n  - b\n   " EN " c\n", "Y011", 3, 4, "\"b " EN " c\"", "column 3"},
    {"a:\n  - b\n   * c\n", "Y011", 3, 4, "\"b * c\"", "column 3"},
    {"a:\n  - b\n   " BULLET " c\n", "Y011", 3, 4, "b", "column 3"},
    {"a:\n  - b\n  " NBSP "- c\n", "Y005", 3, 3, "no-break", "spaces"},
    {"a:\n  - b\n   " NBSP "- c\n", "Y011", 3, 5, "\"b - c\"", "column 3"},
    {"a:\n  - b\n   -" NBSP "c\n", "Y011", 3, 4, "b", "column 3"},
    {"- text: b\n   - text\n", "Y011", 2, 4, "\"b - text\"", "each line"},
    {"a: [b\n  - c]\n", "Y011", 2, 3, "- c", "comma"},
    /* marks that are none, and marks without a space */
    {"a:\n  " EN " b\n  " EN " c\n", "Y011", 2, 3, "not as a list", "\"- \""},
    {"a:\n  " EN " b\nc: d\n", "Y011", 2, 3, "not as a list", "\"- \""},
    {"a:\n  -b\n  -c\n", "Y011", 2, 3, "not as a list", "\"- \""},
    {"a:\n  -5 off\n  -7 off\n", "Y011", 3, 3, "-5 off -7 off", "each line"},
    {"a:\n  1. b\n  2. c\n", "Y011", 3, 3, "1. b 2. c", "each line"},
    {"a:\n  - b\n  " EN " c\n", "Y005", 3, 3, EN, "\"- \""},
    {"a:\n- b\n" EN " c\n", "Y005", 3, 1, EN, "\"- \""},
    {"a:\n  - b\n  -" NBSP "c\n", "Y005", 3, 4, "no-break", "ordinary"},
    /* keys */
    {"title: b\n why:c\n", "Y011", 2, 2, "\"b why:c\"", "\"why: \""},
    {"title: b\n why" WIDE_COLON "c\n", "Y011", 2, 2, "\"b why", "\"why: \""},
    {"title: b\n why:" NBSP "c\n", "Y011", 2, 2, "\"b why", "\"why: \""},
    {"title: b\n why: c\n", "Y011", 2, 2, "\"b why: c\"", "line it up"},
    {"- id: b\n   why: c\n", "Y011", 2, 4, "\"b why: c\"", "line it up"},
    {"- b\n  why:\n    - c\n", "Y011", 2, 3, "\"b why:\"", "line it up"},
    {"title: b\nwhy:" NBSP "c\n", "Y005", 2, 5, "no-break", "ordinary"},
    {"title: b\nwhy" WIDE_COLON " c\n", "Y005", 2, 4, ":", "ordinary"},
    {"- a: {b: c}\n" NBSP NBSP "why: c\n  then: d\n", "Y005", 2, 1, "no-break",
	"spaces"},
    {"- a: b\n" NBSP NBSP "why: c\n  then: d\n", "Y005", 2, 1, "no-break",
	"spaces"},
    {"- a: b\n" NBSP NBSP "why: c\n", "Y005", 2, 1, "no-break", "spaces"},
    {"a: b\n" NBSP NBSP "why: c\n", "Y005", 2, 1, "no-break", "spaces"},
    {"- a: {b: c}\n" NBSP NBSP "why: c\n\n# no\n  then: d\n", "Y005", 2, 1,
	"no-break", "spaces"},
};

static void test_a_line_that_is_eaten_is_told(void **state)
{
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *b = &bads[i];
		struct seen s = {0};
		struct yaml_doc *doc =
		    yaml_parse("f", b->text, strlen(b->text), see, &s);
		if (doc || s.n != 1 || strcmp(s.code, b->code) != 0 ||
		    s.line != b->line || s.col != b->col ||
		    !strstr(s.message, b->message) || !strstr(s.hint, b->hint))
			fail_msg("%s\nwant %s %u:%u %s (%s)\n got %s %u:%u "
				 "%s (%s), %u in all",
			    b->text, b->code, b->line, b->col, b->message,
			    b->hint, s.code, s.line, s.col, s.message, s.hint,
			    s.n);
		yaml_doc_free(doc);
	}
}

static void test_a_long_line_is_shown_in_part(void **state)
{
	char umlauts[121], text[200];
	for (unsigned i = 0; i < 120; i += 2)
		memcpy(umlauts + i, "\xc3\xa4", 3);
	snprintf(text, sizeof(text), "- %s\n   - x\n", umlauts);
	struct seen s = {0};
	assert_null(yaml_parse("f", text, strlen(text), see, &s));
	assert_string_equal(s.code, "Y011");
	assert_non_null(strstr(s.message, "\xc3\xa4 - x\""));
	assert_true(strlen(s.message) < 160);
}

static const char *const fine[] = {
    "- a sentence that goes on\n  in the line below\n",
    "- a text\n  https://x.example/a\n  12:30 o'clock, 1-2 days\n",
    "- \"a text\n   - with a dash\n   key:value\"\n",
    "- 'a text\n   - with a dash'\n",
    "- |\n  a text\n   - with a dash\n  key: value\n",
    "- >\n  a text\n  " EN " with a dash\n",
    "a: -5\nc: " EN " d\n",
    "a:\n  -5\nb:\n  1. January\n",
    "- cold, about\n  -5 degrees, on the\n  1. January\n",
    "- " EN " said between\n",
    "- a\n# - b\n- c\n",
    "a: [b,\n  c, d]\n",
};

static void test_texts_may_go_on(void **state)
{
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		struct seen s = {0};
		struct yaml_doc *doc =
		    yaml_parse("f", fine[i], strlen(fine[i]), see, &s);
		if (!doc || s.n)
			fail_msg("%s\n%s %u:%u %s", fine[i], s.code, s.line,
			    s.col, s.message);
		yaml_doc_free(doc);
	}
}

static void test_a_list_is_not_written_as_one_text(void **state)
{
	static const char text[] = "a:\n  b.\n  c.\nd:\n  'e\n  f'\n"
				   "g:\n  - h\n    i\nj: k\n";
	struct seen s = {0};
	struct yaml_doc *doc = yaml_parse("f", text, strlen(text), see, &s);
	assert_non_null(doc);
	const struct yaml_node *root = yaml_root(doc);
	assert_int_equal(yaml_check_list(doc, yaml_get(root, "d"), see, &s), 0);
	assert_int_equal(yaml_check_list(doc, yaml_get(root, "g"), see, &s), 0);
	assert_int_equal(yaml_check_list(doc, yaml_get(root, "j"), see, &s), 0);
	assert_int_equal(yaml_check_list(doc, yaml_get(root, "a"), see, &s), 1);
	assert_string_equal(s.code, "Y011");
	assert_int_equal(s.line, 2);
	assert_string_equal(
	    s.message, "YAML reads these 2 lines as one text: \"b. c.\"");
	yaml_doc_free(doc);
}

/* An editor may have broken the line. */
static void test_a_phrase_over_lines_is_a_warning(void **state)
{
	static const char *const finds[] = {
	    "    find:\n      phrases:\n        - foo\n          bar\n",
	    "    find:\n      phrases: [foo\n        bar, foo]\n",
	    "    find:\n      phrases: [foo,\n        bar]\n",
	    "    find:\n      phrases: [\"foo\n        bar\"]\n",
	};
	for (size_t i = 0; i < sizeof(finds) / sizeof(*finds); i++) {
		char pack[400];
		snprintf(pack, sizeof(pack),
		    RULE_HEAD "    mode: shadow\n    then: flag\n%s", finds[i]);
		struct policy_source s = {0};
		source_add(&s, "policy.yaml", POLICY);
		source_add(&s, "packs/p.yaml", pack);
		struct guard_policy *p = source_load(&s);
		assert_non_null(p);
		assert_int_equal(s.n_warnings, i < 2 ? 1 : 0);
		guard_policy_unref(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_phrase_over_lines_is_a_warning),
	    cmocka_unit_test(test_a_line_that_is_eaten_is_told),
	    cmocka_unit_test(test_a_long_line_is_shown_in_part),
	    cmocka_unit_test(test_texts_may_go_on),
	    cmocka_unit_test(test_a_list_is_not_written_as_one_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
