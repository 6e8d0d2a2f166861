/* conversation_save: what is written with an exchange, and what need not be. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/conversation.h"
#include "proxy/store/query.h"

static void no_bell(void *arg, uint64_t ticket)
{
}

static void exchange(struct conversations *table)
{
	struct conversation_request request = {
	    .family = "web", .id = "c-1", .customer = "ann", .ready = no_bell};
	struct conversation_lease *lease = conversation_begin(table, &request);
	struct conversation_message m = {
	    .time_us = clock_now_us(), .text = "hello", .len = 5};

	assert_int_equal(conversation_state(lease), CONVERSATION_OPEN);
	conversation_add(lease, &m);
	conversation_end(lease);
}

static int forget_run(struct store_tx *tx, void *arg)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE conversations SET customer = NULL"
	    " WHERE customer IS NOT NULL");
	*(int *)arg = query_run_one(&q);
	return STORE_OK;
}

/* Since it was asked last. */
static bool was_written(struct fixture *f)
{
	int err;

	assert_int_equal(store_call(f->store, false, forget_run, &err), 0);
	return err == STORE_OK;
}

static struct conversations *table_of(struct fixture *f)
{
	struct conversations *table =
	    conversations_new(f->store, &(struct conversations_options){0});

	assert_int_equal(conversations_load(table), 0);
	return table;
}

/* The customer's index is a keyed hash, and a page of its own to be written:
 * once for as long as the conversation is in memory. */
static void test_customer_once(void **state)
{
	struct fixture f;

	fixture_init(&f);
	struct conversations *table = table_of(&f);
	for (int i = 0; i < 3; i++) {
		exchange(table);
		assert_int_equal(was_written(&f), i == 0);
	}
	store_close(f.store);
	conversations_free(table);
	fixture_open(&f);
	table = table_of(&f);
	exchange(table);
	assert_true(was_written(&f));
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_customer_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
