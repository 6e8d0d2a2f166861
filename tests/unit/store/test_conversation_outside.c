/* conversation_outside: a lock another process took is in force here. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/conversation.h"

static void no_bell(void *arg, uint64_t ticket)
{
}

static struct conversation_lease *begin(
    struct conversations *table, const char *id)
{
	struct conversation_request request = {
	    .family = "web", .id = id, .ready = no_bell};
	struct conversation_lease *lease = conversation_begin(table, &request);

	fixture_wait(conversation_state(lease) != CONVERSATION_WAITING);
	return lease;
}

struct taking {
	const char *id;
	uint32_t epoch;
};

static int take(struct store_tx *tx, void *arg)
{
	struct taking *t = arg;
	struct store_change change = {
	    STORE_CHANGE_LOCKED, "web", t->id, "h-outside", false};
	int err =
	    store_conversation_lock(tx, "web", t->id, t->epoch, "h-outside");

	return err ? err : store_tell(tx, &change);
}

static int take_and_give_back(struct store_tx *tx, void *arg)
{
	struct taking *t = arg;
	int err = take(tx, arg);

	return err ? err : store_conversation_unlock(tx, "web", t->id);
}

static void do_outside(struct fixture *f, int (*run)(struct store_tx *, void *),
    const char *id, uint32_t epoch)
{
	struct store_options options = {
	    .sqlite = f->path, .vault = f->vault, .busy_ms = 2000};
	struct taking t = {id, epoch};
	struct store *other;
	char why[256];

	assert_int_equal(store_open(&other, &options, why, sizeof(why)), 0);
	assert_int_equal(store_call(other, false, run, &t), 0);
	store_close(other);
}

static void take_outside(struct fixture *f, const char *id, uint32_t epoch)
{
	do_outside(f, take, id, epoch);
}

static void say(struct conversation_lease *lease)
{
	conversation_add(lease,
	    &(struct conversation_message){.speaker = STORE_CUSTOMER,
		.time_us = clock_now_us(),
		.text = "hello",
		.len = 5});
}

static void test_a_message_on_its_way(void **state)
{
	struct conversations_options options = {0};
	struct conversation_lock lock;
	struct fixture f;

	fixture_init(&f);
	struct conversations *table = conversations_new(f.store, &options);
	store_start(f.store);
	struct conversation_lease *a = begin(table, "c-1");
	say(a);
	conversation_flush(a);
	assert_false(conversation_is_locked(a));
	take_outside(&f, "c-1", 1);
	fixture_wait(conversation_is_locked(a));
	assert_true(conversation_locked_as(a, &lock));
	assert_string_equal(lock.handoff, "h-outside");
	assert_int_equal(lock.epoch, 1);
	conversation_end(a);
	/* Nothing is owed: the next one is served, by a person. */
	a = begin(table, "c-1");
	assert_int_equal(conversation_state(a), CONVERSATION_HANDED_OFF);
	conversation_end(a);
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	fixture_clear(&f);
}

/* Not in memory, and an older lock than is known: told, or not believed. */
static void test_what_is_known(void **state)
{
	struct conversations_options options = {0};
	struct conversation_lock lock;
	struct fixture f;

	fixture_init(&f);
	struct conversations *table = conversations_new(f.store, &options);
	store_start(f.store);
	take_outside(&f, "c-2", 3);
	fixture_wait(conversations_locked(table) == 1);
	struct conversation_lease *a = begin(table, "c-2");
	assert_int_equal(conversation_state(a), CONVERSATION_HANDED_OFF);
	conversation_end(a);
	conversation_unlock(table, "web", "c-2", "h-outside");
	assert_int_equal(conversations_locked(table), 0);
	take_outside(&f, "c-2", 2);
	take_outside(&f, "c-3", 1);
	fixture_wait(conversations_locked(table) == 1);
	a = begin(table, "c-2");
	assert_false(conversation_locked_as(a, &lock));
	conversation_end(a);
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	fixture_clear(&f);
}

static int cannot_record(struct store_tx *tx, void *arg)
{
	return STORE_IO;
}

/* It locks all the same, and what has been given back unlocks nothing. */
static void test_not_recorded(void **state)
{
	struct conversations_options options = {0};
	struct conversation_lock lock;
	struct fixture f;

	fixture_init(&f);
	struct conversations *table = conversations_new(f.store, &options);
	store_before_changes(f.store, cannot_record, NULL);
	store_start(f.store);
	struct conversation_lease *a = begin(table, "c-1");
	say(a);
	take_outside(&f, "c-1", 1);
	fixture_wait(conversation_is_locked(a));
	do_outside(&f, take_and_give_back, "c-1", 2);
	take_outside(&f, "c-2", 1); /* told behind it */
	fixture_wait(conversations_locked(table) == 2);
	assert_true(conversation_locked_as(a, &lock));
	assert_int_equal(lock.epoch, 1);
	conversation_end(a);
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_message_on_its_way),
	    cmocka_unit_test(test_what_is_known),
	    cmocka_unit_test(test_not_recorded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
