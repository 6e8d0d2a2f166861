/*
 * excuse - what may excuse a hit besides words in its sentence: an approval,
 * a value the customer gave us, a value that is listed.
 * How values are compared: excuse_value.h.
 */
#ifndef HANDRAIL_RULES_EXCUSE_H
#define HANDRAIL_RULES_EXCUSE_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

/* What customers have said, folded and searched when it is first asked for. */
struct excuse_turn {
	struct text text;
	struct matches entities;
};
struct excuse_said {
	struct excuse_turn *turns;
	size_t n;
	bool ready;
};

void excuse_said_clear(struct excuse_said *);

struct excuse_facts {
	const struct guard_policy *policy;
	const struct guard_session *session;
	const struct text *text;
	struct excuse_said *said;
	bool any_day; /* an unknown time is one at which exceptions hold: an
			 example needs no date to show one */
};

/* 1: excused, 0: not, -1: memory ran out. m is the hit. */
int excuse_by_value(
    const struct excuse *, const struct excuse_facts *, const struct match *m);
/*
 * Does an approval of the session cover an amount? currency "" and amount -1:
 * the hit names none.
 */
bool excuse_by_approval(const char *name, const struct guard_session *,
    int64_t amount_minor, const char *currency);
/* Over at the time of the session. Without a time it still holds only when it
 * never ends, or on any day. */
bool excuse_is_over(const struct excuse *, const struct excuse_facts *);

#endif
