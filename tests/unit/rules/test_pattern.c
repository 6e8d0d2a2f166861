/* pattern: what is refused, what is found, in every cutting; limits. */
#include "rules/pattern.h"

#include "rules/policy.h"
#include "rules/text.h"

#include "tests/support/failmalloc.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const refused[] = {
    "(a+)+",
    "(a*)*",
    "(?:a+|b)*",
    "((a+)b)+",
    "(a+){2,}",
    "([a-z]+)*x",
    "(?:x(?:y+)z)+",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "(?P<n>a)(?P=n)",
    "\\g1",
    "(?R)",
    "(?1)",
    "(?-1)",
    "(?&n)",
    "(?P>n)",
    "(?C1)a",
    "(*ACCEPT)",
    "(*UTF)a",
    "(*atomic:a)",
    "a\\Cb",
    "a\\Kb",
    "\\Qa+\\E",
    "(?(1)a|b)",
    "(?x) a # (",
    "(?#a)b",
    "(?|a|b)",
    "(?<=a+)b",
    "(?<=a|bb+)c",
    "(?>a)b",
    "a++",
    "a{2}+",
    "(?=a(?!b))c",
    "(?:a?)+",
    "(?:a|)*b",
    "\\Ga",
    "\\Ra",
    "\\Xa",
    "(?U)a+",
    "(?=a)+b",
    "(?:\\w{1,500}x){1,500}",
    "a(",
    "a)",
    "[a",
    "*a",
    "",
};

static void test_refused_with_a_reason(void **state)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		struct pattern *p = NULL;
		char why[256] = "";
		enum pattern_err err = pattern_new(
		    &p, refused[i], strlen(refused[i]), why, sizeof(why));
		if (err != PATTERN_ERR_REFUSED || p || !*why)
			fail_msg("%s: %d %s", refused[i], err, why);
		if (strstr(refused[i], "\\1") && !strstr(why, "refers back"))
			fail_msg("%s: %s", refused[i], why);
	}
}

static const char *const accepted[] = {
    "\\bINC-\\d{6,8}\\b",
    "[(+*]+",
    "[]a]+",
    "[[:alpha:]+]+x",
    "(?:ab){2,5}",
    "(a{1,5})+",
    "(?i)abc",
    "(?<=ID )\\d+",
    "a+b*c{2,}",
    "\\(\\d+\\)+",
    "(?:cat|dog)s?",
    "a{,3}",
    "x{",
    "(?i:a)+",
    "[^\\]]+",
    "(?!x)\\w+",
};

static void test_accepted(void **state)
{
	for (size_t i = 0; i < sizeof(accepted) / sizeof(*accepted); i++) {
		struct pattern *p = NULL;
		char why[256] = "";
		enum pattern_err err = pattern_new(
		    &p, accepted[i], strlen(accepted[i]), why, sizeof(why));
		if (err != PATTERN_OK)
			fail_msg("%s: %s", accepted[i], why);
		pattern_free(p);
	}
	pattern_free(NULL);
}

/* ---- scanning ---- */

struct fixture {
	struct guard_policy policy;
	struct detector detector;
	uint32_t number;
	struct pattern_scan *scan;
	const char *expected; /* "start-end " of each match */
	enum pattern_err outcome;
};

static void fixture_init(struct fixture *f, const char *source)
{
	memset(f, 0, sizeof(*f));
	char why[256];
	struct pattern *p;
	assert_int_equal(
	    pattern_new(&p, source, strlen(source), why, sizeof(why)), 0);
	f->detector = (struct detector){.kind = DETECTOR_PATTERN, .pattern = p};
	f->policy.detectors = &f->detector;
	f->policy.n_detectors = 1;
	f->policy.limits.max_pattern_steps = 100000;
	f->policy.of_kind[DETECTOR_PATTERN] = (struct any_of){&f->number, 1};
	f->scan = pattern_scan_new();
	assert_non_null(f->scan);
}

static void fixture_clear(struct fixture *f)
{
	pattern_scan_free(f->scan);
	pattern_free((struct pattern *)f->detector.pattern);
}

