/* store_conversations, store_keys: rows, and that erased text is gone from the
 * bytes of the disk. */
#include "tests/unit/store/got.h"

#include "proxy/base/file.h"
#include "proxy/store/query.h"
#include "proxy/store/store_conversations.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/store_transcript.h"

#include <sqlite3.h>

static int put(struct store_tx *tx, const char *id, const char *customer,
    const struct store_message *m)
{
	struct store_conversation c = {.family = (char *)"web",
	    .id = (char *)id,
	    .ai_turns = m->seq,
	    .customer_turns = 1,
	    .last_seq = m->seq,
	    .created_us = 5,
	    .updated_us = m->time_us};

	return store_exchange_put(
	    tx, &(struct store_exchange){&c, customer, m, 1});
}

static struct store_message message(uint32_t seq, const char *text)
{
	struct store_message m = {.seq = seq,
	    .speaker = STORE_AI,
	    .status = STORE_EDITED,
	    .kind = seq == 2 ? STORE_HISTORY : STORE_WORDS,
	    .time_us = 1000 + seq,
	    .text = (char *)text,
	    .len = strlen(text)};

	memset(m.salt, (int)seq, sizeof(m.salt));
	return m;
}

static int write_two(struct store_tx *tx, void *arg)
{
	struct store_message a = message(1, "SECRETPLAINTEXT one");
	struct store_message b = message(2, "SECRETPLAINTEXT two");
	int err = put(tx, "c-1", "CUSTOMERNAME", &a);

	err = err ? err : put(tx, "c-1", NULL, &b);
	err = err ? err : put(tx, "c-2", "CUSTOMERNAME", &a);
	return err ? err : put(tx, "c-3", "SOMEBODYELSE", &a);
}

static void test_rows(void **state)
{
	struct fixture f;

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, write_two, NULL), 0);
	struct got got = get(&f, "c-1");
	assert_int_equal(got.c.last_seq, 2);
	assert_int_equal(got.c.created_us, 5);
	assert_false(got.c.locked);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.list[1].text, "SECRETPLAINTEXT two");
	assert_int_equal(got.list[1].seq, 2);
	assert_int_equal(got.list[1].status, STORE_EDITED);
	assert_int_equal(got.list[0].kind, STORE_WORDS);
	assert_int_equal(got.list[1].kind, STORE_HISTORY);
	assert_int_equal(got.list[1].salt[0], 2);
	got_clear(&got);
	got = (struct got){.id = "c-1", .range = {0, 1}};
	assert_int_equal(store_call(f.store, true, get_run, &got), 0);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.list[0].seq, 2);
	got_clear(&got);
	got = (struct got){.id = "absent"};
	assert_int_equal(
	    store_call(f.store, true, get_run, &got), STORE_NOT_FOUND);
	fixture_clear(&f);
}

static int write_late(struct store_tx *tx, void *arg)
{
	struct store_message a = message(1, "one again");

	return put(tx, "c-1", NULL, &a);
}

/* A write that was tried again comes late: counters do not go back. */
static void test_counters_only_grow(void **state)
{
	struct fixture f;

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, write_two, NULL), 0);
	assert_int_equal(store_call(f.store, false, write_late, NULL), 0);
	struct got got = get(&f, "c-1");
	assert_int_equal(got.c.last_seq, 2);
	assert_int_equal(got.n, 2);
	assert_string_equal(got.list[0].text, "one again");
	got_clear(&got);
	fixture_clear(&f);
}

static int lock_run(struct store_tx *tx, void *arg)
{
	uint32_t *epoch = arg;

	return store_conversation_lock(tx, "web", "c-1", *epoch, "h-x");
}

static int unlock_run(struct store_tx *tx, void *arg)
{
	return store_conversation_unlock(tx, "web", "c-1");
}

static void count_lock(void *arg, const struct store_conversation *c)
{
	size_t *n = arg;

	assert_true(c->locked);
	(*n)++;
}

static int locked_run(struct store_tx *tx, void *arg)
{
	return store_conversations_locked(tx, count_lock, arg);
}

static size_t locks(struct fixture *f)
{
	size_t n = 0;

	assert_int_equal(store_call(f->store, true, locked_run, &n), 0);
	return n;
}

