/*
 * handoff_text - handoffs on stdout: for a person who takes over, and as JSON
 * for scripts.
 */
#ifndef HANDRAIL_PROXY_CLI_HANDOFF_TEXT_H
#define HANDRAIL_PROXY_CLI_HANDOFF_TEXT_H

#include "proxy/handoff/desk.h"

void handoff_text_list(const struct store_handoff *, size_t n,
    const struct store_delivery *owed, size_t n_owed);
void handoff_text_case(const struct desk_case *);
void handoff_json_list(const struct store_handoff *, size_t n,
    const struct store_delivery *owed, size_t n_owed);
void handoff_json_case(const struct desk_case *);
void handoff_json_outcome(const char *verb, const struct desk_outcome *);

#endif
