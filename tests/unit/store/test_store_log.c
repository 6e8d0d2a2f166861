/* store_log: how far the log had come, and what was read back from it. */
#include "tests/unit/store/fixture.h"

#include "proxy/store/store_log.h"

static int get_run(struct store_tx *tx, void *arg)
{
	return store_log_get(tx, arg);
}

static int put_run(struct store_tx *tx, void *arg)
{
	return store_log_put(tx, arg);
}

static void test_place(void **state)
{
	static const struct store_log places[] = {
	    {.seen = 7, .seq = 5, .segment = "2026/11/03/14_0002.jsonl"},
	    {.seen = 9, .seq = 0, .segment = ""},
	    {.seen = UINT64_MAX, .seq = 8, .segment = "2026/11/03/15.jsonl"}};
	struct fixture f;
	struct store_log got;

	fixture_init(&f);
	assert_int_equal(store_call(f.store, true, get_run, &got), 0);
	assert_int_equal(got.seen + got.seq, 0);
	assert_string_equal(got.segment, "");
	for (size_t i = 0; i < 3; i++) {
		struct store_log log = places[i];

		assert_int_equal(store_call(f.store, false, put_run, &log), 0);
		assert_int_equal(store_call(f.store, true, get_run, &got), 0);
		assert_true(got.seen == log.seen && got.seq == log.seq);
		assert_string_equal(got.segment, log.segment);
	}
	fixture_clear(&f);
}

struct listed {
	char text[512];
};

static void note(void *arg, const struct store_recalled *one)
{
	struct listed *l = arg;
	size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%s %u %s;", one->pseudonym,
	    one->judged, one->line ? one->line : "-");
}

static int recalled_run(struct store_tx *tx, void *arg)
{
	static const struct store_recalled rows[] = {{"k:1", 10, 3, "{1}"},
	    {"k:2", 20, 1, NULL}, {"k:1", 30, 2, "{2}"}, {"k:3", 40, 9, NULL}};
	int err = STORE_OK;

	for (size_t i = 0; i < 4 && !err; i++)
		err = store_recalled_put(tx, &rows[i]);
	err = err ? err : store_recalled_list(tx, note, arg);
	err = err ? err : store_recalled_prune(tx, 40);
	err = err ? err : store_recalled_list(tx, note, arg);
	err = err ? err : store_recalled_settle(tx, "k:1");
	err = err ? err : store_recalled_settle(tx, "k:none");
	return err ? err : store_recalled_list(tx, note, arg);
}

/* A number never falls; one with a handoff is never forgotten. */
static void test_recalled(void **state)
{
	struct fixture f;
	struct listed l = {""};

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, recalled_run, &l), 0);
	assert_string_equal(l.text,
	    "k:1 3 {2};k:2 1 -;k:3 9 -;"
	    "k:1 3 {2};k:3 9 -;"
	    "k:1 3 -;k:3 9 -;");
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_place),
	    cmocka_unit_test(test_recalled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
