/* load: good policies compile to what they say; every code has its place. */
#include "rules/load_codes.h"

#include "rules/guard.h"
#include "rules/load_keys.h"
#include "rules/policy.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define POLICY_HEAD "format: 1\nkind: policy\nname: t\n"
#define PACK_HEAD "format: 1\nkind: pack\npack: p\n"
#define EXAMPLES                                                               \
	"    examples:\n      matches: \n        - Say foo now.\n"             \
	"      passes: \n        - Say bar now.\n"
#define FOO                                                                    \
	"rules:\n  - id: a\n    title: A\n    find: {phrases: [foo]}\n"        \
	"    then: flag\n" EXAMPLES

/* Each replaces one file of a small good policy. */
struct bad {
	const char *code;
	unsigned line, col;
	const char *policy, *pack, *lists;
	const char *hint; /* part of it, or NULL */
};

#define POLICY POLICY_HEAD "packs: [p]\n"
#define RULE_HEAD                                                              \
	PACK_HEAD "rules:\n  - id: a\n    title: A\n" /* lines 4 to 6 */

static const struct bad bads[] = {
    /* the files */
    {"P001", 0, 0, NULL, NULL, NULL, "policy.yaml"},
    {"P002", 1, 9, "format: 2\nkind: policy\n", NULL, NULL, NULL},
    {"P003", 2, 7, "format: 1\nkind: pack\n", NULL, NULL, NULL},
    {"P004", 1, 1, POLICY_HEAD, NULL, NULL, NULL},
    {"P005", 4, 8, POLICY_HEAD "packs: {p: q}\n", NULL, NULL, NULL},
    {"P005", 1, 1, "- a\n", NULL, NULL, NULL},
    {"P014", 5, 1, POLICY "pack: [p]\n", NULL, NULL, "\"packs\""},
    {"P010", 4, 9, POLICY_HEAD "packs: [../x]\n", NULL, NULL, NULL},
    {"P016", 4, 9, POLICY_HEAD "packs: [pp]\n", NULL, NULL, "did you mean p?"},
    {"P011", 4, 12, POLICY_HEAD "packs: [p, p]\n", PACK_HEAD FOO, NULL, NULL},
    {"P033", 5, 11, POLICY "timezone: Mars/Olympus\n", PACK_HEAD FOO, NULL,
	NULL},
    {"P026", 6, 10,
	POLICY "handoff_defaults:\n  queue: biling\nqueues:\n  billing:\n",
	PACK_HEAD FOO, NULL, "\"billing\""},
    {"P006", 5, 27, POLICY "queues: {care: {priority: most}}\n", PACK_HEAD FOO,
	NULL, "low, normal"},
    {"P006", 5, 30, POLICY "if_the_engine_cannot_decide: deliver\n",
	PACK_HEAD FOO, NULL, "handoff"},
    {"P007", 5, 19, POLICY "if_the_bot_fails: handoff after 0\n", PACK_HEAD FOO,
	NULL, NULL},
    {"P027", 6, 24,
	POLICY "environments:\n  e: {rollout: [{rule: p/aa, percent: 5}]}\n",
	PACK_HEAD FOO, NULL, "p/a"},
    {"P034", 5, 1, POLICY "environments: {f: {mode: shadow}}\n", PACK_HEAD FOO,
	NULL, "\"f\""},
    {"P090", 5, 1, POLICY "extends: []\n", PACK_HEAD FOO, NULL, "take it out"},
    {"P090", 5, 1, POLICY "changes: []\n", PACK_HEAD FOO, NULL, NULL},
    {"P090", 5, 1, POLICY "interactions: {}\n", PACK_HEAD FOO, NULL, NULL},
    {"P090", 5, 1, POLICY "bot_must_answer_within: 3\n", PACK_HEAD FOO, NULL,
	NULL},
    {"P090", 5, 1, POLICY "only: [x]\n", PACK_HEAD FOO, NULL, NULL},
    {"P090", 5, 17, POLICY "queues: {care: {hours: always}}\n", PACK_HEAD FOO,
	NULL, NULL},
    {"P090", 6, 23, POLICY "handoff_defaults:\n  ai_may_speak_again: yes\n",
	PACK_HEAD FOO, NULL, NULL},
    /* the pack */
    {"P012", 3, 7, POLICY, "format: 1\nkind: pack\npack: q\n" FOO, NULL, NULL},
    {"P024", 4, 12, POLICY, PACK_HEAD "use_lists: [wodrs]\n" FOO, NULL,
	"did you mean words?"},
    {"P090", 4, 1, POLICY, PACK_HEAD "totals: []\n" FOO, NULL, NULL},
    {"P090", 4, 1, POLICY, PACK_HEAD "offers: {}\n" FOO, NULL, NULL},
    {"P090", 4, 1, POLICY, PACK_HEAD "entities: {}\n" FOO, NULL, NULL},
    {"P004", 5, 3, POLICY, PACK_HEAD "topics:\n  t: {at_least: 1}\n" FOO, NULL,
	NULL},
    {"P090", 5, 7, POLICY,
	PACK_HEAD "topics:\n  t: {learned: x, says: [foo]}\n" FOO, NULL, NULL},
    {"P070", 8, 11, POLICY,
	PACK_HEAD "topics:\n  t:\n    says: [foo]\n    like:\n"
		  "        - Nothing here.\n" FOO,
	NULL, NULL},
    {"P071", 8, 11, POLICY,
	PACK_HEAD "topics:\n  t:\n    says: [foo]\n    unlike:\n"
		  "        - A foo here.\n" FOO,
	NULL, NULL},
    /* lists */
    {"P009", 4, 3, POLICY, PACK_HEAD "use_lists: [words]\n" FOO,
	"format: 1\nkind: lists\nlists:\n  none: []\n", NULL},
    {"P023", 5, 7, POLICY,
	PACK_HEAD "use_lists: words\nrules:\n  - id: a\n    title: A\n"
		  "    find: {phrases: [<some>]}\n    then: flag\n" EXAMPLES,
	"format: 1\nkind: lists\nlists:\n  some:\n    - <other>\n", NULL},
    {"P021", 7, 23, POLICY,
	PACK_HEAD "use_lists: words\nrules: [{id: a, title: A, then: flag,\n"
		  "  mode: shadow,\n  find: {phrases: [x, <som>]}}]\n",
	"format: 1\nkind: lists\nlists:\n  some:\n    - foo\n",
	"did you mean <some> (lists/words.yaml:4)?"},
    /* the rule's head */
    {"P004", 4, 10, POLICY,
	PACK_HEAD "rules: [{title: A, find: {phrases: x}, then: log}]\n", NULL,
	NULL},
    {"P010", 4, 14, POLICY,
	PACK_HEAD "rules: [{id: a b, title: A, find: {phrases: x}}]\n", NULL,
	NULL},
    {"P011", 10, 9, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: log\n"
		  "    mode: off\n  - id: a\n    title: B\n    mode: off\n"
		  "    find: {phrases: [foo]}\n    then: log\n",
	NULL, NULL},
    {"P006", 7, 15, POLICY,
	RULE_HEAD "    severity: hihg\n    find: {phrases: x}\n", NULL,
	"\"high\""},
    {"P032", 5, 9, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n", NULL,
	"mode: shadow"},
    {"P004", 5, 9, POLICY, RULE_HEAD "    mode: off\n    then: log\n", NULL,
	"find:"},
    {"P090", 7, 5, POLICY,
	RULE_HEAD "    score: 2\n    find: {phrases: [x]}\n    then: log\n",
	NULL, NULL},
    {"P029", 7, 11, POLICY,
	RULE_HEAD "    mode: enforce\n    speaker: human\n    then: flag\n"
		  "    find: {phrases: [foo]}\n" EXAMPLES,
	NULL, "shadow"},
    /* find */
    {"P014", 9, 9, POLICY,
	RULE_HEAD "    find:\n      percent:\n        abov: 10\n", NULL,
	"did you mean \"above\"?"},
    {"P028", 7, 26, POLICY,
	RULE_HEAD "    find: {phrases: [x], within: 3 words}\n", NULL, "near"},
    {"P028", 7, 31, POLICY,
	RULE_HEAD "    find: {entities: [email], near: [x]}\n", NULL, NULL},
    {"P007", 7, 45, POLICY,
	RULE_HEAD "    find: {phrases: [x], near: [y], within: 3 lines}\n",
	NULL, "6 words"},
    {"P007", 7, 29, POLICY, RULE_HEAD "    find: {percent: {above: ten}}\n",
	NULL, "digits"},
    {"P007", 7, 27, POLICY, RULE_HEAD "    find: {money: {above: 50.001}}\n",
	NULL, NULL},
    {"P007", 7, 19, POLICY,
	RULE_HEAD "    find: {money: {above: 50, below: 20}}\n", NULL, NULL},
    {"P007", 7, 30, POLICY, RULE_HEAD "    find: {duration: {above: 3}}\n",
	NULL, "months"},
    {"P006", 7, 30, POLICY, RULE_HEAD "    find: {money: {currency: euro}}\n",
	NULL, "EUR"},
    {"P006", 7, 23, POLICY, RULE_HEAD "    find: {entities: [emial]}\n", NULL,
	"\"email\""},
    {"P090", 7, 23, POLICY,
	RULE_HEAD "    find: {entities: [postal_address]}\n", NULL, NULL},
    {"P090", 7, 21, POLICY, RULE_HEAD "    find: {secrets: high_entropy}\n",
	NULL, NULL},
    {"P090", 7, 12, POLICY, RULE_HEAD "    find: {classifier: {}}\n", NULL,
	NULL},
    {"P090", 7, 20, POLICY,
	RULE_HEAD "    find: {money: {over: conversation}}\n", NULL, NULL},
    {"P006", 7, 30, POLICY,
	RULE_HEAD "    find: {links: {outside: [http://a.test/]}}\n", NULL,
	"acme.example"},
    {"P004", 7, 12, POLICY, RULE_HEAD "    find: {links: {}}\n", NULL, NULL},
    {"P030", 7, 21, POLICY, RULE_HEAD "    find: {pattern: '(a+)+b'}\n", NULL,
	NULL},
    {"P031", 7, 21, POLICY, RULE_HEAD "    find: {pattern: ab+}\n", NULL,
	"'...'"},
    {"P025", 9, 19, POLICY,
	PACK_HEAD "topics:\n  monee: {says: [foo]}\nrules:\n  - id: a\n"
		  "    title: A\n    find: {topic: money}\n",
	NULL, "\"monee\""},
    {"P009", 7, 5, POLICY, RULE_HEAD "    find: {}\n", NULL, NULL},
    {"P020", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [\"...\"]}\n", NULL,
	NULL},
    {"P022", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [a <b> c]}\n", NULL,
	NULL},
    {"P028", 7, 26, POLICY,
	RULE_HEAD "    find: {phrases: [x], text_is: foo}\n", NULL, NULL},
    /* when, unless, must, effective */
    {"P008", 8, 19, POLICY,
	"timezone: UTC\n" RULE_HEAD "    when: {hours: 8-20}\n", NULL,
	"08:00-20:00"},
    {"P033", 7, 19, POLICY, RULE_HEAD "    when: {hours: 08:00-20:00}\n", NULL,
	"timezone:"},
    {"P007", 7, 21, POLICY, RULE_HEAD "    when: {ai_turn: second}\n", NULL,
	NULL},
    {"P006", 7, 22, POLICY, RULE_HEAD "    when: {resolved: maybe}\n", NULL,
	"no, yes"},
    {"P028", 8, 5, POLICY,
	RULE_HEAD "    when: {resolved: no}\n    unless: [{phrases: [x]}]\n",
	NULL, "when:"},
    {"P009", 8, 14, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    unless: [{reason: x}]\n",
	NULL, NULL},
    {"P028", 8, 5, POLICY,
	RULE_HEAD "    when: {resolved: no}\n"
		  "    must_also_say: [{phrases: [x]}]\n",
	NULL, "must_say"},
    {"P009", 7, 15, POLICY, RULE_HEAD "    must_say: []\n", NULL, NULL},
    {"P008", 7, 23, POLICY, RULE_HEAD "    effective: {from: tomorrow}\n", NULL,
	"2026-11-01"},
    /* then */
    {"P004", 5, 5, POLICY, RULE_HEAD "    find: {phrases: [foo]}\n" EXAMPLES,
	NULL, "then"},
    {"P006", 8, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: hadnoff\n", NULL,
	"\"handoff\""},
    {"P029", 8, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {log: , flag: }\n",
	NULL, "two rules"},
    {"P009", 8, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: replace\n", NULL,
	NULL},
    {"P026", 8, 29, POLICY "queues: {care: }\n",
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {handoff: {queue: cara}}\n",
	NULL, "\"care\""},
    {"P090", 8, 22, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {handoff: {include: [rule]}}\n",
	NULL, NULL},
    {"P029", 8, 12, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {allow: {rules: [p/a]}}\n",
	NULL, "effective"},
    {"P029", 9, 19, POLICY,
	RULE_HEAD "    speaker: customer\n    find: {phrases: [foo]}\n"
		  "    then: {block: {say: No.}}\n" EXAMPLES,
	NULL, "handoff"},
    /* examples and texts */
    {"P070", 11, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        - Say fool.\n"
		  "      passes:\n        - Say bar.\n",
	NULL, NULL},
    {"P071", 13, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        - Say foo.\n"
		  "      passes:\n        - Say foo too.\n",
	NULL, NULL},
    {"P072", 8, 21, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {replace: No foo here.}\n" EXAMPLES,
	NULL, NULL},
    {"P014", 12, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        - text: foo\n"
		  "          givn: {}\n      passes: bar\n",
	NULL, "\"given\""},
    {"P008", 12, 25, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        - text: foo\n"
		  "          given: {time: noon}\n      passes: bar\n",
	NULL, "2026-11-03T21:15"},
    /* YAML through the schema */
    {"Y001", 11, 15, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        - foo # bar\n"
		  "      passes: bar\n",
	NULL, NULL},
    {"Y002", 10, 16, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches: [Oh, foo]\n"
		  "      passes: bar\n",
	NULL, NULL},
    {"Y003", 11, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        - note well: foo\n"
		  "      passes: bar\n",
	NULL, NULL},
    {"Y002", 8, 25, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {block: {say: [a, b]}}\n" EXAMPLES,
	NULL, NULL},
    {"Y009", 7, 22, POLICY,
	RULE_HEAD "    find: {phrases: [re\xe2\x80\x8b"
		  "fund]}\n    then: flag\n",
	NULL, NULL},
    {"Y004", 8, 5, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    find: {phrases: [x]}\n",
	NULL, NULL},
};