static void run_split(const struct split *s, void *arg)
{
	struct fixture *f = arg;
	struct text t;
	struct matches m = {0};
	size_t alive = 0, released = 0;
	enum pattern_err err = PATTERN_OK;
	assert_int_equal(text_init(&t, 1 << 20), 0);
	assert_int_equal(pattern_scan_begin(f->scan, &f->policy), 0);
	for (size_t i = 0; i <= s->n; i++) {
		if (i < s->n)
			assert_int_equal(
			    text_feed(&t, s->pieces[i].data, s->pieces[i].len),
			    0);
		else
			assert_int_equal(text_end(&t), 0);
		size_t before = m.n;
		err = pattern_scan(f->scan, &t, &m, &alive);
		/* No match may start where nothing was alive any more. */
		for (size_t k = before; k < m.n; k++)
			if (m.items[k].start < released)
				fail_msg("%s: match at %u, released %zu",
				    s->how, m.items[k].start, released);
		released = alive < t.open_token ? alive : t.open_token;
	}
	char got[512] = "";
	for (size_t k = 0; k < m.n; k++) {
		size_t n = strlen(got);
		snprintf(got + n, sizeof(got) - n, "%u-%u/%u ",
		    m.items[k].start, m.items[k].end, m.items[k].n_tokens);
	}
	if (err != f->outcome || strcmp(got, f->expected) != 0)
		fail_msg("%s: %d \"%s\", not %d \"%s\"", s->how, err, got,
		    f->outcome, f->expected);
	if (!err)
		assert_true(alive == SIZE_MAX);
	matches_clear(&m);
	text_clear(&t);
}

static void check(const char *source, const char *text, const char *expected)
{
	struct fixture f;
	fixture_init(&f, source);
	f.expected = expected;
	split_all(text, strlen(text), run_split, &f);
	fixture_clear(&f);
}

static void test_matches_in_every_cutting(void **state)
{
	check("\\bINC-\\d{6,8}\\b", "logged as INC-0042917. ok", "10-21/2 ");
	check("\\bINC-\\d{6,8}\\b", "INC-42 and INC-123456", "11-21/2 ");
	check("[a-z]+", "ab cd", "0-2/1 3-5/1 ");
	check("a*", "baab", "1-3/1 ");
	check("(?<=id )\\w+", "id x17 id", "3-6/1 ");
	check("foo.*bar", "foo x. bar foo y bar", "11-20/3 ");
	check("END$", "the END. an END", "12-15/1 ");
	check("Zoll", "Z\xe2\x80\x8boll", "0-7/1 ");
	check("caf\xc3\xa9", "my cafe\xcc\x81!", "3-9/1 ");
	check("nothing", "", "");
}

static void test_too_slow_is_no_answer(void **state)
{
	struct fixture f;
	fixture_init(&f, "(a|aa){20,60}(a|aa){20,60}[bc]");
	f.policy.limits.max_pattern_steps = 1000;
	f.expected = "";
	f.outcome = PATTERN_CANNOT_DECIDE;
	char text[200];
	memset(text, 'a', sizeof(text));
	split_whole(text, sizeof(text), run_split, &f);
	split_random(text, sizeof(text), 5, 1, run_split, &f);
	fixture_clear(&f);
}

/* Nor does it say that a text that needs no search could not be searched. */
static void test_fixed_text_decides(void **state)
{
	char text[300];
	struct fixture f;
	fixture_init(&f, "(?:a|aa){20,60}(?:a|aa){20,60}(?:bus|cab)");
	f.policy.limits.max_pattern_steps = 1000;
	f.expected = "";
	memset(text, 'a', sizeof(text));
	split_whole(text, sizeof(text), run_split, &f);
	split_random(text, sizeof(text), 5, 1, run_split, &f);
	memcpy(text + 290, " bus", 4);
	f.outcome = PATTERN_CANNOT_DECIDE;
	split_whole(text, sizeof(text), run_split, &f);
	split_random(text, sizeof(text), 5, 1, run_split, &f);
	fixture_clear(&f);
}

/* U+FDFA is 3 bytes and grows to 33 in the plain view. */
static void test_long_sentences_are_searched(void **state)
{
	char text[2004];
	for (size_t i = 0; i < 1998; i += 3)
		memcpy(text + i, "\xef\xb7\xba", 3);
	memcpy(text + 1998, " x end", 6);
	struct fixture f;
	fixture_init(&f, "x end");
	f.expected = "1999-2004/2 ";
	split_whole(text, sizeof(text), run_split, &f);
	split_random(text, sizeof(text), 3, 7, run_split, &f);
	fixture_clear(&f);
}

