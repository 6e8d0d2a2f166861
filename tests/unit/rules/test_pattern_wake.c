/* pattern_wake: of many patterns those whose fixed text a whole text has are
 * looked for, and nothing is missed that a search of each would find. */
#include "rules/index.h"
#include "rules/pattern.h"
#include "rules/pattern_wake.h"
#include "tests/support/policy_kit.h"
#include "tests/unit/rules/pattern_random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N_PATTERNS 40u
#define ROUNDS 100
#define TEXTS 20

struct fixture {
	struct policy_kit kit;
	struct guard_policy *policy;
};

/* False: it is no pattern. */
static bool add(struct fixture *f, const char *source)
{
	char why[256];
	struct pattern *p;
	if (pattern_new(&p, source, strlen(source), why, sizeof(why)))
		return false;
	policy_kit_rule(&f->kit, "r", GUARD_FLAG,
	    policy_kit_detector(&f->kit,
		&(struct detector){.kind = DETECTOR_PATTERN, .pattern = p}));
	return true;
}

/* Behind those listed are others that no text here has. */
static void fixture_init(struct fixture *f, const char *const *sources)
{
	size_t n = 0;
	policy_kit_init(&f->kit);
	for (; *sources; sources++, n++)
		assert_true(add(f, *sources));
	for (; n < N_PATTERNS; n++)
		assert_true(add(f, "QQQ\\d"));
	f->policy = policy_kit_policy(&f->kit);
	assert_non_null(f->policy->index->patterns);
}

static const char *awake(const struct fixture *f, const char *text)
{
	static char out[N_PATTERNS + 1];
	uint64_t set[2] = {~(uint64_t)0, ~(uint64_t)0};
	assert_true(pattern_set_words(N_PATTERNS) <= 2);
	pattern_wake_look(f->policy->index->patterns, text, strlen(text), set);
	size_t n = 0;
	for (size_t i = 0; i < N_PATTERNS; i++)
		if (set[i / 64] >> i % 64 & 1)
			out[n++] = (char)('a' + i);
	out[n] = '\0';
	return out;
}

static void wakes_what_has_its_text(void **state)
{
	(void)state;
	struct fixture f;
	fixture_init(&f,
	    (const char *const[]){"ABC-\\d+", "ABD-\\d+", "(?i)order no",
		"(?i)red-\\d", "\\d{4}", "x\\d*END", NULL});
	assert_string_equal(awake(&f, ""), "e");
	assert_string_equal(awake(&f, "Nothing of it."), "e");
	assert_string_equal(awake(&f, "An ABC-1"), "ae");
	assert_string_equal(awake(&f, "ABD-"), "be");
	assert_string_equal(awake(&f, "ABC"), "e");
	assert_string_equal(awake(&f, "BC-ABC-"), "ae");
	assert_string_equal(awake(&f, "abc-1"), "e");
	assert_string_equal(awake(&f, "OrDeR No"), "ce");
	assert_string_equal(awake(&f, "order no"), "ce");
	assert_string_equal(awake(&f, "rED-, ABC-, END"), "adef");
	assert_string_equal(awake(&f, "the red"), "e");
	policy_kit_clear(&f.kit);
}

static void a_few_are_searched_one_by_one(void **state)
{
	(void)state;
	struct fixture f;
	policy_kit_init(&f.kit);
	for (size_t i = 0; i + 1 < PATTERN_WAKE_MIN; i++)
		assert_true(add(&f, "ABC-\\d+"));
	assert_null(policy_kit_policy(&f.kit)->index->patterns);
	policy_kit_clear(&f.kit);
}

/* ---- against a search of each ---- */

static enum pattern_err scan(struct pattern_scan *s,
    const struct guard_policy *p, const char *text, struct matches *found)
{
	struct text t = {0};
	size_t alive;
	found->n = 0;
	assert_int_equal(text_init(&t, 10000), 0);
	assert_int_equal(text_feed(&t, text, strlen(text)), 0);
	assert_int_equal(text_end(&t), 0);
	assert_int_equal(pattern_scan_begin(s, p), 0);
	enum pattern_err err = pattern_scan(s, &t, found, &alive);
	text_clear(&t);
	return err;
}

struct both {
	struct pattern_scan *scan;
	struct matches some, all;
	size_t n;
};

static void same(
    struct both *b, const struct guard_policy *policy, const char *text)
{
	struct guard_policy each = *policy;
	each.index = NULL;
	assert_int_equal(scan(b->scan, policy, text, &b->some),
	    scan(b->scan, &each, text, &b->all));
	assert_int_equal(b->some.n, b->all.n);
	for (size_t i = 0; i < b->all.n; i++) {
		const struct match *x = &b->all.items[i];
		const struct match *y = &b->some.items[i];
		assert_int_equal(x->detector, y->detector);
		assert_int_equal(x->start, y->start);
		assert_int_equal(x->end, y->end);
	}
	b->n += b->all.n;
}

static void finds_what_a_search_of_each_finds(void **state)
{
	(void)state;
	struct pattern_random r = {.state = 3};
	struct both b = {.scan = pattern_scan_new()};
	assert_non_null(b.scan);
	for (int round = 0; round < ROUNDS; round++) {
		struct fixture f;
		policy_kit_init(&f.kit);
		for (size_t n = 0; n < N_PATTERNS;)
			n += add(&f, pattern_random_pattern(&r));
		f.policy = policy_kit_policy(&f.kit);
		assert_non_null(f.policy->index->patterns);
		for (int i = 0; i < TEXTS; i++)
			same(&b, f.policy, pattern_random_text(&r, true));
		policy_kit_clear(&f.kit);
	}
	assert_true(b.n > (size_t)ROUNDS * TEXTS);
	pattern_scan_free(b.scan);
	matches_clear(&b.some);
	matches_clear(&b.all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wakes_what_has_its_text),
	    cmocka_unit_test(a_few_are_searched_one_by_one),
	    cmocka_unit_test(finds_what_a_search_of_each_finds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
