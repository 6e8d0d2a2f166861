/* segment: names that go with time, appends that leave nothing half. */
#include "proxy/audit/segment.h"

#include "kit.h"

#include <errno.h>
#include <sys/stat.h>

#define T14 INT64_C(1793714539907551) /* 2026-11-03T14:02:19 */
#define HOUR INT64_C(3600000000)

static ssize_t half_then_full(int fd, const void *data, size_t n)
{
	static int calls;
	if (++calls % 2 == 1)
		return write(fd, data, n / 2);
	errno = ENOSPC;
	return -1;
}

static void test_names(void **state)
{
	struct segment s;
	struct stat st;
	segment_init(&s, *state, NULL);
	assert_true(segment_is_over(&s, T14, 1, 100));
	assert_int_equal(segment_next(&s, T14), 0);
	assert_string_equal(s.name, "2026/11/03/14.jsonl");
	assert_int_equal(segment_append(&s, "one\n", 4), 0);
	assert_false(segment_is_over(&s, T14, 96, 100));
	assert_true(segment_is_over(&s, T14, 97, 100));
	assert_true(segment_is_over(&s, T14 + HOUR, 1, 100));
	/* The clock was put back: stay. */
	assert_false(segment_is_over(&s, T14 - HOUR, 1, 100));
	assert_int_equal(segment_next(&s, T14 - HOUR), 0);
	assert_string_equal(s.name, "2026/11/03/14_0002.jsonl");
	assert_int_equal(segment_next(&s, T14), 0);
	assert_string_equal(s.name, "2026/11/03/14_0003.jsonl");
	assert_int_equal(segment_next(&s, T14 + 10 * HOUR), 0);
	assert_string_equal(s.name, "2026/11/04/00.jsonl");
	char *path = file_join(*state, "2026/11/03/14.jsonl");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0440);
	free(path);
	char **names, *odd = file_join(*state, "2026/11/03/notes.txt");
	size_t n;
	assert_int_equal(file_write_atomic(odd, "x", 1, 0600), 0);
	assert_int_equal(segment_names(*state, &names, &n), 0);
	assert_int_equal(n, 4);
	assert_string_equal(names[0], "2026/11/03/14.jsonl");
	assert_string_equal(names[1], "2026/11/03/14_0002.jsonl");
	assert_string_equal(names[3], "2026/11/04/00.jsonl");
	segment_names_free(names, n);
	free(odd);
	segment_clear(&s);
}

static void expect_file(const char *root, const char *expected)
{
	struct buf b = {0};
	char *path = file_join(root, "2026/11/03/14.jsonl");
	assert_int_equal(file_read(path, &b, 1000), 0);
	assert_string_equal(b.data, expected);
	buf_clear(&b);
	free(path);
}

static void test_failed_append(void **state)
{
	static const struct audit_io broken = {half_then_full, fdatasync};
	struct segment s;
	segment_init(&s, *state, NULL);
	assert_int_equal(segment_next(&s, T14), 0);
	assert_int_equal(segment_append(&s, "one\n", 4), 0);
	s.io = &broken;
	assert_int_equal(segment_append(&s, "two two\n", 8), -ENOSPC);
	expect_file(*state, "one\n");
	s.io = &segment_io;
	assert_int_equal(segment_append(&s, "three\n", 6), 0);
	expect_file(*state, "one\nthree\n");
	segment_clear(&s);
	/* Gone on with from the first line: the rest is cut. */
	segment_init(&s, *state, NULL);
	assert_int_equal(segment_resume(&s, "2026/11/03/14.jsonl", 4), 0);
	assert_int_equal(segment_append(&s, "four\n", 5), 0);
	expect_file(*state, "one\nfour\n");
	segment_clear(&s);
	segment_init(&s, *state, NULL);
	assert_int_equal(segment_resume(&s, "2026/11/03/15.jsonl", 0), -ENOENT);
	segment_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_names, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(
		test_failed_append, kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
