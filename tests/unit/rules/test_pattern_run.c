/* pattern_run: finds what PCRE2 finds, at the same places for every cutting,
 * in time that is bounded. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/pattern.h"

#include "rules/policy.h"
#include "rules/text.h"

#include "tests/support/shared.h"
#include "tests/support/split.h"
#include "tests/unit/rules/pattern_random.h"

#include <pcre2.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PAIRS 6000u
#define ATTACK_BYTES 16384u
/* What one text may take of CPU time, with every pattern that loads. */
#define LIMIT_MS 5.0
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 20.0 /* at most, by the checks that are built in */
#else
#define SLOWER 1.0
#endif

struct fixture {
	struct guard_policy policy;
	struct detector detector;
	uint32_t number;
	struct pattern_scan *scan;
	const char *source, *text;
	bool learn; /* the next run says what is wanted */
	char want[512];
	enum pattern_err want_err;
};

/* False: refused. */
static bool fixture_init(
    struct fixture *f, struct pattern_scan *scan, const char *source)
{
	char why[256];
	struct pattern *p = NULL;
	*f = (struct fixture){.source = source, .scan = scan};
	if (pattern_new(&p, source, strlen(source), why, sizeof(why)))
		return false;
	f->detector = (struct detector){.kind = DETECTOR_PATTERN, .pattern = p};
	f->policy.detectors = &f->detector;
	f->policy.n_detectors = 1;
	f->policy.limits.max_pattern_steps = 500000;
	return true;
}

static void fixture_clear(struct fixture *f)
{
	pattern_free((struct pattern *)f->detector.pattern);
}

static void copy(char *out, size_t size, const char *text)
{
	snprintf(out, size, "%s", text);
}

static void write_match(char *out, size_t size, size_t start, size_t end)
{
	size_t n = strlen(out);
	snprintf(out + n, size - n, "%zu-%zu ", start, end);
}

static void run_split(const struct split *s, void *arg)
{
	struct fixture *f = arg;
	struct text t;
	struct matches m = {0};
	size_t alive = 0, released = 0;
	enum pattern_err err = PATTERN_OK;
	f->policy.of_kind[DETECTOR_PATTERN] = (struct any_of){&f->number, 1};
	assert_int_equal(text_init(&t, 1 << 20), 0);
	assert_int_equal(pattern_scan_begin(f->scan, &f->policy), 0);
	char got[512] = "";
	for (size_t i = 0; i <= s->n; i++) {
		if (i < s->n)
			assert_int_equal(
			    text_feed(&t, s->pieces[i].data, s->pieces[i].len),
			    0);
		else
			assert_int_equal(text_end(&t), 0);
		size_t before = m.n;
		err = pattern_scan(f->scan, &t, &m, &alive);
		for (; before < m.n; before++) {
			if (m.items[before].start < released)
				fail_msg("%s in \"%s\", %s: %u was let go",
				    f->source, f->text, s->how,
				    m.items[before].start);
			write_match(got, sizeof(got), m.items[before].start,
			    m.items[before].end);
		}
		size_t safe = alive < t.open_token ? alive : t.open_token;
		released = safe > released ? safe : released;
	}
	if (f->learn) {
		copy(f->want, sizeof(f->want), got);
		f->want_err = err;
		f->learn = false;
	}
	if (alive != SIZE_MAX || strcmp(got, f->want) != 0 ||
	    err != f->want_err)
		fail_msg("%s in \"%s\", %s: %d \"%s\", not %d \"%s\"",
		    f->source, f->text, s->how, err, got, f->want_err, f->want);
	matches_clear(&m);
	text_clear(&t);
}

/* What PCRE2 finds, one match after the other. */
static void ask_pcre2(struct fixture *f)
{
	int error;
	size_t offset, at = 0, len = strlen(f->text);
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)f->source,
	    strlen(f->source), PCRE2_UTF | PCRE2_UCP | PCRE2_NO_AUTO_CAPTURE,
	    &error, &offset, NULL);
	assert_non_null(code);
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	f->want[0] = '\0';
	while (at < len &&
	    pcre2_match(code, (PCRE2_SPTR)f->text, len, at, PCRE2_NOTEMPTY,
		data, NULL) >= 0) {
		size_t *range = pcre2_get_ovector_pointer(data);
		write_match(f->want, sizeof(f->want), range[0], range[1]);
		at = range[1];
	}
	pcre2_match_data_free(data);
	pcre2_code_free(code);
}

