/* writer: a full disk, a disk that fails, and the way back. */
#include "proxy/audit/writer.h"

#include "kit.h"

#include "proxy/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static atomic_int write_error, sync_error, refused;

static ssize_t failing_write(int fd, const void *data, size_t n)
{
	if (write_error == 0)
		return write(fd, data, n);
	refused++;
	errno = write_error;
	/* Half of it arrives before the error. */
	ssize_t half = write(fd, data, n / 2);
	(void)half;
	errno = write_error;
	return -1;
}

static int failing_sync(int fd)
{
	if (sync_error == 0)
		return fdatasync(fd);
	errno = sync_error;
	return -1;
}

static const struct audit_io failing = {failing_write, failing_sync};

static struct audit *open_failing(const char *dir)
{
	struct audit_options o = {.directory = dir,
	    .maker = &kit_maker,
	    .io = &failing,
	    .retry_ms = 10};
	return kit_open_with(&o);
}

static enum audit_result health(struct audit *a)
{
	struct audit_state s;
	audit_state(a, &s);
	return s.health;
}

static void wait_healthy(struct audit *a)
{
	for (int i = 0; i < 1000 && health(a) != AUDIT_OK; i++)
		usleep(10000);
	assert_int_equal(health(a), AUDIT_OK);
}

static void test_write_fails(void **state)
{
	struct buf log = {0};
	struct audit *a = open_failing(*state);
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, "s1", AUDIT_WRITTEN), AUDIT_OK);
	write_error = ENOSPC;
	for (int i = 0; i < 5; i++)
		assert_int_equal(kit_put(a, RECORD_DECISION, "lost",
				     i % 2 ? AUDIT_DURABLE : AUDIT_WRITTEN),
		    AUDIT_DISK_FULL);
	assert_int_equal(health(a), AUDIT_DISK_FULL);
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), 1);
	write_error = 0;
	wait_healthy(a);
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, "s2", AUDIT_DURABLE), AUDIT_OK);
	audit_close(a);
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), 3);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), 1);
	assert_int_equal(kit_count(&log, "\"lost\":5,"), 1);
	assert_int_equal(kit_count(&log, "disk of the audit log is full"), 1);
	assert_int_equal(kit_count(&log, "\"stream\":\"lost\""), 0);
	buf_clear(&log);
}

/* However long it has failed by then: this often it is tried again. */
static void tried_again(const char *dir, int error, int64_t at_least_every_ms)
{
	struct audit *a = open_failing(dir);
	refused = 0;
	write_error = error;
	kit_put(a, RECORD_DECISION, "lost", AUDIT_WRITTEN);
	for (int i = 0; i < 3000 && refused < 8; i++)
		usleep(10000);
	assert_true(refused >= 8);
	pthread_mutex_lock(&a->lock);
	int64_t left_us = a->retry_us - clock_mono_us();
	pthread_mutex_unlock(&a->lock);
	write_error = 0;
	assert_true(left_us <= at_least_every_ms * 1000);
	wait_healthy(a);
	audit_close(a);
}

/* Everybody is handed off meanwhile: with room it goes on at once. */
static void test_full_disk_is_tried_steadily(void **state)
{
	tried_again(*state, ENOSPC, 10);
}

/* A disk that fails may cost a new file each time. */
static void test_failing_disk_is_tried_more_seldom(void **state)
{
	tried_again(*state, EIO, 80);
}

/* A stream that ends meanwhile is closed as soon as the log is written again,
 * one that does not is not; a missed end of no open stream is nothing. */
static void missed_end(const char *dir, bool healed)
{
	struct buf log = {0};
	struct buf end = {0};
	struct record r = {.type = RECORD_DECISION,
	    .time_us = 1,
	    .stream = "s1",
	    .released = 342};
	record_line(&kit_maker, &r, &end);
	struct audit *a = open_failing(dir);
	kit_put(a, RECORD_STREAM_OPEN, "s1", AUDIT_WRITTEN);
	kit_put(a, RECORD_STREAM_OPEN, "s2", AUDIT_WRITTEN);
	write_error = ENOSPC;
	kit_put(a, RECORD_STREAM_EDIT, "s2", AUDIT_WRITTEN);
	kit_put(a, RECORD_STREAM_OPEN, "s3", AUDIT_WRITTEN);
	kit_put(a, RECORD_DECISION, "s3", AUDIT_WRITTEN);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    audit_submit_wait(a, end.data, end.len, AUDIT_DURABLE),
		    AUDIT_DISK_FULL);
	write_error = 0;
	if (healed) {
		wait_healthy(a);
		kit_put(a, RECORD_DECISION, "s2", AUDIT_WRITTEN);
	}
	audit_close(a);
	audit_close(kit_open(dir));
	kit_read(dir, &log);
	/* open, open, gap, s1's end, s2's */
	assert_int_equal(kit_check(&log), 5);
	assert_int_equal(kit_count(&log, "\"released\":342,"), 1);
	assert_int_equal(
	    kit_count(&log, "\"type\":\"interrupted\""), healed ? 1 : 2);
	assert_int_equal(
	    kit_count(&log, "the customer saw is not known"), !healed);
	buf_clear(&log);
	buf_clear(&end);
}

