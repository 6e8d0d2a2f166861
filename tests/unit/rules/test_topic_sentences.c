/* topic_sentences: what a topic is learned from, and what it cannot be. */
#include "rules/guard_topic.h"

#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                   \
	"format: 1\nkind: pack\npack: p\ntopics:\n  t:\n"                      \
	"    learned: t.topic\n" /* lines 1 to 6 */
#define NINE(a)                                                                \
	"      - " a " one.\n      - " a " two.\n      - " a " three.\n"       \
	"      - " a " four.\n      - " a " five.\n      - " a " six.\n"       \
	"      - " a " seven.\n      - " a " eight.\n      - " a " nine.\n"
#define LIKE "    like:\n" NINE("Buy shares") /* 7 to 16 */
#define UNLIKE "    unlike:\n" NINE("Your order")

struct seen {
	unsigned n_errors, line, col;
	char code[8], message[300], hint[200];
};

static void see(const struct diag *d, void *arg)
{
	struct seen *s = arg;
	if (d->level != DIAG_ERROR || s->n_errors++)
		return;
	s->line = d->line;
	s->col = d->col;
	snprintf(s->code, sizeof(s->code), "%s", d->code);
	snprintf(s->message, sizeof(s->message), "%s", d->message);
	snprintf(s->hint, sizeof(s->hint), "%s", d->hint ? d->hint : "");
}

static struct guard_topics *load(const char *pack, struct seen *s)
{
	const struct guard_file file = {"a/packs/p.yaml", pack, strlen(pack)};
	const struct guard_source source = {.own = &file, .n_own = 1};
	struct guard_topics *topics;
	*s = (struct seen){0};
	enum guard_err err =
	    guard_topics_load(&topics, &source, "a/packs/p.yaml", see, s);
	assert_int_equal(err == GUARD_OK, topics != NULL);
	assert_int_equal(err == GUARD_OK, s->n_errors == 0);
	return topics;
}

static void test_sentences_are_read_as_they_are_judged(void **state)
{
	struct seen s;
	struct guard_topics *topics = load(HEAD LIKE
	    "      - Buy 12 **shares**\n" UNLIKE
	    "      - text: No, don't.\n        note: as short as it gets\n",
	    &s);
	assert_non_null(topics);
	assert_int_equal(guard_topics_count(topics), 1);
	const struct guard_topic *t = guard_topics_at(topics, 0);
	assert_string_equal(t->name, "t");
	assert_string_equal(t->file, "a/packs/t.topic");
	assert_string_equal(t->written, "a/packs/p.yaml");
	assert_int_equal(t->line, 5);
	assert_int_equal(t->n, 20);
	assert_int_equal(strlen(t->sentences), 64);
	const struct guard_topic_sentence *last = &t->items[9];
	assert_true(last->like && !t->items[10].like);
	assert_int_equal(last->line, 17);
	assert_int_equal(last->col, 9);
	assert_int_equal(last->n_pieces, 6 + 1 + 15); /* buy, 0, shares */
	assert_memory_equal(
	    last->pieces, t->items[0].pieces, 6 * sizeof(*last->pieces));
	guard_topics_free(topics);
}

/* Their digest says which sentences, not in which order. */
static void test_the_digest_is_of_a_set(void **state)
{
	static const char *const ends[] = {
	    "      - A.\n      - B.\n" UNLIKE "      - C.\n",
	    "      - B.\n      - A.\n" UNLIKE "      - C.\n",
	    "      - A.\n      - C.\n" UNLIKE "      - B.\n",
	};
	char digests[3][65];
	for (size_t i = 0; i < 3; i++) {
		char pack[2000];
		struct seen s;
		snprintf(pack, sizeof(pack), "%s%s", HEAD LIKE, ends[i]);
		struct guard_topics *topics = load(pack, &s);
		assert_non_null(topics);
		snprintf(digests[i], sizeof(digests[i]), "%s",
		    guard_topics_at(topics, 0)->sentences);
		guard_topics_free(topics);
	}
	assert_string_equal(digests[0], digests[1]);
	assert_string_not_equal(digests[0], digests[2]);
}

