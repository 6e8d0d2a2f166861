/*
 * author - what check, test and explain share: options, the policy of a
 * folder, and findings as text or JSON with paths a person can open.
 */
#ifndef HANDRAIL_PROXY_CLI_AUTHOR_H
#define HANDRAIL_PROXY_CLI_AUTHOR_H

#include "proxy/base/buf.h"
#include "proxy/base/json_out.h"
#include "proxy/cli/findings.h"
#include "proxy/cli/policy_dir.h"

#include <stdbool.h>

/* "--name value", "--name=value" or, with flag, "--name". */
struct author_option {
	const char *name;
	const char **value;
	bool *flag;
};

struct author_args {
	const char *verb, *usage;
	const struct author_option *options; /* ends with a NULL name */
	const char **rest;                   /* arguments that are no option */
	size_t max_rest, n_rest;
};
/* 0, or -1 after saying what is wrong with the usage. "--help" prints the
 * usage and answers 1. */
int author_parse(struct author_args *, int argc, char **argv);

enum author_format { AUTHOR_TEXT, AUTHOR_JSON, AUTHOR_SARIF, AUTHOR_JUNIT };

struct author {
	const char *dir, *environment;
	enum author_format format;
	bool json; /* the document is JSON: its own, or SARIF */
	struct policy_dir *files;
	struct findings findings; /* text */
	struct buf out;           /* the document that is not text */
	struct json_out doc;
	size_t errors, warnings, notes;
	const char *only; /* report this code alone, or NULL */
};

/* format: the name of one, or NULL for text. also: a third one that the verb
 * has besides text and JSON (which it names again when it has none). False
 * after saying what is wrong. */
bool author_open(struct author *, const char *dir, const char *environment,
    const char *format, enum author_format also);
void author_close(struct author *);
/* The diag_fn; arg is the struct author. In JSON and SARIF it adds to an open
 * array; JUnit has no place for it: it goes to stderr. */
void author_diag(const struct diag *, void *author);
const struct guard_source *author_source(struct author *);
/* The index of a rule by its id, or SIZE_MAX. */
size_t author_rule(const struct guard_policy *, const char *id);
/* "policies/acme/packs/offers.yaml" for "packs/offers.yaml"; for free(). */
char *author_path(const struct author *, const char *file);
/* "2 errors, 1 warning": words for a total. */
void author_count(struct buf *, size_t n, const char *one, const char *many);
/* Writes the JSON document with a final newline. */
void author_print_json(struct author *);

#endif
