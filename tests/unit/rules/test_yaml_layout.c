/* yaml_layout: what it puts where, that it stays, what it refuses. */
#include "rules/yaml_layout.h"

#include "rules/yaml.h"
#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void fail_with(const struct diag *d, void *text)
{
	fail_msg("%u:%u %s %s in\n%s", d->line, d->col, d->code, d->message,
	    (const char *)text);
}

/* For free(). */
static char *layout(const char *text)
{
	size_t n;
	char *out = yaml_layout(
	    "f.yaml", text, strlen(text), &n, fail_with, (void *)text);
	assert_non_null(out);
	assert_int_equal(n, strlen(out));
	return out;
}

static void expect(const char *text, const char *expected)
{
	char *out = layout(text);
	assert_string_equal(out, expected);
	char *again = layout(out);
	assert_string_equal(again, expected);
	free(again);
	free(out);
}

static void test_lines_begin_with_items_and_keys(void **state)
{
	(void)state;
	expect("a:   b\nc:\n- d\n-   e\n", "a: b\nc:\n  - d\n  - e\n");
	expect(
	    "  a:\n        b:   c\n        d:   e\n", "a:\n  b: c\n  d: e\n");
	expect("a:\n  b\n", "a: b\n");
	expect("-\n  a: b\n  c: d\n-   - e\n    - f\n",
	    "- a: b\n  c: d\n- - e\n  - f\n");
	expect("a:\nb:\n  -\n  - c\n", "a:\nb:\n  -\n  - c\n");
	expect("--- # c\na: b\n...\n", "# c\na: b\n");
	expect("? a\n: b\n", "a: b\n");
}

static void test_line_ends_and_byte_order_marks_are_mended(void **state)
{
	(void)state;
	expect("\xef\xbb\xbf"
	       "a: b  \r\nc: d\t\re: f",
	    "a: b\nc: d\ne: f\n");
}

static void test_quotes_stay(void **state)
{
	(void)state;
	expect("a: 'it''s'\nb: \"x\\ty\"\n'c':    d\n",
	    "a: 'it''s'\nb: \"x\\ty\"\n'c': d\n");
}

static void test_blank_lines(void **state)
{
	(void)state;
	expect("\n\na: b\n\n\n\nc: d\n\n\n", "a: b\n\nc: d\n");
	expect("rules:\n  - id: a\n    title: A\n  - id: b\n    title: B\n",
	    "rules:\n  - id: a\n    title: A\n\n  - id: b\n    title: B\n");
	expect("rules:\n  - id: a\n    title: A\n  # of b\n  - id: b\n"
	       "    title: B\n",
	    "rules:\n  - id: a\n    title: A\n\n  # of b\n  - id: b\n"
	    "    title: B\n");
	/* No list of entries: words, and items deeper down. */
	expect("packs:\n  - a\n  - b\n", "packs:\n  - a\n  - b\n");
	expect("a:\n  b:\n    - c: d\n      e: f\n    - c: d\n      e: f\n",
	    "a:\n  b:\n    - c: d\n      e: f\n    - c: d\n      e: f\n");
}

static void test_comments_on_lines_of_their_own(void **state)
{
	(void)state;
	expect("#a  \n\n\n# b\nx: y\n", "#a\n\n# b\nx: y\n");
	expect("a:\n# of b\n    - b\n      # behind b\n# of c\nc: d\n",
	    "a:\n  # of b\n  - b\n  # behind b\n# of c\nc: d\n");
	expect("- a: b\n  # in a\n# next\n- c\n# end\n",
	    "- a: b\n  # in a\n# next\n- c\n# end\n");
	expect("a: # why\n  b\n", "a:  # why\n  b\n");
	expect("a:\n  # why\n  [b]\n", "a:\n  # why\n  [b]\n");
	expect("- # why\n  a: b\n", "# why\n- a: b\n");
}