static const struct {
	const char *code;
	unsigned line, col;
	const char *pack, *says;
} bads[] = {
    {"P002", 1, 9, "format: 2\nkind: pack\n", "format"},
    {"P003", 2, 7, "format: 1\nkind: lists\n", "kind: pack"},
    {"P102", 1, 1, "format: 1\nkind: pack\n", "no topic of this pack"},
    {"P102", 3, 1, "format: 1\nkind: pack\ntopics: {t: {says: x}}\n",
	"no topic of this pack"},
    {"P102", 5, 3, HEAD, "0 sentences under like: are too few"},
    {"P102", 7, 5, HEAD LIKE UNLIKE "      - x\n",
	"9 sentences under like: are too few to learn from; it takes 10"},
    {"P102", 18, 5, HEAD LIKE "      - x\n" UNLIKE,
	"9 sentences under unlike:"},
    {"P102", 17, 9, HEAD LIKE "      - One. Two.\n" UNLIKE "      - x\n",
	"these are 2 sentences"},
    {"P102", 17, 9, HEAD LIKE "      - \"One\\nTwo\"\n" UNLIKE "      - x\n",
	"these are 2 sentences"},
    {"P102", 17, 9, HEAD LIKE "      - \"...!\"\n" UNLIKE "      - x\n",
	"no word"},
    {"P102", 17, 9,
	HEAD LIKE "      - BUY *shares*, two!\n" UNLIKE "      - x\n",
	"the sentence in line 9"},
    {"P102", 28, 9, HEAD LIKE "      - x y\n" UNLIKE "      - X  Y.\n",
	"line 17, which stands under like:"},
    {"P102", 28, 9, HEAD LIKE "      - Pay 5\n" UNLIKE "      - Pay 1,200\n",
	"line 17"}, /* any number is one */
    {"P010", 6, 14,
	"format: 1\nkind: pack\npack: p\ntopics:\n  t:\n"
	"    learned: ../t.topic\n" LIKE "      - a\n" UNLIKE "      - b\n",
	"not the name of a learned topic's file"},
    {"P014", 6, 5,
	"format: 1\nkind: pack\npack: p\ntopics:\n  t:\n    lerned: x\n"
	"    learned: t.topic\n" LIKE "      - a\n" UNLIKE "      - b\n",
	"lerned"},
    {"Y000", 0, 0, HEAD LIKE "      - \xff\xfe\n" UNLIKE "      - x\n", ""},
};

static void test_what_nothing_can_be_learned_from(void **state)
{
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		struct seen s;
		assert_null(load(bads[i].pack, &s));
		bool any = bads[i].line == 0; /* YAML tells it its own way */
		if ((!any && strcmp(s.code, bads[i].code)) ||
		    (!any && s.line != bads[i].line) ||
		    (!any && s.col != bads[i].col) || !*s.message ||
		    !strstr(s.message, bads[i].says))
			fail_msg("case %zu: %s %u:%u %s (%s)", i, s.code,
			    s.line, s.col, s.message, s.hint);
		if (any)
			assert_true(s.code[0] == 'Y' && s.line == 17);
	}
}

static void test_a_pack_that_is_not_there(void **state)
{
	const struct guard_source source = {0};
	struct guard_topics *topics;
	struct seen s = {0};
	assert_int_equal(
	    guard_topics_load(&topics, &source, "packs/x.yaml", see, &s),
	    GUARD_ERR_POLICY);
	assert_null(topics);
	assert_string_equal(s.code, "P016");
}

static int load_once(void *arg)
{
	struct seen s = {0};
	const struct guard_file file = {"packs/p.yaml", arg, strlen(arg)};
	const struct guard_source source = {.own = &file, .n_own = 1};
	struct guard_topics *topics;
	enum guard_err err =
	    guard_topics_load(&topics, &source, "packs/p.yaml", see, &s);
	guard_topics_free(topics);
	/* Saying so is what matters, in whichever words. */
	return err == GUARD_OK && s.n_errors == 0 ? 0 : s.n_errors ? -1 : 1;
}

static void test_memory_may_run_out(void **state)
{
	char pack[] = HEAD LIKE "      - x\n" UNLIKE "      - y\n";
	assert_true(failmalloc_each(load_once, pack) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sentences_are_read_as_they_are_judged),
	    cmocka_unit_test(test_the_digest_is_of_a_set),
	    cmocka_unit_test(test_what_nothing_can_be_learned_from),
	    cmocka_unit_test(test_a_pack_that_is_not_there),
	    cmocka_unit_test(test_memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
