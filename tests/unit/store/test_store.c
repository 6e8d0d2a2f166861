/* store: grouped jobs, failures, two processes on one file, opening. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/query.h"
#include "proxy/store/store_pauses.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* ---- jobs ---- */

struct note { /* a pause is a row like any other */
	struct store_job job;
	char reason[40];
	int answer; /* returned by run after writing */
	atomic_int *done, *failed;
	atomic_int *last; /* the number of the job answered last */
	int number;
	struct store *store; /* whose health is looked at when it fails */
	atomic_int *healthy; /* how often that was good all the same */
};

static int note_run(struct store_tx *tx, struct store_job *job)
{
	struct note *note = (struct note *)job;
	struct store_pause pause = {.scope = STORE_PAUSE_ALL,
	    .rule = (char *)"",
	    .until_us = INT64_MAX,
	    .reason = note->reason,
	    .by = (char *)"test"};
	int64_t id;
	int err = store_pause_put(tx, &pause, &id);

	return err ? err : note->answer;
}

static void note_done(struct store_job *job, int err)
{
	struct note *note = (struct note *)job;

	if (err)
		atomic_fetch_add(note->failed, 1);
	if (err && note->healthy && store_health(note->store) == STORE_OK)
		atomic_fetch_add(note->healthy, 1);
	if (note->last)
		assert_true(
		    atomic_exchange(note->last, note->number) < note->number);
	atomic_fetch_add(note->done, 1);
	free(note);
}

static struct note *note_new(atomic_int *done, atomic_int *failed)
{
	struct note *note = mem_zero(sizeof(*note));

	note->job.run = note_run;
	note->job.done = note_done;
	note->done = done;
	note->failed = failed;
	return note;
}

struct found {
	struct store_pause *list;
	size_t n;
};

static int list_run(struct store_tx *tx, void *arg)
{
	struct found *found = arg;

	return store_pauses_list(tx, 0, &found->list, &found->n);
}

static size_t rows(struct store *store)
{
	struct found found = {0};

	assert_int_equal(store_call(store, true, list_run, &found), 0);
	store_pauses_free(found.list, found.n);
	return found.n;
}

static void test_inline(void **state)
{
	struct fixture f;
	atomic_int done = 0, failed = 0;

	fixture_init(&f);
	store_submit(f.store, &note_new(&done, &failed)->job);
	assert_int_equal(done, 1);
	assert_int_equal(rows(f.store), 1);
	fixture_clear(&f);
}

static void test_group_keeps_order_and_undoes_one(void **state)
{
	struct fixture f;
	atomic_int done = 0, failed = 0, last = -1;

	fixture_init(&f);
	store_start(f.store);
	for (int i = 0; i < 1000; i++) {
		struct note *note = note_new(&done, &failed);

		note->answer = i % 10 == 3 ? STORE_CONFLICT : 0;
		note->job.durable = i % 7 == 0;
		note->last = &last;
		note->number = i;
		store_submit(f.store, &note->job);
	}
	fixture_wait(done == 1000);
	assert_int_equal(failed, 100);
	assert_int_equal(rows(f.store), 900);
	assert_int_equal(store_health(f.store), 0);
	fixture_clear(&f);
}

struct feeder {
	struct store *store;
	atomic_int *done, *failed;
};

static void *feed(void *arg)
{
	struct feeder *feeder = arg;

	for (int i = 0; i < 300; i++) {
		struct note *note = note_new(feeder->done, feeder->failed);

		note->job.bytes = 1000;
		store_submit(feeder->store, &note->job);
	}
	return NULL;
}

/* A queue of 4 jobs makes the feeders wait and loses nothing. */
static void test_full_queue_waits(void **state)
{
	struct fixture f;
	struct store_options options = {0};
	char why[256];
	atomic_int done = 0, failed = 0;
	pthread_t threads[4];

	fixture_init(&f);
	store_close(f.store);
	options.sqlite = f.path;
	options.vault = f.vault;
	options.max_jobs = 4;
	options.max_bytes = 2500;
	assert_int_equal(store_open(&f.store, &options, why, sizeof(why)), 0);
	store_start(f.store);
	struct feeder feeder = {f.store, &done, &failed};
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, feed, &feeder);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_true(store_waiting(f.store) <= 4);
	}
	fixture_wait(done == 1200);
	assert_int_equal(failed, 0);
	assert_int_equal(rows(f.store), 1200);
	fixture_clear(&f);
}

