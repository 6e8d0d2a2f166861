/*
 * verb_run - `handrail run`: the proxy, or with --check only what it would
 * run with.
 */
#include "proxy/cli/findings.h"
#include "proxy/cli/policy_dir.h"
#include "proxy/cli/verbs.h"
#include "proxy/relay/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

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

static int check(const char *path, struct findings *f)
{
	struct generation *g =
	    generation_load(path, load_policy, findings_diag, f);
	if (!g) {
		fprintf(stderr, "%s: refused\n", path);
		return EXIT_FINDINGS;
	}
	printf("%s: good. policy %s, %zu rules, %zu routes\n", path,
	    guard_policy_digest(g->policy), guard_policy_rules(g->policy),
	    g->config->n_routes);
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
			fprintf(stderr,
			    "handrail run: \"%s\" is not an option here\n%s",
			    argv[i], usage);
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
