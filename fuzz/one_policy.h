/*
 * one_policy - a policy with one rule of every kind, for the targets that
 * judge. A target includes it and calls one_policy_load; the policy stays for
 * the life of the process.
 */
#ifndef HANDRAIL_FUZZ_ONE_POLICY_H
#define HANDRAIL_FUZZ_ONE_POLICY_H

#include "rules/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char one_policy_yaml[] =
    "format: 1\nkind: policy\nname: fuzz\nowner: a@b.example\n"
    "timezone: UTC\npacks: [all]\n";

/* A rule with its find (and unless), what then, and an example each way. */
#define ONE_RULE(id, find, then, hit, miss)                                    \
	"  - id: " id "\n    title: About " id "\n    severity: low\n" find    \
	"    then: " then "\n    examples:\n      matches:\n        - " hit    \
	"\n      passes:\n        - " miss "\n"

static const char one_policy_pack[] =
    "format: 1\nkind: pack\npack: all\ntitle: One of everything\n"
    "version: 1\nowner: a@b.example\nlanguages: [en]\ntimezone: UTC\n"
    "rules:\n"
    /* */
    ONE_RULE("refund",
	"    find:\n      money:\n        above: 50\n"
	"        near: [refund*]\n        within: 10 words\n"
	"    ignore_negated: yes\n"
	"    unless:\n      - phrases: [refund policy]\n",
	"handoff", "I refunded $75.00 now.", "I can't refund $75.00 now.")
    /* */
    ONE_RULE("discount",
	"    find:\n      percent:\n        above: 10\n"
	"        near: [off, discount*]\n        within: 6 words\n",
	"{block: {say: I will check.}}", "We give 15% off.", "We give 5% off.")
    /* */
    ONE_RULE("waiver", "    find: {phrases: [waive* ... fee*]}\n",
	"{replace: I will ask.}", "I waive the late fee.", "The fee is high.")
    /* */
    ONE_RULE("card", "    find: {entities: [payment_card, email, phone]}\n",
	"{redact: {with: \"[data]\"}}", "It is 4111 1111 1111 1111.",
	"It is 4111.")
    /* */
    ONE_RULE("link", "    find: {links: {outside: [acme.example]}}\n",
	"{redact: {}}", "See http://bit.ly/3xYz now.",
	"See https://acme.example/x now.")
    /* */
    ONE_RULE("ticket", "    find: {pattern: '\\bINC-\\d{6,8}\\b'}\n",
	"{redact: {with: \"[ref]\"}}", "It is INC-0042917.", "It is INC-42.")
    /* */
    ONE_RULE("key", "    find: {secrets: [password, jwt]}\n", "handoff",
	"\"password: Hunter2!horse\"", "Reset your password.")
    /* */
    ONE_RULE("terms",
	"    find: {phrases: [per month for]}\n"
	"    must_also_say:\n      all:\n        - phrases: [APR]\n"
	"      where: same message\n",
	"{append: \" The APR is 3.\"}", "It is 9 per month for a year.",
	"It is 9 a month.")
    /* */
    ONE_RULE("note", "    find: {phrases: [globex]}\n", "flag",
	"Globex is cheap.", "Acme is cheap.");

static inline void one_policy_diag(const struct diag *d, void *arg)
{
	fprintf(stderr, "%s:%u:%u: %s\n", d->file, d->line, d->col, d->message);
}

static inline struct guard_policy *one_policy_load(void)
{
	const struct guard_file files[] = {
	    {"policy.yaml", one_policy_yaml, sizeof(one_policy_yaml) - 1},
	    {"packs/all.yaml", one_policy_pack, sizeof(one_policy_pack) - 1}};
	const struct guard_source source = {.own = files, .n_own = 2};
	struct guard_policy *policy = NULL;
	if (guard_policy_load(&policy, &source, NULL, one_policy_diag, NULL))
		abort();
	return policy;
}

#endif