static void test_close_finishes(void **state)
{
	struct fixture f;
	atomic_int done = 0, failed = 0;

	fixture_init(&f);
	store_start(f.store);
	for (int i = 0; i < 500; i++)
		store_submit(f.store, &note_new(&done, &failed)->job);
	store_close(f.store);
	assert_int_equal(done, 500);
	fixture_open(&f);
	assert_int_equal(rows(f.store), 500);
	fixture_clear(&f);
}

/* ---- two processes ---- */

struct heard {
	atomic_int n;
	char handoff[40];
};

static void hear(void *arg, const struct store_change *change)
{
	struct heard *heard = arg;

	snprintf(heard->handoff, sizeof(heard->handoff), "%d %s %s %s",
	    change->kind, change->family, change->conversation,
	    change->handoff);
	atomic_fetch_add(&heard->n, 1);
}

static int tell_run(struct store_tx *tx, void *arg)
{
	struct store_change change = {
	    STORE_CHANGE_REPLY, "web", "c-1", "h-12", false};

	return store_tell(tx, &change);
}

static void test_outside_change_is_noticed(void **state)
{
	struct fixture f;
	struct heard heard = {0};
	struct store_options options = {0};
	struct store *other;
	char why[256];

	fixture_init(&f);
	store_on_change(f.store, hear, &heard);
	store_start(f.store);
	options.sqlite = f.path;
	options.vault = f.vault;
	assert_int_equal(store_open(&other, &options, why, sizeof(why)), 0);
	usleep(250000);
	assert_int_equal(heard.n, 0);
	assert_int_equal(store_call(other, false, tell_run, NULL), 0);
	int64_t from_us = clock_mono_us();
	fixture_wait(heard.n == 1);
	int64_t took_us = clock_mono_us() - from_us;
	if (took_us > 1000000) /* 200 ms on a machine that is not loaded */
		fail_msg("noticed after %lld us", (long long)took_us);
	assert_string_equal(heard.handoff, "1 web c-1 h-12");
	store_close(other);
	/* Told by ourselves (the console): the same way, once. */
	assert_int_equal(store_call(f.store, false, tell_run, NULL), 0);
	fixture_wait(heard.n == 2);
	usleep(250000);
	assert_int_equal(heard.n, 2);
	fixture_clear(&f);
}

static void test_locked_by_another(void **state)
{
	struct fixture f;
	struct store_options options = {.busy_ms = 100};
	char why[256];
	sqlite3 *db;
	atomic_int done = 0, failed = 0;

	fixture_init(&f);
	store_close(f.store);
	options.sqlite = f.path;
	options.vault = f.vault;
	assert_int_equal(store_open(&f.store, &options, why, sizeof(why)), 0);
	assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	store_submit(f.store, &note_new(&done, &failed)->job);
	assert_int_equal(failed, 1);
	assert_int_equal(store_health(f.store), STORE_BUSY);
	sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
	store_submit(f.store, &note_new(&done, &failed)->job);
	assert_int_equal(failed, 1);
	assert_int_equal(store_health(f.store), STORE_OK);
	fixture_clear(&f);
}

/* ---- opening ---- */

static void refuses(struct fixture *f, int err, const char *words)
{
	struct store_options options = {.sqlite = f->path, .vault = f->vault};
	struct store *store = NULL;
	char why[300] = "";

	assert_int_equal(store_open(&store, &options, why, sizeof(why)), err);
	assert_null(store);
	if (!strstr(why, words) || !strstr(why, f->path))
		fail_msg("says: %s", why);
}

static void test_not_a_store(void **state)
{
	struct fixture f;
	FILE *file;

	fixture_init(&f);
	store_close(f.store);
	f.store = NULL;
	file = fopen(f.path, "w");
	for (int i = 0; i < 500; i++)
		fputs("this is a letter, not a database\n", file);
	fclose(file);
	refuses(&f, STORE_CORRUPT, "not a store");
	fixture_clear(&f);
}

