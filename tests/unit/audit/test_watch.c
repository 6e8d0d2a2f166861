/* watch: closed segments that are taken away are missed once. */
#include "tests/unit/audit/kit.h"

#include "proxy/audit/watch.h"

static int64_t now_us = INT64_C(1793714539907551);

static int64_t clock_us(void)
{
	return now_us;
}

static void begin_hour(struct audit *a)
{
	now_us += INT64_C(3600) * 1000000;
	assert_int_equal(
	    kit_put(a, RECORD_DECISION, NULL, AUDIT_DURABLE), AUDIT_OK);
}

static void take_away(struct audit *a, const char *dir, const char *name)
{
	char *path = mem_printf("%s/px-1/%s", dir, name);
	assert_int_equal(unlink(path), 0);
	free(path);
}

static void test_missed(void **state)
{
	struct audit_options o = {
	    .directory = *state, .maker = &kit_maker, .now_us = clock_us};
	struct audit *a = kit_open_with(&o);
	struct audit_watch w = {NULL, 0};
	char names[4][SEGMENT_NAME_SIZE], first[SEGMENT_NAME_SIZE];
	for (int i = 0; i < 4; i++) {
		struct audit_state now;
		begin_hour(a);
		audit_state(a, &now);
		memcpy(names[i], now.place.segment, sizeof(names[i]));
		assert_int_equal(audit_watch_look(&w, a, first), 0);
	}
	assert_int_equal(audit_watch_look(&w, a, first), 0);
	assert_string_equal(first, "");
	take_away(a, *state, names[2]);
	take_away(a, *state, names[0]);
	assert_int_equal(audit_watch_look(&w, a, first), 2);
	assert_string_equal(first, names[0]);
	assert_int_equal(audit_watch_look(&w, a, first), 0);
	/* The one that is being written is not closed. */
	take_away(a, *state, names[3]);
	assert_int_equal(audit_watch_look(&w, a, first), 0);
	audit_watch_clear(&w);
	audit_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_missed, kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
