/*
 * quote - the edits of a text that may be JSON itself, written so that it
 * stays JSON (channel/quoted.h).
 */
#ifndef HANDRAIL_RELAY_QUOTE_H
#define HANDRAIL_RELAY_QUOTE_H

#include "proxy/channel/quoted.h"
#include "rules/guard.h"

/* *own: the edit's new text for free(), or NULL when it stays as it is. False:
 * the edit would break the JSON, and cannot be made. */
bool quote_edit(
    struct quoted *, struct span text, struct guard_edit *, char **own);

#endif
