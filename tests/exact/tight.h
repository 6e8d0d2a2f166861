/*
 * tight - is a byte held only while it has to be? Decided by a slow reference
 * that knows nothing of the engine but guard_check.
 *
 * After each byte of a text the stream says how much is safe. The byte behind
 * that has to be held when what may still come decides its fate: when some
 * continuation withholds it, or two continuations redact it differently, or
 * put something in front in one case only. The reference tries continuations
 * made of the policy's ingredients: whole ones, the rest of those that have
 * begun (by word and by letter), units for numbers, and two or three of them
 * one after the other. What it cannot find a reason for is excess; a reason it
 * has not thought of would be a false alarm, so a fault is to be read.
 *
 * What DESIGN.md section 5 lists may be held as well, and is counted apart: the
 * unfinished last word, and single letters that may become a word spelled out;
 * and what is part-way, whatever may come of it: a phrase, or a number, until
 * it is known, that a rule looks for among other things (made.h, parts). A text
 * is followed up to its first edit or to where all that is left is withheld.
 */
#ifndef HANDRAIL_TESTS_EXACT_TIGHT_H
#define HANDRAIL_TESTS_EXACT_TIGHT_H

#include "tests/exact/made.h"

struct tight { /* counts */
	uint64_t n_texts, n_prefixes, n_checks;
	/* Bytes held, summed over the prefixes; part is a part of held. */
	uint64_t word, spelled, part, held, excess;
	char fault[512]; /* "" or the first excess of the last text */
};

/* True when nothing is held in excess. */
bool tight_holds(
    struct tight *, const struct made *, const char *text, size_t len);

#endif
