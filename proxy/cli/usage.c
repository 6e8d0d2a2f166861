/* usage - see usage.h. */
#include "proxy/cli/usage.h"

#include "proxy/cli/verbs.h"
#include "rules/yaml.h"

#include <stdio.h>

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
