/* cost - see guard_author.h. */
#include "rules/guard_author.h"

#include "rules/index.h"
#include "rules/load_codes.h"
#include "rules/pattern.h"
#include "rules/policy.h"

#include <limits.h>
#include <stdio.h>

/* At the part of the rule that does it; the message follows its name. */
static void report(const struct rule *r, enum load_code code,
    const char *message, diag_fn *diag, void *arg)
{
	const struct load_code_row *row = &load_codes[code];
	const struct rule_place *part =
	    code == LOAD_HOLDS_MESSAGE && r->must_say.n ? &r->must_at
							: &r->find_at;
	const struct rule_place *at = part->line ? part : &r->at;
	char text[600];
	snprintf(text, sizeof(text), "%s %s", r->info.id, message);
	struct diag d = {
	    .level = row->level,
	    .code = row->code,
	    .file = r->info.file,
	    .line = at->line ? at->line : r->info.line,
	    .col = at->line ? at->col : 1,
	    .width = at->line ? at->width : 1,
	    .message = text,
	};
	diag(&d, arg);
}

/* What is never enforced holds nothing. */
static bool may_hold(const struct rule *r)
{
	return r->info.mode == GUARD_ENFORCE ||
	    (r->mode_until_us && r->mode_after == GUARD_ENFORCE);
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

static bool is_the_sentence(const struct near *near)
{
	return near->what.n && near->within == UINT_MAX;
}

static bool near_the_sentence(
    const struct guard_policy *p, const struct rule *r)
{
	for (size_t i = 0; i < r->n_clauses; i++) {
		const struct any_of *any = &r->clauses[i].what;
		if (is_the_sentence(&r->clauses[i].near))
			return true;
		for (size_t k = 0; k < any->n; k++)
			if (is_the_sentence(
				&p->detectors[any->detectors[k]].context))
				return true;
	}
	return false;
}

/* "inc-", "chg-" as one text; false when nothing wakes the pattern. */
static bool wakers(const struct pattern *p, char *out, size_t size)
{
	const char *text;
	size_t n, used = 0;
	for (size_t i = 0; (n = pattern_fixed_text(p, i, &text)); i++) {
		int wrote = snprintf(out + used, size - used, "%s\"%.*s\"",
		    i ? ", " : "", (int)n, text);
		if (wrote < 0 || (size_t)wrote >= size - used)
			break;
		used += (size_t)wrote;
	}
	return used > 0;
}

static void report_pattern(
    const struct rule *r, const struct pattern *p, diag_fn *diag, void *arg)
{
	char texts[256], message[400];
	bool woken = wakers(p, texts, sizeof(texts));
	snprintf(message, sizeof(message),
	    woken ? "has a pattern that is woken by the fixed text %s"
		  : "has a pattern with no fixed text to look for, so it runs "
		    "on every message%s",
	    woken ? texts : "");
	report(r, woken ? LOAD_PATTERN_WOKEN : LOAD_PATTERN_UNWOKEN, message,
	    diag, arg);
	if (pattern_is_endless(p) && may_hold(r))
		report(r, LOAD_HOLDS_PATTERN,
		    "has a pattern with no upper length: it matches within "
		    "one sentence, and a stream may be held from where it "
		    "begins to the end of that; {0,40} instead of * holds "
		    "less",
		    diag, arg);
}

static void report_patterns(const struct guard_policy *p, const struct rule *r,
    diag_fn *diag, void *arg)
{
	for (size_t i = 0; i < r->n_clauses; i++) {
		const struct any_of *any = &r->clauses[i].what;
		for (size_t k = 0; k < any->n; k++) {
			const struct detector *d =
			    &p->detectors[any->detectors[k]];
			if (d->kind == DETECTOR_PATTERN)
				report_pattern(r, d->pattern, diag, arg);
		}
	}
}

static void report_holds(const struct guard_policy *p, const struct rule *r,
    diag_fn *diag, void *arg)
{
	if (r->must_say.n && r->info.action != GUARD_APPEND)
		report(r, LOAD_HOLDS_MESSAGE,
		    "holds a stream, where it applies, until the wording has "
		    "been said",
		    diag, arg);
	if (r->only && r->info.action > GUARD_APPEND)
		report(r, LOAD_HOLDS_MESSAGE,
		    "holds a stream from the first sentence that is no small "
		    "talk until a topic is found",
		    diag, arg);
	if (r->has_find && r->info.action == GUARD_PREPEND)
		report(r, LOAD_HOLDS_MESSAGE,
		    "holds every stream, where it applies, until it is found "
		    "or the message is over: what is put in front comes first; "
		    "append holds less",
		    diag, arg);
	if (has_kind(p, r, DETECTOR_TOPIC))
		report(r, LOAD_HOLDS_SENTENCE,
		    "holds a stream to the end of each sentence: a learned "
		    "topic is known by whole sentences",
		    diag, arg);
	else if (rule_classifier(r) && r->n_clauses == 1)
		report(r, LOAD_HOLDS_SENTENCE,
		    "holds a stream at every sentence until its classifier has "
		    "answered; phrases beside it choose which sentences are "
		    "asked about",
		    diag, arg);
	else if (near_the_sentence(p, r) || r->n_clauses > 1)
		report(r, LOAD_HOLDS_SENTENCE,
		    "holds a stream from what is found to the end of the "
		    "sentence; near with within holds less",
		    diag, arg);
	if (has_kind(p, r, DETECTOR_TEXT_IS) && r->info.action != GUARD_ALLOW)
		report(r, LOAD_HOLDS_TEXT,
		    "holds a stream while it is the beginning of one of its "
		    "texts",
		    diag, arg);
}

void guard_policy_cost(const struct guard_policy *p, diag_fn *diag, void *arg)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rules[i];
		if (r->info.mode == GUARD_OFF)
			continue;
		report_patterns(p, r, diag, arg);
		if (may_hold(r))
			report_holds(p, r, diag, arg);
	}
}
