/* Phrases: what matches, what does not, in every cutting. */
#include "rules/phrase.h"
#include "rules/policy.h"
#include "tests/support/failmalloc.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct setup {
	struct guard_policy policy;
};

/* Phrase i is the group of detector i. */
static int setup_init(struct setup *s, const char *const *phrases)
{
	memset(s, 0, sizeof(*s));
	arena_init(&s->policy.arena);
	struct phrase_builder *b = phrase_builder_new();
	int err = b ? 0 : -1;
	for (uint32_t i = 0; !err && phrases[i]; i++)
		err = phrase_builder_add(b, i, phrases[i], strlen(phrases[i]));
	if (!err) {
		s->policy.phrases = phrase_builder_finish(b, &s->policy.arena);
		err = s->policy.phrases ? 0 : -1;
	}
	phrase_builder_free(b);
	return err;
}

/* "0[3-9] 1[0-2]": detectors and original bytes, in the order found. */
struct run {
	const struct guard_policy *policy;
	char found[512];
	int err;
};

static void describe(struct run *r, const struct matches *m)
{
	size_t n = 0;
	r->found[0] = '\0';
	for (size_t i = 0; i < m->n && n < sizeof(r->found) - 40; i++)
		n += (size_t)snprintf(r->found + n, sizeof(r->found) - n,
		    "%s%u[%u-%u]", i ? " " : "", m->items[i].detector,
		    m->items[i].start, m->items[i].end);
}

static void run_split(const struct split *split, void *arg)
{
	struct run *r = arg;
	struct text t = {0};
	struct phrase_scan scan;
	struct matches found = {0};
	size_t alive, before = 0;
	phrase_scan_init(&scan);
	r->err = text_init(&t, 1 << 20);
	for (size_t i = 0; i < split->n && !r->err; i++) {
		r->err =
		    text_feed(&t, split->pieces[i].data, split->pieces[i].len);
		size_t known = found.n;
		if (!r->err)
			r->err =
			    phrase_scan(&scan, &t, r->policy, &found, &alive);
		/* What was not alive before cannot have come to match. */
		for (size_t k = known; k < found.n; k++)
			assert_true(found.items[k].start >= before);
		before = alive < t.open_token ? alive : t.open_token;
		before = before < t.settled ? before : t.settled;
	}
	if (!r->err)
		r->err = text_end(&t);
	if (!r->err)
		r->err = phrase_scan(&scan, &t, r->policy, &found, &alive);
	if (!r->err)
		describe(r, &found);
	phrase_scan_clear(&scan);
	text_clear(&t);
	matches_clear(&found);
}

struct expected {
	struct run run;
	const char *text, *found;
};

static void run_expected(const struct split *split, void *arg)
{
	struct expected *e = arg;
	run_split(split, &e->run);
	if (e->run.err || strcmp(e->run.found, e->found))
		fail_msg("\"%s\" (%s): found \"%s\", not \"%s\", error %d",
		    e->text, split->how, e->run.found, e->found, e->run.err);
}

static void check(
    const char *const *phrases, const char *text, const char *found)
{
	struct setup s;
	assert_int_equal(setup_init(&s, phrases), 0);
	struct expected e = {
	    .run = {.policy = &s.policy}, .text = text, .found = found};
	split_all(text, strlen(text), run_expected, &e);
	arena_clear(&s.policy.arena);
}

#define PHRASES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void words_match_whole(void **state)
{
	check(PHRASES("refund"), "A refund, refunded, unrefund REFUND.",
	    "0[2-8] 0[29-35]");
	check(PHRASES("refund*"), "a refund refunding unrefund",
	    "0[2-8] 0[9-18]");
	check(PHRASES("refund*"), "re fund ref und", "");
	check(PHRASES("money back"), "money back", "0[0-10]");
	check(PHRASES("money back"), "money, back! money\nback",
	    "0[0-11] 0[13-23]");
	check(PHRASES("money back"), "money is back", "");
	check(PHRASES("a b", "a"), "a b", "1[0-1] 0[0-3]");
}

static void many_prefixes_match(void **state)
{
	check(PHRASES("re*", "ref*", "refund*", "refund"), "refund",
	    "0[0-6] 1[0-6] 2[0-6] 3[0-6]");
	check(PHRASES("pre* paid"), "prefix paid prepaid", "0[0-11]");
	check(PHRASES("re ... fee", "re* ... fee", "re* ... paid", "re"),
	    "refund the fee", "1[0-14]");
}

