/*
 * record_scores - what classifiers said of a message, as part of a record's
 * inputs: with it a decision is reproduced without asking them again.
 */
#ifndef HANDRAIL_PROXY_AUDIT_RECORD_SCORES_H
#define HANDRAIL_PROXY_AUDIT_RECORD_SCORES_H

#include "rules/guard.h"

struct record_score { /* of one sentence; strings are borrowed */
	const char *classifier;
	const char *config;  /* digest of how it is asked */
	const char *version; /* what it says it is; or NULL */
	const char *failed;  /* why there is no answer; NULL: there is one */
	const struct guard_score *scores;
	size_t n;
	size_t start, end; /* bytes of the text it stands in */
};

#endif
