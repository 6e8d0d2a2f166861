/*
 * generation - everything a reload replaces, as one: configuration, policy,
 * channels, certificates and trust.
 *
 * Built and checked completely before anybody sees it; immutable and shared
 * by threads afterwards. A message is judged wholly under one generation.
 */
#ifndef HANDRAIL_RELAY_GENERATION_H
#define HANDRAIL_RELAY_GENERATION_H

#include "proxy/config/config.h"
#include "proxy/net/tls.h"
#include "rules/guard.h"

#include <stdatomic.h>

struct generation {
	atomic_uint refs;
	struct config *config;
	struct guard_policy *policy;
	struct address *listen_address;     /* one a listen */
	struct tls_server **listen_tls;     /* one a listen, NULL: plain */
	struct tls_client **route_tls;      /* one a route, NULL: plain */
	struct tls_client **classifier_tls; /* one a classifier, likewise */
	size_t *classifiers; /* by the policy's: which of config's it is */
};

/* Loads a policy folder for an environment; how is the command line's. */
typedef struct guard_policy *generation_policy_fn(
    const struct config *, const struct guard_limits *, diag_fn *, void *arg);

/* NULL after at least one diagnostic. */
struct generation *generation_load(
    const char *config_path, generation_policy_fn *, diag_fn *, void *arg);
struct generation *generation_ref(struct generation *);
void generation_unref(struct generation *); /* accepts NULL */

#endif
