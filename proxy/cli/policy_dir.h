/*
 * policy_dir - a policy folder on disk, and the packs and lists that ship with
 * Handrail, as the engine wants them: files in memory.
 *
 * Packs and lists of others lie in folders of their own: packs/vendor/x.yaml
 * is the pack vendor/x. Shipped ones are looked for in $HANDRAIL_SHARE, then
 * beside the binary
 * (../share/handrail/policies), then in the source tree it was built in. Time
 * zones are the system's (/usr/share/zoneinfo).
 */
#ifndef HANDRAIL_PROXY_CLI_POLICY_DIR_H
#define HANDRAIL_PROXY_CLI_POLICY_DIR_H

#include "rules/guard.h"

struct policy_dir;

/*
 * Read the folder. shipped: the folder of shipped packs, NULL: looked for.
 * NULL when the folder cannot be read, with a diagnostic that says why.
 */
struct policy_dir *policy_dir_open(
    const char *dir, const char *shipped, diag_fn *, void *arg);
void policy_dir_close(struct policy_dir *); /* accepts NULL */

/* For guard_policy_load; borrowed from the policy_dir. */
const struct guard_source *policy_dir_source(
    struct policy_dir *, const char *environment);
/* A file's bytes by the name diagnostics use, or NULL. */
const struct guard_file *policy_dir_file(
    const struct policy_dir *, const char *name);
/* Where that file is, as a person can open it: "policies/acme/packs/x.yaml" for
 * "packs/x.yaml", of the folder or a shipped one; for free(). */
char *policy_dir_place(const struct policy_dir *, const char *name);

/* All at once; NULL after at least one diagnostic, with paths as
 * policy_dir_place gives them. */
struct guard_policy *policy_dir_load(const char *dir, const char *shipped,
    const char *environment, const struct guard_limits *, diag_fn *, void *arg);

#endif
