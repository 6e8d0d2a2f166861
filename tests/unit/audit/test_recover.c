/* recover: what a crash leaves behind, and that nothing answered is lost. */
#include "proxy/audit/recover.h"

#include "kit.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char *last_segment(const char *dir)
{
	char **names, *root = file_join(dir, "px-1");
	size_t n;
	assert_int_equal(segment_names(root, &names, &n), 0);
	assert_true(n > 0);
	char *path = file_join(root, names[n - 1]);
	segment_names_free(names, n);
	free(root);
	return path;
}

static void append(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "a");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

/* Whatever stands after the last whole line is cut, whole lines stay. */
static void test_torn_tails(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} tails[] = {{"{\"conv_seq\":8,\"no", 17}, {"{", 1}, {"\n", 1},
	    {"\0\0\0\0\0\0\0\0", 8}, {"\0\0\n\0", 4}, {"{\"seq\":\n", 8},
	    {"garbage\ngarbage\n", 16}, {"", 0}};
	struct buf log = {0};
	uint64_t seq = 0;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct audit *a = kit_open(*state);
		kit_put(a, RECORD_DECISION, NULL, AUDIT_DURABLE);
		audit_close(a);
		kit_read(*state, &log);
		assert_int_equal(kit_check(&log), ++seq);
		char *path = last_segment(*state);
		append(path, tails[i].bytes, tails[i].n);
		free(path);
	}
	audit_close(kit_open(*state));
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), seq);
	buf_clear(&log);
}

static void test_open_streams_are_closed(void **state)
{
	struct buf log = {0};
	struct audit *a = kit_open(*state);
	kit_put(a, RECORD_START, NULL, AUDIT_WRITTEN);
	kit_put(a, RECORD_STREAM_OPEN, "s1", AUDIT_WRITTEN);
	kit_put(a, RECORD_STREAM_OPEN, "s2", AUDIT_WRITTEN);
	kit_put(a, RECORD_STREAM_EDIT, "s2", AUDIT_DURABLE);
	kit_put(a, RECORD_DECISION, "s1", AUDIT_WRITTEN);
	audit_close(a);
	for (int run = 0; run < 2; run++) {
		a = kit_open(*state);
		struct audit_state s;
		audit_state(a, &s);
		assert_int_equal(s.interrupted, run == 0);
		audit_close(a);
	}
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), 6);
	const char *line = strstr(log.data, "\"opened\":3");
	assert_non_null(line);
	char pseudonym[RECORD_PSEUDONYM_SIZE];
	record_pseudonym(&kit_maker, "conversation", "web", "c-1", pseudonym);
	while (line[-1] != '\n')
		line--;
	size_t n = strcspn(line, "\n");
	assert_true(scan_is(line, n, "type", "interrupted"));
	assert_true(scan_is(line, n, "stream", "s2"));
	assert_true(scan_is(line, n, "conversation", pseudonym));
	assert_int_equal(scan_number(line, n, "conv_seq"), 3);
	buf_clear(&log);
}

/* The machine was started anew and the last run did not stop: a gap. */
static void test_power_loss(void **state)
{
	struct buf log = {0};
	char *lock = file_join(*state, "px-1/lock");
	for (int run = 0; run < 3; run++) {
		struct audit *a = kit_open(*state);
		kit_put(a, RECORD_DECISION, NULL, AUDIT_WRITTEN);
		if (run == 1)
			kit_put(a, RECORD_STOP, NULL, AUDIT_WRITTEN);
		audit_close(a);
		assert_int_equal(
		    file_write_atomic(lock, "1 another-boot", 14, 0640), 0);
	}
	kit_read(*state, &log);
	/* decision, gap, decision, stop, decision: no gap after a stop. */
	assert_int_equal(kit_check(&log), 5);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), 1);
	assert_non_null(strstr(log.data, "\"from\":\"2026-11-03T14:02:19."));
	buf_clear(&log);
	free(lock);
}

/* Somebody else knows of more records than the log has: they are missing,
 * whether the run stopped or not. One that knows of no more is no reason. */