static void test_finds_what_pcre2_finds(void **state)
{
	struct pattern_random r = {.state = 1};
	struct pattern_scan *scan = pattern_scan_new();
	size_t used = 0, hits = 0;
	for (size_t i = 0; i < PAIRS; i++) {
		char source[sizeof(r.out)], text[sizeof(r.out)];
		struct fixture f;
		copy(source, sizeof(source), pattern_random_pattern(&r));
		if (!fixture_init(&f, scan, source))
			continue;
		for (size_t k = 0; k < 4; k++) {
			copy(
			    text, sizeof(text), pattern_random_text(&r, false));
			f.text = text;
			ask_pcre2(&f);
			used++;
			hits += f.want[0] != '\0';
			split_whole(text, strlen(text), run_split, &f);
			split_bytes(text, strlen(text), run_split, &f);
		}
		fixture_clear(&f);
	}
	pattern_scan_free(scan);
	assert_true(used > PAIRS && hits > used / 4);
}

/* With sentences, and with too few steps for some. */
static void test_is_the_same_for_every_cutting(void **state)
{
	struct pattern_random r = {.state = 5};
	struct pattern_scan *scan = pattern_scan_new();
	size_t hits = 0, undecided = 0;
	for (size_t i = 0; i < PAIRS; i++) {
		char source[sizeof(r.out)], text[sizeof(r.out)];
		struct fixture f;
		copy(source, sizeof(source), pattern_random_pattern(&r));
		if (!fixture_init(&f, scan, source))
			continue;
		f.policy.limits.max_pattern_steps = i % 2 ? 20 : 100000;
		copy(text, sizeof(text), pattern_random_text(&r, true));
		f.text = text;
		f.learn = true;
		split_whole(text, strlen(text), run_split, &f);
		hits += f.want[0] != '\0';
		undecided += f.want_err != 0;
		split_every(text, strlen(text), run_split, &f);
		split_bytes(text, strlen(text), run_split, &f);
		fixture_clear(&f);
	}
	pattern_scan_free(scan);
	assert_true(hits > PAIRS / 10 && undecided > PAIRS / 50);
}

static void test_some_patterns(void **state)
{
	static const struct {
		const char *source, *text, *want;
	} rows[] = {
	    /* a fixed length may pass the end of a sentence, others not */
	    {"No\\. \\d\\d", "see No. 12 now", "4-10 "},
	    {"a.b", "a. b a b", "5-8 "},
	    {"a.*b", "a. b a-b", "5-8 "},
	    {"a(?=.*b)", "a. b a-b", "5-6 "},
	    {"^x", "x. x", "0-1 "},
	    {"x$", "x. x", "3-4 "},
	    {"(?m)^x$", "x\nx\ny", "0-1 2-3 "},
	    {"(?<=id )\\d+(?! left)", "id 12 left, id 3 used", "3-4 15-16 "},
	    {"free(?! shipping)", "free shipping, free lunch", "15-19 "},
	    {"(?i)strictly internal", "STRICTLY Internal", "0-17 "},
	    {"\\p{Greek}+", "ab \xce\xb1\xce\xb2", "3-7 "},
	    {"cat|category", "category", "0-3 "},
	    {"a+?", "aa", "0-1 1-2 "},
	};
	struct pattern_scan *scan = pattern_scan_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;
		assert_true(fixture_init(&f, scan, rows[i].source));
		f.text = rows[i].text;
		copy(f.want, sizeof(f.want), rows[i].want);
		split_all(f.text, strlen(f.text), run_split, &f);
		fixture_clear(&f);
	}
	pattern_scan_free(scan);
}

/* ---- time ---- */

static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Once through the text in pieces of so many bytes. */
static double time_once(
    struct fixture *f, const char *text, size_t len, size_t piece)
{
	struct text t;
	struct matches m = {0};
	size_t alive;
	double took = 0;
	f->policy.of_kind[DETECTOR_PATTERN] = (struct any_of){&f->number, 1};
	assert_int_equal(text_init(&t, 1 << 20), 0);
	assert_int_equal(pattern_scan_begin(f->scan, &f->policy), 0);
	for (size_t at = 0; at <= len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;
		assert_int_equal(text_feed(&t, text + at, n), 0);
		if (at + piece > len)
			assert_int_equal(text_end(&t), 0);
		double start = cpu_ms();
		(void)!pattern_scan(f->scan, &t, &m, &alive);
		took += cpu_ms() - start;
	}
	matches_clear(&m);
	text_clear(&t);
	return took;
}

