/*
 * combine - from the match of a rule's first clause to a hit, or not, or not
 * yet.
 *
 *     ... can't ... | 15% off ... retention ... | APR ... .
 *     negation        match   near (within)       excuse  sentence ends
 *
 * Everything is asked within the sentence of the match. A yes of a clause is
 * final when it is seen; a no only when nothing can come any more: the window
 * or the sentence is over and no scanner has a candidate alive in it. Where
 * the sentence is a line that was wrapped and has not all that is asked for,
 * its passage is asked as if it were one sentence: what a line break keeps
 * apart is no exception, and still a find.
 */
#ifndef HANDRAIL_RULES_COMBINE_H
#define HANDRAIL_RULES_COMBINE_H

#include "rules/excuse.h"
#include "rules/live.h"
#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

#define COMBINE_NEGATION_WORDS 6u /* between a negation and the match */

struct phrase_scan; /* phrase.h */

enum combine { COMBINE_NO, COMBINE_YES, COMBINE_OPEN, COMBINE_NO_MEMORY };

struct combine_facts {
	const struct guard_policy *policy;
	const struct text *text;
	const struct phrase_scan *phrases;
	const struct live *live;       /* all of the sentences still open */
	const struct matches *counted; /* distinct matches of at_least rules;
					  detector holds the rule */
	const size_t *alive; /* by kind: no new match of it will start before
				this byte (match.h) */
	size_t settled;      /* nor one of any kind before this */
	const uint32_t *classified; /* by classifier: sentences its answers
				       are known for */
	struct excuse_facts excuse;
	struct { /* the window asked about last: many rules ask alike */
		size_t from;
		unsigned within;
		bool known;
		size_t end; /* original byte; SIZE_MAX: still to come */
	} window;
};

struct pending { /* a match that may become a hit */
	struct match match;
	uint32_t rule;
	uint32_t seen;   /* live matches looked at */
	uint32_t found;  /* bit n: clause n, bit 0 the near of the first */
	bool begun;      /* negation has been looked for */
	bool over_lines; /* its sentence has not all: its passage is asked */
	bool combined;   /* what is awaited is not in the sentence: required
			    wording, an ALLOW, an amount before it */
	bool settled;    /* of a rule with allowances: it breaks them */
	const struct allowance *allowance; /* settled: the one; may be NULL */
	int64_t total;                     /* settled: of the allowance */
};

/* Do two matches say the same words? */
bool combine_folds_alike(
    const struct text *, const struct match *, const struct match *);
/* Is the match new to the rule (at_least), so that it is to be counted? */
bool combine_is_distinct(
    const struct combine_facts *, uint32_t rule, const struct match *);
enum combine combine_look(struct combine_facts *, struct pending *);
/* Is an answer of its classifier all a match still needs? */
bool combine_lacks_answer(const struct combine_facts *, const struct pending *);
/* Is the sentence complete, and everything found but by classifiers? */
bool combine_is_ripe(const struct combine_facts *, uint32_t sentence);
/* Can nothing come any more in the passage of the sentence? */
bool combine_is_over(const struct combine_facts *, uint32_t sentence);
/* Will no match begin in it any more? One that goes on behind its end, the
 * words of a phrase around a line break, asks about what stands in it. */
bool combine_is_past(const struct combine_facts *, uint32_t sentence);
/* Does something of near stand close enough to the match: yes, not any more,
 * or not yet? */
enum combine combine_near(
    struct combine_facts *, const struct near *, const struct match *);
/* Does an approval cover the amount of the hit, and more beside it? Rules with
 * allowances are asked here, others in combine_look. */
bool combine_is_approved(
    const struct combine_facts *, const struct pending *, int64_t more);

#endif
