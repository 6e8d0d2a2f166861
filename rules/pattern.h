/*
 * pattern - regular expressions of authors, made safe to run on anything.
 *
 * A pattern is compiled once and then immutable and shared. It reads the plain
 * view (NFKC, no invisible characters, case kept), one sentence at a time, so
 * that streamed and whole texts agree. What could make PCRE2 slow or look
 * beyond the text is refused when compiling; what is still too slow is
 * reported as PATTERN_CANNOT_DECIDE, never as "no match". An empty match never
 * counts.
 */
#ifndef HANDRAIL_RULES_PATTERN_H
#define HANDRAIL_RULES_PATTERN_H

#include "rules/match.h"

#include <stddef.h>
#include <stdint.h>

#define PATTERN_MAX_SUBJECT_BYTES 8192u /* of one sentence's plain view */
#define PATTERN_MAX_PATTERN_BYTES 2048u
#define PATTERN_MAX_HEAP_KIB 1024u

struct guard_policy;
struct pattern;
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
 * After PATTERN_CANNOT_DECIDE the matches added are those found before, and
 * the text is not scanned any further.
 */
enum pattern_err pattern_scan(struct pattern_scan *, const struct text *,
    struct matches *, size_t *alive) __attribute__((warn_unused_result));

#endif
