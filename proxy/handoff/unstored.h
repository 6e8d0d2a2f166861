/*
 * unstored - a handoff that only the audit log has: its record there, as words
 * for people. It has neither texts nor the conversation's name.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_UNSTORED_H
#define HANDRAIL_PROXY_HANDOFF_UNSTORED_H

#include "proxy/store/store_handoffs.h"

/* The line of the log as a row: cause "not_stored", the conversation its
 * pseudonym. To be cleared; it is never written. */
void unstored_read(struct store_handoff *out, const char *line);
/* Those in the store's keeping, behind what is in the list already. */
int unstored_list(struct store_tx *, struct store_handoff **list, size_t *n)
    __attribute__((warn_unused_result));

#endif
