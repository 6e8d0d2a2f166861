/* topic_words: which words of a sentence weighed, and how much. */
#include "rules/guard_author.h"

#include "tests/support/failmalloc.h"
#include "tests/support/policy_kit.h"
#include "tests/unit/rules/topic_made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct guard_topic_model model = {.topic = "money", .threshold = 500};

struct made {
	struct policy_kit kit;
	struct guard_policy *policy;
	struct guard_scanner *scanner;
};

static void make(struct made *m)
{
	policy_kit_init(&m->kit);
	uint32_t topic = policy_kit_detector(&m->kit,
	    &(struct detector){.kind = DETECTOR_TOPIC, .topic = &model});
	uint32_t word = policy_kit_phrases(&m->kit, "offer", NULL);
	policy_kit_rule(&m->kit, "a", GUARD_BLOCK, topic);
	struct rule *both = policy_kit_rule(&m->kit, "b", GUARD_FLAG, word);
	struct clause *c = policy_kit_clauses(&m->kit, both, 2);
	c[0].what = policy_kit_any(&m->kit, word);
	c[1].what = policy_kit_any(&m->kit, topic);
	policy_kit_rule(&m->kit, "c", GUARD_LOG, word);
	m->policy = policy_kit_policy(&m->kit);
	m->scanner = guard_scanner_new();
	assert_non_null(m->scanner);
}

static void clear(struct made *m)
{
	guard_scanner_free(m->scanner);
	policy_kit_clear(&m->kit);
}

/* "shares 4.839|..." for the hit of a rule. */
static void words_of(
    struct made *m, const char *text, size_t rule, char *out, size_t size)
{
	const struct guard_message message = {GUARD_AI, text, strlen(text)};
	struct guard_weighed words[GUARD_HIT_WORDS];
	struct guard_verdict v;
	size_t used = 0;
	guard_check(m->scanner, m->policy, NULL, &message, &v);
	*out = '\0';
	for (size_t i = 0; i < v.n_hits; i++) {
		if (v.hits[i].rule != rule)
			continue;
		int n = guard_hit_words(m->policy, &message, &v.hits[i], words);
		assert_in_range(n, 0, GUARD_HIT_WORDS);
		for (int k = 0; k < n; k++)
			used += (size_t)snprintf(out + used, size - used,
			    "%s%.*s %lld", used ? "|" : "",
			    (int)(words[k].end - words[k].start),
			    text + words[k].start, (long long)words[k].weight);
	}
	assert_true(used < size);
}

static const struct {
	size_t rule;
	const char *text, *words;
} cases[] = {
    /* my: 3 pieces, shares: 15 of 4000; 60000 / sqrt(118) */
    {0, "Hi. My **sh\u200Bares**!", "sh\u200Bares 5523"},
    {0, "Buy shares, buy them. Bye.", "shares 5145|Buy 514|buy 514"},
    {0, "Invest, invest, invest, invest, invest, invest!",
	"Invest 4352|invest 4352|invest 4352|invest 4352|invest 4352"},
    {0, "1nve5t in it", "1nve5t 5454|in 363"},
    {1, "An offer of shares. Shares!", "shares 5202"},
    {2, "An offer of shares. Shares!", ""},
};

static int make_model(void **state)
{
	topic_weigh(&model, "shares invest", 4000);
	topic_weigh(&model, "buy", 1000);
	topic_weigh(&model, "bank", -4000);
	return 0;
}

static void test_the_heaviest_words_come_first(void **state)
{
	struct made m;
	make(&m);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[300];
		words_of(&m, cases[i].text, cases[i].rule, out, sizeof(out));
		assert_string_equal(out, cases[i].words);
	}
	clear(&m);
}

/* All words together are the score. */
static void test_words_add_up_to_the_score(void **state)
{
	const char *text = "Buy shares, buy";
	struct made m;
	struct guard_weighed words[GUARD_HIT_WORDS];
	struct guard_verdict v;
	const struct guard_message message = {GUARD_AI, text, strlen(text)};
	char score[64];
	make(&m);
	guard_check(m.scanner, m.policy, NULL, &message, &v);
	assert_int_equal(v.n_hits, 1);
	int n = guard_hit_words(m.policy, &message, &v.hits[0], words);
	assert_int_equal(n, 3);
	int64_t sum = 0;
	for (int i = 0; i < n; i++)
		sum += words[i].weight;
	/* Each is rounded down by itself. */
	snprintf(score, sizeof(score), "topic money %d.%03d > 0.500",
	    (int)(sum + 1) / 1000, (int)(sum + 1) % 1000);
	assert_string_equal(v.hits[0].what, score);
	clear(&m);
}

static int ask_once(void *arg)
{
	struct made *m = arg;
	struct guard_weighed words[GUARD_HIT_WORDS];
	const struct guard_message message = {GUARD_AI, "shares", 6};
	const struct guard_hit hit = {.end = 6};
	return guard_hit_words(m->policy, &message, &hit, words) == 1 ? 0 : -1;
}

static void test_memory_may_run_out(void **state)
{
	struct made m;
	make(&m);
	assert_true(failmalloc_each(ask_once, &m) > 3);
	clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_heaviest_words_come_first),
	    cmocka_unit_test(test_words_add_up_to_the_score),
	    cmocka_unit_test(test_memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, make_model, NULL);
}
