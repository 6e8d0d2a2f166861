/*
 * verb_run - `handrail run`: the proxy, or with --check only what it would
 * run with.
 */
#include "proxy/base/file.h"
#include "proxy/cli/findings.h"
#include "proxy/cli/policy_dir.h"
#include "proxy/cli/verbs.h"
#include "proxy/relay/descriptors.h"
#include "proxy/relay/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
    "usage: handrail run [-c FILE] [--check]\n"
    "  -c FILE   the configuration [handrail.yaml]\n"
    "  --check   read and check configuration, policy and certificates, then "
    "exit\n"
    "SIGHUP reloads all three as one; SIGTERM finishes what is under way.\n";

static struct guard_policy *load_policy(const struct config *c,
    const struct guard_limits *limits, diag_fn *diag, void *arg)
{
	return policy_dir_load(
	    c->policy, c->shipped, c->environment, limits, diag, arg);
}

/* NULL when a file or folder could be kept at path. What is missing will be
 * made: the nearest folder that is there decides. */
static const char *cannot_keep(const char *path, bool folder)
{
	struct stat st;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode) != folder)
			return folder ? "it is a file" : "it is a folder";
		return access(path, W_OK) == 0 ? NULL : strerror(errno);
	}
	char *at = file_dir(path);
	while (stat(at, &st) != 0 && errno == ENOENT && strcmp(at, "/") != 0) {
		char *up = file_dir(at);
		free(at);
		at = up;
	}
	const char *why = NULL;
	if (stat(at, &st) != 0)
		why = strerror(errno);
	else if (!S_ISDIR(st.st_mode))
		why = "a file stands where a folder has to be";
	else if (access(at, W_OK | X_OK) != 0)
		why = strerror(errno);
	free(at);
	return why;
}

static bool can_keep_all(const struct config *c)
{
	const struct {
		const char *what, *path;
		bool folder;
	} places[] = {
	    {"store", c->sqlite, false},
	    {"audit.directory", c->audit_directory, true},
	    {"keys.directory", c->keys_directory, true},
	};
	bool good = true;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		const char *why = cannot_keep(places[i].path, places[i].folder);
		if (why)
			fprintf(stderr, "%s: %s cannot be kept there: %s\n",
			    places[i].path, places[i].what, why);
		good = good && !why;
	}
	return good;
}

/* The service's own limit may be another one. */
static void note_descriptors(const struct config *c)
{
	struct descriptors d;
	struct buf why = {0};
	descriptors_raise(&d);
	if (descriptors_complain(c, d.limit, &why))
		fprintf(stderr, "note: as this is started, %s\n", why.data);
	buf_clear(&why);
}

static int check(const char *path, struct findings *f)
{
	struct generation *g =
	    generation_load(path, load_policy, findings_diag, f);
	if (!g || !can_keep_all(g->config)) {
		generation_unref(g);
		fprintf(stderr, "%s: refused\n", path);
		return EXIT_FINDINGS;
	}
	note_descriptors(g->config);
	printf("%s: good. policy %s, %zu rules, %zu route%s\n", path,
	    guard_policy_digest(g->policy), guard_policy_rules(g->policy),
	    g->config->n_routes, g->config->n_routes == 1 ? "" : "s");
	generation_unref(g);
	return EXIT_GOOD;
}

/* Not readable is wrong usage, as for every other verb; what it says may then
 * be refused. */
static bool can_read(const char *path)
{
	struct stat st;
	FILE *f = fopen(path, "r");
	bool folder = f && fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode);
	if (f && !folder) {
		fclose(f);
		return true;
	}
	fprintf(stderr,
	    "handrail run: cannot read the configuration %s: %s; -c names "
	    "another\n",
	    path, strerror(folder ? EISDIR : errno));
	if (f)
		fclose(f);
	return false;
}

int verb_run(int argc, char **argv)
{
	const char *path = "handrail.yaml";
	bool only_check = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--check") == 0) {
			only_check = true;
		} else if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
			path = argv[++i];
		} else if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			fputs(usage, stdout);
			return EXIT_GOOD;
		} else {
			bool lacks = strcmp(argv[i], "-c") == 0;
			fprintf(stderr, "handrail run: \"%s\" %s\n%s", argv[i],
			    lacks ? "needs the name of a file behind it"
				  : "is not an option here",
			    usage);
			return EXIT_USAGE;
		}
	}
	if (!can_read(path))
		return EXIT_USAGE;
	struct findings f;
	findings_init(&f, stderr);
	int code = only_check ? check(path, &f)
			      : server_run(&(struct server_options){
				    .config_path = path,
				    .load_policy = load_policy,
				    .diag = findings_diag,
				    .diag_arg = &f,
				    .version = HANDRAIL_VERSION,
				});
	findings_clear(&f);
	return code;
}
