/*
 * calm - stretches of ordinary words, in which nothing begins that the
 * scanners of bytes look for.
 *
 *   Thank you, the order 12345 of today. See www.acme.example
 *   \___________________/      \________/\__/
 *
 * A calm word is two to nine ASCII letters, all but the first of them small, or
 * one that a longer word follows; in both views a space (or the beginning, or a
 * line break) is in front of it and a space behind it, perhaps after one comma
 * or full stop. Both views hold the same number of bytes for it. No link,
 * secret or account number begins inside such a word or goes on from it; the
 * one exception is a national insurance number, "AB 12 34 56 C".
 *
 * Most text is calm: the normaliser reads all the words of a stretch in one go,
 * and scanners pass over it. What is calm depends on how a text was cut, what
 * a scanner finds does not.
 */
#ifndef HANDRAIL_RULES_CALM_H
#define HANDRAIL_RULES_CALM_H

#include "rules/text.h"

/*
 * Append the calm words that begin at t->settled, up to the end of a sentence
 * at most, and move it; nothing when there is none. For the normaliser, while
 * nothing is being read (token.h). 0, or TEXT_ERR_MEMORY.
 */
int calm_read(struct text *) __attribute__((warn_unused_result));

/* The stretch of the plain (folded) view that byte i is in: behind it, else i.
 * *place is the reader's among the stretches, from 0 on; i never shrinks. */
static inline size_t calm_skip_plain(
    const struct text *t, size_t *place, size_t i)
{
	while (*place + 1 < t->n_calm && t->calm[*place + 1].plain <= i)
		++*place;
	const struct text_calm *c = t->n_calm ? &t->calm[*place] : NULL;
	return c && i >= c->plain && i - c->plain < c->len ? c->plain + c->len
							   : i;
}

static inline size_t calm_skip_folded(
    const struct text *t, size_t *place, size_t i)
{
	while (*place + 1 < t->n_calm && t->calm[*place + 1].fold <= i)
		++*place;
	const struct text_calm *c = t->n_calm ? &t->calm[*place] : NULL;
	return c && i >= c->fold && i - c->fold < c->len ? c->fold + c->len : i;
}

#endif
