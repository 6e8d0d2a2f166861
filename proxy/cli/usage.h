/*
 * usage - what is wrong with a command line of the verbs that work beside a
 * running proxy: one line that says it, and one that says where to read on.
 */
#ifndef HANDRAIL_PROXY_CLI_USAGE_H
#define HANDRAIL_PROXY_CLI_USAGE_H

/* The options of storage.h, for lists of what is known. */
#define USAGE_STORAGE_OPTIONS                                                  \
	"-c", "--store", "--keys", "--by", "--format", "--help"

/* Both return EXIT_USAGE. */
int usage_wrong(const char *verb, const char *why);
/* There is no such option or command; the nearest of the NULL-terminated known
 * ones is named. */
int usage_unknown(const char *verb, const char *word, const char *const *known);

#endif
