/*
 * verb_check - `handrail check [DIR]`: is a policy sound? Everything the
 * loader says, then what its rules cost a stream.
 */
#include "proxy/base/clock.h"
#include "proxy/cli/author.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_author.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: handrail check [DIR] [OPTION ...]\n"
    "  DIR                 the policy's folder [.]\n"
    "  --environment NAME  which of its environments [the rules' own modes]\n"
    "  --day 2027-01-31    the day to look for what has ended [today]\n"
    "  --format text|json|sarif  how to report [text]\n"
    "Reads the policy as the proxy does, runs its examples, judges its own\n"
    "texts, names the rules that hold a stream back and what has ended or "
    "soon\n"
    "will: exceptions, changes, rules.\n";

struct totals {
	size_t packs, rules;
};

/* Rules are sorted by their ids, "pack/rule". */
static struct totals count(const struct guard_policy *p)
{
	struct totals t = {0, guard_policy_rules(p)};
	const char *before = NULL;
	size_t before_len = 0;
	for (size_t i = 0; i < t.rules; i++) {
		struct guard_rule_info info;
		guard_policy_rule(p, i, &info);
		const char *slash = strrchr(info.id, '/');
		size_t len = (size_t)(slash - info.id);
		if (!before || len != before_len ||
		    strncmp(before, info.id, len) != 0)
			t.packs++;
		before = info.id;
		before_len = len;
	}
	return t;
}

static void print_text(const struct author *a, const struct guard_policy *p)
{
	struct buf line = {0};
	if (p) {
		struct totals t = count(p);
		author_count(&line, t.packs, "pack", "packs");
		buf_adds(&line, ", ");
		author_count(&line, t.rules, "rule", "rules");
		buf_adds(&line, ": ");
	}
	author_count(&line, a->errors, "error", "errors");
	buf_adds(&line, ", ");
	author_count(&line, a->warnings, "warning", "warnings");
	buf_adds(&line, ", ");
	author_count(&line, a->notes, "note", "notes");
	puts(line.data);
	if (p)
		printf("%s\n", guard_policy_digest(p));
	buf_clear(&line);
}

static void print_json(struct author *a, const struct guard_policy *p)
{
	struct totals t = p ? count(p) : (struct totals){0};
	struct json_out *j = &a->doc;
	json_out_end(j);
	json_out_key(j, "notes");
	json_out_int(j, (int64_t)a->notes);
	json_out_key(j, "packs");
	json_out_int(j, (int64_t)t.packs);
	json_out_key(j, "policy");
	json_out_str(j, p ? guard_policy_digest(p) : NULL);
	json_out_key(j, "rules");
	json_out_int(j, (int64_t)t.rules);
	json_out_key(j, "warnings");
	json_out_int(j, (int64_t)a->warnings);
	json_out_end(j);
	author_print_json(a);
}

static void begin_json(struct author *a)
{
	json_out_object(&a->doc);
	json_out_key(&a->doc, "findings");
	json_out_array(&a->doc);
}

/* SARIF 2.1.0, up to the open array of results. */
static void begin_sarif(struct author *a)
{
	struct json_out *j = &a->doc;
	json_out_object(j);
	json_out_key(j, "$schema");
	json_out_str(j, "https://json.schemastore.org/sarif-2.1.0.json");
	json_out_key(j, "runs");
	json_out_array(j);
	json_out_object(j);
	json_out_key(j, "columnKind");
	json_out_str(j, "unicodeCodePoints");
	json_out_key(j, "results");
	json_out_array(j);
}

static void print_sarif(struct author *a)
{
	struct json_out *j = &a->doc;
	json_out_end(j);
	json_out_key(j, "tool");
	json_out_object(j);
	json_out_key(j, "driver");
	json_out_object(j);
	json_out_key(j, "name");
	json_out_str(j, "handrail");
	json_out_key(j, "version");
	json_out_str(j, HANDRAIL_VERSION);
	for (int i = 0; i < 3; i++)
		json_out_end(j);
	json_out_end(j);
	json_out_key(j, "version");
	json_out_str(j, "2.1.0");
	json_out_end(j);
	author_print_json(a);
}

/* Noon of the day, so that it is that day in nearly every zone. */
static bool read_day(const char *day, int64_t *time_us)
{
	unsigned year, month, day_of_month;
	int n = 0;
	*time_us = clock_now_us();
	if (!day)
		return true;
	if (strlen(day) == 10 &&
	    sscanf(day, "%4u-%2u-%2u%n", &year, &month, &day_of_month, &n) ==
		3 &&
	    n == 10 && month >= 1 && month <= 12 && day_of_month >= 1 &&
	    day_of_month <= 31) {
		*time_us = guard_policy_time(
		    NULL, (int)year, month, day_of_month, 12 * 60);
		return true;
	}
	fprintf(stderr,
	    "handrail check: --day takes a day like 2027-01-31, not %s\n", day);
	return false;
}

int verb_check(int argc, char **argv)
{
	const char *dir = ".", *environment = NULL, *format = NULL;
	const char *day = NULL;
	int64_t time_us;
	const struct author_option options[] = {
	    {"--environment", &environment, NULL},
	    {"--day", &day, NULL},
	    {"--format", &format, NULL},
	    {NULL, NULL, NULL},
	};
	struct author_args args = {
	    .verb = "check",
	    .usage = usage,
	    .options = options,
	    .rest = &dir,
	    .max_rest = 1,
	};
	int rc = author_parse(&args, argc, argv);
	if (rc)
		return rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	if (!read_day(day, &time_us))
		return EXIT_USAGE;
	struct author a;
	if (!author_open(&a, dir, environment, format, AUTHOR_SARIF)) {
		author_close(&a);
		return EXIT_USAGE;
	}
	if (a.format == AUTHOR_SARIF)
		begin_sarif(&a);
	else if (a.json)
		begin_json(&a);
	struct guard_policy *policy = NULL;
	enum guard_err err = guard_policy_load(
	    &policy, author_source(&a), NULL, author_diag, &a);
	if (policy)
		guard_policy_cost(policy, author_diag, &a);
	if (policy)
		guard_policy_expiries(policy, time_us, author_diag, &a);
	if (a.format == AUTHOR_SARIF)
		print_sarif(&a);
	else if (a.json)
		print_json(&a, policy);
	else
		print_text(&a, policy);
	guard_policy_unref(policy);
	author_close(&a);
	return err == GUARD_OK        ? EXIT_GOOD
	    : err == GUARD_ERR_POLICY ? EXIT_FINDINGS
				      : EXIT_BROKEN;
}