static void gaps_hold_six_words(void **state)
{
	check(PHRASES("waive ... fee"), "waive fee", "0[0-9]");
	check(
	    PHRASES("waive ... fee"), "waive ab cd ef gh ij kl fee", "0[0-27]");
	check(PHRASES("waive ... fee"), "waive ab cd ef gh ij kl mn fee", "");
	check(PHRASES("waive ... fee"), "waive it. The fee", "");
	check(PHRASES("waive ... fee"), "waive it\nfee", "0[0-12]");
	check(PHRASES("waive ... fee"), "waive it\nThe fee", "");
	check(PHRASES("waive ... fee"), "waive it\n\nfee", "");
	check(PHRASES("waive...fee"), "waive the fee", "0[0-13]");
	check(PHRASES("waive* \xe2\x80\xa6 late fee*"),
	    "waives my late, late fees", "0[0-25]");
	check(PHRASES("a1 ... b1 ... c1"), "a1 x b1 y y c1", "0[0-14]");
	check(PHRASES("a1 ... b1"), "a1 a1 b1 b1", "0[0-8] 0[0-11]");
}

static void the_earliest_beginning_is_kept(void **state)
{
	check(PHRASES("no no no"), "no no no no", "0[0-8] 0[3-11]");
	check(PHRASES("very ... good"), "very very very good", "0[0-19]");
}

/* Letters that stand apart: one word, several, or letters, all at once. */
static void letters_are_read_every_way(void **state)
{
	check(PHRASES("I guarantee it"), "x I guarantee it", "0[2-16]");
	check(PHRASES("I guarantee it"), "Plan A B I guarantee it works",
	    "0[9-23]");
	check(PHRASES("I guarantee it"), "A B C I guarantee it", "0[6-20]");
	check(PHRASES("I guarantee it"), "x I I guarantee it", "0[4-18]");
	check(PHRASES("I guarantee it"), "I g u a r a n t e e i t now",
	    "0[0-23]");
	check(PHRASES("plan b", "plan a b c"), "plan A B C D", "1[0-10]");
	check(PHRASES("plan a b"), "plan A B C D", "0[0-8]");
	check(PHRASES("refund"), "a r e f u n d", "0[2-13]");
	check(PHRASES("refund"), "y o u g e t a r e f u n d n o w", "0[14-25]");
	check(PHRASES("refund*"), "r e f u n d e d", "0[0-15]");
	check(PHRASES("full refund now"), "f.u.l.l.r.e.f.u.n.d now", "0[0-23]");
	check(PHRASES("full refund"), "full r-e-f-u-n-d", "0[0-16]");
	check(PHRASES("refund now"), "r e f u n d n o w", "0[0-17]");
	check(PHRASES("refund* now"), "r e f u n d e d n o w", "0[0-21]");
	check(PHRASES("waive ... fee"), "waive a b c d e f g h fee", "0[0-25]");
	check(PHRASES("waive ... fee"), "w a i v e x y f e e", "0[0-19]");
	check(PHRASES("no no"), "no n o n o", "0[3-10]");
}

/* Short words inside a name that is spelled out are part of the name. */
static void letters_of_a_name_are_no_words(void **state)
{
	check(PHRASES("loan", "an", "lo"), "S-L-O-A-N-E", "");
	check(PHRASES("free"), "F R E E M A N", "");
	check(PHRASES("fund"), "r e f u n d", "");
	check(PHRASES("us", "as"), "in the U.S.A. now", "");
	check(PHRASES("loan"), "a l o a n", "0[2-9]");
	check(PHRASES("b"), "A/B/C", "0[2-3]");
}

