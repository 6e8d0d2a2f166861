/* keys: made once, kept, and refused when others could have them. */
#include "proxy/base/keys.h"

#include "proxy/base/file.h"
#include "proxy/base/id.h"
#include "proxy/base/mem.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DIGITS                                                                 \
	"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static int make_dir(void **state)
{
	char *dir = mem_strdup("/tmp/handrail-keys-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	*state = file_join(dir, "keys");
	free(dir);
	return 0;
}

static int remove_dir(void **state)
{
	char *dir = file_dir(*state), *command = mem_printf("rm -rf '%s'", dir);
	int err = system(command);
	free(command);
	free(dir);
	free(*state);
	return err;
}

static void expect_refused(const struct keys_options *o, const char *words)
{
	struct keys k, zero;
	char why[512] = "";
	memset(&zero, 0, sizeof(zero));
	assert_int_equal(keys_open(&k, o, why, sizeof(why)), -1);
	if (strstr(why, words) == NULL)
		fail_msg("expected \"%s\" in: %s", words, why);
	assert_memory_equal(k.master, zero.master, KEYS_BYTES);
	assert_memory_equal(k.pseudonym, zero.pseudonym, KEYS_BYTES);
}

static void open_good(const struct keys_options *o, struct keys *k)
{
	char why[512] = "";
	if (keys_open(k, o, why, sizeof(why)) < 0)
		fail_msg("%s", why);
}

static unsigned mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void test_made_once(void **state)
{
	struct keys_options o = {.directory = *state};
	struct keys first, again;
	char *master = file_join(*state, "master.key");
	char *pseudonym = file_join(*state, "pseudonym.key");
	open_good(&o, &first);
	assert_true(first.created);
	assert_int_equal(mode_of(*state), 0700);
	assert_int_equal(mode_of(master), 0600);
	assert_int_equal(mode_of(pseudonym), 0600);
	assert_memory_not_equal(first.master, first.pseudonym, KEYS_BYTES);
	o.must_exist = true;
	open_good(&o, &again);
	assert_false(again.created);
	assert_memory_equal(first.master, again.master, KEYS_BYTES);
	assert_memory_equal(first.pseudonym, again.pseudonym, KEYS_BYTES);
	free(master);
	free(pseudonym);
}

static void test_nothing_there(void **state)
{
	struct keys_options o = {.directory = *state, .must_exist = true};
	expect_refused(&o, "cannot read");
	assert_int_equal(mkdir(*state, 0700), 0);
	expect_refused(&o, "first `handrail run`");
	struct keys_options bad = {.directory = "/proc/none/keys"};
	expect_refused(&bad, "cannot make /proc/none/keys");
}

static void test_one_is_gone(void **state)
{
	static const char *const names[] = {"master.key", "pseudonym.key"};
	struct keys_options o = {.directory = *state};
	struct keys k;
	open_good(&o, &k);
	for (int i = 0; i < 2; i++) {
		char *path = file_join(*state, names[i]);
		struct buf kept = {0};
		assert_int_equal(file_read(path, &kept, 1000), 0);
		assert_int_equal(unlink(path), 0);
		expect_refused(&o, "is gone while");
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(
		    file_write_atomic(path, kept.data, kept.len, 0600), 0);
		open_good(&o, &k);
		buf_clear(&kept);
		free(path);
	}
}

/* Where what they protect is there, neither is made, wherever the master key
 * comes from. */
static void test_used(void **state)
{
	struct keys_options o = {.directory = *state, .used = "/s/h.db"};
	char *path = file_join(*state, "pseudonym.key");
	struct keys k;
	for (int i = 0; i < 2; i++) {
		o.master = i ? DIGITS : NULL;
		expect_refused(&o, "is gone while /s/h.db is there");
		assert_int_equal(access(path, F_OK), -1);
	}
	o.used = NULL;
	open_good(&o, &k);
	assert_true(k.created);
	o.used = "/s/h.db";
	open_good(&o, &k);
	assert_false(k.created);
	free(path);
}

/* What a first start leaves that was killed after so many of its files. */
static void test_killed_first_start(void **state)
{
	static const char *const names[] = {"master.key", "pseudonym.key"};
	struct keys_options o = {.directory = *state};
	char *first = file_join(*state, "first-start");
	for (size_t n = 0; n <= 2; n++) {
		struct keys k;
		char *path = file_join(*state, names[1]);
		if (n > 0)
			open_good(&o, &k);
		else
			assert_int_equal(mkdir(*state, 0700), 0);
		assert_int_equal(file_write_atomic(first, "", 0, 0600), 0);
		if (n == 1)
			assert_int_equal(unlink(path), 0);
		o.must_exist = true;
		if (n < 2)
			expect_refused(&o, "first `handrail run` makes it");
		o.must_exist = false;
		struct keys before = k;
		open_good(&o, &k);
		assert_int_equal(k.created, n < 2);
		assert_int_equal(access(first, F_OK), -1);
		if (n > 0)
			assert_memory_equal(
			    k.master, before.master, KEYS_BYTES);
		assert_int_equal(unlink(path), 0);
		expect_refused(&o, "is gone while");
		free(path);
		path = file_join(*state, names[0]);
		assert_int_equal(unlink(path), 0);
		free(path);
	}
	free(first);
}

/* kill -9 at any moment: the next start goes on from there. */
static void test_killed(void **state)
{
	struct keys_options o = {.directory = *state};
	char *command = mem_printf("rm -rf '%s'", (char *)*state);
	for (unsigned us = 0; us < 6000; us += 150) {
		struct keys k;
		char why[512];
		int status;
		assert_int_equal(system(command), 0);
		pid_t child = fork();
		if (child == 0) { /* with random numbers of its own */
			unsigned char pool[512];
			id_random(pool, sizeof(pool));
			_exit(keys_open(&k, &o, why, sizeof(why)) != 0);
		}
		usleep(us);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		open_good(&o, &k);
	}
	free(command);
}

static void test_permissions(void **state)
{
	struct keys_options o = {.directory = *state};
	struct keys k;
	open_good(&o, &k);
	char *path = file_join(*state, "master.key");
	assert_int_equal(chmod(*state, 0750), 0);
	expect_refused(&o, "chmod 0700");
	assert_int_equal(chmod(*state, 0700), 0);
	assert_int_equal(chmod(path, 0640), 0);
	expect_refused(&o, "chmod 0600");
	assert_int_equal(chmod(path, 0602), 0);
	expect_refused(&o, "mode 0602");
	assert_int_equal(chmod(path, 0600), 0);
	open_good(&o, &k);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12345, 0), 0);
		expect_refused(&o, "belongs to user 12345");
	}
	free(path);
}

