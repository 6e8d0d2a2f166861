/*
 * scan_cases - a scanner by the prefix of its functions, and a table that says
 * what it finds in which text, whole and in every cutting.
 */
#ifndef HANDRAIL_TESTS_UNIT_RULES_SCAN_CASES_H
#define HANDRAIL_TESTS_UNIT_RULES_SCAN_CASES_H

#include "tests/unit/rules/scan_check.h"

#include <stdio.h>

#define SCAN_FOUND_BYTES 1024

/* The scanner prefix_scan_init, prefix_scan as a struct scan_kind. */
#define SCAN_KIND(kind, prefix, policy_)                                       \
	static void prefix##_init(void *state)                                 \
	{                                                                      \
		prefix##_scan_init(state);                                     \
	}                                                                      \
	static int prefix##_run(void *state, const struct text *t,             \
	    const struct guard_policy *p, struct matches *out, size_t *alive)  \
	{                                                                      \
		return prefix##_scan(state, t, p, out, alive);                 \
	}                                                                      \
	static const struct scan_kind kind = {                                 \
	    .init = prefix##_init, .scan = prefix##_run, .policy = &(policy_)}

/* A text, and what is found in it: "name:original text", "|" between. */
struct scan_case {
	const char *text, *found;
};

/* names: of each detector, or NULL for the text alone. */
static inline void scan_describe(const struct matches *m, const char *text,
    const char *const *names, char out[SCAN_FOUND_BYTES])
{
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < m->n && len < SCAN_FOUND_BYTES; i++)
		len += (size_t)snprintf(out + len, SCAN_FOUND_BYTES - len,
		    "%s%s%s%.*s", i ? "|" : "",
		    names ? names[m->items[i].detector] : "", names ? ":" : "",
		    (int)(m->items[i].end - m->items[i].start),
		    text + m->items[i].start);
}

static inline void scan_check_found(const struct scan_kind *kind,
    const char *const *names, const struct scan_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct matches m = {0};
		char got[SCAN_FOUND_BYTES];
		const char *s = cases[i].text;
		assert_int_equal(scan_whole(kind, s, strlen(s), &m), 0);
		scan_describe(&m, s, names, got);
		if (strcmp(got, cases[i].found) != 0)
			print_error("\"%s\"\n", s);
		assert_string_equal(got, cases[i].found);
		matches_clear(&m);
	}
}

static inline void scan_check_cuttings(
    const struct scan_kind *kind, const struct scan_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		scan_check_splits(kind, cases[i].text, strlen(cases[i].text));
}

#endif
