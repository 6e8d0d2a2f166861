/* zone: TZif, POSIX footers, civil time there and back. */
#include "rules/zone.h"

#include "tests/support/failmalloc.h"
#include "tests/support/guard_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HEAD "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
/* No transition, one type: EST. */
static const char new_york[] =
    HEAD "\0\0\0\0\0\0\0\1\0\0\0\4\xff\xff\xb9\xb0\0\0EST\0" HEAD
	 "\0\0\0\0\0\0\0\1\0\0\0\4\xff\xff\xb9\xb0\0\0EST\0"
	 "\nEST5EDT,M3.2.0,M11.1.0\n";
/* One transition at 1000000 from UTC+1 to UTC+2, then nothing said. */
static const char one[] = HEAD "\0\0\0\0\0\0\0\1\0\0\0\4\0\0\0\0\0\0UTC\0" HEAD
			       "\0\0\0\1\0\0\0\2\0\0\0\4"
			       "\0\0\0\0\0\x0f\x42\x40\1"
			       "\0\0\x0e\x10\0\0\0\0\x1c\x20\1\0XXX\0"
			       "\n\n";

static const struct zone_rules *read_zone(
    struct arena *a, const char *bytes, size_t len)
{
	const struct zone_rules *z;
	enum zone_err err = zone_read(&z, a, (const unsigned char *)bytes, len);
	assert_int_equal(err, ZONE_OK);
	return z;
}

static void test_footer_of_new_york(void **state)
{
	struct arena a;
	arena_init(&a);
	const struct zone_rules *z =
	    read_zone(&a, new_york, sizeof(new_york) - 1);
	/* 2026: forward on 8 March 07:00Z, back on 1 November 06:00Z. */
	assert_int_equal(zone_offset(z, 1772953199), -18000);
	assert_int_equal(zone_offset(z, 1772953200), -14400);
	assert_int_equal(zone_offset(z, 1793512799), -14400);
	assert_int_equal(zone_offset(z, 1793512800), -18000);
	struct zone_civil c = zone_local(z, INT64_C(1772953200) * 1000000);
	assert_int_equal(c.minute, 3 * 60);
	assert_int_equal(c.day, 8);
	assert_int_equal(c.month, 3);
	assert_int_equal(c.year, 2026);
	arena_clear(&a);
}

static void test_local_to_unix(void **state)
{
	struct arena a;
	arena_init(&a);
	const struct zone_rules *z =
	    read_zone(&a, new_york, sizeof(new_york) - 1);
	struct zone_civil c = {2026, 11, 3, 21 * 60 + 15};
	assert_int_equal(zone_unix_us(z, &c), INT64_C(1793758500) * 1000000);
	/* 01:30 happens twice on 1 November: the earlier one. */
	c = (struct zone_civil){2026, 11, 1, 90};
	assert_int_equal(zone_unix_us(z, &c), INT64_C(1793511000) * 1000000);
	/* 02:30 never happens on 8 March. */
	c = (struct zone_civil){2026, 3, 8, 150};
	assert_int_equal(zone_unix_us(z, &c), INT64_C(1772955000) * 1000000);
	arena_clear(&a);
}

static void test_transitions_and_none_after(void **state)
{
	struct arena a;
	arena_init(&a);
	const struct zone_rules *z = read_zone(&a, one, sizeof(one) - 1);
	assert_int_equal(zone_offset(z, 999999), 3600);
	assert_int_equal(zone_offset(z, 1000000), 7200);
	assert_int_equal(zone_offset(z, INT64_C(99999999999)), 7200);
	arena_clear(&a);
}

static void test_civil_round_trip(void **state)
{
	for (int64_t day = -200000; day < 200000; day += 37) {
		int64_t us = (day * 86400 + 3660) * INT64_C(1000000);
		struct zone_civil c = zone_local(zone_utc(), us);
		assert_true(zone_is_day(c.year, c.month, c.day));
		assert_int_equal(c.minute, 61);
		assert_int_equal(zone_unix_us(zone_utc(), &c),
		    (day * 86400 + 3660) * INT64_C(1000000));
	}
}