static void test_known(void **state)
{
	static const struct {
		uint64_t known;
		size_t gaps;
	} runs[] = {{0, 0}, {1, 0}, {2, 0}, {3, 1}, {3, 1}, {9, 2}};
	struct buf log = {0};
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		struct audit_options o = {.directory = *state,
		    .maker = &kit_maker,
		    .known_seq = runs[i].known};
		struct audit *a = kit_open_with(&o);
		if (i < 2)
			kit_put(a, RECORD_STOP, NULL, AUDIT_WRITTEN);
		audit_close(a);
		kit_read(*state, &log);
		kit_check(&log);
		assert_int_equal(
		    kit_count(&log, "\"type\":\"gap\""), runs[i].gaps);
	}
	assert_non_null(strstr(log.data, "\"lost\":1,"));
	assert_non_null(strstr(log.data, "\"lost\":6,"));
	buf_clear(&log);
}

/* It was killed while it could not write: the lock file says so. */
static void test_killed_while_full(void **state)
{
	static const char left[] = "1 - 5 1793714539907551";
	struct buf log = {0};
	audit_close(kit_open(*state));
	char *lock = file_join(*state, "px-1/lock");
	assert_int_equal(
	    file_write_atomic(lock, left, sizeof(left) - 1, 0640), 0);
	for (int run = 0; run < 2; run++)
		audit_close(kit_open(*state));
	kit_read(*state, &log);
	assert_int_equal(kit_count(&log, "\"lost\":5,"), 1);
	assert_int_equal(
	    kit_count(&log, "\"from\":\"2026-11-03T14:02:19.907551Z\""), 1);
	buf_clear(&log);
	free(lock);
}

/* Submit for ever; each answer is told through the pipe before the next. */
static void load(const char *dir, int out)
{
	struct audit *a = kit_open(dir);
	for (uint64_t i = 0;; i++) {
		char reason[32];
		struct buf line = {0};
		snprintf(
		    reason, sizeof(reason), "n%llu.", (unsigned long long)i);
		kit_line(&line, RECORD_DECISION, NULL, reason);
		if (audit_submit_wait(a, line.data, line.len,
			i % 16 ? AUDIT_WRITTEN : AUDIT_DURABLE) != AUDIT_OK)
			_exit(1);
		buf_clear(&line);
		if (write(out, &i, sizeof(i)) != sizeof(i))
			_exit(2);
	}
}

/* kill -9 under load, again and again: everything that was answered is
 * there, once, and the numbers have no hole. */
static void test_killed(void **state)
{
	struct buf log = {0};
	size_t from = 0;
	for (int run = 0; run < 5; run++) {
		int ends[2];
		uint64_t answered = 0, got;
		assert_int_equal(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			close(ends[0]);
			load(*state, ends[1]);
		}
		close(ends[1]);
		while (read(ends[0], &got, sizeof(got)) == sizeof(got)) {
			answered = got;
			if (got == (uint64_t)(100 + 37 * run))
				kill(child, SIGKILL);
		}
		close(ends[0]);
		int status = 0;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		audit_close(kit_open(*state));
		kit_read(*state, &log);
		kit_check(&log);
		for (uint64_t i = 0; i <= answered; i++) {
			char *reason = mem_printf(
			    "\"reason\":\"n%llu.\"", (unsigned long long)i);
			const char *at = strstr(log.data + from, reason);
			if (at == NULL)
				fail_msg("run %d: %s is lost", run, reason);
			if (strstr(at + 1, reason) != NULL)
				fail_msg("run %d: %s twice", run, reason);
			free(reason);
		}
		from = log.len;
	}
	buf_clear(&log);
}

static void test_unreadable_is_refused(void **state)
{
	struct audit *a = kit_open(*state);
	kit_put(a, RECORD_DECISION, NULL, AUDIT_DURABLE);
	audit_close(a);
	char *path = last_segment(*state), why[512];
	assert_int_equal(unlink(path), 0);
	char *open = file_join(*state, "px-1/open.jsonl");
	assert_int_equal(unlink(open), 0);
	assert_int_equal(mkdir(open, 0700), 0);
	struct audit_options o = {.directory = *state, .maker = &kit_maker};
	assert_int_equal(audit_open(&a, &o, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "open.jsonl"));
	free(open);
	free(path);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_torn_tails),
	    TEST(test_open_streams_are_closed),
	    TEST(test_power_loss),
	    TEST(test_known),
	    TEST(test_killed_while_full),
	    TEST(test_killed),
	    TEST(test_unreadable_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
