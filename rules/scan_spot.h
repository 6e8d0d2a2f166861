/*
 * scan_spot - from bytes of a view to a match: original offsets, tokens,
 * sentence. For the scanners that read bytes, not tokens.
 */
#ifndef HANDRAIL_RULES_SCAN_SPOT_H
#define HANDRAIL_RULES_SCAN_SPOT_H

#include "rules/match.h"
#include "rules/text.h"

/* The original bytes of view bytes start..end. False while the tokens they
 * touch have not been appended: try again with more text. */
bool scan_spot(const struct text *, const struct text_view *, size_t start,
    size_t end, struct match *out);

#endif
