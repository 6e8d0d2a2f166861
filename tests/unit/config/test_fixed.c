/* fixed: what a reload may not change, each kind of value, and what it may. */
#include "proxy/config/fixed.h"

#include "kit.h"

static void note(void *arg, const char *key, const char *now)
{
	buf_printf(arg, "%s was %s\n", key, now);
}

/* What is said of a change from the first to the second. */
static void check(const char *first, const char *second, const char *expected)
{
	struct buf faults = {0}, said = {0};
	char *texts[] = {mem_printf("%s%s", KIT_LISTEN KIT_ROUTES, first),
	    mem_printf("%s%s", KIT_LISTEN KIT_ROUTES, second)};
	struct config *a = kit_parse(texts[0], &faults);
	struct config *b = kit_parse(texts[1], &faults);
	if (!a || !b)
		fail_msg("%s", faults.data);
	buf_adds(&said, "");
	assert_int_equal(fixed_same(a, b, note, &said), expected[0] == '\0');
	assert_string_equal(said.data, expected);
	config_unref(a);
	config_unref(b);
	free(texts[0]);
	free(texts[1]);
	buf_clear(&said);
	buf_clear(&faults);
}

static void test_what_is_fixed(void **state)
{
	check("", "", "");
	check("node: px-2\n", "", "node was px-2\n");
	check("", "audit: {durability: every}\n",
	    "audit.durability was enforced\n");
	check("workers: 3\n", "workers: 4\n", "workers was 3\n");
	check("store: {sqlite: /a.db}\n", "store: {sqlite: /b.db}\n",
	    "store.sqlite was /a.db\n");
	check("limits: {max_turns: 7, lease_wait_ms: 1s}\n",
	    "limits: {max_turns: 8, lease_wait_ms: 2s}\n",
	    "limits.max_turns was 7\nlimits.lease_wait_ms was 1000\n");
}

/* The same value, written otherwise or not at all, is no change. */
static void test_what_is_not(void **state)
{
	check("", "limits: {max_turn_bytes: 262144}\n", "");
	check(
	    "limits: {max_conversations: 100, max_held_bytes: 1MiB}\n", "", "");
	check("log: {level: debug}\n", "log: {level: error}\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_fixed),
	    cmocka_unit_test(test_what_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
