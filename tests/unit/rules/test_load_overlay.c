/* load_overlay: a vendor's rule and what a policy makes of it. */
#include "rules/guard_author.h"
#include "rules/policy.h"
#include "rules/sha256.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char vendor[] =
    "format: 1\nkind: pack\npack: vendor/base\nversion: 12\n"
    "timezone: UTC\nrules:\n"
    "  - id: legal\n    title: No legal advice\n"
    "    find: {phrases: [you may sue], money: {above: 50}}\n"
    "    then: flag\n"
    "    examples:\n"
    "      matches:\n        - You may sue for $60.\n"
    "      passes:\n        - You may ask for $60.\n"
    "  - id: other\n    title: Other\n    find: {phrases: [bar]}\n"
    "    then: block\n    mode: shadow\n";

#define HEAD POLICY_HEAD "timezone: America/New_York\n"
#define CHANGE                                                                 \
	"changes:\n  - rule: vendor/base/legal\n    written_for: 12\n"         \
	"    reason: Agents quote it.\n    ticket: COMP-1\n"

static struct guard_policy *load(const char *policy)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", policy);
	source_add(&s, "packs/vendor/base.yaml", vendor);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%s %s:%u:%u %s (%s)", s.code, s.file, s.line, s.col,
		    s.message, s.hint);
	return p;
}

/* "flag" for what the policy makes of a text; time 0: unknown. */
static const char *judge(
    const struct guard_policy *p, const char *text, int64_t time_us)
{
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_session session = {.time_us = time_us};
	struct guard_message m = {GUARD_AI, text, strlen(text)};
	struct guard_verdict v;
	guard_check(scanner, p, &session, &m, &v);
	const char *action = guard_action_name(v.action);
	guard_scanner_free(scanner);
	return action;
}

static int64_t day(int year, unsigned month, unsigned day_of_month)
{
	return guard_policy_time(NULL, year, month, day_of_month, 12 * 60);
}

static void test_a_pack_is_pinned_to_its_bytes(void **state)
{
	char digest[SHA256_HEX_LEN + 1], policy[400];
	struct sha256 sha;
	sha256_init(&sha);
	sha256_add(&sha, vendor, sizeof(vendor) - 1);
	sha256_end(&sha, digest);
	for (int digits = 12; digits <= 64; digits += 52) {
		snprintf(policy, sizeof(policy),
		    HEAD "extends:\n  - pack: vendor/base\n    version: 12\n"
			 "    digest: sha256:%.*s\n",
		    digits, digest);
		struct guard_policy *p = load(policy);
		struct guard_rule_info info;
		guard_policy_rule(p, 0, &info);
		assert_string_equal(info.id, "vendor/base/legal");
		assert_string_equal(info.file, "packs/vendor/base.yaml");
		assert_int_equal(info.line, 7);
		assert_null(info.changed);
		guard_policy_unref(p);
	}
}

static void test_what_is_set_takes_the_place(void **state)
{
	struct guard_policy *p = load(
	    HEAD "packs: [vendor/base]\n" CHANGE
		 "    set:\n      then: handoff\n      severity: critical\n"
		 "      owner: us\n      find: {money: {above: 20}}\n");
	struct guard_rule_info info;
	guard_policy_rule(p, 0, &info);
	assert_int_equal(info.action, GUARD_HANDOFF);
	assert_int_equal(info.severity, GUARD_SEVERITY_CRITICAL);
	assert_string_equal(info.owner, "us");
	assert_string_equal(info.title, "No legal advice");
	assert_string_equal(info.changed, "policy.yaml:7");
	assert_int_equal(info.version, 12);
	assert_string_equal(judge(p, "You may sue for $30.", 0), "handoff");
	size_t n = 0;
	const struct guard_change *c = guard_policy_changes(p, 0, &n);
	assert_int_equal(n, 1);
	assert_string_equal(c->file, "policy.yaml");
	assert_int_equal(c->line, 7);
	assert_string_equal(c->reason, "Agents quote it.");
	assert_string_equal(c->ticket, "COMP-1");
	assert_null(c->until);
	guard_policy_changes(p, 1, &n);
	assert_int_equal(n, 0);
	guard_policy_unref(p);
}

