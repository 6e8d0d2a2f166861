/* yaml: the tree, its marks, every Y-code, limits, memory. */
#include "rules/yaml.h"

#include "tests/support/failmalloc.h"
#include "tests/support/guard_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct seen {
	unsigned n;
	char code[8];
	unsigned line, col, width;
	char message[256], hint[256];
};

/* Keeps the first. */
static void see(const struct diag *d, void *arg)
{
	struct seen *s = arg;
	assert_non_null(d->message);
	assert_true(d->width >= 1);
	if (s->n++)
		return;
	snprintf(s->code, sizeof(s->code), "%s", d->code);
	s->line = d->line;
	s->col = d->col;
	s->width = d->width;
	snprintf(s->message, sizeof(s->message), "%s", d->message);
	snprintf(s->hint, sizeof(s->hint), "%s", d->hint ? d->hint : "");
}

static struct yaml_doc *parse(const char *text, struct seen *s)
{
	*s = (struct seen){0};
	return yaml_parse("f.yaml", text, strlen(text), see, s);
}

static struct yaml_doc *parse_good(const char *text)
{
	struct seen s;
	struct yaml_doc *doc = parse(text, &s);
	if (!doc)
		fail_msg(
		    "%s\n%s %u:%u %s", text, s.code, s.line, s.col, s.message);
	assert_int_equal(s.n, 0);
	return doc;
}

static void see_file(const struct diag *d, void *arg)
{
	snprintf(arg, 16, "%s", d->file);
}

static void test_a_fault_names_the_file_of_its_node(void **state)
{
	struct seen s = {0};
	char file[16];
	struct yaml_doc *doc = parse_good("a: b\n");
	struct yaml_doc *other = yaml_parse("g.yaml", "c: d\n", 5, see, &s);
	assert_non_null(other);
	yaml_report(doc, yaml_root(other), DIAG_ERROR, "P000", NULL, see_file,
	    file, "of another file");
	assert_string_equal(file, "g.yaml");
	yaml_report(
	    doc, NULL, DIAG_ERROR, "P000", NULL, see_file, file, "of none");
	assert_string_equal(file, "f.yaml");
	yaml_doc_free(doc);
	yaml_doc_free(other);
}

static void test_scalars_keep_their_letters(void **state)
{
	struct yaml_doc *doc = parse_good("a: no\nb: 1.10\nc: 007\nd: 12:30\n"
					  "e: ~\nf: 'no'\ng:\n");
	const struct yaml_node *root = yaml_root(doc);
	assert_string_equal(yaml_get_text(root, "a"), "no");
	assert_string_equal(yaml_get_text(root, "b"), "1.10");
	assert_string_equal(yaml_get_text(root, "c"), "007");
	assert_string_equal(yaml_get_text(root, "d"), "12:30");
	assert_string_equal(yaml_get_text(root, "e"), "~");
	assert_string_equal(yaml_get_text(root, "g"), "");
	assert_false(yaml_get(root, "a")->quoted);
	assert_true(yaml_get(root, "f")->quoted);
	assert_null(yaml_get(root, "h"));
	assert_null(yaml_get(yaml_get(root, "a"), "x"));
	assert_true(yaml_is(yaml_get(root, "a"), "no"));
	assert_false(yaml_is(NULL, "no"));
	assert_string_equal(yaml_file(doc), "f.yaml");
	yaml_doc_free(doc);
}

static void test_nodes_know_where_they_stand(void **state)
{
	struct yaml_doc *doc = parse_good("rules:\n"
					  "  - id: \xc3\xa4 one\n"
					  "    find: {money: [1, 20]}\n");
	const struct yaml_node *rules = yaml_get(yaml_root(doc), "rules");
	assert_int_equal(rules->kind, YAML_LIST);
	assert_int_equal(rules->n_children, 1);
	assert_false(rules->flow);
	const struct yaml_node *id = yaml_get(rules->child, "id");
	assert_int_equal(id->line, 2);
	assert_int_equal(id->col, 9);
	assert_int_equal(id->width, 5);
	assert_int_equal(id->key->col, 5);
	const struct yaml_node *find = yaml_get(rules->child, "find");
	assert_true(find->flow);
	assert_int_equal(find->line, 3);
	assert_int_equal(find->col, 11);
	assert_int_equal(find->width, 16);
	const struct yaml_node *money = yaml_get(find, "money");
	assert_int_equal(money->child->next->col, 23);
	assert_int_equal(money->child->next->width, 2);
	yaml_doc_free(doc);
}

