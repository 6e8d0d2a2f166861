/*
 * usage - what is wrong with a command line of the verbs that work beside a
 * running proxy: one line that says it, and one that says where to read on.
 */
#ifndef HANDRAIL_PROXY_CLI_USAGE_H
#define HANDRAIL_PROXY_CLI_USAGE_H

/* The options of storage.h, for lists of what is known. */
#define USAGE_STORAGE_OPTIONS                                                  \
	"-c", "--store", "--keys", "--by", "--format", "--help", "-h"

/* Both return EXIT_USAGE. */
int usage_wrong(const char *verb, const char *why);
/* There is no such option or command; the nearest of the NULL-terminated known
 * ones is named. */
int usage_unknown(const char *verb, const char *word, const char *const *known);

/* How a verb reads its command line. */
struct usage_verb {
	const char *usage; /* what --help prints */
	/* How many arguments from argv[at] on it took into args; 0: not known,
	 * -1: said what is wrong. */
	int (*take)(void *args, int argc, char **argv, int at);
	int (*unknown)(const char *word);
};

#define USAGE_READ (-1)

/* USAGE_READ when all is taken, else the exit code: help was asked for, or what
 * is wrong was said. */
int usage_read(const struct usage_verb *, void *args, int argc, char **argv);

#endif
