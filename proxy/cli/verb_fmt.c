/*
 * verb_fmt - `handrail fmt [PATH ...]`: a policy's files in one layout.
 *
 * What a file says is not touched (rules/yaml_layout.h); a file that does not
 * parse is left alone. Names of files that change go to stdout, what is wrong
 * with others to stderr.
 */
#include "proxy/base/file.h"
#include "proxy/base/mem.h"
#include "proxy/cli/author.h"
#include "proxy/cli/policy_files.h"
#include "proxy/cli/verbs.h"
#include "rules/yaml.h"
#include "rules/yaml_layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define STDIN_NAME "-"

static const char usage[] =
    "usage: handrail fmt [PATH ...] [OPTION ...]\n"
    "  PATH                a file, or a folder: the policies in it [.]; -: "
    "from\n"
    "                      stdin to stdout\n"
    "  --check             change nothing, name the files that would be\n"
    "  --format text|json  how to report [text]\n"
    "Lays out policy.yaml, packs, lists and tests in one way: indents, "
    "spaces,\n"
    "blank lines, lists that take several lines. Comments, the order of keys "
    "and\n"
    "what the files say stay as they are. A pack's digest is that of its "
    "bytes:\n"
    "policies that name it (extends:) have to name the new one.\n"
    "Exit 1: with --check, a file would change; a file does not parse.\n";

struct fmt {
	bool check, json;
	size_t files, changed, errors;
	bool broken; /* something could not be written */
	struct findings findings;
	struct buf out;
	struct json_out doc;
};

enum result { UNCHANGED, CHANGED, UNREADABLE, FAULTY, UNWRITTEN };

static void ignore(const struct diag *d, void *arg)
{
	(void)d;
	(void)arg;
}

/* Files of other programs may lie in a folder called tests. What does not
 * parse is taken for one of ours, and reported. */
static bool is_ours(const char *path, const struct buf *bytes)
{
	struct yaml_doc *doc =
	    yaml_parse(path, bytes->data, bytes->len, ignore, NULL);
	bool ours = !doc || yaml_get(yaml_root(doc), "kind");
	yaml_doc_free(doc);
	return ours;
}

/* 0 or -errno. */
static int read_stdin(struct buf *out)
{
	size_t n;
	do {
		char *to = buf_reserve(out, BUFSIZ);
		n = fread(to, 1, BUFSIZ, stdin);
		buf_commit(out, n);
		if (out->len > YAML_MAX_FILE_BYTES)
			return -EFBIG;
	} while (n > 0);
	return ferror(stdin) ? -EIO : 0;
}

static enum result say_failed(
    const char *path, const char *what, int err, enum result result)
{
	fprintf(stderr, "handrail fmt: %s: cannot be %s: %s\n", path, what,
	    strerror(-err));
	return result;
}

/* In the place of the old file, behind links to it, with its mode. */
static enum result replace(const char *path, const char *text, size_t len)
{
	struct stat st;
	char *real = realpath(path, NULL);
	int err = real && stat(real, &st) == 0 ? 0 : -errno;
	if (err == 0)
		err = file_write_atomic(real, text, len, st.st_mode & 07777);
	free(real);
	return err ? say_failed(path, "written", err, UNWRITTEN) : CHANGED;
}

static enum result lay_out(
    struct fmt *f, const char *path, const struct buf *bytes)
{
	size_t len;
	char *text = yaml_layout(path, bytes->data ? bytes->data : "",
	    bytes->len, &len, findings_diag, &f->findings);
	if (!text)
		return FAULTY;
	bool same = len == bytes->len && memcmp(text, bytes->data, len) == 0;
	enum result result = same ? UNCHANGED : CHANGED;
	if (strcmp(path, STDIN_NAME) == 0) {
		if (!f->check)
			fwrite(text, 1, len, stdout);
	} else if (!same && !f->check) {
		result = replace(path, text, len);
	}
	free(text);
	return result;
}

static void report(struct fmt *f, const char *path, enum result result)
{
	static const char *const names[] = {
	    [UNCHANGED] = "unchanged",
	    [CHANGED] = "changed",
	    [UNREADABLE] = "unreadable",
	    [FAULTY] = "faulty",
	    [UNWRITTEN] = "unwritten",
	};
	bool to_stdout = strcmp(path, STDIN_NAME) == 0 && !f->check;
	f->files++;
	f->changed += result == CHANGED;
	f->errors += result == FAULTY;
	f->broken |= result == UNWRITTEN;
	if (f->json) {
		json_out_object(&f->doc);
		json_out_key(&f->doc, "file");
		json_out_str(&f->doc, path);
		json_out_key(&f->doc, "result");
		json_out_str(&f->doc, names[result]);
		json_out_end(&f->doc);
	} else if (result == CHANGED && !to_stdout) {
		puts(path);
	}
}

