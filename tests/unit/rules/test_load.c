/* load: good policies compile to what they say. */
#include "rules/guard.h"
#include "rules/load_words.h"
#include "rules/policy.h"

#include "tests/support/failmalloc.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char words[] =
    "format: 1\nkind: lists\nlists:\n  some:\n    - foo\n";

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

/* A rule's own, else the policy's; a fallback's likewise. */
static void test_what_a_person_sees(void **state)
{
	(void)state;
	struct guard_policy *p = load_pack(POLICY
	    "queues: {care: }\n"
	    "handoff_defaults: {include: [transcript, rule]}\n"
	    "if_a_message_cannot_be_read:\n"
	    "  handoff: {include: [transcript, open_tasks]}\n",
	    PACK_HEAD "rules:\n  - {id: a, title: A, mode: shadow,\n"
		      "     find: {phrases: [foo]}, then: handoff}\n"
		      "  - {id: b, title: B, mode: shadow,\n"
		      "     find: {phrases: [foo]}, then: {handoff: {include:\n"
		      "     [transcript, withheld_draft]}}}\n");
	const unsigned of_policy =
	    GUARD_INCLUDE_TRANSCRIPT | GUARD_INCLUDE_RULE;
	struct guard_fallback f;
	assert_int_equal(guard_policy_include(p, 0), of_policy);
	assert_int_equal(guard_policy_include(p, 1),
	    GUARD_INCLUDE_TRANSCRIPT | GUARD_INCLUDE_WITHHELD_DRAFT);
	assert_int_equal(guard_policy_include(p, SIZE_MAX), of_policy);
	guard_policy_fallback(p, GUARD_CANNOT_READ, &f);
	assert_int_equal(
	    f.include, GUARD_INCLUDE_TRANSCRIPT | GUARD_INCLUDE_OPEN_TASKS);
	guard_policy_fallback(p, GUARD_BOT_LATE, &f);
	assert_int_equal(f.include, of_policy);
	guard_policy_unref(p);
	p = load_pack(POLICY, PACK_HEAD FOO);
	assert_int_equal(guard_policy_include(p, 0), 0);
	guard_policy_unref(p);
	for (unsigned i = 0; i < GUARD_INCLUDES; i++)
		assert_string_equal(
		    guard_include_name(i), load_words_include[i]);
}

static void test_who_gives_a_conversation_back(void **state)
{
	(void)state;
	const char *const heads[] = {POLICY,
	    POLICY "handoff_defaults: {ai_may_speak_again: no}\n",
	    POLICY "handoff_defaults: {ai_may_speak_again: yes}\n"};
	for (int i = 0; i < 3; i++) {
		struct guard_policy *p = load_pack(heads[i], PACK_HEAD FOO);
		assert_int_equal(guard_policy_ai_may_speak_again(p), i == 2);
		guard_policy_unref(p);
	}
}

static void test_who_does_not_see_what_was_said(void **state)
{
	(void)state;
	struct policy_source s = {0};
	source_add(
	    &s, "policy.yaml", POLICY "handoff_defaults: {include: [rule]}\n");
	source_add(&s, "packs/p.yaml", PACK_HEAD FOO);
	guard_policy_unref(source_load(&s));
	assert_int_equal(s.n_errors, 0);
	assert_int_equal(s.n_warnings, 1);
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
	assert_int_equal(p->rules[0].info.rollout_percent, 100);
	guard_policy_unref(p);
	s.environment = "live";
	p = load_good(&s);
	assert_int_equal(p->rules[0].info.mode, GUARD_ENFORCE);
	assert_int_equal(p->rules[0].info.rollout_percent, 25);
	assert_true(p->rules[0].rollout_by_customer);
	guard_policy_unref(p);
	s.environment = NULL;
	p = load_good(&s);
	assert_int_equal(p->rules[0].info.rollout_percent, 100);
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
	source_add(&s, "tests/t.yaml",
	    "format: 1\nkind: conversation tests\ntests: []\n");
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

static void test_an_example_happens_where_its_rule_applies(void **state)
{
	guard_policy_unref(load_pack(POLICY,
	    RULE_HEAD "    find: {phrases: [foo]}\n    then: flag\n"
		      "    when: {channel: [chat, sms], segment_not: [big]}\n"
		      "    examples:\n      matches:\n        - A foo.\n"
		      "      passes:\n        - text: A foo.\n"
		      "          given: {channel: mail}\n"
		      "        - text: A foo.\n"
		      "          given: {segment: big}\n"));
}

/* Every example holds only if both lists are spelled out, each pack's own. */
static void test_lists_inside_phrases_are_spelled_out(void **state)
{
	static const char rule[] =
	    "rules:\n  - id: a\n    title: A\n    then: flag\n"
	    "    find: {phrases: [<we will> ... <give> back]}\n"
	    "    examples:\n      matches:\n";
	char p[1024], q[1024];
	snprintf(p, sizeof(p), PACK_HEAD "use_lists: words\n%s%s", rule,
	    "        - We'll be giving back what you paid.\n"
	    "        - I will pay back.\n"
	    "      passes:\n        - She will pay back.\n"
	    "        - We'll come back.\n");
	snprintf(q, sizeof(q),
	    "format: 1\nkind: pack\npack: q\n"
	    "use_lists: other\n%s%s",
	    rule,
	    "        - She will see to it and come back.\n"
	    "      passes:\n        - I will pay back.\n");
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY_HEAD "packs: [p, q]\n");
	source_add(&s, "packs/p.yaml", p);
	source_add(&s, "packs/q.yaml", q);
	source_ship(&s, "lists/words.yaml",
	    "format: 1\nkind: lists\nlists:\n"
	    "  we will: [we'll, I will]\n  give: [giv*, pay]\n");
	source_ship(&s, "lists/other.yaml",
	    "format: 1\nkind: lists\nlists:\n"
	    "  we will: [she will]\n  give: [come]\n");
	struct guard_policy *policy = load_good(&s);
	assert_int_equal(s.n_warnings, 0);
	guard_policy_unref(policy);
}

