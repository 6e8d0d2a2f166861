/* conversation_table: what is put out when there is no room, and what not. */
#include "tests/unit/store/conversations.h"

#include "proxy/store/conversation_table.h"
#include "proxy/store/conversation_view.h"

static void test_bytes_are_limited(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){.max_turn_bytes = 10});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "12345");
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "67890");
	struct conversation_view *view = conversation_view(a);
	assert_int_equal(view->n_turns, 2);
	conversation_view_free(view);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "far longer than ten bytes");
	view = conversation_view(a);
	assert_int_equal(view->n_turns, 1);
	conversation_view_free(view);
	conversation_end(a);
	table_end(&t);
}

/* The limit is what it says, however the names fall: locked and leased ones
 * fill it to the last place, and an idle one anywhere makes room. */
static void test_the_limit_is_exact(void **state)
{
	struct table t;
	struct conversation_lock lock;
	char id[32];

	table_new(&t, (struct conversations_options){.max_conversations = 100});
	for (int i = 0; i < 98; i++) {
		snprintf(id, sizeof(id), "locked-%d", i);
		struct conversation_lease *a = begin(t.c, id, 1);
		assert_int_equal(conversation_state(a), CONVERSATION_OPEN);
		conversation_lock(a, &lock);
		conversation_lock_saved(t.c, "web", id, lock.epoch);
		conversation_end(a);
	}
	struct conversation_lease *held = begin(t.c, "held", 1);
	for (int i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "idle-%d", i);
		struct conversation_lease *a = begin(t.c, id, 1);
		assert_int_equal(conversation_state(a), CONVERSATION_OPEN);
		conversation_end(a);
		assert_int_equal(conversations_count(t.c), 100);
	}
	struct conversation_lease *last = begin(t.c, "last", 1);
	assert_int_equal(conversation_state(last), CONVERSATION_OPEN);
	struct conversation_lease *more = begin(t.c, "more", 1);
	assert_int_equal(conversation_refusal(more), CONVERSATION_TABLE_FULL);
	conversation_end(more);
	conversations_limit(t.c, 101); /* raised, there is room at once */
	more = begin(t.c, "more", 1);
	assert_int_equal(conversation_state(more), CONVERSATION_OPEN);
	conversation_end(more);
	assert_int_equal(conversations_count(t.c), 101);
	conversations_limit(t.c, 50); /* lowered, who is idle goes */
	assert_int_equal(conversations_count(t.c), 100);
	more = begin(t.c, "other", 1);
	assert_int_equal(conversation_refusal(more), CONVERSATION_TABLE_FULL);
	conversation_end(more);
	more = begin(t.c, "last", 2); /* one that is there is no more */
	assert_int_equal(conversation_state(more), CONVERSATION_WAITING);
	assert_int_equal(conversations_count(t.c), 100);
	conversation_end(more);
	conversation_end(held);
	conversation_end(last);
	table_end(&t);
}

/* More conversations than fit: idle ones are put out and come back from the
 * store as they were; leased and locked ones stay. */
static void test_put_out_and_back(void **state)
{
	struct table t;
	struct conversation_lock lock;
	char id[32];

	table_new(&t,
	    (struct conversations_options){.max_conversations = TABLE_SHARDS});
	struct conversation_lease *a = begin(t.c, "locked", 1);
	conversation_lock(a, &lock);
	conversation_lock_saved(t.c, "web", "locked", lock.epoch);
	conversation_end(a);
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "c-%d", i);
		a = begin(t.c, id, 1);
		if (conversation_refusal(a) == CONVERSATION_TABLE_FULL) {
			conversation_end(a); /* beside the locked one */
			continue;
		}
		assert_int_equal(conversation_state(a), CONVERSATION_OPEN);
		add(a, STORE_CUSTOMER, STORE_DELIVERED, id);
		add(a, STORE_AI, STORE_DELIVERED, "hello");
		conversation_end(a);
	}
	assert_true(conversations_count(t.c) <= TABLE_SHARDS);
	assert_int_equal(conversations_locked(t.c), 1);
	size_t back = 0;
	for (int i = 0; i < 1000; i++) {
		snprintf(id, sizeof(id), "c-%d", i);
		a = begin(t.c, id, 1);
		if (conversation_state(a) == CONVERSATION_OPEN) {
			struct conversation_view *view = conversation_view(a);
			assert_int_equal(view->ai_turn, 2);
			assert_int_equal(view->n_turns, 2);
			assert_string_equal(view->turns[0].text, id);
			conversation_view_free(view);
			back++;
		}
		conversation_end(a);
	}
	assert_true(back > 900);
	a = begin(t.c, "locked", 1);
	assert_int_equal(conversation_state(a), CONVERSATION_HANDED_OFF);
	conversation_end(a);
	table_end(&t);
}

/* Many names with much to say each: what memory holds is bounded, and what
 * was put out comes back. */
static void test_idle_bytes_are_limited(void **state)
{
	struct table t;
	char id[32], text[4000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	table_new(&t,
	    (struct conversations_options){
		.max_idle_bytes = TABLE_SHARDS * (size_t)10000});
	for (int i = 0; i < 2000; i++) {
		snprintf(id, sizeof(id), "c-%d", i);
		struct conversation_lease *a = begin(t.c, id, 1);
		add(a, STORE_CUSTOMER, STORE_DELIVERED, text);
		conversation_end(a);
	}
	/* The saves end in the store's own time, and make room then. */
	for (int i = 0; i < 5000; i++) {
		if (conversations_count(t.c) <= 3 * TABLE_SHARDS)
			break;
		usleep(10000);
	}
	assert_in_range(
	    conversations_count(t.c), TABLE_SHARDS, 3 * TABLE_SHARDS);
	struct conversation_lease *a = begin(t.c, "c-0", 1);
	struct conversation_view *view = conversation_view(a);
	assert_int_equal(view->n_turns, 1);
	assert_string_equal(view->turns[0].text, text);
	conversation_view_free(view);
	conversation_end(a);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_are_limited),
	    cmocka_unit_test(test_the_limit_is_exact),
	    cmocka_unit_test(test_put_out_and_back),
	    cmocka_unit_test(test_idle_bytes_are_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
