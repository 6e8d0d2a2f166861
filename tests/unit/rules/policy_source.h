/*
 * policy_source - a policy of strings for tests: files are added, then loaded,
 * and the first diagnostic is kept.
 */
#ifndef HANDRAIL_TESTS_UNIT_RULES_POLICY_SOURCE_H
#define HANDRAIL_TESTS_UNIT_RULES_POLICY_SOURCE_H

#include "rules/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_FILES 12

/* The smallest good policy: policy.yaml and packs/p.yaml. */
#define POLICY_HEAD "format: 1\nkind: policy\nname: t\n"
#define PACK_HEAD "format: 1\nkind: pack\npack: p\n"
#define EXAMPLES                                                               \
	"    examples:\n      matches: \n        - Say foo now.\n"             \
	"      passes: \n        - Say bar now.\n"
#define FOO                                                                    \
	"rules:\n  - id: a\n    title: A\n    find: {phrases: [foo]}\n"        \
	"    then: flag\n" EXAMPLES
#define POLICY POLICY_HEAD "packs: [p]\n"
#define RULE_HEAD                                                              \
	PACK_HEAD "rules:\n  - id: a\n    title: A\n" /* lines 4 to 6 */

struct policy_source {
	struct guard_file own[SOURCE_FILES], shipped[SOURCE_FILES];
	size_t n_own, n_shipped;
	const char *environment;
	/* of the last load */
	unsigned n_errors, n_warnings;
	char code[8], file[64], message[512], hint[512];
	unsigned line, col;
};

static inline void source_add(
    struct policy_source *s, const char *path, const char *text)
{
	s->own[s->n_own++] = (struct guard_file){path, text, strlen(text)};
}

static inline void source_ship(
    struct policy_source *s, const char *path, const char *text)
{
	s->shipped[s->n_shipped++] =
	    (struct guard_file){path, text, strlen(text)};
}

static inline void source_see(const struct diag *d, void *arg)
{
	struct policy_source *s = arg;
	if (d->level != DIAG_ERROR) {
		s->n_warnings += d->level == DIAG_WARNING;
		return;
	}
	if (s->n_errors++)
		return;
	snprintf(s->code, sizeof(s->code), "%s", d->code);
	snprintf(s->file, sizeof(s->file), "%s", d->file ? d->file : "");
	snprintf(s->message, sizeof(s->message), "%s", d->message);
	snprintf(s->hint, sizeof(s->hint), "%s", d->hint ? d->hint : "");
	s->line = d->line;
	s->col = d->col;
}

/* TZif of New York as far as tests need it: a footer and nothing else. */
static inline const unsigned char *source_zone(
    void *arg, const char *name, size_t *len)
{
	static const unsigned char new_york[] =
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
	    "\xff\xff\xb9\xb0\0\0EST\0"
	    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
	    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
	    "\xff\xff\xb9\xb0\0\0EST\0"
	    "\nEST5EDT,M3.2.0,M11.1.0\n";
	(void)arg;
	if (strcmp(name, "America/New_York") != 0)
		return NULL;
	*len = sizeof(new_york) - 1;
	return new_york;
}

static inline struct guard_policy *source_load(struct policy_source *s)
{
	struct guard_source source = {
	    .own = s->own,
	    .n_own = s->n_own,
	    .shipped = s->shipped,
	    .n_shipped = s->n_shipped,
	    .environment = s->environment,
	    .zone = source_zone,
	};
	struct guard_policy *p = NULL;
	s->n_errors = s->n_warnings = 0;
	s->code[0] = s->file[0] = s->message[0] = s->hint[0] = '\0';
	s->line = s->col = 0;
	enum guard_err err =
	    guard_policy_load(&p, &source, NULL, source_see, s);
	if ((err == GUARD_OK) != (p != NULL) ||
	    (err == GUARD_OK) != (s->n_errors == 0))
		abort();
	return p;
}

#endif
