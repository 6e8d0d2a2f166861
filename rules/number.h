/*
 * number - percentages, amounts of money, durations and counts in a text.
 *
 *   15%  fifteen percent  15 per cent  half off  two for one   PERCENT
 *   $1,250.00  1.250,00 €  USD 75  seventy five bucks  $1.5k   MONEY
 *   3 months  twenty-four hours  30min                         DURATION
 *   50  a dozen  1,250  twenty five                            COUNT
 *
 * Values are integers in the units of enum number_kind; what does not fit is
 * the largest value of its sign, so that "more than a limit" stays true. A
 * range ("10-15%") gives both its ends. Reads tokens only: the folded view,
 * or a token's other reading. Nothing longer than NUMBER_MAX_TOKENS is one
 * number.
 */
#ifndef HANDRAIL_RULES_NUMBER_H
#define HANDRAIL_RULES_NUMBER_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

struct lexicon_state; /* lexicon.h */

#define NUMBER_MAX_TOKENS 24u /* words of one number and its unit */

struct number_scan {
	size_t next_token; /* not read yet */
	unsigned kinds;    /* bits 1 << enum number_kind: what the living
			      candidate may become */
};

void number_scan_init(struct number_scan *);
/*
 * Add a match for every value of the text, whatever a policy asks for (starts
 * are those of number_start.h):
 * match.detector is its enum number_kind, the value in the unit of the kind,
 * the currency ISO 4217 ("$" alone is USD, "¥" JPY). Otherwise as match.h
 * says. 0, or -1 when memory runs out.
 */
int number_scan(struct number_scan *, const struct text *,
    const struct lexicon_state *starts, struct matches *out, size_t *alive_from)
    __attribute__((warn_unused_result));

/* Does such a match lie in the range? The one place that compares. */
bool number_matches(const struct number_range *, const struct match *value);

#endif
