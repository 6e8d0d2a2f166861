/* file: reading within a limit, replacing in one step, making directories. */
#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static int make_dir(void **state)
{
	char *dir = mem_strdup("/tmp/handrail-test-XXXXXX");
	*state = dir;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
	char *command = mem_printf("rm -rf '%s'", (char *)*state);
	int err = system(command);
	free(command);
	free(*state);
	return err;
}

static void test_write_and_read(void **state)
{
	char *path = file_join(*state, "a");
	struct buf b = {0};
	assert_int_equal(file_read(path, &b, 10), -ENOENT);
	assert_int_equal(file_write_atomic(path, "hello", 5, 0600), 0);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	buf_adds(&b, "> ");
	assert_int_equal(file_read(path, &b, 4), -EFBIG);
	assert_string_equal(b.data, "> ");
	assert_int_equal(file_read(path, &b, 5), 0);
	assert_string_equal(b.data, "> hello");
	assert_int_equal(file_write_atomic(path, "", 0, 0644), 0);
	buf_reset(&b);
	assert_int_equal(file_read(path, &b, 0), 0);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
	free(path);
}

static void test_write_fails_clean(void **state)
{
	char *path = file_join(*state, "missing/a");
	assert_int_equal(file_write_atomic(path, "x", 1, 0600), -ENOENT);
	free(path);
	char *dir = file_join(*state, "is-a-dir");
	assert_int_equal(file_mkdirs(dir, 0700), 0);
	assert_int_equal(file_write_atomic(dir, "x", 1, 0600), -EISDIR);
	/* The temporary file is gone: only the directory is left. */
	char *list =
	    mem_printf("test \"$(ls '%s' | grep -c tmp)\" = 0", (char *)*state);
	assert_int_equal(system(list), 0);
	free(list);
	free(dir);
}

static void test_mkdirs(void **state)
{
	char *deep = file_join(*state, "x/y//z/");
	assert_int_equal(file_mkdirs(deep, 0750), 0);
	assert_int_equal(file_mkdirs(deep, 0750), 0);
	struct stat st;
	assert_int_equal(stat(deep, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	free(deep);
	char *plain = file_join(*state, "plain");
	assert_int_equal(file_write_atomic(plain, "x", 1, 0600), 0);
	char *under = file_join(plain, "sub");
	assert_int_equal(file_mkdirs(plain, 0700), -ENOTDIR);
	assert_int_equal(file_mkdirs(under, 0700), -ENOTDIR);
	free(plain);
	free(under);
}

static void test_names(void **state)
{
	static const char *const dirs[][2] = {
	    {"a/b", "a"}, {"/a", "/"}, {"a", "."}, {"/a/b/c", "/a/b"}};
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		char *dir = file_dir(dirs[i][0]);
		assert_string_equal(dir, dirs[i][1]);
		free(dir);
	}
	char *a = file_join("d", "x"), *b = file_join("d/", "x");
	char *c = file_join("d", "/x");
	assert_string_equal(a, "d/x");
	assert_string_equal(b, "d/x");
	assert_string_equal(c, "/x");
	free(a);
	free(b);
	free(c);
	assert_int_equal(file_sync_dir("/nonexistent"), -ENOENT);
	assert_int_equal(file_write_all(-1, "x", 1), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_write_and_read),
	    cmocka_unit_test(test_write_fails_clean),
	    cmocka_unit_test(test_mkdirs),
	    cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