static void test_a_number_beside_a_hit_may_excuse_it(void **state)
{
	guard_policy_unref(load_pack(POLICY,
	    RULE_HEAD "    find: {phrases: [refund*]}\n    then: flag\n"
		      "    unless: \n      - money: {below: 50.01}\n"
		      "      - percent: {above: 20, below: 30}\n"
		      "    examples:\n      matches:\n"
		      "        - I'll refund it.\n"
		      "        - I'll refund $50.01 of it.\n"
		      "        - I'll refund 30% of it.\n"
		      "        - I'll refund it. It is $5.\n"
		      "      passes:\n"
		      "        - I'll refund $50 of it.\n"
		      "        - I'll refund 25% of it.\n"));
}

static void test_an_exception_may_end_with_its_clause(void **state)
{
	guard_policy_unref(load_pack(POLICY,
	    RULE_HEAD
	    "    find: {phrases: [credit*]}\n    then: flag\n"
	    "    unless: \n"
	    "      - {phrases: [policy, you asked], within: clause}\n"
	    "      - {phrases: [\"test\"], money: {below: 5}, "
	    "within: sentence}\n"
	    "    examples:\n      matches:\n"
	    "        - It's our policy, but I'll add a credit.\n"
	    "        - A credit is yours, though the policy is another.\n"
	    "        - You asked for it; the credit is there.\n"
	    "        - You asked for it and I've added a credit.\n"
	    "        - You asked for it, we will add a credit.\n"
	    "        - \"You asked for it: yes, a credit is there.\"\n"
	    "      passes:\n"
	    "        - Our policy on shoes, hats and coats knows no credit.\n"
	    "        - You asked for shoes and a credit.\n"
	    "        - We add no credit, by the way, by our policy.\n"
	    "        - It's a test, but I'll add a credit.\n"
	    "        - I'll add a credit and I'll make it $4.\n"));
}

static void test_true_is_yes(void **state)
{
	struct guard_policy *p = load_pack(POLICY,
	    RULE_HEAD "    find: {phrases: [foo]}\n    ignore_negated: true\n"
		      "    then: flag\n" EXAMPLES
		      "  - id: b\n    title: B\n    find: {phrases: [foo]}\n"
		      "    ignore_negated: false\n    then: flag\n" EXAMPLES);
	assert_true(p->rules[0].ignore_negated);
	assert_false(p->rules[1].ignore_negated);
	guard_policy_unref(p);
}

