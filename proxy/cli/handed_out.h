/*
 * handed_out - the copies an erasure does not reach: what destinations have.
 */
#ifndef HANDRAIL_PROXY_CLI_HANDED_OUT_H
#define HANDRAIL_PROXY_CLI_HANDED_OUT_H

#include "proxy/cli/storage.h"
#include "proxy/store/store_outbox.h"

/* Print them; with --format json as one value with the number of conversations
 * that were erased. EXIT_GOOD, or the exit code with the reason on stderr. */
int handed_out_print(
    const struct storage *, const struct store_whose *, size_t erased);

#endif
