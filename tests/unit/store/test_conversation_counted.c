/* conversation_counted: what a conversation remembers comes back, in full. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/conversation_counted.h"
#include "proxy/store/conversation_view.h"
#include "proxy/store/store_counted.h"

#include <stdatomic.h>

static void ring(void *arg, uint64_t ticket)
{
	(void)ticket;
	atomic_fetch_add((atomic_int *)arg, 1);
}

static atomic_int rings;

static struct conversation_lease *begin(struct conversations *table)
{
	struct conversation_request request = {
	    .family = "web", .id = "c-1", .ready = ring, .arg = &rings};
	struct conversation_lease *lease = conversation_begin(table, &request);

	fixture_wait(conversation_state(lease) == CONVERSATION_OPEN);
	return lease;
}

static void count(
    struct conversation_lease *lease, const char *name, int64_t value)
{
	struct guard_memory more = {0};
	const struct guard_counted row = {.name = name,
	    .kind = value ? GUARD_COUNTED_MONEY : GUARD_COUNTED_SIGNAL,
	    .value = value,
	    .times = 1};

	assert_int_equal(guard_memory_add(&more, &row), 0);
	conversation_count(lease, &more);
	guard_memory_clear(&more);
}

/* "p/a money 40*2; ..." in the order of the rows. */
static void expect(struct conversation_lease *lease, const char *expected)
{
	char is[512] = "";
	size_t len = 0;
	struct conversation_view *view = conversation_view(lease);

	for (size_t i = 0; i < view->counted.n; i++) {
		const struct guard_counted *r = &view->counted.rows[i];

		len += (size_t)snprintf(is + len, sizeof(is) - len,
		    "%s %s %lld*%lld; ", r->name,
		    guard_counted_kind_name(r->kind), (long long)r->value,
		    (long long)r->times);
	}
	conversation_view_free(view);
	assert_string_equal(is, expected);
}

struct written {
	atomic_int calls, err;
};

static void on_written(void *arg, uint64_t ticket, int err)
{
	struct written *w = arg;

	assert_int_equal(ticket, 7);
	atomic_store(&w->err, err);
	atomic_fetch_add(&w->calls, 1);
}

static struct conversations *open_table(struct fixture *f)
{
	struct conversations *table =
	    conversations_new(f->store, &(struct conversations_options){0});

	assert_int_equal(conversations_load(table), 0);
	store_start(f->store);
	return table;
}

static void close_table(struct fixture *f, struct conversations *table)
{
	store_close(f->store);
	f->store = NULL;
	conversations_free(table);
}

static void test_it_comes_back(void **state)
{
	struct fixture f;
	struct written written = {0};
	struct conversation_flushed call = {on_written, &written, 7};

	(void)state;
	fixture_init(&f);
	struct conversations *table = open_table(&f);
	struct conversation_lease *a = begin(table);
	assert_false(conversation_flush_then(a, &call));
	count(a, "p/a", 40);
	count(a, "p/a", 40);
	count(a, "p/b", 0);
	assert_true(conversation_flush_then(a, &call));
	fixture_wait(atomic_load(&written.calls) == 1);
	assert_int_equal(atomic_load(&written.err), 0);
	count(a, "p/a", 25); /* written when the lease ends */
	expect(a, "p/a money 40*2; p/b signal 0*1; p/a money 25*1; ");
	conversation_end(a);
	close_table(&f, table);

	fixture_open(&f);
	table = open_table(&f);
	a = begin(table);
	expect(a, "p/a money 25*1; p/a money 40*2; p/b signal 0*1; ");
	count(a, "p/b", 0);
	expect(a, "p/a money 25*1; p/a money 40*2; p/b signal 0*2; ");
	conversation_end(a);
	close_table(&f, table);
	fixture_clear(&f);
}

/* Writes that are tried again come late: what was counted stays counted. */
static int put_late(struct store_tx *tx, void *arg)
{
	const struct guard_counted row = {.name = "p/a",
	    .kind = GUARD_COUNTED_MONEY,
	    .value = 40,
	    .times = *(int64_t *)arg};

	return store_counted_put(tx, "web", "c-1", &row, 1);
}

static int get(struct store_tx *tx, void *arg)
{
	return store_counted_get(tx, "web", "c-1", arg);
}

static void test_a_late_write_lowers_nothing(void **state)
{
	struct fixture f;
	struct guard_memory m = {0};

	(void)state;
	fixture_init(&f);
	for (int64_t times = 3; times > 0; times--)
		assert_int_equal(
		    store_call(f.store, false, put_late, &times), 0);
	assert_int_equal(store_call(f.store, true, get, &m), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.rows[0].times, 3);
	guard_memory_clear(&m);
	fixture_clear(&f);
}

/* What no version writes is damage, not a smaller sum. */
static int put_bad(struct store_tx *tx, void *arg)
{
	return store_counted_put(tx, "web", "c-1", arg, 1);
}

static void test_a_damaged_row_is_said(void **state)
{
	struct guard_counted bad[] = {
	    {"p/a", (enum guard_counted_kind)9, "", 1, 1},
	    {"p/a", GUARD_COUNTED_MONEY, "USD", -1, 1},
	    {"p/a", GUARD_COUNTED_SIGNAL, "", 1, 1},
	    {"p/a", GUARD_COUNTED_COUNT, "", 1, 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct fixture f;
		struct guard_memory m = {0};

		fixture_init(&f);
		assert_int_equal(
		    store_call(f.store, false, put_bad, &bad[i]), 0);
		assert_int_equal(
		    store_call(f.store, true, get, &m), STORE_CORRUPT);
		guard_memory_clear(&m);
		fixture_clear(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_it_comes_back),
	    cmocka_unit_test(test_a_late_write_lowers_nothing),
	    cmocka_unit_test(test_a_damaged_row_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
