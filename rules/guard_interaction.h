/*
 * guard_interaction - which zone of the policy's matrix a conversation is in,
 * and how long the bot may take there.
 *
 *     guard_interaction(scanner, policy, &session, &customers_message);
 *     guard_check(scanner, policy, &session, &customers_message, &verdict);
 *
 * The zone is a fact like others (guard_session.zone): to be found out before a
 * message is judged, because it may be what hands the conversation off.
 */
#ifndef HANDRAIL_RULES_GUARD_INTERACTION_H
#define HANDRAIL_RULES_GUARD_INTERACTION_H

#include "rules/guard_policy.h"
#include "rules/guard_session.h"

#include <stdbool.h>

#pragma GCC visibility push(default)

struct guard_scanner;

/*
 * Put zone and upset into the session, and the type where it is not known and
 * the policy has one for that. A customer is upset by the type, by a repeat
 * contact, by what the session has counted, or by this message of theirs (NULL:
 * none). Once true, upset stays. What is put there is the policy's. False: the
 * policy has no zones, and the session is as it was. A message that cannot be
 * read is one of an upset customer.
 */
bool guard_interaction(struct guard_scanner *, const struct guard_policy *,
    struct guard_session *, const struct guard_message *);

/* How long the bot may take to answer there, in milliseconds; 0: the policy
 * does not say. zone may be NULL. What happens then is the fallback of
 * GUARD_BOT_LATE. */
uint32_t guard_answer_within_ms(const struct guard_policy *, const char *zone);

#pragma GCC visibility pop

#endif
