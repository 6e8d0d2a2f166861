/* what - see what.h. */
#include "rules/what.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHAT_NAME_BYTES 100

static void print_hundredths(char *out, size_t size, int64_t value, bool always)
{
	uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	const char *sign = value < 0 ? "-" : "";
	if (n % 100 || always)
		snprintf(out, size, "%s%" PRIu64 ".%02" PRIu64, sign, n / 100,
		    n % 100);
	else
		snprintf(out, size, "%s%" PRIu64, sign, n / 100);
}

static void print_value(
    char *out, size_t size, enum number_kind kind, int64_t value)
{
	switch (kind) {
	case NUMBER_PERCENT:
	case NUMBER_COUNT:
		print_hundredths(out, size, value, false);
		return;
	case NUMBER_MONEY:
		print_hundredths(out, size, value, true);
		return;
	case NUMBER_DURATION:
		snprintf(out, size, "%" PRId64 " s", value);
		return;
	}
}

/* "2.310", of thousandths. */
static void print_thousandths(char *out, size_t size, int64_t value)
{
	snprintf(
	    out, size, "%" PRId64 ".%03" PRId64, value / 1000, value % 1000);
}

static void print_topic(char out[WHAT_BYTES], const struct guard_topic_model *m,
    const struct found *f)
{
	char score[32], threshold[32];
	print_thousandths(score, sizeof(score), f->value);
	print_thousandths(threshold, sizeof(threshold), m->threshold);
	snprintf(out, WHAT_BYTES, "topic %.*s %s > %s", WHAT_NAME_BYTES,
	    m->topic, score, threshold);
}

static const char *kind_name(enum number_kind kind)
{
	switch (kind) {
	case NUMBER_PERCENT:
		return "percent";
	case NUMBER_MONEY:
		return "money";
	case NUMBER_DURATION:
		return "duration";
	case NUMBER_COUNT:
		return "count";
	}
	return "number";
}

static void print_found(
    char *out, size_t size, enum number_kind kind, const struct found *f)
{
	char value[32];
	print_value(value, sizeof(value), kind, f->value);
	snprintf(out, size, "%s %s%s%.3s", kind_name(kind), value,
	    *f->currency ? " " : "", f->currency);
}

static void print_range(
    char out[WHAT_BYTES], const struct number_range *r, const struct found *f)
{
	char value[64], above[40] = "", below[40] = "";
	print_found(value, sizeof(value), r->kind, f);
	if (r->has_above) {
		memcpy(above, " > ", 4);
		print_value(above + 3, sizeof(above) - 3, r->kind, r->above);
	}
	if (r->has_below) {
		memcpy(below, " < ", 4);
		print_value(below + 3, sizeof(below) - 3, r->kind, r->below);
	}
	snprintf(out, WHAT_BYTES, "%s%s%s", value, above, below);
}

/* Which allowance an amount breaks, and with what. */
static void print_broken(
    char out[WHAT_BYTES], const struct number_range *r, const struct found *f)
{
	const struct allowance *a = f->allowance;
	char value[64] = "", total[64] = "", limit[32];
	if (r)
		print_found(value, sizeof(value), r->kind, f);
	if (!a) {
		snprintf(out, WHAT_BYTES, "%s%sno allowed offer", value,
		    r ? ", " : "");
		return;
	}
	if (a->sum) {
		char sum[32];
		print_value(sum, sizeof(sum), r->kind, f->total);
		snprintf(
		    total, sizeof(total), ", %s in this conversation", sum);
	}
	print_value(limit, sizeof(limit), r->kind, a->up_to);
	snprintf(out, WHAT_BYTES, "%s%s > %s%s%s", value, total, limit,
	    a->name ? " of " : "", a->name ? a->name : "");
}

static void print_millionths(char *out, size_t size, int64_t score)
{
	int digits = snprintf(out, size, "%" PRId64 ".%06" PRId64,
	    score / GUARD_SCORE_ONE, score % GUARD_SCORE_ONE);
	while (digits > 1 && out[digits - 1] == '0')
		out[--digits] = '\0';
	if (out[digits - 1] == '.')
		out[digits - 1] = '\0';
}

static void print_score(char out[WHAT_BYTES], const struct guard_policy *p,
    const struct detector *d, const struct found *f)
{
	char score[32], above[32];
	print_millionths(score, sizeof(score), f->value);
	print_millionths(above, sizeof(above), d->score_above);
	snprintf(out, WHAT_BYTES, "%s%s%s %s > %s",
	    p->classifiers[d->classifier].name, d->label ? " " : "",
	    d->label ? d->label : "", score, above);
}

static bool print_unsaid(char out[WHAT_BYTES], const struct rule *rule)
{
	bool requires = rule->must_say.n || rule->must_also_say.n;
	if (requires)
		snprintf(out, WHAT_BYTES, "without the required wording");
	return requires;
}

bool what_print(
    char out[WHAT_BYTES], const struct guard_policy *p, const struct found *f)
{
	const struct rule *rule = &p->rules[f->rule];
	if (rule->total.n) {
		snprintf(out, WHAT_BYTES, "score %" PRId64 " of %" PRIu32,
		    f->total, rule->total.at_least);
		return true;
	}
	if (rule->only) {
		snprintf(out, WHAT_BYTES, "on none of the topics in scope");
		return true;
	}
	if (f->detector == DETECTOR_NONE)
		return print_unsaid(out, rule);
	const struct detector *d = &p->detectors[f->detector];
	const struct number_range *r =
	    d->kind == DETECTOR_NUMBER ? &d->number : NULL;
	if (d->kind == DETECTOR_CLASSIFIER) {
		print_score(out, p, d, f);
		return true;
	}
	if (d->kind == DETECTOR_TOPIC) {
		print_topic(out, d->topic, f);
		return true;
	}
	if (rule->has_allowances)
		print_broken(out, r, f);
	else if (r)
		print_range(out, r, f);
	return rule->has_allowances || r || print_unsaid(out, rule);
}