struct slowest {
	double ms;
	char source[2049];
};

static void attack(struct fixture *f, const char *prefix, const char *pump,
    const char *suffix, struct slowest *slowest)
{
	char *text = malloc(ATTACK_BYTES + strlen(prefix) + strlen(suffix));
	size_t n = strlen(prefix), len = strlen(pump);
	memcpy(text, prefix, n);
	for (; len && n + len + strlen(suffix) <= ATTACK_BYTES; n += len)
		memcpy(text + n, pump, len);
	memcpy(text + n, suffix, strlen(suffix));
	n += strlen(suffix);
	for (size_t piece = n; piece >= 512; piece = piece > 512 ? 512 : 0) {
		/* Other programs run too: the least of three tries. */
		double ms = time_once(f, text, n, piece);
		for (int i = 0; i < 2; i++) {
			double again = time_once(f, text, n, piece);
			ms = again < ms ? again : ms;
		}
		if (ms > slowest->ms) {
			slowest->ms = ms;
			snprintf(slowest->source, sizeof(slowest->source), "%s",
			    f->source);
		}
	}
	free(text);
}

static void report(const char *what, size_t n, const struct slowest *slowest)
{
	print_message("%zu %s of 16 KiB, slowest %.2f ms: %s\n", n, what,
	    slowest->ms, slowest->source);
	assert_true(slowest->ms < LIMIT_MS * SLOWER);
}

static void test_evil_patterns(void **state)
{
	static const char *const sources[] = {"\\w+@\\w+\\.com",
	    "(a|aa){20,60}(a|aa){20,60}[bc]", "\\s+$", ".*.*=.*;",
	    "(?=.*a)(?=.*b)(?=.*c)x", "(?:a?){30}a{30}", "\\d+\\d+\\d+x",
	    "a.*b|a", "(?<=aaaaaaaaaaaaaaaaaaaaaaaa)b", "a(?=.*b)",
	    "(?:a|\\w)+x(?:a|\\w)+y", "\\w{1,1000}!", "[^x]+x",
	    "(?i)\\p{L}+[\\w.-]+@", "(?:.|\\s)+z"};
	static const char *const pumps[] = {
	    "a", "1", " ", "\xc3\xa9", "=", "a ", "a@", "ab1. "};
	struct pattern_scan *scan = pattern_scan_new();
	struct slowest slowest = {0};
	size_t n = 0;
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++) {
		struct fixture f;
		assert_true(fixture_init(&f, scan, sources[i]));
		for (size_t k = 0; k < sizeof(pumps) / sizeof(*pumps); k++) {
			attack(&f, "", pumps[k], "!", &slowest);
			n++;
		}
		fixture_clear(&f);
	}
	pattern_scan_free(scan);
	report("attacks", n, &slowest);
}

static void test_known_attacks(void **state)
{
	struct shared_rows *rows = shared_open("redos_regexlib.jsonl");
	if (!rows)
		skip();
	struct pattern_scan *scan = pattern_scan_new();
	struct slowest slowest = {0};
	size_t n = 0, refused = 0;
	const json_t *row;
	while ((row = shared_next(rows))) {
		struct fixture f;
		if (!fixture_init(&f, scan, shared_text(row, "text", NULL))) {
			refused++;
			continue;
		}
		attack(&f, shared_text(row, "attack_prefix", NULL),
		    shared_text(row, "attack_pump", NULL),
		    shared_text(row, "attack_suffix", NULL), &slowest);
		n++;
		fixture_clear(&f);
	}
	shared_close(rows);
	pattern_scan_free(scan);
	print_message("%zu refused\n", refused);
	report("known attacks", n, &slowest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finds_what_pcre2_finds),
	    cmocka_unit_test(test_is_the_same_for_every_cutting),
	    cmocka_unit_test(test_some_patterns),
	    cmocka_unit_test(test_evil_patterns),
	    cmocka_unit_test(test_known_attacks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
