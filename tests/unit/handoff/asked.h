/*
 * asked - a rule that takes a conversation from the AI, and what it asks for.
 */
#ifndef HANDRAIL_TESTS_UNIT_HANDOFF_ASKED_H
#define HANDRAIL_TESTS_UNIT_HANDOFF_ASKED_H

#include "proxy/base/clock.h"
#include "proxy/handoff/handoff.h"

static const struct guard_rule_info rule = {.id = "offers/refund",
    .title = "Refund above the limit",
    .why = "Refunds above $50 need an approval.",
    .file = "packs/offers.yaml",
    .line = 47,
    .version = 3,
    .severity = GUARD_SEVERITY_HIGH};

static inline struct handoff_request request_of(const char *destination)
{
	static const struct handoff_fact facts[] = {
	    {"name", "Ann \"A\" B"}, {"locale", "en"}};
	static const char text[] = "I approved your refund of $900.";
	static const struct handoff_text draft = {
	    STORE_WORDS, text, sizeof(text) - 1};

	return (struct handoff_request){.time_us = clock_now_us(),
	    .channel = "chat",
	    .cause = "rule",
	    .rule = &rule,
	    .what = "money 900.00 USD > 50.00",
	    .policy = "sha256:00",
	    .queue = "billing",
	    .priority = "high",
	    .destination = destination,
	    .withheld = &draft,
	    .n_withheld = 1,
	    .message_id = "chatcmpl-9",
	    .customer_told = "A colleague will help you.",
	    .customer = "ann",
	    .facts = facts,
	    .n_facts = 2,
	    .zone = "ai leads",
	    .console = "https://localhost:8444"};
}

#endif