static const char words[] =
    "format: 1\nkind: lists\nlists:\n  some:\n    - foo\n";

static void load_bad(const struct bad *b, struct policy_source *s)
{
	*s = (struct policy_source){0};
	if (b->policy)
		source_add(s, "policy.yaml", b->policy);
	source_add(s, "packs/p.yaml", b->pack ? b->pack : PACK_HEAD FOO);
	source_ship(s, "lists/words.yaml", b->lists ? b->lists : words);
	if (strcmp(b->code, "P034") == 0)
		s->environment = "e";
	struct guard_policy *p = source_load(s);
	guard_policy_unref(p);
}

static void test_every_fault_has_its_code_and_place(void **state)
{
	unsigned wrong = 0;
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *b = &bads[i];
		struct policy_source s;
		load_bad(b, &s);
		if (strcmp(s.code, b->code) == 0 && s.line == b->line &&
		    s.col == b->col && (!b->hint || strstr(s.hint, b->hint)))
			continue;
		wrong++;
		print_message("case %zu: want %s %u:%u \"%s\", got %s %s "
			      "%u:%u %s (%s)\n",
		    i, b->code, b->line, b->col, b->hint ? b->hint : "", s.code,
		    s.file, s.line, s.col, s.message, s.hint);
	}
	assert_int_equal(wrong, 0);
}