static void test_locks(void **state)
{
	struct fixture f;
	uint32_t epoch = 1;

	fixture_init(&f);
	assert_int_equal(locks(&f), 0);
	assert_int_equal(store_call(f.store, false, lock_run, &epoch), 0);
	assert_int_equal(locks(&f), 1);
	assert_int_equal(store_call(f.store, false, unlock_run, NULL), 0);
	assert_int_equal(locks(&f), 0);
	/* The same lock written once more does not undo the return. */
	assert_int_equal(store_call(f.store, false, lock_run, &epoch), 0);
	assert_int_equal(locks(&f), 0);
	epoch = 2;
	assert_int_equal(store_call(f.store, false, lock_run, &epoch), 0);
	assert_int_equal(locks(&f), 1);
	store_close(f.store);
	fixture_open(&f);
	assert_int_equal(locks(&f), 1);
	fixture_clear(&f);
}

/* ---- erasure ---- */

struct erase {
	const char *conversation, *customer;
	int64_t now_us, first_us;
	size_t n;
};

struct audits {
	struct store_audit *list;
	size_t n;
};

static int audits_run(struct store_tx *tx, void *arg)
{
	struct audits *audits = arg;

	return store_take_pending_audit(tx, 100, &audits->list, &audits->n);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	struct erase *e = arg;
	struct store_erasure by = {.now_us = e->now_us,
	    .actor = "dpo",
	    .reason = "asked",
	    .first_us = e->first_us};

	return e->customer
	    ? store_erase_customer(tx, e->customer, &by, &e->n)
	    : store_erase_conversation(tx, "web", e->conversation, &by, &e->n);
}

static int wrapped_run(struct store_tx *tx, void *arg)
{
	struct buf *out = arg;
	struct query q;
	size_t n;

	query_start(&q, tx,
	    "SELECT k.wrapped FROM keys k JOIN conversations c"
	    " ON c.key = k.n WHERE c.id = 'c-1'");
	if (query_step(&q)) {
		const void *wrapped = query_get_blob(&q, 0, &n);
		buf_add(out, wrapped, n);
	}
	return query_end(&q);
}

/* In any file of the store, journal and log included. */
static bool on_disk(struct fixture *f, const void *bytes, size_t n)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
	bool found = false;

	for (size_t i = 0; i < 4; i++) {
		char *path = mem_printf("%s%s", f->path, ends[i]);
		struct buf data = {0};

		if (file_read(path, &data, 1 << 26) == 0)
			found = found || memmem(data.data, data.len, bytes, n);
		buf_clear(&data);
		free(path);
	}
	return found;
}

static void test_erase_leaves_no_byte(void **state)
{
	struct fixture f;
	struct buf wrapped = {0};
	struct erase erase = {.conversation = "c-1", .now_us = 5000};

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, write_two, NULL), 0);
	assert_int_equal(store_call(f.store, true, wrapped_run, &wrapped), 0);
	assert_int_equal(wrapped.len, VAULT_WRAPPED_BYTES);
	/* Into the database proper first: the log is not the only place. */
	assert_int_equal(store_scrub(f.store), 0);
	assert_true(on_disk(&f, wrapped.data, wrapped.len));
	assert_false(on_disk(&f, "SECRETPLAINTEXT", 15));
	assert_false(on_disk(&f, "CUSTOMERNAME", 12));
	assert_int_equal(store_call(f.store, false, erase_run, &erase), 0);
	assert_int_equal(erase.n, 1);
	assert_int_equal(store_scrub(f.store), 0);
	if (on_disk(&f, wrapped.data, wrapped.len))
		fail_msg("the destroyed key is still on the disk");
	/* Nor any part of it that would be worth something. */
	assert_false(on_disk(&f, wrapped.data + VAULT_NONCE_BYTES, 16));
	struct got got = get(&f, "c-1");
	assert_int_equal(got.n, 2);
	assert_true(got.list[0].erased && got.list[1].erased);
	assert_null(got.list[0].text);
	assert_int_equal(got.list[0].time_us, 1001);
	got_clear(&got);
	got = get(&f, "c-2");
	assert_string_equal(got.list[0].text, "SECRETPLAINTEXT one");
	got_clear(&got);
	buf_clear(&wrapped);
	fixture_clear(&f);
}

static int pending_run(struct store_tx *tx, void *arg)
{
	return store_put_pending_audit(tx,
	    &(struct store_audit){.type = (char *)"operator.action",
		.actor = (char *)"user:1",
		.detail = (char *)"WHYITWASTAKEN"});
}

static int nothing_run(struct store_tx *tx, void *arg)
{
	return 0;
}

static int drop_run(struct store_tx *tx, void *arg)
{
	store_scrub_after(tx);
	return store_drop_pending_audit(tx, 1);
}