static void test_not_keys(void **state)
{
	static const char *const bad[] = {"", "\n", "00", DIGITS "0\n",
	    "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
	    DIGITS DIGITS};
	struct keys_options o = {.directory = *state};
	struct keys k;
	open_good(&o, &k);
	char *path = file_join(*state, "pseudonym.key");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    file_write_atomic(path, bad[i], strlen(bad[i]), 0600), 0);
		expect_refused(&o, "does not hold a key");
	}
	assert_int_equal(file_write_atomic(path, DIGITS, 64, 0600), 0);
	open_good(&o, &k);
	assert_int_equal(k.pseudonym[31], 0x1f);
	free(path);
}

static void test_master_from_outside(void **state)
{
	struct keys_options o = {.directory = *state, .master = DIGITS};
	struct keys k;
	char *master = file_join(*state, "master.key");
	open_good(&o, &k);
	assert_true(k.created);
	assert_int_equal(k.master[1], 1);
	assert_int_equal(access(master, F_OK), -1);
	open_good(&o, &k);
	assert_false(k.created);
	o.master = "00";
	expect_refused(&o, "HANDRAIL_MASTER_KEY must be 64");
	free(master);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_made_once),
	    TEST(test_nothing_there),
	    TEST(test_one_is_gone),
	    TEST(test_used),
	    TEST(test_killed_first_start),
	    TEST(test_killed),
	    TEST(test_permissions),
	    TEST(test_not_keys),
	    TEST(test_master_from_outside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
