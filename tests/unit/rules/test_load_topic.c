/* load_topic: a topic with learned: in a policy - its file found, refused,
 * named by the digest, judged with the others. */
#include "rules/guard_author.h"
#include "rules/guard_topic.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"
#include "tests/unit/rules/topic_made.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TOPIC(keys)                                                            \
	PACK_HEAD "topics:\n  t:\n" keys /* topics: line 4 */                  \
		  "rules:\n  - id: a\n    title: A\n    find: {topic: t}\n"    \
		  "    then: block\n    examples:\n      matches:\n"           \
		  "        - Hello. Buy shares now!\n"                         \
		  "      passes:\n        - Say bar now.\n"
#define LEARNED "    learned: t.topic\n"

static char *file;

static int make_file(void **state)
{
	static struct guard_topic_model model;
	model = (struct guard_topic_model){.topic = "t",
	    .sentences = "0000000000000000000000000000000000000000000000000000"
			 "000000000000",
	    .threshold = 500};
	size_t len;
	topic_weigh(&model, "shares", 5000);
	char *bytes = guard_topic_write(&model, &len);
	assert_non_null(bytes);
	file = strndup(bytes, len);
	free(bytes);
	return file ? 0 : -1;
}

static int free_file(void **state)
{
	free(file);
	return 0;
}

static struct guard_policy *load(struct policy_source *s, const char *pack)
{
	*s = (struct policy_source){0};
	source_add(s, "policy.yaml", POLICY);
	source_add(s, "packs/p.yaml", pack);
	source_add(s, "packs/t.topic", file);
	return source_load(s);
}

static void test_a_learned_topic_is_found(void **state)
{
	struct policy_source s;
	struct guard_verdict v;
	struct guard_policy *p = load(&s, TOPIC(LEARNED));
	struct guard_scanner *scanner = guard_scanner_new();
	const char *text = "Well. Sell the shares, too! Bye.";
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 0);
	guard_check(scanner, p, NULL,
	    &(struct guard_message){GUARD_AI, text, strlen(text)}, &v);
	assert_int_equal(v.action, GUARD_BLOCK);
	assert_int_equal(v.n_hits, 1);
	assert_int_equal(v.hits[0].start, 6);
	assert_int_equal(v.hits[0].end, 27);
	/* <sell> 9 pieces, <the> 6, <shares> 15, <too> 6; some are shared */
	assert_true(strncmp(v.hits[0].what, "topic t ", 8) == 0);
	assert_non_null(strstr(v.hits[0].what, " > 0.500"));
	guard_scanner_free(scanner);
	guard_policy_unref(p);
}

static void test_phrases_and_a_model_find_either(void **state)
{
	struct policy_source s;
	struct guard_policy *p = load(&s,
	    TOPIC(LEARNED "    says: [bitcoin]\n    like:\n"
			  "      - My bitcoin.\n      - Nice shares.\n"
			  "    unlike:\n      - Nice weather.\n"));
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 1); /* learned from others: P101 */
	guard_policy_unref(p);
}

static void test_its_own_examples_are_tests(void **state)
{
	struct policy_source s;
	assert_null(
	    load(&s, TOPIC(LEARNED "    like:\n      - Nice weather.\n")));
	assert_string_equal(s.code, "P070");
	assert_null(
	    load(&s, TOPIC(LEARNED "    unlike:\n      - Nice shares.\n")));
	assert_string_equal(s.code, "P071");
}

static const struct {
	const char *code;
	unsigned line, col;
	const char *keys, *says;
} bads[] = {
    {"P010", 6, 14, "    learned: t\n", "not the name"},
    {"P010", 6, 14, "    learned: .topic\n", "not the name"},
    {"P010", 6, 14, "    learned: a/t.topic\n", "not the name"},
    {"P005", 6, 14, "    learned: [t.topic]\n", "a text"},
    {"P100", 6, 14, "    learned: u.topic\n", "there is no packs/u.topic"},
    {"P028", 7, 5, LEARNED "    at_least: 2\n", "at_least counts phrases"},
    {"P028", 7, 5, LEARNED "    at_least: 1\n    says: [a]\n",
	"at_least counts phrases"},
};

static void test_faults_of_the_key(void **state)
{
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		char pack[1000];
		struct policy_source s;
		snprintf(pack, sizeof(pack), PACK_HEAD "topics:\n  t:\n%s" FOO,
		    bads[i].keys);
		struct guard_policy *p = load(&s, pack);
		if (p || strcmp(s.code, bads[i].code) ||
		    s.line != bads[i].line || s.col != bads[i].col ||
		    !strstr(s.message, bads[i].says))
			fail_msg("case %zu: %s %u:%u %s", i, s.code, s.line,
			    s.col, s.message);
	}
}

