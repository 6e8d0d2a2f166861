/*
 * verb_test - `handrail test [DIR]`: do a policy's own examples hold? Each
 * failing one is shown with what fired or did not; no examples at all is a
 * failure too. The policy's own texts are judged as at load.
 */
#include "proxy/base/file.h"
#include "proxy/cli/author.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_author.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: handrail test [DIR] [OPTION ...]\n"
    "  DIR                 the policy's folder [.]\n"
    "  --run RULE          only this rule's examples: pack/id\n"
    "  --environment NAME  which of its environments [the rules' own modes]\n"
    "  --format text|json  how to report [text]\n"
    "Every example tests its rule alone, enforced. Conversation tests\n"
    "(tests/*.yaml) are not in this version.\n";

struct tester {
	struct author a;
	const char *only; /* a rule, or NULL */
	size_t passed, failed;
};

static void describe(const struct guard_example *o, struct buf *out)
{
	if (o->undecided) {
		buf_printf(out, "it could not be decided (%s)",
		    guard_undecided_name(o->undecided));
		return;
	}
	if (!o->hit) {
		buf_adds(out, "nothing fired");
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

static void show_json(struct tester *t, const struct guard_example *o,
    const char *path, const char *why)
{
	struct json_out *j = &t->a.doc;
	json_out_object(j);
	json_out_key(j, "col");
	json_out_int(j, o->col);
	json_out_key(j, "expected");
	json_out_str(j, o->matches ? "matches" : "passes");
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "good");
	json_out_bool(j, o->good);
	json_out_key(j, "line");
	json_out_int(j, o->line);
	json_out_key(j, "rule");
	json_out_str(j, o->rule);
	json_out_key(j, "text");
	json_out_strn(j, o->text, o->len);
	json_out_key(j, "why");
	json_out_str(j, o->good ? NULL : why);
	json_out_end(j);
}

static void see(const struct guard_example *o, void *arg)
{
	struct tester *t = arg;
	if (t->only && strcmp(t->only, o->rule) != 0)
		return;
	if (o->good)
		t->passed++;
	else
		t->failed++;
	if (o->good && !t->a.json)
		return;
	struct buf why = {0};
	describe(o, &why);
	char *path = author_path(&t->a, o->file);
	if (t->a.json) {
		show_json(t, o, path, why.data);
	} else {
		printf("FAIL %s  %s:%u:%u  %s\n", o->rule, path, o->line,
		    o->col, o->matches ? "matches" : "passes");
		printf("   \"%s\"\n   %s\n\n", o->text, why.data);
	}
	free(path);
	buf_clear(&why);
}

/* Files of conversation tests are there, and nobody ran them. */
static size_t skipped_tests(const struct guard_source *source)
{
	size_t n = 0;
	for (size_t i = 0; i < source->n_own; i++)
		n += strncmp(source->own[i].path, "tests/", 6) == 0;
	return n;
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

static int finish(struct tester *t, bool loaded)
{
	struct author *a = &t->a;
	size_t all = t->passed + t->failed;
	size_t skipped = skipped_tests(author_source(a));
	bool good = loaded && all > 0 && !t->failed && !a->errors;
	if (a->json) {
		json_out_end(&a->doc);
		json_out_key(&a->doc, "passed");
		json_out_int(&a->doc, (int64_t)t->passed);
		json_out_key(&a->doc, "skipped_files");
		json_out_int(&a->doc, (int64_t)skipped);
		json_out_end(&a->doc);
		author_print_json(a);
		return good ? EXIT_GOOD : EXIT_FINDINGS;
	}
	if (loaded && all == 0)
		puts(t->only ? "no example of this rule was found"
			     : "no examples were found");
	if (skipped)
		printf("%zu file%s of conversation tests not run: they are not "
		       "in this version\n",
		    skipped, skipped == 1 ? "" : "s");
	printf("%zu example%s: %zu passed, %zu failed\n", all,
	    all == 1 ? "" : "s", t->passed, t->failed);
	return good ? EXIT_GOOD : EXIT_FINDINGS;
}

static int run(struct tester *t)
{
	struct author *a = &t->a;
	struct guard_policy *policy = NULL;
	enum guard_err err = guard_policy_load_untested(
	    &policy, author_source(a), author_diag, a);
	if (err == GUARD_ERR_MEMORY)
		return EXIT_BROKEN;
	if (policy) {
		if (!t->only)
			judge_texts(a);
		if (a->json) {
			json_out_end(&a->doc);
			json_out_key(&a->doc, "examples");
			json_out_array(&a->doc);
		}
		int rc = guard_examples(policy, see, t);
		guard_policy_unref(policy);
		if (rc)
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
	    {"--environment", &environment, NULL},
	    {"--format", &format, NULL},
	    {"--run", &only, NULL},
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
	if (author_open(&t.a, dir, environment, format, AUTHOR_JSON)) {
		if (t.a.json) {
			json_out_object(&t.a.doc);
			json_out_key(&t.a.doc, "errors");
			json_out_array(&t.a.doc);
		}
		rc = run(&t);
	}
	author_close(&t.a);
	return rc;
}
