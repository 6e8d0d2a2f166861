/*
 * Property: a pattern (the first line) finds the same in the rest, or gives up
 * likewise, wherever that is cut, and nothing that starts before a byte that
 * had been let go. The first byte says where to cut, and how many steps it has.
 */
#include "rules/pattern.h"
#include "rules/policy.h"
#include "rules/text.h"

#include <stdlib.h>
#include <string.h>

static void check(int good)
{
	if (!good)
		abort();
}

static enum pattern_err run(const struct guard_policy *policy,
    const char *bytes, size_t n, size_t step, struct matches *found)
{
	struct text t;
	struct pattern_scan *s = pattern_scan_new();
	enum pattern_err err = PATTERN_OK;
	size_t released = 0, alive = SIZE_MAX;
	check(s && !text_init(&t, 1u << 20) && !pattern_scan_begin(s, policy));
	bool good = true;
	for (size_t i = 0; good && !t.final; i += step) {
		size_t before = found->n, left = i < n ? n - i : 0;
		good = left
		    ? !text_feed(&t, bytes + i, left < step ? left : step)
		    : !text_end(&t);
		err = pattern_scan(s, &t, found, &alive);
		for (; before < found->n; before++)
			check(found->items[before].start >= released);
		size_t safe = alive < t.open_token ? alive : t.open_token;
		released = safe > released ? safe : released;
	}
	check(alive == SIZE_MAX || !t.final);
	pattern_scan_free(s);
	text_clear(&t);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t number = 0;
	const char *source = (const char *)data + 1;
	const char *line = size > 1 ? memchr(source, '\n', size - 1) : NULL;
	char why[256];
	struct pattern *p = NULL;
	if (!line || pattern_new(&p, source, (size_t)(line - source), why, 256))
		return 0;
	struct detector d = {.kind = DETECTOR_PATTERN, .pattern = p};
	struct guard_policy policy = {.detectors = &d,
	    .n_detectors = 1,
	    .limits.max_pattern_steps = data[0] & 1 ? 500000 : 10,
	    .of_kind[DETECTOR_PATTERN] = {&number, 1}};
	struct matches a = {0}, b = {0};
	size_t n = size - 1 - (size_t)(line + 1 - source);
	enum pattern_err x = run(&policy, line + 1, n, n + 1, &a);
	enum pattern_err y = run(&policy, line + 1, n, 1 + data[0] / 16, &b);
	check(x == y && a.n == b.n);
	for (size_t k = 0; k < a.n; k++)
		check(a.items[k].start == b.items[k].start &&
		    a.items[k].end == b.items[k].end);
	matches_clear(&a);
	matches_clear(&b);
	pattern_free(p);
	return 0;
}