/* Those that no text of an author can bring about. */
static bool needs_more_than_text(const char *code)
{
	return strncmp(code, "P06", 3) == 0 || strcmp(code, "P013") == 0 ||
	    strcmp(code, "P015") == 0 || strcmp(code, "P017") == 0 ||
	    strcmp(code, "P073") == 0;
}

static void test_every_code_has_a_case(void **state)
{
	for (size_t i = 0; i < LOAD_CODES; i++) {
		const char *code = load_codes[i].code;
		assert_non_null(code);
		assert_non_null(load_codes[i].about);
		bool found = needs_more_than_text(code);
		for (size_t k = 0; k < sizeof(bads) / sizeof(*bads); k++)
			found |= strcmp(bads[k].code, code) == 0;
		if (!found)
			fail_msg("%s has no case", code);
	}
}

static void test_key_tables_are_whole(void **state)
{
	for (const struct load_block *b = load_blocks; b->name; b++) {
		size_t n = 0;
		for (; b->keys[n].name; n++)
			assert_non_null(b->keys[n].about);
		assert_in_range(n, 1, LOAD_MAX_KEYS);
	}
}

static void test_own_limits(void **state)
{
	/* P015: a name of a list that is too long; P073: undecidable. */
	char pack[2000];
	char name[400];
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(pack, sizeof(pack), RULE_HEAD "    find: {phrases: [<%s>]}\n",
	    name);
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", pack);
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P015");
	assert_int_equal(s.line, 7);
}

