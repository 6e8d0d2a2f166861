/*
 * pattern_check - which regular expressions are refused before PCRE2 sees
 * them: what can take exponential time (a repeat inside a repeat, both without
 * an upper end), what looks back at what it matched, what calls itself or us.
 */
#ifndef HANDRAIL_RULES_PATTERN_CHECK_H
#define HANDRAIL_RULES_PATTERN_CHECK_H

#include <stddef.h>

/* Why it is refused, in words for the author; NULL: not refused. Whether it is
 * a regular expression at all is PCRE2's to say. */
const char *pattern_check(const char *source, size_t len);

#endif
