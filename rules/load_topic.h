/*
 * load_topic - what loading a policy and reading the sentences of its learned
 * topics share.
 */
#ifndef HANDRAIL_RULES_LOAD_TOPIC_H
#define HANDRAIL_RULES_LOAD_TOPIC_H

#include "rules/load.h"
#include "rules/sha256.h"

/* The file a topic names under learned:, which lies beside its pack; NULL after
 * reporting, or when memory runs out. */
char *load_topic_path(struct load *, const struct yaml_node *topic);
/* Of sentences that are all different, whatever their order. */
void load_topic_digest(
    const struct example *, size_t n, char out[SHA256_HEX_LEN + 1]);

/* ---- load.c ---- */

void load_init(
    struct load *, const struct guard_source *, diag_fn *, void *arg);
void load_clear(struct load *);
/* An empty policy with one reference, for l->policy; NULL: no memory. */
struct guard_policy *load_new_policy(const struct guard_limits *);

#endif