/* hidden_treasure: a word, or two; likewise with brackets and @ inside. */
static void signs_may_part_words(void **state)
{
	check(PHRASES("hidden treasure"), "the hidden_treasure map", "0[4-19]");
	check(PHRASES("hidden treasure"),
	    "a_hidden_treasure_map h1dden__tre4sure", "0[2-17] 0[22-38]");
	check(PHRASES("hidden treasure", "map"),
	    "hidden [treasure] hidden[treasure]map",
	    "0[0-16] 0[18-33] 1[34-37]");
	check(PHRASES("hidden_treasure"), "hidden treasure hidden_treasure",
	    "0[0-15] 0[16-31]");
	check(PHRASES("dagger"), "dagger[1] a dagger_2 12_dagger dagger@home",
	    "0[0-6] 0[12-18] 0[24-30] 0[31-37]");
	check(PHRASES("dagger"), "da[gg]er da_gger_now d@gger d\u00B7agger",
	    "0[0-8] 0[9-16] 0[21-27] 0[28-36]");
	check(PHRASES("we guarantee", "won't", "6's"),
	    "6'we guarantee 6\u2019we guarantee it 6's w3 won't 1't 6'0 "
	    "6'won't",
	    "0[2-14] 0[19-31] 2[35-38] 1[42-47] 1[58-63]");
	check(PHRASES("refund* now", "refund*"), "no_refunds_now re_fund_it",
	    "1[3-10] 0[3-14] 1[15-22]");
	check(PHRASES("cash", "loan"), "a_c@sh s_loan_e lo_an_s sl_oan_e",
	    "0[2-6] 1[9-13] 1[16-21]");
	check(PHRASES("waive ... fee"), "waive_the_late_fee", "0[0-18]");
	check(PHRASES("waive ... fee"), "waive a_b_c_d_e_f_g fee", "0[0-23]");
	check(PHRASES("treasure"),
	    "treas\bsure_x x_treasx\bure x_y\b\b_treasure",
	    "0[0-10] 0[15-25] 0[26-40]");
}

static void images_and_escapes_are_seen_through(void **state)
{
	check(PHRASES("dagger"), "da![](http://x)gger da![an x](y \"z\")gger",
	    "0[0-19] 0[20-40]");
	check(PHRASES("dagger"), "dagger![](x) wow! dagger! ![](x)dagger![",
	    "0[0-6] 0[18-24] 0[32-38]");
	check(PHRASES("hidden treasure"),
	    "https://x.y/hidden%20tr%65asure?a=%68idden%2Ftreasure",
	    "0[12-31] 0[34-53]");
	check(PHRASES("caf\u00E9", "20 off"),
	    "www.x.y/caf%C3%A9%20off at 50%20off", "0[8-17]");
}

static void symbols_and_numbers_are_words(void **state)
{
	check(PHRASES("24 months", "50% off"), "24 months at 50% off",
	    "0[0-9] 1[13-20]");
	check(PHRASES("won't charge"), "We won\xe2\x80\x99t charge you",
	    "0[3-17]");
}

static void bad_phrases_are_refused(void **state)
{
	static const struct {
		const char *phrase;
		enum phrase_err err;
	} cases[] = {
	    {"", PHRASE_ERR_EMPTY},
	    {"  ", PHRASE_ERR_EMPTY},
	    {"*", PHRASE_ERR_EMPTY},
	    {"- ,", PHRASE_ERR_EMPTY},
	    {"... fee", PHRASE_ERR_GAP},
	    {"fee ...", PHRASE_ERR_GAP},
	    {"...", PHRASE_ERR_GAP},
	    {"a ... ... b", PHRASE_ERR_GAP},
	    {"re*fund", PHRASE_ERR_STAR},
	    {"*fund", PHRASE_ERR_STAR},
	    {"a *fund", PHRASE_ERR_STAR},
	    {"refund-*", PHRASE_ERR_STAR},
	    {"ref\xe2\x80\x8bund", PHRASE_ERR_INVISIBLE},
	    {"ref\xc2\xadund", PHRASE_ERR_INVISIBLE},
	    {"ref\x01und", PHRASE_ERR_INVISIBLE},
	    {"ref\xffund", PHRASE_ERR_NOT_UTF8},
	    {"a ... b ... c ... d ... e ... f ... g ... h ... i", PHRASE_OK},
	    {"a* ... b ... c ... d ... e ... f ... g ... h ... i ... j",
		PHRASE_ERR_LONG},
	};
	struct phrase_builder *b = phrase_builder_new();
	assert_non_null(b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum phrase_err err = phrase_builder_add(
		    b, 0, cases[i].phrase, strlen(cases[i].phrase));
		if (err != cases[i].err)
			fail_msg("\"%s\": %d (%s)", cases[i].phrase, err,
			    phrase_err_text(err));
	}
	char big[PHRASE_MAX_BYTES + 2];
	memset(big, 'a', sizeof(big));
	assert_int_equal(
	    phrase_builder_add(b, 0, big, sizeof(big)), PHRASE_ERR_LONG);
	big[70] = '*';
	assert_int_equal(phrase_builder_add(b, 0, big, 71), PHRASE_ERR_LONG);
	phrase_builder_free(b);
}

static void an_empty_trie_matches_nothing(void **state)
{
	check(PHRASES(NULL), "refund", "");
}

static bool only(void *arg, uint32_t detector)
{
	return detector == *(uint32_t *)arg;
}

