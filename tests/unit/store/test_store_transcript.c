/* store_transcript: pieces, whatever the order in which they were written, and
 * what somebody has altered in them. */
#include "tests/unit/store/fixture.h"

#include "proxy/store/query.h"
#include "proxy/store/store_transcript.h"

struct write {
	const char *id;
	const struct store_message *messages;
	size_t n;
};

static int put_run(struct store_tx *tx, void *arg)
{
	const struct write *w = arg;
	struct store_conversation c = {
	    .family = (char *)"web", .id = (char *)w->id, .created_us = 5};

	return store_exchange_put(
	    tx, &(struct store_exchange){&c, NULL, w->messages, w->n});
}

static void put(struct fixture *f, const char *id,
    const struct store_message *messages, size_t n)
{
	struct write w = {id, messages, n};

	assert_int_equal(store_call(f->store, false, put_run, &w), 0);
}

static struct store_message message(uint32_t seq, const char *text)
{
	struct store_message m = {.seq = seq,
	    .speaker = STORE_AI,
	    .time_us = 1000 + seq,
	    .text = (char *)text,
	    .len = strlen(text)};

	memset(m.salt, (int)seq, sizeof(m.salt));
	return m;
}

struct got {
	struct store_range range;
	struct store_message *list;
	size_t n;
	const char *id;
};

static int get_run(struct store_tx *tx, void *arg)
{
	struct got *got = arg;

	return store_messages_get(
	    tx, "web", got->id, got->range, &got->list, &got->n);
}

/* Their numbers and texts on one line. */
static void check(struct fixture *f, struct store_range range, const char *want)
{
	struct got got = {.id = "c-1", .range = range};
	struct buf line = {0};

	assert_int_equal(store_call(f->store, true, get_run, &got), 0);
	buf_adds(&line, "");
	for (size_t i = 0; i < got.n; i++) {
		buf_printf(&line, "%s%u:%s", i ? " " : "", got.list[i].seq,
		    got.list[i].erased ? "(erased)" : got.list[i].text);
		assert_int_equal(got.list[i].time_us, 1000 + got.list[i].seq);
		assert_int_equal(got.list[i].salt[0], got.list[i].seq);
	}
	buf_addc(&line, '\0');
	assert_string_equal(line.data, want);
	buf_clear(&line);
	store_messages_free(got.list, got.n);
}

static const struct store_range all = {0, 100};

static void test_windows(void **state)
{
	struct fixture f;
	struct store_message m[] = {message(1, "a"), message(2, ""),
	    message(3, "cc"), message(4, "d"), message(5, "e")};

	fixture_init(&f);
	check(&f, all, "");
	put(&f, "c-1", m, 2);
	put(&f, "c-2", m, 5);
	put(&f, "c-1", m + 2, 3);
	check(&f, all, "1:a 2: 3:cc 4:d 5:e");
	check(&f, (struct store_range){0, 4}, "2: 3:cc 4:d 5:e");
	check(&f, (struct store_range){0, 1}, "5:e");
	check(&f, (struct store_range){0, 0}, "");
	check(&f, (struct store_range){3, 100}, "4:d 5:e");
	check(&f, (struct store_range){3, 1}, "5:e");
	check(&f, (struct store_range){5, 100}, "");
	check(&f, (struct store_range){9, 100}, "");
	fixture_clear(&f);
}

/* A message that was withheld after all is written once more, in the same
 * piece or in a later one. */
static void test_the_last_counts(void **state)
{
	struct fixture f;
	struct store_message a[] = {
	    message(1, "a"), message(2, "b"), message(2, "withheld")};
	struct store_message b[] = {message(1, "again"), message(3, "c")};

	fixture_init(&f);
	put(&f, "c-1", a, 3);
	check(&f, all, "1:a 2:withheld");
	put(&f, "c-1", b, 2);
	check(&f, all, "1:again 2:withheld 3:c");
	fixture_clear(&f);
}

/* A write that failed is tried again after later ones; one may be given up. */
static void test_out_of_order(void **state)
{
	struct fixture f;
	struct store_message m[] = {message(1, "a"), message(2, "b"),
	    message(3, "c"), message(4, "d"), message(6, "f")};

	fixture_init(&f);
	put(&f, "c-1", m, 1);
	put(&f, "c-1", m + 3, 2);
	put(&f, "c-1", m + 1, 2);
	check(&f, all, "1:a 2:b 3:c 4:d 6:f");
	check(&f, (struct store_range){0, 3}, "4:d 6:f");
	check(&f, (struct store_range){0, 4}, "3:c 4:d 6:f");
	fixture_clear(&f);
}

static int sql_run(struct store_tx *tx, void *arg)
{
	struct query q;

	query_start(&q, tx, arg);
	return query_run_one(&q);
}

/* What reading says once that statement has been run. */
static int after(const char *sql)
{
	struct fixture f;
	struct store_message m[] = {message(1, "one"), message(2, "three")};
	struct got got = {.id = "c-1", .range = {0, 100}};

	fixture_init(&f);
	put(&f, "c-1", m, 1);
	put(&f, "c-2", m, 1);
	put(&f, "c-1", m + 1, 1);
	assert_int_equal(store_call(f.store, false, sql_run, (void *)sql), 0);
	int err = store_call(f.store, true, get_run, &got);
	assert_true(err == 0 || got.n == 0);
	store_messages_free(got.list, got.n);
	fixture_clear(&f);
	return err;
}

/* Neither the text nor what is said of it can be exchanged. */
static void test_altered(void **state)
{
	assert_int_equal(
	    after("UPDATE pieces SET gen = gen + 0 WHERE n = 1"), STORE_OK);
	assert_int_equal(
	    after("UPDATE pieces SET text = (SELECT text FROM pieces"
		  " WHERE n = 2) WHERE n = 1"),
	    STORE_KEY);
	assert_int_equal(after("UPDATE pieces SET heads ="
			       " replace(heads, ' 1 0 0 ', ' 0 0 0 ')"
			       " WHERE n = 1"),
	    STORE_KEY);
	assert_int_equal(
	    after("UPDATE pieces SET heads = '=' || heads WHERE n = 1"),
	    STORE_KEY);
	assert_int_equal(
	    after("UPDATE pieces SET before = 0 WHERE n = 3"), STORE_KEY);
	assert_int_equal(
	    after("UPDATE conversations SET piece = 2 WHERE id = 'c-1'"),
	    STORE_KEY);
}

static void test_damaged(void **state)
{
	static const char *const heads[] = {"x", "1 1 0 0 1001 3",
	    "1 1 0 0 1001;", "0 1 0 0 1001 -1;", "1 1 0 0 1001 -1;1"};

	assert_int_equal(
	    after("UPDATE pieces SET before = 3 WHERE n = 3"), STORE_CORRUPT);
	assert_int_equal(
	    after("UPDATE pieces SET before = -1 WHERE n = 3"), STORE_CORRUPT);
	assert_int_equal(
	    after("DELETE FROM pieces WHERE n = 1"), STORE_CORRUPT);
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		char *sql = mem_printf("UPDATE pieces SET text = NULL,"
				       " heads = '%s' WHERE n = 1",
		    heads[i]);
		if (after(sql) != STORE_CORRUPT)
			fail_msg("read all the same: %s", heads[i]);
		free(sql);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_windows),
	    cmocka_unit_test(test_the_last_counts),
	    cmocka_unit_test(test_out_of_order),
	    cmocka_unit_test(test_altered),
	    cmocka_unit_test(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
