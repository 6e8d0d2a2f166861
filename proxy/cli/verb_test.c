/*
 * verb_test - `handrail test [DIR]`: do a policy's own examples and its
 * conversation tests hold? Each that fails is shown with what fired or did
 * not; none at all is a failure too. The policy's own texts are judged as at
 * load.
 */
#include "proxy/base/file.h"
#include "proxy/cli/author.h"
#include "proxy/cli/rule_name.h"
#include "proxy/cli/test_quality.h"
#include "proxy/cli/test_report.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: handrail test [DIR] [OPTION ...]\n"
    "  DIR                 the policy's folder [.]\n"
    "  --run RULE          only this rule's examples: pack/id\n"
    "  --cover             which rules and phrases the examples reach\n"
    "  --weaken            which changes of a rule its examples would not "
    "notice,\n"
    "                      and what example would\n"
    "  --environment NAME  which of its environments [the rules' own modes]\n"
    "  --format text|json|junit  how to report [text]\n"
    "Every example tests its rule alone, enforced. Conversation tests\n"
    "(tests/*.yaml) are judged by all rules in the modes they are written "
    "with.\n"
    "No example and no test at all is a failure.\n";

struct tester {
	struct author a;
	const char *only; /* a rule, or NULL */
	bool wants_cover, wants_weaken;
	struct test_report report;
	struct test_quality cover, weaken;
	struct guard_policy *policy;
};

static void describe_miss(
    struct tester *t, const struct guard_example *o, struct buf *out)
{
	char miss[GUARD_MISS_BYTES];
	struct guard_rule_info info;
	size_t rule = author_rule(t->policy, o->rule);
	if (rule == SIZE_MAX)
		return;
	guard_policy_rule(t->policy, rule, &info);
	const struct guard_message m = {info.speaker, o->text, o->len};
	if (guard_why_in_words(t->policy, rule, o->given, &m, miss) == 0 &&
	    *miss)
		buf_printf(out, ". nearest miss: %s", miss);
}

static void describe(
    struct tester *t, const struct guard_example *o, struct buf *out)
{
	if (o->undecided) {
		buf_printf(out, "it could not be decided (%s)",
		    guard_undecided_name(o->undecided));
		return;
	}
	if (!o->hit) {
		buf_adds(out, "nothing fired");
		if (o->matches)
			describe_miss(t, o, out);
		return;
	}
	size_t len = o->hit->end - o->hit->start;
	if (len)
		buf_printf(
		    out, "\"%.*s\" fired", (int)len, o->text + o->hit->start);
	else
		buf_adds(out, "the rule fired");
	if (o->hit->what)
		buf_printf(out, ": %s", o->hit->what);
}

static void see_example(const struct guard_example *o, void *arg)
{
	struct tester *t = arg;
	if (t->only && strcmp(t->only, o->rule) != 0)
		return;
	struct buf why = {0};
	describe(t, o, &why);
	test_report_add(&t->report, &t->report.examples,
	    &(struct test_result){
		.name = o->rule,
		.file = o->file,
		.line = o->line,
		.col = o->col,
		.text = o->text,
		.len = o->len,
		.expected = o->matches ? "matches" : "passes",
		.good = o->good,
		.why = why.data,
	    });
	buf_clear(&why);
}

/* What keeps the rule that was to decide from firing. */
static void add_why_not(
    struct tester *t, const struct guard_step *s, struct buf *out)
{
	struct guard_why_answer w;
	if (!s->because ||
	    guard_why_not(t->policy, s->rule, s->session, s->message, &w))
		return;
	for (size_t i = GUARD_WHY_FIRES + 1; i < GUARD_WHY_KINDS; i++)
		if (w.reasons[i])
			buf_printf(out, "\n%s %s", s->because,
			    guard_why_text((enum guard_why)i));
}

static void see_step(const struct guard_step *s, void *arg)
{
	struct tester *t = arg;
	char why[400];
	struct buf expected = {0}, told = {0};
	buf_adds(&expected, s->has_action ? guard_action_name(s->action) : "");
	if (s->because)
		buf_printf(&expected, "%sbecause of %s",
		    s->has_action ? " " : "", s->because);
	if (!s->good) {
		guard_step_why(t->policy, s, why, sizeof(why));
		buf_printf(&told, "%s: %s",
		    guard_action_name(s->verdict->action), why);
		add_why_not(t, s, &told);
	}
	test_report_add(&t->report, &t->report.steps,
	    &(struct test_result){
		.name = s->test,
		.file = s->file,
		.line = s->line,
		.col = s->col,
		.text = s->message->text,
		.len = s->message->len,
		.expected = expected.data,
		.good = s->good,
		.why = told.data,
	    });
	buf_clear(&expected);
	buf_clear(&told);
}

/* P072 and P073 of texts: the full load says them; the examples are known. */
static void judge_texts(struct author *a)
{
	struct guard_policy *policy = NULL;
	a->only = "P072";
	if (guard_policy_load(
		&policy, author_source(a), NULL, author_diag, a) == GUARD_OK)
		guard_policy_unref(policy);
	a->only = NULL;
}

static void put_raw(struct json_out *j, const char *key, const struct buf *json)
{
	json_out_key(j, key);
	json_out_raw(j, json->data, json->len);
}

