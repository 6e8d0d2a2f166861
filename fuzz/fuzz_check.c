/*
 * Property: the same check twice, by a used scanner and by a new one, gives
 * the same verdict; hits are in order, inside the text, and the deciding one
 * has the verdict's action; edits do not overlap.
 */
#include "fuzz/one_policy.h"

#include <assert.h>
#include <stdint.h>

static void check_verdict(const struct guard_verdict *v, size_t len)
{
	size_t at = 0;
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		assert(h->start <= h->end && h->end <= len);
		assert(!i || v->hits[i - 1].start <= h->start);
	}
	if (v->deciding < v->n_hits)
		assert(v->hits[v->deciding].action == v->action);
	for (size_t i = 0; i < v->n_edits; i++) {
		assert(v->edits[i].start >= at && v->edits[i].end <= len);
		at = v->edits[i].end;
	}
	assert(v->action < GUARD_REPLACE || (v->say && !v->n_edits));
	assert(!v->undecided || v->action >= GUARD_BLOCK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guard_policy *policy;
	static struct guard_scanner *used;
	if (!policy)
		policy = one_policy_load();
	if (!used)
		used = guard_scanner_new();
	const struct guard_message m = {GUARD_AI, (const char *)data, size};
	struct guard_scanner *fresh = guard_scanner_new();
	struct guard_verdict v, w;
	assert(used && fresh);
	guard_check(used, policy, NULL, &m, &v);
	guard_check(fresh, policy, NULL, &m, &w);
	check_verdict(&v, size);
	assert(v.action == w.action && v.undecided == w.undecided);
	assert(v.n_hits == w.n_hits && v.deciding == w.deciding);
	for (size_t i = 0; i < v.n_hits; i++)
		assert(v.hits[i].start == w.hits[i].start &&
		    v.hits[i].end == w.hits[i].end &&
		    v.hits[i].rule == w.hits[i].rule);
	guard_scanner_free(fresh);
	return 0;
}
