/* load: every code of the loader, and of YAML through it, has its place. */
#include "rules/load_codes.h"

#include "rules/load_keys.h"

#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Each replaces one file of a small good policy. */
struct bad {
	const char *code;
	unsigned line, col;
	const char *policy, *pack, *lists;
	const char *hint; /* part of it, or NULL */
};

#define CHANGED(what) "- {rule: p/a, " what "}\n"
#define CHANGE(what) POLICY "changes:\n" CHANGED(what)

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
    {"P004", 6, 17,
	POLICY "timezone: UTC\nqueues: {care: {hours: \"08:00-20:00\"}}\n",
	PACK_HEAD FOO, NULL, "otherwise:"},
    {"P004", 5, 17, POLICY "queues: {care: {otherwise: desk}}\n", PACK_HEAD FOO,
	NULL, "hours:"},
    {"P008", 6, 26,
	POLICY "timezone: UTC\n"
	       "queues: {care: {  hours: Mon-Fri 8-20, otherwise: desk}}\n",
	PACK_HEAD FOO, NULL, "Mon-Fri 08:00-20:00"},
    {"P008", 6, 25,
	POLICY "timezone: UTC\n"
	       "queues: {care: {hours: [Mun 08:00-20:00], otherwise: desk}}\n",
	PACK_HEAD FOO, NULL, NULL},
    {"P026", 6, 54,
	POLICY "timezone: UTC\n"
	       "queues: {care: {hours: \"Sun 08:00-20:00\", otherwise: dsk}}\n",
	PACK_HEAD FOO, NULL, "desk"},
    {"P006", 7, 44,
	POLICY "timezone: UTC\nqueues:\n"
	       "  a: {hours: \"Sun 08:00-20:00\", otherwise: b}\n"
	       "  b: {hours: \"Sun 08:00-20:00\", otherwise: a}\n",
	PACK_HEAD FOO, NULL, "without hours"},
    {"P033", 5, 24,
	POLICY
	"queues: {care: {hours: \"Sun 08:00-20:00\", otherwise: desk}}\n",
	PACK_HEAD FOO, NULL, NULL},
    {"P036", 4, 1, POLICY_HEAD "packs: []\n", NULL, NULL, "packs:"},
    {"P036", 4, 1, POLICY, PACK_HEAD "rules: []\n", NULL, NULL},
    {"P033", 5, 11, POLICY "timezone: Mars/Olympus\n", PACK_HEAD FOO, NULL,
	NULL},
    {"P026", 6, 10,
	POLICY "handoff_defaults:\n  queue: biling\nqueues:\n  billing:\n",
	PACK_HEAD FOO, NULL, "\"billing\""},
    {"P009", 5, 25, POLICY "handoff_defaults: {say: \"\"}\n", PACK_HEAD FOO,
	NULL, "leave say out"},
    {"P072", 5, 25, POLICY "handoff_defaults: {say: Rule p/a fired.}\n",
	PACK_HEAD FOO, NULL, "customer's words"},
    {"P006", 5, 27, POLICY "queues: {care: {priority: most}}\n", PACK_HEAD FOO,
	NULL, "low, normal"},
    {"P006", 5, 30, POLICY "if_the_engine_cannot_decide: deliver\n",
	PACK_HEAD FOO, NULL, "handoff"},
    {"P007", 5, 19, POLICY "if_the_bot_fails: handoff after 0\n", PACK_HEAD FOO,
	NULL, NULL},
    {"P027", 6, 24,
	POLICY "environments:\n  e: {rollout: [{rule: p/aa, percent: 5}]}\n",
	PACK_HEAD FOO, NULL, "p/a"},
    {"P011", 7, 14,
	POLICY "environments:\n  e: {rollout: [{rule: p/a, percent: 5},\n"
	       "      {rule: p/a, percent: 5}]}\n",
	PACK_HEAD FOO, NULL, "take one"},
    {"P034", 5, 1, POLICY "environments: {f: {mode: shadow}}\n", PACK_HEAD FOO,
	NULL, "\"f\""},
    /* packs and rules of others */
    {"P004", 5, 4, POLICY_HEAD "extends:\n- {pack: p, version: 1}\n", NULL,
	NULL, "packs/p.yaml is sha256:"},
    {"P004", 5, 4, POLICY_HEAD "extends:\n- {version: 1, digest: x}\n", NULL,
	NULL, NULL},
    {"P016", 5, 10,
	POLICY_HEAD "extends:\n- {pack: v/p, version: 1, digest: x}\n", NULL,
	NULL, "did you mean p?"},
    {"P011", 6, 10, POLICY "extends:\n- {pack: p, version: 1, digest: x}\n",
	NULL, NULL, NULL},
    {"P050", 5, 33,
	POLICY_HEAD "extends:\n- {pack: p, version: 1, digest: sha256:123}\n",
	NULL, NULL, "packs/p.yaml is sha256:"},
    {"P053", 5, 33,
	POLICY_HEAD "extends:\n- {pack: p, version: 1, digest: "
		    "sha256:0123456789ab}\n",
	NULL, NULL, "packs/p.yaml is sha256:"},
    {"P051", 5, 22,
	POLICY_HEAD "extends:\n- {pack: p, version: 2, digest: x}\n", NULL,
	NULL, "what changed"},
    {"P052", 6, 28, CHANGE("written_for: 2, reason: r, set: {mode: off}"), NULL,
	NULL, "what changed"},
    {"P027", 6, 10,
	POLICY "changes:\n- {rule: p/aa, written_for: 1, reason: r,\n"
	       "   set: {mode: off}}\n",
	NULL, NULL, "did you mean p/a?"},
    {"P004", 6, 4, CHANGE("written_for: 1, set: {mode: off}"), NULL, NULL,
	NULL},
    {"P004", 6, 4, CHANGE("reason: r, set: {mode: off}"), NULL, NULL, NULL},
    {"P004", 6, 3, CHANGE("written_for: 1, reason: r"), NULL, NULL, "set:"},
    {"P014", 7, 8, CHANGE("written_for: 1, reason: r,\n set: {title: B}"), NULL,
	NULL, "keys here: mode"},
    {"P006", 7, 14, CHANGE("written_for: 1, reason: r,\n set: {mode: of}"),
	NULL, NULL, "\"off\""},
    {"P055", 7, 15,
	CHANGE("written_for: 1, reason: r,\n set: {find: {money: {above: 5}}}"),
	NULL, NULL, "rule of your own"},
    {"P055", 7, 18,
	CHANGE("written_for: 1, reason: r,\n add_to: {find: {near: [x]}}"),
	NULL, NULL, NULL},
    {"P056", 7, 21,
	CHANGE("written_for: 1, reason: r, ticket: T,\n"
	       " add_to: {unless: [{phrases: [x]}]}"),
	NULL, NULL, "beside rule:"},
    {"P057", 7, 14,
	CHANGE("written_for: 1, reason: r, until: 2027-01-31,\n"
	       " set: {then: log}") "timezone: UTC\n",
	NULL, NULL, "mode: shadow"},
    {"P033", 6, 49,
	CHANGE("written_for: 1, reason: r, until: 2027-01-31,\n"
	       " set: {mode: off}"),
	NULL, NULL, "timezone:"},
    {"P011", 8, 12,
	CHANGE("written_for: 1, reason: r, set: {mode: off}")
	    CHANGED("written_for: 1, reason: r,\n     set: {mode: shadow}"),
	NULL, NULL, "one change"},
    /* the pack */
    {"P012", 3, 7, POLICY, "format: 1\nkind: pack\npack: q\n" FOO, NULL, NULL},
    {"P024", 4, 12, POLICY, PACK_HEAD "use_lists: [wodrs]\n" FOO, NULL,
	"did you mean words?"},
    {"P004", 5, 3, POLICY, PACK_HEAD "entities:\n  x: {check: luhn}\n" FOO,
	NULL, NULL},
    {"P006", 5, 28, POLICY,
	PACK_HEAD "entities:\n  x: {pattern: 'a', check: lun}\n" FOO, NULL,
	"\"luhn\""},
    {"P011", 5, 3, POLICY, PACK_HEAD "entities:\n  email: {pattern: 'a'}\n" FOO,
	NULL, NULL},
    {"P028", 5, 21, POLICY,
	PACK_HEAD "entities:\n  x: {pattern: 'a', within: 3 words}\n" FOO, NULL,
	NULL},
    {"P030", 5, 16, POLICY,
	PACK_HEAD "entities:\n  x: {pattern: '(a+)+'}\n" FOO, NULL, NULL},
    {"P031", 5, 16, POLICY, PACK_HEAD "entities:\n  x: {pattern: ab}\n" FOO,
	NULL, NULL},
    {"P006", 7, 23, POLICY, RULE_HEAD "    find: {entities: [emial]}\n", NULL,
	"\"email\""},
    {"P004", 5, 3, POLICY, PACK_HEAD "topics:\n  t: {at_least: 1}\n" FOO, NULL,
	NULL},
    {"P100", 5, 16, POLICY,
	PACK_HEAD "topics:\n  t: {learned: x.topic, says: [foo]}\n" FOO, NULL,
	"handrail topic train"},
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
    {"P007", 7, 12, POLICY,
	RULE_HEAD "    score: 0\n    find: {phrases: [x]}\n    then: log\n",
	NULL, NULL},
    {"P029", 7, 11, POLICY,
	RULE_HEAD "    mode: enforce\n    speaker: human\n    then: flag\n"
		  "    find: {phrases: [foo]}\n" EXAMPLES,
	NULL, "shadow"},
    /* find */
    {"P014", 9, 9, POLICY,
	RULE_HEAD "    find:\n      percent:\n        abov: 10\n", NULL,
	"did you mean \"above\"?"},
    {"P006", 7, 23, POLICY, RULE_HEAD "    find: {entities: [Credit-card]}\n",
	NULL, "did you mean \"payment_card\"?"},
    {"P006", 7, 22, POLICY, RULE_HEAD "    find: {secrets: [API token]}\n",
	NULL, "did you mean \"api_key\"?"},
    {"P006", 7, 22, POLICY, RULE_HEAD "    find: {secrets: [creditcard]}\n",
	NULL, "known here: api_key"},
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
    {"P004", 7, 24, POLICY, RULE_HEAD "    find: {classifier: {}}\n", NULL,
	NULL},
    {"P004", 7, 12, POLICY, RULE_HEAD "    find: {classifier: {name: t}}\n",
	NULL, "score_above: 0.8"},
    {"P014", 7, 34, POLICY,
	RULE_HEAD "    find: {classifier: {name: t, score: 0.8}}\n", NULL,
	"score_above"},
    {"P007", 7, 47, POLICY,
	RULE_HEAD "    find: {classifier: {name: t, score_above: 80%}}\n", NULL,
	"0.8"},
    {"P007", 7, 47, POLICY,
	RULE_HEAD "    find: {classifier: {name: t, score_above: 0.1234567}}\n",
	NULL, "six digits"},
    {"P007", 7, 47, POLICY,
	RULE_HEAD "    find: {classifier: {name: t, score_above: 1.5}}\n", NULL,
	NULL},
    {"P007", 7, 47, POLICY,
	RULE_HEAD "    find: {classifier: {name: t, score_above: 1}}\n", NULL,
	"less than 1"},
    {"P010", 7, 31, POLICY,
	RULE_HEAD "    find: {classifier: {name: a b, score_above: 0.8}}\n",
	NULL, "letters"},
    {"P028", 8, 12, POLICY,
	RULE_HEAD "    speaker: human\n"
		  "    find: {classifier: {name: t, score_above: 0.8}}\n",
	NULL, NULL},
    {"P007", 12, 44, POLICY,
	RULE_HEAD "    mode: shadow\n"
		  "    find: {classifier: {name: t, score_above: 0.8}}\n"
		  "    then: flag\n    examples:\n      passes:\n"
		  "        - {text: Bye., given: {scores: {t: high}}}\n",
	NULL, "0.8"},
    {"P006", 7, 30, POLICY,
	RULE_HEAD "    find: {links: {outside: [http://a.test/]}}\n", NULL,
	"acme.example"},
    {"P004", 7, 12, POLICY, RULE_HEAD "    find: {links: {}}\n", NULL, NULL},
    {"P030", 7, 21, POLICY, RULE_HEAD "    find: {pattern: \"\\bfoo\\b\"}\n",
	NULL, "put it in '...'"},
    {"P030", 7, 21, POLICY, RULE_HEAD "    find: {pattern: '(a+)+b'}\n", NULL,
	NULL},
    {"P031", 7, 21, POLICY, RULE_HEAD "    find: {pattern: ab+}\n", NULL,
	"'...'"},
    {"P025", 9, 19, POLICY,
	PACK_HEAD "topics:\n  monee: {says: [foo]}\nrules:\n  - id: a\n"
		  "    title: A\n    find: {topic: money}\n",
	NULL, "\"monee\""},
    {"P009", 7, 5, POLICY, RULE_HEAD "    find: {}\n", NULL, NULL},
    {"P020", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [waive .... fee]}\n",
	NULL, "write ... for a gap"},
    {"P020", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [\"...\"]}\n", NULL,
	NULL},
    {"P020", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [waive .. fee]}\n",
	NULL, "write ..."},
    {"P020", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [\"<foo words\"]}\n",
	NULL, "write <name>"},
    {"P020", 8, 16, POLICY, RULE_HEAD "    find:\n      phrases: foo, bar\n",
	NULL, "write several in [ ]"},
    {"P020", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [foo> words]}\n",
	NULL, "write <name>"},
    {"P020", 7, 22, POLICY,
	RULE_HEAD "    find: {phrases: [\"ref.nd|money\"]}\n", NULL,
	"pattern:"},
    {"P021", 7, 22, POLICY, RULE_HEAD "    find: {phrases: [a <b> c]}\n", NULL,
	"use_lists:"},
    {"P022", 7, 23, POLICY,
	PACK_HEAD "use_lists: words\nrules:\n  - {id: a, title: A,\n"
		  "     find: {phrases: [<some> <some> <some> <some>]}}\n",
	"format: 1\nkind: lists\nlists:\n"
	"  some: [a, b, c, d, e, f, g, h, i, j, k, l]\n",
	"shorter"},
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
    {"P028", 8, 23, POLICY,
	RULE_HEAD "    find: {phrases: [x]}\n"
		  "    unless: [{money: {near: [y]}}]\n",
	NULL, "take it out"},
    {"P006", 8, 37, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    unless: [{phrases: [x], within: 6 words}]\n",
	NULL, "sentence, clause"},
    {"P028", 8, 28, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    unless: [{approval: x, within: clause}]\n",
	NULL, "phrases"},
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
    {"P006", 8, 44, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n"
		  "    then: {handoff: {include: [transcript, rules]}}\n",
	NULL, "\"rule\""},
    {"P009", 6, 12, POLICY "handoff_defaults:\n  include: []\n", PACK_HEAD FOO,
	NULL, "leave it out"},
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
	NULL, "none of its phrases"},
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
    {"Y009", 5, 9, POLICY,
	PACK_HEAD "rules:\n  - id: a\xe2\x80\x8b\n    title: A\n", NULL, NULL},
    {"Y009", 7, 22, POLICY,
	RULE_HEAD "    find: {phrases: [re\xe2\x80\x8b"
		  "fund]}\n    then: flag\n",
	NULL, NULL},
    {"Y011", 10, 10, POLICY,
	RULE_HEAD "    find:\n      phrases:\n        foo\n         - bar\n",
	NULL, "an ordinary -"},
    {"Y011", 9, 9, POLICY,
	RULE_HEAD "    find:\n      phrases:\n        foo\n        bar\n", NULL,
	"begin each line"},
    {"Y011", 11, 9, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		  "    examples:\n      matches:\n        A foo.\n"
		  "        Two foo.\n      passes: bar\n",
	NULL, "begin each line"},
    {"Y011", 9, 9, POLICY,
	RULE_HEAD "    find:\n      text_is:\n        foo\n        bar\n", NULL,
	"begin each line"},
    {"Y011", 10, 11, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    unless:\n"
		  "      - text_is:\n          foo\n          bar\n",
	NULL, "begin each line"},
    {"Y011", 6, 6, POLICY, PACK_HEAD "use_lists: [words]\n" FOO,
	"format: 1\nkind: lists\nlists:\n  some:\n    - foo\n     - bar\n",
	"column 5"},
    {"Y004", 8, 5, POLICY,
	RULE_HEAD "    find: {phrases: [foo]}\n    find: {phrases: [x]}\n",
	NULL, NULL},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char words[] =
    "format: 1\nkind: lists\nlists:\n  some:\n    - foo\n";