/* Each part has been written where it could be, and is put in its place. */
static void print_json(struct tester *t)
{
	struct buf out = {0};
	struct json_out doc, *j = &doc;
	struct test_suite *examples = &t->report.examples;
	struct test_suite *steps = &t->report.steps;
	json_out_end(&t->a.doc);
	json_out_end(&examples->doc);
	json_out_end(&steps->doc);
	json_out_init(j, &out);
	json_out_object(j);
	if (t->wants_cover && t->policy)
		put_raw(j, "cover", &t->cover.json);
	put_raw(j, "errors", &t->a.out);
	put_raw(j, "examples", &examples->json);
	json_out_key(j, "failed");
	json_out_int(j, (int64_t)(examples->failed + steps->failed));
	json_out_key(j, "passed");
	json_out_int(j, (int64_t)(examples->passed + steps->passed));
	put_raw(j, "steps", &steps->json);
	if (t->wants_weaken && t->policy)
		put_raw(j, "weaken", &t->weaken.json);
	json_out_end(j);
	buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
	buf_clear(&out);
}

static void print_text(struct tester *t)
{
	const struct test_suite *examples = &t->report.examples;
	const struct test_suite *steps = &t->report.steps;
	struct buf line = {0};
	author_count(
	    &line, examples->passed + examples->failed, "example", "examples");
	buf_printf(&line, ": %zu passed, %zu failed", examples->passed,
	    examples->failed);
	size_t n_steps = steps->passed + steps->failed;
	if (n_steps) {
		buf_adds(&line, "      ");
		author_count(
		    &line, n_steps, "conversation step", "conversation steps");
		buf_printf(&line, ": %zu passed, %zu failed", steps->passed,
		    steps->failed);
	}
	puts(line.data);
	buf_clear(&line);
	const struct test_quality *c = &t->cover, *w = &t->weaken;
	if (t->wants_cover && t->policy)
		printf("cover: %zu/%zu rules fired by an example; %zu/%zu "
		       "phrases exercised\n%s",
		    c->fired, c->rules, c->seen, c->phrases,
		    c->text.len ? c->text.data : "");
	if (t->wants_weaken && t->policy)
		printf("weaken: %zu of %zu weakened rules were noticed\n%s",
		    w->noticed, w->weakened, w->text.len ? w->text.data : "");
}

static int finish(struct tester *t, bool loaded)
{
	const struct test_suite *examples = &t->report.examples;
	const struct test_suite *steps = &t->report.steps;
	size_t failed = examples->failed + steps->failed;
	size_t all = examples->passed + steps->passed + failed;
	switch (t->a.format) {
	case AUTHOR_JSON:
		print_json(t);
		break;
	case AUTHOR_JUNIT:
		test_report_print_junit(&t->report);
		break;
	case AUTHOR_TEXT:
	case AUTHOR_SARIF:
		if (loaded && all == 0)
			puts(t->only ? "no example of this rule was found"
				     : "no examples were found");
		if (loaded && all == 0 && t->only)
			rule_name_find(t->policy, t->only, "test");
		print_text(t);
		break;
	}
	return loaded && all && !failed && !t->a.errors ? EXIT_GOOD
							: EXIT_FINDINGS;
}

static int run(struct tester *t)
{
	struct author *a = &t->a;
	enum guard_err err = guard_policy_load_untested(
	    &t->policy, author_source(a), author_diag, a);
	if (err == GUARD_ERR_MEMORY)
		return EXIT_BROKEN;
	if (t->policy) {
		if (!t->only)
			judge_texts(a);
		if (guard_examples(t->policy, see_example, t))
			return EXIT_BROKEN;
		if (!t->only && guard_conversations(t->policy, see_step, t))
			return EXIT_BROKEN;
		if (t->wants_cover && test_quality_cover(&t->cover, t->policy))
			return EXIT_BROKEN;
		if (t->wants_weaken &&
		    test_quality_weaken(&t->weaken, t->policy))
			return EXIT_BROKEN;
	}
	return finish(t, err == GUARD_OK);
}

int verb_test(int argc, char **argv)
{
	const char *dir = ".", *environment = NULL, *format = NULL;
	struct tester t = {0};
	const char *only = NULL;
	const struct author_option options[] = {
	    {"--cover", NULL, &t.wants_cover},
	    {"--environment", &environment, NULL},
	    {"--format", &format, NULL},
	    {"--run", &only, NULL},
	    {"--weaken", NULL, &t.wants_weaken},
	    {NULL, NULL, NULL},
	};
	struct author_args args = {
	    .verb = "test",
	    .usage = usage,
	    .options = options,
	    .rest = &dir,
	    .max_rest = 1,
	};
	int rc = author_parse(&args, argc, argv);
	if (rc)
		return rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	t.only = only;
	rc = EXIT_USAGE;
	if (author_open(&t.a, dir, environment, format, AUTHOR_JUNIT)) {
		test_report_init(&t.report, &t.a);
		test_quality_init(&t.cover, &t.a, only);
		test_quality_init(&t.weaken, &t.a, only);
		if (t.a.json)
			json_out_array(&t.a.doc); /* of errors */
		rc = run(&t);
		test_report_clear(&t.report);
		test_quality_clear(&t.cover);
		test_quality_clear(&t.weaken);
	}
	guard_policy_unref(t.policy);
	author_close(&t.a);
	return rc;
}
