/* owner: the lock file, and what it tells the next process. */
#include "proxy/audit/owner.h"

#include "kit.h"

#include <sys/stat.h>

static void take(struct owner *o, const char *root, struct owner_last *last)
{
	char why[256] = "";
	owner_init(o);
	if (owner_take(o, root, last, why, sizeof(why)) != 0)
		fail_msg("%s", why);
}

static off_t size_of(const char *root)
{
	struct stat st;
	char *path = file_join(root, "lock");
	assert_int_equal(stat(path, &st), 0);
	free(path);
	return st.st_size;
}

static void test_what_is_lost(void **state)
{
	struct owner o;
	struct owner_last last;
	take(&o, *state, &last);
	assert_false(last.power_lost);
	assert_int_equal(last.lost, 0);
	off_t size = size_of(*state);
	owner_note(&o, 18446744073709551615u, 1793714539907551);
	assert_int_equal(size_of(*state), size);
	owner_drop(&o);
	for (int i = 0; i < 2; i++) { /* until it has been recorded */
		take(&o, *state, &last);
		assert_false(last.power_lost);
		assert_true(last.lost == 18446744073709551615u);
		assert_int_equal(last.lost_from_us, 1793714539907551);
		owner_drop(&o);
	}
	take(&o, *state, &last);
	owner_note(&o, 0, 0);
	owner_drop(&o);
	take(&o, *state, &last);
	assert_int_equal(last.lost, 0);
	owner_drop(&o);
}

/* As programs before this one left it, and as nobody leaves it. */
static void test_other_files(void **state)
{
	static const struct {
		const char *text;
		bool power_lost;
	} files[] = {{"12 another-boot", true}, {"", false}, {"12", false},
	    {"no lock at all", true}, {"12 another-boot 3 4", true}};
	char *path = file_join(*state, "lock");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct owner o;
		struct owner_last last;
		assert_int_equal(file_write_atomic(path, files[i].text,
				     strlen(files[i].text), 0640),
		    0);
		take(&o, *state, &last);
		assert_int_equal(last.power_lost, files[i].power_lost);
		assert_int_equal(last.lost, i == 4 ? 3 : 0);
		owner_drop(&o);
	}
	free(path);
}

static void test_one_at_a_time_and_in_place(void **state)
{
	struct owner o, other;
	char why[256] = "", *path = file_join(*state, "lock");
	take(&o, *state, NULL);
	owner_init(&other);
	assert_int_equal(
	    owner_take(&other, *state, NULL, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "writes the audit log"));
	assert_true(owner_is_in_place(&o));
	assert_int_equal(unlink(path), 0);
	assert_false(owner_is_in_place(&o));
	assert_int_equal(owner_take(&o, *state, NULL, why, sizeof(why)), 0);
	assert_true(owner_is_in_place(&o));
	owner_drop(&o);
	owner_drop(&other);
	free(path);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_what_is_lost),
	    TEST(test_other_files),
	    TEST(test_one_at_a_time_and_in_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