struct bad {
	const char *text, *code;
	unsigned line, col;
	const char *hint; /* part of it */
};

static const struct bad bads[] = {
    {"- a\n- ticket #12 closed\n", "Y001", 2, 10, "\"quotes\""},
    {"- a\n- #12 is closed\n", "Y001", 2, 3, "\"quotes\""},
    {"say: call \xc3\xa4 #now\n", "Y001", 1, 13, "\"quotes\""},
    {"say: Please note: call us\n", "Y003", 1, 17, "quotes"},
    {"find: 1\nb: 2\nfind: 3\n", "Y004", 3, 1, "keep one"},
    {"a: {x: 1, y: 2, x: 3}\n", "Y004", 1, 17, "keep one"},
    {"- *refund\n", "Y005", 1, 3, "did you mean refund* ?"},
    {"- a\n- *refund words\n", "Y005", 2, 3, "refund*"},
    {"- *refund*\n", "Y005", 1, 3, "quotes"},
    {"- %off\n", "Y005", 1, 3, "quotes"},
    {"- @team\n", "Y005", 1, 3, "quotes"},
    {"- `x`\n", "Y005", 1, 3, "quotes"},
    {"- |x\n", "Y005", 1, 3, "quotes"},
    {"a: - b\n", "Y005", 1, 4, "of its own"},
    {"a:\n\t- b\n", "Y005", 2, 1, "spaces"},
    {"a:\n  b: c\n\td: e\n", "Y005", 3, 1, "spaces"},
    {"a:\n  - b\n  \t- c\n  d: e\n", "Y005", 3, 3, "spaces"},
    {"near: {refund words}\n", "Y006", 1, 8, "<refund words>"},
    {"near: [{refund words}, b]\n", "Y006", 1, 9, "<refund words>"},
    {"block: {say: Well, no.}\n", "Y002", 1, 20, "quotes"},
    {"near: {{a}: b}\n", "Y006", 1, 8, ""},
    {"find: {phrases:dagger}\n", "Y006", 1, 8, "quotes"},
    {"find: {a: b, near:dagger}\n", "Y006", 1, 14, "quotes"},
    {"- ? dagger\n", "Y005", 1, 5, "quotes"},
    {"- &x a\n", "Y007", 1, 3, "quotes"},
    {"a: &x {b: c}\n", "Y007", 1, 4, ""},
    {"- & co\n", "Y007", 1, 3, "quotes"},
    {"- !important note\n", "Y007", 1, 3, "quotes"},
    {"a: !!map {b: c}\n", "Y007", 1, 4, ""},
    {"<<: {a: b}\n", "Y007", 1, 1, ""},
    {"a: b\n---\nc: d\n", "Y007", 2, 1, "file"},
    {"%YAML 1.1\n---\na: b\n", "Y007", 1, 1, "%"},
    {"- \xe2\x80\x9cHello\xe2\x80\x9d\n", "Y008", 1, 3, "\""},
    {"\xc2\xabky\xc2\xbb: b\n", "Y008", 1, 1, "\""},
    {"refund\xe2\x80\x8b: b\n", "Y009", 1, 1, "again"},
    {"a: b\xe2\x80\xa8 c\n", "Y009", 1, 5, "Enter"},
    {"a: \"x\\0y\"\n", "Y009", 1, 4, "delete"},
    {"", "Y000", 1, 1, ""},
    {"# nothing\n", "Y000", 1, 1, ""},
    {"a: 'b\n", "Y000", 1, 4, "''"},
    {"a: \"\\d\"\n", "Y000", 1, 5, "'...'"},
    {"a: [b\nc: d\n", "Y000", 1, 4, "]"},
    {"a: {b: c\n", "Y000", 1, 4, "}"},
    {"a: b\n  c\nno colon\n", "Y000", 3, 1, "key: value"},
    {"a:\n  - b\n - c\n", "Y000", 3, 2, "indentation"},
    {"a: \x01\n", "Y000", 1, 4, "delete"},
    {"a: b\nc: \xff\n", "Y000", 2, 4, "UTF-8"},
    {"\xff\xfe\x61", "Y000", 1, 1, "UTF-8"},
    {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "Y000", 1, 17, ""},
};

