/*
 * rule_name - a rule by the name somebody typed: PACK/RULE, as in the audit
 * log.
 */
#ifndef HANDRAIL_PROXY_CLI_RULE_NAME_H
#define HANDRAIL_PROXY_CLI_RULE_NAME_H

#include "rules/guard.h"

/* Its index, or SIZE_MAX after saying on stderr that there is none and which
 * one may be meant. verb: "explain". */
size_t rule_name_find(
    const struct guard_policy *, const char *name, const char *verb);

#endif
