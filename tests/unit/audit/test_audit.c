/* audit: submitting, waiting, numbers, segments, one process at a time. */
#include "proxy/audit/audit.h"

#include "kit.h"

#include <stdatomic.h>
#include <sys/wait.h>

#define T14 INT64_C(1793714539907551) /* 2026-11-03T14:02:19 */

static _Atomic int64_t now = T14;

static int64_t fake_now(void)
{
	return now;
}

static void test_numbers_go_on(void **state)
{
	struct buf log = {0};
	for (int run = 0; run < 3; run++) {
		struct audit *a = kit_open(*state);
		assert_int_equal(
		    kit_put(a, RECORD_START, NULL, AUDIT_WRITTEN), AUDIT_OK);
		assert_int_equal(
		    kit_put(a, RECORD_DECISION, NULL, AUDIT_DURABLE), AUDIT_OK);
		kit_read(*state, &log);
		assert_int_equal(kit_check(&log), run * 3 + 2);
		assert_int_equal(
		    kit_put(a, RECORD_STOP, NULL, AUDIT_DURABLE), AUDIT_OK);
		struct audit_state s;
		audit_state(a, &s);
		assert_int_equal(s.seq, run * 3 + 3);
		assert_int_equal(s.queue_bytes, 0);
		assert_int_equal(s.interrupted, 0);
		audit_close(a);
	}
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), 9);
	assert_int_equal(kit_count(&log, "\"type\":\"gap\""), 0);
	buf_clear(&log);
	audit_close(NULL);
}

static void test_hours_and_sizes(void **state)
{
	struct audit_options o = {.directory = *state,
	    .maker = &kit_maker,
	    .max_segment_bytes = 600,
	    .now_us = fake_now};
	struct buf log = {0};
	struct audit *a = kit_open_with(&o);
	kit_put(a, RECORD_STREAM_OPEN, "s1", AUDIT_WRITTEN);
	for (int i = 0; i < 20; i++) {
		now += INT64_C(600000000);
		assert_int_equal(kit_put(a, RECORD_DECISION, NULL,
				     i % 2 ? AUDIT_DURABLE : AUDIT_WRITTEN),
		    AUDIT_OK);
	}
	audit_close(a);
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), 21);
	char **names, *root = file_join(*state, "px-1");
	size_t n;
	assert_int_equal(segment_names(root, &names, &n), 0);
	assert_true(n >= 7);
	assert_string_equal(names[0], "2026/11/03/14.jsonl");
	segment_names_free(names, n);
	free(root);
	/* The stream opened many segments ago is found. */
	a = kit_open_with(&o);
	struct audit_state s;
	audit_state(a, &s);
	assert_int_equal(s.interrupted, 1);
	audit_close(a);
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), 22);
	assert_non_null(strstr(log.data, "\"opened\":1,"));
	buf_clear(&log);
	now = T14;
}

struct counter {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int ok, again, other;
};

