/* Edits of a text that is approved as it was written. */
#include "rules/guard.h"
#include "tests/support/policy_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct policy_kit kit;
static const char approved[] = "I'll add a voucher of 4111 1111 1111 1111.";

/* A greeting in front, terms behind, a promise that only one text may make. */
static struct guard_policy *policy_of(enum guard_action more, const char *text)
{
	policy_kit_init(&kit);
	policy_kit_rule(&kit, "gifts", GUARD_HANDOFF,
	    policy_kit_phrases(&kit, "a voucher", NULL));
	struct rule *hello =
	    policy_kit_rule(&kit, "hello", GUARD_PREPEND, DETECTOR_NONE);
	static struct any_of wording;
	wording =
	    policy_kit_any(&kit, policy_kit_phrases(&kit, "assistant", NULL));
	hello->must_say = (struct must){.all = &wording, .n = 1};
	hello->text = "I am an assistant. ";
	policy_kit_rule(
	    &kit, "more", more, policy_kit_phrases(&kit, "1111 1111", NULL))
	    ->text = text;
	struct rule *allow = policy_kit_rule(
	    &kit, "allow", GUARD_ALLOW, policy_kit_texts(&kit, approved, NULL));
	static const uint32_t named[] = {0};
	allow->allows = named;
	allow->n_allows = 1;
	return policy_kit_policy(&kit);
}

struct judged {
	enum guard_action action;
	enum guard_undecided undecided;
	size_t edit_rule;
	char *text;
};

static struct judged judged_of(const struct guard_verdict *v, const char *text)
{
	size_t len;
	return (struct judged){v->action, v->undecided, v->edit_rule,
	    guard_apply_edits(text, strlen(text), v->edits, v->n_edits, &len)};
}

static struct judged whole(struct guard_policy *p, const char *text)
{
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_message m = {GUARD_AI, text, strlen(text)};
	struct guard_verdict v;
	guard_check(scanner, p, NULL, &m, &v);
	struct judged j = judged_of(&v, text);
	guard_scanner_free(scanner);
	return j;
}

static struct judged in_pieces(struct guard_policy *p, const char *text)
{
	struct guard_stream *s = guard_stream_new(p, NULL, GUARD_AI);
	struct guard_progress progress;
	struct guard_verdict v;
	for (const char *at = text; *at; at++)
		guard_stream_feed(s, at, 1, &progress);
	guard_stream_end(s, &v);
	struct judged j = judged_of(&v, text);
	guard_stream_free(s);
	return j;
}

static void expect(struct guard_policy *p, const char *text,
    enum guard_action action, const char *becomes)
{
	struct judged (*const ways[])(struct guard_policy *, const char *) = {
	    whole, in_pieces};
	for (size_t i = 0; i < 2; i++) {
		struct judged j = ways[i](p, text);
		assert_int_equal(j.action, action);
		if (action == GUARD_HANDOFF) {
			assert_int_equal(j.undecided, GUARD_UNDECIDED_EDIT);
			assert_int_equal(j.edit_rule, 0);
		} else {
			assert_int_equal(j.undecided, GUARD_DECIDED);
			assert_true(j.edit_rule == SIZE_MAX);
			assert_string_equal(j.text, becomes);
		}
		free(j.text);
	}
}

static void test_additions_leave_it_approved(void **state)
{
	struct guard_policy *p = policy_of(GUARD_APPEND, " Terms apply.");
	char want[200];
	snprintf(
	    want, sizeof(want), "I am an assistant. %s Terms apply.", approved);
	expect(p, approved, GUARD_APPEND, want);
	policy_kit_clear(&kit);
}

/* With a change in it, it is not the text that was approved. */
static void test_a_change_does_not(void **state)
{
	struct guard_policy *p = policy_of(GUARD_REDACT, "#");
	expect(p, approved, GUARD_HANDOFF, NULL);
	policy_kit_clear(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_additions_leave_it_approved),
	    cmocka_unit_test(test_a_change_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
