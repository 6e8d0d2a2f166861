/*
 * clause_end - how far words reach that take something back: where in a
 * sentence another clause begins. English only; without its words a clause is
 * its sentence.
 */
#ifndef HANDRAIL_RULES_CLAUSE_END_H
#define HANDRAIL_RULES_CLAUSE_END_H

#include "rules/match.h"
#include "rules/text.h"

/* Does another clause begin behind token from, and with the first token of the
 * next match at the latest? */
bool clause_ends(const struct text *, size_t from, const struct match *next);
/* Does one begin among the words of the match themselves: "allow this, but
 * I'll"? */
bool clause_ends_in(const struct text *, const struct match *);

/* Is the negation in front of what was found? Its verb may be the first word of
 * that: "don't extend your ...". */
bool clause_is_before(const struct text *, const struct match *negation,
    const struct match *what);
/* Does the negation, which is before it, negate what was found? Not over the
 * end of its clause, and not when it only sounds like one: "can't wait to", "no
 * problem", "unfortunately it broke and I will". */
bool clause_negates(const struct text *, const struct match *negation,
    const struct match *what);
/* Do two negations make a yes: "no way I won't", "never refuse to"? */
bool clause_affirms(
    const struct text *, const struct match *first, const struct match *second);

#endif
