/*
 * main - `handrail VERB`: one table of verbs, from which help comes.
 */
#include "proxy/cli/verbs.h"
#include "rules/yaml.h"

#include <stdio.h>
#include <string.h>

static const struct verb {
	const char *name, *summary;
	int (*run)(int argc, char **argv);
} verbs[] = {
    {"run", "the proxy", verb_run},
    {"check", "is a policy sound: files, references, cost", verb_check},
    {"test", "do a policy's own examples hold", verb_test},
    {"topic", "learn a pack's topics from their sentences", verb_topic},
    {"explain", "judge one message and say why", verb_explain},
    {"diff", "two versions of a policy: looser, stricter", verb_diff},
    {"fmt", "a policy's files in one layout", verb_fmt},
    {"schema", "what may stand in a policy's files, for editors", verb_schema},
    {"disguises", "what rules see through, as a page", verb_disguises},
    {"judge", "judge many messages, JSON lines in and out", verb_judge},
    {"handoff", "the desk: list, show, reply, return", verb_handoff},
    {"pause", "the kill switch: rules to shadow, AI speech off", verb_pause},
    {"erase", "destroy the texts of a conversation or customer", verb_erase},
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void help(FILE *out)
{
	fputs("usage: handrail VERB [OPTION ...]\n\n", out);
	for (size_t i = 0; i < N_VERBS; i++)
		fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\nhandrail VERB --help says more. Exit codes: 0 good, 1 "
	      "findings, 2 wrong usage\nor unreadable input, 3 could not "
	      "run.\n",
	    out);
}

static int unknown(const char *name)
{
	const char *names[N_VERBS + 1] = {0};
	for (size_t i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	const char *near = yaml_nearest(name, names);
	fprintf(stderr, "handrail: there is no verb \"%s\"", name);
	if (near)
		fprintf(stderr, "; did you mean \"%s\"?", near);
	fputs("\n\n", stderr);
	help(stderr);
	return EXIT_USAGE;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	return NULL;
}

/* `handrail help VERB` is `handrail VERB --help`. */
static int help_about(const char *name)
{
	char option[] = "--help";
	const struct verb *verb = find_verb(name);
	if (!verb)
		return unknown(name);
	char *words[] = {(char *)verb->name, option, NULL};
	return verb->run(2, words);
}

static int run_verb(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return EXIT_USAGE;
	}
	const char *name = argv[1];
	if (strcmp(name, "--version") == 0 || strcmp(name, "version") == 0) {
		puts("handrail " HANDRAIL_VERSION);
		return EXIT_GOOD;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
	    strcmp(name, "help") == 0) {
		if (argc > 2)
			return help_about(argv[2]);
		help(stdout);
		return EXIT_GOOD;
	}
	const struct verb *verb = find_verb(name);
	return verb ? verb->run(argc - 1, argv + 1) : unknown(name);
}

int main(int argc, char **argv)
{
	int code = run_verb(argc, argv);
	/* What was printed may not have arrived: a full disk, say. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("handrail: cannot write its output");
		return EXIT_BROKEN;
	}
	return code;
}