/* named: the author asks for this very file. Answers 0 or EXIT_USAGE. */
static int take_file(struct fmt *f, const char *path, bool named)
{
	struct buf bytes = {0};
	struct stat st;
	bool in = strcmp(path, STDIN_NAME) == 0;
	enum result result;
	/* A pipe would be waited for, a device might never end. */
	bool other = !in && stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	int err = other ? -EINVAL
	    : in        ? read_stdin(&bytes)
			: file_read(path, &bytes, YAML_MAX_FILE_BYTES);
	if (err) {
		result = say_failed(path, "read", err, UNREADABLE);
	} else if (!named && !is_ours(path, &bytes)) {
		buf_clear(&bytes);
		return 0;
	} else {
		result = lay_out(f, path, &bytes);
	}
	buf_clear(&bytes);
	report(f, path, result);
	return result == UNREADABLE ? EXIT_USAGE : 0;
}

static int take_path(struct fmt *f, const char *path)
{
	struct policy_files files = {0};
	struct stat st;
	bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	int rc = policy_files_add(&files, path) ? EXIT_USAGE : 0;
	for (size_t i = 0; i < files.n; i++) {
		int one = take_file(f, files.paths[i], !folder);
		rc = rc ? rc : one;
	}
	policy_files_clear(&files);
	return rc;
}

static void print_totals(struct fmt *f)
{
	struct buf line = {0};
	author_count(&line, f->files, "file", "files");
	buf_printf(&line, ", %zu %s", f->changed,
	    f->check ? "not laid out" : "changed");
	if (f->errors) {
		buf_adds(&line, ", ");
		author_count(&line, f->errors, "does", "do");
		buf_adds(&line, " not parse");
	}
	puts(line.data);
	buf_clear(&line);
}

static int run(struct fmt *f, const char **paths, size_t n)
{
	int rc = 0;
	bool in = false;
	if (f->json)
		json_out_array(&f->doc);
	for (size_t i = 0; i < n; i++) {
		int one = take_path(f, paths[i]);
		rc = rc ? rc : one;
		in |= strcmp(paths[i], STDIN_NAME) == 0;
	}
	if (f->json) {
		json_out_end(&f->doc);
		buf_addc(&f->out, '\n');
		fwrite(f->out.data, 1, f->out.len, stdout);
	} else if (!in) {
		print_totals(f);
	}
	if (!rc && !f->files) {
		fputs("handrail fmt: there are no policy files here\n", stderr);
		rc = EXIT_FINDINGS;
	}
	if (f->broken)
		return EXIT_BROKEN;
	return rc                                   ? rc
	    : f->errors || (f->check && f->changed) ? EXIT_FINDINGS
						    : EXIT_GOOD;
}

static int wrong(const char *what)
{
	fprintf(stderr, "handrail fmt: %s\n%s", what, usage);
	return EXIT_USAGE;
}

static int check_usage(
    struct fmt *f, const char *format, const char **paths, size_t n)
{
	f->json = format && strcmp(format, "json") == 0;
	if (format && !f->json && strcmp(format, "text") != 0)
		return wrong("--format takes text or json");
	for (size_t i = 0; i < n; i++)
		if (strcmp(paths[i], STDIN_NAME) == 0 &&
		    (n > 1 || (f->json && !f->check)))
			return wrong("- stands alone: stdout is the file");
	return 0;
}

int verb_fmt(int argc, char **argv)
{
	struct fmt f = {0};
	const char *format = NULL;
	const struct author_option options[] = {
	    {"--check", NULL, &f.check},
	    {"--format", &format, NULL},
	    {NULL, NULL, NULL},
	};
	const char **paths = mem_zero(((size_t)argc + 1) * sizeof(*paths));
	paths[0] = ".";
	struct author_args args = {
	    .verb = "fmt",
	    .usage = usage,
	    .options = options,
	    .rest = paths,
	    .max_rest = (size_t)argc,
	};
	int rc = author_parse(&args, argc, argv);
	size_t n = args.n_rest ? args.n_rest : 1;
	if (rc == 0) {
		findings_init(&f.findings, stderr);
		json_out_init(&f.doc, &f.out);
		rc = check_usage(&f, format, paths, n);
		rc = rc ? rc : run(&f, paths, n);
		findings_clear(&f.findings);
		buf_clear(&f.out);
	} else {
		rc = rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	}
	free(paths);
	return rc;
}
