/* store_told: what another process changed is in force here when that one is
 * told so, and never before. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/pause.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/store_told.h"

#include <stdatomic.h>

static struct store *open_other(const struct fixture *f)
{
	struct store_options options = {.sqlite = f->path, .vault = f->vault};
	struct store *other;
	char why[256];

	assert_int_equal(store_open(&other, &options, why, sizeof(why)), 0);
	return other;
}

static int pause_put(
    struct store_tx *tx, enum store_pause_scope scope, int64_t *id)
{
	struct store_pause pause = {.scope = scope,
	    .rule = (char *)"",
	    .from_us = clock_now_us() - 1,
	    .until_us = clock_now_us() + 60 * CLOCK_SECOND_US,
	    .reason = (char *)"too eager",
	    .by = (char *)"eve"};

	return store_pause_put(tx, &pause, id);
}

static int silence(struct store_tx *tx, void *arg)
{
	return pause_put(tx, STORE_PAUSE_AI_SPEECH, arg);
}

static int loosen(struct store_tx *tx, void *arg)
{
	return pause_put(tx, STORE_PAUSE_ALL, arg);
}

static int speak(struct store_tx *tx, void *arg)
{
	return store_pause_end(tx, *(int64_t *)arg, clock_now_us());
}

static void test_in_force(void **state)
{
	struct fixture f;
	int64_t id;

	fixture_init(&f);
	struct pauses *pauses = pauses_new(f.store);
	assert_int_equal(pauses_load(pauses), 0);
	store_start(f.store);
	struct store *other = open_other(&f);
	assert_int_equal(store_await_told(other, 10000), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(store_call(other, false, silence, &id), 0);
		assert_int_equal(store_await_told(other, 10000), 0);
		assert_true(pauses_ai_speech(pauses, clock_now_us()));
		assert_int_equal(store_call(other, false, speak, &id), 0);
		assert_int_equal(store_await_told(other, 10000), 0);
		assert_false(pauses_any(pauses));
	}
	store_close(other);
	store_close(f.store);
	f.store = NULL;
	pauses_free(pauses);
	fixture_clear(&f);
}

static atomic_int recording; /* what it answers */

static int record(struct store_tx *tx, void *arg)
{
	return recording;
}

/* What cannot be recorded is not in force, but that the AI is to be silent: no
 * other pause is, and no end of one. */
static void test_not_recorded(void **state)
{
	struct fixture f;
	int64_t first, all, second;

	fixture_init(&f);
	struct pauses *pauses = pauses_new(f.store);
	assert_int_equal(pauses_load(pauses), 0);
	store_before_changes(f.store, record, NULL);
	recording = STORE_IO;
	store_start(f.store);
	struct store *other = open_other(&f);
	assert_int_equal(store_call(other, false, loosen, &all), 0);
	assert_int_equal(store_call(other, false, silence, &first), 0);
	assert_int_equal(store_await_told(other, 400), STORE_BUSY);
	fixture_wait(store_is_silent(other));
	assert_true(pauses_ai_speech(pauses, clock_now_us()));
	assert_false(pauses_rule(pauses, "any/rule", clock_now_us()));
	assert_int_equal(store_call(other, false, speak, &first), 0);
	fixture_wait(store_is_silent(other));
	assert_true(pauses_ai_speech(pauses, clock_now_us()));
	assert_int_equal(store_await_told(other, 0), STORE_BUSY);
	recording = STORE_OK;
	assert_int_equal(store_await_told(other, 10000), 0);
	assert_false(pauses_ai_speech(pauses, clock_now_us()));
	assert_true(pauses_rule(pauses, "any/rule", clock_now_us()));
	assert_int_equal(store_call(other, false, silence, &second), 0);
	assert_int_equal(store_await_told(other, 10000), 0);
	store_close(other);
	store_close(f.store);
	f.store = NULL;
	pauses_free(pauses);
	fixture_clear(&f);
}

/* Whoever waits is told why, as long as it is so. */
static void test_waits_for(void **state)
{
	struct fixture f;

	fixture_init(&f);
	struct store *other = open_other(&f);
	assert_null(store_waits_for(other));
	store_say_waits(f.store, "the disk is full");
	char *why = store_waits_for(other);
	assert_string_equal(why, "the disk is full");
	free(why);
	store_say_waits(f.store, NULL);
	assert_null(store_waits_for(other));
	store_close(other);
	fixture_clear(&f);
}

/* What was there at the start was loaded with the rest. */
static void test_at_the_start(void **state)
{
	struct fixture f;
	int64_t id;

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, silence, &id), 0);
	store_close(f.store);
	fixture_open(&f);
	struct store *other = open_other(&f);
	assert_int_equal(store_await_told(other, 50), STORE_BUSY);
	store_start(f.store);
	assert_int_equal(store_await_told(other, 10000), 0);
	store_close(other);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_force),
	    cmocka_unit_test(test_not_recorded),
	    cmocka_unit_test(test_waits_for),
	    cmocka_unit_test(test_at_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
