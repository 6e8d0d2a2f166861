/* clause_end: what a negation takes back, and what it does not; whole and in
 * every cutting. */
#include "tests/support/every_cut.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char pack[] = PACK_HEAD
    "rules:\n  - id: a\n    title: A\n    find: {money: {above: 50}}\n"
    "    ignore_negated: yes\n    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - It is $60.\n"
    "      passes:\n        - It is $40.\n";

static const char *const promises[] = {
    "Unfortunately it broke and I will refund $120 to your card.",
    "Unfortunately for us I must refund $120.",
    "Never mind the policy, I'll refund $120 now.",
    "I can't see why not: I'll refund $120 to your card.",
    "I can't see why not give $120.",
    "You can't lose: I'll refund $120",
    "You can't lose with $120 back",
    "I couldn't be happier to refund $120",
    "I can not only refund $120 but add a voucher.",
    "I can't wait to refund $120.",
    "I can't help but refund $120.",
    "I won't hesitate to refund $120.",
    "Without any further delay $120 is yours.",
    "Rather than argue I'll pay $120.",
    "Instead of a new one we refund $120.",
    "We can't mend it \u2013 we refund $120.",
    "We can't mend it (you get $120).",
    "We can't mend it, they pay $120.",
    "We can't mend it; $120 is yours.",
    "I'm afraid I owe you $120.",
    "It cannot be mended, here is $120.",
    "There is no way I won't refund you $120.",
    "There's no reason why we wouldn't refund $120.",
    "I can't not refund $120.",
    "I would never refuse to refund $120.",
    "I wouldn't think twice about refunding $120.",
    "There is no reason not to refund $120.",
    "We won't let you go without $120.",
    "I wouldn't say no to $120 for you.",
    "No problem at all, $120 is yours.",
    "No problem refunding $120.",
    "No doubt about $120.",
    "No: here are $120.",
    "No, $120 is yours.",
    "No need to wait for $120.",
    "No I refund $120.",
};

static const char *const refusals[] = {
    "We can't refund $120.",
    "We cannot, by our rules, refund $120.",
    "We can't give vouchers, credits or $120.",
    "We can't offer: vouchers, credits, $120.",
    "I can't see a refund of $120.",
    "I can't help with the $120.",
    "Unfortunately the $120 are not refundable.",
    "Unfortunately, I can't refund $120.",
    "I'm afraid the $120 stay with the bank.",
    "It broke and I can not refund $120.",
    "Without a receipt no refund of $120.",
    "You won't get $120.",
    "No refund of $120 is possible.",
    "There is no other $120 discount.",
    "We don't match the $120.",
    "We can't and won't refund $120.",
    "I'm afraid I can't refund $120.",
    "Unfortunately we will not refund $120.",
    "I can't, because you have not paid the $120.",
    "There is no way to refund $120.",
    "Under no circumstances do we refund $120.",
};

/* The verb of a negation may be the first word of what is found. */
static const char verbs[] = PACK_HEAD
    "rules:\n  - id: a\n    title: A\n"
    "    find: {phrases: [refund*, extend ... window, not charge you]}\n"
    "    ignore_negated: yes\n    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - I refund it.\n"
    "      passes:\n        - It is $40.\n";

static const char *const kept[] = {
    "We will not charge you.",
    "I refund what others don't.",
    "I don't mind: refunds are fine.",
    "We extend the window, not the bill.",
    "We can't extend it, but I'll stretch the window.",
};

static const char *const taken_back[] = {
    "We don't refund.",
    "We do not refund it",
    "We don't extend the return window.",
    "We never extend any window.",
    "I won't be able to refund it.",
};

/* What is found may have no word of its own, and nothing behind it. */
static const char targets[] = PACK_HEAD
    "rules:\n  - id: a\n    title: A\n"
    "    find: {links: {outside: [x.example]}}\n"
    "    ignore_negated: yes\n    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - See http://y.example/a\n"
    "      passes:\n        - It is $40.\n";

static const char *const linked[] = {
    "You can read [it](http://y.example)",
    "We can't do that, [but](http://y.example)",
    "I can't, so [see](http://y.example) I do. I say [it](http://y.example)",
};

static const char *const not_linked[] = {
    "cant](y.example)",
    "no](http://y.example)",
    "Unfortunately not [there](http://y.example)",
    "I won't send [it](http://y.example). I do.",
};

static enum guard_action judged(const struct every_cut *in, const char *text)
{
	struct guard_message m = {
	    .text = text, .len = strlen(text), .speaker = GUARD_AI};
	struct guard_verdict v = {0};
	guard_check(in->scanner, in->policy, in->session, &m, &v);
	every_cut(in, text);
	return v.action;
}

static void check(const char *pack_text, const char *const *block,
    size_t n_block, const char *const *pass, size_t n_pass)
{
	struct policy_source s = {0};
	struct guard_session nothing = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", pack_text);
	struct every_cut in = {source_load(&s), guard_scanner_new(), &nothing};
	assert_non_null(in.policy);
	assert_non_null(in.scanner);
	for (size_t i = 0; i < n_block; i++)
		if (judged(&in, block[i]) != GUARD_BLOCK)
			fail_msg("passes: %s", block[i]);
	for (size_t i = 0; i < n_pass; i++)
		if (judged(&in, pass[i]) == GUARD_BLOCK)
			fail_msg("blocked: %s", pass[i]);
	guard_scanner_free(in.scanner);
	guard_policy_unref(in.policy);
}

#define N(list) (sizeof(list) / sizeof(*(list)))

static void a_negation_ends_with_its_clause(void **state)
{
	check(pack, promises, N(promises), refusals, N(refusals));
}

static void a_negation_shares_its_verb(void **state)
{
	check(verbs, kept, N(kept), taken_back, N(taken_back));
}

static void a_target_has_no_words(void **state)
{
	check(targets, linked, N(linked), not_linked, N(not_linked));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_negation_ends_with_its_clause),
	    cmocka_unit_test(a_negation_shares_its_verb),
	    cmocka_unit_test(a_target_has_no_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