static void test_every_trap_has_its_code_and_place(void **state)
{
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *b = &bads[i];
		struct seen s;
		struct yaml_doc *doc = parse(b->text, &s);
		if (doc || strcmp(s.code, b->code) != 0 || s.line != b->line ||
		    s.col != b->col || !strstr(s.hint, b->hint))
			fail_msg("%s\nwant %s %u:%u \"%s\"\n got %s %u:%u "
				 "%s (%s)",
			    b->text, b->code, b->line, b->col, b->hint, s.code,
			    s.line, s.col, s.message, s.hint);
	}
}

static void test_all_faults_are_told_not_only_the_first(void **state)
{
	struct seen s;
	assert_null(parse("a: x #1\na: y #2\nb: {c}\n", &s));
	assert_int_equal(s.n, 4);
}

static const char *const fine[] = {
    "a: handoff   # the default\nb: c\n",
    "a:  # comment\n  b: c\n",
    "- it's 100% fine\n- a#b\n- \"ticket #12\"\n- don't\n",
    "- 'She said \xe2\x80\x9chi\xe2\x80\x9d to us'\n",
    "- \xe2\x80\x9cHello\xe2\x80\x9d, he said\n",
    "a: |\n  two: lines\n  # kept\n",
    "\xef\xbb\xbf"
    "a: b\r\nc: d\r\n",
    "a: {}\nb: []\n",
    "a: {b: , c: d}\n",
    "---\na: b\n...\n",
    "- emoji \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7\n",
};

static void test_ordinary_yaml_is_left_alone(void **state)
{
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		yaml_doc_free(parse_good(fine[i]));
}

static void test_columns_count_after_a_byte_order_mark(void **state)
{
	struct yaml_doc *doc = parse_good("\xef\xbb\xbfkey: b\r\nd: e\r\n");
	const struct yaml_node *n = yaml_get(yaml_root(doc), "key");
	assert_int_equal(n->col, 6);
	assert_int_equal(yaml_get(yaml_root(doc), "d")->line, 2);
	yaml_doc_free(doc);
}

static const char *const keys[] = {"above", "below", "near", "within", NULL};

static void test_unknown_keys_are_named_with_the_nearest(void **state)
{
	struct yaml_doc *doc = parse_good("a: 1\npercent:\n  abov: 10\n");
	struct seen s = {0};
	const struct yaml_node *map = yaml_get(yaml_root(doc), "percent");
	assert_int_equal(
	    yaml_check_keys(doc, map, keys, "under percent", see, &s), 1);
	assert_string_equal(s.code, "P014");
	assert_int_equal(s.line, 3);
	assert_int_equal(s.col, 3);
	assert_int_equal(s.width, 4);
	assert_string_equal(s.message, "unknown key \"abov\" under percent");
	assert_string_equal(s.hint,
	    "did you mean \"above\"?  keys here: "
	    "above, below, near, within");
	yaml_doc_free(doc);
}

static void test_nearest(void **state)
{
	assert_string_equal(yaml_nearest("nera", keys), "near");
	assert_string_equal(yaml_nearest("witin", keys), "within");
	assert_null(yaml_nearest("currency", keys));
	assert_null(yaml_nearest("", keys));
	char long_word[200];
	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_null(yaml_nearest(long_word, keys));
}

static const char *const maps[] = {"text", NULL};

static void check_sentences(
    const char *text, const char *code, unsigned line, unsigned col)
{
	struct yaml_doc *doc = parse_good(text);
	struct seen s = {0};
	unsigned n =
	    yaml_check_sentences(doc, yaml_root(doc)->child, maps, see, &s);
	if (n != (code ? 1 : 0) || n != s.n)
		fail_msg("%s: %u faults, first %s", text, n, s.code);
	if (code &&
	    (strcmp(s.code, code) != 0 || s.line != line || s.col != col))
		fail_msg("%s: want %s %u:%u, got %s %u:%u", text, code, line,
		    col, s.code, s.line, s.col);
	yaml_doc_free(doc);
}

static void test_sentences(void **state)
{
	check_sentences("m:\n  - I can.\n  - text: x\n", NULL, 0, 0);
	check_sentences("m: I can.\n", NULL, 0, 0);
	check_sentences("m:\n  - a # b\n", "Y001", 2, 7);
	check_sentences("say: a # b\n", "Y001", 1, 8);
	check_sentences("m:\n  - a\n    b # c\n", "Y001", 3, 7);
	check_sentences("m: [I'm sorry, I can't.]\n", "Y002", 1, 4);
	check_sentences(
	    "m:\n  - fine\n  - please note: call us\n", "Y003", 3, 5);
	check_sentences("m:\n  - - x\n", "Y003", 2, 5);
	check_sentences("say: {text: x}\n", NULL, 0, 0);
	check_sentences("say: {x: y}\n", "Y003", 1, 7);
}

