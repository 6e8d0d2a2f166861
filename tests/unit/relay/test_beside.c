/* beside: what a reading adds to the verdicts on its texts. */
#include "proxy/channel/seams.h"
#include "proxy/relay/beside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char policy_yaml[] =
    "format: 1\nkind: policy\nname: t\nowner: t\n"
    "packs: [p]\nhandoff_defaults:\n  say: A colleague takes over.\n"
    "if_the_engine_cannot_decide: handoff\n";
static const char pack_yaml[] =
    "format: 1\nkind: pack\npack: p\ntitle: t\nversion: 1\nowner: t\n"
    "languages: [en]\nrules:\n"
    "  - id: promise\n    title: promise\n    severity: high\n"
    "    find: {phrases: [I guarantee]}\n    then: handoff\n"
    "    examples:\n      matches:\n        - I guarantee it.\n"
    "      passes:\n        - Hello.\n";

static void print_diag(const struct diag *d, void *arg)
{
	(void)arg;
	print_error("%s:%u:%u %s\n", d->file, d->line, d->col, d->message);
}

static int setup(void **state)
{
	const struct guard_file files[] = {
	    {"policy.yaml", policy_yaml, sizeof(policy_yaml) - 1},
	    {"packs/p.yaml", pack_yaml, sizeof(pack_yaml) - 1},
	};
	const struct guard_source source = {.own = files, .n_own = 2};
	struct guard_policy *policy = NULL;

	int err = guard_policy_load(&policy, &source, NULL, print_diag, NULL);
	*state = policy;
	return err;
}

static int teardown(void **state)
{
	guard_policy_unref(*state);
	return 0;
}

#define FAR (SEAMS_NEAR + 10) /* bytes without a seam */

/* Bytes 10.. of series 0 and 20.. of series 1, with a space between. */
static const struct seams_mark marks[] = {
    {.at = 0, .series = 0, .own = 10},
    {.at = FAR, .series = SEAMS_NO_SERIES, .seam = true},
    {.at = FAR + 1, .series = 1, .own = 20, .seam = true},
};

static bool edited(void *arg, uint32_t series, size_t start, size_t end)
{
	const struct guard_edit *of = arg;

	return beside_covers(&of[series], 1, start, end);
}

static void test_edits_that_are_made(void **state)
{
	struct channel_seams seams = {(struct seams_mark *)marks, 3, 3};
	struct guard_edit edits[] = {{.start = 10, .end = 12}, {0}};
	const struct beside b = {&seams, 0, edited, edits};

	(void)state;
	assert_false(beside_is_stuck(&b, 0, 2)); /* no seam near it */
	assert_true(beside_is_stuck(&b, FAR - 1, FAR + 3));
	edits[1] = (struct guard_edit){.start = 20, .end = 21};
	assert_true(beside_is_stuck(&b, FAR - 1, FAR + 3)); /* half of it */
	assert_false(beside_is_stuck(&b, FAR + 1, FAR + 2));
	edits[1].end = 22;
	assert_true(beside_is_stuck(&b, FAR - 1, FAR + 3));
	edits[0].end = 10 + FAR;
	assert_false(beside_is_stuck(&b, FAR - 1, FAR + 3));
}

static void test_covers(void **state)
{
	static const struct guard_edit edits[] = {{.start = 1, .end = 3},
	    {.start = 3, .end = 5}, {.start = 7, .end = 9}};

	(void)state;
	assert_true(beside_covers(edits, 3, 1, 5));
	assert_true(beside_covers(edits, 3, 2, 4));
	assert_false(beside_covers(edits, 3, 0, 2));
	assert_false(beside_covers(edits, 3, 4, 8));
	assert_true(beside_covers(edits, 3, 7, 9));
	assert_false(beside_covers(NULL, 0, 0, 1));
}

/* Hits near the seam count, others are known from the texts themselves. */
static void test_hits(void **state)
{
	static const struct {
		size_t start, end;
		enum guard_action action;
		enum guard_mode mode;
		enum guard_action want;
	} rows[] = {
	    {FAR - 1, FAR + 3, GUARD_HANDOFF, GUARD_ENFORCE, GUARD_HANDOFF},
	    /* What it marks ends before the seam: what it read may not. */
	    {20, 30, GUARD_HANDOFF, GUARD_ENFORCE, GUARD_HANDOFF},
	    {FAR + 20, FAR + 30, GUARD_BLOCK, GUARD_ENFORCE, GUARD_BLOCK},
	    {0, 2, GUARD_HANDOFF, GUARD_ENFORCE, GUARD_DELIVER},
	    {2 * FAR, 2 * FAR + 9, GUARD_BLOCK, GUARD_ENFORCE, GUARD_DELIVER},
	    {FAR - 1, FAR + 3, GUARD_HANDOFF, GUARD_SHADOW, GUARD_DELIVER},
	    {FAR - 1, FAR + 3, GUARD_FLAG, GUARD_ENFORCE, GUARD_DELIVER},
	    {FAR - 1, FAR + 3, GUARD_REPLACE, GUARD_ENFORCE, GUARD_REPLACE},
	    /* An edit across the seam: the policy's fallback. */
	    {FAR - 1, FAR + 3, GUARD_REDACT, GUARD_ENFORCE, GUARD_HANDOFF},
	};
	struct channel_seams seams = {(struct seams_mark *)marks, 3, 3};
	struct guard_edit none[2] = {{0}, {0}};
	const struct beside b = {&seams, 0, edited, none};
	struct guard_policy *policy = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guard_hit hit = {.start = rows[i].start,
		    .end = rows[i].end,
		    .action = rows[i].action,
		    .mode = rows[i].mode};
		struct guard_verdict v = {
		    .action = rows[i].mode == GUARD_ENFORCE ? rows[i].action
							    : GUARD_DELIVER,
		    .hits = &hit,
		    .n_hits = 1,
		    .say = "words"};
		struct verdicts all;
		verdicts_init(&all);
		beside_add(&all, 4, policy, &b, &v);
		if (all.action != rows[i].want)
			fail_msg("row %zu: %d", i, all.action);
		if (all.n_hits)
			assert_int_equal(all.hits[0].series, 4);
		/* What is known is not said again. */
		size_t known = all.n_hits;
		beside_add(&all, 5, policy, &b, &v);
		assert_int_equal(all.n_hits, known);
		assert_int_equal(all.action, rows[i].want);
		verdicts_clear(&all);
	}
}

/* A verdict that could not be reached is one on the answer. */
static void test_undecided(void **state)
{
	struct channel_seams seams = {(struct seams_mark *)marks, 3, 3};
	struct guard_edit none[2] = {{0}, {0}};
	const struct beside b = {&seams, 0, edited, none};
	struct guard_verdict v = {
	    .action = GUARD_BLOCK, .undecided = GUARD_UNDECIDED_HITS};
	struct verdicts all;

	verdicts_init(&all);
	beside_add(&all, 0, *state, &b, &v);
	assert_int_equal(all.action, GUARD_BLOCK);
	assert_int_equal(all.undecided, GUARD_UNDECIDED_HITS);
	verdicts_clear(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edits_that_are_made),
	    cmocka_unit_test(test_covers),
	    cmocka_unit_test(test_hits),
	    cmocka_unit_test(test_undecided),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
