/*
 * hold - how much of a text that is still arriving no rule can touch any more
 * (DESIGN.md section 5).
 *
 * Only enforced rules that keep text from the customer hold; what a rule in
 * shadow, a flag or a near-word might still find holds nothing.
 */
#ifndef HANDRAIL_RULES_HOLD_H
#define HANDRAIL_RULES_HOLD_H

#include "rules/machine.h"

struct hold {
	bool kinds[DETECTOR_KINDS];    /* some rule that holds reads the kind */
	bool cuts[DETECTOR_KINDS];     /* some rule that hands off reads it */
	unsigned numbers, cut_numbers; /* likewise, of numbers: bits 1 << enum
					  number_kind */
	bool front; /* text may still have to be put first, or
		       wording be missed: all is held */
};

/* After machine_begin. */
void hold_begin(struct hold *, struct machine *);
/* No hit whose text is kept from the customer will start before this byte,
 * known ones that edits mend aside. */
size_t hold_frontier(struct hold *, struct machine *);
/* Is an enforced handoff found, and can no other decide in its place? */
bool hold_handoff_is_settled(const struct hold *, struct machine *);

#endif
