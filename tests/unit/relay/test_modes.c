/* modes: what a reload turns on or off is said, what stays is not. */
#include "proxy/relay/modes.h"

#include "proxy/base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char policy_yaml[] =
    "format: 1\nkind: policy\nname: t\nowner: t\n"
    "packs: [p]\nhandoff_defaults:\n  say: A colleague takes over.\n";

static void print_diag(const struct diag *d, void *arg)
{
	(void)arg;
	print_error("%s %s\n", d->code, d->message);
}

/* Rules "r00", "r01", ... with this line each; "-": there is none. */
static struct guard_policy *load(const char *const *lines, size_t n)
{
	struct buf pack = {0};
	buf_adds(&pack,
	    "format: 1\nkind: pack\npack: p\ntitle: t\nversion: 1\n"
	    "owner: t\nlanguages: [en]\nrules:\n");
	for (size_t i = 0; i < n; i++)
		if (strcmp(lines[i], "-") != 0)
			buf_printf(&pack,
			    "  - id: r%02zu\n    title: t\n    severity: high\n"
			    "    find: {phrases: [word%zu]}\n    then: flag\n"
			    "    %s\n"
			    "    examples:\n      matches:\n"
			    "        - word%zu\n      passes:\n"
			    "        - Hi\n",
			    i, i, lines[i], i);
	const struct guard_file files[] = {
	    {"policy.yaml", policy_yaml, sizeof(policy_yaml) - 1},
	    {"packs/p.yaml", pack.data, pack.len},
	};
	struct guard_source source = {.own = files, .n_own = 2};
	struct guard_policy *policy = NULL;
	if (guard_policy_load(&policy, &source, NULL, print_diag, NULL))
		fail_msg("refused: %s", pack.data);
	buf_clear(&pack);
	return policy;
}

static void differ(const char *const *was, const char *const *now, size_t n,
    const char *environment, const char *expected)
{
	struct guard_policy *old = load(was, n), *new = load(now, n);
	struct buf words = {0};
	bool told = modes_differ(&(struct modes_side){"live", old},
	    &(struct modes_side){environment, new}, &words);
	buf_adds(&words, "");
	assert_string_equal(words.len ? words.data : "", expected);
	assert_int_equal(told, expected[0] != '\0');
	buf_clear(&words);
	guard_policy_unref(old);
	guard_policy_unref(new);
}

static void test_differ(void **state)
{
	static const char *const was[] = {"mode: enforce", "mode: enforce",
	    "mode: shadow", "mode: enforce", "mode: enforce", "-"};
	static const char *const now[] = {"mode: shadow", "mode: enforce",
	    "mode: enforce", "mode: shadow", "-", "mode: enforce"};
	differ(was, was, 6, "live", "");
	differ(was, was, 6, NULL, "environment live -> none");
	differ(was, now, 6, "test",
	    "environment live -> test; enforce -> shadow: p/r00, p/r03; "
	    "shadow -> enforce: p/r02; enforce -> removed: p/r04");
}

static void test_many(void **state)
{
	const char *was[23], *now[23];
	for (size_t i = 0; i < 23; i++) {
		was[i] = "mode: enforce";
		now[i] = i ? "mode: off" : "mode: enforce";
	}
	struct guard_policy *policy = load(now, 23);
	struct record_modes n = modes_count(policy);
	assert_true(n.known);
	assert_int_equal(n.enforce, 1);
	assert_int_equal(n.off, 22);
	assert_int_equal(n.shadow, 0);
	guard_policy_unref(policy);
	differ(was, now, 23, "live",
	    "enforce -> off: p/r01, p/r02, p/r03, p/r04, p/r05, p/r06, "
	    "p/r07, p/r08, p/r09, p/r10, p/r11, p/r12, p/r13, p/r14, p/r15, "
	    "p/r16, p/r17, p/r18, p/r19, p/r20 and 2 more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_differ),
	    cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
