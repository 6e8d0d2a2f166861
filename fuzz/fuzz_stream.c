/*
 * Property: a stream cut anywhere (the first byte seeds the cutting) ends with
 * the verdict and hits of the whole text, safe_len never shrinks, and no byte
 * from the first withheld hit on is released.
 */
#include "fuzz/one_policy.h"

#include <assert.h>
#include <stdint.h>

static size_t feed(
    struct guard_stream *s, const char *text, size_t len, uint32_t seed)
{
	struct guard_progress p = {0};
	for (size_t at = 0, safe = 0; at < len; safe = p.safe_len) {
		seed = seed * 1664525u + 1013904223u;
		size_t n = 1 + (seed >> 24) % 12;
		n = n < len - at ? n : len - at;
		guard_stream_feed(s, text + at, n, &p);
		at += n;
		assert(p.safe_len >= safe && p.safe_len <= at);
		for (size_t i = 0; i < p.n_edits; i++)
			assert(p.edits[i].end <= p.safe_len);
	}
	return p.safe_len;
}

static void compare(const struct guard_verdict *v,
    const struct guard_verdict *w, size_t released)
{
	assert(v->action == w->action && v->undecided == w->undecided);
	assert(v->n_hits == w->n_hits && v->deciding == w->deciding);
	assert(v->n_edits == w->n_edits && v->say == w->say);
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		assert(h->start == w->hits[i].start &&
		    h->end == w->hits[i].end && h->rule == w->hits[i].rule);
		assert(h->mode != GUARD_ENFORCE || h->action < GUARD_REPLACE ||
		    released <= h->start);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guard_policy *policy;
	static struct guard_scanner *scanner;
	if (!policy)
		policy = one_policy_load();
	if (!scanner)
		scanner = guard_scanner_new();
	if (!size)
		return 0;
	const char *text = (const char *)data + 1;
	const struct guard_message m = {GUARD_AI, text, size - 1};
	struct guard_verdict v, w;
	guard_check(scanner, policy, NULL, &m, &w);
	struct guard_stream *s = guard_stream_new(policy, NULL, GUARD_AI);
	assert(s);
	guard_stream_read_on(s);
	size_t released = feed(s, text, size - 1, data[0]);
	guard_stream_end(s, &v);
	compare(&v, &w, released);
	guard_stream_free(s);
	return 0;
}
