/*
 * The helpers the other tests lean on: a helper that does nothing would let
 * every test built on it pass.
 */
#include "tests/support/failmalloc.h"
#include "tests/support/guard_page.h"
#include "tests/support/shared.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct seen {
	const char *bytes;
	size_t len;
	size_t runs;
	size_t pieces;
	uint8_t cut_at[16]; /* bit 0: a two-piece run was cut here */
};

static void look(const struct split *split, void *arg)
{
	struct seen *seen = arg;
	size_t at = 0;

	for (size_t i = 0; i < split->n; i++) {
		const struct split_piece *piece = &split->pieces[i];

		if (split->n > 1 && piece->len == 0)
			fail_msg("%s: piece %zu is empty", split->how, i);
		if (at + piece->len > seen->len ||
		    memcmp(seen->bytes + at, piece->data, piece->len) != 0)
			fail_msg("%s: piece %zu differs", split->how, i);
		at += piece->len;
	}
	if (at != seen->len)
		fail_msg("%s: %zu bytes of %zu", split->how, at, seen->len);
	if (split->n == 2)
		seen->cut_at[split->pieces[0].len] = 1;
	seen->runs++;
	seen->pieces += split->n;
}

static void test_split_gives_every_byte_in_every_cutting(void **state)
{
	struct seen seen = {.bytes = "hello, you", .len = 10};

	(void)state;
	split_whole(seen.bytes, seen.len, look, &seen);
	assert_int_equal(seen.pieces, 1);
	split_bytes(seen.bytes, seen.len, look, &seen);
	assert_int_equal(seen.pieces, 1 + 10);
	split_every(seen.bytes, seen.len, look, &seen);
	assert_int_equal(seen.runs, 2 + 9);
	for (size_t cut = 1; cut < 10; cut++)
		assert_int_equal(seen.cut_at[cut], 1);
	split_random(seen.bytes, seen.len, 20, 7, look, &seen);
	assert_int_equal(seen.runs, 2 + 9 + 20);
}

static void test_split_of_nothing_and_of_one_byte(void **state)
{
	struct seen none = {.bytes = "", .len = 0};
	struct seen one = {.bytes = "x", .len = 1};

	(void)state;
	split_all(none.bytes, none.len, look, &none);
	assert_int_equal(none.runs, none.pieces);
	split_all(one.bytes, one.len, look, &one);
	assert_int_equal(one.runs, one.pieces);
}

static void test_split_of_long_input_keeps_the_ends(void **state)
{
	size_t len = SPLIT_EVERY_MAX_BYTES * 3;
	char *bytes = malloc(len);
	struct seen seen = {.bytes = bytes, .len = len};

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'a', len);
	split_whole(bytes, len, look, &seen);
	split_bytes(bytes, len, look, &seen);
	assert_int_equal(seen.pieces, 1 + len);
	free(bytes);
}

/* Exit code 0 when reading byte offset of the guarded copy is allowed. */
static int read_in_child(const struct guard_page *g, size_t offset)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		volatile char c;

		/* cmocka catches it and would go on with the tests. */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		c = g->data[offset];
		(void)c;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void test_guard_page_ends_where_the_bytes_end(void **state)
{
	static const size_t lengths[] = {0, 1, 5, 4095, 4096, 4097};
	static char bytes[5000];

	(void)state;
	memset(bytes, 'z', sizeof(bytes));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		size_t len = lengths[i];
		struct guard_page g;

		guard_page_init(&g, bytes, len);
		assert_int_equal(g.len, len);
		assert_memory_equal(g.data, bytes, len);
		if (len > 0)
			assert_int_equal(read_in_child(&g, len - 1), 0);
		if (read_in_child(&g, len) == 0)
			fail_msg("byte %zu of %zu could be read", len, len);
		guard_page_clear(&g);
	}
}

/* Three allocations; bit n of *arg is set when the n-th failed alone. */
static int three_allocations(void *arg)
{
	unsigned *failed = arg;
	void *a = malloc(10);
	char *b = strdup("some text");
	void *c = calloc(2, 8);
	int result = a != NULL && b != NULL && c != NULL ? 0 : -1;

	if (a == NULL && b != NULL && c != NULL)
		*failed |= 1;
	if (a != NULL && b == NULL && c != NULL)
		*failed |= 2;
	if (a != NULL && b != NULL && c == NULL)
		*failed |= 4;
	if (a == NULL && b == NULL && c == NULL)
		*failed |= 8;
	free(a);
	free(b);
	free(c);
	return result;
}

static void test_failmalloc_fails_each_allocation_once(void **state)
{
	unsigned failed = 0;

	(void)state;
	assert_int_equal(failmalloc_each(three_allocations, &failed), 3);
	assert_int_equal(failed, 1 | 2 | 4 | 8);
	failed = 0;
	assert_int_equal(three_allocations(&failed), 0);
	assert_int_equal(failed, 0);
}

static void test_failmalloc_reaches_the_growing_calls(void **state)
{
	char *printed = NULL;
	void *bigger;
	int n;

	(void)state;
	failmalloc_arm(1);
	bigger = realloc(NULL, 400);
	assert_true(failmalloc_disarm());
	assert_null(bigger);
	failmalloc_arm(1);
	n = asprintf(&printed, "%d", 7);
	assert_true(failmalloc_disarm());
	assert_int_equal(n, -1);
	assert_null(printed);
}

static void test_shared_rows_and_base64(void **state)
{
	struct shared_rows *rows;
	size_t len = 0;
	json_t *row = json_pack("{s:s}", "wire", "R0VUIC8NCg==");
	char *bytes = shared_bytes(row, "wire", &len);

	(void)state;
	assert_non_null(bytes);
	assert_int_equal(len, 7);
	assert_memory_equal(bytes, "GET /\r\n", 7);
	free(bytes);
	assert_null(shared_bytes(row, "none", &len));
	assert_string_equal(shared_text(row, "none", &len), "");
	assert_int_equal(len, 0);
	json_decref(row);

	assert_null(shared_open("no-such-file.jsonl"));
	rows = shared_open("proto_sse_cases.jsonl");
	if (rows == NULL)
		skip();
	row = (json_t *)shared_next(rows);
	assert_non_null(row);
	assert_int_equal(shared_line(rows), 1);
	assert_true(strlen(shared_text(row, "id", NULL)) > 0);
	shared_close(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split_gives_every_byte_in_every_cutting),
	    cmocka_unit_test(test_split_of_nothing_and_of_one_byte),
	    cmocka_unit_test(test_split_of_long_input_keeps_the_ends),
	    cmocka_unit_test(test_guard_page_ends_where_the_bytes_end),
	    cmocka_unit_test(test_failmalloc_fails_each_allocation_once),
	    cmocka_unit_test(test_failmalloc_reaches_the_growing_calls),
	    cmocka_unit_test(test_shared_rows_and_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
