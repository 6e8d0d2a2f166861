/*
 * pattern_random - small random patterns and texts, the same for the same
 * seed: what they are made of is chosen so that they often match.
 */
#ifndef HANDRAIL_TESTS_UNIT_RULES_PATTERN_RANDOM_H
#define HANDRAIL_TESTS_UNIT_RULES_PATTERN_RANDOM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct pattern_random {
	uint64_t state;
	char out[512];
	size_t n;
};

static inline unsigned pattern_random_below(
    struct pattern_random *r, unsigned n)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(r->state >> 33) % n;
}

static inline void pattern_random_add(struct pattern_random *r, const char *s)
{
	size_t len = strlen(s);
	if (r->n + len < sizeof(r->out)) {
		memcpy(r->out + r->n, s, len + 1);
		r->n += len;
	}
}

static inline void pattern_random_atom(struct pattern_random *r)
{
	static const char *const atoms[] = {"a", "b", "c", "ab", "A", " ", "1",
	    "-", "\xc3\xa9", ".", "\\w", "\\d", "\\s", "\\W", "\\D", "[ab]",
	    "[^a]", "[a-c1]", "[^ ]", "\\b", "\\B", "^", "$", "\\N", "\\x61",
	    "[[:alpha:]]", "\\p{L}", "\\P{L}", "[\\w-]", "(?i)", "a(?-i)",
	    "\\A", "\\z", "\\Z"};
	pattern_random_add(
	    r, atoms[pattern_random_below(r, sizeof(atoms) / sizeof(*atoms))]);
}

static inline void pattern_random_repeat(struct pattern_random *r)
{
	static const char *const repeats[] = {"*", "+", "?", "*?", "+?", "??",
	    "{2}", "{1,2}", "{0,2}?", "{2,}", "{,2}", "{1,3}?"};
	if (pattern_random_below(r, 3) == 0)
		pattern_random_add(r,
		    repeats[pattern_random_below(
			r, sizeof(repeats) / sizeof(*repeats))]);
}

/* Groups are written by a stack of their closing signs. */
static inline const char *pattern_random_pattern(struct pattern_random *r)
{
	static const char *const opens[] = {"(", "(?:", "(?i:", "(?<n>",
	    "(?=", "(?!", "(?<=", "(?<!", "(?s:", "(?m:"};
	unsigned depth = 0, left = 2 + pattern_random_below(r, 9);
	r->n = 0;
	r->out[0] = '\0';
	while (left-- > 0) {
		unsigned what = pattern_random_below(r, 12);
		if (what == 0 && depth < 3) {
			unsigned n = sizeof(opens) / sizeof(*opens);
			pattern_random_add(
			    r, opens[pattern_random_below(r, n)]);
			depth++;
			left++;
		} else if (what == 1) {
			pattern_random_add(r, "|");
		} else if (what == 2 && depth > 0) {
			pattern_random_add(r, ")");
			pattern_random_repeat(r);
			depth--;
		} else {
			pattern_random_atom(r);
			pattern_random_repeat(r);
		}
	}
	while (depth-- > 0) {
		pattern_random_add(r, ")");
		pattern_random_repeat(r);
	}
	return r->out;
}

/* sentences: also what ends one. */
static inline const char *pattern_random_text(
    struct pattern_random *r, bool sentences)
{
	static const char *const parts[] = {"a", "b", "c", "ab", "A", " ", "1",
	    "-", "\xc3\xa9", "aa", "B", "11", " ", "x", ". ", "\n", "! "};
	unsigned n = sizeof(parts) / sizeof(*parts) - (sentences ? 0 : 3);
	unsigned left = 1 + pattern_random_below(r, 18);
	r->n = 0;
	r->out[0] = '\0';
	while (left-- > 0)
		pattern_random_add(r, parts[pattern_random_below(r, n)]);
	return r->out;
}

#endif