static void test_a_pattern_that_gives_up_refuses_its_example(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml",
	    RULE_HEAD "    find: {pattern: '(a|aa){20,60}(a|aa){20,60}[bc]'}\n"
		      "    then: flag\n    examples:\n      matches:\n"
		      "        - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaad\n"
		      "      passes:\n        - x\n");
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P073");
	assert_int_equal(s.line, 11);
}

static void test_unused_files_are_a_warning(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	source_add(&s, "packs/q.yaml", "whatever");
	source_add(&s, "lists/unused.yaml", "whatever");
	struct guard_policy *p = source_load(&s);
	assert_non_null(p);
	assert_int_equal(s.n_warnings, 2);
	guard_policy_unref(p);
}

/* ---- good policies ---- */

static struct guard_policy *load_good(struct policy_source *s)
{
	struct guard_policy *p = source_load(s);
	if (!p)
		fail_msg("%s %s:%u:%u %s (%s)", s->code, s->file, s->line,
		    s->col, s->message, s->hint);
	return p;
}

static struct guard_policy *load_pack(const char *policy, const char *pack)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", policy);
	source_add(&s, "packs/p.yaml", pack);
	source_ship(&s, "lists/words.yaml", words);
	return load_good(&s);
}

static void test_a_rule_says_what_it_is(void **state)
{
	struct guard_policy *p = load_pack(POLICY,
	    "format: 1\nkind: pack\npack: p\nversion: 7\nowner: o@x.test\n"
	    "rules:\n  - id: a\n    title: A title\n    why: Because.\n"
	    "    severity: critical\n    mode: shadow\n    ticket: T-1\n"
	    "    references: [Law 1]\n    approved_by: me\n"
	    "    find: {phrases: [foo]}\n    then: {block: {say: No.}}\n");
	assert_string_equal(guard_policy_name(p), "t");
	assert_int_equal(guard_policy_rules(p), 1);
	struct guard_rule_info i;
	guard_policy_rule(p, 0, &i);
	assert_string_equal(i.id, "p/a");
	assert_string_equal(i.title, "A title");
	assert_string_equal(i.why, "Because.");
	assert_string_equal(i.owner, "o@x.test");
	assert_string_equal(i.file, "packs/p.yaml");
	assert_int_equal(i.line, 7);
	assert_int_equal(i.version, 7);
	assert_int_equal(i.severity, GUARD_SEVERITY_CRITICAL);
	assert_int_equal(i.action, GUARD_BLOCK);
	assert_int_equal(i.mode, GUARD_SHADOW);
	assert_int_equal(i.speaker, GUARD_AI);
	guard_policy_unref(guard_policy_ref(p));
	guard_policy_unref(p);
}