static void test_newer_schema(void **state)
{
	struct fixture f;
	sqlite3 *db;

	fixture_init(&f);
	store_close(f.store);
	f.store = NULL;
	assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version=99", NULL, NULL, NULL);
	sqlite3_close(db);
	refuses(&f, STORE_CORRUPT, "schema version 99");
	fixture_clear(&f);
}

static void test_tables_gone(void **state)
{
	struct fixture f;
	sqlite3 *db;

	fixture_init(&f);
	store_close(f.store);
	f.store = NULL;
	assert_int_equal(sqlite3_open(f.path, &db), SQLITE_OK);
	sqlite3_exec(db, "DROP TABLE meta", NULL, NULL, NULL);
	sqlite3_close(db);
	refuses(&f, STORE_CORRUPT, "not a store");
	fixture_clear(&f);
}

static void test_wrong_master_key(void **state)
{
	struct fixture f;
	unsigned char master[VAULT_KEY_BYTES] = {1, 2, 3};

	fixture_init(&f);
	store_close(f.store);
	f.store = NULL;
	vault_free(f.vault);
	f.vault = vault_new(master);
	refuses(&f, STORE_KEY, "master key");
	fixture_clear(&f);
}

static void test_no_folder(void **state)
{
	struct fixture f;

	fixture_init(&f);
	store_close(f.store);
	f.store = NULL;
	snprintf(f.path, sizeof(f.path), "%s/absent/handrail.db", f.dir);
	refuses(&f, STORE_IO, "No such file");
	struct store_options options = {
	    .sqlite = f.path, .vault = f.vault, .must_exist = true};
	char why[300];
	assert_int_equal(
	    store_open(&f.store, &options, why, sizeof(why)), STORE_NOT_FOUND);
	fixture_clear(&f);
}

static void test_file_is_private(void **state)
{
	struct fixture f;
	struct stat st;

	fixture_init(&f);
	assert_int_equal(stat(f.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fixture_clear(&f);
}

/* ---- a full disk ---- */

/* In a child with a limit on file sizes: writes fail, the caller is told and
 * finds the store unwell then (later it may have looked whether it can write),
 * what was committed before stays, and it goes on when there is room again. */
static int fill_disk(struct fixture *f)
{
	struct rlimit limit = {300000, RLIM_INFINITY};
	atomic_int done = 0, failed = 0, healthy = 0;
	int sent = 0;

	signal(SIGXFSZ, SIG_IGN);
	store_start(f->store);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (; sent < 20000 && !failed; sent++) {
		struct note *note = note_new(&done, &failed);

		note->job.durable = true;
		note->store = f->store;
		note->healthy = &healthy;
		store_submit(f->store, &note->job);
		while (done <= sent - 200)
			usleep(100);
	}
	fixture_wait(done == sent);
	if (!failed || healthy)
		return 1;
	limit.rlim_cur = RLIM_INFINITY;
	setrlimit(RLIMIT_FSIZE, &limit);
	int before = failed;
	store_submit(f->store, &note_new(&done, &failed)->job);
	fixture_wait(done == sent + 1);
	if (failed != before)
		return 2;
	fixture_wait(store_health(f->store) == STORE_OK);
	return rows(f->store) == (size_t)(done - failed) ? 0 : 3;
}

static void test_disk_full(void **state)
{
	struct fixture f;
	int status;

	fixture_init(&f);
	pid_t child = fork();
	if (child == 0)
		_exit(fill_disk(&f));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_inline),
	    cmocka_unit_test(test_group_keeps_order_and_undoes_one),
	    cmocka_unit_test(test_full_queue_waits),
	    cmocka_unit_test(test_close_finishes),
	    cmocka_unit_test(test_outside_change_is_noticed),
	    cmocka_unit_test(test_locked_by_another),
	    cmocka_unit_test(test_not_a_store),
	    cmocka_unit_test(test_newer_schema),
	    cmocka_unit_test(test_tables_gone),
	    cmocka_unit_test(test_wrong_master_key),
	    cmocka_unit_test(test_no_folder),
	    cmocka_unit_test(test_file_is_private),
	    cmocka_unit_test(test_disk_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