static void test_missed_end(void **state)
{
	missed_end(*state, true);
}

static void test_missed_end_at_the_stop(void **state)
{
	missed_end(*state, false);
}

static void test_sync_fails(void **state)
{
	struct buf log = {0};
	struct audit *a = open_failing(*state);
	sync_error = EIO;
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, "s1", AUDIT_DURABLE), AUDIT_FAILED);
	assert_int_not_equal(health(a), AUDIT_OK);
	sync_error = 0;
	wait_healthy(a);
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, "s2", AUDIT_DURABLE), AUDIT_OK);
	audit_close(a);
	kit_read(*state, &log);
	uint64_t n = kit_check(&log);
	assert_true(n >= 3);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), n - 2);
	assert_int_equal(kit_count(&log, "\"lost\":1,"), 1);
	/* What could not be synced is not built upon. */
	char **names, *root = file_join(*state, "px-1");
	size_t files;
	assert_int_equal(segment_names(root, &names, &files), 0);
	assert_true(files >= 2);
	segment_names_free(names, files);
	free(root);
	buf_clear(&log);
}

/* Closing while the disk is full answers everybody. */
static void test_close_while_failing(void **state)
{
	struct audit *a = open_failing(*state);
	struct buf line = {0};
	kit_line(&line, RECORD_DECISION, NULL, "x");
	write_error = EIO;
	for (int i = 0; i < 100; i++)
		assert_true(audit_submit(a, line.data, line.len,
		    i % 2 ? AUDIT_DURABLE : AUDIT_WRITTEN, NULL));
	audit_close(a);
	write_error = 0;
	buf_clear(&line);
	audit_close(kit_open(*state));
}

/* Fill what there is until the log says so: how many went well. */
static int fill(struct audit *a, int max)
{
	int n = 0;
	while (n < max &&
	    kit_put(a, RECORD_DECISION, "filler", AUDIT_DURABLE) == AUDIT_OK)
		n++;
	return n;
}

static void test_tmpfs_is_full(void **state)
{
	struct buf log = {0};
	char *dir = file_join(*state, "small"), *ballast;
	assert_int_equal(file_mkdirs(dir, 0700), 0);
	if (mount("tmpfs", dir, "tmpfs", 0, "size=256k") < 0) {
		print_message(
		    "no tmpfs here (%s): see the next test\n", strerror(errno));
		free(dir);
		skip();
	}
	struct audit_options o = {
	    .directory = dir, .maker = &kit_maker, .retry_ms = 10};
	struct audit *a = kit_open_with(&o);
	ballast = file_join(dir, "ballast");
	char zeros[64 * 1024] = {0};
	assert_int_equal(
	    file_write_atomic(ballast, zeros, sizeof(zeros), 0600), 0);
	int n = fill(a, 5000);
	assert_true(n > 10 && n < 5000);
	assert_int_equal(health(a), AUDIT_DISK_FULL);
	assert_int_equal(kit_put(a, RECORD_DECISION, "lost", AUDIT_WRITTEN),
	    AUDIT_DISK_FULL);
	unlink(ballast);
	wait_healthy(a);
	assert_int_equal(fill(a, 10), 10);
	audit_close(a);
	kit_read(dir, &log);
	assert_int_equal(kit_check(&log), n + 11);
	assert_int_equal(kit_count(&log, "\"lost\":2,"), 1);
	umount(dir);
	free(ballast);
	free(dir);
	buf_clear(&log);
}

/* The same without being root: a limit on the size of files. */
static void test_file_size_limit(void **state)
{
	pid_t child = fork();
	if (child == 0) {
		struct rlimit limit = {20000, RLIM_INFINITY};
		signal(SIGXFSZ, SIG_IGN);
		struct audit_options o = {
		    .directory = *state, .maker = &kit_maker, .retry_ms = 10};
		struct audit *a = kit_open_with(&o);
		setrlimit(RLIMIT_FSIZE, &limit);
		int n = fill(a, 5000);
		bool full = health(a) == AUDIT_DISK_FULL;
		limit.rlim_cur = RLIM_INFINITY;
		setrlimit(RLIMIT_FSIZE, &limit);
		for (int i = 0; i < 1000 && health(a) != AUDIT_OK; i++)
			usleep(10000);
		bool good = n > 10 && full && fill(a, 10) == 10;
		audit_close(a);
		_exit(good ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	struct buf log = {0};
	kit_read(*state, &log);
	assert_true(kit_check(&log) > 20);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), 1);
	buf_clear(&log);
}