static void test_comments_behind_stand_one_under_another(void **state)
{
	(void)state;
	expect("a: b # 1\nlong: c # 2\n\nd: e # 3\n",
	    "a: b     # 1\nlong: c  # 2\n\nd: e  # 3\n");
	/* Nobody looks for it to the right of a long line. */
	expect(
	    "a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb "
	    "# 1\nc: d # 2\n",
	    "a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb  "
	    "# 1\nc: d  # 2\n");
	/* Characters are counted, not bytes. */
	expect(
	    "a: \xc3\xa9 # 1\nb: cd # 2\n", "a: \xc3\xa9   # 1\nb: cd  # 2\n");
}

static void test_brackets_on_one_line(void **state)
{
	(void)state;
	expect("a: [ b ,c,   'd' ]\ne: { f:   g , h: [ ] , i: { } }\n",
	    "a: [b, c, 'd']\ne: {f: g, h: [], i: {}}\n");
	expect("a: [b: c]\n", "a: [{b: c}]\n");
	expect("a: [b, ]\n", "a: [b]\n");
}

static void test_brackets_on_several_lines_are_filled(void **state)
{
	(void)state;
	expect("a:\n  - b: [c,\n   d]\n    e: f\n",
	    "a:\n  - b: [\n      c, d\n    ]\n    e: f\n");
	/* 87 columns are full, the comma counts. */
	expect("a: [\n"
	       "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n"
	       "  ccccccccccccccccccccccccccccccccccccccccc,\n"
	       "  dddddddddddddddddddddddddddddddddddddddddd\n]\n",
	    "a: [\n"
	    "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, "
	    "ccccccccccccccccccccccccccccccccccccccccc,\n"
	    "  dddddddddddddddddddddddddddddddddddddddddd\n]\n");
	expect("a: [\n"
	       "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n"
	       "  cccccccccccccccccccccccccccccccccccccccccccc, d]\n",
	    "a: [\n"
	    "  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,\n"
	    "  cccccccccccccccccccccccccccccccccccccccccccc, d\n]\n");
	expect("a: [b, {c: d,\n  e: f}, g]\n",
	    "a: [\n  b, {\n    c: d, e: f\n  },\n  g\n]\n");
	expect("a: [b\n  c, \"d\n\n  e\"]\n", "a: [\n  b c, \"d\n\n  e\"\n]\n");
}

static void test_brackets_with_comments_keep_their_lines(void **state)
{
	(void)state;
	expect("a: [ b, # 1\n  c,\n\n     # 2\n  dd, e # 3\n ]\n",
	    "a: [\n  b,  # 1\n  c,\n\n  # 2\n  dd, e  # 3\n]\n");
	expect("a: {b: # 1\n  c\n  # 2\n  }\n",
	    "a: {\n  b:  # 1\n  c\n  # 2\n}\n");
}

static void test_texts_of_several_lines(void **state)
{
	(void)state;
	expect("- a: one\n    two  \n\n    three\n",
	    "- a: one\n    two\n\n    three\n");
	expect("a: \"one\n  two \\\n     \\  three\"\n",
	    "a: \"one\n  two \\\n  \\  three\"\n");
	expect("a: |\n    one\n      two  \n\n\nb: c\n",
	    "a: |\n  one\n    two  \n\nb: c\n");
	expect("a:\n    b: >-  # why\n       one\n       two\n",
	    "a:\n  b: >-  # why\n    one\n    two\n");
	expect("a: |4\n      one\n    two\n", "a: |2\n    one\n  two\n");
	expect("a: |+\n one\n\n\nb: c\n", "a: |+\n  one\n\n\nb: c\n");
	expect("a: |+\n one\n\n\n", "a: |+\n  one\n\n\n");
	expect("a: |\n", "a: |\n");
	expect("a: |\n  b\n     \n  \n", "a: |\n  b\n     \n");
	/* Without a last line break the text has none. */
	expect("a: |\n  b", "a: |-\n  b\n");
	expect("a: >2+ # why\n  b", "a: >2-  # why\n  b\n");
}

struct fault {
	unsigned n, line, col;
	char code[8];
};

