/* store_outbox: what is written down of a try, before it begins and after. */
#include "tests/unit/store/fixture.h"

#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_outbox.h"
#include "proxy/store/store_schema.h"

#include <sqlite3.h>

static char web[] = "web", c1[] = "c-1", care[] = "care", key[] = "h-1/1",
	    event[] = "handoff.requested", text[] = "lemon";

static int put_run(struct store_tx *tx, void *arg)
{
	const struct store_delivery d = {.handoff = "h-1",
	    .family = web,
	    .conversation = c1,
	    .destination = care,
	    .key = key,
	    .event = event,
	    .created_us = 10,
	    .next_us = 10,
	    .body = text,
	    .len = strlen(text)};

	return store_delivery_put(tx, &d);
}

struct rows {
	struct store_delivery *list;
	size_t n;
	int64_t next_us;
};

static int due_run(struct store_tx *tx, void *arg)
{
	struct rows *r = arg;
	struct store_due due = {care, 20, 10};

	return store_deliveries_due(tx, due, &r->list, &r->n, &r->next_us);
}

static int begin_run(struct store_tx *tx, void *arg)
{
	return store_delivery_begin(tx, arg, 30);
}

static int tried_run(struct store_tx *tx, void *arg)
{
	return store_delivery_tried(tx, arg);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	struct store_erasure why = {40, "bob", "asked", NULL, 0};
	size_t n;

	return store_erase_conversation(tx, web, c1, &why, &n);
}

static int retry_run(struct store_tx *tx, void *arg)
{
	size_t n;

	return store_deliveries_retry(tx, NULL, 50, &n);
}

static int handed_out_run(struct store_tx *tx, void *arg)
{
	struct rows *r = arg;
	struct store_whose whose = {web, c1, NULL};

	return store_deliveries_handed_out(tx, &whose, &r->list, &r->n);
}

static void run(
    struct fixture *f, int (*what)(struct store_tx *, void *), void *arg)
{
	assert_int_equal(store_call(f->store, false, what, arg), 0);
}

/* One that is owed, and due. */
static struct rows owe(struct fixture *f)
{
	struct rows due = {0};

	fixture_init(f);
	run(f, put_run, NULL);
	run(f, due_run, &due);
	assert_int_equal(due.n, 1);
	assert_null(due.list[0].body);
	return due;
}

static void expect_handed_out(struct fixture *f, size_t n, bool trying)
{
	struct rows r = {0};

	run(f, handed_out_run, &r);
	assert_int_equal(r.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(r.list[i].begun_us, 30);
		assert_int_equal(r.list[i].trying, trying);
	}
	store_deliveries_free(r.list, r.n);
}

struct owed {
	const char *handoff, *destination, *priority;
	int64_t next_us;
};

static int owed_run(struct store_tx *tx, void *arg)
{
	static char none[] = "";
	const struct owed *o = arg;
	const struct store_delivery d = {.family = web,
	    .conversation = c1,
	    .destination = (char *)o->destination,
	    .key = (char *)o->handoff,
	    .event = event,
	    .next_us = o->next_us,
	    .body = text,
	    .len = strlen(text)};
	struct store_delivery row = d;
	struct store_handoff h = {.family = web,
	    .conversation = c1,
	    .queue = none,
	    .priority = (char *)o->priority,
	    .destination = (char *)o->destination,
	    .reason = none,
	    .words = none,
	    .severity = none,
	    .record = text};

	snprintf(row.handoff, sizeof(row.handoff), "%s", o->handoff);
	snprintf(h.id, sizeof(h.id), "%s", o->handoff);
	int err = o->priority ? store_handoff_put(tx, &h) : STORE_OK;
	return err ? err : store_delivery_put(tx, &row);
}

