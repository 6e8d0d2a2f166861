/*
 * verb_diff - `handrail diff OLD NEW`: what a new version of a policy catches
 * otherwise, in words, for whoever approves it.
 */
#include "proxy/cli/author.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_diff.h"
#include "rules/guard_tests.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: handrail diff OLD NEW [OPTION ...]\n"
    "  OLD, NEW            folders of two versions of a policy\n"
    "  --environment NAME  which of their environments [the rules' own "
    "modes]\n"
    "  --format text|json  how to report [text]\n"
    "Compares rules part by part, fallbacks and environments: looser (less is\n"
    "found or happens; needs a\n"
    "second approver), stricter, other, wording. Exit code 1 when something\n"
    "is looser.\n";

#define DIRECTIONS (GUARD_WORDING + 1)

struct comparison {
	struct author older, newer;
	size_t n[DIRECTIONS];
};

static void print_text(const struct guard_difference *d, const char *path)
{
	char name[16] = "";
	snprintf(name, sizeof(name), "%s", guard_direction_name(d->direction));
	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	printf("%-8s %s  %s%s\n         %s:%u\n", name, d->rule, d->what,
	    d->direction == GUARD_LOOSER ? "   needs a second approver" : "",
	    path, d->line);
}

static void put_json(
    struct json_out *j, const struct guard_difference *d, const char *path)
{
	json_out_object(j);
	json_out_key(j, "direction");
	json_out_str(j, guard_direction_name(d->direction));
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "line");
	json_out_int(j, d->line);
	json_out_key(j, "rule");
	json_out_str(j, d->rule);
	json_out_key(j, "what");
	json_out_str(j, d->what);
	json_out_end(j);
}

static void see(const struct guard_difference *d, void *arg)
{
	struct comparison *c = arg;
	struct author *a = &c->newer;
	c->n[d->direction]++;
	char *path = author_path(a, d->file);
	if (a->json)
		put_json(&a->doc, d, path);
	else
		print_text(d, path);
	free(path);
}

static void print_totals(const struct comparison *c)
{
	for (int i = 0; i < DIRECTIONS; i++)
		printf("%s%zu %s", i ? ", " : "", c->n[i],
		    guard_direction_name((enum guard_direction)i));
	putchar('\n');
}

/* What is wrong with one of them is told as check would. */
static int load(struct author *a, struct guard_policy **out)
{
	bool json = a->json;
	a->json = false;
	a->findings.out = stderr;
	enum guard_err err =
	    guard_policy_load_untested(out, author_source(a), author_diag, a);
	a->json = json;
	return err == GUARD_OK        ? EXIT_GOOD
	    : err == GUARD_ERR_POLICY ? EXIT_USAGE
				      : EXIT_BROKEN;
}

static void begin_json(struct comparison *c)
{
	json_out_object(&c->newer.doc);
	json_out_key(&c->newer.doc, "differences");
	json_out_array(&c->newer.doc);
}

static void end_json(struct comparison *c, const struct guard_policy *older,
    const struct guard_policy *newer)
{
	struct json_out *j = &c->newer.doc;
	json_out_end(j);
	json_out_key(j, "new");
	json_out_str(j, guard_policy_digest(newer));
	json_out_key(j, "old");
	json_out_str(j, guard_policy_digest(older));
	json_out_end(j);
	author_print_json(&c->newer);
}

static int compare(struct comparison *c)
{
	struct guard_policy *older = NULL, *newer = NULL;
	int rc = load(&c->older, &older);
	if (rc == EXIT_GOOD)
		rc = load(&c->newer, &newer);
	if (rc == EXIT_GOOD) {
		if (c->newer.json)
			begin_json(c);
		if (guard_diff(older, newer, see, c))
			rc = EXIT_BROKEN;
		else if (c->newer.json)
			end_json(c, older, newer);
		else
			print_totals(c);
	}
	if (rc == EXIT_GOOD && c->n[GUARD_LOOSER])
		rc = EXIT_FINDINGS;
	guard_policy_unref(older);
	guard_policy_unref(newer);
	return rc;
}

int verb_diff(int argc, char **argv)
{
	const char *dirs[2] = {NULL, NULL}, *environment = NULL, *format = NULL;
	const struct author_option options[] = {
	    {"--environment", &environment, NULL},
	    {"--format", &format, NULL},
	    {NULL, NULL, NULL},
	};
	struct author_args args = {
	    .verb = "diff",
	    .usage = usage,
	    .options = options,
	    .rest = dirs,
	    .max_rest = 2,
	};
	int rc = author_parse(&args, argc, argv);
	if (rc)
		return rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	if (!dirs[1]) {
		fprintf(stderr, "handrail diff: name two folders\n%s", usage);
		return EXIT_USAGE;
	}
	struct comparison c = {0};
	rc = EXIT_USAGE;
	bool open =
	    author_open(&c.older, dirs[0], environment, format, AUTHOR_JSON);
	bool both = open &&
	    author_open(&c.newer, dirs[1], environment, format, AUTHOR_JSON);
	if (both)
		rc = compare(&c);
	author_close(&c.older);
	author_close(&c.newer);
	return rc;
}