static void see(const struct diag *d, void *arg)
{
	struct fault *f = arg;
	if (f->n++)
		return;
	f->line = d->line;
	f->col = d->col;
	snprintf(f->code, sizeof(f->code), "%s", d->code);
}

static void expect_fault(
    const char *text, const char *code, unsigned line, unsigned col)
{
	struct fault f = {0};
	size_t n;
	assert_null(yaml_layout("f.yaml", text, strlen(text), &n, see, &f));
	assert_true(f.n > 0);
	assert_string_equal(f.code, code);
	assert_int_equal(f.line, line);
	assert_int_equal(f.col, col);
}

static void test_what_does_not_parse_is_refused(void **state)
{
	(void)state;
	expect_fault("a: b\na: c\n", "Y004", 2, 1);
	expect_fault("a: &b c\n", "Y007", 1, 4);
	expect_fault("a: b\n? c\n  d\n: e\n", "Y007", 2, 3);
	expect_fault("", "Y000", 1, 1);
	expect_fault("# a\nb\n", "Y000", 2, 1);
	expect_fault("# a\n---\n", "Y000", 3, 1);
	/* A key as long as this needs its question mark. */
	char text[1200] = "? ";
	memset(text + 2, 'k', 1100);
	snprintf(text + 1102, sizeof(text) - 1102, "\n: v\n");
	expect_fault(text, "Y010", 1, 1);
}

/* ---- any file ---- */

#define MAX_TEXT 8192

struct written {
	uint64_t state;
	char s[MAX_TEXT];
	size_t n;
	unsigned nodes;
};

/* 0 to n - 1 (xorshift64). */
static size_t draw(struct written *w, size_t n)
{
	w->state ^= w->state << 13;
	w->state ^= w->state >> 7;
	w->state ^= w->state << 17;
	return (size_t)(w->state % n);
}

static bool chance(struct written *w, unsigned percent)
{
	return draw(w, 100) < percent;
}

static void add(struct written *w, const char *s)
{
	size_t n = strlen(s);
	assert_true(w->n + n < MAX_TEXT);
	memcpy(w->s + w->n, s, n + 1);
	w->n += n;
}

static void add_spaces(struct written *w, size_t n)
{
	while (n--)
		add(w, " ");
}

/* The end of a line: white space, a comment, blank lines, comments that stand
 * anywhere. */
static void add_end(struct written *w)
{
	if (chance(w, 20))
		add_spaces(w, draw(w, 4));
	if (chance(w, 15))
		add(w, "  # behind");
	add(w, chance(w, 10) ? "\r\n" : "\n");
	while (chance(w, 20)) {
		add_spaces(w, draw(w, 9));
		if (chance(w, 50))
			add(w, "# alone");
		add(w, "\n");
	}
}

static const char *const words[] = {"x", "two words", "'it''s'", "\"a \\\" b\"",
    "\"\"", "<list>", "word*", "a ... b", "0.5", "\xc3\xa9t\xc3\xa9"};

static void add_word(struct written *w)
{
	add(w, words[draw(w, sizeof(words) / sizeof(*words))]);
}

/* Between the parts of a flow collection. */
static void add_gap(struct written *w, size_t indent)
{
	if (chance(w, 70)) {
		add_spaces(w, draw(w, 3));
		return;
	}
	if (chance(w, 20))
		add(w, " # inside");
	add(w, "\n");
	add_spaces(w, indent);
}

static void add_flow(struct written *w, size_t indent, unsigned depth)
{
	bool map = chance(w, 50);
	size_t n = draw(w, 5);
	add(w, map ? "{" : "[");
	for (size_t i = 0; i < n; i++) {
		char key[32];
		add_gap(w, indent);
		snprintf(key, sizeof(key), "k%zu: ", i);
		if (map)
			add(w, key);
		if (depth < 3 && chance(w, 25))
			add_flow(w, indent + draw(w, 4), depth + 1);
		else
			add_word(w);
		add_gap(w, indent);
		if (i + 1 < n)
			add(w, ",");
	}
	add(w, map ? "}" : "]");
}

