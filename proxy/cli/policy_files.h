/*
 * policy_files - the YAML files of policies below a folder, by name.
 *
 * A policy's files are policy.yaml, gates.yaml, and what lies in folders called
 * packs, lists and tests. Hidden names and links to folders are passed over.
 */
#ifndef HANDRAIL_PROXY_CLI_POLICY_FILES_H
#define HANDRAIL_PROXY_CLI_POLICY_FILES_H

#include <stddef.h>

struct policy_files { /* all zeros: none */
	char **paths;
	size_t n;
};

/* Adds a file as it is, or all there are in a folder, in byte order of their
 * names. 0 or -errno; a folder that cannot be read is named on stderr. */
int policy_files_add(struct policy_files *, const char *path)
    __attribute__((warn_unused_result));
void policy_files_clear(struct policy_files *);

#endif
