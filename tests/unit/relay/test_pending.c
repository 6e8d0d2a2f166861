/* pending: what waits in the store gets into the log once; a row that is
 * damaged is recorded as that. */
#include "tests/unit/audit/kit.h"
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/relay/pending.h"

struct bench {
	struct fixture f;
	struct audit *audit;
	struct pending pending;
	struct buf log;
	char *dir;
};

static void bench_open(struct bench *b, void **state)
{
	memset(b, 0, sizeof(*b));
	fixture_init(&b->f);
	b->dir = *state;
	b->audit = kit_open(b->dir);
	b->pending = (struct pending){.audit = b->audit, .maker = &kit_maker};
}

static void bench_close(struct bench *b)
{
	audit_close(b->audit);
	buf_clear(&b->log);
	fixture_clear(&b->f);
}

static int put_run(struct store_tx *tx, void *arg)
{
	return store_put_pending_audit(tx, arg);
}

static void wait_for_record(struct bench *b, const char *type, const char *line)
{
	struct store_audit row = {.time_us = clock_now_us(),
	    .type = (char *)type,
	    .handoff = (char *)"h-1",
	    .actor = (char *)"bob",
	    .line = (char *)line};
	assert_int_equal(store_call(b->f.store, false, put_run, &row), 0);
}

/* The lines of the log, checked, with how often this is in them. */
static size_t recorded(struct bench *b, const char *text)
{
	assert_int_equal(
	    store_call(b->f.store, false, pending_record, &b->pending), 0);
	kit_read(b->dir, &b->log);
	kit_check(&b->log);
	return kit_count(&b->log, text);
}

static int left_run(struct store_tx *tx, void *arg)
{
	struct store_audit *rows;
	int err = store_take_pending_audit(tx, 10, &rows, arg);
	if (!err)
		store_audits_free(rows, *(size_t *)arg);
	return err;
}

static void test_sound(void **state)
{
	struct bench b;
	struct buf line = {0};
	bench_open(&b, state);
	kit_line(&line, RECORD_HANDOFF_REQUESTED, NULL, NULL);
	wait_for_record(&b, "handoff.requested", line.data);
	wait_for_record(&b, "operator.action", NULL);
	assert_int_equal(recorded(&b, "\"type\":\"handoff.requested\""), 1);
	assert_int_equal(recorded(&b, "\"type\":\"operator.action\""), 1);
	assert_int_equal(recorded(&b, "\"type\":\"gap\""), 0);
	buf_clear(&line);
	bench_close(&b);
}

static void test_damaged(void **state)
{
	static const char *const lines[] = {"", "\n", "x", "{}\n",
	    "{\"seq\":1,\"type\":\"handoff.requested\"}\n",
	    "{\"seq\":\x01,\"type\":\"operator.action\"}\n",
	    "{\"seq\":\x01,\"type\":\"handoff.requested\"}",
	    "{\"seq\":\x01,\"type\":\"handoff.requested\"}\n\n",
	    "{\"seq\":\x01,\n\"type\":\"handoff.requested\"}\n",
	    "{\"a\":\x01,\"seq\":\x01,\"type\":\"handoff.requested\"}\n",
	    "{\"seq\":\x01,\"type\":\"handoff.requested\",\"x\":\"\xff\"}\n",
	    "{\"type\":\"handoff.requested\",\"x\":\x01}\n"};
	size_t n = sizeof(lines) / sizeof(lines[0]), left;
	struct bench b;
	struct buf longest = {0};
	bench_open(&b, state);
	for (size_t i = 0; i < n; i++)
		wait_for_record(&b, "handoff.requested", lines[i]);
	buf_adds(
	    &longest, "{\"seq\":\x01,\"type\":\"handoff.requested\",\"x\":\"");
	while (longest.len < RECORD_MAX_BYTES)
		buf_adds(&longest, "xxxxxxxx");
	buf_adds(&longest, "\"}\n");
	wait_for_record(&b, "handoff.requested", longest.data);
	wait_for_record(&b, "no.such.type", NULL);
	wait_for_record(&b, "operator.action", NULL);
	assert_int_equal(recorded(&b, "\"type\":\"gap\""), n + 2);
	assert_int_equal(recorded(&b,
			     "was damaged there and is lost: "
			     "handoff.requested of handoff h-1."),
	    n + 1);
	assert_int_equal(recorded(&b, "\"type\":\"handoff.requested\""), 0);
	assert_int_equal(recorded(&b, "\"type\":\"operator.action\""), 1);
	assert_int_equal(store_call(b.f.store, true, left_run, &left), 0);
	assert_int_equal(left, 0);
	buf_clear(&longest);
	bench_close(&b);
}

/* Recorded by a run that was killed before it could drop the row. */
static void test_left_over(void **state)
{
	struct bench b;
	struct buf line = {0};
	bench_open(&b, state);
	kit_line(&line, RECORD_HANDOFF_REQUESTED, NULL, NULL);
	assert_int_equal(
	    audit_submit_wait(b.audit, line.data, line.len, AUDIT_DURABLE),
	    AUDIT_OK);
	wait_for_record(&b, "handoff.requested", line.data);
	wait_for_record(&b, "operator.action", NULL);
	b.pending.left_over = true;
	assert_int_equal(recorded(&b, "\"type\":\"operator.action\""), 1);
	assert_int_equal(recorded(&b, "\"type\":\"handoff.requested\""), 1);
	assert_false(b.pending.left_over);
	buf_clear(&line);
	bench_close(&b);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_sound),
	    TEST(test_damaged),
	    TEST(test_left_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