/* Of that destination alone, the more urgent first, then by time. */
static void test_what_is_due(void **state)
{
	static struct owed rows[] = {{"h-low", "care", "low", 11},
	    {"h-normal", "care", "normal", 12},
	    {"h-late", "care", "urgent", 14},
	    {"h-not-yet", "care", "urgent", 21},
	    {"h-unknown", "care", NULL, 10}, {"h-soon", "care", "urgent", 13},
	    {"h-high", "care", "high", 15}, {"h-other", "other", "urgent", 10}};
	static const char *const expected[] = {
	    "h-soon", "h-late", "h-high", "h-unknown", "h-normal", "h-low"};
	struct rows due = {0};
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		run(&f, owed_run, &rows[i]);
	run(&f, due_run, &due);
	assert_int_equal(due.n, 6);
	for (size_t i = 0; i < due.n; i++)
		assert_string_equal(due.list[i].handoff, expected[i]);
	assert_int_equal(due.next_us, 21);
	store_deliveries_free(due.list, due.n);
	fixture_clear(&f);
}

static void test_a_try_under_way_may_have_arrived(void **state)
{
	struct fixture f;
	struct rows due = owe(&f);

	expect_handed_out(&f, 0, false);
	run(&f, begin_run, due.list);
	assert_string_equal(due.list[0].body, text);
	run(&f, erase_run, NULL);
	expect_handed_out(&f, 1, true);
	/* as it stands after a crash, too */
	store_close(f.store);
	fixture_open(&f);
	expect_handed_out(&f, 1, true);
	store_deliveries_free(due.list, due.n);
	fixture_clear(&f);
}

/* Found due, erased, begun: the try has no text to hand out. */
static void test_erased_before_it_begins(void **state)
{
	struct fixture f;
	struct rows due = owe(&f);

	run(&f, erase_run, NULL);
	run(&f, begin_run, due.list);
	assert_true(due.list[0].erased);
	assert_null(due.list[0].body);
	due.list[0].state = STORE_OUTBOX_SENT;
	run(&f, tried_run, due.list);
	expect_handed_out(&f, 0, false);
	store_deliveries_free(due.list, due.n);
	fixture_clear(&f);
}

/* A person's retry forgets the tries, not that the text was out. */
static void test_a_try_that_failed_may_have_arrived(void **state)
{
	struct fixture f;
	struct rows due = owe(&f);

	run(&f, begin_run, due.list);
	due.list[0].tries = 1;
	run(&f, tried_run, due.list);
	expect_handed_out(&f, 1, false);
	run(&f, retry_run, NULL);
	expect_handed_out(&f, 1, false);
	store_deliveries_free(due.list, due.n);
	fixture_clear(&f);
}

static void test_settled_meanwhile(void **state)
{
	struct fixture f;
	struct rows due = owe(&f);

	due.list[0].state = STORE_OUTBOX_SENT;
	run(&f, tried_run, due.list);
	assert_int_equal(
	    store_call(f.store, false, begin_run, due.list), STORE_NOT_FOUND);
	store_deliveries_free(due.list, due.n);
	fixture_clear(&f);
}

/* What an older program has tried may have arrived. */
static void test_tried_by_an_older_program(void **state)
{
	struct fixture f;
	sqlite3 *db;

	fixture_init(&f);
	store_close(f.store);
	assert_int_equal(unlink(f.path), 0);
	assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
	for (int i = 0; i < 8; i++)
		assert_int_equal(
		    sqlite3_exec(db, store_schema_sqlite[i], NULL, NULL, NULL),
		    SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db,
		"INSERT INTO outbox(handoff, family, conversation,"
		" destination, key, event, state, tries, created_us, next_us,"
		" done_us, gen) VALUES"
		"('h-1', 'web', 'c-1', 'care', 'a', 'e', 0, 0, 30, 0, 0, 1),"
		"('h-1', 'web', 'c-1', 'care', 'b', 'e', 0, 1, 30, 0, 0, 1),"
		"('h-1', 'web', 'c-1', 'care', 'c', 'e', 1, 1, 9, 0, 30, 1);"
		"PRAGMA user_version=8",
		NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	fixture_open(&f);
	expect_handed_out(&f, 2, false);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_due),
	    cmocka_unit_test(test_a_try_under_way_may_have_arrived),
	    cmocka_unit_test(test_erased_before_it_begins),
	    cmocka_unit_test(test_a_try_that_failed_may_have_arrived),
	    cmocka_unit_test(test_settled_meanwhile),
	    cmocka_unit_test(test_tried_by_an_older_program),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