static int load_once(void *arg)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml",
	    POLICY "timezone: America/New_York\nqueues: {care: }\n");
	source_add(&s, "packs/p.yaml",
	    PACK_HEAD
	    "use_lists: [words]\ntopics:\n  t: {says: [x y]}\n" FOO
	    "  - id: b\n    title: B\n    mode: shadow\n"
	    "    find: {pattern: 'a+', near: [<some>, a <some>]}\n"
	    "    when: {hours: 08:00-10:00}\n"
	    "    unless: [{phrases: [z], money: {below: 2}, within: clause}]\n"
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

static void test_a_pattern_that_gives_up_refuses_its_example(void **state)
{
	struct policy_source s = {0};
	char pack[2048], example[600];
	memset(example, 'a', sizeof(example));
	snprintf(pack, sizeof(pack),
	    RULE_HEAD "    find: {pattern: '(a|aa|aaa){20,300}[bc]'}\n"
		      "    then: flag\n    examples:\n      matches:\n"
		      "        - %.*s\n      passes:\n        - x\n",
	    (int)sizeof(example), example);
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", pack);
	assert_null(source_load(&s));
	assert_string_equal(s.code, "P073");
	assert_int_equal(s.line, 11);
}

static void see_dead(const struct diag *d, void *arg)
{
	char *seen = arg;
	size_t n = strlen(seen);
	if (strcmp(d->code, "P035") == 0 || strcmp(d->code, "P017") == 0)
		snprintf(seen + n, 40 - n, "%u:%u ", d->line, d->col);
}

static void check_dead(const char *pack, const char *expected)
{
	const struct guard_file files[] = {
	    {"policy.yaml", POLICY, sizeof(POLICY) - 1},
	    {"packs/p.yaml", pack, strlen(pack)}};
	const struct guard_source source = {.own = files, .n_own = 2};
	struct guard_policy *policy = NULL;
	char seen[40] = "";
	assert_int_equal(
	    guard_policy_load(&policy, &source, NULL, see_dead, seen), 0);
	assert_string_equal(seen, expected);
	guard_policy_unref(policy);
}

static void test_a_rule_that_can_never_apply(void **state)
{
	(void)state;
	const char *const pack =
	    PACK_HEAD "rules:\n"
		      "  - {id: a, title: A, mode: shadow, then: log, find: "
		      "{phrases: x},\n"
		      "     when: {segment: [s, t], segment_not: [t, u, s]}}\n"
		      "  - {id: b, title: B, mode: shadow, then: log, find: "
		      "{phrases: x},\n"
		      "     when: {segment: [s, t], segment_not: [t]}}\n"
		      "  - {id: c, title: C, mode: shadow, then: log, find: "
		      "{phrases: x},\n"
		      "     when: {segment_not: [t]}}\n";
	check_dead(pack, "6:30 ");
}

static void test_topics_nobody_can_find(void **state)
{
	(void)state;
	check_dead(PACK_HEAD "topics:\n  few: {says: [foo], at_least: 5}\n"
			     "  two: {says: [foo, oof], at_least: 2}\n"
			     "  any: {says: [foo*], at_least: 5}\n"
			     "rules:\n"
			     "  - {id: a, title: A, mode: shadow, then: log,\n"
			     "     find: {topic: few}}\n"
			     "  - {id: b, title: B, mode: shadow, then: log,\n"
			     "     find: {topic: any}}\n",
	    "5:32 6:3 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_rule_that_can_never_apply),
	    cmocka_unit_test(test_unused_files_are_a_warning),
	    cmocka_unit_test(test_a_rule_says_what_it_is),
	    cmocka_unit_test(test_numbers_are_exact),
	    cmocka_unit_test(test_equal_things_are_one_detector),
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_fallbacks_and_queues),
	    cmocka_unit_test(test_what_a_person_sees),
	    cmocka_unit_test(test_who_gives_a_conversation_back),
	    cmocka_unit_test(test_who_does_not_see_what_was_said),
	    cmocka_unit_test(test_environments_only_lower),
	    cmocka_unit_test(test_dates_and_hours_count_in_the_packs_zone),
	    cmocka_unit_test(test_allow_names_rules_wherever_they_stand),
	    cmocka_unit_test(test_order_of_files_does_not_matter),
	    cmocka_unit_test(test_digest_is_that_of_sha256sum),
	    cmocka_unit_test(test_own_files_come_before_shipped_ones),
	    cmocka_unit_test(test_all_faults_are_told),
	    cmocka_unit_test(test_an_example_happens_where_its_rule_applies),
	    cmocka_unit_test(test_lists_inside_phrases_are_spelled_out),
	    cmocka_unit_test(test_a_number_beside_a_hit_may_excuse_it),
	    cmocka_unit_test(test_an_exception_may_end_with_its_clause),
	    cmocka_unit_test(test_topics_nobody_can_find),
	    cmocka_unit_test(test_true_is_yes),
	    cmocka_unit_test(test_a_pattern_that_gives_up_refuses_its_example),
	    cmocka_unit_test(test_every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
