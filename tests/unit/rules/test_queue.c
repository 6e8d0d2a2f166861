/* queue: hours of people, and who takes over outside them. */
#include "rules/queue.h"

#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int64_t at(unsigned month, unsigned day, unsigned hour, unsigned minute)
{
	return guard_policy_time(NULL, 2026, month, day, hour * 60 + minute);
}

static void test_days_and_clocks(void **state)
{
	static const struct queue_hours hours[] = {
	    {0x3e, 480, 1200},  /* Mon-Fri 08:00-20:00 */
	    {0x40, 1320, 120}}; /* Sat 22:00-02:00 */
	const struct queue q = {
	    .hours = hours, .n_hours = 2, .zone = zone_utc()};
	/* 2026-11-02 is a Monday. */
	assert_true(queue_is_open(&q, at(11, 2, 8, 0)));
	assert_false(queue_is_open(&q, at(11, 2, 7, 59)));
	assert_true(queue_is_open(&q, at(11, 6, 19, 59)));
	assert_false(queue_is_open(&q, at(11, 6, 20, 0)));
	assert_false(queue_is_open(&q, at(11, 7, 12, 0)));
	assert_true(queue_is_open(&q, at(11, 7, 22, 0)));
	assert_true(queue_is_open(&q, at(11, 8, 1, 59)));
	assert_false(queue_is_open(&q, at(11, 8, 2, 0)));
	assert_false(queue_is_open(&q, at(11, 7, 1, 0)));
	assert_true(queue_is_open(&q, 0));   /* not known */
	assert_false(queue_is_open(&q, -1)); /* 1969-12-31, a Wednesday */
	const struct queue always = {.zone = zone_utc()};
	assert_true(queue_is_open(&always, at(11, 8, 12, 0)));
}

#define QUEUES                                                                 \
	"timezone: America/New_York\nqueues:\n"                                \
	"  day: {hours: [\"Mon-Wed,Fri 08:00-12:00\", \"13:00-20:00\"],\n"     \
	"        otherwise: late, priority: high}\n"                           \
	"  late: {hours: \"Sat-Mon 20:00-24:00\", otherwise: night}\n"         \
	"  night: {}\n"
#define TO_DAY                                                                 \
	"rules:\n  - id: a\n    title: A\n    find: {phrases: [foo]}\n"        \
	"    then: {handoff: {queue: day}}\n" EXAMPLES

static void check(const struct guard_policy *p, int64_t time_us,
    const char *queue, const char *priority)
{
	struct guard_scanner *scanner = guard_scanner_new();
	const struct guard_session session = {.time_us = time_us};
	const struct guard_message m = {GUARD_AI, "Say foo.", 8};
	struct guard_verdict v;
	guard_check(scanner, p, &session, &m, &v);
	assert_string_equal(v.queue, queue);
	assert_string_equal(v.priority, priority);
	assert_string_equal(guard_open_queue(p, "day", time_us), queue);
	guard_scanner_free(scanner);
}

static void test_another_queue_takes_over(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY QUEUES);
	source_add(&s, "packs/p.yaml", PACK_HEAD TO_DAY);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%u:%u %s", s.line, s.col, s.message);
	/* New York is at UTC-5 in November. */
	check(p, at(11, 2, 13, 0), "day", "high");
	check(p, at(11, 2, 17, 30), "night", "high"); /* 12:30 */
	check(p, at(11, 5, 13, 0), "night", "high");  /* Thursday, 08:00 */
	check(p, at(11, 5, 18, 0), "day", "high");
	check(p, at(11, 3, 1, 0), "late", "high"); /* Monday, 20:00 */
	check(p, at(11, 4, 1, 0), "night", "high");
	check(p, 0, "day", "high");
	assert_string_equal(guard_open_queue(p, "what", 1), "what");
	assert_null(guard_open_queue(p, NULL, 1));
	guard_policy_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_days_and_clocks),
	    cmocka_unit_test(test_another_queue_takes_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
