/* descriptors: what the process needs itself is never given to connections. */
#include "proxy/relay/descriptors.h"

#include "proxy/base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

static struct config with(uint64_t workers, uint64_t max)
{
	return (struct config){.workers = workers,
	    .n_listen = 1,
	    .n_routes = 1,
	    .limits = {.max_connections = max, .max_upstream_idle = 64}};
}

static void test_room(void **state)
{
	struct config c = with(2, 20000);

	assert_int_equal(descriptors_connections(&c, 1 << 20), 20000);
	for (uint64_t limit = 0; limit < 100000; limit += 7) {
		uint64_t fit = descriptors_connections(&c, limit);
		uint64_t idle = fit < 64 ? fit : 64;
		/* Each with its bot, or as many idle in both pools. */
		uint64_t most = fit + (fit > 2 * idle ? fit : 2 * idle);

		assert_true(fit == 0 || most + 60 <= limit);
	}
	assert_true(descriptors_connections(&c, 1024) >= 350);
	assert_int_equal(descriptors_connections(&c, 50), 0);
	assert_int_equal(descriptors_connections(&c, UINT64_MAX), 20000);
}

static void test_words(void **state)
{
	struct config c = with(2, 300);
	struct buf why = {0};

	assert_false(descriptors_complain(&c, 1024, &why));
	assert_int_equal(why.len, 0);
	assert_true(descriptors_complain(&c, 512, &why));
	assert_non_null(strstr(why.data, "max_connections is 300"));
	assert_non_null(strstr(why.data, "open files is 512"));
	buf_clear(&why);
}

static void test_raise(void **state)
{
	struct rlimit before, low;
	struct descriptors d;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = (struct rlimit){256, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	descriptors_raise(&d);
	assert_int_equal(d.was, 256);
	assert_int_equal(d.limit, before.rlim_max);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_room),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_raise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
