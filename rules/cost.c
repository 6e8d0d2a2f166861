/* cost - see guard_author.h. */
#include "rules/guard_author.h"

#include "rules/load_codes.h"
#include "rules/policy.h"

#include <limits.h>

static void report(const struct rule *r, enum load_code code,
    const char *message, diag_fn *diag, void *arg)
{
	const struct load_code_row *row = &load_codes[code];
	struct diag d = {
	    .level = row->level,
	    .code = row->code,
	    .file = r->info.file,
	    .line = r->info.line,
	    .col = 1,
	    .width = 1,
	    .message = message,
	};
	diag(&d, arg);
}

static bool has_kind(
    const struct guard_policy *p, const struct rule *r, enum detector_kind kind)
{
	for (size_t i = 0; i < r->n_clauses; i++) {
		const struct any_of *any = &r->clauses[i].what;
		for (size_t k = 0; k < any->n; k++)
			if (p->detectors[any->detectors[k]].kind == kind)
				return true;
	}
	return false;
}

static bool near_the_sentence(const struct rule *r)
{
	for (size_t i = 0; i < r->n_clauses; i++)
		if (r->clauses[i].near.what.n &&
		    r->clauses[i].near.within == UINT_MAX)
			return true;
	return false;
}

void guard_policy_cost(const struct guard_policy *p, diag_fn *diag, void *arg)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rules[i];
		if (r->info.mode == GUARD_OFF)
			continue;
		if (r->must_say.n && r->info.action != GUARD_APPEND)
			report(r, LOAD_HOLDS_MESSAGE,
			    "while this rule applies, a stream is held until "
			    "the wording has been said",
			    diag, arg);
		if (has_kind(p, r, DETECTOR_PATTERN))
			report(r, LOAD_HOLDS_PATTERN,
			    "this pattern is tried on every message, and a "
			    "stream is held from where it may begin to the end "
			    "of the sentence",
			    diag, arg);
		if (near_the_sentence(r) || r->n_clauses > 1)
			report(r, LOAD_HOLDS_SENTENCE,
			    "a stream is held from what is found to the end "
			    "of the sentence; near with within holds less",
			    diag, arg);
		if (has_kind(p, r, DETECTOR_TEXT_IS) &&
		    r->info.action != GUARD_ALLOW)
			report(r, LOAD_HOLDS_TEXT,
			    "a stream is held while it is the beginning of "
			    "one of these texts",
			    diag, arg);
	}
}
