/* A policy with a rule for each action, for the tests of frames. */
#ifndef HANDRAIL_TESTS_RELAY_FRAMES_POLICY_H
#define HANDRAIL_TESTS_RELAY_FRAMES_POLICY_H

static const char policy_yaml[] =
    "format: 1\nkind: policy\nname: t\nowner: t\n"
    "packs: [p]\nhandoff_defaults:\n  say: A colleague takes over.\n";
static const char pack_yaml[] =
    "format: 1\nkind: pack\npack: p\ntitle: t\nversion: 1\nowner: t\n"
    "languages: [en]\nrules:\n"
    "  - id: promise\n    title: promise\n    severity: high\n"
    "    find: {phrases: [I guarantee]}\n    then: handoff\n"
    "    examples:\n      matches:\n        - I guarantee it.\n"
    "      passes:\n        - Hello.\n"
    "  - id: card\n    title: card\n    severity: high\n"
    "    find: {entities: [payment_card]}\n"
    "    then: {redact: {with: XX}}\n"
    "    examples:\n      matches:\n        - It is 4111 1111 1111 1111.\n"
    "      passes:\n        - Hello.\n"
    "  - id: blocked\n    title: blocked\n    severity: high\n"
    "    find: {phrases: [forbidden word]}\n"
    "    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - A forbidden word.\n"
    "      passes:\n        - Hello.\n"
    "  - id: offer\n    title: offer\n    severity: high\n"
    "    find: {percent: {above: 10, near: [off], within: 3 words}}\n"
    "    then: {block: {say: No.}}\n"
    "    examples:\n      matches:\n        - Now 50% off.\n"
    "      passes:\n        - Hello.\n"
    "  - id: terms\n    title: terms\n    severity: high\n"
    "    find: {phrases: [per month for]}\n"
    "    must_also_say:\n      all:\n        - phrases: [APR]\n"
    "      where: same message\n"
    "    then: {append: \" APR 9.\"}\n"
    "    examples:\n      matches:\n        - It is 9 per month for 2.\n"
    "      passes:\n        - Hello.\n"
    "  - id: fees\n    title: fees\n    severity: high\n"
    "    find: {phrases: [plus fees]}\n"
    "    must_also_say:\n      all:\n        - phrases: [see the list]\n"
    "      where: same message\n"
    "    then: {append: See the list.}\n"
    "    examples:\n      matches:\n        - It is 9 plus fees.\n"
    "      passes:\n        - Hello.\n";

#endif
