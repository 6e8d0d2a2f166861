/* topic: pieces of words, scores in whole numbers, sentences on a topic, any
 * cutting. */
#include "rules/topic.h"

#include "tests/unit/rules/scan_check.h"
#include "tests/unit/rules/topic_made.h"

#include <limits.h>
#include <stdio.h>

static struct guard_topic_model money = {.topic = "money", .threshold = 1000},
				pets = {.topic = "pets", .threshold = 1500};
static const struct detector detectors[] = {
    {.kind = DETECTOR_PHRASES},
    {.kind = DETECTOR_TOPIC, .topic = &money},
    {.kind = DETECTOR_TOPIC, .topic = &pets},
};
static const uint32_t all[] = {1, 2};
static const struct guard_policy policy = {.detectors = detectors,
    .n_detectors = 3,
    .of_kind = {[DETECTOR_TOPIC] = {all, 2}}};

static void init(void *state)
{
	topic_scan_init(state);
}

static int scan(void *state, const struct text *t, const struct guard_policy *p,
    struct matches *out, size_t *alive)
{
	return topic_scan(state, t, p, out, alive);
}

static const struct scan_kind topics = {
    .init = init, .scan = scan, .policy = &policy};

static int make_models(void **state)
{
	topic_weigh(&money, "shares invest fund caf\u00E9", 4000);
	topic_weigh(&money, "bank", -4000);
	topic_weigh(&pets, "dog", 6000);
	topic_weigh(&pets, "cat", 600);
	return 0;
}

/* Sentences found, "m:" or "p:" before each, "|" between. */
static const struct {
	const char *text, *found;
} cases[] = {
    {"Buy shares.", "m:Buy shares."},
    {"Hello! Buy some shares now. Bye.", "m:Buy some shares now."},
    {"Hello there. Your dog likes the cat.", "p:Your dog likes the cat."},
    {"Your cat is here.", ""}, /* not above the threshold */
    {"Shares for the dog", "m:Shares for the dog|p:Shares for the dog"},
    {"Invest in a fund, at the bank of the bank, or a bank.", ""},
    {"One line\nbuy shares\nand one", "m:buy shares"},
    {"\u300CShares\u3002\u300D dog\u3002",
	"m:\u300CShares\u3002\u300D|p:dog\u3002"},
    {"S H A R E S", "m:S H A R E S"},
    {"**sh\u200Bares** and SHARES?", "m:**sh\u200Bares** and SHARES?"},
    {"1nve5t now", "m:1nve5t now"}, /* by its other reading */
    {"CAF\u00C9 au lait", "m:CAF\u00C9 au lait"},
    {"", ""},
    {" . ... !", ""},
    {"\u00E9t\u00E9 na\u00EFve \u0441\u043B\u043E\u0432\u043E \u5B57", ""},
};

static void print(
    char *out, size_t size, const char *text, const struct matches *m)
{
	size_t used = 0;
	*out = '\0';
	for (size_t i = 0; i < m->n; i++) {
		const struct match *k = &m->items[i];
		int n = snprintf(out + used, size - used, "%s%s:%.*s",
		    i ? "|" : "", k->detector == 1 ? "m" : "p",
		    (int)(k->end - k->start), text + k->start);
		assert_true(n > 0 && used + (size_t)n < size);
		used += (size_t)n;
	}
}

static void test_sentences_on_a_topic_in_any_cutting(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct matches found = {0};
		char out[400];
		const char *text = cases[i].text;
		assert_int_equal(
		    scan_whole(&topics, text, strlen(text), &found), 0);
		print(out, sizeof(out), text, &found);
		if (strcmp(out, cases[i].found))
			print_error("case %zu \"%s\"\n", i, text);
		assert_string_equal(out, cases[i].found);
		matches_clear(&found);
		scan_check_splits(&topics, text, strlen(text));
	}
}

static void test_a_match_knows_its_sentence_and_score(void **state)
{
	const char *text = "Hello. Buy my shares";
	struct matches found = {0};
	assert_int_equal(scan_whole(&topics, text, strlen(text), &found), 0);
	assert_int_equal(found.n, 1);
	assert_int_equal(found.items[0].sentence, 1);
	assert_int_equal(found.items[0].first_token, 1);
	assert_int_equal(found.items[0].n_tokens, 3);
	/* <buy> 6 pieces, <my> 3, <shares> 15 of 4000: 60000 / sqrt(124) */
	assert_int_equal(found.items[0].value, 5388);
	matches_clear(&found);
}

static void test_memory_may_run_out(void **state)
{
	scan_check_memory(&topics, "Buy shares. Buy shares. Buy shares.");
}

/* ---- pieces ---- */

static size_t count_pieces(const char *word)
{
	struct text t = {0};
	uint16_t pieces[TOPIC_WORD_PIECES];
	assert_int_equal(text_init(&t, 4096), 0);
	assert_int_equal(text_feed(&t, word, strlen(word)), 0);
	assert_int_equal(text_end(&t), 0);
	assert_int_equal(t.n_tokens, 1);
	size_t n = topic_pieces(&t, &t.tokens[0], false, pieces);
	for (size_t i = 0; i < n; i++)
		assert_in_range(pieces[i], 0, GUARD_TOPIC_BUCKETS - 1);
	text_clear(&t);
	return n;
}

static void test_pieces_are_of_three_to_five_characters(void **state)
{
	char word[301] = {0};
	assert_int_equal(count_pieces("a"), 1);  /* <a> */
	assert_int_equal(count_pieces("ab"), 3); /* <ab ab> <ab> */
	assert_int_equal(count_pieces("abc"), 6);
	assert_int_equal(count_pieces("\u0434\u0430"), 3); /* characters */
	assert_int_equal(count_pieces("1,250.00"), 1);     /* any number */
	assert_int_equal(count_pieces("$"), 1);
	memset(word, 'x', 300);
	assert_int_equal(
	    count_pieces(word), 3 * (TOPIC_WORD_CHARS + 2) - 2 - 3 - 4);
	for (size_t i = 0; i < 300; i += 3)
		memcpy(word + i, "\u10D0", 3); /* of three bytes each */
	assert_true(count_pieces(word) <= TOPIC_WORD_PIECES);
}

/* ---- scores ---- */

static void test_scores_are_whole_numbers(void **state)
{
	uint16_t pieces[] = {1, 1, 2};
	static struct guard_topic_model m;
	m.weights[1] = 1000;
	m.weights[2] = -500;
	/* 1500 / sqrt(103) = 147.8 */
	assert_int_equal(guard_topic_score(&m, pieces, 3), 147);
	m.weights[2] = -3500;
	assert_int_equal(guard_topic_score(&m, pieces, 3), -147);
	assert_int_equal(guard_topic_score(&m, pieces, 0), 0);
	/* The largest there can be. */
	assert_int_equal(topic_scale((int64_t)200000 * 32767, 200000),
	    (int64_t)200000 * 32767 * 1000 / 447325);
	assert_int_equal(topic_scale(-(int64_t)200000 * 32767, 200000),
	    -((int64_t)200000 * 32767 * 1000 / 447325));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sentences_on_a_topic_in_any_cutting),
	    cmocka_unit_test(test_a_match_knows_its_sentence_and_score),
	    cmocka_unit_test(test_memory_may_run_out),
	    cmocka_unit_test(test_pieces_are_of_three_to_five_characters),
	    cmocka_unit_test(test_scores_are_whole_numbers),
	};
	return cmocka_run_group_tests(tests, make_models, NULL);
}