static void count(void *arg, uint64_t ticket, enum audit_result result)
{
	struct counter *c = arg;
	pthread_mutex_lock(&c->lock);
	c->ok += result == AUDIT_OK;
	c->again += result == AUDIT_AGAIN;
	c->other += result != AUDIT_OK && result != AUDIT_AGAIN;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

#define THREADS 8
#define EACH 200

struct submitter {
	struct audit *audit;
	int number;
	pthread_t thread;
};

static void *submit_many(void *arg)
{
	struct submitter *s = arg;
	for (int i = 0; i < EACH; i++) {
		char id[64];
		struct buf line = {0};
		snprintf(id, sizeof(id), "t%d-%d", s->number, i);
		kit_line(&line, RECORD_DECISION, NULL, id);
		enum audit_need need = i % 8 ? AUDIT_WRITTEN : AUDIT_DURABLE;
		enum audit_result result =
		    audit_submit_wait(s->audit, line.data, line.len, need);
		if (result != AUDIT_OK)
			abort();
		buf_clear(&line);
	}
	return NULL;
}

/* The same, some at a time. */
static void *submit_groups(void *arg)
{
	struct submitter *s = arg;
	for (int i = 0; i < EACH; i += 8) {
		struct buf lines[8] = {0};
		enum audit_result result;
		for (int k = 0; k < 8; k++) {
			char id[64];
			snprintf(id, sizeof(id), "t%d-%d", s->number, i + k);
			kit_line(&lines[k], RECORD_DECISION, NULL, id);
		}
		if (audit_submit_all(
			s->audit, lines, 8, AUDIT_DURABLE, &result) != 8 ||
		    result != AUDIT_OK)
			abort();
		for (int k = 0; k < 8; k++)
			buf_clear(&lines[k]);
	}
	return NULL;
}

/* A queue of a few lines: everybody waits, nothing is lost, and each
 * thread's records are in its order. */
static void test_many_threads(void **state)
{
	struct audit_options o = {.directory = *state,
	    .maker = &kit_maker,
	    .max_queue_bytes = 600,
	    .max_segment_bytes = 64 * 1024};
	struct audit *a = kit_open_with(&o);
	struct submitter threads[THREADS];
	struct buf log = {0};
	for (int i = 0; i < THREADS; i++) {
		threads[i].audit = a;
		threads[i].number = i;
		assert_int_equal(
		    pthread_create(&threads[i].thread, NULL,
			i % 2 ? submit_groups : submit_many, &threads[i]),
		    0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i].thread, NULL);
	audit_close(a);
	kit_read(*state, &log);
	assert_int_equal(kit_check(&log), THREADS * EACH);
	for (int i = 0; i < THREADS; i++) {
		const char *at = log.data;
		for (int k = 0; k < EACH; k++) {
			char *id = mem_printf("\"reason\":\"t%d-%d\"", i, k);
			at = strstr(at, id);
			if (at == NULL)
				fail_msg("%s is lost or out of order", id);
			free(id);
		}
	}
	buf_clear(&log);
}

static atomic_int hold;

static int held_sync(int fd)
{
	while (hold)
		usleep(1000);
	return fdatasync(fd);
}

static void wait_for(struct counter *c, const int *what, int n)
{
	pthread_mutex_lock(&c->lock);
	while (*what < n)
		pthread_cond_wait(&c->changed, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

/* WRITTEN does not wait for the disk, DURABLE does; a full queue says so and
 * wakes the one who was refused. */
static void test_slow_disk(void **state)
{
	static const struct audit_io slow = {write, held_sync};
	struct counter written = {.ok = 0}, durable = {.ok = 0};
	struct buf line = {0};
	kit_line(&line, RECORD_DECISION, NULL, "x");
	struct audit_options o = {.directory = *state,
	    .maker = &kit_maker,
	    .io = &slow,
	    .max_queue_bytes = line.len * 4};
	pthread_mutex_init(&written.lock, NULL);
	pthread_cond_init(&written.changed, NULL);
	pthread_mutex_init(&durable.lock, NULL);
	pthread_cond_init(&durable.changed, NULL);
	struct audit_done to_written = {count, &written, 1};
	struct audit_done to_durable = {count, &durable, 2};
	struct audit *a = kit_open_with(&o);
	hold = 1;
	for (int i = 0; i < 4; i++)
		assert_true(audit_submit(
		    a, line.data, line.len, AUDIT_DURABLE, &to_durable));
	/* No room: four are waiting for the disk. */
	assert_false(
	    audit_submit(a, line.data, line.len, AUDIT_WRITTEN, &to_written));
	usleep(30000);
	pthread_mutex_lock(&durable.lock);
	assert_int_equal(durable.ok, 0);
	pthread_mutex_unlock(&durable.lock);
	hold = 0;
	wait_for(&durable, &durable.ok, 4);
	wait_for(&written, &written.again, 1);
	hold = 1;
	assert_true(
	    audit_submit(a, line.data, line.len, AUDIT_DURABLE, &to_durable));
	assert_true(
	    audit_submit(a, line.data, line.len, AUDIT_WRITTEN, &to_written));
	wait_for(&written, &written.ok, 1);
	pthread_mutex_lock(&durable.lock);
	assert_int_equal(durable.ok, 4);
	pthread_mutex_unlock(&durable.lock);
	hold = 0;
	wait_for(&durable, &durable.ok, 5);
	audit_close(a);
	assert_int_equal(written.other + durable.other, 0);
	buf_clear(&line);
}

static void test_every(void **state)
{
	static const struct audit_io slow = {write, held_sync};
	struct audit_options o = {.directory = *state,
	    .maker = &kit_maker,
	    .durability = AUDIT_EVERY,
	    .io = &slow};
	struct audit *a = kit_open_with(&o);
	struct audit_state before, after;
	audit_state(a, &before);
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, NULL, AUDIT_WRITTEN), AUDIT_OK);
	audit_state(a, &after);
	assert_int_equal(after.sync_total, before.sync_total + 1);
	audit_close(a);
}

static void test_one_process(void **state)
{
	struct audit *a = kit_open(*state);
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		struct audit_options o = {
		    .directory = *state, .maker = &kit_maker};
		struct audit *b = NULL;
		char why[512] = "", expected[64];
		snprintf(expected, sizeof(expected), "process %ld writes",
		    (long)getppid());
		if (audit_open(&b, &o, why, sizeof(why)) == 0)
			_exit(1);
		_exit(strstr(why, expected) == NULL ? 2 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	audit_close(a);
	audit_close(kit_open(*state));
}

static void test_bad_places(void **state)
{
	static const char *const nodes[] = {"", "..", "a/b", ".hidden"};
	struct audit *a;
	char why[512];
	for (size_t i = 0; i < 4; i++) {
		struct record_maker maker = {.node = nodes[i]};
		struct audit_options o = {.directory = *state, .maker = &maker};
		assert_int_equal(audit_open(&a, &o, why, sizeof(why)), -1);
		assert_non_null(strstr(why, "name of a node"));
	}
	struct audit_options o = {
	    .directory = "/proc/none", .maker = &kit_maker};
	assert_int_equal(audit_open(&a, &o, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "/proc/none"));
	assert_null(a);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_numbers_go_on),
	    TEST(test_hours_and_sizes),
	    TEST(test_many_threads),
	    TEST(test_slow_disk),
	    TEST(test_every),
	    TEST(test_one_process),
	    TEST(test_bad_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
