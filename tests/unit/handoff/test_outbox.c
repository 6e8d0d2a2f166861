/* outbox, deliver: a real HTTPS server, a real file, retries, restarts. */
#include "tests/unit/handoff/outbox.h"

static void test_signed_webhook(void **state)
{
	struct outbox_fixture t;
	static const char body[] = "{\"a\":\"caf\\u00e9\"}";
	char signature[OUTBOX_SIGNATURE_SIZE];

	setup(&t, "204");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", body);
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	json_t *all = webhook_server_requests(&t.server);
	assert_int_equal(json_array_size(all), 1);
	const json_t *request = json_array_get(all, 0);
	assert_string_equal(body_of(all, 0), body);
	assert_string_equal(
	    json_string_value(json_object_get(request, "path")), "/hook");
	assert_string_equal(
	    header(request, "idempotency-key"), "h-1/handoff.requested");
	assert_string_equal(
	    header(request, "x-handrail-event"), "handoff.requested");
	assert_string_equal(
	    header(request, "content-type"), "application/json");
	const char *got = header(request, "x-handrail-signature");
	assert_memory_equal(got, "t=", 2);
	outbox_sign("s3cret", strtoll(got + 2, NULL, 10), body, strlen(body),
	    signature);
	assert_string_equal(got, signature);
	assert_int_equal(metrics(&t).pending, 0);
	json_decref(all);
	teardown(&t);
}

/* printf '1700000000.{}' | openssl dgst -sha256 -hmac key */
static void test_signature_known(void **state)
{
	char signature[OUTBOX_SIGNATURE_SIZE];

	outbox_sign("key", 1700000000, "{}", 2, signature);
	assert_string_equal(signature,
	    "t=1700000000,v1="
	    "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae");
}

static void test_retries_with_the_same_key(void **state)
{
	struct outbox_fixture t;

	setup(&t, "drop,500,302,200");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	json_t *all = webhook_server_requests(&t.server);
	assert_int_equal(json_array_size(all), 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(
		    header(json_array_get(all, i), "idempotency-key"),
		    "h-1/handoff.requested");
	assert_int_equal(metrics(&t).failed_tries_total, 3);
	json_decref(all);
	teardown(&t);
}

static void test_retry_after(void **state)
{
	struct outbox_fixture t;

	setup(&t, "429:2,200");
	t.hook.max_wait_ms = 10000;
	outbox_set_destinations(t.outbox, &t.hook, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	json_t *all = webhook_server_requests(&t.server);
	double first =
	    json_number_value(json_object_get(json_array_get(all, 0), "at"));
	double second =
	    json_number_value(json_object_get(json_array_get(all, 1), "at"));
	if (second - first < 1.9)
		fail_msg("came back after %f s", second - first);
	json_decref(all);
	teardown(&t);
}

/* It may ask for a day; the operator's longest wait is what counts. */
static void test_retry_after_is_bounded(void **state)
{
	struct outbox_fixture t;

	setup(&t, "429:99999999999,503:86400,200");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	assert_int_equal(webhook_server_count(&t.server), 3);
	teardown(&t);
}

static void expect_dead(struct outbox_fixture *t, const char *error)
{
	struct listed l = {0};

	assert_int_equal(store_call(t->f.store, true, list_run, &l), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.list[0].state, STORE_OUTBOX_DEAD);
	assert_non_null(l.list[0].error);
	if (!strstr(l.list[0].error, error))
		fail_msg("error is: %s", l.list[0].error);
	store_deliveries_free(l.list, l.n);
}

static void test_dead_letter(void **state)
{
	struct outbox_fixture t;

	setup(&t, "503");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).dead_total == 1);
	assert_int_equal(webhook_server_count(&t.server), 4);
	assert_int_equal(metrics(&t).dead, 1);
	expect_dead(&t, "503");
	teardown(&t);
}

static int unrecorded_run(struct store_tx *tx, void *arg)
{
	return store_put_pending_audit(tx,
	    &(struct store_audit){
		.type = (char *)"handoff.requested", .handoff = (char *)"h-1"});
}

/* Nothing leaves of a handoff that is not on record yet. */
static void test_waits_for_the_record(void **state)
{
	struct outbox_fixture t;

	setup(&t, "200,200");
	log_full = true;
	assert_int_equal(store_call(t.f.store, false, unrecorded_run, NULL), 0);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	owe(t.f.store, "care", "h-2", "handoff.requested", "{}");
	outbox_start(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	usleep(3 * STORE_TICK_MS * 1000);
	assert_int_equal(metrics(&t).sent_total, 1);
	json_t *seen = webhook_server_requests(&t.server);
	assert_int_equal(json_array_size(seen), 1);
	assert_non_null(
	    strstr(header(json_array_get(seen, 0), "idempotency-key"), "h-2"));
	json_decref(seen);
	log_full = false;
	fixture_wait(metrics(&t).sent_total == 2);
	teardown(&t);
}

struct retried {
	const char *handoff;
	size_t n;
};

static int retry_run(struct store_tx *tx, void *arg)
{
	struct retried *r = arg;

	return store_deliveries_retry(tx, r->handoff, clock_now_us(), &r->n);
}

/* Given up, until a person says that the destination works again. */
static void test_dead_letter_is_retried(void **state)
{
	struct outbox_fixture t;
	struct retried other = {.handoff = "h-2"}, all = {0};

	setup(&t, "503,503,503,503,200");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).dead_total == 1);
	assert_int_equal(store_call(t.f.store, false, retry_run, &other), 0);
	assert_int_equal(other.n, 0);
	assert_int_equal(store_call(t.f.store, false, retry_run, &all), 0);
	assert_int_equal(all.n, 1);
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	json_t *seen = webhook_server_requests(&t.server);
	assert_int_equal(json_array_size(seen), 5);
	assert_string_equal(header(json_array_get(seen, 0), "idempotency-key"),
	    header(json_array_get(seen, 4), "idempotency-key"));
	json_decref(seen);
	assert_int_equal(store_call(t.f.store, false, retry_run, &all), 0);
	assert_int_equal(all.n, 0);
	teardown(&t);
}

