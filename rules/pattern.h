/*
 * pattern - regular expressions of authors, made safe to run on anything.
 *
 * A pattern is compiled once and then immutable and shared. It reads the plain
 * view (NFKC, no invisible characters, case kept). What could take long by
 * nature, or could not be settled while a text arrives, is refused when
 * compiling (pattern_tree.h); the rest is matched in one pass by a matcher of
 * our own (pattern_run.h) instead of PCRE2, whose limits do not bound its
 * time: its match limit starts again at each place, counts other things with
 * and without JIT, and a text that arrives in pieces is searched again and
 * again. PCRE2 says what is a regular expression and what stands for which
 * character, and is what the tests compare with.
 *
 * All patterns of a policy share policy->limits.max_pattern_steps for one
 * text, beyond what a pass over it takes. A pattern that needs more is
 * reported as PATTERN_CANNOT_DECIDE, never as "no match", at the same byte
 * however the text was cut. An empty match never counts.
 */
#ifndef HANDRAIL_RULES_PATTERN_H
#define HANDRAIL_RULES_PATTERN_H

#include "rules/match.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_MAX_PATTERN_BYTES 2048u
/* Of the shared steps, the least that is left to one of many patterns. */
#define PATTERN_MIN_SPARE_STEPS 1000u

struct guard_policy;
struct pattern;
struct pattern_texts;
struct text;

enum pattern_err {
	PATTERN_OK = 0,
	PATTERN_ERR_MEMORY = -1,
	PATTERN_ERR_REFUSED = -2,
	PATTERN_CANNOT_DECIDE = -3, /* a limit was hit */
};

/*
 * Compile len bytes of UTF-8. PATTERN_ERR_REFUSED writes a sentence for the
 * author into reason. *out is the caller's.
 */
enum pattern_err pattern_new(struct pattern **out, const char *source,
    size_t len, char *reason, size_t reason_size)
    __attribute__((warn_unused_result));
void pattern_free(struct pattern *); /* accepts NULL */

/* The i-th of the texts (not NUL-terminated) one of which every match has: its
 * length, 0 behind the last. None at all: every text is searched. */
size_t pattern_fixed_text(const struct pattern *, size_t i, const char **text);
/* The longest of these; for pattern_wake.h. */
const struct pattern_texts *pattern_inside(const struct pattern *);
/* Has it no upper length? Then it matches within one sentence. */
bool pattern_is_endless(const struct pattern *);

/* One thread's scratch and the place each pattern of a policy has reached in
 * one text. */
struct pattern_scan;
struct pattern_scan *pattern_scan_new(void);   /* NULL: no memory */
void pattern_scan_free(struct pattern_scan *); /* accepts NULL */
/* Before each text. The policy must outlive the scanning of that text. */
enum pattern_err pattern_scan_begin(struct pattern_scan *,
    const struct guard_policy *) __attribute__((warn_unused_result));

/*
 * Look at what has settled in text since the last call, as match.h says, with
 * every pattern detector of the policy (policy->of_kind[DETECTOR_PATTERN]).
 * *alive is the original byte of the earliest living candidate or SIZE_MAX.
 * PATTERN_CANNOT_DECIDE: at least one pattern has given up, now or before; the
 * others go on.
 */
enum pattern_err pattern_scan(struct pattern_scan *, const struct text *,
    struct matches *, size_t *alive) __attribute__((warn_unused_result));

#endif