static void add_long(struct written *w, size_t indent)
{
	static const char *const heads[] = {"|", ">", "|-", ">+", "|+", ""};
	size_t head = draw(w, 6), n = 1 + draw(w, 3);
	bool plain = !*heads[head];
	add(w, plain ? "some" : heads[head]);
	add(w, "\n");
	for (size_t i = 0; i < n; i++) {
		add_spaces(w, indent + (i && !plain) * draw(w, 3));
		add(w, "line of text\n");
		if (chance(w, 20))
			add(w, "\n");
	}
}

static void add_node(struct written *w, size_t indent, unsigned depth);

static void add_value(struct written *w, size_t indent, unsigned depth)
{
	size_t deeper = indent + 1 + draw(w, 4);
	switch (depth > 5 || ++w->nodes > 60 ? 0 : draw(w, 6)) {
	case 0:
	case 1:
		add_spaces(w, 1 + draw(w, 2));
		add_word(w);
		add_end(w);
		return;
	case 2:
		add(w, " ");
		add_flow(w, deeper, 0);
		add_end(w);
		return;
	case 3:
		add(w, " ");
		add_long(w, deeper);
		return;
	default:
		add_end(w);
		add_node(w, deeper, depth + 1);
		return;
	}
}

static void add_node(struct written *w, size_t indent, unsigned depth)
{
	bool map = chance(w, 60);
	size_t n = 1 + draw(w, 4);
	for (size_t i = 0; i < n; i++) {
		char key[32];
		snprintf(key, sizeof(key), "key%zu:", i);
		add_spaces(w, indent);
		add(w, map ? key : "-");
		add_value(w, indent, depth);
	}
}

static void test_any_file_says_the_same_and_stays(void **state)
{
	(void)state;
	static struct written w;
	for (uint64_t seed = 1; seed <= 3000; seed++) {
		w.n = 0;
		w.nodes = 0;
		w.state = seed * 0x9E3779B97F4A7C15u;
		add_node(&w, draw(&w, 3), 0);
		char *once = layout(w.s); /* and has been compared */
		char *again = layout(once);
		if (strcmp(once, again) != 0)
			fail_msg("seed %llu:\n%s---- once\n%s---- again\n%s",
			    (unsigned long long)seed, w.s, once, again);
		assert_null(strstr(once, "\r"));
		free(again);
		free(once);
	}
}

/* ---- memory ---- */

static void count(const struct diag *d, void *arg)
{
	(void)d;
	++*(unsigned *)arg;
}

static int run_once(void *arg)
{
	(void)arg;
	static const char text[] =
	    "a: b # 1\nc: [d, # 2\n e]\nf:\n- g\n- |\n  h\n";
	unsigned faults = 0;
	size_t n;
	char *out =
	    yaml_layout("f.yaml", text, sizeof(text) - 1, &n, count, &faults);
	bool told = out || faults;
	free(out);
	return !told ? 2 : out ? 0 : 1;
}

static void test_memory_runs_out(void **state)
{
	(void)state;
	assert_true(failmalloc_each(run_once, NULL) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lines_begin_with_items_and_keys),
	    cmocka_unit_test(test_line_ends_and_byte_order_marks_are_mended),
	    cmocka_unit_test(test_quotes_stay),
	    cmocka_unit_test(test_blank_lines),
	    cmocka_unit_test(test_comments_on_lines_of_their_own),
	    cmocka_unit_test(test_comments_behind_stand_one_under_another),
	    cmocka_unit_test(test_brackets_on_one_line),
	    cmocka_unit_test(test_brackets_on_several_lines_are_filled),
	    cmocka_unit_test(test_brackets_with_comments_keep_their_lines),
	    cmocka_unit_test(test_texts_of_several_lines),
	    cmocka_unit_test(test_what_does_not_parse_is_refused),
	    cmocka_unit_test(test_any_file_says_the_same_and_stays),
	    cmocka_unit_test(test_memory_runs_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
