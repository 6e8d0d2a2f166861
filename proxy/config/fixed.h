/*
 * fixed - the keys that are read once, at the start: a reload that changes one
 * of them is refused. Which they are stands in the table.
 */
#ifndef HANDRAIL_PROXY_CONFIG_FIXED_H
#define HANDRAIL_PROXY_CONFIG_FIXED_H

#include "proxy/config/config.h"

/* key: "limits.max_turns"; now: its value in the first of the two. */
typedef void fixed_changed_fn(void *arg, const char *key, const char *now);

/* Calls changed for each that differs; false when there was one. */
bool fixed_same(const struct config *running, const struct config *next,
    fixed_changed_fn *changed, void *arg);

#endif
