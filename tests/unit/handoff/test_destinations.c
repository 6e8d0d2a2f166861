/* destinations: what is owed to one that is not configured. */
#include "tests/unit/handoff/outbox.h"

static void test_unknown_destination_waits(void **state)
{
	struct outbox_fixture t;

	setup(&t, "200");
	outbox_start(t.outbox);
	owe(t.f.store, "elsewhere", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	struct listed l = {0};
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(store_call(t.f.store, true, list_run, &l), 0);
		if (l.list[0].error || i == 999)
			break;
		store_deliveries_free(l.list, l.n);
		usleep(5000);
	}
	assert_int_equal(l.list[0].state, STORE_OUTBOX_PENDING);
	assert_int_equal(l.list[0].tries, 0);
	assert_non_null(strstr(l.list[0].error, "no destination"));
	store_deliveries_free(l.list, l.n);
	assert_true(outbox_has(t.outbox, "care"));
	assert_false(outbox_has(t.outbox, "elsewhere"));
	teardown(&t);
}

/* One that is taken out of the configuration, and comes back. */
static void test_destination_is_removed(void **state)
{
	struct outbox_fixture t;
	size_t n;

	setup(&t, "500,500,200");
	struct outbox_destination care = t.hook;
	care.base_ms = care.max_wait_ms = 100000;
	outbox_set_destinations(t.outbox, &care, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{\"n\":1}");
	owe(t.f.store, "care", "h-2", "handoff.requested", "{\"n\":2}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).failed_tries_total == 2);
	assert_int_equal(metrics(&t).nobody, 0);
	outbox_set_destinations(t.outbox, NULL, 0);
	fixture_wait(metrics(&t).nobody == 2);
	assert_int_equal(metrics(&t).pending, 2);
	struct listed l = {0};
	assert_int_equal(store_call(t.f.store, true, list_run, &l), 0);
	assert_string_equal(l.list[1].error, STORE_OUTBOX_NOBODY);
	store_deliveries_free(l.list, l.n);
	assert_int_equal(store_call(t.f.store, false, drop_run, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(metrics(&t).nobody, 1);
	outbox_set_destinations(t.outbox, &care, 1);
	fixture_wait(metrics(&t).sent_total == 1);
	assert_int_equal(metrics(&t).nobody, 0);
	json_t *seen = webhook_server_requests(&t.server);
	assert_string_equal(body_of(seen, 2), "{\"n\":2}");
	json_decref(seen);
	teardown(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unknown_destination_waits),
	    cmocka_unit_test(test_destination_is_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