static void test_faults_of_the_file_are_told_in_it(void **state)
{
	struct policy_source s;
	char *kept = file, *changed = strdup(file);
	file = changed;
	*strstr(changed, "500") = '4';
	assert_null(load(&s, TOPIC(LEARNED)));
	assert_string_equal(s.code, "P100");
	assert_string_equal(s.file, "packs/t.topic");
	assert_int_equal(s.line, 521);
	assert_non_null(strstr(s.message, "has been changed"));
	assert_non_null(strstr(s.hint, "handrail topic train"));
	file = kept;
	free(changed);
	assert_null(load(
	    &s, PACK_HEAD "topics:\n  u:\n" LEARNED "    says: [a]\n" FOO));
	assert_string_equal(s.file, "packs/t.topic");
	assert_int_equal(s.line, 3);
	assert_non_null(strstr(s.message, "topic \"t\", not for \"u\""));
}

static void test_the_file_is_part_of_the_digest(void **state)
{
	char digest[80];
	struct policy_source s;
	struct guard_policy *p = load(&s, TOPIC(LEARNED));
	snprintf(digest, sizeof(digest), "%s", guard_policy_digest(p));
	guard_policy_unref(p);
	char *kept = file;
	static struct guard_topic_model other;
	other = (struct guard_topic_model){
	    .topic = "t", .sentences = "x", .threshold = 501};
	size_t len;
	topic_weigh(&other, "shares", 5000);
	char *bytes = guard_topic_write(&other, &len);
	file = strndup(bytes, len);
	p = load(&s, TOPIC(LEARNED));
	assert_non_null(p);
	assert_string_not_equal(digest, guard_policy_digest(p));
	guard_policy_unref(p);
	free(file);
	free(bytes);
	file = kept;
}

static void test_a_file_no_topic_names(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	source_add(&s, "packs/old.topic", file);
	struct guard_policy *p = source_load(&s);
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 1);
	guard_policy_unref(p);
}

static void see_cost(const struct diag *d, void *arg)
{
	bool *told = arg;
	*told |= strcmp(d->code, "P065") == 0 &&
	    strstr(d->message, "learned topic") != NULL;
}

static void test_its_price_is_told(void **state)
{
	struct policy_source s;
	bool told = false;
	struct guard_policy *p = load(&s, TOPIC(LEARNED));
	guard_policy_cost(p, see_cost, &told);
	assert_true(told);
	guard_policy_unref(p);
}

/* ---- streams ---- */

static void test_a_stream_waits_for_the_end_of_each_sentence(void **state)
{
	struct policy_source s;
	struct guard_policy *p = load(&s, TOPIC(LEARNED));
	struct guard_stream *stream = guard_stream_new(p, NULL, GUARD_AI);
	struct guard_progress now;
	static const struct {
		const char *piece;
		size_t safe;
	} steps[] = {
	    {"Hello the", 0},
	    {"re.", 0},
	    {" ", 13},
	    {"You may se", 13},
	    {"ll it. ", 30},
	    {"Buy the sh", 30},
	    {"ares now", 30},
	    {". Bye. ", 30},
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		guard_stream_feed(
		    stream, steps[i].piece, strlen(steps[i].piece), &now);
		assert_int_equal(now.safe_len, steps[i].safe);
	}
	assert_true(now.withheld);
	guard_stream_free(stream);
	guard_policy_unref(p);
}

/* ---- memory ---- */

static int load_once(void *arg)
{
	struct guard_file own[] = {{"policy.yaml", POLICY, strlen(POLICY)},
	    {"packs/p.yaml", TOPIC(LEARNED), strlen(TOPIC(LEARNED))},
	    {"packs/t.topic", file, strlen(file)}};
	struct guard_source source = {.own = own, .n_own = 3};
	struct policy_source s = {0};
	struct guard_policy *p = NULL;
	enum guard_err err =
	    guard_policy_load(&p, &source, NULL, source_see, &s);
	guard_policy_unref(p);
	return err == GUARD_OK ? 0 : s.n_errors ? -1 : 1;
}

static void test_memory_may_run_out(void **state)
{
	assert_true(failmalloc_each(load_once, NULL) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_learned_topic_is_found),
	    cmocka_unit_test(test_phrases_and_a_model_find_either),
	    cmocka_unit_test(test_its_own_examples_are_tests),
	    cmocka_unit_test(test_faults_of_the_key),
	    cmocka_unit_test(test_faults_of_the_file_are_told_in_it),
	    cmocka_unit_test(test_the_file_is_part_of_the_digest),
	    cmocka_unit_test(test_a_file_no_topic_names),
	    cmocka_unit_test(test_its_price_is_told),
	    cmocka_unit_test(test_a_stream_waits_for_the_end_of_each_sentence),
	    cmocka_unit_test(test_memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, make_file, free_file);
}
