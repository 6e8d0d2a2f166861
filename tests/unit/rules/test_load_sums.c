/* load_sums, load_offers: what can be wrong where amounts and scores add up. */
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Each is the pack of a small good policy. */
struct bad {
	const char *code;
	unsigned line, col;
	const char *pack;
	const char *hint; /* part of it, or NULL */
};

#define TOTALED(name, what)                                                    \
	PACK_HEAD                                                              \
	"rules:\n  - {id: a, title: A, find: {phrases: [x]}, then: log,\n"     \
	"     mode: shadow}\n\ntotals:\n  - {name: " name ", " what "}\n"
#define TOTAL(what) TOTALED("t", what)
#define SCORED(total)                                                          \
	PACK_HEAD                                                              \
	"rules:\n  - {id: a, title: A, find: {phrases: [x]}, then: log,\n"     \
	"     score: 3, mode: shadow}\n\ntotals:\n  - name: t\n" total
#define HAND_OFF "  otherwise: handoff\n"
#define OFFERS(detect, allowed, otherwise)                                     \
	PACK_HEAD "offers:\n  detect: " detect "\n  allowed: " allowed         \
		  "\n" otherwise
static const struct bad bads[] = {
    /* over */
    {"P080", 7, 20, RULE_HEAD "    find: {money: {over: conversation}}\n",
	"above: 50"},
    {"P080", 7, 30,
	RULE_HEAD "    find: {money: {below: 9, over: conversation}}\n",
	"take below out"},
    {"P080", 8, 25,
	RULE_HEAD "    find: {percent: {above: 1, over: conversation},\n"
		  "      money: {above: 1, over: conversation}}\n",
	"a rule for each"},
    {"P006", 7, 36,
	RULE_HEAD "    find: {money: {above: 1, over: convesation}}\n",
	"\"conversation\""},
    {"P080", 8, 33,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    unless: [{money: {above: 1, over: conversation}}]\n",
	"take it out"},
    /* totals */
    {"P004", 9, 6, TOTAL("at_least: 1, then: log"), NULL},
    {"P004", 9, 6, TOTAL("adds: a, then: log"), NULL},
    {"P004", 9, 6, TOTAL("adds: a, at_least: 1"), "then: handoff"},
    {"P010", 9, 12,
	"format: 1\nkind: pack\npack: p\n\n\n\n\n"
	"totals:\n  - {name: a/b, adds: a, at_least: 1, then: log}\n",
	NULL},
    {"P011", 9, 12, TOTALED("a", "adds: a, at_least: 1, then: log"), NULL},
    {"P027", 9, 21, TOTAL("adds: aa, at_least: 1, then: log"), "p/a"},
    {"P081", 9, 21, TOTAL("adds: a, at_least: 1, then: log"), "score:"},
    {"P007", 9, 34, TOTAL("adds: a, at_least: 0, then: log"), NULL},
    {"P014", 9, 24, TOTAL("adds: a, atleast: 1, then: log"), "\"at_least\""},
    {"P011", 10, 11,
	SCORED("    adds: [a, a]\n    at_least: 3\n    then: log\n"), NULL},
    {"P084", 10, 11,
	SCORED("    adds: a\n    over: message\n    at_least: 4\n"
	       "    then: log\n"),
	"over: conversation"},
    /* offers */
    {"P004", 5, 3, OFFERS("{phrases: [foo]}", "[]", ""), "otherwise: handoff"},
    {"P004", 5, 3, OFFERS("{with: money}", "[]", HAND_OFF), "offer words"},
    {"P006", 5, 35, OFFERS("{phrases: [foo], with: [mony]}", "[]", HAND_OFF),
	"\"money\""},
    {"P080", 6, 23,
	OFFERS("{phrases: [foo], with: money}",
	    "[{name: a, percent: {up_to: 5}}]", HAND_OFF),
	"with:"},
    {"P004", 6, 23,
	OFFERS("{phrases: [foo], with: money}", "[{name: a, money: {}}]",
	    HAND_OFF),
	"up_to"},
    {"P080", 6, 13,
	OFFERS("{phrases: [foo], with: money}", "[{name: a}]", HAND_OFF),
	"near:"},
    {"P004", 6, 14,
	OFFERS(
	    "{phrases: [foo], with: money}", "[{money: {up_to: 1}}]", HAND_OFF),
	NULL},
    {"P011", 6, 50,
	OFFERS("{phrases: [foo], with: money}",
	    "[{name: a, money: {up_to: 1}}, {name: a, near: b}]", HAND_OFF),
	NULL},
};

static void every_fault_has_its_code_and_place(void **state)
{
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *b = &bads[i];
		struct policy_source s = {0};
		source_add(&s, "policy.yaml", POLICY);
		source_add(&s, "packs/p.yaml", b->pack);
		guard_policy_unref(source_load(&s));
		if (strcmp(s.code, b->code) == 0 && s.line == b->line &&
		    s.col == b->col && (!b->hint || strstr(s.hint, b->hint)))
			continue;
		wrong++;
		print_message("case %zu: want %s %u:%u \"%s\", got %s %u:%u "
			      "%s (%s)\n",
		    i, b->code, b->line, b->col, b->hint ? b->hint : "", s.code,
		    s.line, s.col, s.message, s.hint);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_fault_has_its_code_and_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