static void test_days(void **state)
{
	assert_true(zone_is_day(2024, 2, 29));
	assert_false(zone_is_day(2026, 2, 29));
	assert_false(zone_is_day(2100, 2, 29));
	assert_false(zone_is_day(2026, 13, 1));
	assert_false(zone_is_day(2026, 0, 1));
	assert_false(zone_is_day(2026, 4, 31));
	assert_false(zone_is_day(0, 1, 1));
}

struct footer_case {
	const char *footer;
	int64_t at;
	int32_t offset; /* INT32_MAX: refused */
};

static const struct footer_case footers[] = {
    {"<+0530>-5:30", 1793512800, 19800},
    {"UTC0", 0, 0},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1785542400, 7200},
    {"CET-1CEST,M3.5.0,M10.5.0/3", 1798761600, 3600},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1798761600, 39600},
    {"AEST-10AEDT,M10.1.0,M4.1.0/3", 1785542400, 36000},
    {"IST-1GMT0,M10.5.0,M3.5.0/1", 1798761600, 0},
    {"EST5EDT,J60,J300", 1785542400, -14400},
    {"EST5EDT,59/-1:30,300/25", 1798761600, -18000},
    {"EST", 0, INT32_MAX},
    {"5", 0, INT32_MAX},
    {"EST5EDT", 0, INT32_MAX},
    {"EST5EDT,M13.1.0,M11.1.0", 0, INT32_MAX},
    {"EST5EDT,M3.2.0,M11.1.0x", 0, INT32_MAX},
    {"<+05", 0, INT32_MAX},
};

static void test_footers(void **state)
{
	for (size_t i = 0; i < sizeof(footers) / sizeof(*footers); i++) {
		char bytes[300];
		size_t head =
		    sizeof(new_york) - 1 - strlen("EST5EDT,M3.2.0,M11.1.0\n");
		memcpy(bytes, new_york, head);
		int n = snprintf(bytes + head, sizeof(bytes) - head, "%s\n",
		    footers[i].footer);
		struct arena a;
		arena_init(&a);
		const struct zone_rules *z;
		enum zone_err err = zone_read(
		    &z, &a, (const unsigned char *)bytes, head + (size_t)n);
		bool good = footers[i].offset != INT32_MAX;
		if ((err == ZONE_OK) != good)
			fail_msg("%s: %d", footers[i].footer, err);
		if (good && zone_offset(z, footers[i].at) != footers[i].offset)
			fail_msg("%s: %d", footers[i].footer,
			    zone_offset(z, footers[i].at));
		arena_clear(&a);
	}
}

static void test_every_prefix_is_refused(void **state)
{
	for (size_t len = 0; len < sizeof(new_york) - 1; len++) {
		struct guard_page page;
		guard_page_init(&page, new_york, len);
		struct arena a;
		arena_init(&a);
		const struct zone_rules *z;
		enum zone_err err =
		    zone_read(&z, &a, (const unsigned char *)page.data, len);
		if (err != ZONE_ERR_FORMAT || z)
			fail_msg("prefix of %zu bytes: %d", len, err);
		arena_clear(&a);
		guard_page_clear(&page);
	}
}

static int read_once(void *arg)
{
	struct arena a;
	arena_init(&a);
	const struct zone_rules *z;
	enum zone_err err =
	    zone_read(&z, &a, (const unsigned char *)one, sizeof(one) - 1);
	arena_clear(&a);
	return err;
}

static void test_memory(void **state)
{
	assert_true(failmalloc_each(read_once, NULL) >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_footer_of_new_york),
	    cmocka_unit_test(test_local_to_unix),
	    cmocka_unit_test(test_transitions_and_none_after),
	    cmocka_unit_test(test_civil_round_trip),
	    cmocka_unit_test(test_days),
	    cmocka_unit_test(test_footers),
	    cmocka_unit_test(test_every_prefix_is_refused),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