static const struct number_range *range_of(
    const struct guard_policy *p, size_t i)
{
	uint32_t d = p->rules[0].clauses[i].what.detectors[0];
	assert_int_equal(p->detectors[d].kind, DETECTOR_NUMBER);
	return &p->detectors[d].number;
}

static void test_numbers_are_exact(void **state)
{
	struct guard_policy *p = load_pack(POLICY,
	    RULE_HEAD
	    "    mode: shadow\n    then: log\n    find:\n"
	    "      percent: {above: 12.5}\n"
	    "      money: {currency: USD, above: 49.99, below: 1000}\n"
	    "      duration: {above: 2 weeks}\n"
	    "      count: {below: 3}\n");
	assert_int_equal(p->rules[0].n_clauses, 4);
	assert_int_equal(range_of(p, 0)->above, 1250);
	assert_false(range_of(p, 0)->has_below);
	assert_int_equal(range_of(p, 1)->above, 4999);
	assert_int_equal(range_of(p, 1)->below, 100000);
	assert_string_equal(range_of(p, 1)->currency, "USD");
	assert_int_equal(range_of(p, 2)->above, 1209600);
	assert_int_equal(range_of(p, 3)->below, 300);
	guard_policy_unref(p);
}

static void test_equal_things_are_one_detector(void **state)
{
	struct guard_policy *p = load_pack(POLICY,
	    PACK_HEAD
	    "use_lists: words\nrules:\n"
	    "  - {id: a, title: A, mode: shadow, then: log,\n"
	    "     find: {phrases: [x, <some>], money: {above: 5}}}\n"
	    "  - {id: b, title: A, mode: shadow, then: log,\n"
	    "     find: {phrases: [<some>, x], money: {above: 5.00},\n"
	    "            entities: [email]}}\n"
	    "  - {id: c, title: A, mode: shadow, then: log,\n"
	    "     find: {entities: email, pattern: 'a',\n"
	    "            links: {outside: [a.test]}}}\n"
	    "  - {id: d, title: A, mode: shadow, then: log,\n"
	    "     find: {pattern: 'a', links: {outside: A.TEST}}}\n");
	size_t n[DETECTOR_KINDS];
	for (size_t i = 0; i < DETECTOR_KINDS; i++)
		n[i] = p->of_kind[i].n;
	assert_int_equal(n[DETECTOR_PHRASES], 3); /* and the negations */
	assert_int_equal(n[DETECTOR_NUMBER], 1);
	assert_int_equal(n[DETECTOR_ENTITY], 1);
	assert_int_equal(n[DETECTOR_PATTERN], 1);
	assert_int_equal(n[DETECTOR_LINKS], 1);
	guard_policy_unref(p);
}

