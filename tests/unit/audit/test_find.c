/* find: what is in the log is found there, whatever its number, in any segment
 * since that time. */
#include "tests/unit/audit/kit.h"

#include "proxy/audit/find.h"

#define TIME_US 1793714539907551 /* of kit_line */

static int64_t late(void)
{
	return TIME_US + INT64_C(2) * 3600 * 1000000;
}

static int64_t soon(void)
{
	return TIME_US + 1000;
}

static void put(struct audit *a, const char *reason)
{
	struct buf line = {0};
	kit_line(&line, RECORD_OPERATOR_ACTION, NULL, reason);
	assert_int_equal(
	    audit_submit_wait(a, line.data, line.len, AUDIT_DURABLE), AUDIT_OK);
	buf_clear(&line);
}

static void test_found(void **state)
{
	static const char *const reasons[] = {"one", "never", "two", "tw"};
	static const bool there[] = {true, false, true, false};
	struct buf lines[4] = {{0}};
	bool found[4];
	struct audit_options o = {
	    .directory = *state, .maker = &kit_maker, .now_us = soon};
	struct audit *a = kit_open_with(&o);
	put(a, "one");
	put(a, "another");
	audit_close(a);
	o.now_us = late;
	a = kit_open_with(&o);
	put(a, "two");
	for (int i = 0; i < 4; i++)
		kit_line(&lines[i], RECORD_OPERATOR_ACTION, NULL, reasons[i]);
	assert_int_equal(audit_find(a, lines, 4, TIME_US, found), 0);
	assert_memory_equal(found, there, sizeof(found));
	/* Not looked for where it cannot be. */
	assert_int_equal(
	    audit_find(a, lines, 4, late() + 7200000000, found), 0);
	for (int i = 0; i < 4; i++) {
		assert_false(found[i]);
		buf_clear(&lines[i]);
	}
	audit_close(a);
}

static void test_empty(void **state)
{
	struct audit *a = kit_open(*state);
	struct buf line = {0};
	bool found = true;
	kit_line(&line, RECORD_OPERATOR_ACTION, NULL, "one");
	assert_int_equal(audit_find(a, &line, 1, 0, &found), 0);
	assert_false(found);
	assert_int_equal(audit_find(a, &line, 0, 0, &found), 0);
	buf_clear(&line);
	audit_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_found, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(
		test_empty, kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