static void load_bad(const struct bad *b, struct policy_source *s)
{
	*s = (struct policy_source){0};
	if (b->policy)
		source_add(s, "policy.yaml", b->policy);
	source_add(s, "packs/p.yaml", b->pack ? b->pack : PACK_HEAD FOO);
	source_ship(s, "lists/words.yaml", b->lists ? b->lists : words);
	if (b->policy && strstr(b->policy, "environments:"))
		s->environment = "e";
	struct guard_policy *p = source_load(s);
	guard_policy_unref(p);
}

static void test_every_fault_has_its_code_and_place(void **state)
{
	unsigned wrong = 0;
	for (size_t i = 0; i < COUNT(bads); i++) {
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

/* Those that no text of an author can bring about, those that are no errors,
 * and those of conversation tests (test_load_tests.c). */
static bool needs_more_than_text(const char *code)
{
	return strncmp(code, "P06", 3) == 0 || strcmp(code, "P013") == 0 ||
	    strncmp(code, "P04", 3) == 0 || strcmp(code, "P054") == 0 ||
	    strcmp(code, "P035") == 0 || strcmp(code, "P015") == 0 ||
	    strcmp(code, "P017") == 0 || strcmp(code, "P073") == 0 ||
	    strcmp(code, "P037") == 0 || /* test_load_interactions.c */
	    strcmp(code, "P038") == 0 || strcmp(code, "P039") == 0 ||
	    /* test_load.c */ strcmp(code, "P074") == 0 ||
	    strcmp(code, "P075") == 0 ||
	    strncmp(code, "P08", 3) == 0 || /* test_load_sums.c */
	    strcmp(code, "P101") == 0 ||    /* test_load_topic.c */
	    strcmp(code, "P102") == 0;      /* test_topic_sentences.c */
}

static void test_every_code_has_a_case(void **state)
{
	for (size_t i = 0; i < LOAD_CODES; i++) {
		const char *code = load_codes[i].code;
		assert_non_null(code);
		assert_non_null(load_codes[i].about);
		bool found = needs_more_than_text(code);
		for (size_t k = 0; k < COUNT(bads); k++)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_fault_has_its_code_and_place),
	    cmocka_unit_test(test_every_code_has_a_case),
	    cmocka_unit_test(test_key_tables_are_whole),
	    cmocka_unit_test(test_own_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
