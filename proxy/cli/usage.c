/* usage - see usage.h. */
#include "proxy/cli/usage.h"

#include "proxy/cli/verbs.h"
#include "rules/yaml.h"

#include <stdio.h>
#include <string.h>

static int read_on(const char *verb)
{
	fprintf(stderr, "  handrail %s --help says how it is used\n", verb);
	return EXIT_USAGE;
}

int usage_wrong(const char *verb, const char *why)
{
	fprintf(stderr, "handrail %s: %s\n", verb, why);
	return read_on(verb);
}

int usage_unknown(const char *verb, const char *word, const char *const *known)
{
	const char *near = yaml_nearest(word, known);

	fprintf(stderr, "handrail %s: there is no %s \"%s\"", verb,
	    word[0] == '-' ? "option" : "command", word);
	if (near)
		fprintf(stderr, "; did you mean \"%s\"?", near);
	fputc('\n', stderr);
	return read_on(verb);
}

int usage_read(const struct usage_verb *verb, void *args, int argc, char **argv)
{
	for (int i = 1, took; i < argc; i += took) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			fputs(verb->usage, stdout);
			return EXIT_GOOD;
		}
		took = verb->take(args, argc, argv, i);
		if (took == 0)
			return verb->unknown(argv[i]);
		if (took < 0)
			return EXIT_USAGE;
	}
	return USAGE_READ;
}
