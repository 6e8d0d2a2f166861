/* claim: one holder, seen by others, gone with its process. */
#include "tests/unit/store/fixture.h"

#include "proxy/store/claim.h"

#include <signal.h>
#include <sys/wait.h>

static void test_one_at_a_time(void **state)
{
	struct fixture f;
	struct claim mine = {0}, other = {0};
	char why[256] = "", pid[32];

	fixture_init(&f);
	assert_false(claim_is_taken(f.path));
	assert_true(claim_take(&mine, f.path, why, sizeof(why)));
	assert_true(claim_is_taken(f.path));
	assert_false(claim_take(&other, f.path, why, sizeof(why)));
	snprintf(pid, sizeof(pid), "process %ld ", (long)getpid());
	assert_non_null(strstr(why, pid));
	assert_non_null(strstr(why, f.path));
	claim_drop(&other); /* was none */
	assert_true(claim_is_taken(f.path));
	claim_drop(&mine);
	assert_false(claim_is_taken(f.path));
	assert_true(claim_take(&other, f.path, why, sizeof(why)));
	claim_drop(&other);
	fixture_clear(&f);
}

static void test_ends_with_its_process(void **state)
{
	struct fixture f;
	struct claim mine = {0};
	char why[256] = "";
	int ready[2];

	fixture_init(&f);
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		bool got = claim_take(&mine, f.path, why, sizeof(why));
		if (write(ready[1], got ? "y" : "n", 1) == 1)
			pause();
		_exit(1);
	}
	char got = 0;
	assert_int_equal(read(ready[0], &got, 1), 1);
	assert_int_equal(got, 'y');
	assert_true(claim_is_taken(f.path));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(claim_is_taken(f.path));
	close(ready[0]);
	close(ready[1]);
	fixture_clear(&f);
}

static void test_cannot_be_opened(void **state)
{
	struct claim mine = {0};
	char why[256] = "";

	assert_false(
	    claim_take(&mine, "/nowhere/handrail.db", why, sizeof(why)));
	assert_non_null(strstr(why, "/nowhere/handrail.db-lock"));
	assert_false(mine.held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_at_a_time),
	    cmocka_unit_test(test_ends_with_its_process),
	    cmocka_unit_test(test_cannot_be_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