static void test_defaults(void **state)
{
	struct guard_policy *p = load_pack(POLICY, PACK_HEAD FOO);
	struct guard_fallback f;
	guard_policy_fallback(p, GUARD_CANNOT_DECIDE, &f);
	assert_int_equal(f.action, GUARD_HANDOFF);
	assert_non_null(f.say);
	assert_string_equal(f.queue, "desk");
	assert_string_equal(f.priority, "normal");
	guard_policy_fallback(p, GUARD_BOT_FAILED, &f);
	assert_int_equal(f.action, GUARD_DELIVER);
	guard_policy_fallback(p, GUARD_HAS_MEDIA, &f);
	assert_int_equal(f.action, GUARD_FLAG);
	assert_string_equal(guard_policy_destination(p, "desk"), "desk");
	assert_string_equal(guard_policy_destination(p, "what"), "desk");
	assert_string_equal(guard_policy_destination(p, NULL), "desk");
	guard_policy_unref(p);
}

static void test_fallbacks_and_queues(void **state)
{
	struct guard_policy *p = load_pack(POLICY
	    "queues:\n  care: {destination: hook, priority: high}\n"
	    "  other:\n"
	    "handoff_defaults: {queue: care, priority: low, say: Wait.}\n"
	    "if_the_engine_cannot_decide: block\n"
	    "if_a_message_cannot_be_read:\n"
	    "  handoff: {queue: other, say: One moment., priority: urgent}"
	    "\nif_the_bot_fails: handoff after 2   # twice is enough\n"
	    "if_a_message_has_media: deliver\n",
	    RULE_HEAD "    mode: shadow\n    find: {phrases: [foo]}\n"
		      "    then: handoff\n");
	assert_string_equal(p->rules[0].queue, "care");
	assert_string_equal(p->rules[0].priority, "high");
	assert_string_equal(p->rules[0].text, "Wait.");
	struct guard_fallback f;
	guard_policy_fallback(p, GUARD_CANNOT_DECIDE, &f);
	assert_int_equal(f.action, GUARD_BLOCK);
	assert_true(strlen(f.say) > 0);
	guard_policy_fallback(p, GUARD_CANNOT_READ, &f);
	assert_int_equal(f.action, GUARD_HANDOFF);
	assert_string_equal(f.queue, "other");
	assert_string_equal(f.say, "One moment.");
	assert_string_equal(f.priority, "urgent");
	guard_policy_fallback(p, GUARD_BOT_FAILED, &f);
	assert_int_equal(f.action, GUARD_HANDOFF);
	assert_int_equal(f.after, 2);
	assert_string_equal(f.say, "Wait.");
	assert_string_equal(guard_policy_destination(p, "care"), "hook");
	assert_string_equal(guard_policy_destination(p, "other"), "desk");
	guard_policy_unref(p);
}