/* What comes later does not overtake what was given up: that is tried again
 * first. */
static void test_dead_letter_keeps_the_order(void **state)
{
	struct outbox_fixture t;

	setup(&t, "503,503,503,503,200");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{\"n\":1}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).dead_total == 1);
	owe(t.f.store, "care", "h-1", "message.customer", "{\"n\":2}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 2);
	json_t *seen = webhook_server_requests(&t.server);
	assert_int_equal(json_array_size(seen), 6);
	assert_string_equal(body_of(seen, 4), "{\"n\":1}");
	assert_string_equal(body_of(seen, 5), "{\"n\":2}");
	json_decref(seen);
	teardown(&t);
}

/* One that is never taken, until a person does without it. */
static void test_dropped(void **state)
{
	struct outbox_fixture t;
	size_t n;

	setup(&t, "413,413,413,413,413,413,413,413,200");
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{\"n\":1}");
	owe(t.f.store, "care", "h-2", "handoff.requested", "{\"n\":1}");
	fixture_wait(metrics(&t).dead_total == 2);
	assert_int_equal(store_call(t.f.store, false, drop_run, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(metrics(&t).dead, 1);
	owe(t.f.store, "care", "h-1", "message.customer", "{\"n\":2}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	json_t *seen = webhook_server_requests(&t.server);
	assert_string_equal(body_of(seen, 8), "{\"n\":2}");
	json_decref(seen);
	teardown(&t);
}

static void test_timeout(void **state)
{
	struct outbox_fixture t;

	setup(&t, "slow");
	t.hook.timeout_ms = 200;
	t.hook.max_tries = 2;
	outbox_set_destinations(t.outbox, &t.hook, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).dead_total == 1);
	expect_dead(&t, "Timeout");
	teardown(&t);
}

/* A certificate nobody vouches for: not one byte of the body leaves. */
static void test_tls_is_verified(void **state)
{
	struct outbox_fixture t;

	setup(&t, "200");
	t.hook.ca = NULL;
	t.hook.max_tries = 1;
	outbox_set_destinations(t.outbox, &t.hook, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).dead_total == 1);
	assert_int_equal(webhook_server_count(&t.server), 0);
	expect_dead(&t, "certificate");
	teardown(&t);
}

static void test_order_within_a_handoff(void **state)
{
	struct outbox_fixture t;

	setup(&t, "500,200");
	owe(t.f.store, "care", "h-1", "handoff.requested", "{\"n\":1}");
	owe(t.f.store, "care", "h-1", "message.customer", "{\"n\":2}");
	owe(t.f.store, "care", "h-1", "handoff.returned", "{\"n\":3}");
	outbox_start(t.outbox);
	fixture_wait(metrics(&t).sent_total == 3);
	json_t *all = webhook_server_requests(&t.server);
	static const char *const bodies[] = {
	    "{\"n\":1}", "{\"n\":1}", "{\"n\":2}", "{\"n\":3}"};
	assert_int_equal(json_array_size(all), 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(body_of(all, i), bodies[i]);
	json_decref(all);
	teardown(&t);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	struct store_erasure why = {clock_now_us(), "bob", "asked", NULL, 0};
	size_t n;

	return store_erase_conversation(tx, "web", "c-1", &why, &n);
}

/* Erased before it was sent: the destination is told of the handoff all the
 * same, without a word of it, before what comes later. */
static void test_erased_before_it_is_sent(void **state)
{
	struct outbox_fixture t;

	setup(&t, "200");
	owe(t.f.store, "care", "h-1", "handoff.requested", "lemon");
	assert_int_equal(store_call(t.f.store, false, erase_run, NULL), 0);
	owe(t.f.store, "care", "h-1", "message.customer", "{\"n\":2}");
	outbox_start(t.outbox);
	fixture_wait(metrics(&t).sent_total == 2);
	json_t *all = webhook_server_requests(&t.server);
	assert_null(strstr(body_of(all, 0), "lemon"));
	assert_non_null(strstr(body_of(all, 0),
	    "\"erased\":true,\"event\":\"handoff.requested\""));
	assert_string_equal(body_of(all, 1), "{\"n\":2}");
	json_decref(all);
	teardown(&t);
}

static void test_one_key_is_one_row(void **state)
{
	struct outbox_fixture t;

	setup(&t, "200");
	for (int i = 0; i < 5; i++)
		owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	assert_int_equal(metrics(&t).pending, 1);
	outbox_start(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	usleep(200000);
	assert_int_equal(webhook_server_count(&t.server), 1);
	teardown(&t);
}

/* Stopped in the middle of a try: the next start repeats it, same key. */
static void test_restart_repeats(void **state)
{
	struct outbox_fixture t;

	setup(&t, "slow,200");
	t.hook.timeout_ms = 20000;
	outbox_set_destinations(t.outbox, &t.hook, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(webhook_server_count(&t.server) == 1);
	int64_t from_us = clock_mono_us();
	outbox_close(&t);
	assert_true(clock_mono_us() - from_us < 3 * CLOCK_SECOND_US);
	fixture_open(&t.f);
	outbox_open(&t);
	outbox_start(t.outbox);
	fixture_wait(metrics(&t).sent_total == 1);
	json_t *all = webhook_server_requests(&t.server);
	assert_int_equal(json_array_size(all), 2);
	assert_string_equal(header(json_array_get(all, 0), "idempotency-key"),
	    header(json_array_get(all, 1), "idempotency-key"));
	json_decref(all);
	teardown(&t);
}

static void test_file(void **state)
{
	struct outbox_fixture t;
	char path[128];
	struct buf text = {0};
	FILE *file;

	setup(&t, "200");
	snprintf(path, sizeof(path), "%s/handoffs.jsonl", t.f.dir);
	file = fopen(path, "w"); /* a crash left half a line */
	fputs("{\"half\":", file);
	fclose(file);
	t.hook = (struct outbox_destination){
	    .name = "care", .kind = OUTBOX_FILE, .path = path};
	outbox_set_destinations(t.outbox, &t.hook, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{\"n\":1}");
	owe(t.f.store, "care", "h-1", "message.customer", "{\"n\":2}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 2);
	assert_int_equal(file_read(path, &text, 1000), 0);
	assert_string_equal(text.data, "{\"half\":\n{\"n\":1}\n{\"n\":2}\n");
	buf_clear(&text);
	teardown(&t);
}

/* One that never answers, with more than fits into a round; another one is not
 * to wait for it, and neither is the first when that has ended. */
static void test_a_hung_destination_holds_up_no_other(void **state)
{
	struct outbox_fixture t;
	char path[128];

	setup(&t, "slow");
	snprintf(path, sizeof(path), "%s/handoffs.jsonl", t.f.dir);
	t.hook.timeout_ms = 60000;
	const struct outbox_destination both[] = {
	    t.hook, {.name = "good", .kind = OUTBOX_FILE, .path = path}};
	outbox_set_destinations(t.outbox, both, 2);
	for (int i = 0; i < 40; i++) {
		char *id = mem_printf("h-%d", i);
		owe(t.f.store, "care", id, "handoff.requested", "{}");
		free(id);
	}
	outbox_start(t.outbox);
	fixture_wait(webhook_server_count(&t.server) > 0);
	owe(t.f.store, "good", "g-1", "handoff.requested", "{}");
	owe(t.f.store, "good", "g-1", "message.customer", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).sent_total == 2);
	assert_int_equal(metrics(&t).pending, 40);
	teardown(&t);
}

static void test_file_that_cannot_be_written(void **state)
{
	struct outbox_fixture t;

	setup(&t, "200");
	t.hook = (struct outbox_destination){.name = "care",
	    .kind = OUTBOX_FILE,
	    .path = "/dev/full",
	    .max_tries = 2,
	    .base_ms = 10};
	outbox_set_destinations(t.outbox, &t.hook, 1);
	outbox_start(t.outbox);
	owe(t.f.store, "care", "h-1", "handoff.requested", "{}");
	outbox_wake(t.outbox);
	fixture_wait(metrics(&t).dead_total == 1);
	expect_dead(&t, "/dev/full");
	teardown(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_signature_known),
	    cmocka_unit_test(test_signed_webhook),
	    cmocka_unit_test(test_retries_with_the_same_key),
	    cmocka_unit_test(test_retry_after),
	    cmocka_unit_test(test_retry_after_is_bounded),
	    cmocka_unit_test(test_dead_letter),
	    cmocka_unit_test(test_waits_for_the_record),
	    cmocka_unit_test(test_dead_letter_is_retried),
	    cmocka_unit_test(test_dead_letter_keeps_the_order),
	    cmocka_unit_test(test_dropped),
	    cmocka_unit_test(test_timeout),
	    cmocka_unit_test(test_tls_is_verified),
	    cmocka_unit_test(test_order_within_a_handoff),
	    cmocka_unit_test(test_erased_before_it_is_sent),
	    cmocka_unit_test(test_one_key_is_one_row),
	    cmocka_unit_test(test_restart_repeats),
	    cmocka_unit_test(test_file),
	    cmocka_unit_test(test_file_that_cannot_be_written),
	    cmocka_unit_test(test_a_hung_destination_holds_up_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