static void test_what_is_added_stands_beside(void **state)
{
	struct guard_policy *p =
	    load(HEAD "packs: [vendor/base]\n" CHANGE "    add_to:\n"
		      "      find: {phrases: you should sue}\n"
		      "      references: Law 1\n"
		      "      examples:\n        matches:\n"
		      "          - You should sue for $60.\n");
	assert_string_equal(judge(p, "You may sue for $60.", 0), "flag");
	assert_string_equal(judge(p, "You should sue for $60.", 0), "flag");
	assert_string_equal(judge(p, "You should sue.", 0), "deliver");
	assert_int_equal(p->rules[0].n_examples, 3);
	guard_policy_unref(p);
}

static void test_an_exception_ends_with_its_day(void **state)
{
	struct guard_policy *p = load(HEAD
	    "packs: [vendor/base]\n" CHANGE "    until: 2027-01-31\n"
	    "    add_to:\n      unless:\n        - phrases: [the terms say]\n"
	    "        - {phrases: [our terms], until: 2026-12-31}\n"
	    "        - {phrases: [these terms], until: 2027-06-30}\n"
	    "      examples:\n        passes:\n"
	    "          - The terms say you may sue for $60.\n");
	const char *all = "The terms say you may sue for $60.";
	const char *sooner = "By our terms you may sue for $60.";
	const char *later = "By these terms you may sue for $60.";
	assert_string_equal(judge(p, all, day(2026, 12, 1)), "deliver");
	assert_string_equal(judge(p, all, day(2027, 1, 31)), "deliver");
	assert_string_equal(judge(p, all, day(2027, 2, 1)), "flag");
	assert_string_equal(judge(p, all, 0), "flag");
	assert_string_equal(judge(p, sooner, day(2026, 12, 1)), "deliver");
	assert_string_equal(judge(p, sooner, day(2027, 1, 2)), "flag");
	assert_string_equal(judge(p, later, day(2027, 2, 1)), "flag");
	/* The day is over at midnight where the policy is, not the vendor. */
	int64_t midnight = guard_policy_time(NULL, 2027, 2, 1, 0);
	assert_string_equal(judge(p, all, midnight), "deliver");
	midnight += INT64_C(5) * 3600 * 1000000;
	assert_string_equal(judge(p, all, midnight), "flag");
	guard_policy_unref(p);
}

static void test_a_lowered_mode_rises_again(void **state)
{
	static const char policy[] =
	    HEAD "packs: [vendor/base]\n" CHANGE
		 "    until: 2027-01-31\n    set: {mode: shadow}\n"
		 "environments: {staging: {mode: shadow}}\n";
	const char *text = "You may sue for $60.";
	struct guard_policy *p = load(policy);
	assert_string_equal(judge(p, text, day(2026, 12, 1)), "deliver");
	assert_string_equal(judge(p, text, day(2027, 2, 1)), "flag");
	assert_string_equal(judge(p, text, 0), "flag");
	guard_policy_unref(p);
	struct policy_source s = {.environment = "staging"};
	source_add(&s, "policy.yaml", policy);
	source_add(&s, "packs/vendor/base.yaml", vendor);
	p = source_load(&s);
	assert_non_null(p);
	assert_string_equal(judge(p, text, day(2027, 2, 1)), "deliver");
	guard_policy_unref(p);
}

static void test_a_raised_mode_stays(void **state)
{
	struct guard_policy *p = load(
	    HEAD "packs: [vendor/base]\n"
		 "changes:\n  - rule: vendor/base/other\n    written_for: 12\n"
		 "    reason: Proven.\n    until: 2027-01-31\n"
		 "    set:\n      mode: enforce\n      examples:\n"
		 "        matches:\n          - A bar.\n"
		 "        passes:\n          - A baz.\n");
	assert_string_equal(judge(p, "A bar.", day(2026, 12, 1)), "block");
	assert_string_equal(judge(p, "A bar.", day(2027, 2, 1)), "block");
	guard_policy_unref(p);
}