/* A reader in the way is not waited for: it is done at the next turn. */
static void test_scrub_after(void **state)
{
	struct fixture f;
	sqlite3 *reader;

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, pending_run, NULL), 0);
	assert_int_equal(store_scrub(f.store), 0);
	assert_true(on_disk(&f, "WHYITWASTAKEN", 13));
	assert_int_equal(sqlite3_open(f.path, &reader), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(reader, "BEGIN; SELECT * FROM meta", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(store_call(f.store, false, drop_run, NULL), 0);
	assert_true(on_disk(&f, "WHYITWASTAKEN", 13));
	assert_int_equal(
	    sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_call(f.store, false, nothing_run, NULL), 0);
	assert_false(on_disk(&f, "WHYITWASTAKEN", 13));
	sqlite3_close(reader);
	fixture_clear(&f);
}

static void test_erase_customer(void **state)
{
	struct fixture f;
	struct erase erase = {.customer = "CUSTOMERNAME", .now_us = 5000};

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, write_two, NULL), 0);
	assert_int_equal(store_call(f.store, false, erase_run, &erase), 0);
	assert_int_equal(erase.n, 2);
	struct audits audits = {0};
	assert_int_equal(store_call(f.store, true, audits_run, &audits), 0);
	assert_int_equal(audits.n, 2);
	assert_string_equal(audits.list[0].type, "erase");
	assert_string_equal(audits.list[0].conversation, "c-1");
	assert_string_equal(audits.list[1].conversation, "c-2");
	assert_string_equal(audits.list[1].actor, "dpo");
	assert_string_equal(audits.list[1].detail, "asked");
	assert_null(audits.list[1].basis);
	store_audits_free(audits.list, audits.n);
	struct got got = get(&f, "c-2");
	assert_true(got.list[0].erased);
	got_clear(&got);
	got = get(&f, "c-3");
	assert_false(got.list[0].erased);
	got_clear(&got);
	assert_int_equal(store_call(f.store, false, erase_run, &erase), 0);
	assert_int_equal(erase.n, 0);
	fixture_clear(&f);
}

static size_t n_audits(struct fixture *f)
{
	struct audits audits = {0};

	assert_int_equal(store_call(f->store, true, audits_run, &audits), 0);
	store_audits_free(audits.list, audits.n);
	return audits.n;
}

static int write_third(struct store_tx *tx, void *arg)
{
	struct store_message m = message(1, "said meanwhile");

	m.time_us = 5001;
	return put(tx, "c-9", "CUSTOMERNAME", &m);
}

/* A second pass records what the first did not find. */
static void test_erase_second_pass(void **state)
{
	struct fixture f;
	struct erase first = {.customer = "CUSTOMERNAME", .now_us = 5000};
	struct erase second = {
	    .customer = "CUSTOMERNAME", .now_us = 6000, .first_us = 5000};

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, write_two, NULL), 0);
	assert_int_equal(store_call(f.store, false, erase_run, &first), 0);
	assert_int_equal(n_audits(&f), 2);
	assert_int_equal(store_call(f.store, false, erase_run, &second), 0);
	assert_int_equal(second.n, 0);
	assert_int_equal(n_audits(&f), 2);
	assert_int_equal(store_call(f.store, false, write_third, NULL), 0);
	assert_int_equal(store_call(f.store, false, erase_run, &second), 0);
	assert_int_equal(second.n, 1);
	assert_int_equal(n_audits(&f), 3);
	fixture_clear(&f);
}

static int write_after(struct store_tx *tx, void *arg)
{
	struct store_message old = message(3, "said before the erasure");
	struct store_message fresh = message(4, "said after it");
	int err;

	old.time_us = 4999;
	fresh.time_us = 5001;
	err = put(tx, "c-1", NULL, &old);
	return err ? err : put(tx, "c-1", NULL, &fresh);
}

static void test_after_an_erasure(void **state)
{
	struct fixture f;
	struct erase erase = {.conversation = "c-1", .now_us = 5000};

	fixture_init(&f);
	assert_int_equal(store_call(f.store, false, write_two, NULL), 0);
	assert_int_equal(store_call(f.store, false, erase_run, &erase), 0);
	assert_int_equal(store_call(f.store, false, write_after, NULL), 0);
	struct got got = get(&f, "c-1");
	assert_int_equal(got.n, 4);
	assert_true(got.list[2].erased);
	assert_false(got.list[3].erased);
	assert_string_equal(got.list[3].text, "said after it");
	got_clear(&got);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_counters_only_grow),
	    cmocka_unit_test(test_locks),
	    cmocka_unit_test(test_erase_leaves_no_byte),
	    cmocka_unit_test(test_scrub_after),
	    cmocka_unit_test(test_erase_customer),
	    cmocka_unit_test(test_erase_second_pass),
	    cmocka_unit_test(test_after_an_erasure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