/* One that gives up does not stop the others. */
static void test_each_gives_up_alone(void **state)
{
	static const uint32_t numbers[] = {0, 1};
	struct fixture f;
	fixture_init(&f, "(a|aa){20,60}(a|aa){20,60}[bc]");
	char why[256], text[240];
	struct detector both[2] = {f.detector, {.kind = DETECTOR_PATTERN}};
	struct pattern *second;
	assert_int_equal(pattern_new(&second, "end", 3, why, 256), 0);
	both[1].pattern = second;
	f.policy.detectors = both;
	f.policy.n_detectors = 2;
	f.policy.limits.max_pattern_steps = 1000;
	f.policy.of_kind[DETECTOR_PATTERN] = (struct any_of){numbers, 2};
	f.outcome = PATTERN_CANNOT_DECIDE;
	f.expected = "232-235/1 ";
	memset(text, 'a', sizeof(text));
	memcpy(text + 231, " end end.", 9);
	split_whole(text, 236, run_split, &f);
	split_bytes(text, 236, run_split, &f);
	pattern_free(second);
	fixture_clear(&f);
}

static void test_says_what_wakes_it(void **state)
{
	static const struct {
		const char *source, *want;
	} rows[] = {
	    {"\\bINC-\\d{6,8}\\b", "INC-"},
	    {"(?i)Internal use", "internal use"},
	    {"(?:INC|CHG|PRB)-?\\d+", "INC CHG PRB"},
	    {"\\w+@acme\\.example", "@acme.example"},
	    {"(?:ab|c)\\d+", ""},
	    {"\\d+", ""},
	    {"x?abc+", "abc"},
	    {"(?:ab){2}c", "ab"},
	    {"(?:(?:ab|cd)x|ef)", "ab cd ef"},
	    {"[ab]cd|ef", "cd ef"},
	    {"caf\xc3\xa9!", "caf\xc3\xa9!"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		char got[128] = "";
		const char *text;
		size_t n;
		fixture_init(&f, rows[i].source);
		for (size_t k = 0;
		     (n = pattern_fixed_text(f.detector.pattern, k, &text));
		     k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got),
			    "%s%.*s", k ? " " : "", (int)n, text);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: \"%s\"", rows[i].source, got);
		fixture_clear(&f);
	}
}

static size_t alive_after(const char *source, const char *text)
{
	struct fixture f;
	struct text t;
	struct matches m = {0};
	size_t alive = 0;
	fixture_init(&f, source);
	assert_int_equal(text_init(&t, 1 << 20), 0);
	assert_int_equal(pattern_scan_begin(f.scan, &f.policy), 0);
	assert_int_equal(text_feed(&t, text, strlen(text)), 0);
	assert_int_equal(pattern_scan(f.scan, &t, &m, &alive), 0);
	matches_clear(&m);
	text_clear(&t);
	fixture_clear(&f);
	return alive;
}

static void test_only_what_may_match_is_held(void **state)
{
	assert_true(alive_after("foo bar", "one two three ") == SIZE_MAX);
	assert_int_equal(alive_after("foo bar", "one foo "), 4);
	assert_true(alive_after("foo bar", "one foo two ") == SIZE_MAX);
	assert_int_equal(alive_after("foo.*bar", "a foo and so on "), 2);
	assert_true(alive_after("foo.*bar", "a foo and. So on ") == SIZE_MAX);
}

static int compile_once(void *arg)
{
	struct pattern *p = NULL;
	char why[256];
	enum pattern_err err = pattern_new(&p, "a+", 2, why, sizeof(why));
	pattern_free(p);
	if (err)
		return err;
	struct pattern_scan *s = pattern_scan_new();
	pattern_scan_free(s);
	return s ? 0 : -1;
}

static void test_memory(void **state)
{
	assert_true(failmalloc_each(compile_once, NULL) >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_refused_with_a_reason),
	    cmocka_unit_test(test_accepted),
	    cmocka_unit_test(test_matches_in_every_cutting),
	    cmocka_unit_test(test_too_slow_is_no_answer),
	    cmocka_unit_test(test_fixed_text_decides),
	    cmocka_unit_test(test_long_sentences_are_searched),
	    cmocka_unit_test(test_each_gives_up_alone),
	    cmocka_unit_test(test_says_what_wakes_it),
	    cmocka_unit_test(test_only_what_may_match_is_held),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
