/*
 * session_copy - what a stream needs of a session, in one piece of memory.
 */
#ifndef HANDRAIL_RULES_SESSION_COPY_H
#define HANDRAIL_RULES_SESSION_COPY_H

#include "rules/guard.h"

/*
 * A copy to be freed with free(); NULL when memory runs out. What the AI has
 * said is left out; what the customer has said unless with_customer; paused
 * holds n_rules flags.
 */
struct guard_session *session_copy(
    const struct guard_session *, bool with_customer, size_t n_rules);

#endif
