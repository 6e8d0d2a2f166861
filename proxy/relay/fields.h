/*
 * fields - which fields of the bot's answer a customer may see.
 *
 * A header can carry words as well as a body can. What Handrail writes itself
 * passes, and so does a well-formed date; what the bot says it runs on is left
 * out, and so is what leads clients or proxies round what was judged; every
 * other value is judged like a text beside the message, and the field is left
 * out when an enforced rule would change it or when that cannot be decided.
 * Lines of one name are judged joined, names with what is behind them, and the
 * values of all fields that are not known to be for machines one behind the
 * other: where these break a rule together they all go.
 */
#ifndef HANDRAIL_RELAY_FIELDS_H
#define HANDRAIL_RELAY_FIELDS_H

#include "proxy/wire/http1.h"
#include "rules/guard.h"

struct fields_judge { /* all borrowed for the call */
	struct guard_scanner *scanner;
	const struct guard_policy *policy;
	const struct guard_session *session;
};

/*
 * Names to leave out: those of always (NULL-terminated, may be NULL) and those
 * whose value is withheld. NULL-terminated; the array and the names are the
 * caller's until fields_free.
 */
char **fields_to_drop(const struct http1_head *, const char *const *always,
    const struct fields_judge *);
void fields_free(char **); /* accepts NULL */

#endif
