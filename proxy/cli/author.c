/* author - see author.h. */
#include "proxy/cli/author.h"

#include "proxy/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Arguments taken: 0 when it is another option, -1 without its value. */
static int take_option(
    const struct author_option *o, int argc, char **argv, int at)
{
	size_t n = strlen(o->name);
	if (strncmp(argv[at], o->name, n) != 0)
		return 0;
	const char *rest = argv[at] + n;
	if (o->flag) {
		*o->flag |= *rest == '\0';
		return *rest == '\0';
	}
	if (*rest == '=') {
		*o->value = rest + 1;
		return 1;
	}
	if (*rest)
		return 0;
	if (at + 1 >= argc)
		return -1;
	*o->value = argv[at + 1];
	return 2;
}

static int wrong(const struct author_args *a, const char *what, const char *why)
{
	fprintf(stderr, "handrail %s: %s %s\n%s", a->verb, what, why, a->usage);
	return -1;
}

int author_parse(struct author_args *a, int argc, char **argv)
{
	a->n_rest = 0;
	for (int i = 1; i < argc;) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			fputs(a->usage, stdout);
			return 1;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			if (a->n_rest == a->max_rest)
				return wrong(a, argv[i], "is one too many");
			a->rest[a->n_rest++] = argv[i++];
			continue;
		}
		int n = 0;
		for (const struct author_option *o = a->options;
		     o->name && n == 0; o++)
			n = take_option(o, argc, argv, i);
		if (n < 0)
			return wrong(a, argv[i], "needs a value");
		if (n == 0)
			return wrong(a, argv[i], "is not known");
		i += n;
	}
	return 0;
}

char *author_path(const struct author *a, const char *file)
{
	return policy_dir_place(a->files, file);
}

static const char *level_name(enum diag_level level)
{
	switch (level) {
	case DIAG_NOTE:
		return "note";
	case DIAG_WARNING:
		return "warning";
	case DIAG_ERROR:
		break;
	}
	return "error";
}

/* One result of SARIF 2.1.0. */
static void write_sarif(
    struct author *a, const struct diag *d, const char *path)
{
	struct json_out *j = &a->doc;
	unsigned line = d->line ? d->line : 1, col = d->col ? d->col : 1;
	char *message = d->hint ? mem_printf("%s (%s)", d->message, d->hint)
				: mem_strdup(d->message);
	json_out_object(j);
	json_out_key(j, "level");
	json_out_str(j, level_name(d->level));
	json_out_key(j, "locations");
	json_out_array(j);
	json_out_object(j);
	json_out_key(j, "physicalLocation");
	json_out_object(j);
	json_out_key(j, "artifactLocation");
	json_out_object(j);
	json_out_key(j, "uri");
	json_out_str(j, path ? path : a->dir);
	json_out_end(j);
	json_out_key(j, "region");
	json_out_object(j);
	json_out_key(j, "endColumn");
	json_out_int(j, col + (d->width ? d->width : 1));
	json_out_key(j, "startColumn");
	json_out_int(j, col);
	json_out_key(j, "startLine");
	json_out_int(j, line);
	for (int i = 0; i < 3; i++)
		json_out_end(j);
	json_out_end(j);
	json_out_key(j, "message");
	json_out_object(j);
	json_out_key(j, "text");
	json_out_str(j, message);
	json_out_end(j);
	json_out_key(j, "ruleId");
	json_out_str(j, d->code);
	json_out_end(j);
	free(message);
}

static void write_json(struct author *a, const struct diag *d, const char *path)
{
	struct json_out *j = &a->doc;
	json_out_object(j);
	json_out_key(j, "code");
	json_out_str(j, d->code);
	json_out_key(j, "col");
	json_out_int(j, d->col);
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "hint");
	json_out_str(j, d->hint);
	json_out_key(j, "level");
	json_out_str(j, level_name(d->level));
	json_out_key(j, "line");
	json_out_int(j, d->line);
	json_out_key(j, "message");
	json_out_str(j, d->message);
	json_out_end(j);
}

void author_diag(const struct diag *d, void *author)
{
	struct author *a = author;
	if (a->only && strcmp(a->only, d->code) != 0)
		return;
	a->errors += d->level == DIAG_ERROR;
	a->warnings += d->level == DIAG_WARNING;
	a->notes += d->level == DIAG_NOTE;
	char *path = d->file ? author_path(a, d->file) : NULL;
	struct diag shown = *d;
	shown.file = path;
	if (a->json && a->format == AUTHOR_SARIF)
		write_sarif(a, &shown, path);
	else if (a->json)
		write_json(a, &shown, path);
	else
		findings_diag(&shown, &a->findings);
	free(path);
}

/* While the folder is read there is no document yet: faults go to stderr. */
static void diag_early(const struct diag *d, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s: %s\n", d->file ? d->file : "", d->message);
}

static const char *const format_names[] = {
    [AUTHOR_TEXT] = "text",
    [AUTHOR_JSON] = "json",
    [AUTHOR_SARIF] = "sarif",
    [AUTHOR_JUNIT] = "junit",
};

static bool set_format(
    struct author *a, const char *name, enum author_format also)
{
	const enum author_format known[] = {AUTHOR_TEXT, AUTHOR_JSON, also};
	for (size_t i = 0; i < 3; i++) {
		if (strcmp(name, format_names[known[i]]) != 0)
			continue;
		a->format = known[i];
		a->json = a->format == AUTHOR_JSON || a->format == AUTHOR_SARIF;
		return true;
	}
	bool third = also != AUTHOR_JSON;
	fprintf(stderr, "--format takes text%s json%s%s, not %s\n",
	    third ? "," : " or", third ? " or " : "",
	    third ? format_names[also] : "", name);
	return false;
}

bool author_open(struct author *a, const char *dir, const char *environment,
    const char *format, enum author_format also)
{
	*a = (struct author){.dir = dir, .environment = environment};
	if (!set_format(a, format ? format : "text", also))
		return false;
	findings_init(
	    &a->findings, a->format == AUTHOR_JUNIT ? stderr : stdout);
	a->files = policy_dir_open(dir, NULL, diag_early, NULL);
	json_out_init(&a->doc, &a->out);
	return a->files != NULL;
}

void author_close(struct author *a)
{
	policy_dir_close(a->files);
	findings_clear(&a->findings);
	buf_clear(&a->out);
}

const struct guard_source *author_source(struct author *a)
{
	return policy_dir_source(a->files, a->environment);
}

size_t author_rule(const struct guard_policy *p, const char *id)
{
	for (size_t i = 0; i < guard_policy_rules(p); i++) {
		struct guard_rule_info r;
		guard_policy_rule(p, i, &r);
		if (strcmp(r.id, id) == 0)
			return i;
	}
	return SIZE_MAX;
}

void author_count(struct buf *out, size_t n, const char *one, const char *many)
{
	buf_printf(out, "%zu %s", n, n == 1 ? one : many);
}

void author_print_json(struct author *a)
{
	buf_addc(&a->out, '\n');
	fwrite(a->out.data, 1, a->out.len, stdout);
}