static void test_several_changes_add_up(void **state)
{
	struct guard_policy *p = load(
	    HEAD "packs: [vendor/base]\n" CHANGE "    set: {then: block}\n"
		 "  - {rule: vendor/base/legal, written_for: 12, reason: b,\n"
		 "     add_to: {find: {phrases: [go to court]}}}\n");
	assert_string_equal(judge(p, "You may sue for $60.", 0), "block");
	assert_string_equal(judge(p, "Go to court for $60.", 0), "block");
	struct guard_rule_info info;
	guard_policy_rule(p, 0, &info);
	assert_string_equal(info.changed, "policy.yaml:7, policy.yaml:12");
	guard_policy_unref(p);
}

static void test_totals_and_offers_can_be_changed(void **state)
{
	static const char pack[] =
	    "format: 1\nkind: pack\npack: vendor/base\nversion: 12\n"
	    "rules:\n  - id: weak\n    title: Weak\n    score: 2\n"
	    "    find: {phrases: [foo]}\n    then: log\n"
	    "    examples:\n      matches:\n        - A foo.\n"
	    "      passes:\n        - A bar.\n"
	    "totals:\n  - name: all weak\n    adds: [weak]\n"
	    "    at_least: 2\n    then: block\n"
	    "offers:\n  detect: {phrases: [you get], with: [money]}\n"
	    "  allowed:\n    - {name: gift, money: {up_to: 5}}\n"
	    "  otherwise: block\n"
	    "  examples:\n    matches:\n      - You get $9.\n"
	    "    passes:\n      - You get $4.\n";
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    HEAD
	    "packs: [vendor/base]\nchanges:\n"
	    "  - {rule: vendor/base/all weak, written_for: 12, reason: r,\n"
	    "     set: {then: flag}}\n"
	    "  - {rule: vendor/base/offers, written_for: 12, reason: r,\n"
	    "     set: {mode: shadow}}\n");
	source_add(&s, "packs/vendor/base.yaml", pack);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%s:%u:%u %s", s.file, s.line, s.col, s.message);
	assert_string_equal(judge(p, "A foo.", 0), "flag");
	assert_string_equal(judge(p, "You get $9.", 0), "deliver");
	struct guard_rule_info info;
	guard_policy_rule(p, 0, &info);
	assert_string_equal(info.id, "vendor/base/all weak");
	assert_string_equal(info.changed, "policy.yaml:7");
	guard_policy_unref(p);
	/* What is not a key there is not quietly left out. */
	s.own[0].bytes =
	    HEAD "packs: [vendor/base]\nchanges:\n"
		 "  - {rule: vendor/base/offers, written_for: 12, reason: r,\n"
		 "     set: {then: flag}}\n";
	s.own[0].len = strlen(s.own[0].bytes);
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P055");
	assert_int_equal(s.line, 8);
}

static void test_an_example_that_no_longer_holds_refuses(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    HEAD "packs: [vendor/base]\n" CHANGE
		 "    set: {find: {money: {above: 70}}}\n");
	source_add(&s, "packs/vendor/base.yaml", vendor);
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P070");
	assert_string_equal(s.file, "packs/vendor/base.yaml");
	assert_int_equal(s.line, 13);
}

static int load_once(void *arg)
{
	struct policy_source *s = arg;
	struct guard_policy *p = source_load(s);
	guard_policy_unref(p);
	return p ? 0 : -1;
}

static void test_every_allocation_may_fail(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    HEAD "packs: [vendor/base]\n" CHANGE
		 "    until: 2027-01-31\n    set: {mode: shadow}\n"
		 "    add_to:\n      find: {phrases: [go to court]}\n"
		 "      unless: [{phrases: [the terms]}]\n");
	source_add(&s, "packs/vendor/base.yaml", vendor);
	assert_true(failmalloc_each(load_once, &s) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_pack_is_pinned_to_its_bytes),
	    cmocka_unit_test(test_what_is_set_takes_the_place),
	    cmocka_unit_test(test_what_is_added_stands_beside),
	    cmocka_unit_test(test_an_exception_ends_with_its_day),
	    cmocka_unit_test(test_a_lowered_mode_rises_again),
	    cmocka_unit_test(test_a_raised_mode_stays),
	    cmocka_unit_test(test_several_changes_add_up),
	    cmocka_unit_test(test_totals_and_offers_can_be_changed),
	    cmocka_unit_test(test_an_example_that_no_longer_holds_refuses),
	    cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