#define ENVIRONMENTS                                                           \
	POLICY "environments:\n  staging: {mode: shadow}\n  live:\n"           \
	       "    rollout: [{rule: p/a, percent: 25, by: customer}]\n"

static void test_environments_only_lower(void **state)
{
	struct policy_source s = {.environment = "staging"};
	source_add(&s, "policy.yaml", ENVIRONMENTS);
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	struct guard_policy *p = load_good(&s);
	assert_int_equal(p->rules[0].info.mode, GUARD_SHADOW);
	assert_int_equal(p->rules[0].rollout_percent, 100);
	guard_policy_unref(p);
	s.environment = "live";
	p = load_good(&s);
	assert_int_equal(p->rules[0].info.mode, GUARD_ENFORCE);
	assert_int_equal(p->rules[0].rollout_percent, 25);
	assert_true(p->rules[0].rollout_by_customer);
	guard_policy_unref(p);
	s.environment = NULL;
	p = load_good(&s);
	assert_int_equal(p->rules[0].rollout_percent, 100);
	guard_policy_unref(p);
}

static void test_dates_and_hours_count_in_the_packs_zone(void **state)
{
	struct guard_policy *p = load_pack(POLICY "timezone: UTC\n",
	    PACK_HEAD
	    "timezone: America/New_York\nrules:\n  - id: a\n"
	    "    title: A\n    mode: shadow\n    then: log\n"
	    "    find: {phrases: [foo]}\n"
	    "    when: {hours: outside 08:00-20:30, ai_turn: more than"
	    " 3, resolved: no, channel: [chat, sms]}\n"
	    "    effective: {from: 2026-11-01, to: 2026-11-30}\n");
	const struct rule *r = &p->rules[0];
	assert_true(r->from_us == INT64_C(1793505600000000));
	assert_true(r->to_us == INT64_C(1796101200000000));
	assert_true(r->when.set);
	assert_true(r->when.hours.set && r->when.hours.outside);
	assert_int_equal(r->when.hours.from, 480);
	assert_int_equal(r->when.hours.to, 1230);
	assert_non_null(r->when.zone_rules);
	assert_int_equal(r->when.ai_turn.min, 4);
	assert_int_equal(r->when.resolved, GUARD_NO);
	assert_int_equal(r->when.repeat_contact, GUARD_UNKNOWN);
	assert_int_equal(r->when.channel.n, 2);
	guard_policy_unref(p);
}

static void test_allow_names_rules_wherever_they_stand(void **state)
{
	struct policy_source s = {0};
	source_add(
	    &s, "policy.yaml", POLICY_HEAD "timezone: UTC\npacks: [z, p]\n");
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	source_add(&s, "packs/z.yaml",
	    "format: 1\nkind: pack\npack: z\nrules:\n"
	    "  - {id: b, title: B, mode: off, then: log, find: {phrases: x}}\n"
	    "  - id: a\n    title: A\n    mode: shadow\n"
	    "    find:\n      text_is:\n        - Say foo.\n"
	    "    then: {allow: {rules: [p/a, b]}}\n"
	    "    effective: {to: 2027-01-01}\n");
	struct guard_policy *p = load_good(&s);
	assert_int_equal(p->n_rules, 3);
	const struct rule *r = &p->rules[1];
	assert_string_equal(r->info.id, "z/a");
	assert_int_equal(r->n_allows, 2);
	assert_int_equal(r->allows[0], 0);
	assert_int_equal(r->allows[1], 2);
	guard_policy_unref(p);
}