static void check_letters(const char *text, bool good)
{
	struct yaml_doc *doc = parse_good(text);
	struct seen s = {0};
	unsigned n = yaml_check_letters(doc, yaml_root(doc)->child, see, &s);
	if (n != (good ? 0 : 1) || s.n != n)
		fail_msg("%s: %u", text, n);
	if (!good)
		assert_string_equal(s.code, "Y009");
	yaml_doc_free(doc);
}

static void test_letters(void **state)
{
	check_letters("- refund", true);
	check_letters("- caf\xc3\xa9", true);
	check_letters("- \xe2\x9d\xa4\xef\xb8\x8f love", true);
	check_letters("- \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88", true);
	check_letters("- cafe\xcc\x81", false);
	check_letters("- re\xe2\x80\x8b"
		      "fund",
	    false);
	check_letters("- re\xe2\x80\x8d"
		      "fund",
	    false);
	check_letters("- \xe2\x80\xae"
		      "dnufer",
	    false);
	check_letters("- re\xc2\xad"
		      "fund",
	    false);
	check_letters("- \"x\\U000E0041\"", false);
}

static const char sample[] =
    "format: 1\nrules:\n  - id: a\n    find: {phrases: [a b, c]}\n"
    "    say: \"x # y\"\n  - id: b\n    why: \xe2\x80\x9cno\xe2\x80\x9d end\n";

static void test_every_prefix_ends_well_at_a_guard_page(void **state)
{
	for (size_t len = 0; len < sizeof(sample); len++) {
		struct guard_page page;
		guard_page_init(&page, sample, len);
		struct seen s = {0};
		struct yaml_doc *doc = yaml_parse("f", page.data, len, see, &s);
		assert_true(doc ? s.n == 0 : s.n > 0);
		yaml_doc_free(doc);
		guard_page_clear(&page);
	}
}

static int parse_sample(void *arg)
{
	struct seen s = {0};
	struct yaml_doc *doc =
	    yaml_parse("f", sample, sizeof(sample) - 1, see, &s);
	int rc = doc ? 0 : -1;
	if ((doc == NULL) != (s.n > 0) || (s.n && strcmp(s.code, "Y000") != 0))
		abort();
	yaml_doc_free(doc);
	return rc;
}

static void test_every_allocation_may_fail(void **state)
{
	assert_true(failmalloc_each(parse_sample, NULL) > 2);
}

static void test_too_many_bytes_and_values(void **state)
{
	size_t len = YAML_MAX_FILE_BYTES + 1;
	char *big = malloc(len);
	assert_non_null(big);
	memset(big, 'a', len);
	struct seen s = {0};
	assert_null(yaml_parse("f", big, len, see, &s));
	assert_string_equal(s.code, "Y000");
	len = 2 * (YAML_MAX_NODES + 2);
	for (size_t i = 0; i < len; i += 2)
		memcpy(big + i, i ? "a," : "[a", 2);
	s = (struct seen){0};
	assert_null(yaml_parse("f", big, len, see, &s));
	assert_string_equal(s.code, "Y000");
	assert_non_null(strstr(s.message, "values"));
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_fault_names_the_file_of_its_node),
	    cmocka_unit_test(test_scalars_keep_their_letters),
	    cmocka_unit_test(test_nodes_know_where_they_stand),
	    cmocka_unit_test(test_every_trap_has_its_code_and_place),
	    cmocka_unit_test(test_all_faults_are_told_not_only_the_first),
	    cmocka_unit_test(test_ordinary_yaml_is_left_alone),
	    cmocka_unit_test(test_columns_count_after_a_byte_order_mark),
	    cmocka_unit_test(test_unknown_keys_are_named_with_the_nearest),
	    cmocka_unit_test(test_nearest),
	    cmocka_unit_test(test_sentences),
	    cmocka_unit_test(test_letters),
	    cmocka_unit_test(test_every_prefix_ends_well_at_a_guard_page),
	    cmocka_unit_test(test_every_allocation_may_fail),
	    cmocka_unit_test(test_too_many_bytes_and_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
