/*
 * guard_session - a message, and what the engine may know about the
 * conversation it belongs to.
 *
 * Plain values of the caller, only read, and only during the call they are
 * passed to. The engine keeps no conversation: whoever delivers a message
 * records that it was delivered, and passes the sums with the next one.
 */
#ifndef HANDRAIL_RULES_GUARD_SESSION_H
#define HANDRAIL_RULES_GUARD_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum guard_speaker { GUARD_AI, GUARD_CUSTOMER, GUARD_HUMAN };
enum guard_tristate { GUARD_UNKNOWN, GUARD_NO, GUARD_YES };

struct guard_message {
	enum guard_speaker speaker;
	const char *text; /* len bytes; what is not UTF-8 is "could not
			     decide". May be NULL when len is 0 */
	size_t len;
};

struct guard_span_text {
	const char *text; /* len bytes of UTF-8 */
	size_t len;
};
struct guard_approval {
	const char *name;     /* "refund" */
	const char *id;       /* "APR-20931" */
	int64_t up_to_minor;  /* amount covered in minor units; -1: any */
	const char *currency; /* ISO 4217, or NULL */
	int64_t expires_us;   /* unix microseconds; 0: never */
	uint32_t uses;        /* left; 0 means spent */
};

enum guard_counted_kind {
	GUARD_COUNTED_SIGNAL,   /* a rule with a score has fired; no value */
	GUARD_COUNTED_PERCENT,  /* basis points */
	GUARD_COUNTED_MONEY,    /* hundredths of the currency's unit */
	GUARD_COUNTED_DURATION, /* seconds */
	GUARD_COUNTED_COUNT,    /* hundredths of one */
	GUARD_COUNTED_WORDING,  /* required wording was said; value tells which,
				   as the policy words it */
};
/* Something delivered messages of the conversation count for (see
 * guard_memory.h). */
struct guard_counted {
	const char *name; /* of the rule, or of an offer: "pack/offers: name" */
	enum guard_counted_kind kind;
	char currency[4]; /* MONEY: ISO 4217, or "" where none was named */
	int64_t value;    /* above 0, but for a signal */
	int64_t times;    /* how often it was counted; above 0 */
};

struct guard_answers; /* guard_classify.h */

/* All zeros is a valid session: NULL, 0 and UNKNOWN mean absent, and what is
 * absent excuses nothing. Strings are UTF-8, NUL-terminated. */
struct guard_session {
	int64_t time_us;  /* unix microseconds: the only clock there is */
	uint32_t ai_turn; /* of this message, from 1; 0: unknown, means 1 */
	const char *conversation; /* for sticky rollouts */
	const char *channel, *segment, *language;
	const char *interaction_type, *zone; /* of the matrix */
	const char *customer;
	enum guard_tristate resolved, repeat_contact;
	enum guard_tristate upset; /* the customer is; guard_interaction.h */
	const struct guard_approval *approvals;
	size_t n_approvals;
	const struct guard_span_text *customer_said; /* oldest first */
	size_t n_customer_said;
	const struct guard_span_text *ai_said; /* delivered, oldest first */
	size_t n_ai_said;
	const struct guard_counted *counted; /* before this message */
	size_t n_counted;
	const unsigned char *paused; /* by rule index, 1: as if in shadow (the
					kill switch); NULL: none */
	bool aside; /* not the message itself (a tool call, an error text):
		       required wording is not looked for */
	bool label; /* an id, a name or the like: no classifier is asked */
	const struct guard_answers *answers; /* what classifiers say */
};

#endif
