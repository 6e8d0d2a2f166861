/* pause, store_pauses: running ones in memory, noticed when another process
 * changes them, over when their time is. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/pause.h"
#include "proxy/store/store_pauses.h"

struct change {
	struct store_pause pause;
	int64_t id;
};

static int put_run(struct store_tx *tx, void *arg)
{
	struct change *c = arg;

	return store_pause_put(tx, &c->pause, &c->id);
}

static int end_run(struct store_tx *tx, void *arg)
{
	struct change *c = arg;

	return store_pause_end(tx, c->id, clock_now_us());
}

static struct change make(enum store_pause_scope scope, const char *rule)
{
	int64_t now_us = clock_now_us();

	return (struct change){.pause = {.scope = scope,
				   .rule = (char *)rule,
				   .from_us = now_us - 1,
				   .until_us = now_us + 60 * CLOCK_SECOND_US,
				   .reason = (char *)"too eager",
				   .by = (char *)"eve"}};
}

static void test_noticed(void **state)
{
	struct fixture f;
	struct store *other;
	char why[256];
	struct change rule = make(STORE_PAUSE_RULE, "offers/refund");
	struct change all = make(STORE_PAUSE_ALL, "");
	struct change speech = make(STORE_PAUSE_AI_SPEECH, "");

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, put_run, &rule), 0);
	struct pauses *pauses = pauses_new(f.store);
	assert_int_equal(pauses_load(pauses), 0);
	assert_true(pauses_any(pauses));
	assert_true(pauses_rule(pauses, "offers/refund", clock_now_us()));
	assert_false(pauses_rule(pauses, "offers/other", clock_now_us()));
	assert_false(pauses_ai_speech(pauses, clock_now_us()));
	/* Its time is over without anybody saying so. */
	assert_false(pauses_rule(pauses, "offers/refund", rule.pause.until_us));
	store_start(f.store);
	struct store_options options = {.sqlite = f.path, .vault = f.vault};
	assert_int_equal(store_open(&other, &options, why, sizeof(why)), 0);
	assert_int_equal(store_call(other, false, put_run, &all), 0);
	fixture_wait(pauses_rule(pauses, "offers/other", clock_now_us()));
	assert_int_equal(store_call(other, false, end_run, &all), 0);
	fixture_wait(!pauses_rule(pauses, "offers/other", clock_now_us()));
	assert_int_equal(store_call(other, false, put_run, &speech), 0);
	fixture_wait(pauses_ai_speech(pauses, clock_now_us()));
	assert_int_equal(store_call(other, false, end_run, &speech), 0);
	assert_int_equal(store_call(other, false, end_run, &rule), 0);
	fixture_wait(!pauses_any(pauses));
	assert_int_equal(
	    store_call(other, false, end_run, &rule), STORE_CONFLICT);
	rule.id = 4711;
	assert_int_equal(
	    store_call(other, false, end_run, &rule), STORE_NOT_FOUND);
	store_close(other);
	store_close(f.store);
	f.store = NULL;
	pauses_free(pauses);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_noticed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
