/* store_schema: what older programs wrote is taken over, sealed as it was. */
#include "tests/unit/store/got.h"

#include "proxy/base/file.h"
#include "proxy/store/query.h"
#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_schema.h"
#include "proxy/store/store_transcript.h"

#include <sqlite3.h>

/* A file made by that SQL, opened by this program. */
static void open_old(struct fixture *f, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	fixture_init(f);
	store_close(f->store);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	fixture_open(f);
}

static void open_version_4(struct fixture *f)
{
	struct buf sql = {0};

	assert_int_equal(
	    file_read("tests/unit/store/version4.sql", &sql, 1 << 20), 0);
	open_old(f, sql.data);
	buf_clear(&sql);
}

static void check_message(const struct store_message *m, uint32_t seq,
    enum store_status status, const char *text)
{
	assert_int_equal(m->seq, seq);
	assert_int_equal(m->status, status);
	assert_int_equal(m->erased, text == NULL);
	if (!text)
		return;
	assert_string_equal(m->text, text);
	assert_int_equal(m->len, strlen(text));
	assert_int_equal(m->salt[STORE_SALT_BYTES - 1], seq);
}

static void test_texts(void **state)
{
	struct fixture f;

	open_version_4(&f);
	struct got got = get(&f, "c-1");
	assert_int_equal(got.c.ai_turns, 2);
	assert_int_equal(got.c.last_seq, 4);
	assert_int_equal(got.c.created_us, 5);
	assert_int_equal(got.n, 4);
	check_message(&got.list[0], 1, STORE_DELIVERED, "Where is my order?");
	check_message(&got.list[1], 2, STORE_EDITED, "On its way; it's late.");
	check_message(&got.list[2], 3, STORE_DELIVERED, "image");
	assert_int_equal(got.list[2].kind, STORE_MEDIA);
	check_message(&got.list[3], 4, STORE_WITHHELD, "");
	assert_int_equal(got.list[3].time_us, 1004);
	got_clear(&got);
	fixture_clear(&f);
}

static void test_erased_stays_erased(void **state)
{
	struct fixture f;

	open_version_4(&f);
	struct got got = get(&f, "c-2");
	assert_int_equal(got.c.erased_us, 5000);
	assert_int_equal(got.n, 4);
	check_message(&got.list[0], 1, STORE_DELIVERED, NULL);
	check_message(&got.list[1], 2, STORE_EDITED, NULL);
	check_message(&got.list[2], 3, STORE_DELIVERED, NULL);
	check_message(&got.list[3], 4, STORE_DELIVERED, "said after it");
	got_clear(&got);
	got = get(&f, "c-6");
	assert_int_equal(got.n, 1);
	check_message(&got.list[0], 1, STORE_DELIVERED, NULL);
	got_clear(&got);
	fixture_clear(&f);
}

static int handoff_run(struct store_tx *tx, void *arg)
{
	return store_handoff_get(tx, "h-3", arg);
}

static void test_locks_and_records(void **state)
{
	struct fixture f;
	struct store_handoff h = {0};

	open_version_4(&f);
	struct got got = get(&f, "c-3");
	assert_true(got.c.locked);
	assert_string_equal(got.c.handoff, "h-3");
	got_clear(&got);
	got = get(&f, "c-4");
	assert_true(got.c.locked);
	assert_int_equal(got.c.epoch, 2);
	assert_int_equal(got.n, 0);
	got_clear(&got);
	assert_int_equal(store_call(f.store, true, handoff_run, &h), 0);
	assert_string_equal(h.record, "{\"packet\":3}");
	store_handoff_clear(&h);
	fixture_clear(&f);
}

static int add_run(struct store_tx *tx, void *arg)
{
	const char *id = arg;
	char text[] = "and now?";
	struct store_message m = {
	    .seq = 5, .time_us = 7000, .text = text, .len = strlen(text)};
	struct store_conversation c = {
	    .family = (char *)"web", .id = (char *)id, .last_seq = 5};

	memset(m.salt, 5, sizeof(m.salt));
	return store_exchange_put(
	    tx, &(struct store_exchange){&c, NULL, &m, 1});
}

/* A conversation goes on where it was, under the key it has. */
static void test_goes_on(void **state)
{
	static const char *const ids[] = {"c-1", "c-2", "c-4", "c-5"};
	struct fixture f;

	open_version_4(&f);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(
		    store_call(f.store, false, add_run, (void *)ids[i]), 0);
	struct got got = get(&f, "c-1");
	assert_int_equal(got.n, 5);
	check_message(&got.list[1], 2, STORE_EDITED, "On its way; it's late.");
	check_message(&got.list[4], 5, STORE_DELIVERED, "and now?");
	got_clear(&got);
	got = get(&f, "c-2");
	check_message(&got.list[3], 4, STORE_DELIVERED, "said after it");
	got_clear(&got);
	fixture_clear(&f);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	struct store_erasure by = {
	    .now_us = 9000, .actor = "dpo", .reason = "asked"};

	return store_erase_customer(tx, "ann", &by, arg);
}

static void test_customers_are_found(void **state)
{
	struct fixture f;
	size_t n = 0;

	open_version_4(&f);
	assert_int_equal(store_call(f.store, false, erase_run, &n), 0);
	assert_int_equal(n, 1);
	struct got got = get(&f, "c-1");
	for (size_t i = 0; i < 4; i++)
		assert_true(got.list[i].erased);
	got_clear(&got);
	fixture_clear(&f);
}

/* Every step is run, not only the last. */
static void test_from_the_first(void **state)
{
	char *sql = mem_printf(
	    "%s INSERT INTO messages VALUES('web', 'c-1', 1, 0, 0, 7, 1, NULL);"
	    "INSERT INTO conversations(family, id, last_seq, created_us,"
	    " updated_us) VALUES('web', 'c-1', 1, 7, 7);"
	    "PRAGMA user_version=1",
	    store_schema_sqlite[0]);
	struct fixture f;

	open_old(&f, sql);
	free(sql);
	struct got got = get(&f, "c-1");
	assert_int_equal(got.n, 1);
	check_message(&got.list[0], 1, STORE_DELIVERED, NULL);
	got_clear(&got);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_erased_stays_erased),
	    cmocka_unit_test(test_locks_and_records),
	    cmocka_unit_test(test_goes_on),
	    cmocka_unit_test(test_customers_are_found),
	    cmocka_unit_test(test_from_the_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
