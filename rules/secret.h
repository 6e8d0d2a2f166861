/*
 * secret - keys, tokens and passwords that must not be shown.
 *
 * Reads the plain view. API keys by their issuers' prefixes, lengths and
 * alphabets; private keys by their PEM header; JSON web tokens by their three
 * base64url parts, the first of which must decode to a JSON object; passwords
 * by the word in front ("password: Hunter2!horse") and a value that looks like
 * one and not like an ordinary word, or by their place in a URL; strings of
 * high entropy by nothing but themselves.
 */
#ifndef HANDRAIL_RULES_SECRET_H
#define HANDRAIL_RULES_SECRET_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

#define SECRET_MAX_BYTES 4096u /* of a token; what is longer is cut there */

#define SECRET_ALPHABETS 7u

struct secret_span { /* bytes of the plain view */
	size_t from, to;
};

struct secret_scan {
	size_t next;      /* byte of the plain view not read yet */
	size_t calm;      /* calm.h */
	size_t taken;     /* end of the latest value, in which ... */
	unsigned telling; /* ... only so many kinds are sought */
	struct secret_span runs[SECRET_ALPHABETS]; /* of secret_run */
};

void secret_scan_init(struct secret_scan *);
/*
 * Add a match for every SECRET detector of the policy (of_kind) whose kind is
 * found; otherwise as match.h says. 0, or -1 when memory runs out.
 */
int secret_scan(struct secret_scan *, const struct text *,
    const struct guard_policy *, struct matches *out, size_t *alive_from)
    __attribute__((warn_unused_result));

#endif
