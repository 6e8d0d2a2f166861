/*
 * Names to addresses without holding up the loop.
 */
#include "bench.h"
#include "proxy/net/resolve.h"

#include <string.h>
#include <unistd.h>

struct found {
	struct loop *loop;
	unsigned times;
	size_t n;
	bool loopback;
	char text[128];
	uint16_t port;
};

static void on_found(void *arg, const struct resolve_result *result)
{
	struct found *found = arg;
	found->times++;
	found->n = result->n;
	if (result->n) {
		found->loopback = address_is_loopback(&result->at[0]);
		found->port = address_port(&result->at[0]);
	} else {
		snprintf(found->text, sizeof(found->text), "%s", result->text);
	}
	loop_stop(found->loop);
}

static void names_and_numbers(void **state)
{
	static const char *const hosts[] = {"localhost", "127.0.0.1", "::1"};
	for (size_t i = 0; i < 3; i++) {
		struct found found = {.loop = loop_new()};
		resolve_start(found.loop, hosts[i], 8443, on_found, &found);
		assert_int_equal(found.times, 0);
		loop_run(found.loop);
		assert_int_equal(found.times, 1);
		if (!found.n || !found.loopback || found.port != 8443)
			fail_msg("%s: %s", hosts[i], found.text);
		loop_free(found.loop);
	}
}

static void what_is_not_found_has_a_reason(void **state)
{
	static const char *const hosts[] = {"no-such-host.invalid", "", "a b"};
	for (size_t i = 0; i < 3; i++) {
		struct found found = {.loop = loop_new()};
		resolve_start(found.loop, hosts[i], 1, on_found, &found);
		loop_run(found.loop);
		assert_int_equal(found.n, 0);
		assert_true(strlen(found.text) > 0);
		loop_free(found.loop);
	}
}

/* Cancelled before, while and after the thread works; the loop may go. */
static void cancelling_at_any_time(void **state)
{
	for (unsigned i = 0; i < 60; i++) {
		struct found found = {.loop = loop_new()};
		struct resolve *r = resolve_start(found.loop,
		    i % 3 ? "localhost" : "127.0.0.1", 1, on_found, &found);
		usleep(i * 20);
		resolve_cancel(r);
		loop_free(found.loop);
		assert_int_equal(found.times, 0);
	}
	resolve_cancel(NULL);
	usleep(50000); /* the threads that were let go */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_and_numbers),
	    cmocka_unit_test(what_is_not_found_has_a_reason),
	    cmocka_unit_test(cancelling_at_any_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
