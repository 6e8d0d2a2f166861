/* load_interactions: what can be wrong with the matrix and its zones. */
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TYPES "  types: {order: {complexity: low}}\n" /* line 6 */
#define ZONES                                                                  \
	"  zones:\n    low complexity: {calm: a, upset: b}\n"                  \
	"    high complexity: {calm: b, upset: b}\n" /* lines 7 to 9 */
#define BEHAVIOUR                                                              \
	"  zone_behaviour:\n    a: {ai_sends: yes}\n    b: {ai_sends: no}\n"

/* Each is what policy.yaml says behind its four lines. */
static const struct bad {
	const char *code;
	unsigned line, col;
	const char *more;
	const char *hint; /* part of it, or NULL */
} bads[] = {
    {"P005", 5, 15, "interactions: yes\n", NULL},
    {"P004", 5, 1, "interactions:\n" TYPES ZONES, NULL},
    {"P014", 10, 3, "interactions:\n" TYPES ZONES "  zone_behavior: {}\n",
	"\"zone_behaviour\""},
    /* types */
    {"P004", 6, 11, "interactions:\n  types: {order: {}}\n" ZONES BEHAVIOUR,
	"complexity: high"},
    {"P006", 6, 31,
	"interactions:\n  types: {order: {complexity: lwo}}\n" ZONES BEHAVIOUR,
	"\"low\""},
    {"P006", 6, 45,
	"interactions:\n  types: {order: {complexity: low, emotion: "
	"upst}}\n" ZONES BEHAVIOUR,
	"\"upset\""},
    /* zones */
    {"P004", 7, 3,
	"interactions:\n" TYPES
	"  zones: {low complexity: {calm: a, upset: b}}\n" BEHAVIOUR,
	"four zones"},
    {"P004", 9, 5,
	"interactions:\n" TYPES
	"  zones:\n    low complexity: {calm: a, upset: b}\n"
	"    high complexity: {calm: a}\n" BEHAVIOUR,
	NULL},
    {"P037", 8, 40,
	"interactions:\n" TYPES
	"  zones:\n    low complexity: {calm: ai1, upset: ai2}\n"
	"    high complexity: {calm: ai1, upset: ai1}\n"
	"  zone_behaviour: {ai1: {ai_sends: yes}}\n",
	"\"ai1\""},
    /* what they do */
    {"P004", 11, 5,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {}\n    b: {ai_sends: no}\n",
	"drafts to a human"},
    {"P006", 11, 19,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {ai_sends: draft}\n"
	"    b: {ai_sends: no}\n",
	NULL},
    {"P007", 11, 40,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {ai_sends: yes, hand_off_after: 2 turns}\n"
	"    b: {ai_sends: no}\n",
	"2 ai turns"},
    {"P038", 12, 23,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {ai_sends: yes}\n"
	"    b: {ai_sends: no, hand_off_after: 1 ai turn}\n",
	"take it out"},
    {"P038", 11, 24,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {ai_sends: yes, then: handoff}\n"
	"    b: {ai_sends: no}\n",
	"hand_off_after"},
    {"P029", 12, 29,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {ai_sends: yes}\n"
	"    b: {ai_sends: no, then: block}\n",
	"then: handoff"},
    {"P026", 12, 47,
	"interactions:\n" TYPES ZONES
	"  zone_behaviour:\n    a: {ai_sends: yes}\n"
	"    b: {ai_sends: no, then: {handoff: {queue: desks}}}\n",
	NULL},
    /* upset_when */
    {"P006", 7, 33,
	"interactions:\n" TYPES
	"  upset_when: [{repeat_contact: often}]\n" ZONES BEHAVIOUR,
	"within 7 days"},
    {"P014", 7, 17,
	"interactions:\n" TYPES "  upset_when: [{phrase: x}]\n" ZONES BEHAVIOUR,
	"\"phrases\""},
    /* bot_must_answer_within */
    {"P007", 5, 25, "bot_must_answer_within: 3\n", "10 s"},
    {"P007", 5, 25, "bot_must_answer_within: 11 min\n", "10 min"},
    {"P005", 5, 25, "bot_must_answer_within: [3 s]\n", NULL},
    {"P037", 5, 26, "bot_must_answer_within: {ai leads: 3 s}\n",
	"interactions:"},
    {"P037", 13, 26,
	"interactions:\n" TYPES ZONES BEHAVIOUR
	"bot_must_answer_within: {aa: 3 s}\n",
	NULL},
    {"P006", 5, 32, "bot_must_answer_within: {then: flag}\n", NULL},
};

static void load(struct policy_source *s, const char *more, const char *pack)
{
	static char policy[2048];
	snprintf(policy, sizeof(policy), POLICY "%s", more);
	*s = (struct policy_source){.n_own = 0};
	source_add(s, "policy.yaml", policy);
	source_add(s, "packs/p.yaml", pack);
	guard_policy_unref(source_load(s));
}

static void every_fault_has_its_code_and_place(void **state)
{
	unsigned wrong = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *b = &bads[i];
		struct policy_source s;
		load(&s, b->more, PACK_HEAD FOO);
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

/* A zone no conversation is in, and rules that ask for what there is not. */
static void what_never_applies_is_told(void **state)
{
	struct policy_source s;
	(void)state;
	load(&s, "interactions:\n" TYPES ZONES BEHAVIOUR, PACK_HEAD FOO);
	assert_int_equal(s.n_errors + s.n_warnings, 0);
	load(&s,
	    "interactions:\n" TYPES ZONES BEHAVIOUR "    c: {ai_sends: yes}\n",
	    PACK_HEAD FOO);
	assert_int_equal(s.n_errors, 0);
	assert_int_equal(s.n_warnings, 1);
	load(&s, "interactions:\n" TYPES ZONES BEHAVIOUR,
	    RULE_HEAD "    find: {phrases: [foo]}\n"
		      "    when: {zone: [a, aa], interaction_type: oder}\n"
		      "    then: flag\n" EXAMPLES);
	assert_int_equal(s.n_errors, 0);
	assert_int_equal(s.n_warnings, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_fault_has_its_code_and_place),
	    cmocka_unit_test(what_never_applies_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
