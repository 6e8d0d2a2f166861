/*
 * store_counted - what conversations have counted so far: amounts promised and
 * weak signals (rules/guard_memory.h), a row each. Names of rules and numbers,
 * no text: they stay after an erasure, as counters do.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_COUNTED_H
#define HANDRAIL_PROXY_STORE_STORE_COUNTED_H

#include "proxy/store/store.h"
#include "rules/guard.h"

/* Rows with how often they have been counted in all; never lowered, so that a
 * write that was tried again may come late. */
int store_counted_put(struct store_tx *, const char *family, const char *id,
    const struct guard_counted *rows, size_t n)
    __attribute__((warn_unused_result));
/* Added to what out holds. */
int store_counted_get(struct store_tx *, const char *family, const char *id,
    struct guard_memory *out) __attribute__((warn_unused_result));

#endif
