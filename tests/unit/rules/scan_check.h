/*
 * scan_check - what every scanner of match.h has to keep: the same matches for
 * every cutting, none that starts before what had been let go, nothing alive
 * at the end, and an answer when memory runs out.
 */
#ifndef HANDRAIL_TESTS_UNIT_RULES_SCAN_CHECK_H
#define HANDRAIL_TESTS_UNIT_RULES_SCAN_CHECK_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"
#include "tests/support/failmalloc.h"
#include "tests/support/guard_page.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCAN_STATE_BYTES 256

struct scan_kind {
	void (*init)(void *state);
	int (*scan)(void *state, const struct text *,
	    const struct guard_policy *, struct matches *, size_t *alive);
	const struct guard_policy *policy;
};

struct scan_run {
	const struct scan_kind *kind;
	const char *bytes;
	size_t len;
	struct matches whole;
};

static inline int scan_whole(const struct scan_kind *kind, const char *bytes,
    size_t len, struct matches *out)
{
	struct text t;
	_Alignas(max_align_t) char state[SCAN_STATE_BYTES];
	size_t alive = 0;
	kind->init(state);
	int err = text_init(&t, 1u << 20);
	if (err == 0)
		err = text_feed(&t, bytes, len);
	if (err == 0)
		err = text_end(&t);
	if (err == 0)
		err = kind->scan(state, &t, kind->policy, out, &alive);
	if (err == 0 && alive != SIZE_MAX)
		err = 1;
	text_clear(&t);
	return err;
}

static inline void scan_split(const struct split *split, void *arg)
{
	struct scan_run *run = arg;
	const struct scan_kind *kind = run->kind;
	struct text t;
	_Alignas(max_align_t) char state[SCAN_STATE_BYTES];
	struct matches got = {0};
	size_t alive = 0, released = 0;
	kind->init(state);
	assert_int_equal(text_init(&t, 1u << 20), 0);
	for (size_t i = 0; i <= split->n; i++) {
		size_t before = got.n;
		if (i < split->n)
			assert_int_equal(text_feed(&t, split->pieces[i].data,
					     split->pieces[i].len),
			    0);
		else
			assert_int_equal(text_end(&t), 0);
		assert_int_equal(
		    kind->scan(state, &t, kind->policy, &got, &alive), 0);
		for (size_t k = before; k < got.n; k++) {
			if (got.items[k].start < released)
				print_error("%s of \"%.*s\": match at %u after "
					    "%zu was let go\n",
				    split->how, (int)run->len, run->bytes,
				    got.items[k].start, released);
			assert_true(got.items[k].start >= released);
		}
		size_t safe = alive < t.open_token ? alive : t.open_token;
		released = safe > released ? safe : released;
	}
	assert_int_equal(alive, SIZE_MAX);
	if (got.n != run->whole.n)
		print_error("%s of \"%.*s\": %zu matches, whole %zu\n",
		    split->how, (int)run->len, run->bytes, got.n, run->whole.n);
	assert_int_equal(got.n, run->whole.n);
	for (size_t k = 0; k < got.n; k++) {
		const struct match *a = &got.items[k];
		const struct match *b = &run->whole.items[k];
		assert_int_equal(a->detector, b->detector);
		assert_int_equal(a->start, b->start);
		assert_int_equal(a->end, b->end);
		assert_int_equal(a->first_token, b->first_token);
		assert_int_equal(a->n_tokens, b->n_tokens);
		assert_int_equal(a->sentence, b->sentence);
		assert_int_equal(a->value, b->value);
		assert_string_equal(a->currency, b->currency);
	}
	matches_clear(&got);
	text_clear(&t);
}

static inline void scan_check_splits(
    const struct scan_kind *kind, const char *bytes, size_t len)
{
	struct scan_run run = {.kind = kind, .bytes = bytes, .len = len};
	struct guard_page page;
	guard_page_init(&page, bytes, len);
	assert_int_equal(scan_whole(kind, page.data, len, &run.whole), 0);
	guard_page_clear(&page);
	split_every(bytes, len, scan_split, &run);
	split_bytes(bytes, len, scan_split, &run);
	split_random(bytes, len, 16, 7, scan_split, &run);
	matches_clear(&run.whole);
}

static inline int scan_memory_run(void *arg)
{
	const struct scan_run *run = arg;
	struct matches out = {0};
	int err = scan_whole(run->kind, run->bytes, run->len, &out);
	matches_clear(&out);
	return err;
}

static inline void scan_check_memory(
    const struct scan_kind *kind, const char *bytes)
{
	struct scan_run run = {
	    .kind = kind, .bytes = bytes, .len = strlen(bytes)};
	assert_true(failmalloc_each(scan_memory_run, &run) > 3);
}

#endif