static void test_order_of_files_does_not_matter(void **state)
{
	char digest[2][80];
	for (size_t i = 0; i < 2; i++) {
		struct policy_source s = {0};
		const char *names[] = {"packs/p.yaml", "packs/q.yaml"};
		const char *texts[] = {
		    PACK_HEAD FOO, "format: 1\nkind: pack\npack: q\n" FOO};
		source_add(&s, names[i], texts[i]);
		source_add(&s, "policy.yaml", POLICY_HEAD "packs: [q, p]\n");
		source_add(&s, names[!i], texts[!i]);
		struct guard_policy *p = load_good(&s);
		struct guard_rule_info info;
		guard_policy_rule(p, 0, &info);
		assert_string_equal(info.id, "p/a");
		snprintf(
		    digest[i], sizeof(digest[i]), "%s", guard_policy_digest(p));
		guard_policy_unref(p);
	}
	assert_string_equal(digest[0], digest[1]);
}

static void test_digest_is_that_of_sha256sum(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD "rules: [{id: a, title: A, mode: off, then: log, find: "
		      "{phrases: x}}]\n");
	source_add(&s, "tests/t.yaml", "not read");
	struct guard_policy *p = load_good(&s);
	assert_string_equal(guard_policy_digest(p),
	    "sha256:"
	    "0f3de498e46732b5289ea050dd3a0612e23e561481a01a85cd9f5ba17d5eed88");
	guard_policy_unref(p);
}

static void test_own_files_come_before_shipped_ones(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_ship(&s, "packs/p.yaml", PACK_HEAD FOO);
	struct guard_policy *p = load_good(&s);
	guard_policy_unref(p);
	source_add(&s, "packs/p.yaml", "nonsense");
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P005");
}

static void test_all_faults_are_told(void **state)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY "nmae: x\n");
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD "ownr: x\nrules:\n  - id: a\n    titel: A\n"
		      "    find: {percent: {abov: 1}}\n    then: nothing\n");
	assert_null(source_load(&s));
	assert_true(s.n_errors >= 4);
}

static int load_once(void *arg)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    POLICY "timezone: America/New_York\nqueues: {care: }\n");
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD "use_lists: [words]\ntopics:\n  t: {says: [x y]}\n" FOO
		      "  - id: b\n    title: B\n    mode: shadow\n"
		      "    find: {pattern: 'a+', near: [<some>]}\n"
		      "    when: {hours: 08:00-10:00}\n"
		      "    then: {handoff: {queue: care, say: Wait.}}\n");
	source_ship(&s, "lists/words.yaml", words);
	struct guard_policy *p = source_load(&s);
	if (!p && s.n_errors == 0)
		abort();
	guard_policy_unref(p);
	return p ? 0 : -1;
}

static void test_every_allocation_may_fail(void **state)
{
	assert_true(failmalloc_each(load_once, NULL) > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fault_has_its_code_and_place),
	    cmocka_unit_test(test_every_code_has_a_case),
	    cmocka_unit_test(test_key_tables_are_whole),
	    cmocka_unit_test(test_own_limits),
	    cmocka_unit_test(test_a_pattern_that_gives_up_refuses_its_example),
	    cmocka_unit_test(test_unused_files_are_a_warning),
	    cmocka_unit_test(test_a_rule_says_what_it_is),
	    cmocka_unit_test(test_numbers_are_exact),
	    cmocka_unit_test(test_equal_things_are_one_detector),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_fallbacks_and_queues),
	    cmocka_unit_test(test_environments_only_lower),
	    cmocka_unit_test(test_dates_and_hours_count_in_the_packs_zone),
	    cmocka_unit_test(test_allow_names_rules_wherever_they_stand),
	    cmocka_unit_test(test_order_of_files_does_not_matter),
	    cmocka_unit_test(test_digest_is_that_of_sha256sum),
	    cmocka_unit_test(test_own_files_come_before_shipped_ones),
	    cmocka_unit_test(test_all_faults_are_told),
	    cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