/* Something is done to the live file: the gap counts what is not in it any
 * more, from when it was written, and what is left stays lines. */
static void taken(const char *dir, const char *command, unsigned kept,
    unsigned lost, const char *range)
{
	struct buf log = {0};
	struct audit *a = open_failing(dir);
	for (int i = 0; i < 23; i++)
		kit_put(a, RECORD_DECISION, "s", AUDIT_WRITTEN);
	char *run = mem_printf(
	    "cd %s/px-1 && f=$(echo */*/*/*.jsonl) && %s", dir, command);
	assert_int_equal(system(run), 0);
	kit_put(a, RECORD_DECISION, "after", AUDIT_WRITTEN);
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, "kept", AUDIT_DURABLE), AUDIT_GONE);
	wait_healthy(a);
	audit_close(a);
	kit_read(dir, &log);
	assert_int_equal(strlen(log.data), log.len); /* no NUL */
	assert_int_equal(kit_count(&log, "\"type\":\"decision\""), kept);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), 1);
	char *says = mem_printf("\"lost\":%u,", lost);
	if (kit_count(&log, says) != 1 || !strstr(log.data, range))
		fail_msg("%s %s in %s", says, range, log.data);
	const char *from = strstr(log.data, "\"from\":\"");
	const char *to = strstr(log.data, "\"to\":\"");
	assert_non_null(from);
	assert_non_null(to);
	assert_true(strncmp(from + 8, to + 6, 20) <= 0);
	free(says);
	free(run);
	buf_clear(&log);
}

static void test_file_is_removed(void **state)
{
	taken(*state, "rm $f", 0, 25, "Records 1 to 25 had been written");
}

static void test_file_is_emptied(void **state)
{
	taken(*state, ": > $f", 2, 23, "Records 1 to 23 had been written");
}

static void test_file_is_cut(void **state)
{
	taken(*state, "n=$(head -n 3 $f | wc -c) && truncate -s $n $f", 5, 20,
	    "Records 4 to 23 had been written");
}

/* In the middle of a line: the one behind it is not whole, either. */
static void test_file_is_cut_in_a_line(void **state)
{
	taken(*state, "n=$(head -n 3 $f | wc -c) && truncate -s $((n + 9)) $f",
	    5, 21, "Records 4 to 24 had been written");
}

/* Noticed without a record that asks for the disk, or at the stop. */
static void cut_unasked(const char *dir, bool waits)
{
	struct buf log = {0};
	struct audit *a = open_failing(dir);
	for (int i = 0; i < 3; i++)
		kit_put(a, RECORD_DECISION, "s", AUDIT_WRITTEN);
	char *run = mem_printf(
	    "cd %s/px-1 && for f in */*/*/*.jsonl; do : > $f; done", dir);
	assert_int_equal(system(run), 0);
	for (int i = 0; waits && i < 1000 && log.len == 0; i++) {
		usleep(10000);
		kit_read(dir, &log);
	}
	audit_close(a);
	kit_read(dir, &log);
	assert_int_equal(kit_count(&log, "\"lost\":3,"), 1);
	audit_close(kit_open(dir));
	kit_read(dir, &log);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), 1);
	free(run);
	buf_clear(&log);
}

static void test_cut_is_noticed(void **state)
{
	cut_unasked(*state, true);
}

static void test_cut_is_noticed_at_the_stop(void **state)
{
	cut_unasked(*state, false);
}

/* A log that goes on in the file of the last run counts from its first. */
static void test_file_of_two_runs_is_removed(void **state)
{
	struct buf log = {0};
	char *run = mem_printf("rm %s/px-1/*/*/*/*.jsonl", (char *)*state);
	for (int i = 0; i < 2; i++) {
		struct audit *a = open_failing(*state);
		for (int k = 0; k < 3; k++)
			kit_put(a, RECORD_DECISION, "s", AUDIT_WRITTEN);
		if (i == 1)
			assert_int_equal(system(run), 0);
		audit_close(a);
	}
	kit_read(*state, &log);
	assert_int_equal(kit_count(&log, "\"lost\":6,"), 1);
	free(run);
	buf_clear(&log);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_write_fails),
	    TEST(test_full_disk_is_tried_steadily),
	    TEST(test_failing_disk_is_tried_more_seldom),
	    TEST(test_missed_end),
	    TEST(test_missed_end_at_the_stop),
	    TEST(test_sync_fails),
	    TEST(test_close_while_failing),
	    TEST(test_file_size_limit),
	    TEST(test_tmpfs_is_full),
	    TEST(test_file_is_removed),
	    TEST(test_file_is_emptied),
	    TEST(test_file_is_cut),
	    TEST(test_file_is_cut_in_a_line),
	    TEST(test_cut_is_noticed),
	    TEST(test_cut_is_noticed_at_the_stop),
	    TEST(test_file_of_two_runs_is_removed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
