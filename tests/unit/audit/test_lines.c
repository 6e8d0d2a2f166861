/* lines: whole ones only, oldest first, from a segment on. */
#include "tests/unit/audit/kit.h"

#include "proxy/audit/lines.h"
#include "proxy/base/buf.h"

static void put(const char *root, const char *name, const char *text)
{
	char *path = file_join(root, name), *dir = mem_strdup(path);
	*strrchr(dir, '/') = '\0';
	assert_int_equal(file_mkdirs(dir, 0750), 0);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	free(dir);
	free(path);
}

static void add(void *arg, const char *line, size_t len)
{
	buf_printf(arg, "%.*s|", (int)len, line);
}

static void expect(const char *root, const char *from, const char *lines)
{
	struct buf got = {0};
	buf_adds(&got, "");
	assert_int_equal(lines_each(root, from, add, &got), 0);
	assert_string_equal(got.data, lines);
	buf_clear(&got);
}

static void test_lines(void **state)
{
	const char *root = *state;
	expect(root, "", "");
	put(root, "2026/11/03/14_0002.jsonl", "c\n\nd\nto");
	put(root, "2026/11/03/14.jsonl", "a\nb\n");
	put(root, "2026/11/03/15.jsonl", "");
	put(root, "2026/11/04/00.jsonl", "e\n");
	put(root, "open.jsonl", "no\n");
	expect(root, "", "a|b|c||d|e|");
	expect(root, "2026/11/03/14", "a|b|c||d|e|");
	expect(root, "2026/11/03/14_0002.jsonl", "c||d|e|");
	expect(root, "2026/11/04/01", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_lines, kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
