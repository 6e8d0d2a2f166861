/* conversation_recall: what is known of a conversation besides its row, and the
 * numbers of what is judged in it. */
#include "tests/unit/store/conversations.h"

#include "proxy/store/conversation_recall.h"

static struct conversation_recall recall(
    void *arg, const char *family, const char *id)
{
	const char *owed = arg;

	assert_string_equal(family, "web");
	return (struct conversation_recall){
	    .judged = strcmp(id, "numbered") == 0 ? 7 : 0,
	    .owed = strcmp(id, owed) == 0,
	};
}

static void use(struct conversations *table, const char *owed)
{
	conversations_on_recall(
	    table, &(struct conversation_recaller){recall, (void *)owed});
}

static struct conversation_lease *begin_ready(
    struct conversations *table, const char *id)
{
	struct conversation_lease *lease = begin(table, id, 1);

	fixture_wait(conversation_state(lease) != CONVERSATION_WAITING);
	return lease;
}

/* It is like one that is locked until it is, and then it is. */
static void test_owed(void **state)
{
	struct table t;
	struct conversation_lock lock;

	table_new(&t, (struct conversations_options){0});
	use(t.c, "owed");
	store_start(t.f.store);
	assert_true(conversations_is_locked(t.c, "web", "owed"));
	assert_false(conversations_is_locked(t.c, "web", "other"));
	for (int i = 0; i < 2; i++) {
		struct conversation_lease *lease = begin_ready(t.c, "owed");

		assert_int_equal(
		    conversation_state(lease), CONVERSATION_HANDED_OFF);
		assert_true(conversation_is_owed(lease));
		assert_true(conversations_is_locked(t.c, "web", "owed"));
		conversation_end(lease);
	}
	struct conversation_lease *lease = begin_ready(t.c, "owed");
	conversation_lock(lease, &lock);
	assert_false(conversation_is_owed(lease));
	conversation_lock_saved(t.c, "web", "owed", lock.epoch);
	conversation_end(lease);
	conversation_unlock(t.c, "web", "owed", lock.handoff);
	lease = begin_ready(t.c, "owed");
	assert_int_equal(conversation_state(lease), CONVERSATION_OPEN);
	conversation_end(lease);
	lease = begin_ready(t.c, "other");
	assert_int_equal(conversation_state(lease), CONVERSATION_OPEN);
	conversation_end(lease);
	table_end(&t);
}

static uint32_t next_number(struct conversations *table, const char *id)
{
	struct conversation_lease *lease = begin_ready(table, id);
	uint32_t number = conversation_number(lease, true);

	conversation_end(lease);
	return number;
}

/* On from the larger of what the row and what somebody else knows. */
static void test_numbers(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){0});
	use(t.c, "");
	store_start(t.f.store);
	for (uint32_t i = 1; i <= 9; i++) {
		assert_int_equal(next_number(t.c, "new"), i);
		assert_int_equal(next_number(t.c, "numbered"), 7 + i);
	}
	table_close(&t);
	fixture_open(&t.f);
	table_open(&t, (struct conversations_options){0});
	use(t.c, "");
	store_start(t.f.store);
	assert_int_equal(next_number(t.c, "new"), 10);
	assert_int_equal(next_number(t.c, "numbered"), 17);
	table_end(&t);
}

/* It goes into the row with what is added after it, without a job of its own.
 */
static void test_number_is_kept_with_what_comes(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){0});
	store_start(t.f.store);
	struct conversation_lease *lease = begin_ready(t.c, "c-1");
	assert_int_equal(conversation_number(lease, false), 1);
	assert_int_equal(conversation_number(lease, false), 2);
	add(lease, STORE_AI, STORE_DELIVERED, "Hello.");
	conversation_end(lease);
	table_close(&t);
	fixture_open(&t.f);
	table_open(&t, (struct conversations_options){0});
	store_start(t.f.store);
	assert_int_equal(next_number(t.c, "c-1"), 3);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_owed),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_number_is_kept_with_what_comes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