/* What is alive, and for whom, in the middle of a phrase. */
static void a_beginning_is_alive_until_it_dies(void **state)
{
	struct setup s;
	assert_int_equal(
	    setup_init(&s, PHRASES("money back", "fee ... waived")), 0);
	struct text t = {0};
	struct matches found = {0};
	struct phrase_scan scan;
	size_t alive;
	phrase_scan_init(&scan);
	assert_int_equal(text_init(&t, 1000), 0);
	assert_int_equal(text_feed(&t, "your money ", 11), 0);
	assert_int_equal(phrase_scan(&scan, &t, &s.policy, &found, &alive), 0);
	assert_int_equal(alive, 5);
	assert_int_equal(text_feed(&t, "is a fee ", 9), 0);
	assert_int_equal(phrase_scan(&scan, &t, &s.policy, &found, &alive), 0);
	assert_int_equal(alive, 16);
	uint32_t id = 0;
	assert_true(phrase_scan_alive(&scan, &t, s.policy.phrases, only, &id) ==
	    SIZE_MAX);
	id = 1;
	assert_int_equal(
	    phrase_scan_alive(&scan, &t, s.policy.phrases, only, &id), 16);
	assert_int_equal(text_feed(&t, "here. ", 6), 0);
	assert_int_equal(phrase_scan(&scan, &t, &s.policy, &found, &alive), 0);
	assert_true(alive == SIZE_MAX);
	assert_int_equal(found.n, 0);
	phrase_scan_clear(&scan);
	text_clear(&t);
	matches_clear(&found);
	arena_clear(&s.policy.arena);
}

static int build_and_scan(void *arg)
{
	struct setup s;
	struct run r = {.policy = &s.policy};
	const char *text = "you get your money back and the f-e-e is waived";
	struct split_piece piece = {text, strlen(text)};
	const struct split whole = {"whole", &piece, 1};
	int err = setup_init(
	    &s, PHRASES("money back", "fee ... waived", "refund*", "fee is"));
	if (!err) {
		run_split(&whole, &r);
		err = r.err;
	}
	arena_clear(&s.policy.arena);
	if (!err && strcmp(r.found, "0[13-23] 3[32-40] 1[32-47]"))
		abort();
	return err;
}

static void memory_may_run_out(void **state)
{
	assert_true(failmalloc_each(build_and_scan, NULL) > 10);
}

/* Thousands of phrases: every one is found, and nothing else. */
static void many_phrases_are_kept_apart(void **state)
{
	enum { N = 3000 };
	struct phrase_builder *b = phrase_builder_new();
	struct guard_policy policy = {0};
	char phrase[64];
	for (uint32_t i = 0; i < N; i++) {
		int n = snprintf(phrase, sizeof(phrase), "w%u ... v%u%s",
		    i % 100, i, i % 2 ? "*" : "");
		assert_int_equal(
		    phrase_builder_add(b, i, phrase, (size_t)n), 0);
	}
	policy.phrases = phrase_builder_finish(b, &policy.arena);
	phrase_builder_free(b);
	assert_non_null(policy.phrases);
	for (uint32_t i = 0; i < N; i += 7) {
		struct expected e = {.run = {.policy = &policy}};
		char text[64], found[64];
		snprintf(text, sizeof(text), "w%u x v%u.", i % 100, i);
		run_split(&(struct split){"whole",
			      &(struct split_piece){text, strlen(text)}, 1},
		    &e.run);
		snprintf(
		    found, sizeof(found), "%u[0-%zu]", i, strlen(text) - 1);
		char *own = strstr(e.run.found, found);
		if (!own || (own != e.run.found && own[-1] != ' '))
			fail_msg("%s: %s, not %s", text, e.run.found, found);
	}
	arena_clear(&policy.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_match_whole),
	    cmocka_unit_test(many_prefixes_match),
	    cmocka_unit_test(gaps_hold_six_words),
	    cmocka_unit_test(the_earliest_beginning_is_kept),
	    cmocka_unit_test(letters_are_read_every_way),
	    cmocka_unit_test(letters_of_a_name_are_no_words),
	    cmocka_unit_test(signs_may_part_words),
	    cmocka_unit_test(images_and_escapes_are_seen_through),
	    cmocka_unit_test(symbols_and_numbers_are_words),
	    cmocka_unit_test(bad_phrases_are_refused),
	    cmocka_unit_test(an_empty_trie_matches_nothing),
	    cmocka_unit_test(a_beginning_is_alive_until_it_dies),
	    cmocka_unit_test(memory_may_run_out),
	    cmocka_unit_test(many_phrases_are_kept_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
