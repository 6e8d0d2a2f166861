/* A pack whose amounts add up over a conversation, for the tests of sums. */
#ifndef HANDRAIL_TESTS_UNIT_RULES_SUMS_PACK_H
#define HANDRAIL_TESTS_UNIT_RULES_SUMS_PACK_H

#include "tests/unit/rules/chat.h"

#define EXAMPLES_OF(matches, passes)                                           \
	"    examples:\n      matches:\n        - " matches                    \
	"\n      passes:\n        - " passes "\n"

#define CREDITS(money, more)                                                   \
	"rules:\n  - id: credits\n    title: Credits\n"                        \
	"    find:\n      money: {" money ", near: [<refund words>], "         \
	"over: conversation}\n" more EXAMPLES_OF(                              \
	    "I credit $51.", "I credit $50.")
#define HAND_OFF "    then: handoff\n"

#endif
